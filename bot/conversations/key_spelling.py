"""How a right key was spelled: what had to be mended so that it can be typed into a program.

Decides over one written key that is known to be right in its letters. Called by `key_doctor.py`. Pure.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final

from bot.kb.article import KeyFormat

_QUOTES: Final = frozenset("\"'`«»„“”‘’‹›")
_BREAKS: Final = frozenset("\r\n\u2028\u2029")


class Mend(StrEnum):
    """A slip of spelling that does not change which key is meant."""

    PREFIX = "prefix"
    CYRILLIC = "cyrillic"
    GREEK = "greek"
    WIDE = "wide"
    CASE = "case"
    DASHES = "dashes"
    NO_DASHES = "no-dashes"
    MOVED_DASHES = "moved-dashes"
    SPACES = "spaces"
    BREAKS = "breaks"
    QUOTES = "quotes"
    INVISIBLE = "invisible"
    MARKS = "marks"


_SCRIPTS: Final = {"CYRILLIC": Mend.CYRILLIC, "GREEK": Mend.GREEK, "FULLWIDTH": Mend.WIDE}


def mends_of(text: str, start: int, end: int, known: KeyFormat) -> tuple[tuple[Mend, ...], tuple[str, ...]]:
    """Return what was mended in the key at `start:end`, and the letters of other alphabets in it, each once."""
    written = text[start:end]
    mends: set[Mend] = set()
    letters: dict[str, None] = {}
    for char in written:
        script = _script(char)
        if script is not None:
            mends.add(script)
            if script is not Mend.WIDE:
                letters[char.upper()] = None
        if char.islower():
            mends.add(Mend.CASE)
    beginning = [char for char in written if char.isalnum()][: len(known.prefix)]
    if any(char.isascii() and char.upper() != meant for char, meant in zip(beginning, known.prefix, strict=False)):
        mends.add(Mend.PREFIX)
    mends |= _between([char for char in written if not char.isalnum()])
    if text[max(0, start - 1) : start] in _QUOTES and text[end : end + 1] in _QUOTES:
        mends.add(Mend.QUOTES)
    sizes = [len(part) for part in re.split(r"[\W_]+", written) if part]
    if len(sizes) == 1 or sizes == [len(known.prefix) + known.groups[0], *known.groups[1:]]:
        mends.add(Mend.NO_DASHES)
    elif not mends & {Mend.INVISIBLE, Mend.MARKS, Mend.BREAKS} and sizes != [len(known.prefix), *known.groups]:
        mends.add(Mend.MOVED_DASHES)
    return tuple(each for each in Mend if each in mends), tuple(letters)


def _between(chars: list[str]) -> set[Mend]:
    """Return what the characters between letters and digits were instead of hyphens."""
    mends: set[Mend] = set()
    for char in chars:
        kind = unicodedata.category(char)
        if char in _BREAKS:
            mends.add(Mend.BREAKS)
        elif kind in {"Pd", "Pc"} or char == "−":
            mends |= {Mend.DASHES} if char != "-" else set()
        elif kind == "Zs" or char == "\t":
            mends.add(Mend.SPACES)
        elif kind in {"Cf", "Mn", "Me"}:
            mends.add(Mend.INVISIBLE)
        else:
            mends.add(Mend.QUOTES if char in _QUOTES else Mend.MARKS)
    return mends


def _script(char: str) -> Mend | None:
    if char.isascii() or not char.isalnum():
        return None
    return _SCRIPTS.get(unicodedata.name(char, "").partition(" ")[0])
