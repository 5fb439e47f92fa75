"""aiogram's FSM storage over our database.

Changes join the effects of the update being handled, so that a dialogue never runs ahead of, or behind, what was
said; a handler reads back what it has set itself. What is kept here must hold no secret: questions come redacted.
"""

import json
from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlite_utils import Database as Db

from bot.storage.database import Database
from bot.storage.effects import CURRENT


def _key(key: StorageKey) -> str:
    business, thread = key.business_connection_id or "", key.thread_id or ""
    return f"{key.bot_id}:{key.chat_id}:{key.user_id}:{thread}:{business}:{key.destiny}"


class DialogueStorage(BaseStorage):
    """State and content per chat and user. Writing needs an update in hand (`CURRENT`), reading does not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set or clear the state."""
        name = state.state if isinstance(state, State) else state
        self._put(key, "state", name)

    async def get_state(self, key: StorageKey) -> str | None:
        """Return the state as set by this update, else as committed before it."""
        drafts = _drafts()
        name = (_key(key), "state")
        return drafts[name] if name in drafts else (await self._row(key))[0]

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the content, a JSON object."""
        self._put(key, "content", json.dumps(dict(data)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """Return the content as set by this update, else as committed before it."""
        drafted = _drafts().get((_key(key), "content"))
        content: dict[str, Any] = json.loads(drafted if drafted is not None else (await self._row(key))[1])
        return content

    async def close(self) -> None:
        """Do nothing: the database is closed by whoever opened it."""

    async def _row(self, key: StorageKey) -> tuple[str | None, str]:
        def query(db: Db) -> tuple[str | None, str]:
            row = db.execute("SELECT state, content FROM dialogues WHERE key = ?", [_key(key)]).fetchone()
            return (row[0], row[1]) if row else (None, "{}")

        return await self._database.read(query)

    def _put(self, key: StorageKey, column: str, value: str | None) -> None:
        def op(db: Db) -> None:
            db.execute("INSERT OR IGNORE INTO dialogues (key, content) VALUES (?, '{}')", [_key(key)])
            db.execute(f"UPDATE dialogues SET {column} = ? WHERE key = ?", [value, _key(key)])  # noqa: S608 - our names

        effects = CURRENT.get()
        effects.add(op)
        effects.drafts[_key(key), column] = value


def _drafts() -> Mapping[tuple[str, str], str | None]:
    effects = CURRENT.get(None)
    return effects.drafts if effects is not None else {}
