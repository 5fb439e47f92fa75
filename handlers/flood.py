"""Many messages in a row: each is kept, the customer hears once that one answer will come, and then it comes."""

import asyncio
from collections.abc import Sequence

from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.conversations.floods import store as floods
from bot.conversations.floods.pace import Verdict
from bot.conversations.floods.store import Folded
from bot.matching.decision import Kind
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.telegram.answering import person_button
from bot.telegram.flood import Flood
from bot.telegram.handover import call_person
from bot.telegram.talk import Talk
from bot.tickets import store as tickets
from bot.triage import triage
from handlers.media import KINDS, file_id_of, is_content, note_album
from handlers.question import reply, understand

QUESTION_CHARACTERS = 4000
"""The newest lines that fit are understood as one question; all of them are on record, and staff see them."""

SHORT = 60
"""A line up to so long may be a call for a person; longer ones tell a story."""

LINES = 100
CALL = "/human"


def is_folded(message: Message, flood: Flood) -> bool:
    """Return whether a message is put aside. Calling a person is not: it ends the waiting, where there is one."""
    if flood.verdict is Verdict.ANSWER or not (message.text or is_content(message)):
        return False
    return flood.fold is not None or not _calls(message.text or "")


def _calls(text: str) -> bool:
    return text.partition(" ")[0].partition("@")[0] == CALL


async def fold(message: Message, talk: Talk, flood: Flood, state: FSMContext, database: Database) -> None:
    """Keep a message for the one answer."""
    words = message.text or message.caption or ""
    kind = "command" if words.startswith("/") else KINDS.get(message.content_type, "text")
    edit_of = None
    if message.edit_date is not None:
        user_id, telegram_id = talk.person.id, message.message_id
        before = await database.read(lambda db: store.message_by_telegram_id(db, user_id, telegram_id))
        edit_of = before[0] if before else None
    redacted = talk.prepared.redactor.redact(words)
    message_id = talk.hear(kind, redacted, message.message_id, edit_of=edit_of, file_id=file_id_of(message))
    note_album(message, talk)
    if flood.fold is not None and _calls(words):
        waiting = flood.fold
        await _answer(talk, state, database, await database.read(lambda db: floods.folded(db, waiting)), wanted=True)
        return
    begun = flood.with_message(talk.person.id, message_id, message.message_id, talk.now)
    talk.effects.add(floods.save_fold(begun))
    if flood.verdict is Verdict.WARN:
        talk.say(talk.text("flood-warning"))


async def answer(_message: Message, talk: Talk, state: FSMContext, database: Database) -> None:
    """Answer what was put together; a customer who is with a person meanwhile gets no answer of ours."""
    user_id = talk.person.id
    _, waiting = await database.read(lambda db: floods.find(db, user_id))
    if waiting is None:
        return
    if await database.read(lambda db: tickets.open_ticket_of(db, user_id)) is not None:
        talk.effects.add(floods.forget_fold(user_id))
        return
    await _answer(talk, state, database, await database.read(lambda db: floods.folded(db, waiting)))


async def _answer(
    talk: Talk, state: FSMContext, database: Database, messages: Sequence[Folded], *, wanted: bool = False
) -> None:
    talk.effects.add(floods.forget_fold(talk.person.id))
    words = _together([message.text for message in messages if message.kind != "command" and message.text])
    if wanted or await asyncio.to_thread(_wants_person, talk, messages):
        await call_person(talk, state, database, reason="asked", question=words or None)
    elif words:
        triaged = await understand(talk, words)
        message_id = new_id()
        # The decision is about all of them, so that "the question" is whole wherever it is looked up later.
        talk.effects.add(
            store.save_message(message_id, talk.conversation.id, "in", "folded", triaged.redacted.text, talk.now)
        )
        await reply(talk, state, database, triaged, message_id)
    else:
        kinds = [message.kind for message in messages if message.kind in KINDS.values()]
        talk.say(talk.text(f"got-{kinds[-1]}" if kinds else "help"), [person_button(talk)])
    if any(message.has_secret for message in messages):
        talk.say(talk.text("secret-noticed"))


def _together(texts: Sequence[str]) -> str:
    """Return the lines as one question: repeated ones once, the newest that fit, in their order."""
    room, kept = QUESTION_CHARACTERS, list[str]()
    for text in reversed(list(dict.fromkeys(texts))):
        if len(text) >= room:
            kept += [] if kept else [text[:room]]
            break
        room -= len(text) + 1
        kept.append(text)
    return "\n".join(reversed(kept))


def _wants_person(talk: Talk, messages: Sequence[Folded]) -> bool:
    lines = {message.text for message in messages[-LINES:] if 0 < len(message.text) <= SHORT}
    return any(_calls(line) or triage(line, talk.prepared).decision.kind is Kind.ESCALATE for line in lines)
