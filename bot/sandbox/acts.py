"""What people do: write, send files, edit, press, block the bot, add it to a group or throw it out.

Decides how an act of a person becomes messages and updates; refuses acts that Telegram's apps do not offer with
ValueError. Called by `control.py` (Python and HTTP).
"""

import re
from collections.abc import Sequence

from bot.sandbox.attachments import MEDIA_KINDS, album_id, contact, location, stored_attachment
from bot.sandbox.entities import Entity, StyledText, utf16_length
from bot.sandbox.messages import Attachment, Message
from bot.sandbox.params import Upload
from bot.sandbox.people import DESK_RIGHTS, Chat, ChatKind, Member, Status, User
from bot.sandbox.wire import JsonObject
from bot.sandbox.world import FIRST_SUPERGROUP_ID, Pressed, World

_COMMAND = re.compile(r"(?:^|(?<=\s))/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def typed(text: str) -> StyledText:
    """Return what the app of a person sends: the text, with commands marked as Telegram marks them."""
    marks = tuple(
        Entity("bot_command", utf16_length(text[: found.start()]), utf16_length(found.group()))
        for found in _COMMAND.finditer(text)
    )
    return StyledText(text, marks)


def post(
    world: World,
    sender: User,
    chat: Chat,
    text: str = "",
    *,
    attachment: Attachment | None = None,
    thread_id: int | None = None,
    reply_to: Message | None = None,
    group: str = "",
) -> Message:
    """Put a person's message into a chat; writing in private lets the bot write back."""
    if chat.person is not None:
        if sender.blocked:
            raise ValueError(f"{sender.first_name} has blocked the bot: unblock first")
        sender.wrote = True
    elif not chat.member(sender).status.present:
        raise ValueError(f"{sender.first_name} is not in {chat.title}")
    if thread_id is not None and thread_id not in chat.topics:
        raise ValueError(f"no topic {thread_id} in {chat.title}")
    return world.post(
        chat,
        sender,
        typed(text),
        attachment=attachment,
        thread_id=thread_id if thread_id is not None else (reply_to.thread_id if reply_to else None),
        reply_to=reply_to,
        media_group_id=group,
    )


def file_of(world: World, kind: str, content: bytes, name: str, mime: str) -> Attachment:
    """Return a fresh file of that kind."""
    if kind not in MEDIA_KINDS:
        raise ValueError(f"{kind!r} is no kind of file: {', '.join(MEDIA_KINDS)}")
    return stored_attachment(world.store(Upload(name, content, mime), kind), kind)


def point(latitude: float, longitude: float) -> Attachment:
    """Return a point on the map."""
    return location(latitude, longitude)


def card(phone: str, owner: User) -> Attachment:
    """Return a person's own contact."""
    return contact(phone, owner.first_name, owner.last_name, owner.id)


def album(world: World, sender: User, chat: Chat, pictures: Sequence[bytes], caption: str) -> list[Message]:
    """Put an album into a chat: one message per picture, the caption on the first."""
    group = album_id()
    return [
        post(
            world,
            sender,
            chat,
            "" if place else caption,
            attachment=file_of(world, "photo", picture, f"{place}.jpg", "image/jpeg"),
            group=group,
        )
        for place, picture in enumerate(pictures)
    ]


def edit(world: World, message: Message, text: str) -> Message:
    """Let a person change the text of a message."""
    if message.sender.is_bot:
        raise ValueError("a person edits only what a person wrote")
    message.styled = typed(text)
    world.edited(message)
    return message


def button_payload(message: Message, button: str | int) -> str:
    """Return the callback data of a button by its text, a part of it, its number from 1, or the data itself."""
    callbacks = [b for b in message.buttons if b.callback is not None]
    if isinstance(button, int):
        chosen = message.buttons[button - 1] if 0 < button <= len(message.buttons) else None
        if chosen is None or chosen.callback is None:
            raise ValueError(f"no callback button {button} under {message.text[:60]!r}")
        return chosen.callback
    tests = (
        [b for b in callbacks if b.text == button],
        [b for b in callbacks if b.callback == button],
        [b for b in callbacks if button.casefold() in b.text.casefold()],
    )
    for found in tests:
        if found and found[0].callback is not None:
            return found[0].callback
    raise ValueError(f"no button {button!r} under {message.text[:60]!r}: {message.button_texts}")


def press(world: World, sender: User, message: Message, button: str | int) -> Pressed:
    """Let a person press a callback button."""
    return world.press(sender, message, button_payload(message, button))


def _private(world: World, user: User) -> Chat:
    return world.chats[user.id]


def set_blocked(world: World, user: User, *, blocked: bool) -> None:
    """Let a person block the bot, or unblock it."""
    if user.blocked is blocked:
        return
    user.blocked = blocked
    was, now = (Status.MEMBER, Status.KICKED) if blocked else (Status.KICKED, Status.MEMBER)
    world.tell_membership(_private(world, user), user, Member(world.bot, was), Member(world.bot, now))


def set_bot_status(world: World, chat: Chat, by: User, status: Status, rights: frozenset[str] = DESK_RIGHTS) -> None:
    """Change what the bot is to a group: added, promoted, stripped of rights, thrown out."""
    before = chat.member(world.bot)
    kept = rights if status is Status.ADMINISTRATOR else frozenset()
    after = Member(world.bot, status, kept)
    chat.members[world.bot.id] = after
    world.tell_membership(chat, by, before, after)
    if before.status.present is not after.status.present:
        service: JsonObject
        if after.status.present:
            service = {"new_chat_members": [world.bot.to_json()]}
        else:
            service = {"left_chat_member": world.bot.to_json()}
        world.post(chat, by, service=service)


def set_forum(world: World, chat: Chat, *, on: bool) -> None:
    """Switch the topics of a group on or off; off, its topics are out of reach."""
    chat.is_forum = on
    world.bell.ring()


def upgrade(world: World, chat: Chat, by: User) -> Chat:
    """Turn a group into a supergroup: a new id, and service messages on both sides."""
    if chat.kind is not ChatKind.GROUP:
        raise ValueError("only a basic group is upgraded")
    taken = sum(c.kind is ChatKind.SUPERGROUP for c in world.chats.values())
    new = Chat(FIRST_SUPERGROUP_ID - 1000 - taken, ChatKind.SUPERGROUP, title=chat.title, members=dict(chat.members))
    world.chats[new.id] = new
    world.post(chat, by, service={"migrate_to_chat_id": new.id})
    world.post(new, by, service={"migrate_from_chat_id": chat.id})
    chat.migrated_to = new.id
    return new
