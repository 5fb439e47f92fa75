import csv
from pathlib import Path

import pytest

from bot.kb.loader import load
from bot.matching.matcher import Matcher
from bot.weights.ready import ready

KB = Path(__file__).parents[2] / "kb"


def rows() -> list[tuple[str, str, str]]:
    with (Path(__file__).parent / "talk.tsv").open(encoding="utf-8", newline="") as file:
        return [
            (row["text"], row["decision"], row["smalltalk"] or "")
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return ready(load(KB))


@pytest.mark.parametrize(("text", "decision", "smalltalk"), rows())
def test_talk_is_told_from_problems(matcher: Matcher, text: str, decision: str, smalltalk: str) -> None:
    found = matcher.ask(text)
    if decision.startswith("!"):
        assert found.kind.value != decision[1:]
    else:
        assert (found.kind.value, found.smalltalk or "") == (decision, smalltalk)


def test_abuse_is_met_with_a_person_and_no_articles(matcher: Matcher) -> None:
    decision = matcher.ask("вы уроды, ничего не работает")
    assert (decision.article, decision.options) == (None, ())
    assert decision.reasons == ("abuse and no question: a person is offered",)
