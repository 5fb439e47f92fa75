"""One decision against its label: what was right, what was wrong and how surely. Pure.

Decides what counts as right first, answered, wrong with confidence, turned away; `evaluate.py` counts the marks. The
same reading as the figures of the README: an article stands first where it is answered, or where it leads the
candidates of a clarification or of "not sure"; a greeting or a call for a person shows no article at all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.authoring.questions_file import MEANINGS, Question
from bot.matching.decision import CALL_A_HUMAN, HOW_TO_USE, Decision, Kind

CONFIDENT: Final = frozenset({Kind.ANSWER, Kind.GUIDE, Kind.DIAGNOSE})
"""Decisions that show an article without asking."""

SURE: Final = CONFIDENT | {Kind.ESCALATE, Kind.SMALLTALK, Kind.UNKNOWN_CODE}
"""Decisions that do something without asking: where they are not the expected ones, they are wrong with confidence."""

_AS_DECISIONS: Final[Mapping[str, Kind]] = {**MEANINGS, CALL_A_HUMAN: Kind.ESCALATE, HOW_TO_USE: Kind.SMALLTALK}
_SILENT: Final = frozenset({Kind.SMALLTALK, Kind.ESCALATE})
_TOP: Final = 3
_TOKEN = re.compile(r"[^\W_]+")
_LOOK_ALIKE = str.maketrans("OОILЗ", "00113")


@dataclass(frozen=True, slots=True)
class Mark:
    """One question and what became of it.

    `first`, `third`: a right article (or the right decision) stood first, among the first three. `answered`: it was
    shown without asking. `wrong`: something else was. `offered`: a clarification held a right one, None where none was
    asked. `top`: the article that stood first, None where no word led to any. `score`: of that article, None where the
    words of the message were not what decided. `code`: the message names a code of an article that is expected.
    """

    question: Question
    decision: Decision
    elapsed_ms: float
    foreign: bool
    first: bool
    third: bool
    answered: bool
    wrong: bool
    offered: bool | None
    top: str | None
    score: float | None
    code: bool

    @property
    def language(self) -> str:
        """The language the file names, else the one the matcher heard."""
        return self.question.language or self.decision.language

    @property
    def turned_away(self) -> bool:
        """Whether the customer was told that nothing fits."""
        return self.decision.kind is Kind.UNSURE

    @property
    def told(self) -> str | None:
        """The article shown without asking, or None."""
        return self.decision.article if self.decision.kind in CONFIDENT else None


def grade(question: Question, decision: Decision, elapsed_ms: float, codes: Mapping[str, frozenset[str]]) -> Mark:
    """Return the mark of a decision; `codes` maps an article to its single codes, in capitals."""
    foreign = not question.expected
    wanted = {_AS_DECISIONS[each] for each in question.expected if each in _AS_DECISIONS}
    as_wanted = decision.kind in wanted
    order = [] if decision.kind in _SILENT else _ranking(decision)
    first = as_wanted or (order[:1] != [] and order[0] in question.expected)
    answered = as_wanted or (decision.kind in CONFIDENT and decision.article in question.expected)
    asked = decision.kind is Kind.CLARIFY and not foreign
    return Mark(
        question=question,
        decision=decision,
        elapsed_ms=elapsed_ms,
        foreign=foreign,
        first=not foreign and first,
        third=not foreign and (first or any(article in question.expected for article in order[:_TOP])),
        answered=answered,
        wrong=not foreign and decision.kind in SURE and not answered,
        offered=any(article in question.expected for article in decision.options) if asked else None,
        top=_top(decision, order),
        score=_score(decision) if not wanted else None,
        code=_names_code(question, decision, codes),
    )


def _top(decision: Decision, order: list[str]) -> str | None:
    nothing = decision.article is None and all(candidate.score <= 0 for candidate in decision.candidates)
    return None if nothing or not order else order[0]


def _ranking(decision: Decision) -> list[str]:
    """Return the articles in the order a customer would meet them."""
    order = [decision.article] if decision.article else []
    return order + [candidate.id for candidate in decision.candidates if candidate.id not in order]


def _score(decision: Decision) -> float | None:
    if decision.kind in _SILENT or not decision.candidates:
        return None
    if decision.article is None:
        return decision.candidates[0].score
    return next((each.score for each in decision.candidates if each.id == decision.article), None)


def _names_code(question: Question, decision: Decision, codes: Mapping[str, frozenset[str]]) -> bool:
    own = {code for article in question.expected for code in codes.get(article, ())}
    if not own:
        return False
    written = _TOKEN.findall(question.text.upper())
    read = {found.value for found in decision.codes}
    return not own.isdisjoint({*read, *written, *(token.translate(_LOOK_ALIKE) for token in written)})


def is_error(mark: Mark) -> bool:
    """Say whether a question went wrong: not answered rightly, or answered although no article fits."""
    return mark.told is not None if mark.foreign else not mark.answered


def fault_of(mark: Mark) -> str:
    """Return in a few words what went wrong with a question that `is_error`."""
    decision = mark.decision
    shown = decision.article or mark.top or "nothing"
    if mark.foreign:
        return f"out of scope, answered {shown}"
    if mark.wrong:
        return f"wrong: {decision.kind.value} {shown}"
    return f"right first, but {decision.kind.value}" if mark.first else f"missed: {decision.kind.value}, first {shown}"
