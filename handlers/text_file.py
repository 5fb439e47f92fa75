"""Text files that customers attach: logs and outputs, up to a megabyte, in whatever encoding they were saved.

Decides which files are read and what is said where that fails; what a file holds is answered by `pasted.py`, its
caption by `question.py`. Of the file itself nothing is kept but Telegram's id.
"""

import asyncio

from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.storage.database import Database
from bot.telegram.answering import person_button
from bot.telegram.diagnosing import fetch_words
from bot.telegram.files import Missing, fetch
from bot.telegram.talk import Talk
from handlers import pasted, question
from handlers.media import FILE, file_id_of, note_album

ENDINGS = (".txt", ".log")

MOST_BYTES = 1_000_000
"""Of a file; more is refused and not cut, for the end of a log tells most."""


def is_text_file(message: Message) -> bool:
    """Return whether a message is a file that should hold text."""
    file = message.document
    if message.content_type != ContentType.DOCUMENT or file is None:
        return False
    return (file.file_name or "").lower().endswith(ENDINGS) or (file.mime_type or "") == "text/plain"


async def document(message: Message, talk: Talk, state: FSMContext, database: Database, bot: Bot) -> None:
    """Read a text file; what it holds is answered like pasted output, its caption like a question."""
    note_album(message, talk)
    content = await fetch(bot, file_id_of(message) or "", MOST_BYTES)
    caption = message.caption or ""
    if isinstance(content, Missing):
        talk.hear(FILE, talk.prepared.redactor.redact(caption), message.message_id, file_id=file_id_of(message))
        key = "diag-file-too-big" if content is Missing.TOO_BIG else "diag-file-lost"
        talk.say(talk.text(key), [person_button(talk)])
        return
    await fetch_words()
    text = await asyncio.to_thread(_decoded, content)
    reading = await pasted.look(talk, text)
    redacted = await asyncio.to_thread(talk.prepared.redactor.redact, text)
    triaged = await question.understand(talk, caption)
    message_id = talk.hear(FILE, triaged.redacted, message.message_id, file_id=file_id_of(message))
    question.choose_language(talk, triaged)
    if reading is not None:
        await pasted.tell(talk, database, reading, triaged, message_id)
    elif not caption:
        talk.say(talk.text("diag-file-silent" if text.strip() else "diag-file-empty"), [person_button(talk)])
    if redacted.secrets:
        talk.say(talk.text("secret-noticed"))
    if triaged.decision.kind in pasted.ANSWERED_TOO or (reading is None and caption):
        await question.reply(talk, state, database, triaged, message_id)


def _decoded(content: bytes) -> str:
    from bot.diagnostics.reading.decode import decode  # noqa: PLC0415 - heavy, and fetched by now

    return decode(content)
