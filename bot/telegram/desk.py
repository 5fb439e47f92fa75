"""The desk: what each step of a ticket causes in the staff's chat and at the customer.

Every function here runs on the writer thread inside the transaction of the update, or of the call, that causes it: it
reads what is true now, changes the ticket, and posts the calls that follow. So a step and its messages happen together
or not at all, and of two steps at the same moment the first one decides. Called by the handlers and by `forum.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database as Db

from bot.conversations import store as conversations
from bot.conversations.decisions import decided_in
from bot.diagnostics.record import store as record
from bot.guides import store as guides
from bot.i18n import Html, label, say
from bot.kb.library import Library
from bot.kb.markdown import visible_text
from bot.outbox import store as outbox
from bot.outbox.store import Call
from bot.storage.ids import new_id
from bot.storage.vault import Vault
from bot.telegram.render import cut, history_chunks, pieces, shorten, ticket_card
from bot.telegram.why import DECISIONS, why_html
from bot.tickets import store
from bot.tickets.ticket import Place, State, Ticket, topic_name

CARD_LINES = 14
HISTORY_LINES = 200
BUTTON_PREFIX = "t:"
"""Callback data of the card's buttons: `t:<ticket>:<step>`. It is no secret: each press is checked for its right."""

# Purposes of calls; `forum.py` acts on how they end.
TOPIC, CARD, PIN, TITLE, REOPEN, INSIDE = "topic", "card", "pin", "title", "reopen", "inside"
HISTORY = "history"
TO_STAFF, TO_CUSTOMER = "to_staff", "to_customer"

PIECE_UNITS = 4000
"""A customer's words go out in pieces of this many UTF-16 units, which leaves room for what stands before them."""

CAPTION_CHARACTERS = 1024
NO_CAPTION = " "
"""What is left of a caption that was added after we had looked: nothing, for Telegram trims it."""

CAPTIONED = frozenset({"photo", "video", "animation", "document", "audio", "voice"})
"""Kinds of content that may have a caption (Bot API, copyMessage)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the steps need: where the staff are, the articles for the card's titles, what seals a call, the time."""

    chat_id: int
    library: Library
    vault: Vault
    now: float

    @property
    def language(self) -> str:
        """The staff's language: the knowledge base's default."""
        return self.library.default_language

    # Steps of a ticket.

    def open(self, db: Db, draft: Ticket) -> None:
        """Open a ticket and ask for its topic; nothing where the customer has an open one."""
        if store.open_ticket_of(db, draft.user_id) is None:
            number = store.insert(db, draft)
            self.ask_for_topic(db, number)

    def ask_for_topic(self, db: Db, number: int) -> None:
        """Post the topic and its card. The wish is on record before Telegram hears of it, and stays until fulfilled."""
        ticket = store.find(db, number)
        if ticket is None:
            return
        name = topic_name(number, ticket.name, ticket.state)
        self._post(db, ticket, "createForumTopic", {"chat_id": self.chat_id, "name": name}, TOPIC)
        self.post_card(db, ticket)

    def begin_again(self, db: Db) -> None:
        """Give every open ticket a new place: the group has moved, and numbers its messages and topics anew."""
        store.forget_places(db)
        for ticket in store.open_tickets(db):
            self.ask_for_topic(db, ticket.id)

    def post_card(self, db: Db, ticket: Ticket) -> None:
        """Post the card: everything known, with its buttons; it is pinned when it has arrived."""
        self._post(db, ticket, "sendMessage", self._card(db, ticket), CARD)

    def _card(self, db: Db, ticket: Ticket) -> dict[str, Any]:
        return {**_html(self.chat_id, self.card_text(db, ticket)), "reply_markup": self.card_buttons(ticket)}

    def card_text(self, db: Db, ticket: Ticket, *, whole: bool = False) -> Html:
        """Return the card as it has to be now: the conversation up to the request, for what follows is in the topic.

        `whole` takes in what followed, too.
        """
        before = None if whole else ticket.opened_at
        story = conversations.story(db, ticket.conversation_id, CARD_LINES, before)
        return ticket_card(
            ticket,
            story,
            self.library,
            guides.tried(db, ticket.conversation_id),
            record.evidence(db, ticket.conversation_id),
        )

    def card_buttons(self, ticket: Ticket) -> dict[str, Any]:
        """Return the buttons that a ticket in this state has.

        A closed one can be opened again here: in a closed topic only administrators can still write.
        """
        steps = {State.NEW: ("take", "close", "why"), State.TAKEN: ("close", "why"), State.CLOSED: ("reopen", "why")}
        return {
            "inline_keyboard": [
                [{"text": label(self.language, f"btn-{step}"), "callback_data": f"{BUTTON_PREFIX}{ticket.id}:{step}"}]
                for step in steps[ticket.state]
            ]
        }

    def explain(self, db: Db, ticket: Ticket) -> None:
        """Post why the bot said what it said in this conversation."""
        decided = decided_in(db, ticket.conversation_id, DECISIONS)
        self.say_inside(db, ticket, why_html(decided, self.library, self.language))

    def take(self, db: Db, number: int, staff_id: int, staff_name: str) -> bool:
        """Give the ticket to whoever asks first; True where that is this one."""
        if not store.take(db, number, staff_id, staff_name, self.now):
            return False
        self._after_step(db, number, "desk-took", staff_name, "ticket-taken")
        return True

    def close(self, db: Db, number: int, staff_id: int, staff_name: str) -> bool:
        """Close the ticket; False where it was closed already."""
        if not store.close(db, number, staff_id, self.now):
            return False
        self._after_step(db, number, "desk-closed", staff_name, "ticket-closed")
        self._show_state(db, number, "closeForumTopic")
        return True

    def reopen(self, db: Db, number: int, staff_id: int, staff_name: str) -> bool:
        """Open a closed ticket again; False where it is open, or its customer has another."""
        if not store.reopen(db, number, staff_id, staff_name, self.now):
            return False
        ticket = store.find(db, number)
        if ticket is not None and ticket.place is Place.WANTED:
            self.ask_for_topic(db, number)
        self._show_state(db, number, "reopenForumTopic")
        self._after_step(db, number, "desk-reopened", staff_name, "ticket-reopened")
        return True

    def _after_step(self, db: Db, number: int, staff_key: str, staff_name: str, customer_key: str) -> None:
        ticket = store.find(db, number)
        if ticket is None:
            return
        self.say_inside(db, ticket, say(self.language, staff_key, name=staff_name or "—"))
        self._refresh_card(db, number)
        person = conversations.find_person(db, ticket.user_id)
        chosen = person is not None and person.language_chosen
        language = person.language if person is not None and chosen else ticket.language
        self.tell_customer(db, ticket, say(language, customer_key))

    def _refresh_card(self, db: Db, number: int) -> None:
        ticket = store.find(db, number)
        if ticket is not None and ticket.card_id is not None:
            parameters = {**self._card(db, ticket), "message_id": ticket.card_id}
            self._post(db, ticket, "editMessageText", parameters, TITLE)

    def card_arrived(self, db: Db, number: int, card_id: int, sent: Mapping[str, Any]) -> None:
        """Note the card and pin it; bring it up to date where the ticket has gone on while it waited to be sent."""
        store.set_card(db, number, card_id)
        ticket = store.find(db, number)
        if ticket is None:
            return
        parameters = {"chat_id": self.chat_id, "message_id": card_id, "disable_notification": True}
        self._post(db, ticket, "pinChatMessage", parameters, PIN)
        wanted = self._card(db, ticket)
        if any(sent.get(name) != wanted[name] for name in ("text", "reply_markup")):
            self._refresh_card(db, number)

    def _show_state(self, db: Db, number: int, method: str) -> None:
        ticket = store.find(db, number)
        if ticket is not None:
            name = topic_name(ticket.id, ticket.name, ticket.state)
            self._post(db, ticket, "editForumTopic", {"chat_id": self.chat_id, "name": name}, TITLE)
            self._post(db, ticket, method, {"chat_id": self.chat_id}, TITLE)

    # Messages.

    def say_inside(
        self, db: Db, ticket: Ticket, text: Html, *, reply_to: int | None = None, purpose: str = INSIDE
    ) -> None:
        """Post a line of ours into the ticket's topic; the customer does not see it."""
        self._post(db, ticket, "sendMessage", {**_html(self.chat_id, shorten(text)), **_reply(reply_to)}, purpose)

    def tell_customer(self, db: Db, ticket: Ticket, text: Html) -> None:
        """Post a line of ours to the customer, and record it."""
        message_id = new_id()
        words = visible_text(text)
        conversations.save_message(message_id, ticket.conversation_id, "out", "text", words, self.now)(db)
        self._post(
            db, ticket, "sendMessage", _html(ticket.user_id, text), "", chat_id=ticket.user_id, message_id=message_id
        )

    def pass_text_to_staff(
        self, db: Db, ticket: Ticket, words: str, about: int, reply_to: int | None, *, key: str = "card-customer"
    ) -> None:
        """Post a customer's words, redacted, into the topic: whole, in more messages than one where they are long."""
        answered = store.staff_copy_of(db, ticket.id, reply_to) if reply_to is not None else None
        for piece in pieces(words, PIECE_UNITS):
            parameters = {**_html(self.chat_id, say(self.language, key, text=piece)), **_reply(answered)}
            self._post(db, ticket, "sendMessage", parameters, TO_STAFF, about=about)

    def copy_to_staff(self, db: Db, ticket: Ticket, about: int, caption: str | None, reply_to: int | None) -> None:
        """Post a copy of a customer's file into the topic.

        `caption`, redacted, stands instead of its own; None for what can have none. Its own is never taken, for the
        customer may write a key into it before the copy is made.
        """
        answered = store.staff_copy_of(db, ticket.id, reply_to) if reply_to is not None else None
        own = {} if caption is None else {"caption": cut(caption, CAPTION_CHARACTERS) or NO_CAPTION}
        parameters = {
            "chat_id": self.chat_id,
            "from_chat_id": ticket.user_id,
            "message_id": about,
            **own,
            **_reply(answered),
        }
        self._post(db, ticket, "copyMessage", parameters, TO_STAFF, about=about)

    def copy_to_customer(self, db: Db, ticket: Ticket, staff_message: int, reply_to: int | None) -> None:
        """Post a copy of a staff's message to the customer: who wrote it stays hidden."""
        answered = store.customer_copy_of(db, ticket.id, reply_to) if reply_to is not None else None
        parameters = {
            "chat_id": ticket.user_id,
            "from_chat_id": self.chat_id,
            "message_id": staff_message,
            **_reply(answered),
        }
        self._post(db, ticket, "copyMessage", parameters, TO_CUSTOMER, about=staff_message, chat_id=ticket.user_id)

    def note_question(self, db: Db, number: int, question: str) -> None:
        """Put the question on the card of a ticket that was opened without one."""
        ticket = store.find(db, number)
        if ticket is None or ticket.question:
            return
        store.set_question(db, number, question)
        self._refresh_card(db, number)

    def react(self, db: Db, ticket: Ticket, staff_message: int, emoji: str) -> None:
        """Show at a staff's message whether it was delivered."""
        parameters = {
            "chat_id": self.chat_id,
            "message_id": staff_message,
            "reaction": [{"type": "emoji", "emoji": emoji}],
        }
        self._post(db, ticket, "setMessageReaction", parameters, "", express=True)

    def post_history(self, db: Db, ticket: Ticket) -> None:
        """Post what was said since the ticket was opened: its topic is gone, and nobody shall ask twice.

        What was said before stands on the card, and what still waits to be sent comes by itself.
        """
        waiting = outbox.waiting_about(db, ticket.id, TO_STAFF)
        lines = conversations.lines_since(db, ticket.conversation_id, ticket.opened_at, HISTORY_LINES, waiting)
        for text in (say(self.language, "desk-history"), *history_chunks(lines, self.language)):
            self.say_inside(db, ticket, text, purpose=HISTORY)

    def _post(
        self,
        db: Db,
        ticket: Ticket,
        method: str,
        parameters: dict[str, Any],
        purpose: str,
        *,
        about: int | None = None,
        chat_id: int | None = None,
        express: bool = False,
        message_id: str | None = None,
    ) -> None:
        call = Call(
            self.chat_id if chat_id is None else chat_id,
            method,
            parameters,
            message_id=message_id,
            express=express,
            ticket_id=ticket.id,
            purpose=purpose,
            about=about,
        )
        outbox.post(call, self.vault, self.now)(db)


def _html(chat_id: int, text: Html) -> dict[str, Any]:
    return {"chat_id": chat_id, "text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _reply(message_id: int | None) -> dict[str, Any]:
    if message_id is None:
        return {}
    return {"reply_parameters": {"message_id": message_id, "allow_sending_without_reply": True}}
