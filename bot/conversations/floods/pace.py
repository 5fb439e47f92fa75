"""When a customer's messages are too many in a row, and when those put together are answered. Pure.

TELEGRAM.md, "Habits people have": past 20 messages a minute from one customer, answers are folded into one. A message
counts by two times, when it was sent and when we handled it: what was written over hours while the bot was down is no
flood, and a clock that jumps does not make one either.
"""

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class FloodRule:
    """More than `messages` in `seconds` are folded; answered after `silence`, or `longest` after the first of them."""

    messages: int = 20
    seconds: float = 60.0
    silence: float = 10.0
    longest: float = 60.0


RULE = FloodRule()
"""The rule that holds unless a test has another."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A customer's last messages as (sent, handled), epoch seconds, and when the last folded one was handled."""

    recent: tuple[tuple[float, float], ...] = ()
    folded_at: float | None = None


@dataclass(frozen=True, slots=True)
class Fold:
    """Messages that wait for one answer: from which record on, since when, and when the newest came.

    `update_id` is the update that began it, `telegram_id` the newest message; both name the answer's own update.
    """

    user_id: int
    update_id: int
    first_message: str
    telegram_id: int
    began_at: float
    newest_at: float


class Verdict(Enum):
    """What becomes of a message."""

    ANSWER = auto()
    """The ordinary way."""
    WARN = auto()
    """It is put aside, and the customer is told that one answer will come."""
    FOLD = auto()
    """It is put aside; the customer knows."""


def judge(pace: Pace, fold: Fold | None, sent: float, now: float, rule: FloodRule) -> Verdict:
    """Return what becomes of a message that was sent at `sent` and is handled `now`."""
    if fold is not None and fold.began_at <= now < fold.began_at + 2 * rule.longest:
        # A fold that is older waits for nothing that a further message could be put with.
        return Verdict.FOLD
    near = sum(1 for before, at in pace.recent if abs(sent - before) < rule.seconds and 0 <= now - at < rule.seconds)
    if near < rule.messages:
        return Verdict.ANSWER
    same_burst = pace.folded_at is not None and 0 <= now - pace.folded_at < rule.seconds
    return Verdict.FOLD if same_burst else Verdict.WARN


def after(pace: Pace, verdict: Verdict, sent: float, now: float, rule: FloodRule) -> Pace:
    """Return the pace with that message counted."""
    recent = (*pace.recent, (sent, now))[-rule.messages :]
    return Pace(recent, pace.folded_at if verdict is Verdict.ANSWER else now)


def is_due(fold: Fold, now: float, rule: FloodRule) -> bool:
    """Return whether the messages are to be answered now; a clock that went back behind their beginning says yes."""
    return now < fold.began_at or now >= min(fold.newest_at + rule.silence, fold.began_at + rule.longest)
