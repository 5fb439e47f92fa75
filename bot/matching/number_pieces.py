"""Finds the number-like pieces of a message, however they are written, with the words around them.

Decides what is written like a number that may be a code: glued to a word, in full-width digits, with letters that look
like digits. Dates, times, versions, phones, addresses, keys and hashes are taken out first. What a number means is
decided in `number_context.py`, whether it is a known code in `codes.py`, which calls this.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from bot.matching.number_context import Sense, is_error_word, is_feature_word

MIN_GLUED = 3
"""Digits that a number glued to a foreign word must have: "1с", "3d" and "5g" are words."""

_LOOK_ALIKE = str.maketrans("оoоlіi|зб", "000111136")
_DIGIT_LIKE = frozenset("0123456789оolіi|зб")
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
    | \b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b                # 12.03.2026
    | \b(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}(?:t[\d:.]+z?)?\b   # 2026-03-12
    | \b(?:0?[1-9]|1[0-2])[./](?:19|20)\d\d\b                    # 03.2026
    | \b\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?\b                   # 10:58
    | \bv?\d+(?:\.\d+){1,}(?:-[a-z]+\d*)?\b                      # 2024.1, 8.3.25
    | (?:\+\d|\b[78])[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}\b
    | \+\d[\d\s()-]{8,16}\d                                      # phones
    | \(\d{3,5}\)\s*\d[\d\s-]{3,9}\d
    | \b\d{2,3}-\d{2}-\d{2}\b
    | \b\d{6,}\b
    """,
    re.VERBOSE,
)
_PIECE = re.compile(r"[^\W_]+|[.!?;\n()\[\]{}\"«»,:=#№$€₽£%/-]|\|")
_GLUED_BEFORE = re.compile(r"([^\W\d_]+?)([\doоlіiзб|]+)")
_GLUED_AFTER = re.compile(r"(\d+)([^\W\d_]+)")
_GLUED_WORDS = frozenset({"e", "е", "er", "no", "n", "err", "lic"})
_SENTENCE_END = frozenset(".!?;\n")
_SHORTENED = frozenset(
    {"доб", "каб", "вн", "внутр", "тел", "ext", "тлф", "кв", "стр", "ком", "ред", "вер", "ver", "no"}
)
_KEPT = frozenset("$€₽£%,")
_CONTEXT = 4


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


def find_numbers(text: str, named: Container[str]) -> list[Number]:
    """Return the number-like pieces of a folded text with the words around them, dates, phones and keys left out.

    `named`: known codes that hold letters.
    """
    hidden = _HIDDEN.sub(lambda match: "\x00" * len(match.group()), text)
    pieces = [(match.start(), match.group()) for match in _PIECE.finditer(hidden)]
    found: list[Number] = []
    for at, (start, piece) in enumerate(pieces):
        written = _Written(piece, piece.upper()) if piece.upper() in named else _read(piece)
        if written is None:
            continue
        begin = start + written.offset
        end = begin + len(written.text)
        before, after = _around(pieces, at)
        if written.tail:
            after = (written.tail, *after)
        opening = pieces[at - 1][1] if at else ""
        closing = pieces[at + 1][1] if at + 1 < len(pieces) else ""
        bracketed = opening in '([{"«' and closing in ')]}"»' and bool(opening and closing)
        found.append(Number(begin, end, written.text, written.value, written.glued, before, after, bracketed))
    return found


def _read(piece: str) -> _Written | None:
    if piece.isdecimal():
        return _Written(piece, str(int(piece)).zfill(len(piece)))
    if _is_digit_like(piece):
        return _Written(piece, piece.translate(_LOOK_ALIKE))
    return _read_word_first(piece) or _read_digits_first(piece)


def _read_word_first(piece: str) -> _Written | None:
    match = _GLUED_BEFORE.fullmatch(piece)
    if match is None or not _is_digit_like(match[2]):
        return None
    value = match[2].translate(_LOOK_ALIKE)
    if is_error_word(match[1]) or match[1] in _GLUED_WORDS or match[1].endswith("error"):
        return _Written(match[2], value, match.start(2), Sense.ERROR)
    return _Written(match[2], value, match.start(2), Sense.FEATURE) if is_feature_word(match[1]) else None


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
        if piece in _KEPT or piece.isalpha():
            before.append(piece)
    after: list[str] = []
    for place in range(at + 1, min(at + 9, len(pieces))):
        piece = pieces[place][1]
        if piece in _SENTENCE_END or piece == ",":
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
