"""Text as Telegram stores it: HTML turned into entities, entities checked, whitespace trimmed, lengths counted.

Decides what "can't parse entities" is: the walk below follows the rules of TDLib's HTML reader, byte offsets and
wording included. It does not know messages. Markdown is refused, for the bot under test does not use it. Called by
the methods that take a text or a caption, and by the terminal, which shows entities as styles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.wire import Json, JsonObject, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""UTF-16 units after entities are parsed (core.telegram.org/bots/api#sendmessage, #sendphoto)."""

MAX_ENTITIES = 100
"""Telegram keeps the first hundred entities of a message and silently drops the rest."""

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_KINDS = frozenset(
    {*_TAGS.values(), "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
    | {"text_mention", "expandable_blockquote", "date_time"}
)
_SPACES = b" \t\r\n\0\x0b"
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_REFERENCE_LIMIT = 10


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


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def _unparsable(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


class _HtmlReader:
    """One walk over the bytes of one HTML text."""

    def __init__(self, html: str) -> None:
        self._bytes = html.encode("utf-8", "surrogatepass") + b"\0"
        self._size = len(self._bytes) - 1
        self._at = 0
        self._out = bytearray()
        self._offset = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def read(self) -> StyledText:
        while self._at < self._size:
            byte = self._bytes[self._at]
            if byte == ord("&") and (char := self._reference()):
                self._put(char)
            elif byte == ord("<"):
                if self._bytes[self._at + 1] == ord("/"):
                    self._end_tag()
                else:
                    self._start_tag()
            else:
                if byte & 0xC0 != 0x80:  # noqa: PLR2004 - not a continuation byte of UTF-8
                    self._offset += 2 if byte >= 0xF0 else 1  # noqa: PLR2004 - four bytes make a surrogate pair
                self._out.append(byte)
                self._at += 1
        if self._open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        text = self._out.decode("utf-8", "replace")
        return StyledText(text, tuple(sorted(self._entities, key=lambda e: (e.offset, -e.length))))

    def _put(self, char: str) -> None:
        self._offset += 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - the end of the first plane of Unicode
        self._out += char.encode("utf-8", "replace")

    def _reference(self) -> str:
        """Read a character reference at the place; return "" and stay where there is none that Telegram knows."""
        end = self._at + 1
        if self._bytes[end] == ord("#"):
            end += 1
            base, digits = 10, b"0123456789"
            if self._bytes[end] == ord("x"):
                end += 1
                base, digits = 16, b"0123456789abcdefABCDEF"
            start = end
            while self._bytes[end] in digits:
                end += 1
            code = int(self._bytes[start:end] or b"0", base)
            if code == 0 or code >= _LAST_CODE_POINT or end - self._at >= _REFERENCE_LIMIT:
                return ""
            char = "\ufffd" if code in _SURROGATES else chr(code)
        else:
            start = end
            while self._bytes[end : end + 1].isalpha():
                end += 1
            found = _NAMED.get(self._bytes[start:end])
            if found is None:
                return ""
            char = found
        self._at = end + 1 if self._bytes[end] == ord(";") else end
        return char

    def _skip_spaces(self) -> None:
        while self._at < self._size and self._bytes[self._at] in _SPACES:
            self._at += 1

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        while self._bytes[self._at] not in _SPACES and self._bytes[self._at] != ord(">"):
            self._at += 1
        if self._at >= self._size:
            raise _unparsable(f"Unclosed start tag at byte offset {begin}")
        tag = self._bytes[begin + 1 : self._at].decode("utf-8", "replace").lower()
        if tag not in _TAGS:
            raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {begin}')
        argument = ""
        while True:
            self._skip_spaces()
            if self._bytes[self._at] == ord(">"):
                break
            name, value = self._attribute(tag, begin)
            argument = _argument(tag, name, value, argument)
        if tag == "span" and argument != "spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._at += 1
        self._open.append(_Open(tag, argument, self._offset, len(self._out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        start = self._at
        while self._bytes[self._at] not in _SPACES and self._bytes[self._at] not in b"=>/\"'":
            self._at += 1
        name = self._bytes[start : self._at].decode("utf-8", "replace")
        if not name:
            raise _unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
        self._skip_spaces()
        unclosed = f'Unclosed start tag "{tag}" at byte offset {begin}'
        if self._at >= self._size:
            raise _unparsable(unclosed)
        if self._bytes[self._at] != ord("="):
            return name, ""
        self._at += 1
        self._skip_spaces()
        if self._at >= self._size:
            raise _unparsable(unclosed)
        quote = self._bytes[self._at]
        value = self._quoted(quote) if quote in b"\"'" else self._token()
        if self._at >= self._size:
            raise _unparsable(f"Unclosed start tag at byte offset {begin}")
        return name, value

    def _token(self) -> str:
        start = self._at
        while self._bytes[self._at : self._at + 1].isalnum() or self._bytes[self._at] in b".-":
            self._at += 1
        if self._bytes[self._at] not in _SPACES and self._bytes[self._at] != ord(">"):
            raise _unparsable(f"Unexpected end of name token at byte offset {start}")
        return self._bytes[start : self._at].decode("ascii").lower()

    def _quoted(self, quote: int) -> str:
        self._at += 1
        value = bytearray()
        while self._at < self._size and self._bytes[self._at] != quote:
            if self._bytes[self._at] == ord("&") and (char := self._reference()):
                value += char.encode("utf-8", "replace")
                continue
            value.append(self._bytes[self._at])
            self._at += 1
        if self._at < self._size:
            self._at += 1
        return value.decode("utf-8", "replace")

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _unparsable(f"Unexpected end tag at byte offset {begin}")
        while self._bytes[self._at] not in _SPACES and self._bytes[self._at] != ord(">"):
            self._at += 1
        tag = self._bytes[begin + 2 : self._at].decode("utf-8", "replace").lower()
        self._skip_spaces()
        if self._bytes[self._at] != ord(">"):
            raise _unparsable(f"Unclosed end tag at byte offset {begin}")
        opened = self._open.pop()
        if tag and tag != opened.tag:
            raise _unparsable(f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", found "</{tag}>"')
        self._at += 1
        if self._offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        kind = _TAGS[opened.tag]
        length = self._offset - opened.offset
        last = self._entities[-1] if self._entities else None
        same_span = last is not None and (last.offset, last.length) == (opened.offset, length)
        match opened.tag:
            case "a":
                inner = self._out[opened.start :].decode("utf-8", "replace")
                url = opened.argument or inner
                if "." in url or "://" in url:
                    self._entities.append(Entity("text_link", opened.offset, length, url=url))
            case "tg-emoji":
                if not opened.argument.isdecimal():
                    raise _unparsable("Invalid custom emoji identifier specified")
                self._entities.append(Entity("custom_emoji", opened.offset, length, custom_emoji_id=opened.argument))
            case "pre" if last is not None and same_span and last.kind == "code" and last.language:
                self._entities[-1] = Entity("pre", opened.offset, length, language=last.language)
            case "code" if last is not None and same_span and last.kind == "pre" and opened.argument:
                self._entities[-1] = Entity("pre", opened.offset, length, language=opened.argument)
            case "code":
                self._entities.append(Entity("code", opened.offset, length, language=opened.argument))
            case "blockquote" if opened.argument:
                self._entities.append(Entity("expandable_blockquote", opened.offset, length))
            case _:
                self._entities.append(Entity(kind, opened.offset, length))


def _argument(tag: str, name: str, value: str, before: str) -> str:
    """Return what the tag keeps of its attributes, given what it kept before this one."""
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id"):
            return value
        case "code", "class" if value.startswith("language-"):
            return value.removeprefix("language-")
        case "span", "class" if value.startswith("tg-"):
            return value.removeprefix("tg-")
        case "blockquote", "expandable":
            return "1"
    return before


def parse_html(html: str) -> StyledText:
    """Return the text and its entities; raise the 400 that Telegram answers for HTML outside its subset."""
    read = _HtmlReader(html).read()
    entities = tuple(
        Entity("code", e.offset, e.length) if e.kind == "code" and e.language else e for e in read.entities
    )
    return StyledText(read.text, entities)


def read_entities(text: str, raw: Json) -> tuple[Entity, ...]:
    """Return the entities passed as JSON; stricter than Telegram: out of bounds is refused, not clipped."""
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise _unparsable("expected an Array of entities")
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


def trimmed(styled: StyledText) -> StyledText:
    """Return the text without the blank edges that Telegram cuts, entities moved along."""
    kept = styled.text.rstrip()
    first = min((e.offset for e in styled.entities), default=len(kept))
    cut = 0
    while cut < min(first, len(kept)) and kept[cut] in " \n":
        cut += 1
    end = utf16_length(kept)
    entities = tuple(
        Entity(e.kind, e.offset - cut, min(e.length, end - e.offset), e.url, e.language, e.custom_emoji_id)
        for e in styled.entities
        if e.offset < end
    )
    return StyledText(kept[cut:], entities[:MAX_ENTITIES])


def styled(text: str, parse_mode: str, entities: Json) -> StyledText:
    """Return a caller's text as it will be stored; raise the 400 of a parse mode or an entity that is refused."""
    match parse_mode.lower():
        case "":
            found = StyledText(text, read_entities(text, entities) if entities else ())
        case "html":
            found = parse_html(text)
        case "none":
            found = StyledText(text)
        case _:
            raise bad_request("unsupported parse_mode")
    return trimmed(found)


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


def _tags_of(entity: Entity) -> tuple[str, str]:
    if entity.kind == "text_link":
        return f'<a href="{entity.url}">', "</a>"
    if entity.kind == "pre" and entity.language:
        return f'<pre><code class="language-{entity.language}">', "</code></pre>"
    if entity.kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    tag = _WRITTEN.get(entity.kind)
    return (f"<{tag}>", f"</{tag}>") if tag else ("", "")
