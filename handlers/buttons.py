"""Every press of a button under one of our messages.

The press names a stored screen and a number; what the button does was stored when it was shown. So a press means the
same after a restart, and a forged, a stranger's or an outdated press is answered politely and does nothing.
"""

from aiogram import Bot
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from bot.conversations.events import Button, Conversation, Screen
from bot.conversations.screens import store
from bot.i18n import LANGUAGES
from bot.storage.database import Database
from bot.telegram import diag_buttons
from bot.telegram.answering import person_button, show_article, visible_article
from bot.telegram.handover import call_person
from bot.telegram.talk import CALLBACK_PREFIX, COPY, Talk
from handlers import clarify, diagnose, feedback, guide, keys, language, screenshot

ONCE = frozenset({"helped", "not_helped", "none", "person", "misread"})
"""Buttons whose second press would only repeat what was said."""

TOASTS = {"helped": "helped-toast", "not_helped": "not-helped-toast", "misread": "misread-toast"}


async def press(query: CallbackQuery, talk: Talk, state: FSMContext, database: Database, bot: Bot) -> None:
    """Find out what the button means, and do it."""
    screen_id, index = _parse(query.data or "")
    screen = await database.read(lambda db: store.find_screen(db, screen_id))
    if screen is None or not 0 <= index < len(screen.buttons) or screen.buttons[index].do == COPY:
        talk.toast(query.id, talk.label("stale-button"))
        return
    if screen.user_id != talk.person.id:
        talk.toast(query.id, talk.label("stranger-button"))
        return
    button = screen.buttons[index]
    if button.do in ONCE and index in screen.used:
        talk.toast(query.id, talk.label("pressed-button"))
        return
    if button.do != "language" and button.value in LANGUAGES and not talk.person.language_chosen:
        talk.reply_language = button.value
    talk.effects.add(store.use_button(screen, index))
    if button.do == guide.STEP:
        _go_back_to(talk, screen)
        await guide.press(query, button, talk, state, database)
        return
    if button.do in diag_buttons.DOES:
        _go_back_to(talk, screen)
        await diagnose.press(query, button, talk, database)
        return
    toast = TOASTS.get(button.do)
    talk.toast(query.id, talk.label(toast) if toast else "")
    _go_back_to(talk, screen)
    if button.do in keys.DOES:
        await keys.press(talk, database, bot, button)
        return
    await _do(button, screen, talk, state, database)


def _parse(callback: str) -> tuple[str, int]:
    screen_id, _, index = callback.removeprefix(CALLBACK_PREFIX).partition(":")
    return screen_id, int(index) if index.isascii() and index.isdigit() and len(index) < 4 else -1  # noqa: PLR2004


def _go_back_to(talk: Talk, screen: Screen) -> None:
    """Go on with the conversation that an old message belongs to, however long ago that was."""
    if screen.conversation_id is not None and screen.conversation_id != talk.conversation.id:
        talk.conversation = Conversation(screen.conversation_id)


async def _do(button: Button, screen: Screen, talk: Talk, state: FSMContext, database: Database) -> None:
    match button.do:
        case "helped":
            await feedback.helped(talk, screen, button.article or "", state)
        case "not_helped":
            await feedback.not_helped(talk, screen, button.article or "", state, database)
        case "open" | "option" | clarify.PRODUCT:
            await _open(button, screen, talk, state, database)
        case "guide":
            await guide.open_(talk, button.article or "", database, screen.decision_id)
        case guide.RETURN:
            await guide.return_to(talk, button.value or "", database)
        case "misread":
            screenshot.misread(talk, screen, button.article or "")
        case "none":
            talk.say(talk.text("none-noted"), [person_button(talk)])
        case "person":
            await call_person(talk, state, database, reason="asked")
        case "language":
            language.choose(talk, button.value)
        case unknown:
            raise ValueError(f"a stored button does {unknown!r}, which this version does not know")


async def _open(button: Button, screen: Screen, talk: Talk, state: FSMContext, database: Database) -> None:
    if button.do == clarify.PRODUCT:
        await clarify.chosen(talk, screen, state, button.value or "")
        return
    article = visible_article(talk, button.article or "")
    if article is None:
        talk.say(talk.text("article-gone"), [person_button(talk)])
        return
    await state.clear()
    how = "option" if button.do == "option" else "link"
    show_article(talk, article, how=how, decision_id=screen.decision_id)
    if how == "option":
        await guide.offer_return(talk, database)
