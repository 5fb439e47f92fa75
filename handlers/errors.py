"""An update that failed for good: one honest apology to the customer, one word to the staff."""

from collections.abc import Mapping
from typing import Any

from bot.i18n import client_language, label, say
from bot.outbox import store as outbox
from bot.outbox.store import Call
from bot.telegram.talk import Kit, alarm, tell

LARGEST_ID = 2**52
"""Ids of users have at most 52 significant bits (core.telegram.org/bots/api#user); more is no customer's."""


def apologise(kit: Kit, update_id: int, raw: Mapping[str, Any], known_language: str | None) -> None:
    """Add what has to be said. Reads the raw update, for it may be one that nothing can parse."""
    staff = kit.prepared.library.default_language
    sender = _sender(raw)
    if sender is None:
        alarm(kit, say(staff, "dead-update", update=str(update_id)))
        return
    chat_id, name, client = sender
    language = known_language or client_language(client, staff)
    press = raw.get("callback_query")
    if isinstance(press, Mapping) and isinstance(press.get("id"), str):
        parameters = {"callback_query_id": press["id"], "text": label(language, "stale-button")}
        kit.effects.add(outbox.post(Call(chat_id, "answerCallbackQuery", parameters, express=True), kit.vault, kit.now))
    tell(kit, chat_id, say(language, "apology"))
    alarm(kit, say(staff, "dead-letter", name=name or "—", update=str(update_id)))


def private_sender(raw: Mapping[str, Any]) -> int | None:
    """Return the customer's id where a customer in a private chat stands behind a raw update."""
    sender = _sender(raw)
    return sender[0] if sender else None


def _sender(raw: Mapping[str, Any]) -> tuple[int, str, str | None] | None:
    for kind in ("message", "edited_message", "callback_query"):
        body = raw.get(kind)
        if not isinstance(body, Mapping):
            continue
        user = body.get("from")
        holder = body.get("message") if kind == "callback_query" else body
        chat = holder.get("chat") if isinstance(holder, Mapping) else None
        if (
            isinstance(user, Mapping)
            and isinstance(chat, Mapping)
            and chat.get("type") == "private"
            and isinstance(user.get("id"), int)
            and 0 < user["id"] < LARGEST_ID
            and not user.get("is_bot")
        ):
            code = user.get("language_code")
            return user["id"], str(user.get("first_name") or ""), code if isinstance(code, str) else None
    return None
