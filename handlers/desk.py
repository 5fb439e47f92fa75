"""The customer's side of a ticket: what they write goes to its topic, and the bot is silent."""

from aiogram.types import Message
from sqlite_utils import Database as Db

from bot.conversations import store
from bot.matching.decision import Kind
from bot.storage.database import Database
from bot.telegram.desk import CAPTIONED
from bot.telegram.talk import Talk
from bot.tickets import store as tickets
from bot.tickets.ticket import Ticket
from handlers import keys
from handlers.media import KINDS, file_id_of, note_album
from handlers.question import understand
from handlers.staff import desk_of

NO_QUESTION = frozenset({Kind.ESCALATE, Kind.SMALLTALK})
"""A greeting, or asking for a person once more, is not yet the question that staff need."""


async def pass_on(message: Message, talk: Talk, ticket: Ticket) -> None:
    """Send a message on to the staff: words as redacted text, files as copies."""
    words = message.text or message.caption or ""
    redacted = talk.prepared.redactor.redact(words)
    kind = "text" if message.text else KINDS.get(message.content_type, "other")
    talk.hear(kind, redacted, message.message_id, file_id=file_id_of(message))
    desk, number, about = desk_of(talk.kit), ticket.id, message.message_id
    replied = message.reply_to_message.message_id if message.reply_to_message is not None else None
    caption = redacted.text if message.content_type in CAPTIONED else None
    note_album(message, talk)
    is_question = bool(words) and (
        ticket.question != "" or (await understand(talk, words)).decision.kind not in NO_QUESTION
    )

    def op(db: Db) -> None:
        # The staff's chat is another lane: closed meanwhile, this message is handled anew, and the bot answers it.
        tickets.check_open(db, number)
        if is_question:
            desk.note_question(db, number, redacted.text)
        if message.text:
            desk.pass_text_to_staff(db, ticket, redacted.text, about, replied)
        else:
            desk.copy_to_staff(db, ticket, about, caption, replied)

    talk.effects.add(op)
    if is_question and ticket.question == "":
        talk.say(talk.text("handover-added"))
    if redacted.secrets:
        talk.say(talk.text("secret-noticed"), keys.delete_button(talk, redacted, message.message_id))


async def edited(message: Message, talk: Talk, ticket: Ticket, database: Database) -> None:
    """Send the new wording of an edited message on to the staff."""
    redacted = talk.prepared.redactor.redact(message.text or message.caption or "")
    desk, about, user_id = desk_of(talk.kit), message.message_id, talk.person.id
    before = await database.read(lambda db: store.message_by_telegram_id(db, user_id, about))
    if before is not None and before[1] == redacted.text:
        # Telegram also reports an edit when only a link preview or a reaction changed.
        return
    kind = "text" if message.text else KINDS.get(message.content_type, "other")
    talk.hear(kind, redacted, about, edit_of=before[0] if before else None, file_id=file_id_of(message))

    def op(db: Db) -> None:
        tickets.check_open(db, ticket.id)
        desk.pass_text_to_staff(db, ticket, redacted.text, about, about, key="desk-edited")

    talk.effects.add(op)
    if redacted.secrets:
        talk.say(talk.text("secret-noticed"), keys.delete_button(talk, redacted, message.message_id))
