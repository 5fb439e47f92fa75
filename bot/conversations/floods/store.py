"""Rows of floods, kept in `meta`: each customer's pace for an hour, and the folds that wait for their answer."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database as Db

from bot.conversations.floods.pace import Fold, Pace
from bot.storage.database import Op


@dataclass(frozen=True, slots=True)
class Folded:
    """One message of a fold, redacted; an edited one as it reads now."""

    kind: str
    text: str
    has_secret: bool


def find(db: Db, user_id: int) -> tuple[Pace, Fold | None]:
    """Return how a customer writes, and what of theirs waits for an answer."""
    found = dict(db.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", [f"pace:{user_id}", f"flood:{user_id}"]))
    pace = json.loads(found[f"pace:{user_id}"]) if f"pace:{user_id}" in found else {}
    fold = found.get(f"flood:{user_id}")
    return (
        Pace(tuple((sent, at) for sent, at in pace.get("recent", ())), pace.get("folded_at")),
        _fold(fold) if fold is not None else None,
    )


def waiting(db: Db) -> list[Fold]:
    """Return every fold that waits for its answer."""
    return [_fold(value) for (value,) in db.execute("SELECT value FROM meta WHERE key >= 'flood:' AND key < 'flood;'")]


def save_pace(user_id: int, pace: Pace) -> Op:
    """Return the change that remembers how a customer writes."""
    return _put(f"pace:{user_id}", asdict(pace))


def save_fold(fold: Fold) -> Op:
    """Return the change that begins a fold, or puts a further message into it."""
    return _put(f"flood:{fold.user_id}", asdict(fold))


def forget_fold(user_id: int) -> Op:
    """Return the change that ends a customer's fold."""

    def op(db: Db) -> None:
        db.execute("DELETE FROM meta WHERE key = ?", [f"flood:{user_id}"])

    return op


def forget_paces(before: float) -> Op:
    """Return the change that forgets how customers wrote whose newest message was handled before that time."""

    def op(db: Db) -> None:
        db.execute(
            "DELETE FROM meta WHERE key >= 'pace:' AND key < 'pace;'"
            " AND json_extract(CAST(value AS TEXT), '$.recent[#-1][1]') < ?",
            [before],
        )

    return op


def folded(db: Db, fold: Fold) -> list[Folded]:
    """Return what the customer wrote since the fold began, oldest first."""
    rows = db.execute(
        "SELECT m.id, m.edit_of, m.kind, m.text, EXISTS (SELECT 1 FROM secrets s WHERE s.message_id = m.id)"
        " FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE c.user_id = ?"
        " AND m.direction = 'in' AND m.rowid >= (SELECT rowid FROM messages WHERE id = ?) ORDER BY m.rowid",
        [fold.user_id, fold.first_message],
    )
    latest: dict[str, Folded] = {}
    places: dict[str, str] = {}
    for message_id, edit_of, kind, text, has_secret in rows:
        place = places[message_id] = places.get(edit_of, message_id)
        latest[place] = Folded(kind, text, bool(has_secret))
    return list(latest.values())


def _fold(value: bytes) -> Fold:
    return Fold(**json.loads(value))


def _put(key: str, content: dict[str, Any]) -> Op:
    value = json.dumps(content).encode()

    def op(db: Db) -> None:
        db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [key, value])

    return op
