"""The last routes: unknown commands, and service messages that need no answer."""

from aiogram.types import Message

from bot.telegram.answering import person_button
from bot.telegram.talk import Talk


async def unknown_command(message: Message, talk: Talk) -> None:
    """Show the help instead of guessing."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    talk.say(talk.text("help"), [person_button(talk)])


async def service_message(message: Message) -> None:
    """Say nothing: a pinned message, a changed timer and the like were not said to us."""
