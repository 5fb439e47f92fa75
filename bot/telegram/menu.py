"""The command menu and the bot's description, in every language; set at start, never taken away at stop.

What fails here is tried again later by the caller: a menu that is not set yet must not keep the bot from answering.
"""

from collections.abc import Iterator
from typing import Any

from bot.i18n import LANGUAGES, label
from bot.outbox.answer import Answer
from bot.telegram.api import Api

CUSTOMER_COMMANDS = ("start", "help", "diag", "human", "language", "cancel", "privacy")


def menu_calls(default: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the calls that set menu and description: the default language for everybody, then each by its code."""
    for code, language in [(None, default), *((language, language) for language in LANGUAGES)]:
        own: dict[str, Any] = {"language_code": code} if code else {}
        commands = [{"command": name, "description": label(language, f"command-{name}")} for name in CUSTOMER_COMMANDS]
        yield "setMyCommands", {"commands": commands, "scope": {"type": "all_private_chats"}, **own}
        yield "setMyDescription", {"description": label(language, "bot-description"), **own}
        yield "setMyShortDescription", {"short_description": label(language, "bot-short-description"), **own}


async def set_menu(api: Api, default: str) -> Answer | None:
    """Set everything; return the first answer that was a refusal, or None. Raises `NoAnswerError`."""
    for method, parameters in menu_calls(default):
        answer = await api.call(method, parameters)
        if not answer.ok:
            return answer
    return None
