"""Rows of the outbox: a Bot API call that waits, was sent, or failed for good."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database as Db

from bot.storage.database import Op
from bot.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call: the method's name as Telegram spells it, and its parameters as JSON values.

    `message_id` is the conversation message that this call sends, so that Telegram's id can be noted there.
    `express` calls (answers to button presses) overtake everything, are not rate limited, and expire.
    `ticket_id`, `purpose` and `about` (the message on the other side) tell the desk what a call was for.
    """

    chat_id: int
    method: str
    parameters: Mapping[str, Any]
    message_id: str | None = None
    express: bool = False
    ticket_id: int | None = None
    purpose: str = ""
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A waiting call as stored; `payload` is sealed."""

    id: int
    chat_id: int
    method: str
    express: bool
    payload: bytes
    message_id: str | None
    created_at: float
    ticket_id: int | None = None
    purpose: str = ""
    about: int | None = None


def post(call: Call, vault: Vault, now: float) -> Op:
    """Return the change that puts a call into the outbox."""
    payload = vault.seal(call.parameters)

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO outbox (chat_id, method, express, created_at, message_id, payload, ticket_id, purpose, about)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                call.chat_id,
                call.method,
                int(call.express),
                now,
                call.message_id,
                payload,
                call.ticket_id,
                call.purpose,
                call.about,
            ],
        )

    return op


def waiting_after(db: Db, row_id: int, limit: int) -> list[Row]:
    """Return waiting calls with an id above `row_id`, oldest first, `limit` at the most."""
    return _rows(db, "id > ?", [row_id], limit)


def waiting_for(db: Db, chats: Collection[int], upto: int, limit: int) -> list[Row]:
    """Return waiting calls into these chats with an id of at most `upto`, answers to presses left out, oldest first."""
    marks = ", ".join("?" * len(chats))
    return _rows(db, f"chat_id IN ({marks}) AND id <= ? AND NOT express", [*chats, upto], limit)


def _rows(db: Db, condition: str, values: list[int], limit: int) -> list[Row]:
    rows = db.execute(
        "SELECT id, chat_id, method, express, payload, message_id, created_at, ticket_id, purpose, about FROM outbox"  # noqa: S608 - our own conditions
        f" WHERE state = 'waiting' AND {condition} ORDER BY id LIMIT ?",
        [*values, limit],
    )
    return [Row(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in rows]


def sent(row: Row, telegram_id: int | None, now: float) -> Op:
    """Return the change that marks a call carried out, erases its payload, and notes the message's Telegram id."""

    def op(db: Db) -> None:
        db.execute(
            "UPDATE outbox SET state = 'sent', settled_at = ?, telegram_id = ?, payload = NULL WHERE id = ?",
            [now, telegram_id, row.id],
        )
        if row.message_id is not None and telegram_id is not None:
            db.execute("UPDATE messages SET telegram_id = ? WHERE id = ?", [telegram_id, row.message_id])

    return op


def failed(row: Row, fault: str, now: float, *, keep: bool) -> Op:
    """Return the change that ends a call without success; `keep` puts its sealed payload among the dead letters."""

    def op(db: Db) -> None:
        if keep:
            db.execute(
                "INSERT INTO dead_letters (origin, origin_id, reason, at, payload) VALUES ('outbox', ?, ?, ?, ?)",
                [row.id, fault, now, row.payload],
            )
        db.execute(
            "UPDATE outbox SET state = 'failed', settled_at = ?, fault = ?, payload = NULL WHERE id = ?",
            [now, fault, row.id],
        )

    return op


def unreachable(chat_id: int, why: str, now: float) -> Op:
    """Return the change that notes since when, and why, a customer cannot be reached."""

    def op(db: Db) -> None:
        db.execute(
            "UPDATE users SET unreachable_since = coalesce(unreachable_since, ?), unreachable_why = ? WHERE id = ?",
            [now, why, chat_id],
        )

    return op


def moved(old_chat: int, new_chat: int) -> Op:
    """Return the change that follows a group which became a supergroup; remembered, for settings name the old id."""

    def op(db: Db) -> None:
        db.execute("UPDATE outbox SET chat_id = ? WHERE chat_id = ? AND state = 'waiting'", [new_chat, old_chat])
        db.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
            [f"moved:{old_chat}", json.dumps(new_chat).encode()],
        )

    return op


def moves(db: Db) -> dict[int, int]:
    """Return every group id that Telegram has replaced, with the id that replaced it."""
    rows = db.execute("SELECT key, value FROM meta WHERE key LIKE 'moved:%'")
    return {int(key.partition(":")[2]): int(json.loads(value)) for key, value in rows}


def telegram_id_of(db: Db, message_id: str) -> int | None:
    """Return Telegram's id of a conversation message of ours, or None where it has not been sent."""
    row = db.execute("SELECT telegram_id FROM messages WHERE id = ?", [message_id]).fetchone()
    return row[0] if row else None


def is_waiting(db: Db, message_id: str, after: int) -> bool:
    """Return whether a call about this conversation message waits that is newer than the call `after`."""
    condition = "state = 'waiting' AND id > ? AND message_id = ?"
    return db.execute(f"SELECT 1 FROM outbox WHERE {condition} LIMIT 1", [after, message_id]).fetchone() is not None  # noqa: S608 - our own condition


def last_id(db: Db) -> int:
    """Return the id of the newest call there has been."""
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return int(row[0]) if row else 0


_OF_TICKET_IN_GROUP = "state = 'waiting' AND ticket_id = ? AND chat_id < 0 AND NOT express AND id <= ?"
"""A ticket's waiting calls to the staff's group, which may be named by the id that it had before it moved."""


def waiting_about(db: Db, ticket_id: int, purpose: str) -> frozenset[int]:
    """Return what a ticket's waiting calls of one purpose are about: messages that have not arrived yet."""
    rows = db.execute(
        "SELECT about FROM outbox WHERE state = 'waiting' AND ticket_id = ? AND purpose = ? AND about IS NOT NULL",
        [ticket_id, purpose],
    )
    return frozenset(about for (about,) in rows)


def drop_waiting(db: Db, ticket_id: int, upto: int, purposes: Collection[str]) -> None:
    """Forget a ticket's waiting calls to the staff's group, up to an id: those that have one of these purposes."""
    marks = ", ".join("?" * len(purposes))
    which = f"{_OF_TICKET_IN_GROUP} AND purpose IN ({marks})"
    db.execute(f"DELETE FROM outbox WHERE {which}", [ticket_id, upto, *purposes])  # noqa: S608 - our own condition


def drop(db: Db, row_id: int) -> None:
    """Forget one call."""
    db.execute("DELETE FROM outbox WHERE id = ?", [row_id])


def line_up_again(db: Db, ticket_id: int, upto: int) -> None:
    """Move a ticket's waiting calls to the staff's group, up to an id, in their order behind all posted since."""
    columns = "chat_id, method, express, created_at, message_id, payload, ticket_id, purpose, about"
    which, values = _OF_TICKET_IN_GROUP, [ticket_id, upto]
    db.execute(f"INSERT INTO outbox ({columns}) SELECT {columns} FROM outbox WHERE {which} ORDER BY id", values)  # noqa: S608 - the names stand above
    db.execute(f"DELETE FROM outbox WHERE {which}", values)  # noqa: S608 - as above


def forget_settled(before: float) -> Op:
    """Return the change that drops settled calls older than `before`."""

    def op(db: Db) -> None:
        db.execute("DELETE FROM outbox WHERE state != 'waiting' AND settled_at < ?", [before])

    return op


def depth(db: Db) -> int:
    """Return how many calls wait."""
    return int(db.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()[0])
