import csv
from pathlib import Path

import pytest

from bot.kb.loader import load
from bot.matching.matcher import Matcher
from bot.matching.problems import problems
from bot.matching.segments import segment
from bot.weights.ready import ready

KB = Path(__file__).parents[2] / "kb"


def rows() -> list[tuple[str, str, str]]:
    with (Path(__file__).parent / "long_messages.tsv").open(encoding="utf-8", newline="") as file:
        return [
            (row["text"].replace("⏎", "\n"), row["article"], row["also"] or "")
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return ready(load(KB))


@pytest.mark.parametrize(("text", "article", "also"), rows())
def test_what_carries_the_problem_decides_and_two_problems_are_both_answered(
    matcher: Matcher, text: str, article: str, also: str
) -> None:
    decision = matcher.ask(text)
    assert (decision.article or decision.candidates[0].id) in article.split("|")
    told = [found.split("-")[0] + "-*" if also.endswith("*") else found for found in decision.also]
    assert told == [each for each in also.split(",") if each]


@pytest.mark.parametrize(
    ("text", "own", "pasted", "quoted"),
    [
        ("одна строка", "одна строка", "", ""),
        ("привет\nне открывается журнал\nС уважением, Иван\nтел. 123", "привет\nне открывается журнал", "", ""),
        ("не принимает ключ\n> а что пишет?\n> какой ключ", "не принимает ключ", "", "а что пишет?\nкакой ключ"),
        (
            "вот что в логе у нас\n10:11:12.123#ERR: Error 1058",
            "вот что в логе у нас",
            "10:11:12.123#ERR: Error 1058",
            "",
        ),
        ("12:00:01 start\n12:00:02 stop", "12:00:01 start\n12:00:02 stop", "", ""),
        ("не звонит телефон\nОт: А\nКому: Б\nТема: RE: купон\nтекст", "не звонит телефон", "", "купон\nтекст"),
        ("FYI\n\nFrom: A\nTo: B\nSubject: FW: coupon\nit is refused", "FYI\ncoupon\nit is refused", "", ""),
        ("От: кого ждать ответа?\nникто не пишет", "От: кого ждать ответа?\nникто не пишет", "", ""),
        ("не работает панель\nSent from my iPhone", "не работает панель", "", ""),
        ("> одна\n> цитата", "одна\nцитата", "", ""),
        ("", "", "", ""),
    ],
)
def test_lines_are_told_apart(text: str, own: str, pasted: str, quoted: str) -> None:
    told = segment(text)
    assert (told.own, told.pasted, told.quoted) == (own, pasted, quoted)


@pytest.mark.parametrize(
    ("text", "parts", "announced"),
    [
        ("не открывается журнал", ["не открывается журнал"], False),
        ("не открывается журнал и еще слетела лицензия", ["не открывается журнал", "слетела лицензия"], True),
        ("1) нет звука 2) где ключ", ["нет звука", "где ключ"], True),
        ("нет звука. где ключ?", ["нет звука", "где ключ"], False),
        ("лицензия еще активна", ["лицензия еще активна"], False),
        ("no sound, also the key is lost", ["no sound", "the key is lost"], True),
        ("во-первых нет звука, во-вторых нет ключа", ["нет звука", "нет ключа"], True),
    ],
)
def test_a_message_is_parted_where_a_new_problem_is_announced(text: str, parts: list[str], announced: bool) -> None:
    assert problems(text) == (parts, announced)
