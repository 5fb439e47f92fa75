"""A pasted text made fit for reading, each character knowing where it stood in what was pasted.

Decides what is noise: quote marks of mail, typographic dashes and quotes that phones put in, invisible characters,
lines that a narrow window broke in the middle of a word. Called by `read.py`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from bot.diagnostics.reading.decode import mend

LONGEST: Final = 1_000_000
"""Characters that are read."""

_EVEN: Final = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad\x00\t\u2028\u2029\x0b\x0c", " "),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033«»", '"'),
        "\u2192": ">",
        "\u2264": "<",
    }
)
"""One character for one, so that places stay."""
_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|[@-_])")
_QUOTE: Final = re.compile(r"(?m)^[ ]{0,3}(?:[>|][ ]?){1,5}(?=[ ]*[^\s>|-])")
_WIDTHS: Final = (78, 79, 80, 81, 100, 120)
_FEW: Final = 2


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text to read; `text[i]` stood at `places[i]` of the pasted one, or at `i` where there are no places."""

    text: str
    places: Sequence[int] = ()

    def place(self, at: int) -> int:
        """Return where the character at `at` stood."""
        if not self.places:
            return at
        return self.places[min(at, len(self.places) - 1)] + (at >= len(self.places))


def prepare(text: str) -> Prepared:
    """Return the text with even blanks, dashes and quotes, and without quote marks, colours and wrong letters."""
    text = text[:LONGEST]
    mended = mend(text)
    even = mended.translate(_EVEN).replace("\r", "\n")
    even = _QUOTE.sub(_blank, _ANSI.sub(_blank, even))
    return Prepared(even, () if len(mended) == len(text) else _line_by_line(text, mended))


def unwrapped(prepared: Prepared) -> Prepared | None:
    """Return the text with lines that a narrow window broke joined again, or None where none look broken.

    A window breaks lines at its width, so two or more lines are of that very length, and no line is longer.
    """
    lines = prepared.text.split("\n")
    longest = max(map(len, lines), default=0)
    full = sum(len(line) == longest for line in lines)
    if longest < 40 or (longest not in _WIDTHS and full < _FEW):  # noqa: PLR2004 - no window is narrower
        return None
    characters: list[str] = []
    places: list[int] = []
    at = 0
    for line in lines:
        characters.append(line)
        places.extend(range(at, at + len(line)))
        at += len(line)
        if len(line) != longest:
            characters.append("\n")
            places.append(at)
        at += 1
    return Prepared("".join(characters), [prepared.place(place) for place in places])


def _line_by_line(text: str, mended: str) -> list[int]:
    """Return the places of a mended text: within a line, characters stand where as many stood before."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    places: list[int] = []
    for start, line, new in zip(starts, lines, mended.split("\n"), strict=False):
        places.extend(start + min(at, len(line)) for at in range(len(new) + 1))
    return places


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())
