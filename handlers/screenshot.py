"""A screenshot: read, answered with what was read on it, or an honest word why not.

Decides when a picture is answered, by the album too: each of its pictures is read, and the first that says something is
answered. What counts on a picture is `bot/matching/picture.py`'s to say. In an open ticket pictures go to the staff and
never come here; reading takes seconds, so that is looked at again afterwards.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from aiogram import Bot
from aiogram.enums import ContentType
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.conversations.events import Button, Screen
from bot.inbox import store as inbox
from bot.matching.decision import Kind
from bot.matching.picture import Line
from bot.ocr.read import MOST_BYTES, Failure, Picture, PictureReader
from bot.outbox.answer import NoAnswerError
from bot.screenshot import SHOWN, Understood, says_something, understand
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.storage.vault import WrongSecretError
from bot.telegram.answering import person_button
from bot.telegram.api import Api
from bot.telegram.files import Missing, fetch
from bot.telegram.talk import Talk
from bot.tickets import store as tickets
from bot.tickets.ticket import Ticket
from handlers import clarify, desk, question
from handlers.media import PICTURE, file_id_of, note_album

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp")

LOOKED_THROUGH = 512
"""Waiting updates among which the rest of an album is looked for."""

ACTION_SECONDS = 5.0

WHY_NOT: Mapping[Failure | Missing, str] = {
    Failure.TOO_BIG: "picture-too-big",
    Failure.NOT_AN_IMAGE: "picture-not-an-image",
    Failure.EMPTY: "picture-nothing",
    Failure.TIMED_OUT: "picture-not-read",
    Failure.OUT_OF_MEMORY: "picture-not-read",
    Failure.BUSY: "picture-not-read",
    Failure.NO_TESSERACT: "picture-no-tesseract",
    Missing.TOO_BIG: "picture-too-big",
    Missing.LOST: "picture-lost",
}


def is_picture(message: Message) -> bool:
    """Return whether a message is a photo, or a file that should be an image."""
    if message.content_type == ContentType.PHOTO:
        return True
    file = message.document
    if message.content_type != ContentType.DOCUMENT or file is None:
        return False
    return (file.mime_type or "").startswith("image/") or (file.file_name or "").lower().endswith(ENDINGS)


async def picture(
    message: Message, talk: Talk, state: FSMContext, database: Database, pictures: PictureReader, bot: Bot
) -> None:
    """Read a picture and answer what stands on it, together with its caption."""
    caption = message.caption or await _album_words(message, state)
    if caption and (await question.understand(talk, caption)).decision.kind is Kind.ESCALATE:
        note_album(message, talk)
        await question.answer(
            talk, state, database, caption, message.message_id, kind=PICTURE, file_id=file_id_of(message)
        )
        return
    read = await _read_meanwhile(message, talk, bot, pictures)
    ticket = await _ticket_since(talk, database)
    if ticket is not None:
        await desk.pass_on(message, talk, ticket)
        return
    lines = read.lines if isinstance(read, Picture) else ()
    product = await clarify.product_of(talk, state)
    understood = await asyncio.to_thread(_understand, talk, lines, caption, product)
    if not message.caption and await _is_answered(message, database):
        _hear(message, talk)
        _warn_of_keys(talk, understood)
        return
    clear = understood.says_something or understood.triaged.decision.kind in SHOWN
    if not clear and await _more_to_come(message, talk, database):
        _hear(message, talk)
        await state.update_data(album=message.media_group_id, album_words=understood.caption.text)
        return
    note_album(message, talk)
    if understood.says_something:
        await _answer(message, talk, state, database, understood)
        return
    if caption:
        await question.answer(
            talk, state, database, caption, message.message_id, kind=PICTURE, file_id=file_id_of(message)
        )
    else:
        _hear(message, talk)
        why_not = "picture-nothing" if isinstance(read, Picture) else WHY_NOT[read]
        talk.say(talk.text(why_not), [person_button(talk)])
    _warn_of_keys(talk, understood)


def misread(talk: Talk, screen: Screen, article_id: str) -> None:
    """Take «❌ Не то» to heart: what was answered did not help, and the customer is asked for words."""
    talk.effects.add(store.save_feedback(talk.conversation.id, screen.decision_id, article_id, "not_helped", talk.now))
    talk.say(talk.text("picture-misread"), [person_button(talk)])


def _understand(talk: Talk, lines: tuple[Line, ...], caption: str, product: str | None) -> Understood:
    return understand(lines, caption, talk.prepared, talk.conversation.turns, language=talk.language, product=product)


def _hear(message: Message, talk: Talk) -> str:
    redacted = talk.prepared.redactor.redact(message.caption or "")
    return talk.hear(PICTURE, redacted, message.message_id, file_id=file_id_of(message))


async def _answer(message: Message, talk: Talk, state: FSMContext, database: Database, understood: Understood) -> None:
    seen, triaged = understood.look.seen, understood.triaged
    _hear(message, talk)
    # The decision is about caption and picture, so that "the question" is whole wherever it is looked up later.
    whole_id = new_id()
    talk.effects.add(store.save_message(whole_id, talk.conversation.id, "in", "read", triaged.redacted.text, talk.now))
    question.choose_language(talk, triaged)
    intro = talk.text("picture-seen", seen=" · ".join(seen))
    not_that = (talk.label("btn-misread"), Button("misread", article=triaged.decision.article))
    await question.reply(talk, state, database, triaged, whole_id, intro, extra=[not_that])


def _warn_of_keys(talk: Talk, understood: Understood) -> None:
    if understood.masked:
        talk.say(talk.text("picture-key", keys=", ".join(understood.masked)))


async def _read_meanwhile(
    message: Message, talk: Talk, bot: Bot, pictures: PictureReader
) -> Picture | Failure | Missing:
    """Fetch and read a picture while Telegram shows the customer that something is being done."""
    if pictures.tesseract is None:
        return Failure.NO_TESSERACT
    async with asyncio.TaskGroup() as tasks:
        showing = tasks.create_task(_show_action(bot, message.chat.id))
        content = await fetch(bot, file_id_of(message) or "", MOST_BYTES)
        if isinstance(content, Missing):
            read: Picture | Failure | Missing = content
        else:
            read = await pictures.read(content, lambda lines: says_something(lines, talk.prepared))
        showing.cancel()
    return read


async def _show_action(bot: Bot, chat_id: int) -> None:
    try:
        await Api(bot).call("sendChatAction", {"chat_id": chat_id, "action": "typing"}, ACTION_SECONDS)
    except NoAnswerError:
        # Nobody misses it: the answer itself comes in a moment.
        return


async def _ticket_since(talk: Talk, database: Database) -> Ticket | None:
    user_id = talk.person.id
    if talk.staff_chat is None:
        return None
    return await database.read(lambda db: tickets.open_ticket_of(db, user_id))


async def _is_answered(message: Message, database: Database) -> bool:
    album = message.media_group_id
    return album is not None and not await database.read(lambda db: store.album_is_new(db, album))


async def _album_words(message: Message, state: FSMContext) -> str:
    """Return the caption that an earlier picture of the same album had, if its answer was left to the others."""
    album = message.media_group_id
    if album is None:
        return ""
    kept = await state.get_data()
    return str(kept.get("album_words") or "") if kept.get("album") == album else ""


async def _more_to_come(message: Message, talk: Talk, database: Database) -> bool:
    """Return whether another picture of this album waits in the inbox."""
    album = message.media_group_id
    if album is None:
        return False
    waiting = await database.read(lambda db: inbox.waiting_after(db, 0, LOOKED_THROUGH))
    for update in waiting:
        if update.lane != message.chat.id:
            continue
        try:
            raw: Any = talk.kit.vault.open(update.payload).get("message") or {}
        except WrongSecretError:
            continue
        if raw.get("media_group_id") == album and raw.get("message_id") != message.message_id:
            return True
    return False
