"""Who is it, in which language, in which conversation: looked up once per update, handed to the handler as `talk`.

Private chats only reach the customers' handlers; other bots, channels and anonymous senders are left out here.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, User
from sqlite_utils import Database as Db

from bot.clock import Clock
from bot.conversations import store
from bot.conversations.events import Conversation, Person
from bot.i18n import client_language
from bot.kb.watch import LibraryHolder
from bot.storage.database import Database
from bot.storage.effects import Effects
from bot.storage.vault import Vault
from bot.telegram.diagnosing import Diagnosing
from bot.telegram.talk import KeyChecks, Kit, Talk, no_key_check
from bot.tickets import store as tickets
from bot.tickets.ticket import Ticket
from bot.triage import Prepared

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class KitMiddleware(BaseMiddleware):
    """Adds `kit` to every update: its effects, the snapshot of the knowledge base it sees, the time."""

    def __init__(
        self,
        vault: Vault,
        holder: LibraryHolder[Prepared],
        clock: Clock,
        staff_chat: Callable[[], int | None],
        manager_ids: tuple[int, ...],
        key_check: KeyChecks = no_key_check,
        checks: Diagnosing | None = None,
    ) -> None:
        self._vault = vault
        self._holder = holder
        self._clock = clock
        self._staff_chat = staff_chat
        self._manager_ids = manager_ids
        self._key_check = key_check
        self._checks = checks

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Call the handler with `kit`."""
        effects: Effects = data["effects"]
        prepared = self._holder.current.prepared
        data["kit"] = Kit(
            effects,
            self._vault,
            prepared,
            self._clock.now(),
            self._staff_chat(),
            self._manager_ids,
            start_check=self._checks.start_step if self._checks is not None else None,
            key_check=self._key_check,
            checks=self._checks,
        )
        return await handler(event, data)


class TalkMiddleware(BaseMiddleware):
    """Adds `talk` to messages and button presses of customers in private chats; everything else passes it by."""

    def __init__(self, database: Database, default_language: str) -> None:
        self._database = database
        self._default_language = default_language

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Call the handler with `talk`, or drop the event where no customer stands behind it."""
        user, chat = _who(event)
        if user is None or chat is None or user.is_bot or chat.type != ChatType.PRIVATE:
            return None
        kit: Kit = data["kit"]

        def query(db: Db) -> tuple[Person | None, Conversation | None, Ticket | None]:
            ticket = tickets.open_ticket_of(db, user.id) if kit.staff_chat is not None else None
            return store.find_person(db, user.id), store.current_conversation(db, user.id, kit.now), ticket

        known, conversation, ticket = await self._database.read(query)
        if ticket is not None and (conversation is None or conversation.id != ticket.conversation_id):
            # A ticket outlives the twelve hours after which a conversation ends: what is said belongs to it.
            conversation = Conversation(ticket.conversation_id)
        language = known.language if known else client_language(user.language_code, self._default_language)
        chosen = known.language_chosen if known else False
        person = Person(user.id, user.full_name, user.username, language, chosen)
        data["talk"] = Talk(kit, chat.id, person, conversation, ticket)
        data["ticket"] = ticket
        return await handler(event, data)


def _who(event: TelegramObject) -> tuple[User | None, Chat | None]:
    if isinstance(event, Message):
        return (event.from_user if event.sender_chat is None else None), event.chat
    if isinstance(event, CallbackQuery):
        return event.from_user, event.message.chat if event.message is not None else None
    return None, None
