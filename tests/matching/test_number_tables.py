import csv
from datetime import date
from pathlib import Path

import pytest

from bot.kb.article import Article, KnowledgeBase, Numbers
from bot.kb.library import Library
from bot.matching.codes import CodeBook
from bot.matching.matcher import Matcher
from bot.matching.morphology import stem
from bot.matching.normalize import clean, fold

CODES = ("1011-1014", "1051", "1058", "1059", "2008", "2009", "2011", "2022", "2023", "2026", "2037", "2040", "2041")
WORDS = (
    "ошибка лицензии при вводе ключа или купона",
    "журнал звонков не открывается в панели 1с, нет свободных мест",
    "вопрос о монитор сессий, проблема на микопбх",
    "license error when the key or the coupon is entered",
    "the journal does not open",
)


def rows() -> list[tuple[str, str]]:
    with (Path(__file__).parent / "numbers.tsv").open(encoding="utf-8", newline="") as file:
        return [
            (row["text"].replace("⏎", "\n"), row["codes"] or "")
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


ROWS = rows()


def article(number: int, codes: tuple[str, ...], numbers: tuple[Numbers, ...] = ()) -> Article:
    return Article(
        id=f"m-{number}",
        product="m",
        updated=date(2026, 11, 22),
        codes=codes,
        numbers=numbers,
        title={"ru": WORDS[number % len(WORDS)]},
        symptoms={"ru": ()},
    )


def library() -> Library:
    features = (Numbers(kind="feature", values=("1", "31", "33", "42", "48", "49")),)
    articles = [article(n, (code,)) for n, code in enumerate((*CODES, "2051", "2057"))] + [article(99, (), features)]
    head = KnowledgeBase(name="t", languages=("ru",), default="ru")
    return Library(head, {a.id: a for a in sorted(articles, key=lambda a: a.id)}, {}, "sha256:0")


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(library())


@pytest.fixture(scope="module")
def book() -> CodeBook:
    made = library()
    return CodeBook(made, sorted(made.articles))


TOPICS = frozenset(stem(word) for line in WORDS for word in fold(line).split())


@pytest.mark.parametrize(("text", "codes"), [row for row in ROWS if row[1]])
def test_a_code_is_read_in_whatever_it_is_wrapped(matcher: Matcher, text: str, codes: str) -> None:
    decision = matcher.ask(text)
    assert {code.value for code in decision.codes if code.kind == "error"} >= set(codes.split(","))
    assert decision.codes[0].known


@pytest.mark.parametrize("text", [text for text, codes in ROWS if not codes])
def test_a_number_of_another_kind_is_refused(matcher: Matcher, text: str) -> None:
    assert [code.value for code in matcher.ask(text).codes if code.kind == "error"] == []


def test_the_tables_are_large_enough_to_mean_something() -> None:
    assert len([row for row in ROWS if row[1]]) > 250
    assert len([row for row in ROWS if not row[1]]) > 300


@pytest.mark.parametrize(
    ("text", "still_open"),
    [
        ("не 1058, а 2011", ["2011"]),
        ("ошибка не 2011, а 2022", ["2022"]),
        ("читал статью про 1058, но у меня 1059", ["1059"]),
        ("у коллеги 1058, у меня 2011", ["2011"]),
        ("у соседа ошибка 2008, а у меня 2023", ["2023"]),
        ("перезагрузил, 2008 ушла, появилась 2011", ["2011"]),
        ("2008 больше нет, но вылезла 1013", ["1013"]),
        ("не пойму, это про 2008 и 1051?", ["2008", "1051"]),
        ("как исправить 2008", ["2008"]),
        ("исправили 2008, вылезла 2023", ["2023"]),
    ],
)
def test_a_code_that_is_only_quoted_or_over_does_not_lead(book: CodeBook, text: str, still_open: list[str]) -> None:
    mentions = book.find(fold(clean(text)), {}, TOPICS).mentions
    assert [m.found.value for m in mentions if not m.over] == still_open


def test_a_year_of_what_no_article_speaks_of_is_a_year(book: CodeBook) -> None:
    assert book.find("перепроверка 2026", {}, TOPICS).mentions == ()
    assert [m.found.value for m in book.find("лицензия 2026", {}, TOPICS).mentions] == ["2026"]
