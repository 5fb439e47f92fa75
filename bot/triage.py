"""The story of one message: redact → match against one snapshot → decide. What it comes to is shown by `handlers/`.

Decides nothing of its own; it fixes the order, so that nothing secret ever reaches the matcher, the record or the
screen, and so that one message sees one revision of the knowledge base from beginning to end.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.conversations.events import Turn
from bot.conversations.redact import Redacted, Redactor
from bot.kb.library import Library
from bot.matching.corpus import Corpus
from bot.matching.decision import Decision
from bot.matching.learned import Learned
from bot.matching.matcher import Matcher
from bot.matching.matcher import Turn as MatcherTurn

CLEANED = 512
"""Outgoing texts whose redacted form is remembered; measured, an article costs 3 ms without and nothing with it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is built once per snapshot of the knowledge base and swapped together with it."""

    library: Library
    matcher: Matcher
    redactor: Redactor
    clean: Callable[[str], str]
    """`redactor.clean` with a memory: the same articles go out again and again."""
    settled: bool
    """Whether the matcher has its learned weights; until then the prior ones serve."""

    def wanted(self) -> Corpus | None:
        """Return what is still to be learned from, if anything."""
        return None if self.settled else self.matcher.corpus

    def with_learned(self, learned: Learned) -> "Prepared":
        """Return the same with a matcher that has learned."""
        return replace(self, matcher=self.matcher.with_learned(learned), settled=True)


@dataclass(frozen=True, slots=True)
class Triaged:
    """One message, understood: its redacted text, the decision, and how long that took in milliseconds."""

    redacted: Redacted
    decision: Decision
    elapsed_ms: float


def prepare(library: Library, hash_key: bytes, find: Callable[[Corpus], Learned | None]) -> Prepared:
    """Build all that a snapshot needs to answer; `find` gives learned weights where they are at hand."""
    formats = [key_format for product in library.products.values() for key_format in product.key_formats]
    redactor = Redactor(formats, hash_key)
    matcher = Matcher(library)
    learned = find(matcher.corpus)
    if learned is not None:
        matcher = matcher.with_learned(learned)
    return Prepared(library, matcher, redactor, lru_cache(maxsize=CLEANED)(redactor.clean), learned is not None)


def triage(
    text: str,
    prepared: Prepared,
    turns: Sequence[Turn] = (),
    language: str | None = None,
    product: str | None = None,
) -> Triaged:
    """Understand one message of a customer in its conversation. Never raises, whatever the text.

    `product`: the one the customer chose when asked, if any.
    """
    begun = time.perf_counter()
    redacted = prepared.redactor.redact(text)
    legible = redacted.text
    for secret in redacted.secrets:
        # The four characters that a mask leaves may look like an error code, which they never are.
        legible = legible.replace(secret.masked, secret.masked.partition("…")[0])
    decision = prepared.matcher.ask(
        legible,
        product=product,
        language=language,
        conversation=[MatcherTurn(turn.text, turn.article) for turn in turns],
    )
    return Triaged(redacted, decision, (time.perf_counter() - begun) * 1000)
