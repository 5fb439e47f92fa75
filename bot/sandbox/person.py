"""A person of the sandbox, as a test speaks of them: `await ann.says("…")`, `await ann.presses("Помогло")`.

Decides nothing: each act is one of `Sandbox`. Made by `Sandbox.user`.
"""

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox import acts
from bot.sandbox.messages import Message
from bot.sandbox.people import Chat, User
from bot.sandbox.world import Pressed

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

DEADLINE = 10.0
"""Seconds that a wait lasts unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the sandbox, as a test speaks of them."""

    sandbox: "Sandbox"
    user: User

    @property
    def id(self) -> int:
        """The user's id, which is the private chat's id too."""
        return self.user.id

    @property
    def messages(self) -> list[Message]:
        """All messages of the private chat, oldest first."""
        return self.sandbox.messages(self.id)

    @property
    def replies(self) -> list[Message]:
        """What the bot wrote into the private chat, oldest first."""
        return [message for message in self.messages if message.by_bot]

    async def says(
        self,
        text: str,
        *,
        chat: Chat | int | None = None,
        topic: int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Write a message: to the bot, or into a group."""
        return self.sandbox.says(self, text, chat=chat, topic=topic, reply_to=reply_to)

    async def presses(self, button: str | int, message: Message | None = None, timeout: float = DEADLINE) -> Pressed:
        """Press a button of that message, or of the newest in the private chat that has it, awaited if need be."""
        if message is not None:
            return self.sandbox.presses(self, message, button)
        found = await self.sandbox.wait_for(lambda: self._with_button(button), timeout, f"no button {button!r}")
        return self.sandbox.presses(self, found, button)

    def _with_button(self, button: str | int) -> Message | None:
        for message in reversed(self.messages):
            with contextlib.suppress(ValueError):
                acts.button_payload(message, button)
                return message
        return None

    async def hears(self, text: str = "", timeout: float = DEADLINE) -> Message:
        """Wait until the bot answered after this person's last act with a message or an edit that holds the text."""
        return await self.sandbox.reply(self.id, text, timeout)
