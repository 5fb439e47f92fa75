"""YAML text to nodes: mappings, sequences and scalars that know their line and column; every scalar is a string.

Decides which YAML a knowledge base may hold: no anchors, tags, tabs in the indentation, double keys, directives or
second documents, and caps on size, depth and count. It does not know articles. Called by `loader.py`.
Works on parser events, because PyYAML's composer overflows the C stack on deep nesting and its constructors read
`0123` as 83 and `no` as False.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

import yaml

MAX_BYTES: Final = 1_000_000
"""The largest file that is read."""
MAX_DEPTH: Final = 20
"""The deepest nesting; a complete article needs 5."""
MAX_NODES: Final = 50_000
"""The most nodes of one file; a large article has about 500."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB_INDENT = re.compile(r"^ *\t", re.MULTILINE)
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Flaw(NamedTuple):
    """What is wrong in a YAML text, and where (from 1)."""

    line: int
    col: int
    message: str


class Scalar(NamedTuple):
    """A piece of text. `literal` tells a `|` block, whose n-th line stands n lines below `line`."""

    text: str
    line: int
    col: int
    literal: bool = False


class Sequence(NamedTuple):
    """A list."""

    items: "list[Node]"
    line: int
    col: int


class Mapping(NamedTuple):
    """Keys and values in the order of the file."""

    pairs: "dict[str, tuple[Scalar, Node]]"
    line: int
    col: int


Node: TypeAlias = Scalar | Sequence | Mapping


class _Stop(Exception):  # noqa: N818 - ends the walk over events; never leaves this module
    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def decode(content: bytes) -> str | Flaw:
    """Return the text of a file, or the flaw that keeps it from being read: not UTF-8, control characters, empty."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from behind the byte order mark.
        start = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        before = content[:start]
        line = before.count(b"\n") + 1
        return Flaw(line, 1, f"not UTF-8: byte {content[start]:#04x} at offset {start}; save the file as UTF-8")
    if found := _UNPRINTABLE.search(text):
        line, col = position(text, found.start())
        return Flaw(line, col, f"control character U+{ord(found.group()):04X}; remove it")
    if not text.strip():
        return Flaw(1, 1, "the file is empty")
    return text


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column (from 1) of the character at `offset`."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def parse(text: str) -> tuple[Node | None, tuple[Flaw, ...]]:
    """Return the node of a YAML text, or None where it has no sound shape, and all flaws that were found.

    A syntax error, a tab in the indentation and a broken cap end the reading: then these are the only flaws.
    """
    tabs = tuple(
        Flaw(*position(text, found.end() - 1), "tab in the indentation; use spaces")
        for found in _TAB_INDENT.finditer(text)
    )
    if tabs:
        return None, tabs
    builder = _Builder(text)
    try:
        node = builder.document()
    except _Stop as stop:
        return None, (stop.flaw,)
    except yaml.MarkedYAMLError as error:
        return None, (_syntax_flaw(error),)
    except yaml.YAMLError as error:
        return None, (Flaw(1, 1, f"not YAML: {error}"),)
    return node, tuple(builder.flaws)


def _syntax_flaw(error: yaml.MarkedYAMLError) -> Flaw:
    mark = error.problem_mark or error.context_mark
    words = ", ".join(part for part in (error.context, error.problem) if part)
    if mark is None:
        return Flaw(1, 1, f"not YAML: {words}")
    return Flaw(mark.line + 1, mark.column + 1, f"not YAML: {words}")


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


class _Builder:
    """Builds nodes from events as they come, so that a nesting bomb is refused after a few events."""

    def __init__(self, text: str) -> None:
        parser = _PARSER(text)
        self._events: Iterator[yaml.Event] = iter(parser.get_event, None)
        self._nodes = 0
        self.flaws: list[Flaw] = []

    def document(self) -> Node | None:
        next(self._events)
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise _Stop(Flaw(1, 1, "the file is empty: it holds only comments"))
        if start.version or start.tags:
            self._flaw(start, "a YAML directive (%…) is not allowed")
        node = self._node(next(self._events), 0)
        next(self._events)
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            self._flaw(after, "a second document begins here; one file holds one document")
        return node

    def _flaw(self, event: yaml.Event, message: str) -> None:
        self.flaws.append(Flaw(*_place(event), message))

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line, col = _place(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Stop(Flaw(line, col, f"more than {MAX_NODES} values in one file"))
        if depth > MAX_DEPTH:
            raise _Stop(Flaw(line, col, f"nested deeper than {MAX_DEPTH} levels"))
        if isinstance(event, yaml.AliasEvent):
            self._flaw(event, f"an alias (*{event.anchor}) is not allowed; write the text out")
            return Scalar("", line, col)
        if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            raise _Stop(Flaw(line, col, "not YAML: a value was expected"))
        if event.anchor is not None:
            self._flaw(event, f"an anchor (&{event.anchor}) is not allowed; write the text out where it is needed")
        if event.tag is not None:
            self._flaw(event, f"a tag ({event.tag}) is not allowed; quote a text that begins with !")
        if isinstance(event, yaml.ScalarEvent):
            if event.style == '"' and (found := _UNPRINTABLE.search(event.value)):
                self._flaw(event, f"control character U+{ord(found.group()):04X}, written as an escape; remove it")
            return Scalar(event.value, line, col, event.style == "|")
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(self._items(depth), line, col)
        return Mapping(self._pairs(depth), line, col)

    def _items(self, depth: int) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _pairs(self, depth: int) -> dict[str, tuple[Scalar, Node]]:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._flaw(event, "a key has to be a word, not a list or a mapping")
            elif key.text in pairs:
                self._flaw(event, f"the key `{key.text}` stands here twice; first in line {pairs[key.text][0].line}")
            else:
                pairs[key.text] = (key, value)
        return pairs
