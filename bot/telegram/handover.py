"""Asking for a person: the request is stored with its question, one card goes to the staff, the customer hears so.

Nothing is retyped: the card carries the conversation as it stands. Where no staff chat is connected the customer is
told so, with the vendor's own addresses. Called by every handler from which a person can be asked for.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup

from bot.conversations import store
from bot.conversations.events import Story
from bot.i18n import Html, say
from bot.storage.database import Database
from bot.telegram.render import CARD_QUESTION, card_html, cut
from bot.telegram.talk import Talk

CARD_LINES = 14


class Asking(StatesGroup):
    """A person was asked for before any question: the next message is the question."""

    question = State()


async def call_person(
    talk: Talk,
    state: FSMContext,
    database: Database,
    *,
    reason: str,
    question: str | None = None,
    twice: bool = False,
    verdicts: Mapping[str, str] | None = None,
    codes: Sequence[str] = (),
) -> None:
    """Hand the conversation over. `question` is redacted; without one the last question on record is taken.

    `reason` is `asked`, `not_helped` or `unclear`; `twice` words the reply for a customer whom we failed to understand.
    `verdicts` (article id to verdict) and `codes` are this update's own, which are not on record yet.
    """
    conversation_id = talk.conversation.id
    if question is None:
        question = await database.read(lambda db: store.last_question(db, conversation_id))
    before = await database.read(lambda db: store.last_handover(db, conversation_id))
    await state.clear()
    if before is not None and (question is None or question == before.question):
        if talk.staff_chat is None:
            talk.say(no_staff(talk))
        elif before.question:
            talk.say(talk.text("handover-already"))
        else:
            await ask(talk, state)
        return
    announced = talk.staff_chat is not None
    talk.effects.add(
        store.save_handover(conversation_id, talk.person.id, reason, question or "", talk.now, announced=announced)
    )
    if not announced:
        talk.say(no_staff(talk))
        return
    recorded = await database.read(lambda db: store.story(db, conversation_id, CARD_LINES))
    story = _with_this_update(recorded, talk, verdicts or {}, codes)
    talk.tell_staff(card_html(talk.person.name, talk.language, reason, question, story, talk.prepared.library))
    if question is None:
        await ask(talk, state)
        return
    done = talk.text("handover-done")
    talk.say(talk.text("handover-twice", then=done) if twice else done)


def _with_this_update(story: Story, talk: Talk, verdicts: Mapping[str, str], codes: Sequence[str]) -> Story:
    keys = [secret.masked for secret in talk.heard_secrets if secret.digest is not None]
    return replace(
        story,
        lines=(*story.lines, *talk.heard)[-CARD_LINES:],
        verdicts={**story.verdicts, **verdicts},
        codes=tuple(dict.fromkeys((*story.codes, *codes))),
        keys=tuple(dict.fromkeys((*story.keys, *keys))),
    )


async def ask(talk: Talk, state: FSMContext) -> None:
    """Ask for the question; the next message is it."""
    await state.set_state(Asking.question)
    talk.say(talk.text("handover-ask"))


def pass_on(talk: Talk, text: str) -> None:
    """Send the staff the question that was asked for after the card went out; `text` is redacted."""
    staff = talk.prepared.library.default_language
    talk.effects.add(store.save_handover(talk.conversation.id, talk.person.id, "asked", text, talk.now, announced=True))
    talk.tell_staff(say(staff, "card-added", name=talk.person.name or "—", text=cut(text, CARD_QUESTION)))
    talk.say(talk.text("handover-added"))


def no_staff(talk: Talk) -> Html:
    """Say honestly that nobody can be called, and where the customer can turn instead."""
    library = talk.prepared.library
    lines: list[str] = []
    for product in library.products.values():
        if not product.contacts:
            continue
        name = product.names.get(talk.language) or product.names[library.default_language]
        lines.append(f"\n<b>{html.escape(name, quote=False)}</b>")
        for contact in product.contacts:
            purpose = contact.purpose.get(talk.language) or contact.purpose.get(library.default_language, "")
            lines.append(html.escape(f"• {contact.value}" + (f" — {purpose}" if purpose else ""), quote=False))
    if not lines:
        return talk.text("handover-no-contacts")
    return Html(talk.text("handover-no-staff") + "\n" + "\n".join(lines))
