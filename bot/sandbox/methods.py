"""All methods that the sandbox carries out at once, by name without letter case.

getUpdates and the webhook methods wait or reach outside, so they are in `server.py`.
"""

from collections.abc import Callable

from bot.sandbox import methods_bot, methods_chat, methods_edit, methods_send
from bot.sandbox.params import Params
from bot.sandbox.wire import Json
from bot.sandbox.world import World

Method = Callable[[World, Params], Json]

METHODS: dict[str, Method] = {
    **methods_send.METHODS,
    **methods_edit.METHODS,
    **methods_chat.METHODS,
    **methods_bot.METHODS,
}

COUNTED = frozenset(
    name.lower()
    for name in METHODS
    if name.startswith(
        ("send", "copy", "forward", "editMessage", "createForum", "editForum", "closeForum", "reopenForum")
    )
    and name != "sendChatAction"
)
"""Methods that flood control counts; what developers of Telegram wrote: topics count, answers to presses do not."""

_BY_LOWER_NAME = {name.lower(): method for name, method in METHODS.items()}


def method_named(name: str) -> Method | None:
    """Return the method; Telegram does not mind letter case in names."""
    return _BY_LOWER_NAME.get(name.lower())
