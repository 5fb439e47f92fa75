"""How calls about tickets go out and what their ends lead to: topics made, lost, closed by hand, or not to be had.

The sender asks here where a ticket's message belongs at the moment it goes out, and tells how each call ended. A wish
for a topic stays in the outbox until it is fulfilled; where a kill falls between Telegram's success and our commit the
wish is carried out again, and the topic that is one too many is named to the staff when we hear of it.
"""

from collections.abc import Callable
from typing import Any

from sqlite_utils import Database as Db

from bot.conversations import store as conversations
from bot.i18n import Html, say
from bot.outbox import store as outbox
from bot.outbox.answer import Answer, Verdict
from bot.outbox.store import Call, Row
from bot.storage.database import Database, Op
from bot.telegram import desk as steps
from bot.telegram.desk import Desk
from bot.telegram.render import named, shorten
from bot.tickets import store
from bot.tickets.ticket import Place, Ticket

DELIVERED, FAILED = "👌", "💔"
IN_TOPIC = frozenset({steps.CARD, steps.INSIDE, steps.HISTORY, steps.TO_STAFF})
OF_OLD_TOPIC = (steps.TOPIC, steps.CARD, steps.PIN, steps.TITLE, steps.REOPEN, steps.HISTORY)
"""What makes or describes a topic: where the topic is lost, none of it is wanted any more."""

SHUT_OUT = ("kicked", "not a member", "was deleted", "rights to send", "write_forbidden")
"""What Telegram says where the bot is out of a group, or may not write there: a state that the operator ends."""

OF_TOPIC = frozenset({"editForumTopic", "closeForumTopic", "reopenForumTopic"})
LINK_BASE = 1_000_000_000_000


class Forum:
    """The sender's adviser on tickets. `desk()` gives the desk as it is now, or None where there is no staff chat."""

    def __init__(self, database: Database, desk: Callable[[], Desk | None]) -> None:
        self._database = database
        self._desk = desk

    async def address(self, row: Row, parameters: dict[str, Any]) -> dict[str, Any] | None:
        """Return the parameters with the topic they belong to; None where the call has become pointless."""
        number = row.ticket_id
        if number is None or (row.purpose not in IN_TOPIC and row.method not in OF_TOPIC):
            return parameters
        ticket = await self._database.read(lambda db: store.find(db, number))
        if ticket is None:
            return None
        if ticket.place is Place.LIVE and ticket.topic_id is not None:
            return {**parameters, "message_thread_id": ticket.topic_id}
        if row.method in OF_TOPIC:
            return None
        return self._without_topic(ticket, row, parameters)

    def _without_topic(self, ticket: Ticket, row: Row, parameters: dict[str, Any]) -> dict[str, Any]:
        """In a group without topics the card holds a ticket together: messages reply to it and carry its number."""
        desk = self._desk()
        if row.purpose != steps.CARD and ticket.card_id is not None and "reply_parameters" not in parameters:
            reply = {"message_id": ticket.card_id, "allow_sending_without_reply": True}
            parameters = {**parameters, "reply_parameters": reply}
        if row.purpose == steps.TO_STAFF and isinstance(parameters.get("text"), str) and desk is not None:
            who = say(desk.language, "desk-number", number=str(ticket.id), name=ticket.name or "—")
            parameters = {**parameters, "text": shorten(Html(f"{who}\n{parameters['text']}"))}
        return parameters

    def settled(self, row: Row, verdict: Verdict, answer: Answer) -> tuple[Op | None, bool]:  # noqa: PLR0911 - a table
        """Return what the end of a call leads to, and whether a refusal of it is dealt with thereby."""
        number, desk = row.ticket_id, self._desk()
        if number is None or desk is None:
            return None, False
        done = verdict is Verdict.DONE
        result = answer.result if isinstance(answer.result, dict) else {}
        match row.purpose:
            case steps.TOPIC if done and isinstance(result.get("message_thread_id"), int):
                topic_id = int(result["message_thread_id"])
                return (lambda db: self._topic_made(db, desk, number, topic_id)), True
            case steps.TOPIC:
                return (lambda db: store.no_topics(db, number)), True
            case steps.CARD if done and isinstance(result.get("message_id"), int):
                card_id, sent = int(result["message_id"]), desk.vault.open(row.payload)
                return (lambda db: desk.card_arrived(db, number, card_id, sent)), True
            case steps.REOPEN:
                fine = done or verdict is Verdict.TOPIC_LOST or "not_modified" in answer.description.lower()
                return (None if fine else lambda db: self._go_flat(db, desk, number)), True
            case steps.PIN | steps.TITLE:
                return None, True
            case steps.TO_STAFF | steps.TO_CUSTOMER:
                op = self._mirrored(desk, row, number, result, answer, verdict)
                # Words that the staff did not get stay among the dead letters; a file is replaced by words.
                return op, not done and not (row.purpose == steps.TO_STAFF and row.method == "sendMessage")
            case _:
                return None, False

    def _topic_made(self, db: Db, desk: Desk, number: int, topic_id: int) -> None:
        strays = store.topic_made(db, number, topic_id)
        for stray in strays:
            self.name_stray(db, desk, number, stray)

    def name_stray(self, db: Db, desk: Desk, number: int, topic_id: int) -> None:
        """Tell the staff of a topic that is one too many."""
        ticket = store.find(db, number)
        if ticket is not None:
            link = Html(f'<a href="{_topic_link(desk.chat_id, topic_id)}">#{topic_id}</a>')
            desk.say_inside(db, ticket, say(desk.language, "desk-stray", number=str(number), topic=link))

    def _go_flat(self, db: Db, desk: Desk, number: int) -> None:
        """Go on by replies: the topic is closed, and we may not open it. The old card lies in it, out of reach."""
        store.no_topics(db, number)
        store.set_card(db, number, None)
        ticket = store.find(db, number)
        if ticket is not None:
            desk.post_card(db, ticket)

    def waits(self, row: Row, chat_id: int, answer: Answer) -> bool:
        """Return whether the staff's chat has shut us out: its calls wait in their order until we are let in again."""
        desk = self._desk()
        if desk is None or chat_id != desk.chat_id or row.express:
            return False
        said = answer.description.lower()
        # A copy may also be refused for the customer's chat, and that must not stop the staff's.
        gone = row.method != "copyMessage" and "chat not found" in said
        return gone or any(mark in said for mark in SHUT_OUT)

    def _mirrored(
        self, desk: Desk, row: Row, number: int, result: dict[str, Any], answer: Answer, verdict: Verdict
    ) -> Op | None:
        about, copy, done = row.about, result.get("message_id"), verdict is Verdict.DONE
        if about is None:
            return None
        to_staff = row.purpose == steps.TO_STAFF

        def op(db: Db) -> None:
            ticket = store.find(db, number)
            if ticket is None:
                return
            if done and isinstance(copy, int):
                customer, staff = (about, copy) if to_staff else (copy, about)
                store.pair(number, customer, staff, desk.now)(db)
            if to_staff and not done and row.method == "copyMessage":
                self._send_what_is_stored(db, desk, ticket, about)
            if not to_staff:
                desk.react(db, ticket, about, DELIVERED if done else FAILED)
            if not to_staff and not done:
                why = "blocked" if verdict is Verdict.UNREACHABLE else answer.description
                desk.say_inside(db, ticket, say(desk.language, "desk-undelivered", why=why), reply_to=about)

        return op

    def _send_what_is_stored(self, db: Db, desk: Desk, ticket: Ticket, about: int) -> None:
        """Post what is on record of a file that its sender took back before it was copied."""
        kept = conversations.kept_of(db, ticket.user_id, about)
        if kept is not None:
            desk.pass_text_to_staff(db, ticket, named(*kept, desk.language), about, None)

    def reopen(self, row: Row, closed: bool) -> Callable[[Db], int] | None:
        """Return the change that gives a ticket a usable topic again and lines its waiting calls up behind that."""
        number, desk = row.ticket_id, self._desk()
        if number is None or desk is None:
            return None

        def op(db: Db) -> int:
            ticket = store.find(db, number)
            upto = outbox.last_id(db)
            if ticket is None:
                outbox.drop_waiting(db, number, upto, (row.purpose,))
            elif closed and ticket.place is Place.FLAT:
                # It answers a message in a topic that is closed to us: it goes out again and answers none.
                self._post_without_reply(db, desk, row)
            elif closed:
                parameters = {"chat_id": desk.chat_id, "message_thread_id": ticket.topic_id}
                call = Call(desk.chat_id, "reopenForumTopic", parameters, ticket_id=number, purpose=steps.REOPEN)
                outbox.post(call, desk.vault, desk.now)(db)
            else:
                outbox.drop_waiting(db, number, upto, OF_OLD_TOPIC)
                store.topic_lost(db, number, desk.now)
                if ticket.is_open or outbox.waiting_about(db, number, steps.TO_STAFF):
                    desk.ask_for_topic(db, number)
                    desk.post_history(db, ticket)
                else:
                    # Closed, and its topic deleted: nobody waits for what we had to say of the closing.
                    outbox.drop_waiting(db, number, upto, (steps.INSIDE,))
            outbox.line_up_again(db, number, upto)
            return upto

        return op

    def _post_without_reply(self, db: Db, desk: Desk, row: Row) -> None:
        parameters = {k: v for k, v in desk.vault.open(row.payload).items() if k != "reply_parameters"}
        call = Call(desk.chat_id, row.method, parameters, row.message_id, False, row.ticket_id, row.purpose, row.about)
        outbox.post(call, desk.vault, desk.now)(db)
        outbox.drop(db, row.id)


def _topic_link(chat_id: int, topic_id: int) -> str:
    return f"https://t.me/c/{-chat_id - LINK_BASE}/{topic_id}"
