"""What happens in a conversation, as values: who, what was said, shown, pressed, asked of a person. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

IDLE_SECONDS = 12 * 3600
"""A customer who is silent for longer begins a new conversation with the next message."""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as Telegram and we know them. `language_chosen`: they switched it themselves."""

    id: int
    name: str
    username: str | None
    language: str
    language_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of the conversation (redacted) and the article it was answered with."""

    text: str
    article: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation stands: its last questions, oldest first, and the articles shown in it."""

    id: str
    turns: tuple[Turn, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Button:
    """What a button does: `do` names it, the rest are its objects. Stored with the screen, never sent to Telegram."""

    do: str
    article: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """The buttons under one message of ours: whose they are, and what they belong to."""

    id: str
    user_id: int
    conversation_id: str | None
    decision_id: str | None
    buttons: tuple[Button, ...]
    used: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation as staff read it: direction `in` or `out`, redacted text, epoch seconds."""

    direction: str
    kind: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Handover:
    """A request for a person that is on record."""

    id: int
    question: str
    at: float


@dataclass(frozen=True, slots=True)
class Unsure:
    """A decision that showed no article: its kind, and the nearest articles with their scores, best first."""

    kind: str
    nearest: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """All that staff need of a conversation, so that nobody asks twice."""

    lines: tuple[Line, ...]
    shown: tuple[str, ...]
    scores: Mapping[str, float]
    codes: tuple[str, ...]
    verdicts: Mapping[str, str]
    keys: tuple[str, ...]
    unsure: tuple[Unsure, ...] = ()
