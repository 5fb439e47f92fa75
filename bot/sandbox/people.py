"""Who is there: people, chats, members and forum topics, with the JSON that the Bot API shows of them.

Decides the shape of User, Chat, ChatMember; holds no messages and carries out nothing. Called by `world.py` and
methods.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.wire import JsonObject

RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
)
"""The rights of an administrator of a supergroup (core.telegram.org/bots/api#chatmemberadministrator)."""

DESK_RIGHTS = frozenset({"can_manage_chat", "can_delete_messages", "can_pin_messages", "can_manage_topics"})
"""What the set-up guide tells a team to give the bot."""


class ChatKind(StrEnum):
    """The kinds of chats."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class Status(StrEnum):
    """What a member is to a chat."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"

    @property
    def present(self) -> bool:
        """Whether it is in the chat."""
        return self not in {Status.LEFT, Status.KICKED}


@dataclass(slots=True)
class User:
    """A person or a bot. `wrote`: has written to the bot, so the bot may write first from then on."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    wrote: bool = False
    blocked: bool = False
    deactivated: bool = False

    def to_json(self) -> JsonObject:
        """Return the User object."""
        body: JsonObject = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            body["last_name"] = self.last_name
        if self.username:
            body["username"] = self.username
        if self.language_code:
            body["language_code"] = self.language_code
        return body


@dataclass(slots=True)
class Member:
    """What one user is to one chat."""

    user: User
    status: Status = Status.MEMBER
    rights: frozenset[str] = frozenset()

    def may(self, right: str) -> bool:
        """Return whether the member has that right."""
        return self.status is Status.CREATOR or (self.status is Status.ADMINISTRATOR and right in self.rights)

    def to_json(self) -> JsonObject:
        """Return the ChatMember object."""
        body: JsonObject = {"status": self.status.value, "user": self.user.to_json()}
        match self.status:
            case Status.CREATOR:
                body["is_anonymous"] = False
            case Status.ADMINISTRATOR:
                body |= {"can_be_edited": False, "is_anonymous": False}
                body |= {right: right in self.rights for right in RIGHTS}
            case Status.KICKED:
                body["until_date"] = 0
            case _:
                pass
        return body


@dataclass(slots=True)
class Topic:
    """A topic of a forum; its id is the id of the service message that opened it."""

    id: int
    name: str
    icon_color: int = 0x6FB9F0
    icon_custom_emoji_id: str = ""
    closed: bool = False

    def to_json(self) -> JsonObject:
        """Return the ForumTopic object."""
        body: JsonObject = {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}
        if self.icon_custom_emoji_id:
            body["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return body


@dataclass(slots=True)
class Chat:
    """A chat: private (its id is the person's), group, supergroup or channel."""

    id: int
    kind: ChatKind
    title: str = ""
    username: str = ""
    person: User | None = None
    is_forum: bool = False
    migrated_to: int | None = None
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    gone_topics: set[int] = field(default_factory=set)
    pinned: list[int] = field(default_factory=list)

    def member(self, user: User) -> Member:
        """Return what the user is to the chat; a stranger has left."""
        return self.members.get(user.id) or Member(user, Status.LEFT)

    def to_json(self) -> JsonObject:
        """Return the Chat object."""
        body: JsonObject = {"id": self.id, "type": self.kind.value}
        if self.person is not None:
            shown = self.person.to_json()
            body |= {name: shown[name] for name in ("first_name", "last_name", "username") if name in shown}
            return body
        body["title"] = self.title
        if self.username:
            body["username"] = self.username
        if self.is_forum:
            body["is_forum"] = True
        return body

    def to_full_json(self) -> JsonObject:
        """Return the ChatFullInfo object."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        body = self.to_json()
        body |= {"accent_color_id": 0, "max_reaction_count": 11}
        body["accepted_gift_types"] = dict.fromkeys(gifts, False)
        if self.kind is not ChatKind.PRIVATE:
            body["permissions"] = {"can_send_messages": True, "can_manage_topics": False}
        return body
