"""Many messages in a row from one customer: none is dropped, they are put together and answered once.

Decides, per message, whether it is answered or put aside (`FloodMiddleware`), and brings a customer's fold back when
they fall silent (`FoldSweep`): as an update of our own in the inbox, so that the answer keeps its place among the
customer's updates and has their guarantees. What is said stands in `handlers/flood.py`, the rule in
`bot/conversations/floods/pace.py`. Managers, and staff where `is_staff` knows them, are not limited.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject, Update, User
from sqlite_utils import Database as Db

from bot.clock import Clock
from bot.conversations import store as conversations
from bot.conversations.events import Person
from bot.conversations.floods import store
from bot.conversations.floods.pace import FloodRule, Fold, Verdict, after, is_due, judge
from bot.inbox import store as inbox
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.vault import Vault
from bot.telegram.middlewares import Handler
from bot.telegram.talk import Kit
from bot.tickets.ticket import Ticket

LOOK_SECONDS = 1.0
"""How often the folds are looked at."""


@dataclass(frozen=True, slots=True)
class Flood:
    """What was decided about a message, and what of this customer's waits already."""

    verdict: Verdict
    fold: Fold | None
    update_id: int

    def with_message(self, user_id: int, message_id: str, telegram_id: int, now: float) -> Fold:
        """Return the fold with a message put into it; begun where there is none."""
        if self.fold is None:
            return Fold(user_id, self.update_id, message_id, telegram_id, now, now)
        return replace(self.fold, telegram_id=telegram_id, newest_at=max(now, self.fold.newest_at))


async def nobody(_user: User) -> bool | None:
    """Say of everybody that they are no staff."""
    return False


class FloodMiddleware(BaseMiddleware):
    """Adds `flood` to a customer's messages; it stands behind `TalkMiddleware`. `is_staff`: None is "not known"."""

    def __init__(
        self, database: Database, rule: FloodRule, is_staff: Callable[[User], Awaitable[bool | None]] = nobody
    ) -> None:
        self._database = database
        self._rule = rule
        self._is_staff = is_staff

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Call the handler with `flood`."""
        update: Update = data["event_update"]
        data["flood"] = Flood(Verdict.ANSWER, None, update.update_id)
        if isinstance(event, Message) and event.from_user is not None and not is_own(event, update):
            data["flood"] = await self._judge(event, event.from_user, update, data["kit"], data.get("ticket"))
        return await handler(event, data)

    async def _judge(self, message: Message, user: User, update: Update, kit: Kit, ticket: Ticket | None) -> Flood:
        pace, fold = await self._database.read(lambda db: store.find(db, user.id))
        sent, now = (message.edit_date or message.date.timestamp()), kit.now
        verdict = judge(pace, fold, sent, now, self._rule)
        # With a person every message goes to that person, one by one.
        if verdict is not Verdict.ANSWER and (
            ticket is not None or user.id in kit.manager_ids or (fold is None and await self._is_staff(user))
        ):
            verdict = Verdict.ANSWER
        kit.effects.add(store.save_pace(user.id, after(pace, verdict, sent, now, self._rule)))
        return Flood(verdict, fold, update.update_id)


def is_own(_event: TelegramObject, event_update: Update) -> bool:
    """Return whether an update is not Telegram's but ours: "answer what was put together". Telegram's are above 0."""
    return event_update.update_id < 0


class FoldSweep:
    """Brings folds back when they are due; runs until cancelled. `after_commit` wakes the worker."""

    def __init__(
        self, database: Database, vault: Vault, clock: Clock, rule: FloodRule, *, after_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._rule = rule
        self._after_commit = after_commit
        self._brought: set[int] = set()

    async def run(self) -> None:
        """Look at the folds again and again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except StorageUnavailableError:
                # The database says so itself; the folds wait in it.
                continue

    async def look(self) -> None:
        """Bring back what is due now. Raises `StorageUnavailableError`."""
        now = self._clock.now()
        waiting = await self._database.read(store.waiting)
        self._brought &= {fold.update_id for fold in waiting}
        for fold in waiting:
            if fold.update_id in self._brought or not is_due(fold, now, self._rule):
                continue
            person = await self._database.read(_person(fold.user_id))
            if person is not None:
                raw = _update(fold, person, now)
                # The same id each time, so that it is answered once however often it is brought.
                await self._database.write(inbox.accept([(-fold.update_id, fold.user_id, raw)], self._vault, now))
            self._brought.add(fold.update_id)
            self._after_commit()


def _person(user_id: int) -> Callable[[Db], Person | None]:
    return lambda db: conversations.find_person(db, user_id)


def _update(fold: Fold, person: Person, now: float) -> dict[str, Any]:
    user: dict[str, Any] = {"id": person.id, "is_bot": False, "first_name": person.name}
    if person.username is not None:
        user["username"] = person.username
    chat = {"id": person.id, "type": "private"}
    message = {"message_id": fold.telegram_id, "date": int(now), "chat": chat, "from": user, "text": ""}
    return {"update_id": -fold.update_id, "message": message}
