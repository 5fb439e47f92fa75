"""The world of the sandbox: users, chats, messages, files, pressed buttons, and the queue of updates about them.

Decides numbering, storage, and which happening becomes which update. It does not judge calls (the methods do) and
does not act for people (`acts.py` does). One world belongs to one bot; everything in it changes in one event loop
without awaiting, so a call is carried out wholly or not at all.
"""

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.bell import Bell
from bot.sandbox.entities import NO_TEXT, StyledText
from bot.sandbox.keyboards import inline_only
from bot.sandbox.messages import Attachment, Message, StoredFile
from bot.sandbox.params import Upload
from bot.sandbox.people import Chat, ChatKind, Member, Status, Topic, User
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.wire import Json, JsonObject

FIRST_USER_ID = 700_001
FIRST_SUPERGROUP_ID = -1_001_000_000_001
FIRST_GROUP_ID = -500_001
CALLBACK_SECONDS = 60.0
"""How long a pressed button waits for its answer here; Telegram does not publish its own number."""

_FOLDERS = {"photo": "photos", "voice": "voice", "video": "videos", "audio": "music", "sticker": "stickers"}


@dataclass(slots=True)
class Pressed:
    """A pressed button. `answer` is the toast, None until the bot answers."""

    id: str
    sender: User
    message: Message
    payload: str
    at: float
    answer: str | None = None
    alert: bool = False
    expired: bool = False


@dataclass(slots=True)
class Profile:
    """What the bot says of itself, per language; commands per scope and language."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)


class EventKind(StrEnum):
    """What can happen to a message."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a message, with the text it had then. `number` counts from 1 over all chats."""

    number: int
    kind: EventKind
    message: Message
    styled: StyledText

    @property
    def chat_id(self) -> int:
        """The chat it happened in."""
        return self.message.chat.id


@dataclass(slots=True)
class Typing:
    """A chat action that the bot showed."""

    chat_id: int
    thread_id: int | None
    action: str
    at: float


class World:
    """Everything the Bot API server knows."""

    def __init__(self, bot: User, bell: Bell) -> None:
        self.bot = bot
        self.bell = bell
        self.queue = UpdateQueue()
        self.profile = Profile()
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.pressed: dict[str, Pressed] = {}
        self.typing: list[Typing] = []
        self.journal: list[Event] = []
        self.privacy_mode = True
        self.supports_inline = False
        self._messages: dict[int, dict[int, Message]] = {}
        self._last_id: dict[int, int] = {}

    def now(self) -> int:
        """Return seconds since the epoch."""
        return int(time.time())

    # People and chats

    def add_user(
        self, first_name: str, *, user_id: int | None = None, username: str = "", language_code: str = ""
    ) -> User:
        """Add a person with a private chat; the bot may not write first."""
        number = user_id if user_id is not None else FIRST_USER_ID + len(self.users) - 1
        user = User(number, first_name, username=username, language_code=language_code)
        self.users[number] = user
        self.chats[number] = Chat(number, ChatKind.PRIVATE, person=user)
        return user

    def add_group(
        self,
        title: str,
        *,
        kind: ChatKind = ChatKind.SUPERGROUP,
        chat_id: int | None = None,
        is_forum: bool = False,
        members: Iterable[User] = (),
        bot: Member | None = None,
    ) -> Chat:
        """Add a group with those members; the first one created it. `bot` says what the bot is to it."""
        groups = sum(chat.kind is not ChatKind.PRIVATE for chat in self.chats.values())
        first = FIRST_GROUP_ID if kind is ChatKind.GROUP else FIRST_SUPERGROUP_ID
        chat = Chat(chat_id if chat_id is not None else first - groups, kind, title=title, is_forum=is_forum)
        for place, user in enumerate(members):
            chat.members[user.id] = Member(user, Status.MEMBER if place else Status.CREATOR)
        if bot is not None:
            chat.members[self.bot.id] = bot
        self.chats[chat.id] = chat
        return chat

    # Messages

    def _next_message_id(self, chat: Chat) -> int:
        """Private chats and small groups share one numbering, as in one Telegram account; others have their own."""
        numbering = chat.id if chat.kind in {ChatKind.SUPERGROUP, ChatKind.CHANNEL} else 0
        # Number 1 of a supergroup is the message of its creation, which is why General is topic 1.
        number = self._last_id.get(numbering, 1 if numbering else 0) + 1
        self._last_id[numbering] = number
        return number

    def post(
        self,
        chat: Chat,
        sender: User,
        styled: StyledText = NO_TEXT,
        *,
        attachment: Attachment | None = None,
        markup: JsonObject | None = None,
        reply_to: Message | None = None,
        thread_id: int | None = None,
        media_group_id: str = "",
        origin: JsonObject | None = None,
        service: JsonObject | None = None,
    ) -> Message:
        """Store a message and tell the bot where it is to be told."""
        message = Message(
            id=self._next_message_id(chat),
            chat=chat,
            sender=sender,
            date=self.now(),
            styled=styled,
            attachment=attachment,
            markup=inline_only(markup),
            shown_markup=markup,
            reply_to=reply_to,
            thread_id=thread_id,
            media_group_id=media_group_id,
            origin=origin,
            service=service or {},
            versions=[styled],
        )
        if service is not None and "forum_topic_created" in service:
            message.thread_id = message.id
        self._messages.setdefault(chat.id, {})[message.id] = message
        if self._bot_sees(message):
            self.queue.put("channel_post" if chat.kind is ChatKind.CHANNEL else "message", message.to_json())
        self._happened(EventKind.POSTED, message)
        return message

    def _happened(self, kind: EventKind, message: Message) -> None:
        self.journal.append(Event(len(self.journal) + 1, kind, message, message.styled))
        self.bell.ring()

    def _bot_sees(self, message: Message) -> bool:
        """Return whether the bot is told: never of its own texts, in groups by privacy mode and rights."""
        if message.service:
            return message.chat.member(self.bot).status.present or message.chat.kind is ChatKind.PRIVATE
        if message.sender.is_bot:
            return False
        if message.chat.kind is ChatKind.PRIVATE:
            return True
        member = message.chat.member(self.bot)
        if not member.status.present:
            return False
        if member.status is Status.ADMINISTRATOR or not self.privacy_mode:
            return True
        to_bot = message.reply_to is not None and message.reply_to.sender.id == self.bot.id
        return message.text.startswith("/") or to_bot or f"@{self.bot.username}" in message.text

    def edited(self, message: Message) -> None:
        """Note that a message changed; tell the bot if a person changed it."""
        message.edited = self.now()
        message.versions.append(message.styled)
        if not message.sender.is_bot and self._bot_sees(message):
            kind = "edited_channel_post" if message.chat.kind is ChatKind.CHANNEL else "edited_message"
            self.queue.put(kind, message.to_json())
        self._happened(EventKind.EDITED, message)

    def delete(self, message: Message) -> None:
        """Take a message away; no update tells of it (as in Telegram)."""
        message.deleted = True
        self._happened(EventKind.DELETED, message)

    def find(self, chat: Chat, message_id: int) -> Message | None:
        """Return the message unless it is unknown or deleted."""
        message = self._messages.get(chat.id, {}).get(message_id)
        return None if message is None or message.deleted else message

    def messages(self, chat_id: int, *, deleted: bool = False) -> list[Message]:
        """Return the messages of a chat, oldest first."""
        return [m for m in self._messages.get(chat_id, {}).values() if deleted or not m.deleted]

    # Topics

    def open_topic(self, chat: Chat, sender: User, name: str, icon_color: int = 0, emoji_id: str = "") -> Topic:
        """Open a topic with its service message."""
        color = icon_color or Topic(0, "").icon_color
        created: JsonObject = {"name": name, "icon_color": color}
        if emoji_id:
            created["icon_custom_emoji_id"] = emoji_id
        first = self.post(chat, sender, service={"forum_topic_created": created})
        topic = Topic(first.id, name, color, emoji_id)
        chat.topics[topic.id] = topic
        return topic

    def drop_topic(self, chat: Chat, topic: Topic) -> None:
        """Delete a topic with all its messages; no update tells of it."""
        del chat.topics[topic.id]
        chat.gone_topics.add(topic.id)
        for message in self.messages(chat.id):
            if message.thread_id == topic.id:
                message.deleted = True
        self.bell.ring()

    # Membership

    def tell_membership(self, chat: Chat, by: User, before: Member, after: Member) -> None:
        """Put the my_chat_member update of a change of what the bot is to a chat."""
        self.queue.put(
            "my_chat_member",
            {
                "chat": chat.to_json(),
                "from": by.to_json(),
                "date": self.now(),
                "old_chat_member": before.to_json(),
                "new_chat_member": after.to_json(),
            },
        )
        self.bell.ring()

    # Files

    def store(self, upload: Upload, kind: str) -> StoredFile:
        """Keep an uploaded file and return it with a fresh file_id."""
        unique = secrets.token_urlsafe(9)
        number = len(self.files) + 1
        suffix = (
            upload.name.rpartition(".")[2] if "." in upload.name else {"photo": "jpg", "voice": "oga"}.get(kind, "bin")
        )
        file = StoredFile(
            file_id=f"AgAD{kind[:2].upper()}{number}{unique}",
            unique_id=f"AQ{unique}",
            path=f"{_FOLDERS.get(kind, 'documents')}/file_{number}.{suffix}",
            content=upload.content,
            kind=kind,
            name=upload.name,
            mime=upload.mime,
        )
        self.files[file.file_id] = file
        return file

    # Buttons

    def press(self, sender: User, message: Message, payload: str) -> Pressed:
        """Record a press of a callback button and tell the bot."""
        pressed = Pressed(str(secrets.randbelow(10**18)), sender, message, payload, time.monotonic())
        self.pressed[pressed.id] = pressed
        shown: JsonObject = message.to_json()
        if message.deleted:
            shown = {"message_id": message.id, "chat": message.chat.to_json(), "date": 0}
        self.queue.put(
            "callback_query",
            {
                "id": pressed.id,
                "from": sender.to_json(),
                "message": shown,
                "chat_instance": str(message.chat.id),
                "data": payload,
            },
        )
        self.bell.ring()
        return pressed
