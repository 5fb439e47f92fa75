"""What the matcher says about one message: the decision and everything it rests on.

These are values only. `matcher.py` makes them, triage records them, handlers show them, `kb ask` prints them
(CONTRACTS, "kb ask"). Nothing here decides anything.
"""

from dataclasses import dataclass
from enum import StrEnum

CALL_A_HUMAN = "call-a-human"
"""The article that stands for "a person, please"; its id is a public contract."""

HOW_TO_USE = "how-to-use"
"""The article that tells what the bot can do; its id is a public contract."""


class Kind(StrEnum):
    """What is done with a message (CONTRACTS, the table of decisions)."""

    ANSWER = "answer"
    GUIDE = "guide"
    DIAGNOSE = "diagnose"
    CLARIFY = "clarify"
    UNKNOWN_CODE = "unknown_code"
    UNSURE = "unsure"
    ESCALATE = "escalate"
    SMALLTALK = "smalltalk"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that might be meant: how well it fits, from 0 to 1, and on what grounds.

    `views` are what `search.py` saw of it, name and value from 0 to 1: for people who ask why, not part of the JSON.
    """

    id: str
    score: float
    why: str
    views: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code in the message: as written, as normalised, whether an article has it; `error` or the kind of number."""

    text: str
    value: str
    known: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One message, understood. `smalltalk` is greeting, thanks, capabilities or bye where `kind` is SMALLTALK.

    `products`: where the articles of a choice are of different ones, the products to ask for instead; not in the JSON.
    """

    kind: Kind
    article: str | None
    entry: str | None
    also: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    codes: tuple[FoundCode, ...]
    options: tuple[str, ...]
    language: str
    form: str
    repairs: tuple[str, ...]
    reasons: tuple[str, ...]
    kb: str
    weights: str
    smalltalk: str | None
    products: tuple[str, ...] = ()

    def to_json(self, elapsed_ms: float) -> dict[str, object]:
        """Return the object of CONTRACTS, "kb ask", with its names in its order; `elapsed_ms` in milliseconds."""
        return {
            "decision": self.kind.value,
            "article": self.article,
            "entry": self.entry,
            "also": list(self.also),
            "candidates": [{"id": c.id, "score": c.score, "why": c.why} for c in self.candidates],
            "codes": [{"text": c.text, "value": c.value, "known": c.known, "kind": c.kind} for c in self.codes],
            "options": list(self.options),
            "language": self.language,
            "form": self.form,
            "repairs": list(self.repairs),
            "reasons": list(self.reasons),
            "kb": self.kb,
            "weights": self.weights,
            "elapsed_ms": elapsed_ms,
        }
