"""Finds the number-like pieces of a message, however they are written, with the words around them.

Decides what is written like a number that may be a code: glued to a word, in full-width digits, with letters that look
like digits. Dates, times, versions, phones, addresses, keys and hashes are taken out first. What a number means is
decided in `number_context.py`, whether it is a known code in `codes.py`, which calls this.
"""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from bot.matching.number_context import COMMA, HASH, is_error_word, is_feature_word
from bot.matching.number_lists import Sense
from bot.matching.number_spelled import Spelled, spelled

MIN_GLUED = 3
"""Digits that a number glued to a foreign word must have: "1с", "3d" and "5g" are words."""

MAX_FOUND = 300
"""Numbers of one message that are read: a bound on time for pasted noise."""

MAX_ALIKE = 16
"""Readings of a piece with look-alike letters that are tried."""

_LOOK_ALIKE = str.maketrans("оoоlіi|зб", "000111136")
_DIGIT_LIKE = frozenset("0123456789оolіi|зб")
_ALIKE = {"о": "0", "o": "0", "l": "1", "i": "1", "і": "1", "|": "1", "!": "1", "з": "3", "э": "3", "б": "6", "в": "8"}
_ALIKE |= {"b": "86", "s": "5", "z": "2", "g": "96", "ч": "4", "q": "9", "д": "0", "d": "0"}
"""Letters that stand for digits only where that makes a known code: 10S8."""
_HIDDEN = re.compile(
    r"""
      \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b            # GUID
    | \b(?=[0-9a-f]{0,80}?\d)[0-9a-f]{16,80}\b                  # hash, session
    | \b[a-zа-я]{2,12}(?:-[\da-zа-яx*]{4,6}){2,}(?!\w)           # licence key, coupon
    # Device name.
    | \b(?=[\w-]{0,60}?(?:[a-z]\d|\d[a-z]))\w{1,40}(?:-\w{1,40}){2,9}
    # Host, port, path.
    | \b(?=[\w-]{0,40}[a-zа-я])(?:[\w-]{1,40}\.){1,6}(?:[a-z]{2,6}|рф)\b(?::\d{2,5})?(?:/\S{0,200})?
    | \b\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5})?(?:/\d+)?            # IP address
    | (?<![\w)])\s:\d{2,5}\b | ^:\d{2,5}\b                       # :443
    | \b(?!err|code|kod|exc)[a-z][\w.-]{0,40}\[\d{1,7}\]          # gnatsd[1058]: a process
    | \b\w{1,40}\.(?:cs|js|py|go|java|php|cpp|dll|exe|bsl|ts|c|h):\d{1,6}(?::\d{1,6})?\b  # file and line
    | \b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b                # 12.03.2026
    | \b(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}\ \d{1,2},?\ (?:19|20)\d\d\b
    | \b(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}(?:t[\d:.]+z?)?\b   # 2026-03-12
    | \b(?:0?[1-9]|1[0-2])[./](?:19|20)\d\d\b                    # 03.2026
    | \b\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\b                   # 10:58
    | \bv?\d+(?:\.\d+){1,}(?:-[a-z]+\d*)?\b                      # 2024.1, 8.3.25
    | (?:\+\d|\b[78])[\s(-]{0,3}\d{3}[\s)-]{0,3}\d{3}[\s-]{0,3}\d{2}[\s-]{0,3}\d{2}\b
    | \b8[\s(-]{1,3}\d{3}[\s)-]{1,3}\d{2,4}[\s-]\d{2,4}(?:[\s-]\d{2,4})?\b
    | \b\d{3}-\d{4}\b
    | \+\d[\d\s()-]{8,16}\d                                      # phones
    | \(\d{3,5}\)\s*\d[\d\s-]{3,9}\d
    | \b\d{2,3}-\d{2}-\d{2}\b
    | (?<![\d,]\s)(?<![\d,])\b\d{1,6},\d{1,2}\b(?!,?\d)               # 2009,50
    | \b\d{6,}\b
    """,
    re.VERBOSE,
)
_PIECE = re.compile(r"[^\W_]+|[.!?;\n()\[\]{}\"«»,:=#№$€₽£%/-]|\|")
_ANNOUNCED = re.compile(
    r"""
    \b(?P<word>[^\W\d_]{2,20})\W{0,3}(?:(?:номер|no|number|код|code)\W{0,3})?
    (?<!\d)(?P<digits>\d(?:[ .,_'/-]{0,2}\d){2,5})(?![\w]|[.,/:-]\d)
    """,
    re.VERBOSE,
)
"""A code with separators ("2.011", "20.11"), which only a word right before it tells from a date or a version."""

_DIGIT = re.compile(r"\d")
_SEPARATORS = re.compile(r"[ .,_'/-]")
_CLOCK = re.compile(r"\s*(?:утра|вечера|ночи|дня|час|мин|am|pm)\b")
_GLUED_BEFORE = re.compile(r"([^\W\d_]+?)([\doоlіiзб|]+)")
_GLUED_RUSSIAN = re.compile(r"([а-я]{3,20})(\d{4})")
_GLUED_AFTER = re.compile(r"(\d+)([^\W\d_]+)")
_GLUED_WORDS = frozenset({"e", "е", "er", "no", "n", "err", "lic"})
_SENTENCE_END = frozenset(".!?;\n")
_SHORTENED = frozenset(
    {
        "доб",
        "каб",
        "вн",
        "внутр",
        "тел",
        "ext",
        "тлф",
        "кв",
        "стр",
        "ком",
        "ред",
        "вер",
        "ver",
        "no",
        "рис",
        "п",
        "v",
        "ул",
    }
)
_KEPT = frozenset("$€₽£%,")
_CONTEXT = 4
MAX_CODE = 5
"""Characters of a code with look-alike letters."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a message: where and how it is written, what a word glued to it says, and its neighbours.

    `before` holds the words of the same sentence, nearest first; `after` the words that follow.
    """

    start: int
    end: int
    text: str
    value: str
    glued: Sense | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    bracketed: bool


@dataclass(frozen=True, slots=True)
class _Written:
    """The number in one piece of text: as written, as meant, where it begins, and what is glued to it."""

    text: str
    value: str
    offset: int = 0
    glued: Sense | None = None
    tail: str = ""
    head: str = ""


def merged(first: Number, second: Number, value: str, text: str) -> Number:
    """Return one number made of two pieces and what is between them."""
    return Number(
        first.start,
        second.end,
        text[first.start : second.end],
        value,
        first.glued,
        first.before,
        second.after,
        first.bracketed,
    )


def find_numbers(text: str, known: Container[str], *, in_letters: bool = False) -> list[Number]:
    """Return the number-like pieces of a folded text with the words around them, dates, phones and keys left out.

    `known`: the codes there are; a piece that could be much else is a number where that makes one of them.
    `in_letters`: some of them are letters and nothing else.
    """
    digits = _DIGIT.search(text) is not None
    hidden = hide(text) if digits else text
    found: list[Number] = []
    announced = _announced(text, known) if digits else {}
    for start, original in announced.items():
        value = _SEPARATORS.sub("", original)
        hidden = hidden[:start] + value + "\x00" * (len(original) - len(value)) + hidden[start + len(original) :]
    in_words = spelled(hidden, known)
    if not digits and not in_words and not in_letters:
        return []
    pieces = list(_pieces(hidden, in_words))
    for at, (start, piece) in enumerate(pieces):
        written: _Written | None
        if start in in_words:
            written = _Written(in_words[start].text, in_words[start].value)
        elif start in announced:
            written = _Written(announced[start], piece)
        else:
            written = _Written(piece, piece.upper()) if _is_lettered(piece, known) else _read(piece, known)
        if written is None:
            continue
        if len(found) == MAX_FOUND:
            break
        begin = start + written.offset
        end = begin + len(written.text)
        before, after = _around(pieces, at)
        if written.tail:
            after = (written.tail, *after)
        if written.head:
            before = (written.head, *before)
        opening = pieces[at - 1][1] if at else ""
        closing = pieces[at + 1][1] if at + 1 < len(pieces) else ""
        bracketed = opening in '([{"«' and closing in ')]}"»' and bool(opening and closing)
        found.append(Number(begin, end, written.text, written.value, written.glued, before, after, bracketed))
    return found


def hide(text: str) -> str:
    """Return the text with zeros of no meaning in place of dates, versions, phones, addresses, keys and hashes."""
    return _HIDDEN.sub(lambda match: "\x00" * len(match.group()), text)


def _pieces(hidden: str, in_words: dict[int, Spelled]) -> Iterator[tuple[int, str]]:
    """Yield the pieces with their places; a number in words is one piece, its value."""
    end = -1
    for match in _PIECE.finditer(hidden):
        start = match.start()
        if start in in_words:
            end = start + len(in_words[start].text)
            yield start, in_words[start].value
        elif start >= end:
            yield start, match.group()


def _announced(text: str, known: Container[str]) -> dict[int, str]:
    """Return the codes written with separators right after an error word, by where they begin."""
    found: dict[int, str] = {}
    for match in _ANNOUNCED.finditer(text):
        written = match["digits"]
        value = _SEPARATORS.sub("", written)
        if value == written or value not in known or not is_error_word(match["word"]):
            continue
        if not _CLOCK.match(text, match.end()):
            found[match.start("digits")] = written
    return found


def _is_lettered(piece: str, known: Container[str]) -> bool:
    return not piece.isdecimal() and piece.upper() in known


def _read(piece: str, known: Container[str]) -> _Written | None:
    if piece.isdecimal():
        value = str(int(piece)).zfill(len(piece)) if piece.isdigit() else piece
        return _Written(piece, value if value in known or value.lstrip("0") not in known else value.lstrip("0"))
    if _is_digit_like(piece):
        value = piece.translate(_LOOK_ALIKE)
        return _Written(piece, value if value in known else _alike(piece, known) or value)
    alike = _alike(piece, known)
    if alike is not None:
        return _Written(piece, alike)
    return _read_word_first(piece, known) or _read_digits_first(piece)


def _alike(piece: str, known: Container[str]) -> str | None:
    """Return the known code that a piece of digits and look-alike letters spells, a digit at least among them."""
    if not 3 <= len(piece) <= MAX_CODE or not any(char.isdecimal() for char in piece):  # noqa: PLR2004 - as in codes.py
        return None
    letters = [char if char.isdecimal() else _ALIKE.get(char, "") for char in piece]
    if not all(letters):
        return None
    readings = ("".join(chars) for chars in islice(product(*letters), MAX_ALIKE))
    return next((reading for reading in readings if reading in known), None)


def _read_word_first(piece: str, known: Container[str]) -> _Written | None:
    match = _GLUED_BEFORE.fullmatch(piece)
    if match is None or not _is_digit_like(match[2]):
        return None
    value = match[2].translate(_LOOK_ALIKE)
    if is_error_word(match[1]) or match[1] in _GLUED_WORDS or match[1].endswith("error"):
        return _Written(match[2], value, match.start(2), Sense.ERROR)
    if is_feature_word(match[1]):
        return _Written(match[2], value, match.start(2), Sense.FEATURE)
    russian = _GLUED_RUSSIAN.fullmatch(piece)
    if russian is not None and russian[2] in known:
        return _Written(russian[2], russian[2], russian.start(2), head=russian[1])
    return None


def _read_digits_first(piece: str) -> _Written | None:
    match = _GLUED_AFTER.fullmatch(piece)
    if match is None:
        return None
    if is_error_word(match[2]):
        return _Written(match[1], match[1], glued=Sense.ERROR)
    if is_feature_word(match[2]):
        return _Written(match[1], match[1], glued=Sense.FEATURE)
    return _Written(match[1], match[1], tail=match[2]) if len(match[1]) >= MIN_GLUED else None


def _is_digit_like(piece: str) -> bool:
    digits = sum(char.isdecimal() for char in piece)
    return digits * 2 >= len(piece) > 1 and digits > 0 and all(char in _DIGIT_LIKE for char in piece)


def _around(pieces: Sequence[tuple[int, str]], at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before: list[str] = []
    for place in range(at - 1, max(-1, at - 9), -1):
        piece = pieces[place][1]
        if piece in _SENTENCE_END and not (piece == "." and place and pieces[place - 1][1] in _SHORTENED):
            break
        if piece in _KEPT or piece.isalpha() or piece in {HASH, "1с", "1c"}:
            before.append(piece)
    after: list[str] = []
    for place in range(at + 1, min(at + 9, len(pieces))):
        piece = pieces[place][1]
        if piece in _SENTENCE_END or piece == COMMA:
            break
        if piece in _KEPT or piece.isalpha():
            follower = pieces[place + 1][1] if place + 1 < len(pieces) else ""
            if is_error_word(piece) and follower[:1].isdecimal():
                break
            after.append(piece)
        elif piece[0].isdecimal():
            break
    return tuple(before[:_CONTEXT]), tuple(after[:_CONTEXT])


def without(text: str, numbers: Sequence[Number]) -> str:
    """Return the text with the numbers blanked."""
    result = list(text)
    for number in numbers:
        result[number.start : number.end] = " " * (number.end - number.start)
    return "".join(result)
