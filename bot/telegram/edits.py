"""Edits of our own messages: which one is meant, which have been overtaken, and what becomes of those that fail.

A message that can no longer be edited is sent anew, under the same record. Stands before the sender's adviser on
tickets, which knows nothing of edits. Wired by `bot/app.py`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.clock import Clock
from bot.outbox import store as outbox
from bot.outbox.answer import Answer, Verdict
from bot.outbox.store import Call, Row
from bot.storage.database import Database, Op
from bot.storage.vault import Vault
from bot.telegram.talk import EDIT, LIVE

Settled = Callable[[Row, Verdict, Answer], tuple[Op | None, bool]]
"""As `bot.outbox.sender.Adviser.settled`."""

Address = Callable[[Row, dict[str, Any]], Awaitable[dict[str, Any] | None]]
"""As `bot.outbox.sender.Adviser.address`."""

SAME = "message is not modified"
"""Telegram's answer where the message says already what it should: a success."""


def sent_anew(settled: Settled, vault: Vault, clock: Clock) -> Settled:
    """Return `settled`, which also sends anew what was meant for a message that is gone or too old to edit."""

    def wrapped(row: Row, verdict: Verdict, answer: Answer) -> tuple[Op | None, bool]:
        if row.purpose == LIVE:
            # The next edit, or the last, says it all.
            return None, True
        lost = verdict in (Verdict.POINTLESS, Verdict.REFUSED) and SAME not in answer.description.lower()
        if row.purpose != EDIT or not lost:
            return settled(row, verdict, answer)
        parameters = {name: value for name, value in vault.open(row.payload).items() if name != "message_id"}
        call = Call(row.chat_id, "sendMessage", parameters, message_id=row.message_id)
        return outbox.post(call, vault, clock.now()), True

    return wrapped


def addressed(address: Address, database: Database) -> Address:
    """Return `address`, which also finds the message that an edit names by our record of it.

    An edit of a message that never arrived, or one that a newer call for the same message has overtaken, is pointless.
    """

    async def wrapped(row: Row, parameters: dict[str, Any]) -> dict[str, Any] | None:
        record = row.message_id
        if row.method != "editMessageText" or record is None or "message_id" in parameters:
            return await address(row, parameters)
        telegram_id = await database.read(lambda db: outbox.telegram_id_of(db, record))
        if telegram_id is None:
            return None
        if row.purpose == LIVE and await database.read(lambda db: outbox.is_waiting(db, record, row.id)):
            return None
        return {**parameters, "message_id": telegram_id}

    return wrapped
