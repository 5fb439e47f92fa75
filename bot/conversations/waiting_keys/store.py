"""Rows of keys that wait: half a key for the message after it, a whole one for its owner's consent and its check.

The key itself is sealed by the vault and erased with its row (`secure_delete` is on); the row says only whose it is and
its masked tail. Nothing waits longer than `KEEP_SECONDS`: what is older is not given out, and the sweep erases it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sqlite_utils import Database as Db

from bot.storage.database import Op
from bot.storage.vault import Vault

KEEP_SECONDS: Final = 15 * 60.0
HALF_SECONDS: Final = 120.0
"""The other half comes at once or never."""


class State(StrEnum):
    """What a key waits for."""

    HALF = "half"
    OFFERED = "offered"
    """Its owner may agree to a check."""
    WANTED = "wanted"
    """Its owner has agreed."""


@dataclass(frozen=True, slots=True)
class WaitingKey:
    """A row. `telegram_id` is the customer's message that held it; `at` is when that came, epoch seconds."""

    id: str
    user_id: int
    chat_id: int
    conversation_id: str
    language: str
    product: str
    masked: str
    telegram_id: int | None
    state: State
    at: float
    payload: bytes = field(repr=False, default=b"")

    def key(self, vault: Vault) -> str:
        """Return what was sealed. Raises `bot.storage.vault.WrongSecretError`."""
        return str(vault.open(self.payload)["key"])


_COLUMNS = "id, user_id, chat_id, conversation_id, language, product, masked, telegram_id, state, at, payload"


def save(row: WaitingKey, key: str, vault: Vault) -> Op:
    """Return the change that lets a key wait; of one customer only one half waits."""
    payload = vault.seal({"key": key})

    def op(db: Db) -> None:
        if row.state is State.HALF:
            db.execute("DELETE FROM waiting_keys WHERE user_id = ? AND state = 'half'", [row.user_id])
        db.execute(
            f"INSERT INTO waiting_keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            [
                row.id,
                row.user_id,
                row.chat_id,
                row.conversation_id,
                row.language,
                row.product,
                row.masked,
                row.telegram_id,
                row.state.value,
                row.at,
                payload,
            ],
        )

    return op


def find(db: Db, row_id: str, user_id: int, now: float) -> WaitingKey | None:
    """Return a customer's waiting key, or None: used, refused, too old, or another's."""
    return _one(db, "id = ? AND user_id = ? AND at > ?", [row_id, user_id, now - KEEP_SECONDS])


def half_of(db: Db, user_id: int, now: float) -> WaitingKey | None:
    """Return the half that a customer sent a moment ago, or None."""
    return _one(db, "user_id = ? AND state = 'half' AND at > ?", [user_id, now - HALF_SECONDS])


def wanted(db: Db) -> list[WaitingKey]:
    """Return the keys whose owners have agreed to a check, oldest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM waiting_keys WHERE state = 'wanted' ORDER BY at LIMIT 64")  # noqa: S608 - our own names
    return [_row(row) for row in rows]


def want(row_id: str) -> Op:
    """Return the change that notes that a key's owner has agreed."""

    def op(db: Db) -> None:
        db.execute("UPDATE waiting_keys SET state = 'wanted' WHERE id = ?", [row_id])

    return op


def erase(row_id: str) -> Op:
    """Return the change that forgets a key."""

    def op(db: Db) -> None:
        db.execute("DELETE FROM waiting_keys WHERE id = ?", [row_id])

    return op


def erase_old(now: float) -> Op:
    """Return the change that forgets every key that has waited too long."""

    def op(db: Db) -> None:
        db.execute(
            "DELETE FROM waiting_keys WHERE (state = 'half' AND at <= ?) OR (state = 'offered' AND at <= ?)",
            [now - HALF_SECONDS, now - KEEP_SECONDS],
        )

    return op


def has_old(db: Db, now: float) -> bool:
    """Return whether a key has waited too long."""
    old = db.execute(
        "SELECT 1 FROM waiting_keys WHERE (state = 'half' AND at <= ?) OR (state = 'offered' AND at <= ?) LIMIT 1",
        [now - HALF_SECONDS, now - KEEP_SECONDS],
    )
    return old.fetchone() is not None


def _one(db: Db, condition: str, values: list[object]) -> WaitingKey | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM waiting_keys WHERE {condition} LIMIT 1", values).fetchone()  # noqa: S608 - our own conditions
    return _row(row) if row else None


def _row(row: tuple[Any, ...]) -> WaitingKey:
    row_id, user_id, chat_id, conversation_id, language, product, masked, telegram_id, state, at, payload = row
    return WaitingKey(
        row_id, user_id, chat_id, conversation_id, language, product, masked, telegram_id, State(state), at, payload
    )
