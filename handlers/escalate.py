"""/human: call a person, at any step."""

from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.storage.database import Database
from bot.telegram.handover import call_person
from bot.telegram.talk import Talk
from handlers.desk import pass_on


async def human(message: Message, command: CommandObject, talk: Talk, state: FSMContext, database: Database) -> None:
    """Call a person; what stands behind the command is the question, or, with a person already, a message to them."""
    if talk.ticket is not None and command.args:
        await pass_on(message, talk, talk.ticket)
        return
    redactor = talk.prepared.redactor
    talk.hear("command", redactor.redact(message.text or ""), message.message_id)
    question = redactor.clean((command.args or "").strip())
    await call_person(talk, state, database, reason="asked", question=question or None)
