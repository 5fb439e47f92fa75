"""Asking for a person: the request becomes a ticket with its question, its card goes to the staff, the customer hears.

Nothing is retyped: the card carries the conversation as it stands. Where no staff chat is connected the customer is
told so, with the vendor's own addresses. Called by every handler from which a person can be asked for.
"""

import html

from aiogram.fsm.context import FSMContext

from bot.conversations import store
from bot.i18n import Html
from bot.storage.database import Database
from bot.telegram.desk import Desk
from bot.telegram.talk import Talk
from bot.tickets.ticket import State, Ticket


async def call_person(
    talk: Talk, state: FSMContext, database: Database, *, reason: str, question: str | None = None, twice: bool = False
) -> None:
    """Hand the conversation over. `question` is redacted; without one the last question on record is taken.

    `reason` is `asked`, `not_helped` or `unclear`; `twice` words the reply for a customer whom we failed to understand.
    """
    conversation_id = talk.conversation.id
    await state.clear()
    if talk.ticket is not None:
        talk.say(talk.text("handover-already" if talk.ticket.question else "handover-ask"))
        return
    if question is None:
        question = await database.read(lambda db: store.last_question(db, conversation_id))
    announced = talk.staff_chat is not None
    talk.effects.add(
        store.save_handover(conversation_id, talk.person.id, reason, question or "", talk.now, announced=announced)
    )
    if talk.staff_chat is None:
        talk.say(no_staff(talk))
        return
    _open_ticket(talk, talk.staff_chat, reason, question or "")
    if question is None:
        talk.say(talk.text("handover-ask"))
        return
    done = talk.text("handover-done")
    talk.say(talk.text("handover-twice", then=done) if twice else done)


def _open_ticket(talk: Talk, staff_chat: int, reason: str, question: str) -> None:
    desk = Desk(staff_chat, talk.prepared.library, talk.kit.vault, talk.now)
    draft = Ticket(
        id=0,
        user_id=talk.person.id,
        conversation_id=talk.conversation.id,
        language=talk.language,
        name=talk.prepared.redactor.clean(talk.person.name),
        reason=reason,
        question=question,
        state=State.NEW,
        opened_at=talk.now,
    )
    talk.effects.add(lambda db: desk.open(db, draft))


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
