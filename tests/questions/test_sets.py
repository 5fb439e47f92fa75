"""The saved questions: their form, their split, and that none of them stands in the articles' symptoms."""

from pathlib import Path

import pytest

from bot.kb import DEFAULT_KB
from bot.kb.library import Library
from bot.kb.loader import load
from bot.matching.normalize import words

HERE = Path(__file__).parent
SETS = ("dev", "test", "held_out", "held_out_2")
MEANINGS = {"escalate", "smalltalk", "unknown_code"}


def rows(name: str) -> list[tuple[str, list[str], str]]:
    lines = (HERE / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "query\texpected\tkind"
    split = [line.split("\t") for line in lines[1:]]
    return [(query, [each for each in expected.split("|") if each], kind) for query, expected, kind in split]


@pytest.fixture(scope="module")
def library() -> Library:
    return load(DEFAULT_KB)


@pytest.mark.parametrize("name", SETS)
def test_every_expected_article_exists(name: str, library: Library) -> None:
    named = {each for _, expected, _ in rows(name) for each in expected}
    assert named <= set(library.articles) | MEANINGS


def test_there_are_enough_questions_of_each_sort() -> None:
    every = [row for name in SETS for row in rows(name)]
    out_of_scope = [row for row in every if row[2].startswith("oos")]
    english = [row for row in every if row[2] == "en"]
    russian = [row for row in every if row[1] and row[2] != "en" and not set(row[1]) & MEANINGS]
    assert len(every) >= 400
    assert len(russian) >= 250
    assert len(english) >= 50
    assert len(out_of_scope) >= 100
    assert 2 * sum(kind == "oos-near" for _, _, kind in out_of_scope) >= len(out_of_scope)


def test_what_is_tuned_is_never_what_is_reported() -> None:
    tuned = {tuple(words(query)) for query, _, kind in rows("dev") if kind not in {"code", "log"}}
    for name in ("test", "held_out"):
        again = [query for query, _, kind in rows(name) if kind != "code" and tuple(words(query)) in tuned]
        assert again == []


def test_no_saved_question_stands_in_the_symptoms(library: Library) -> None:
    phrases = {
        tuple(words(phrase))
        for article in library.articles.values()
        for texts in article.symptoms.values()
        for phrase in texts
    }
    copied = [query for name in SETS for query, _, _ in rows(name) if tuple(words(query)) in phrases]
    assert copied == []
