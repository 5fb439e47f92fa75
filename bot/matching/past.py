"""What an earlier part of the conversation does to a message: follow-ups, what was tried, what was asked back.

Decides what "не помогло", "а если не помогло?" and "уже пробовал …" mean: the question asked before, without the
articles that were tried; a person when something fails for the second time or nothing is left. Called by `matcher.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.kb.library import Library
from bot.matching.decide import Verdict
from bot.matching.decision import CALL_A_HUMAN, Kind
from bot.matching.reading import Read, Reader
from bot.matching.talk import Heard, Talk, hear
from bot.matching.thresholds import FOLLOW_UP_WORDS, MAX_CLOSEST, RECENT_TURNS

ELLIPTICAL = 5
"""Words of a message that may lean on the one before."""

_OPENINGS = frozenset({"а", "и", "но", "так", "and", "but", "so", "then"})
_POINTERS = frozenset(
    {"это", "этого", "эту", "этот", "там", "туда", "тут", "его", "ее", "их", "него", "it", "that", "there", "this"}
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of the same conversation and the article it was answered with, if any."""

    text: str
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What went before: the articles answered, the words of the last turns, and whether something failed there."""

    tried: tuple[str, ...]
    words: tuple[str, ...]
    failed: bool


def past_of(conversation: Sequence[Turn], reader: Reader) -> Past:
    """Return what the earlier turns say."""
    recent = [reader.words_of(turn.text) for turn in conversation[-RECENT_TURNS:]]
    return Past(
        tuple(turn.article for turn in conversation if turn.article is not None),
        tuple(word for words in recent for word in words),
        any(hear(words).talk is Talk.NOT_HELPED for words in recent),
    )


def in_context(asked: Sequence[str], heard: Heard, past: Past) -> tuple[Sequence[str], frozenset[str]]:
    """Return the words to search for and the articles that were tried: "не помогло" means what was asked before."""
    if heard.talk is not Talk.NOT_HELPED or not past.tried:
        return asked, frozenset()
    question = (*past.words, *heard.rest) if len(heard.rest) <= FOLLOW_UP_WORDS else asked
    return question, frozenset(past.tried)


def after_failure(
    verdict: Verdict, past: Past, library: Library, live: frozenset[str], hidden: frozenset[str]
) -> Verdict:
    """Offer what is left, or a person, when the article just answered did not help; never the same again."""
    reasons = (f"{past.tried[-1]} did not help", *verdict.reasons)
    if past.failed:
        return settled(verdict, Kind.ESCALATE, CALL_A_HUMAN, (*reasons, "for the second time"))
    if verdict.kind is not Kind.UNSURE:
        return replace(verdict, reasons=reasons)
    last = library.article(past.tried[-1])
    related = tuple(article for article in (last.related if last else ()) if article in live - hidden)
    if not related:
        return settled(verdict, Kind.ESCALATE, CALL_A_HUMAN, (*reasons, "nothing is left to offer"))
    reasons = (*reasons, "articles related to it are left")
    return replace(verdict, kind=Kind.CLARIFY, options=related[:MAX_CLOSEST], reasons=reasons)


def is_elliptical(read: Read, past: Past) -> bool:
    """Say whether a short message leans on what went before: "а на линуксе?", "где это нажать?"."""
    words = read.words
    if not past.tried or not words or len(words) > ELLIPTICAL or read.numbers.mentions:
        return False
    return read.heard.talk is Talk.NOTHING and (words[0] in _OPENINGS or not _POINTERS.isdisjoint(words))


def with_last(verdict: Verdict, past: Past, live: frozenset[str], library: Library) -> Verdict:
    """Offer the article just answered and what is related: a vague message after it may be about it."""
    last = library.article(past.tried[-1])
    related = last.related if last is not None and not verdict.options else ()
    offered = (*(a for a in past.tried[-1:] if a in live), *verdict.options, *(a for a in related if a in live))
    options = dict.fromkeys(offered)
    reasons = (*verdict.reasons, f"may be about {past.tried[-1]}")
    return replace(verdict, options=tuple(options)[:MAX_CLOSEST], reasons=reasons)


def settled(verdict: Verdict, kind: Kind, article: str | None, reasons: tuple[str, ...]) -> Verdict:
    """Return a verdict that something other than the scores settles; the candidates stay for the record."""
    return Verdict(kind, article, candidates=verdict.candidates, reasons=reasons)
