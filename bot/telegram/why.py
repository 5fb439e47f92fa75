"""Why the bot said what it said, for the staff: the decisions of a conversation as one message. Pure.

Decides what is told of a decision and in which order. The decisions are read by `bot/conversations/decisions.py`; the
button under a ticket's card asks for it (`handlers/staff.py`).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.conversations.decisions import Decided
from bot.i18n import Html, say
from bot.kb.library import Library
from bot.matching.thresholds import ANSWER_SCORE, CLARIFY_SCORE
from bot.telegram.render import cut, fits, shorten

DECISIONS: Final = 6
"""Decisions that are told of at most: the last ones, for they led to the ticket."""

CANDIDATES: Final = 3
_QUESTION: Final = 200
_GROUND: Final = 220
_DIGEST: Final = 12
"""Digits of a digest: as many as people compare."""


def why_html(decided: Sequence[Decided], library: Library, language: str) -> Html:
    """Return the message; of more decisions than fit the oldest are left out."""
    if not decided:
        return say(language, "why-none")
    told = ["\n".join(_told(each, number, library, language)) for number, each in enumerate(decided, start=1)]
    while True:
        text = Html("\n\n".join([say(language, "why-head"), *told, *_foot(decided[-1], language)]))
        if fits(text) or len(told) == 1:
            return shorten(text)
        told.pop(0)


def _told(decided: Decided, number: int, library: Library, language: str) -> Iterator[Html]:
    question = cut(" ".join(decided.question.split()), _QUESTION)
    yield say(language, "why-question", number=str(number), question=question)
    names = [name for name in (decided.article, *decided.also) if name is not None] or list(decided.options)
    entry = f" [{decided.entry}]" if decided.entry is not None else ""
    yield say(language, "why-decision", kind=decided.kind, articles=(", ".join(names) or "—") + entry)
    for each in decided.candidates[:CANDIDATES]:
        article = library.article(each.id)
        title = article.text_in(article.title, language, language) if article else each.id
        mark = "shown" if each.id in decided.shown else "not"
        ground = cut(each.why, _GROUND)
        yield say(language, "why-candidate", title=title, id=each.id, score=f"{each.score:.2f}", why=ground, mark=mark)
    if decided.form != "typed":
        yield say(language, "why-form", form=decided.form)
    if decided.repairs:
        yield say(language, "why-repairs", repairs=cut(", ".join(decided.repairs), _GROUND))
    for code in decided.codes:
        yield say(language, "why-code", text=code.text, value=code.value, known="yes" if code.known else "no")
    if decided.reasons:
        yield say(language, "why-reasons", reasons=cut("; ".join(decided.reasons), 2 * _GROUND))


def _foot(last: Decided, language: str) -> Iterator[Html]:
    """Tell the borders that scores are held against, as they are now, and the revision that decided last."""
    borders = say(language, "why-thresholds", answer=str(ANSWER_SCORE), clarify=str(CLARIFY_SCORE))
    yield Html(f"{borders}\n{say(language, 'why-revision', kb=_digest(last.kb), weights=_digest(last.weights))}")


def _digest(name: str) -> str:
    return name.removeprefix("sha256:")[:_DIGEST]
