"""Text with entities: what a styled span is, which spans a caller may pass, how they look as tags again.

Decides offsets and lengths in UTF-16 units, in which Telegram counts. Called by `html_text.py`, `formatting.py`, and by
whoever shows a message.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.wire import Json, JsonObject, bad_request

_WRITTEN = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_KINDS = frozenset(
    {*_WRITTEN, "expandable_blockquote", "text_link", "custom_emoji", "date_time", "text_mention"}
    | {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
)


def utf16_length(text: str) -> int:
    """Return the length of the text in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True, slots=True)
class Entity:
    """A styled span; offset and length in UTF-16 units."""

    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    custom_emoji_id: str = ""

    def to_json(self) -> JsonObject:
        """Return the MessageEntity object."""
        body: JsonObject = {"type": self.kind, "offset": self.offset, "length": self.length}
        if self.url:
            body["url"] = self.url
        if self.language:
            body["language"] = self.language
        if self.custom_emoji_id:
            body["custom_emoji_id"] = self.custom_emoji_id
        return body


@dataclass(frozen=True, slots=True)
class StyledText:
    """A text with its entities."""

    text: str
    entities: tuple[Entity, ...] = ()


NO_TEXT = StyledText("")


def read_entities(text: str, raw: Json) -> tuple[Entity, ...]:
    """Return the entities passed as JSON; stricter than Telegram: out of bounds is refused, not clipped."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise bad_request("can't parse entities: expected an Array of entities")
    length = utf16_length(text)
    return tuple(_read_entity(item, length) for item in raw)


def _read_entity(raw: Json, text_length: int) -> Entity:
    if not isinstance(raw, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind, offset, length = raw.get("type"), raw.get("offset"), raw.get("length")
    if kind not in _KINDS or not isinstance(kind, str):
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if not isinstance(offset, int) or offset < 0:
        raise bad_request(f"Receive an entity with incorrect offset {offset}")
    if not isinstance(length, int) or length < 0:
        raise bad_request(f"Receive an entity with incorrect length {length}")
    if length == 0 or offset + length > text_length:
        raise bad_request("ENTITY_BOUNDS_INVALID")
    return Entity(
        kind,
        offset,
        length,
        url=str(raw.get("url") or ""),
        language=str(raw.get("language") or ""),
        custom_emoji_id=str(raw.get("custom_emoji_id") or ""),
    )


def as_html(text: StyledText) -> str:
    """Return the text with its entities written as tags again, so that a test can look for `<b>Ключ</b>`."""
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    for entity in text.entities:
        opening, closing = _tags_of(entity)
        starts.setdefault(entity.offset, []).append(opening)
        ends.setdefault(entity.offset + entity.length, []).insert(0, closing)
    out: list[str] = []
    at = 0
    for char in text.text:
        out += ends.pop(at, [])
        out += starts.pop(at, [])
        out.append({"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, char))
        at += utf16_length(char)
    for place in sorted(ends):
        out += ends[place]
    return "".join(out)


def _tags_of(entity: Entity) -> tuple[str, str]:
    if entity.kind == "text_link":
        return f'<a href="{entity.url}">', "</a>"
    if entity.kind == "pre" and entity.language:
        return f'<pre><code class="language-{entity.language}">', "</code></pre>"
    if entity.kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    tag = _WRITTEN.get(entity.kind)
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
