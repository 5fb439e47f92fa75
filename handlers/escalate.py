"""/human, and the question that follows it."""

from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.matching.decision import Kind
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.telegram.answering import show_article, visible_article
from bot.telegram.handover import ask, call_person, pass_on
from bot.telegram.talk import Talk
from handlers.media import KINDS, file_id_of, note_album
from handlers.question import understand

NO_QUESTION = frozenset({Kind.ESCALATE, Kind.SMALLTALK})
"""A greeting, or asking for a person once more, is not yet the question that staff need."""


async def human(message: Message, command: CommandObject, talk: Talk, state: FSMContext, database: Database) -> None:
    """Call a person, at any step; what stands behind the command is the question."""
    redactor = talk.prepared.redactor
    talk.hear("command", redactor.redact(message.text or ""), message.message_id)
    question = redactor.clean((command.args or "").strip())
    await call_person(talk, state, database, reason="asked", question=question or None)


async def question_for_person(message: Message, talk: Talk, state: FSMContext) -> None:
    """Pass the question on that was asked for after /human; what we know ourselves is shown while they wait."""
    triaged = await understand(talk, message.text or message.caption or "")
    decision = triaged.decision
    kind = KINDS.get(message.content_type, "text")
    note_album(message, talk)
    message_id = talk.hear(kind, triaged.redacted, message.message_id, file_id=file_id_of(message))
    decision_id = new_id()
    talk.effects.add(
        store.save_decision(decision_id, talk.conversation.id, message_id, decision, triaged.elapsed_ms, talk.now)
    )
    if decision.kind in NO_QUESTION:
        await ask(talk, state)
        return
    await state.clear()
    pass_on(talk, triaged.redacted.text)
    article = visible_article(talk, decision.article or "")
    if decision.kind is Kind.ANSWER and article is not None:
        intro = talk.text("option-shown")
        show_article(talk, article, how="answer", decision_id=decision_id, entry=decision.entry, intro=intro)
