"""What an answer starts besides its text: a guide where the article has steps, checks where the customer asks for them.

Decides between the kinds ANSWER, GUIDE and DIAGNOSE once the article is certain, and finds the article whose checks are
meant by "проверьте связь". Whether and how checks are run is decided elsewhere. Called by `matcher.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.kb.library import Library
from bot.matching.decide import Verdict
from bot.matching.decision import Kind
from bot.matching.search import Hit
from bot.matching.thresholds import CLOSEST_STRENGTH

MAX_WORDS = 12
"""A longer message tells of something; a check that it mentions is not all it asks for."""

_CHECK = re.compile(
    r"(?:провер(?:ь|ьте|им)|протестируй(?:те)?|продиагностируй(?:те)?|пропингуй(?:те)?|пингани(?:те)?"
    r"|check|test|diagnose|ping)\Z"
)
_A_CHECK = re.compile(r"(?:проверк[ау]|диагностик[ау]|diagnostics)\Z")
MAX_NAMED = 4
"""Words of a message that asks for a check by its name alone; a longer one may speak of a page that is called so."""
_CAN_CHECK = re.compile(r"\b(?:мо(?:жете|жешь|жно)|давай(?:те)?|можем|хочу|прошу|сможете)\s+(?:\w+\s+)?проверить\b")
_CHECKED = re.compile(
    r"(?:связь|связи|соединени[ея]|подключени[ея]|доступ|доступность|порт|порты|портов|интернет|сеть|днс|сервер|сервера"
    r"|серверы|серверов|connection|connections|connectivity|servers?|ports?|internet|network|dns|access)\Z"
)
_ASKS_HOW = frozenset({"как", "где", "чем", "почему", "how", "where", "why"})


def started(verdict: Verdict, hits: Sequence[Hit], asked: Sequence[str], library: Library) -> Verdict:
    """Return the verdict with the kind that its article starts, or with the article whose checks were asked for."""
    if asks_for_check(asked):
        near = [hit.id for hit in hits if hit.strength >= CLOSEST_STRENGTH]
        open_ = verdict.kind in {Kind.CLARIFY, Kind.UNSURE}
        for article_id in near if open_ else [verdict.article] if verdict.kind is Kind.ANSWER else []:
            if article_id is not None and _can_be_checked(article_id, library):
                reasons = (*verdict.reasons, f"asks for a check: {article_id} has checks")
                return replace(verdict, kind=Kind.DIAGNOSE, article=article_id, options=(), reasons=reasons)
    article = library.article(verdict.article or "")
    if verdict.kind is Kind.ANSWER and article is not None and article.steps:
        return replace(verdict, kind=Kind.GUIDE, reasons=(*verdict.reasons, f"{article.id} has steps"))
    return verdict


def asks_for_check(asked: Sequence[str]) -> bool:
    """Say whether the words ask us to check a connection or a server; "как проверить" asks how to."""
    if len(asked) > MAX_WORDS or not _ASKS_HOW.isdisjoint(asked):
        return False
    named = len(asked) <= MAX_NAMED and any(_A_CHECK.match(word) for word in asked)
    checks = named or any(_CHECK.match(word) for word in asked) or _CAN_CHECK.search(" ".join(asked)) is not None
    return checks and any(_CHECKED.match(word) for word in asked)


def _can_be_checked(article_id: str, library: Library) -> bool:
    """Say whether the article names a check that its product declares."""
    article = library.article(article_id)
    if article is None or not article.checks:
        return False
    declared = {check.id for check in library.checks_of(article.product).checks}
    return not declared.isdisjoint(article.checks)
