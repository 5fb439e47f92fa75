"""The ticket and its states. Pure: what may follow what, and what a topic is called.

new → taken → closed, new → closed, closed → taken (reopened). `store.py` lets one UPDATE decide each step, so that of
two people who press at the same moment one wins; `desk.py` says what each step causes.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

TOPIC_NAME_LIMIT = 128
"""Telegram's longest topic name, in characters."""

NUMBER = re.compile(r"#(\d{1,12})\b")


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    TAKEN = "taken"
    CLOSED = "closed"


class Place(StrEnum):
    """Where a ticket is talked about: a topic that is wanted or live, or, in a group without topics, by replies."""

    WANTED = "wanted"
    LIVE = "live"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A customer in a person's hands. `question` and `name` are as the card shows them: redacted."""

    id: int
    user_id: int
    conversation_id: str
    language: str
    name: str
    reason: str
    question: str
    state: State
    opened_at: float
    taken_by: int | None = None
    taken_name: str | None = None
    topic_id: int | None = None
    place: Place = Place.WANTED
    card_id: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the customer is with a person, and the bot silent."""
        return self.state is not State.CLOSED


def topic_name(number: int, name: str, state: State) -> str:
    """Return the topic's name: a square for the state, the ticket's number, the customer's name."""
    return f"{square_of(state)} #{number} {' '.join(name.split())}".strip()[:TOPIC_NAME_LIMIT]


def square_of(state: State) -> str:
    """Return the square that shows a state at a glance."""
    return "⬛" if state is State.CLOSED else "🟪"


def number_in(topic: str) -> int | None:
    """Return the ticket number that a topic's name carries, or None."""
    found = NUMBER.search(topic)
    return int(found[1]) if found else None
