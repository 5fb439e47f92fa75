"""/privacy: what is stored, in plain words."""

from aiogram.types import Message

from bot.telegram.answering import person_button
from bot.telegram.talk import Talk


async def tell(message: Message, talk: Talk) -> None:
    """Tell what is stored."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    talk.say(talk.text("privacy"), [person_button(talk)])
