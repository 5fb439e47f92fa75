"""The staff's side of a ticket: what they write in its topic, its commands, the buttons of its card.

A plain message goes to the customer, and whoever writes first has the ticket; `/ text` stays inside. Updates of the
staff's chat are handled one after another, and each step is decided by one UPDATE: of two presses one wins.
"""

import re

from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message
from sqlite_utils import Database as Db

from bot.conversations import store as conversations
from bot.i18n import Html, label, say
from bot.outbox import store as outbox
from bot.outbox.store import Call
from bot.storage.database import Database, Op
from bot.storage.ids import new_id
from bot.telegram.desk import BUTTON_PREFIX, Desk
from bot.telegram.forum import Forum
from bot.telegram.roles import Roles, author_of
from bot.telegram.talk import Kit, tell
from bot.tickets import store
from bot.tickets.ticket import State, Ticket, number_in
from handlers.media import KINDS, file_id_of, is_content

NOTE = re.compile(r"/(\s|$)")
"""How a line among staff begins."""

COMMAND = re.compile(r"/\w{1,32}(@\w+)?(\s|$)")
"""What staff mean as a command, in whatever letters: `/закрыть` was not meant for the customer either."""

NUMBER = re.compile(r"[0-9]{1,12}")


def desk_of(kit: Kit) -> Desk:
    """Return the desk for this update; only for updates of the staff's chat, so there is one."""
    if kit.staff_chat is None:
        raise ValueError("there is no staff chat")
    return Desk(kit.staff_chat, kit.prepared.library, kit.vault, kit.now)


async def ticket_of(message: Message, database: Database) -> Ticket | None:
    """Return the ticket a message in the staff's chat belongs to: by its topic, or by what it replies to."""
    topic = message.message_thread_id if message.is_topic_message else None
    replied = message.reply_to_message.message_id if message.reply_to_message is not None else None

    named = _named_by_topic(message)

    def query(db: Db) -> Ticket | None:
        ticket = store.in_topic(db, topic) if topic is not None else None
        ticket = ticket or (store.about_message(db, replied) if replied is not None else None)
        return ticket or (store.find(db, named) if named is not None else None)

    return await database.read(query)


def _named_by_topic(message: Message) -> int | None:
    """Return the ticket number in the name of a topic that we made, as messages in it show how it began.

    It is asked last: only of a topic that was made by a call whose answer got lost, and of which we did not hear.
    """
    began = message.reply_to_message
    if not message.is_topic_message or began is None or began.forum_topic_created is None or not _is_own(began):
        return None
    return number_in(began.forum_topic_created.name)


def _is_own(message: Message) -> bool:
    return message.from_user is not None and message.bot is not None and message.from_user.id == message.bot.id


def _replied_to(message: Message) -> int | None:
    replied = message.reply_to_message
    # In a topic every message "replies" to the service message that began it.
    return None if replied is None or replied.forum_topic_created is not None else replied.message_id


async def write(message: Message, kit: Kit, database: Database, roles: Roles) -> None:
    """Send a plain message on to the customer."""
    ticket = await ticket_of(message, database)
    if ticket is None or not roles.is_author(message):
        return
    desk, number, sent_id = desk_of(kit), ticket.id, message.message_id
    staff_id, staff_name = author_of(message)
    kind = "staff" if message.text else KINDS.get(message.content_type, "staff")
    words = kit.prepared.redactor.clean(message.text or message.caption or "")
    file_id, reply_to = file_id_of(message), _replied_to(message)

    def op(db: Db) -> None:
        now = store.find(db, number)
        if now is None:
            return
        if not now.is_open:
            desk.say_inside(db, now, say(desk.language, "desk-is-closed"), reply_to=sent_id)
            return
        if now.state is State.NEW:
            desk.take(db, number, staff_id, staff_name)
        conversations.save_message(
            new_id(), now.conversation_id, "out", kind, words, kit.now, telegram_id=None, file_id=file_id
        )(db)
        desk.copy_to_customer(db, now, sent_id, reply_to)

    kit.effects.add(op)


async def note_inside(message: Message, kit: Kit, database: Database, roles: Roles) -> None:
    """Keep a line that begins with a slash and a space among the staff, a file with such a caption too."""
    ticket = await ticket_of(message, database)
    words = (message.text or message.caption or "")[1:].strip()
    if ticket is not None and roles.is_author(message) and words:
        _note(kit, ticket, message, words)


async def note(message: Message, command: CommandObject, kit: Kit, database: Database, roles: Roles) -> None:
    """/note: keep a note with the ticket."""
    ticket = await _commanded(message, kit, database, roles)
    if ticket is None:
        return
    words = (command.args or "").strip()
    if words:
        _note(kit, ticket, message, words)
    _answer(kit, ticket, message, "desk-noted" if words else "desk-note-empty")


def _note(kit: Kit, ticket: Ticket, message: Message, words: str) -> None:
    clean = kit.prepared.redactor.clean(words)
    staff_id, _ = author_of(message)
    kit.effects.add(store.save_note(ticket.id, staff_id, clean, kit.now))


async def take(message: Message, kit: Kit, database: Database, roles: Roles) -> None:
    """/take: take the ticket, or open a closed one again."""
    ticket = await _commanded(message, kit, database, roles)
    if ticket is None:
        return
    desk, number, reply_to = desk_of(kit), ticket.id, message.message_id
    staff_id, staff_name = author_of(message)

    def op(db: Db) -> None:
        now = store.find(db, number)
        if now is None:
            return
        if now.state is State.CLOSED:
            if not desk.reopen(db, number, staff_id, staff_name):
                desk.say_inside(db, now, say(desk.language, "desk-not-reopened"), reply_to=reply_to)
        elif not desk.take(db, number, staff_id, staff_name):
            said = say(desk.language, "desk-taken-toast", name=now.taken_name or "—")
            desk.say_inside(db, now, said, reply_to=reply_to)

    kit.effects.add(op)


async def close(message: Message, kit: Kit, database: Database, roles: Roles) -> None:
    """/close: close the ticket; the customer is told."""
    ticket = await _commanded(message, kit, database, roles)
    if ticket is None:
        return
    desk, number, reply_to = desk_of(kit), ticket.id, message.message_id
    staff_id, staff_name = author_of(message)

    def op(db: Db) -> None:
        now = store.find(db, number)
        if now is not None and not desk.close(db, number, staff_id, staff_name):
            desk.say_inside(db, now, say(desk.language, "desk-closed-toast"), reply_to=reply_to)

    kit.effects.add(op)


async def info(message: Message, kit: Kit, database: Database, roles: Roles) -> None:
    """/info: the card once more, as it is now, with the notes."""
    ticket = await _commanded(message, kit, database, roles)
    if ticket is None:
        return
    desk, number, reply_to = desk_of(kit), ticket.id, message.message_id

    def op(db: Db) -> None:
        now = store.find(db, number)
        if now is None:
            return
        desk.say_inside(db, now, desk.card_text(db, now, whole=True), reply_to=reply_to)
        notes = [say(desk.language, "card-staff", text=words) for words in store.notes_of(db, number)]
        if notes:
            heading = say(desk.language, "desk-info-notes")
            desk.say_inside(db, now, Html("\n".join([heading, *notes])))

    kit.effects.add(op)


async def help_(message: Message, kit: Kit, roles: Roles) -> None:
    """/help in the staff's chat: how the desk works."""
    if roles.is_author(message):
        topic = message.message_thread_id if message.is_topic_message else None
        tell(kit, message.chat.id, say(desk_of(kit).language, "desk-help"), topic=topic)


async def unknown_command(message: Message, kit: Kit, roles: Roles) -> None:
    """Answer a command we do not know with the help: it was meant for us, and not for the customer."""
    await help_(message, kit, roles)


async def _commanded(message: Message, kit: Kit, database: Database, roles: Roles) -> Ticket | None:
    """Return the ticket a command is about; None, said so, where there is none or no right to it."""
    if not roles.is_author(message):
        return None
    ticket = await ticket_of(message, database)
    if ticket is None:
        topic = message.message_thread_id if message.is_topic_message else None
        tell(kit, message.chat.id, say(desk_of(kit).language, "desk-not-ticket"), topic=topic)
    return ticket


def _answer(kit: Kit, ticket: Ticket, message: Message, key: str) -> None:
    desk = desk_of(kit)
    kit.effects.add(lambda db: desk.say_inside(db, ticket, say(desk.language, key), reply_to=message.message_id))


async def press(query: CallbackQuery, kit: Kit, roles: Roles) -> None:
    """Do what a button of the card says, for whoever has the right to it at this moment."""
    desk = desk_of(kit)
    number, _, step = (query.data or "").removeprefix(BUTTON_PREFIX).partition(":")
    allowed = await roles.is_staff(query.from_user)
    if not allowed or not NUMBER.fullmatch(number) or step not in {"take", "close", "reopen", "why"}:
        key = "desk-unknown-rights" if allowed is None else "stale-button" if allowed else "desk-not-staff"
        kit.effects.add(_toast(kit, query, label(desk.language, key)))
        return
    staff_id, staff_name = query.from_user.id, query.from_user.full_name

    def op(db: Db) -> None:
        ticket = store.find(db, int(number))
        if ticket is None:
            said = label(desk.language, "stale-button")
        elif step == "why":
            desk.explain(db, ticket)
            said = ""
        elif step == "take" and desk.take(db, ticket.id, staff_id, staff_name):
            said = label(desk.language, "desk-took-toast")
        elif step == "close" and desk.close(db, ticket.id, staff_id, staff_name):
            said = ""
        elif step == "reopen" and desk.reopen(db, ticket.id, staff_id, staff_name):
            said = label(desk.language, "desk-took-toast")
        elif ticket.is_open:
            said = label(desk.language, "desk-taken-toast", name=ticket.taken_name or "—")
        else:
            said = label(desk.language, "desk-not-reopened" if step == "reopen" else "desk-closed-toast")
        _toast(kit, query, said)(db)

    kit.effects.add(op)


async def stale(query: CallbackQuery, kit: Kit) -> None:
    """Answer a press of a button that nobody knows any more."""
    kit.effects.add(_toast(kit, query, label(desk_of(kit).language, "stale-button")))


def _toast(kit: Kit, query: CallbackQuery, said: str) -> Op:
    parameters = {"callback_query_id": query.id, **({"text": said[:200]} if said else {})}
    return outbox.post(Call(desk_of(kit).chat_id, "answerCallbackQuery", parameters, express=True), kit.vault, kit.now)


async def membership(message: Message, roles: Roles) -> None:
    """Ask Telegram anew about whoever has just come into the group or gone from it."""
    for user in [*(message.new_chat_members or []), message.left_chat_member]:
        if user is not None:
            roles.forget(user.id)


async def service(message: Message, kit: Kit, forum: Forum) -> None:
    """Hear of a topic that was created: after a kill it may be one too many."""
    created, topic = message.forum_topic_created, message.message_thread_id
    number = number_in(created.name) if created is not None else None
    if number is None or topic is None or not _is_own(message):
        return
    desk = desk_of(kit)

    def op(db: Db) -> None:
        if store.topic_seen(db, number, topic, kit.now):
            forum.name_stray(db, desk, number, topic)

    kit.effects.add(op)


def is_for_customer(message: Message) -> bool:
    """Return whether this is something a person wrote, which can go to a customer."""
    return bool(message.text) or is_content(message)
