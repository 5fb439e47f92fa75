"""What a person can see the bot do: one file a behaviour, and the ordered table of all routes on this page.

Order matters: the first route that fits takes the message. Handlers decide what is said next; they neither send nor
write, they add to the update's effects through `talk`.
"""

import inspect
import re
from collections.abc import Callable
from typing import Any

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery, Message

from bot.telegram.desk import BUTTON_PREFIX
from bot.telegram.flood import FloodMiddleware, is_own
from bot.telegram.middlewares import KitMiddleware, TalkMiddleware
from bot.telegram.talk import Kit
from bot.tickets.ticket import Ticket
from handlers import (
    buttons,
    desk,
    diagnose,
    edit,
    escalate,
    fallback,
    flood,
    groups,
    language,
    media,
    privacy,
    question,
    screenshot,
    staff,
    start,
    stats,
    text_file,
)

COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@[A-Za-z0-9_]+)?(\s|$)")
"""What Telegram marks as a command at the beginning of a text; a path such as `/var/log` is none."""

PROVIDED = frozenset(
    {"kit", "talk", "ticket", "flood"}  # our middlewares
    | {"database", "forum", "roles", "effects", "pictures"}  # `bot/app.py`, for the whole program and for each update
    | {"bot", "state", "raw_state", "event_update", "event_from_user", "event_chat", "event_thread_id"}  # aiogram
)
"""What a handler or a filter may ask for by name; `command` comes from a `Command` filter only."""


def build_router(kit: KitMiddleware, talk: TalkMiddleware, pace: FloodMiddleware) -> Router:
    """Return the routes, in order, with the middlewares that give handlers their `kit`, `talk` and `flood`."""
    root = Router(name="root")
    customers = Router(name="customers")
    customers.message.outer_middleware(talk)
    customers.edited_message.outer_middleware(talk)
    customers.callback_query.outer_middleware(talk)

    customers.message.outer_middleware(pace)
    customers.edited_message.outer_middleware(pace)

    customers.message.register(flood.answer, is_own)
    customers.message.register(flood.fold, flood.is_folded)
    customers.message.register(start.greet, CommandStart())
    customers.message.register(start.help_, Command("help"))
    customers.message.register(start.cancel, Command("cancel"))
    customers.message.register(language.ask, Command("language"))
    customers.message.register(privacy.tell, Command("privacy"))
    customers.message.register(escalate.human, Command("human"))
    customers.message.register(diagnose.command, Command("diag"))
    customers.message.register(stats.in_private, Command("stats"))
    customers.message.register(desk.pass_on, is_with_a_person, staff.is_for_customer)
    customers.message.register(fallback.unknown_command, F.text.regexp(COMMAND))
    customers.message.register(question.text, F.text)
    customers.message.register(screenshot.picture, screenshot.is_picture)
    customers.message.register(text_file.document, text_file.is_text_file)
    customers.message.register(media.captioned, F.caption)
    customers.message.register(media.wordless, media.is_content)
    customers.message.register(fallback.service_message)

    customers.edited_message.register(desk.edited, is_with_a_person, F.text | F.caption)
    customers.edited_message.register(flood.fold, flood.is_folded)
    customers.edited_message.register(edit.edited, F.text | F.caption)
    customers.edited_message.register(fallback.service_message)

    customers.callback_query.register(buttons.press)

    root.my_chat_member.register(groups.private_membership, F.chat.type == ChatType.PRIVATE)
    root.my_chat_member.register(groups.group_membership)
    root.message.register(groups.migrated, F.migrate_to_chat_id)
    root.include_router(_staff_routes())
    root.include_router(customers)
    for observer in (root.message, root.edited_message, root.callback_query, root.my_chat_member):
        observer.outer_middleware(kit)
    check_parameters(root)
    return root


def _staff_routes() -> Router:
    routes = Router(name="staff")
    routes.message.filter(in_staff_chat)
    routes.edited_message.filter(in_staff_chat)
    routes.callback_query.filter(under_staff_message)
    routes.message.register(staff.service, F.forum_topic_created)
    routes.message.register(staff.membership, F.new_chat_members | F.left_chat_member)
    routes.message.register(staff.take, Command("take", ignore_case=True))
    routes.message.register(staff.close, Command("close", ignore_case=True))
    routes.message.register(staff.note, Command("note", ignore_case=True))
    routes.message.register(staff.info, Command("info", ignore_case=True))
    routes.message.register(staff.help_, Command("help", ignore_case=True))
    routes.message.register(stats.in_staff_chat, Command("stats", ignore_case=True))
    routes.message.register(staff.note_inside, F.text.regexp(staff.NOTE) | F.caption.regexp(staff.NOTE))
    routes.message.register(staff.unknown_command, F.text.regexp(staff.COMMAND) | F.caption.regexp(staff.COMMAND))
    routes.message.register(staff.write, staff.is_for_customer)
    routes.message.register(fallback.service_message)
    routes.edited_message.register(fallback.service_message)
    routes.callback_query.register(staff.press, F.data.startswith(BUTTON_PREFIX))
    routes.callback_query.register(staff.stale)
    return routes


def in_staff_chat(message: Message, kit: Kit) -> bool:
    """Return whether a message was written in the staff's chat."""
    return message.chat.id == kit.staff_chat


def under_staff_message(query: CallbackQuery, kit: Kit) -> bool:
    """Return whether a button in the staff's chat was pressed."""
    return query.message is not None and query.message.chat.id == kit.staff_chat


def is_with_a_person(_event: Message, ticket: Ticket | None) -> bool:
    """Return whether the customer has an open ticket: then the bot is silent."""
    return ticket is not None


def check_parameters(top: Router) -> None:
    """Raise `TypeError` where a handler or filter asks for something that nobody provides; called at start.

    aiogram itself fails only when the handler is called, which for a rare one may be months later.
    """
    strange = []
    for router in top.chain_tail:
        for observer in router.observers.values():
            for handler in observer.handlers:
                filters = [each.callback for each in handler.filters or ()]
                known = PROVIDED | ({"command"} if any(isinstance(each, Command) for each in filters) else set())
                for asked in (handler.callback, *filters):
                    place = f"{asked.__module__}.{getattr(asked, '__qualname__', type(asked).__qualname__)}"
                    strange += [f"{name} ({place})" for name in _asked_for(asked) if name not in known]
    if strange:
        raise TypeError(f"nobody provides: {', '.join(strange)}")


def _asked_for(callback: Callable[..., Any]) -> list[str]:
    """Return the names that must be provided: all but the event itself and what has a default."""
    parameters = [
        each
        for each in inspect.signature(callback).parameters.values()
        if each.kind in {each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY}
    ]
    return [each.name for each in parameters[1:] if each.default is each.empty]
