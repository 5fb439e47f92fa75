"""Reduces a text to its significant letters, each with the place it came from.

Decides what counts as the same letter (case, full width, Cyrillic, Greek look-alikes), what is invisible, and what kind
of gap stands between two letters; resolves HTML, URL and JSON escapes. It knows nothing about keys: `keys.py`,
its only caller, reads the letters. One pass over the text for each reading of it.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

LOOK_ALIKES: Final = str.maketrans(
    "АВЕКМНОРСТХУЅІЈԚԜԀҮҺѴӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ",
    "ABEKMHOPCTXYSIJQWDYHVIABEZHIKMNOPTYXCJ",
)
"""Cyrillic and Greek capitals that are drawn like Latin ones. O and 0 stay apart: keys hold both."""

# Classes of what stands between two letters.
NONE, HYPHEN, POINT, SPACE, BREAK, OTHER, WALL = ".hpsnow"
JOINTS: Final = frozenset((HYPHEN, POINT))
BLANKS: Final = frozenset((SPACE, BREAK))
MAX_MARKS, MAX_BREAKS, MAX_STARS = 24, 4, 3

MASKED: Final = re.compile(
    r"[A-Z0-9]{2,12}-…[A-Z0-9]{4}(?![A-Za-z0-9])|‹(?:password|token|private key|phone|email|inn|card)›"
)
"""What redaction leaves behind: never a part of a key again."""

MAX_LAYERS: Final = 4
"""How often a text is unescaped: `%2526ndash%253B` and the like come from mail gateways and log viewers."""

_ESCAPE = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});|\\u[0-9a-fA-F]{4}|\\[nrt]"
)
_TAG = re.compile(r"</?(?i:a|b|i|u|s|p|br|wbr|em|td|tr|li|pre|div|code|span|font|strong|nobr)\b[^<>]{0,300}>")
_WALL_CHAR = "\ufdd0"
"""Stands for what redaction left behind; a noncharacter, and one that a customer sends is not taken for it."""

_INVISIBLE = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@dataclass(frozen=True, slots=True)
class Letters:
    """The significant characters of a text: `text[i]` came from `starts[i]:ends[i]`, after a gap of class `gaps[i]`."""

    text: str
    gaps: str
    starts: Sequence[int]
    ends: Sequence[int]
    upper: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Placed:
    """A text whose character `text[i]` stands for `starts[i]:ends[i]` of the text that was given."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


@lru_cache(maxsize=8192)
def _fold(char: str) -> str:
    """Return what a character stands for: letters, one mark of punctuation, a blank, or nothing (invisible)."""
    if char in "\n\r\v\f\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(char)
    if char == "\t" or category == "Zs":
        return " "
    if category in {"Mn", "Me", "Cf", "Cc"} or char in _INVISIBLE:
        return ""
    if category in {"Pd", "Pc"} or char in "−¬":
        return "-"
    plain = unicodedata.normalize("NFKD", char)
    if category == "So" and len(plain) > 1:  # the number sign and the trade mark are no letters
        return "#"
    out = []
    for each in plain.upper():
        if unicodedata.category(each) in {"Mn", "Me"}:
            continue
        folded = each.translate(LOOK_ALIKES)
        if unicodedata.decimal(folded, None) is not None:
            folded = str(unicodedata.decimal(folded))
        out.append(folded if folded.isalnum() or folded in "-*" else "#")
    return "".join(out)


def _class_of(gap: str) -> str:
    marks = gap.replace(" ", "").replace("\n", "")
    if len(marks) > MAX_MARKS or gap.count("\n") > MAX_BREAKS or "*" * (MAX_STARS + 1) in marks:
        return WALL
    if not marks:
        return BREAK if "\n" in gap else SPACE
    if "-" in marks:
        return HYPHEN
    return POINT if len(marks) == len(gap) else OTHER


def _letters(placed: Placed) -> Letters:
    """Reduce characters with their places to significant letters."""
    text: list[str] = []
    gaps: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    upper: list[bool] = []
    between: list[str] = []
    wall = True
    for char, start, end in zip(placed.text, placed.starts, placed.ends, strict=True):
        if char == _WALL_CHAR:
            wall = True
            continue
        for each in _fold(char):
            if each in " \n-*#":
                between.append(each)
                continue
            text.append(each)
            gaps.append(WALL if wall else _class_of("".join(between)) if between else NONE)
            starts.append(start)
            ends.append(end)
            upper.append(not char.islower())
            between.clear()
            wall = False
    return Letters("".join(text), "".join(gaps), starts, ends, upper)


def _unescape(written: str) -> str:
    match written[0]:
        case "&":
            return html.unescape(written)
        case "\\":
            return chr(int("0x" + written[2:], base=0)) if written[1] == "u" else "\n"
        case "<":
            return ""
        case _:
            return unquote(written, errors="replace")


def _placed(text: str) -> Placed:
    """Give each character its place; what redaction left behind becomes one wall."""
    text = text.replace(_WALL_CHAR, "\ufdd1")
    places = range(len(text))
    whole = Placed(text, places, range(1, len(text) + 1))
    return _rewritten(whole, MASKED, lambda _: _WALL_CHAR)


def _rewritten(placed: Placed, pattern: re.Pattern[str], write: Callable[[str], str]) -> Placed:
    """Replace what matches; every new character gets the place of the whole match."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for match in pattern.finditer(placed.text):
        start, end = match.span()
        new = write(match.group())
        out += [placed.text[at:start], new]
        starts += placed.starts[at:start]
        ends += placed.ends[at:start]
        starts += [placed.starts[start]] * len(new)
        ends += [placed.ends[end - 1]] * len(new)
        at = end
    out.append(placed.text[at:])
    starts += placed.starts[at:]
    ends += placed.ends[at:]
    return Placed("".join(out), starts, ends)


def _plain(written: str) -> str:
    return _unescape(written).replace(_WALL_CHAR, "\ufdd1")


def readings(text: str) -> Iterator[Letters]:
    """Yield the text as written, then with its escapes resolved layer by layer, then without its tags."""
    placed = _placed(text)
    yield _letters(placed)
    for _ in range(MAX_LAYERS):
        if not _ESCAPE.search(placed.text):
            break
        placed = _rewritten(placed, _ESCAPE, _plain)
        yield _letters(placed)
    if _TAG.search(placed.text):
        yield _letters(_rewritten(placed, _TAG, _plain))
