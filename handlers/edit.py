"""A question edited after the answer: understood again, answered again only where the answer changes."""

from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.matching.decision import Kind
from bot.storage.database import Database
from bot.telegram.talk import Talk
from handlers import keys, question


async def edited(message: Message, talk: Talk, state: FSMContext, database: Database) -> None:
    """Answer what the message says now."""
    words = message.text or message.caption or ""
    user_id, telegram_id = talk.person.id, message.message_id
    before = await database.read(lambda db: store.message_by_telegram_id(db, user_id, telegram_id))
    looked = await keys.look(talk, database, words)
    triaged = await question.understand(talk, looked.words)
    if before is not None and before[1] == triaged.redacted.text:
        # Telegram also reports an edit when only a link preview or a reaction changed.
        return
    earlier = before[0] if before else None
    message_id = talk.hear("text", triaged.redacted, telegram_id, edit_of=earlier)
    question.choose_language(talk, triaged)
    if keys.tell(talk, looked, triaged.redacted, telegram_id):
        return
    was = await database.read(lambda db: store.decision_on(db, user_id, telegram_id))
    now = triaged.decision
    if was is not None and was[0] in question.UNCLEAR:
        # It is the same question; `reply` counts it again where it is still unclear.
        unclear = int((await state.get_data()).get("unclear", 0))
        await state.update_data(unclear=max(0, unclear - 1))
    if was == (now.kind.value, now.article) and now.kind in (Kind.ANSWER, Kind.GUIDE):
        talk.say(talk.text("edit-same"), reply_to=telegram_id)
        return
    warned = keys.has_warned(looked, triaged.redacted)
    await question.reply(talk, state, database, triaged, message_id, talk.text("edit-new"), warned=warned)
