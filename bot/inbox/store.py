"""Rows of the inbox: accepted once, waiting, then done or dead; and the dead letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database as Db

from bot.storage.database import Op
from bot.storage.vault import Vault


class SettledAlreadyError(Exception):
    """The update does not wait any more: somebody else has settled it, and nothing more must come of it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An accepted update that is not handled yet. `seq` is our order of acceptance, `payload` is sealed."""

    seq: int
    update_id: int
    lane: int
    payload: bytes


def accept(updates: Sequence[tuple[int, int, Mapping[str, Any]]], vault: Vault, now: float) -> Op:
    """Return the change that stores updates, each as (update id, lane, raw); one already known is ignored."""
    rows = [(update_id, lane, now, vault.seal(raw)) for update_id, lane, raw in updates]

    def op(db: Db) -> None:
        db.conn.executemany(
            "INSERT INTO inbox (update_id, lane, received_at, payload) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (update_id) DO NOTHING",
            rows,
        )

    return op


def waiting_after(db: Db, seq: int, limit: int) -> list[Waiting]:
    """Return waiting updates accepted after `seq`, oldest first, `limit` at the most."""
    rows = db.execute(
        "SELECT seq, update_id, lane, payload FROM inbox WHERE state = 'waiting' AND seq > ? ORDER BY seq LIMIT ?",
        [seq, limit],
    )
    return [Waiting(*row) for row in rows]


def done(seq: int, now: float) -> Op:
    """Return the change that marks an update handled and erases its payload; it raises `SettledAlreadyError`."""

    def op(db: Db) -> None:
        _settle(db, seq, "done", now)

    return op


def dead(seq: int, reason: str, now: float) -> Op:
    """Return the change that moves an update to the dead letters, where its payload stays sealed.

    It raises `SettledAlreadyError`.
    """

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO dead_letters (origin, origin_id, reason, at, payload)"
            " SELECT 'inbox', update_id, ?, ?, payload FROM inbox WHERE seq = ?",
            [reason, now, seq],
        )
        _settle(db, seq, "dead", now)

    return op


def _settle(db: Db, seq: int, state: str, now: float) -> None:
    changed = db.execute(
        "UPDATE inbox SET state = ?, handled_at = ?, payload = NULL WHERE seq = ? AND state = 'waiting'",
        [state, now, seq],
    )
    if changed.rowcount != 1:
        raise SettledAlreadyError(f"update {seq} of the inbox is settled already")


def forget_handled(before: float) -> Op:
    """Return the change that drops handled updates older than `before`; Telegram repeats none after 24 hours."""

    def op(db: Db) -> None:
        db.execute("DELETE FROM inbox WHERE state != 'waiting' AND handled_at < ?", [before])

    return op


def depth(db: Db) -> int:
    """Return how many updates wait."""
    return int(db.execute("SELECT count(*) FROM inbox WHERE state = 'waiting'").fetchone()[0])
