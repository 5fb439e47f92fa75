"""A customer's words: triage them, answer, ask back, or say honestly that we do not know.

Twice unclear in a row goes to a person; there is never a third round of questions.
"""

import asyncio
from collections.abc import Sequence
from typing import assert_never

from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.conversations.events import Button
from bot.i18n import LANGUAGES, Html
from bot.matching.decision import Decision, Kind
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.telegram.answering import article_buttons, person_button, show_article, visible_article
from bot.telegram.handover import call_person
from bot.telegram.talk import Keyboard, Talk
from bot.triage import Triaged, triage
from handlers import clarify, diagnose, guide, keys, pasted

UNCLEAR_LIMIT = 2
"""The second unclear message in a row goes to a person."""

UNCLEAR = frozenset({Kind.CLARIFY, Kind.UNKNOWN_CODE, Kind.UNSURE})

PARTING = frozenset({"thanks", "bye"})
"""Small talk after which nobody wants to be asked back to the steps."""

WORDS_TO_SHOW_A_LANGUAGE = 3
"""So many words typed in the other language are answered in it; fewer may be a product's or a button's name."""


async def text(message: Message, talk: Talk, state: FSMContext, database: Database) -> None:
    """Answer a text message; a word for a button of the steps that are under way is that button."""
    if not await guide.typed(message.text or "", message.message_id, talk, state, database):
        await answer(talk, state, database, message.text or "", message.message_id)


async def answer(
    talk: Talk,
    state: FSMContext,
    database: Database,
    words: str,
    telegram_id: int,
    *,
    kind: str = "text",
    file_id: str | None = None,
) -> None:
    """Understand a customer's words and reply to them: first to the key in them, if there is one."""
    looked = await keys.look(talk, database, words)
    reading = await pasted.look(talk, looked.words)
    asked = looked.words if reading is None else pasted.prose(looked.words, reading)
    triaged = await understand(talk, asked, await clarify.product_of(talk, state))
    redacted = triaged.redacted if reading is None else talk.prepared.redactor.redact(looked.words)
    message_id = talk.hear(kind, redacted, telegram_id, file_id=file_id)
    choose_language(talk, triaged)
    if keys.tell(talk, looked, redacted, telegram_id):
        return
    if reading is not None:
        await pasted.tell(talk, database, reading, triaged, message_id)
        if triaged.decision.kind not in pasted.ANSWERED_TOO:
            if redacted.secrets and looked.advice is None:
                talk.say(talk.text("secret-noticed"))
            return
    await reply(talk, state, database, triaged, message_id, warned=keys.has_warned(looked, triaged.redacted))


async def understand(talk: Talk, words: str, product: str | None = None) -> Triaged:
    """Triage in a thread, so that a long message of one customer does not hold up the others."""
    return await asyncio.to_thread(triage, words, talk.prepared, talk.conversation.turns, None, product)


async def reply(
    talk: Talk,
    state: FSMContext,
    database: Database,
    triaged: Triaged,
    message_id: str,
    intro: Html | None = None,
    extra: Keyboard = (),
    *,
    warned: bool = False,
) -> None:
    """Record the decision and say what follows from it; `intro` and `extra` buttons go with the article.

    `warned`: the customer has heard already that a key opens the cabinet.
    """
    decision = triaged.decision
    decision_id = new_id()
    talk.effects.add(
        store.save_decision(decision_id, talk.conversation.id, message_id, decision, triaged.elapsed_ms, talk.now)
    )
    choose_language(talk, triaged)
    match decision.kind:
        case Kind.ANSWER | Kind.GUIDE | Kind.DIAGNOSE:
            await state.clear()
            diagnosed = decision.kind is Kind.DIAGNOSE and await diagnose.decided(
                talk, database, decision.article, intro
            )
            if not diagnosed and not _show(talk, decision, decision_id, intro, extra):
                await guide.offer_return(talk, database)
        case Kind.CLARIFY | Kind.UNKNOWN_CODE | Kind.UNSURE:
            await _unclear(talk, state, database, triaged, decision_id)
        case Kind.ESCALATE:
            await call_person(talk, state, database, reason="asked")
        case Kind.SMALLTALK:
            _smalltalk(talk, decision, decision_id)
            if decision.smalltalk not in PARTING:
                await guide.offer_return(talk, database)
        case _:
            assert_never(decision.kind)
    if triaged.redacted.secrets and not warned:
        talk.say(talk.text("secret-noticed"))


def choose_language(talk: Talk, triaged: Triaged) -> None:
    """Answer in the language that the question is plainly written in."""
    language = triaged.decision.language
    if (
        not talk.person.language_chosen
        and language in LANGUAGES
        and triaged.decision.form == "typed"
        and sum(map(str.isalpha, _words(triaged.redacted.text))) >= WORDS_TO_SHOW_A_LANGUAGE
    ):
        talk.reply_language = language


def _words(text: str) -> list[str]:
    # Masked keys and codes are Latin in every language, so they are no words here.
    return [word.strip(".,:;!?…()«»\"'").replace("'", "").replace("’", "") for word in text.split()]


def _show(talk: Talk, decision: Decision, decision_id: str, intro: Html | None, extra: Keyboard) -> bool:
    """Show what was decided on; True where that began a guide."""
    article = visible_article(talk, decision.article or "")
    if article is None:
        talk.say(talk.text("article-gone"), [person_button(talk)], decision_id=decision_id)
        return False
    stepwise = decision.kind is Kind.GUIDE and bool(article.steps) and decision.entry is None
    if stepwise:
        guide.begin(talk, article, decision_id=decision_id, intro=intro, extra=extra)
    else:
        how, entry = "answer", decision.entry
        show_article(talk, article, how=how, decision_id=decision_id, entry=entry, intro=intro, extra=extra)
    for article_id in decision.also:
        second = visible_article(talk, article_id)
        if second is not None:
            show_article(talk, second, how="also", decision_id=decision_id, intro=talk.text("also"))
    return stepwise


async def _unclear(talk: Talk, state: FSMContext, database: Database, triaged: Triaged, decision_id: str) -> None:
    decision = triaged.decision
    # What was unclear in an earlier conversation says nothing about this one.
    earlier = 0 if talk.is_new else int((await state.get_data()).get("unclear", 0))
    unclear = earlier + 1
    if unclear >= UNCLEAR_LIMIT:
        await call_person(talk, state, database, reason="unclear", question=triaged.redacted.text, twice=True)
        return
    await state.update_data(unclear=unclear)
    options = article_buttons(talk, decision.options, do="option")
    none = (talk.label("btn-none"), Button("none"))
    keyboard: Sequence[tuple[str, Button]]
    if decision.products:
        said, keyboard = clarify.ask_product(talk, decision)
    elif decision.kind is Kind.CLARIFY and options:
        said, keyboard = talk.text("clarify"), [*options, none, person_button(talk)]
    elif decision.kind is Kind.UNKNOWN_CODE:
        said, keyboard = _unknown_code(talk, decision, options)
    elif not any(letter.isalnum() for letter in triaged.redacted.text):
        said, keyboard = talk.text("unsure-empty"), [person_button(talk)]
    else:
        said, keyboard = talk.text("unsure", near=len(options)), [*options, person_button(talk)]
    talk.say(said, keyboard, decision_id=decision_id)
    if decision.kind is not Kind.CLARIFY:
        await guide.offer_return(talk, database)


def _unknown_code(talk: Talk, decision: Decision, options: Keyboard) -> tuple[Html, Keyboard]:
    code = next((code.value for code in decision.codes if not code.known), "?")
    return talk.text("unknown-code", code=code, near=len(options)), [*options, person_button(talk)]


def _smalltalk(talk: Talk, decision: Decision, decision_id: str) -> None:
    article = visible_article(talk, decision.article or "")
    if decision.smalltalk == "capabilities" and article is not None:
        show_article(talk, article, how="answer", decision_id=decision_id)
        return
    key = {"thanks": "thanks", "bye": "bye"}.get(decision.smalltalk or "", "greeting")
    talk.say(talk.text(key), decision_id=decision_id)
