"""Messages as the sandbox keeps them, and the JSON that the Bot API shows of them.

Decides the shape of Message and of what it carries; where a message goes and who is told is `world.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.sandbox.entities import NO_TEXT, Entity, StyledText, as_html
from bot.sandbox.keyboards import Button, buttons_of
from bot.sandbox.people import Chat, User
from bot.sandbox.wire import Json, JsonObject


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the server of the sandbox."""

    file_id: str
    unique_id: str
    path: str
    content: bytes
    kind: str
    name: str = ""
    mime: str = ""

    def to_json(self) -> JsonObject:
        """Return the File object."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.content),
            "file_path": self.path,
        }


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a message carries besides text: the field of Message it fills, and that field's value."""

    kind: str
    body: Json
    file: StoredFile | None = None


@dataclass(slots=True)
class Message:
    """One message of one chat. `text` holds the caption where there is an attachment."""

    id: int
    chat: Chat
    sender: User
    date: int
    styled: StyledText = NO_TEXT
    attachment: Attachment | None = None
    markup: JsonObject | None = None
    shown_markup: JsonObject | None = None
    reply_to: "Message | None" = None
    thread_id: int | None = None
    media_group_id: str = ""
    edited: int | None = None
    origin: JsonObject | None = None
    reactions: tuple[str, ...] = ()
    deleted: bool = False
    service: JsonObject = field(default_factory=dict)
    versions: list[StyledText] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text or the caption, without markup."""
        return self.styled.text

    @property
    def html(self) -> str:
        """The text or the caption with its entities as tags."""
        return as_html(self.styled)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities of the text."""
        return self.styled.entities

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons under the message, or those of the reply keyboard it showed."""
        return buttons_of(self.markup or self.shown_markup)

    @property
    def button_texts(self) -> list[str]:
        """What stands on the buttons."""
        return [button.text for button in self.buttons]

    @property
    def by_bot(self) -> bool:
        """Whether a bot sent it."""
        return self.sender.is_bot

    def to_json(self, *, nested: bool = False) -> JsonObject:
        """Return the Message object; a nested one (replied to, pinned) leaves out what it replies to itself."""
        body: JsonObject = {
            "message_id": self.id,
            "from": self.sender.to_json(),
            "chat": self.chat.to_json(),
            "date": self.date,
        }
        if self.thread_id is not None:
            body |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        if self.edited is not None:
            body["edit_date"] = self.edited
        if self.origin is not None:
            body["forward_origin"] = self.origin
        if self.media_group_id:
            body["media_group_id"] = self.media_group_id
        if self.reply_to is not None and not nested:
            body["reply_to_message"] = self.reply_to.to_json(nested=True)
        self._add_content(body)
        if self.markup is not None:
            body["reply_markup"] = self.markup
        return body | self.service

    def _add_content(self, body: JsonObject) -> None:
        entities: Sequence[Json] = [entity.to_json() for entity in self.entities]
        if self.attachment is None:
            if self.text:
                body["text"] = self.text
            if entities:
                body["entities"] = entities
            return
        body[self.attachment.kind] = self.attachment.body
        if self.text:
            body["caption"] = self.text
        if entities:
            body["caption_entities"] = entities
