"""/human, and the question that follows it."""

from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.matching.decision import Kind
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.telegram.answering import show_article, visible_article
from bot.telegram.handover import call_person, pass_on
from bot.telegram.talk import Talk
from handlers.question import understand


async def human(message: Message, talk: Talk, state: FSMContext, database: Database) -> None:
    """Call a person, at any step."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    await call_person(talk, state, database, reason="asked")


async def question_for_person(message: Message, talk: Talk, state: FSMContext) -> None:
    """Pass the question on that was asked for after /human; what we know ourselves is shown while they wait."""
    triaged = await understand(talk, message.text or "")
    message_id = talk.hear("text", triaged.redacted, message.message_id)
    await state.clear()
    pass_on(talk, triaged.redacted.text)
    decision = triaged.decision
    decision_id = new_id()
    talk.effects.add(
        store.save_decision(decision_id, talk.conversation.id, message_id, decision, triaged.elapsed_ms, talk.now)
    )
    article = visible_article(talk, decision.article or "")
    if decision.kind is Kind.ANSWER and article is not None:
        intro = talk.text("option-shown")
        show_article(talk, article, how="answer", decision_id=decision_id, entry=decision.entry, intro=intro)
