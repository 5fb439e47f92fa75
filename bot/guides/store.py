"""Rows of guides: each customer's runs, and every press, so that staff see what was tried and managers what solves.

A run's row is where it stands now; presses are only ever added. Writers return an `Op`; readers take a connection that
cannot write. Nothing here is a customer's own words.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database as Db

from bot.guides.run import Result, Run, Tried, Visit
from bot.storage.database import Op

OFFER_SECONDS = 3 * 24 * 3600.0
"""A run left for longer is not offered again; its buttons work all the same."""


class State(StrEnum):
    """What has become of a run."""

    ACTIVE = "active"
    SOLVED = "solved"
    PERSON = "person"
    GONE = "gone"
    """Its article was taken back."""
    NOT_MINE = "not_mine"
    """The customer says that it is about something else."""
    REPLACED = "replaced"
    """The customer began the same article anew."""


@dataclass(frozen=True, slots=True)
class Guide:
    """One run and whose it is. `message_id` is our record of the message that shows it, `begun_with` its article.

    `offered`: going back to it was offered since the last press.
    """

    id: str
    user_id: int
    conversation_id: str
    decision_id: str | None
    language: str
    begun_with: str
    message_id: str
    run: Run
    state: State = State.ACTIVE
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a press was made at a step: what managers look at to see which step solves."""

    article: str
    step: str
    pressed: str
    count: int


_COLUMNS = "id, user_id, conversation_id, decision_id, language, begun_with, message_id, visits, moves, state, offered"


def save(guide: Guide, now: float) -> Op:
    """Return the change that keeps a run as it is now."""
    visits = json.dumps([[each.article, each.step, each.result] for each in guide.run.visits])
    values = [
        guide.id,
        guide.user_id,
        guide.conversation_id,
        guide.decision_id,
        guide.language,
        guide.begun_with,
        guide.message_id,
        visits,
        guide.run.moves,
        guide.state,
        int(guide.offered),
    ]

    def op(db: Db) -> None:
        db.execute(
            f"INSERT INTO guide_runs ({_COLUMNS}, begun_at, touched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - the names stand above
            " ON CONFLICT (id) DO UPDATE SET message_id = excluded.message_id, visits = excluded.visits,"
            " moves = excluded.moves, state = excluded.state, offered = excluded.offered,"
            " touched_at = excluded.touched_at",
            [*values, now, now],
        )

    return op


def note(guide: Guide, at: Visit, number: int, pressed: str, now: float) -> Op:
    """Return the change that records what happened at a step.

    `pressed` is a `Press`, or `shown`, `all` (the whole answer), `other` (not my case), `check`, `check:<verdict>`.
    """

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO guide_presses (run_id, conversation_id, article, step, number, pressed, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [guide.id, guide.conversation_id, at.article, at.step, number, pressed, now],
        )

    return op


def note_check(run_id: str, verdict: str, now: float) -> Op:
    """Return the change that records what a check found at the step where its run stands; nothing without that run."""

    def op(db: Db) -> None:
        guide = find(db, run_id)
        if guide is not None:
            note(guide, guide.run.here, 0, f"check:{verdict}", now)(db)

    return op


def replace_active(user_id: int, article: str, now: float) -> Op:
    """Return the change that ends the customer's unfinished runs that began with this article: a new one begins."""

    def op(db: Db) -> None:
        db.execute(
            "UPDATE guide_runs SET state = 'replaced', touched_at = ?"
            " WHERE user_id = ? AND begun_with = ? AND state = 'active'",
            [now, user_id, article],
        )

    return op


def find(db: Db, run_id: str) -> Guide | None:
    """Return the run with this id, or None."""
    return _first(db, "id = ?", [run_id])


def unfinished(db: Db, user_id: int, besides: str, now: float, within: float = OFFER_SECONDS) -> Guide | None:
    """Return the customer's latest run of these seconds, besides this one, that waits and was not offered, or None."""
    condition = "user_id = ? AND state = 'active' AND id != ? AND NOT offered AND touched_at > ?"
    return _first(db, condition, [user_id, besides, now - within])


def active_of(db: Db, user_id: int, article: str) -> Guide | None:
    """Return the customer's unfinished run that began with this article, or None."""
    return _first(db, "user_id = ? AND begun_with = ? AND state = 'active'", [user_id, article])


def shown_as(db: Db, message_id: str) -> int | None:
    """Return Telegram's id of the message that shows a run, or None where it has not been sent yet."""
    row = db.execute("SELECT telegram_id FROM messages WHERE id = ?", [message_id]).fetchone()
    return row[0] if row else None


def question_of(db: Db, decision_id: str) -> str | None:
    """Return the words (redacted) that a run answers, or None where its decision is not on record."""
    row = db.execute(
        "SELECT m.text FROM decisions d JOIN messages m ON m.id = d.message_id WHERE d.id = ?", [decision_id]
    ).fetchone()
    return row[0] if row else None


def tried(db: Db, conversation_id: str) -> tuple[Tried, ...]:
    """Return the steps of a conversation's runs, in the order they were first shown, each as it went last."""
    numbers = {
        (article, step): number
        for article, step, number in db.execute(
            "SELECT article, step, number FROM guide_presses WHERE conversation_id = ? AND number > 0 ORDER BY id",
            [conversation_id],
        )
    }
    found: dict[tuple[str, str], Result | None] = {}
    for (visits,) in db.execute(
        "SELECT visits FROM guide_runs WHERE conversation_id = ? ORDER BY rowid", [conversation_id]
    ):
        found.update({(visit.article, visit.step): visit.result for visit in _visits(visits)})
    return tuple(Tried(article, numbers.get((article, step), 0), result) for (article, step), result in found.items())


def tally(db: Db, since: float) -> list[Tally]:
    """Return how often which press was made at each step since then, by article and step, the commonest first."""
    rows = db.execute(
        "SELECT article, step, pressed, count(*) FROM guide_presses WHERE at >= ?"
        " GROUP BY article, step, pressed ORDER BY article, step, count(*) DESC, pressed",
        [since],
    )
    return [Tally(*row) for row in rows]


def _first(db: Db, condition: str, values: list[object]) -> Guide | None:
    row = db.execute(
        f"SELECT {_COLUMNS} FROM guide_runs WHERE {condition} ORDER BY touched_at DESC, rowid DESC LIMIT 1",  # noqa: S608 - our own conditions
        values,
    ).fetchone()
    if row is None:
        return None
    return Guide(
        id=row[0],
        user_id=row[1],
        conversation_id=row[2],
        decision_id=row[3],
        language=row[4],
        begun_with=row[5],
        message_id=row[6],
        run=Run(_visits(row[7]), row[8]),
        state=State(row[9]),
        offered=bool(row[10]),
    )


def _visits(stored: str) -> tuple[Visit, ...]:
    rows: Iterable[tuple[str, str, str | None]] = json.loads(stored)
    return tuple(Visit(article, step, Result(result) if result else None) for article, step, result in rows)
