"""/start with and without a deep link, /help, /cancel."""

from aiogram.filters import CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations.events import Button
from bot.kb.article import Article
from bot.matching.decision import Kind
from bot.telegram.answering import person_button, show_article, visible_article
from bot.telegram.talk import Talk
from bot.triage import triage

PAYLOAD_LIMIT = 64


async def greet(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """Greet; a payload that names an article or a code opens that article, junk degrades to the greeting."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    await state.clear()
    article = _linked_article(talk, (command.args or "").strip())
    if article is not None:
        show_article(talk, article, how="link")
        return
    library = talk.prepared.library
    names = [
        product.names.get(talk.language) or next(iter(product.names.values())) for product in library.products.values()
    ]
    keyboard = [
        (talk.label("btn-how"), Button("open", article="how-to-use")),
        person_button(talk),
        (talk.label("btn-language"), Button("language", value="en" if talk.language == "ru" else "ru")),
    ]
    if visible_article(talk, "how-to-use") is None:
        keyboard.pop(0)
    talk.say(talk.text("start", products=", ".join(names) or library.head.name), keyboard)


def _linked_article(talk: Talk, payload: str) -> Article | None:
    if not payload or len(payload) > PAYLOAD_LIMIT:
        return None
    article = visible_article(talk, payload)
    if article is not None:
        return article
    decision = triage(payload, talk.prepared).decision
    if decision.kind in (Kind.ANSWER, Kind.GUIDE) and any(code.known for code in decision.codes):
        return visible_article(talk, decision.article or "")
    return None


async def help_(message: Message, talk: Talk) -> None:
    """Tell how to use the bot."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    talk.say(talk.text("help"), [person_button(talk)])


async def cancel(message: Message, talk: Talk, state: FSMContext) -> None:
    """Forget where the dialogue stood; the conversation itself stays on record."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    busy = await state.get_state() is not None or bool(await state.get_data())
    await state.clear()
    if talk.ticket is not None:
        # A person has the question, and only that person closes it.
        talk.say(talk.text("handover-already" if talk.ticket.question else "handover-ask"))
        return
    talk.say(talk.text("cancel-done" if busy else "cancel-nothing"))
