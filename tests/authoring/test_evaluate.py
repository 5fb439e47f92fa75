"""Decisions against labels, and the figures made of them."""

import json

import pytest

from bot.authoring.eval_json import to_json
from bot.authoring.evaluate import Confusion, ask_all, codes_of, evaluate
from bot.authoring.figures import Share
from bot.authoring.grading import Mark, fault_of, grade, is_error
from bot.authoring.questions_file import Question
from bot.kb.library import Library
from bot.matching.decision import Candidate, Decision, FoundCode, Kind
from bot.matching.matcher import Matcher


def decision(
    kind: Kind,
    article: str | None = None,
    *ranked: tuple[str, float],
    options: tuple[str, ...] = (),
    codes: tuple[str, ...] = (),
    language: str = "ru",
) -> Decision:
    return Decision(
        kind=kind,
        article=article,
        entry=None,
        also=(),
        candidates=tuple(Candidate(name, score, "") for name, score in ranked),
        codes=tuple(FoundCode(code, code, known=True, kind="error") for code in codes),
        options=options,
        language=language,
        form="typed",
        repairs=(),
        reasons=("a reason",),
        kb="sha256:kb",
        weights="sha256:w",
        smalltalk=None,
    )


def mark(expected: str, found: Decision, kind: str = "plain", text: str = "question") -> Mark:
    ids = tuple(each for each in expected.split("|") if each)
    return grade(Question(text, ids, kind), found, 1.0, {"a": frozenset({"1058"})})


SURE = decision(Kind.ANSWER, "a", ("a", 0.9), ("b", 0.1))


@pytest.mark.parametrize(
    ("expected", "found", "first", "third", "answered", "wrong", "offered"),
    [
        ("a", SURE, True, True, True, False, None),
        ("b|a", SURE, True, True, True, False, None),
        ("b", SURE, False, True, False, True, None),
        ("a", decision(Kind.CLARIFY, None, ("a", 0.4), ("b", 0.3), options=("b", "a")), True, True, False, False, True),
        ("c", decision(Kind.CLARIFY, None, ("a", 0.4), options=("a",)), False, False, False, False, False),
        ("d", decision(Kind.UNSURE, None, ("a", 3), ("b", 2), ("c", 1), ("d", 1)), False, False, False, False, None),
        ("a", decision(Kind.SMALLTALK, None, ("a", 0.2)), False, False, False, True, None),
        ("a", decision(Kind.ESCALATE, "call-a-human", ("a", 0.2)), False, False, False, True, None),
        ("escalate", decision(Kind.ESCALATE, "call-a-human"), True, True, True, False, None),
        ("call-a-human", decision(Kind.ESCALATE, "call-a-human"), True, True, True, False, None),
        ("how-to-use", decision(Kind.SMALLTALK, None), True, True, True, False, None),
        ("unknown_code", decision(Kind.UNKNOWN_CODE, None), True, True, True, False, None),
        ("unknown_code", SURE, False, False, False, True, None),
        ("a", decision(Kind.UNKNOWN_CODE, None, ("a", 0.2)), True, True, False, True, None),
        ("a", decision(Kind.DIAGNOSE, "a", ("a", 0.9)), True, True, True, False, None),
    ],
)  # fmt: skip
def test_what_a_decision_is_worth(
    expected: str, found: Decision, first: bool, third: bool, answered: bool, wrong: bool, offered: bool | None
) -> None:
    given = mark(expected, found)
    assert (given.first, given.third, given.answered, given.wrong, given.offered) == (
        first,
        third,
        answered,
        wrong,
        offered,
    )


def test_a_foreign_question_is_right_where_no_article_is_shown() -> None:
    shown, asked = mark("", SURE), mark("", decision(Kind.CLARIFY, None, ("a", 0.5), options=("a",)))
    assert (shown.foreign, shown.told, is_error(shown)) == (True, "a", True)
    assert (asked.foreign, asked.told, is_error(asked)) == (True, None, False)
    assert fault_of(shown) == "out of scope, answered a"


@pytest.mark.parametrize(
    ("text", "codes", "named"),
    [
        ("ошибка 1058", (), True),
        ("ошибка 1O58", (), True),
        ("код lо58", (), True),
        ("код 105", (), False),
        ("ждал 10580 секунд", (), False),
        ("что-то", ("1058",), True),
    ],
)
def test_whether_a_question_names_a_code_of_its_article(text: str, codes: tuple[str, ...], named: bool) -> None:
    assert mark("a", decision(Kind.UNSURE, codes=codes), text=text).code is named
    assert mark("b", decision(Kind.UNSURE, codes=codes), text=text).code is False


MARKS = [
    mark("a", SURE, "plain", "one"),
    mark("b", SURE, "plain", "two"),
    mark("b", SURE, "slang", "three"),
    mark("a", decision(Kind.UNSURE, None, ("a", 0.2), language="en"), "slang", "four"),
    mark("b", decision(Kind.CLARIFY, None, ("b", 0.5), ("a", 0.4), options=("b", "a")), "slang", "five"),
    mark("escalate", decision(Kind.SMALLTALK, None), "person", "six"),
    mark("", SURE, "oos", "seven"),
    mark("", decision(Kind.UNSURE, None, ("a", 0.1)), "oos", "eight"),
]


def test_the_figures_of_known_marks() -> None:
    found = evaluate(MARKS)
    total = found.total
    assert (total.first, total.third) == (Share(3, 6), Share(5, 6))
    assert (total.answered, total.wrong, total.accuracy) == (Share(1, 6), Share(3, 6), Share(2, 6))
    assert (total.offered, total.rejected, total.told_unsure) == (Share(1, 1), Share(1, 2), Share(1, 2))
    assert found.kinds["slang"].first == Share(2, 3)
    assert found.languages["en"].first == Share(1, 1)
    assert [(each.id, each.recall, each.precision) for each in found.articles] == [
        ("a", Share(2, 2), Share(1, 4)),
        ("b", Share(1, 3), Share(0, 0)),
        ("escalate", Share(0, 1), Share(0, 0)),
    ]
    assert found.confusions == (
        Confusion("b", "a", 2, 2, ("two", "three")),
        Confusion(None, "a", 1, 1, ("seven",)),
        Confusion("escalate", "smalltalk", 1, 1, ("six",)),
    )
    assert found.calibration.cases == 7
    assert found.time_at(0.99) == 1.0
    assert [fault_of(each) for each in MARKS if is_error(each)] == [
        "wrong: answer a",
        "wrong: answer a",
        "right first, but unsure",
        "right first, but clarify",
        "wrong: smalltalk nothing",
        "out of scope, answered a",
    ]


def test_json_says_of_how_many() -> None:
    told = json.loads(json.dumps(to_json(evaluate(MARKS), [MARKS[1]])))
    assert told["total"]["right_at_1"] == {"percent": 50.0, "count": 3, "of": 6, "low": 18.76, "high": 81.24}
    assert told["kinds"]["oos"]["right_at_1"] == {"percent": None, "count": 0, "of": 0, "low": None, "high": None}
    assert told["confusions"][0] == {
        "asked": "b", "got": "a", "count": 2, "with_confidence": 2, "examples": ["two", "three"],
    }  # fmt: skip
    assert [each["query"] for each in told["errors"]] == ["two"]
    assert "errors" not in to_json(evaluate(MARKS))


def test_nothing_asked_is_no_figure() -> None:
    found = evaluate([])
    assert (found.total.first, found.calibration.error, found.time_at(0.5)) == (Share(0, 0), None, 0.0)


def test_the_matcher_is_asked_each_question_by_itself(library: Library, matcher: Matcher) -> None:
    questions = [
        Question("ошибка 7001", ("acme-paper",), "code"),
        Question("7010", ("bolt-lamp",), "code", product="bolt"),
        Question("кто выиграл чемпионат мира по шахматам", (), "oos"),
    ]
    marks = ask_all(matcher, library, questions)
    assert [each.answered for each in marks] == [True, True, False]
    assert [each.code for each in marks] == [True, True, False]
    assert evaluate(marks).total.codes == Share(2, 2)
    assert codes_of(library)["bolt-lamp"] == {"7010", "8003"}
