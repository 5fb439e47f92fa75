"""Rows of tickets, the message pairs between topic and private chat, and topics that are one too many."""

from dataclasses import fields

from sqlite_utils import Database as Db

from bot.storage.database import Op
from bot.tickets.ticket import Place, State, Ticket

_COLUMNS = ", ".join(field.name for field in fields(Ticket))


def _ticket(db: Db, where: str, value: object) -> Ticket | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM tickets WHERE {where} ORDER BY id DESC LIMIT 1", [value]).fetchone()  # noqa: S608 - our own conditions
    if row is None:
        return None
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return Ticket(**{**values, "state": State(values["state"]), "place": Place(values["place"])})


class TicketClosedError(Exception):
    """The ticket was closed between reading it and writing to it: the update has to be handled anew."""


def check_open(db: Db, ticket_id: int) -> None:
    """Raise `TicketClosedError` where a ticket is not open, so that nothing of an update that relied on it is kept."""
    ticket = find(db, ticket_id)
    if ticket is None or not ticket.is_open:
        raise TicketClosedError(f"ticket {ticket_id} is closed")


def find(db: Db, ticket_id: int) -> Ticket | None:
    """Return the ticket with this number, or None."""
    return _ticket(db, "id = ?", ticket_id)


def open_ticket_of(db: Db, user_id: int) -> Ticket | None:
    """Return the customer's open ticket, or None: there is never more than one."""
    return _ticket(db, "state != 'closed' AND user_id = ?", user_id)


def in_topic(db: Db, topic_id: int) -> Ticket | None:
    """Return the ticket that a topic belongs to, a topic that is one too many included, or None."""
    known = _ticket(db, "topic_id = ?", topic_id)
    if known is not None:
        return known
    return _ticket(db, "id = (SELECT ticket_id FROM stray_topics WHERE topic_id = ?)", topic_id)


def about_message(db: Db, staff_message: int) -> Ticket | None:
    """Return the ticket that a message in the staff's chat belongs to: its card, or one that was mirrored."""
    known = _ticket(db, "card_id = ?", staff_message)
    if known is not None:
        return known
    return _ticket(
        db, "id = (SELECT ticket_id FROM mirrors WHERE staff_message = ? ORDER BY rowid DESC LIMIT 1)", staff_message
    )


def insert(db: Db, ticket: Ticket) -> int:
    """Add a ticket and return its number (`ticket.id` is not read). Raises where the customer has an open one."""
    cursor = db.execute(
        "INSERT INTO tickets (user_id, conversation_id, language, name, reason, question, opened_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            ticket.user_id,
            ticket.conversation_id,
            ticket.language,
            ticket.name,
            ticket.reason,
            ticket.question,
            ticket.opened_at,
        ],
    )
    return int(cursor.lastrowid or 0)


def take(db: Db, ticket_id: int, staff_id: int, staff_name: str, now: float) -> bool:
    """Give a new ticket to a member of the staff; False where somebody else was first, or it is closed."""
    cursor = db.execute(
        "UPDATE tickets SET state = 'taken', taken_by = ?, taken_name = ?, taken_at = ? WHERE id = ? AND state = 'new'",
        [staff_id, staff_name, now, ticket_id],
    )
    return cursor.rowcount == 1


def reopen(db: Db, ticket_id: int, staff_id: int, staff_name: str, now: float) -> bool:
    """Open a closed ticket again; False where it is open, or its customer has another open one."""
    cursor = db.execute(
        "UPDATE tickets SET state = 'taken', taken_by = ?, taken_name = ?, taken_at = ?, closed_at = NULL"
        " WHERE id = ? AND state = 'closed' AND NOT EXISTS (SELECT 1 FROM tickets AS other"
        " WHERE other.user_id = tickets.user_id AND other.state != 'closed')",
        [staff_id, staff_name, now, ticket_id],
    )
    return cursor.rowcount == 1


def close(db: Db, ticket_id: int, staff_id: int, now: float) -> bool:
    """Close an open ticket; False where it was closed already."""
    cursor = db.execute(
        "UPDATE tickets SET state = 'closed', closed_by = ?, closed_at = ? WHERE id = ? AND state != 'closed'",
        [staff_id, now, ticket_id],
    )
    return cursor.rowcount == 1


def set_question(db: Db, ticket_id: int, question: str) -> None:
    """Note the question of a ticket that was opened without one."""
    db.execute("UPDATE tickets SET question = ? WHERE id = ? AND question = ''", [question, ticket_id])


def topic_made(db: Db, ticket_id: int, topic_id: int) -> list[int]:
    """Note a ticket's topic; return the topics of this ticket that are one too many now."""
    db.execute("UPDATE tickets SET topic_id = ?, place = 'live' WHERE id = ?", [topic_id, ticket_id])
    db.execute("DELETE FROM stray_topics WHERE topic_id = ?", [topic_id])
    rows = db.execute("SELECT topic_id FROM stray_topics WHERE ticket_id = ? AND NOT told", [ticket_id]).fetchall()
    db.execute("UPDATE stray_topics SET told = 1 WHERE ticket_id = ?", [ticket_id])
    return [stray for (stray,) in rows]


def topic_seen(db: Db, ticket_id: int, topic_id: int, now: float) -> bool:
    """Note a topic that we hear was created; True where the ticket has another, so that this is one too many.

    While the ticket has none yet this may be its own, of which the answer has not come: then `topic_made` decides.
    """
    ticket = find(db, ticket_id)
    if ticket is None or ticket.topic_id == topic_id:
        return False
    stray = ticket.topic_id is not None
    db.execute(
        "INSERT OR IGNORE INTO stray_topics (topic_id, ticket_id, at, told) VALUES (?, ?, ?, ?)",
        [topic_id, ticket_id, now, int(stray)],
    )
    return stray


def topic_lost(db: Db, ticket_id: int, now: float) -> None:
    """Note that a ticket's topic is gone and another is wanted.

    What staff wrote there last may come in later, and a topic that is dead for us may still be shown to them.
    """
    db.execute(
        "INSERT OR REPLACE INTO stray_topics (topic_id, ticket_id, at, told)"
        " SELECT topic_id, id, ?, 1 FROM tickets WHERE id = ? AND topic_id IS NOT NULL",
        [now, ticket_id],
    )
    db.execute("UPDATE tickets SET topic_id = NULL, place = 'wanted', card_id = NULL WHERE id = ?", [ticket_id])


def no_topics(db: Db, ticket_id: int) -> None:
    """Note that the group has no topics: this ticket goes on by replies."""
    db.execute("UPDATE tickets SET topic_id = NULL, place = 'flat' WHERE id = ?", [ticket_id])


def forget_places(db: Db) -> None:
    """Forget every topic, card and message in the staff's chat: their numbers mean something else from now on."""
    db.execute("UPDATE tickets SET topic_id = NULL, card_id = NULL, place = 'wanted'")
    db.execute("DELETE FROM stray_topics")
    db.execute("DELETE FROM mirrors")


def open_tickets(db: Db) -> list[Ticket]:
    """Return the open tickets, oldest first."""
    numbers = db.execute("SELECT id FROM tickets WHERE state != 'closed' ORDER BY id").fetchall()
    return [ticket for (number,) in numbers if (ticket := find(db, number)) is not None]


def set_card(db: Db, ticket_id: int, card_id: int | None) -> None:
    """Note the card's message id in the staff's chat; None where it is out of reach."""
    db.execute("UPDATE tickets SET card_id = ? WHERE id = ?", [card_id, ticket_id])


def pair(ticket_id: int, customer_message: int, staff_message: int, now: float) -> Op:
    """Return the change that notes that two messages are one and the same, on either side."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO mirrors (ticket_id, customer_message, staff_message, at) VALUES (?, ?, ?, ?)",
            [ticket_id, customer_message, staff_message, now],
        )

    return op


def staff_copy_of(db: Db, ticket_id: int, customer_message: int) -> int | None:
    """Return the staff's message that a message in the private chat corresponds to, or None."""
    row = db.execute(
        "SELECT staff_message FROM mirrors WHERE ticket_id = ? AND customer_message = ? ORDER BY rowid DESC LIMIT 1",
        [ticket_id, customer_message],
    ).fetchone()
    return row[0] if row else None


def customer_copy_of(db: Db, ticket_id: int, staff_message: int) -> int | None:
    """Return the message in the private chat that a staff's message corresponds to, or None."""
    row = db.execute(
        "SELECT customer_message FROM mirrors WHERE ticket_id = ? AND staff_message = ? ORDER BY rowid DESC LIMIT 1",
        [ticket_id, staff_message],
    ).fetchone()
    return row[0] if row else None


def save_note(ticket_id: int, staff_id: int, text: str, now: float) -> Op:
    """Return the change that keeps a note among the staff; `text` is redacted."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO notes (ticket_id, staff_id, text, at) VALUES (?, ?, ?, ?)", [ticket_id, staff_id, text, now]
        )

    return op


def notes_of(db: Db, ticket_id: int) -> list[str]:
    """Return a ticket's notes, oldest first."""
    return [text for (text,) in db.execute("SELECT text FROM notes WHERE ticket_id = ? ORDER BY id", [ticket_id])]
