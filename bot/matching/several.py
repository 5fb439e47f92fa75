"""Makes one decision of the answers to the parts of a message: several problems are answered in order, context is not.

Decides, once `matcher.py` has asked for an article to every part (`problems.py`), whether the message is about several
problems. Parts that the customer announced as several are taken as they come; sentences side by side are several
problems only where their articles have nothing to do with each other.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.kb.library import Library
from bot.matching.codes import Mention
from bot.matching.decide import Verdict
from bot.matching.decision import Kind
from bot.matching.thresholds import MAX_ALSO

SEVERAL = 2
"""Problems or parts from which on there are several."""


def names_open_code(mentions: Sequence[Mention]) -> bool:
    """Say whether a known code is named that is not over: then it decides, and sentences around it are context."""
    return any(mention.articles and not mention.over for mention in mentions)


def is_over(mentions: Sequence[Mention]) -> bool:
    """Say whether codes are named and all of them are behind the customer."""
    return bool(mentions) and all(mention.over for mention in mentions)


def may_be_several(verdict: Verdict, parts: Sequence[str], mentions: Sequence[Mention], *, announced: bool) -> bool:
    """Say whether it is worth asking for an article to every part."""
    if verdict.kind in {Kind.ESCALATE, Kind.SMALLTALK} or len(parts) < SEVERAL:
        return False
    sure_by_words = verdict.kind is Kind.ANSWER and not names_open_code(mentions)
    return announced or is_over(mentions) or sure_by_words


def with_all_answered(
    verdict: Verdict, clear: Sequence[str], mentions: Sequence[Mention], library: Library, *, announced: bool
) -> Verdict:
    """Return the verdict with the articles of `clear`, those that a part leads to by itself, in order, as answers."""
    if len(clear) == 1 and is_over(mentions):
        reasons = (*verdict.reasons, f"the code is over, the rest is clear: {clear[0]}")
        return replace(verdict, kind=Kind.ANSWER, article=clear[0], also=(), options=(), reasons=reasons)
    if len(clear) < SEVERAL:
        return verdict
    if not announced:
        if names_open_code(mentions) or verdict.article not in clear or not _are_apart(clear, library):
            return verdict
        clear = sorted(clear, key=lambda article: article != verdict.article)
    first, *also = clear[: MAX_ALSO + 1]
    reason = f"{len(also) + 1} problems, each clear by itself: {', '.join((first, *also))}"
    reasons = (*verdict.reasons, reason)
    return replace(verdict, kind=Kind.ANSWER, article=first, also=tuple(also), options=(), reasons=reasons)


def _are_apart(articles: Sequence[str], library: Library) -> bool:
    """Say whether no two of the articles belong together: what is told of one is no context of the other."""
    told = {article: library.articles[article] for article in articles}
    return not any(one in told[other].related for one in told for other in told)
