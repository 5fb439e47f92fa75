"""Turns codes and ranked articles into one decision, with the reasons for it.

Decides among answer, clarify, unknown code, unsure and escalate (CONTRACTS, the table of decisions); greetings and
requests for a person are told apart earlier, in `talk.py`. Every number it compares with stands in `thresholds.py`.
Called by `matcher.py`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.matching.codes import ERROR, FEATURE, Mention
from bot.matching.decision import CALL_A_HUMAN, HOW_TO_USE, Candidate, Kind
from bot.matching.search import Hit
from bot.matching.thresholds import (
    ANSWER_SCORE,
    CLARIFY_SCORE,
    CLOSEST_STRENGTH,
    CODE_SCORE,
    MAX_CHOICES,
    MAX_CLOSEST,
    OPTION_SHARE,
    PERSON_SCORE,
    RIVAL_SCORE,
    RIVAL_STRENGTH,
)

MIN_CANDIDATES = 5
"""CONTRACTS: candidates always holds at least five where there are that many articles."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part of a decision that codes and scores settle."""

    kind: Kind
    article: str | None = None
    entry: str | None = None
    also: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    options: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def decide(hits: Sequence[Hit], mentions: Sequence[Mention], near: Sequence[str], hidden: Collection[str]) -> Verdict:
    """Return the verdict on a message.

    `hits`: all articles, best first; `mentions`: the codes in the message; `near`: articles whose codes are like an
    unknown one; `hidden`: articles that are ranked but never shown (shadow ones, and those that did not help).
    """
    shown = [hit for hit in hits if hit.id not in hidden]
    open_codes = [mention for mention in mentions if not mention.over] or list(mentions)
    errors = [mention for mention in open_codes if mention.found.kind == ERROR]
    known = [mention for mention in errors if mention.articles]
    over = bool(mentions) and all(mention.over for mention in mentions)
    if over and shown and shown[0].score >= ANSWER_SCORE:
        return _by_score(shown, ("the code named is over, the rest of the message decides",))
    if known:
        return _by_code(shown, known, hidden)
    unknown = [mention for mention in errors if not mention.articles]
    if unknown:
        return _unknown(shown, unknown, near, hidden)
    features = [mention for mention in open_codes if mention.found.kind == FEATURE]
    if features:
        return _by_feature(shown, features, hidden)
    return _by_score(shown, ())


def _by_code(shown: Sequence[Hit], known: Sequence[Mention], hidden: Collection[str]) -> Verdict:
    scores = {hit.id: hit.score for hit in shown}
    reasons = tuple(mention.reason for mention in known)
    named: list[str] = []
    lifted: dict[str, str] = {}
    for mention in known:
        owners = sorted((a for a in mention.articles if a not in hidden), key=lambda a: (-scores.get(a, 0.0), a))
        for owner in owners:
            lifted.setdefault(owner, f"code {mention.found.value}")
        if owners and owners[0] not in named:
            named.append(owners[0])
    if not named:
        return _by_score(shown, (*reasons, "its article was already tried"))
    candidates = _candidates(shown, lifted, named)
    rival = next((hit for hit in shown if hit.id not in lifted), None)
    first = named[0]
    passing = not any(mention.plain for mention in known)
    if passing and rival is not None and rival.score >= RIVAL_SCORE:
        doubt = f"the number stands in passing and the words say {rival.id} ({rival.score:.2f})"
        return Verdict(Kind.CLARIFY, candidates=candidates, options=(first, rival.id), reasons=(*reasons, doubt))
    owners = [a for a in known[0].articles if a not in hidden]
    if len(owners) > 1 and scores.get(owners[0], 0.0) == scores.get(owners[1], 0.0):
        return Verdict(
            Kind.CLARIFY,
            candidates=candidates,
            options=tuple(owners[:MAX_CHOICES]),
            reasons=(*reasons, "several products have it"),
        )
    return Verdict(Kind.ANSWER, first, None, tuple(named[1:]), candidates, (), reasons)


def _unknown(shown: Sequence[Hit], unknown: Sequence[Mention], near: Sequence[str], hidden: Collection[str]) -> Verdict:
    options = [article for article in near if article not in hidden]
    if shown and shown[0].score >= ANSWER_SCORE and shown[0].id not in options:
        options.append(shown[0].id)
    reasons = tuple(mention.reason for mention in unknown)
    if near:
        reasons = (*reasons, f"codes one digit away: {', '.join(near)}")
    return Verdict(Kind.UNKNOWN_CODE, None, None, (), _candidates(shown, {}, ()), tuple(options[:MAX_CHOICES]), reasons)


def _by_feature(shown: Sequence[Hit], features: Sequence[Mention], hidden: Collection[str]) -> Verdict:
    mention = features[0]
    owners = [article for article in mention.articles if article not in hidden]
    rival = next((hit for hit in shown if hit.id not in owners), None)
    own = max((hit.score for hit in shown if hit.id in owners), default=0.0)
    if not owners or (rival is not None and rival.score >= RIVAL_SCORE and rival.score > own):
        return _by_score(shown, (mention.reason, "but the words say more than the number"))
    if not mention.plain and rival is not None and rival.strength >= RIVAL_STRENGTH:
        candidates = _candidates(shown, {}, ())
        doubt = f"the words may mean {rival.id}: strength {rival.strength:.1f}"
        return Verdict(Kind.CLARIFY, None, None, (), candidates, (rival.id, owners[0]), (mention.reason, doubt))
    entry = mention.found.value if mention.found.known else None
    candidates = _candidates(shown, {owners[0]: f"feature {mention.found.value}"}, owners[:1])
    return Verdict(Kind.ANSWER, owners[0], entry, (), candidates, (), (mention.reason,))


def _by_score(shown: Sequence[Hit], reasons: tuple[str, ...]) -> Verdict:
    candidates = _candidates(shown, {}, ())
    if not shown or shown[0].score <= 0:
        return Verdict(
            Kind.UNSURE, candidates=candidates, reasons=(*reasons, "no word of the message is in any article")
        )
    best = shown[0]
    told = f"best phrase «{best.phrase}», {best.id} {best.score:.2f}"
    told += f", runner-up {shown[1].id} {shown[1].score:.2f}" if len(shown) > 1 else ", no runner-up"
    if best.id == CALL_A_HUMAN and best.score >= PERSON_SCORE:
        said = f"asks for a person: at least {PERSON_SCORE}"
        return Verdict(Kind.ESCALATE, best.id, None, (), candidates, (), (*reasons, told, said))
    if best.score >= ANSWER_SCORE:
        kind = Kind.SMALLTALK if best.id == HOW_TO_USE else Kind.ANSWER
        return Verdict(kind, best.id, None, (), candidates, (), (*reasons, told, f"sure: at least {ANSWER_SCORE}"))
    if best.score >= CLARIFY_SCORE:
        close = [hit.id for hit in shown[:MAX_CHOICES] if hit.score >= best.score * OPTION_SHARE]
        close = close if len(close) > 1 else [hit.id for hit in shown[:2]]
        why = f"close: at least {CLARIFY_SCORE}, below {ANSWER_SCORE}"
        return Verdict(Kind.CLARIFY, None, None, (), candidates, tuple(close), (*reasons, told, why))
    closest = tuple(hit.id for hit in shown[:MAX_CLOSEST] if hit.strength >= CLOSEST_STRENGTH)
    return Verdict(Kind.UNSURE, None, None, (), candidates, closest, (*reasons, told, f"unsure: below {CLARIFY_SCORE}"))


def _candidates(shown: Sequence[Hit], lifted: dict[str, str], named: Sequence[str]) -> tuple[Candidate, ...]:
    found = [
        Candidate(
            hit.id,
            CODE_SCORE if hit.id in lifted else min(hit.score, CODE_SCORE - 0.01),
            lifted.get(hit.id) or _why(hit),
            tuple(hit.views.items()),
        )
        for hit in shown
    ]
    found.sort(key=lambda c: (-c.score, named.index(c.id) if c.id in named else len(named), c.id))
    return tuple(found[: max(MIN_CANDIDATES, len(lifted))])


def _why(hit: Hit) -> str:
    if not hit.phrase or hit.score <= 0:
        return "no word in common"
    return f"«{hit.phrase}»" + (f": {', '.join(hit.shared[:5])}" if hit.shared else "")
