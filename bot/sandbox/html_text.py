"""HTML as Telegram reads it: a text and its entities, or the refusal with its byte offset.

Decides what "can't parse entities" is: the walk follows the rules of TDLib's HTML reader, its wording included.
Called by `formatting.py`.
"""

from dataclasses import dataclass

from bot.sandbox.entities import Entity, StyledText
from bot.sandbox.wire import Refused, bad_request

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
_SPACES = b" \t\r\n\0\x0b"
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_LAST_CODE_POINT = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_REFERENCE_LIMIT = 10


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    start: int


def _unparsable(reason: str) -> Refused:
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
