"""How fingers slip: which misspelling is likely where several words are equally near.

Decides nothing; `repair.py` asks here to break ties: two letters swapped, a letter doubled, a neighbouring key.
"""

import re
from itertools import groupby

_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_PLACE = {letter: (y, x + y / 2) for y3, row in enumerate(_ROWS) for y in (y3 % 3,) for x, letter in enumerate(row)}
_VOWELS = tuple(map(frozenset, ("аоя", "еиэы", "иы", "уюо", "aeo", "iey", "ou")))
_SOUNDS = tuple(map(frozenset, ("тд", "бп", "вф", "гкх", "зс", "жшщ", "цс", "ck", "sz", "vw")))
_RUN = re.compile(r"(.)\1{2,}")

NEAR = 1.5
"""Keys from here on are not neighbours; one row is half a key to the right of the row above."""


def squeezed(word: str) -> str:
    """Return the word with every run of one letter shortened to one."""
    return "".join(letter for letter, _ in groupby(word))


def without_runs(word: str) -> str:
    """Return the word with runs of three letters and more shortened to one: "ааааа", "помогиииите"."""
    return _RUN.sub(r"\1", word)


def is_slip(written: str, meant: str) -> bool:
    """Say whether one slip of a finger or of the ear makes `written` of `meant`."""
    if squeezed(written) == squeezed(meant):
        return True
    if len(written) != len(meant):
        return False
    differing = [(one, other) for one, other in zip(written, meant, strict=True) if one != other]
    if len(differing) == 2:  # noqa: PLR2004 - a swap
        return differing[0] == differing[1][::-1]
    return len(differing) == 1 and _is_near(*differing[0])


def _is_near(one: str, other: str) -> bool:
    if any(one in group and other in group for group in (*_VOWELS, *_SOUNDS)):
        return True
    first, second = _PLACE.get(one), _PLACE.get(other)
    if first is None or second is None or (one < "а") != (other < "а"):
        return False
    return abs(first[0] - second[0]) <= 1 and abs(first[1] - second[1]) <= NEAR - (first[0] == second[0]) * 0.4
