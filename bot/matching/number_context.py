"""What the words around a number say it is: an error code, a numbered feature, or something else altogether.

Decides nothing about which article is meant; `codes.py` asks here whether a number in a message may be read as a code.
The nearest telling word decides ("ошибка подключения к порту 8222" is a port), before and after taken in turn. Years,
dates, phones, ports, extensions, orders, prices, amounts, versions and times are refused here, each by its name, so
that the reasons of a decision can say it. The word lists stand in `number_lists.py`.
"""

import re
from collections.abc import Sequence

from bot.matching import morphology
from bot.matching import number_lists as lists
from bot.matching.number_lists import Sense

_BOTH: tuple[tuple[Sense, re.Pattern[str]], ...] = (
    (Sense.ERROR, lists.ERROR),
    (Sense.FEATURE, lists.FEATURE),
    (Sense.PORT, lists.PORT),
    (Sense.EXTENSION, lists.EXTENSION),
    (Sense.ORDER, lists.ORDER),
)
_BEFORE = (
    *_BOTH,
    (Sense.PIN, lists.PIN),
    (Sense.VERSION, lists.VERSION),
    (Sense.IDENTITY, lists.IDENTITY),
    (Sense.PLACE, lists.PLACE),
    (Sense.LINE, lists.LINE),
    (Sense.PRICE, lists.PRICE),
    (Sense.YEAR, lists.YEAR),
    (Sense.SAID, lists.SAYS),
)
_AFTER = (
    (Sense.YEAR, lists.YEAR),
    (Sense.PRICE, lists.PRICE),
    (Sense.AMOUNT, lists.AMOUNT),
    *_BOTH,
    (Sense.PLACE, lists.PLACE),
)
_SHORT_REACH = frozenset({Sense.PRICE, Sense.PLACE, Sense.LINE, Sense.IDENTITY})
"""Senses that only the word right before a number gives."""

_TIME_PREPOSITION = frozenset(
    "в с до после от за к на по около примерно in since of from until till by for as".split()  # noqa: SIM905 - readable
)
_SURE_TIME_PREPOSITION = frozenset({"в", "in", "since", "до", "until", "за", "к", "from", "by"})
_WITH_CALLS = frozenset({"на", "с", "по", "to", "from", "on"})
_ONE_S = frozenset({"1с", "1c"})
_INSIDE = frozenset({"в", "из", "к", "на", "in"})

COMMA = ","
"""Stands among the words before a number where a clause ends."""

HASH = "#"
"""Stands among the words before a number that is written "№ 2011"."""

_FIRST_YEAR, _LAST_YEAR = 1990, 2036
_REACH_BEFORE, _REACH_AFTER = 3, 2


def sense(value: str, before: Sequence[str], after: Sequence[str]) -> Sense:
    """Return what a number is, given the folded words before it (nearest first) and after it, within its sentence."""
    if COMMA in before:
        # What is said before a comma announces an error still, and nothing else.
        comma = before.index(COMMA)
        before = [word for at, word in enumerate(before) if at < comma or is_error_word(word)]
    hashed = HASH in before[:1]
    before = [word for word in before if word != HASH]
    if _of_another_kind(before, after):
        return Sense.PIN
    beside = _beside(value, before)
    if beside is not None:
        return beside
    for distance in range(max(_REACH_BEFORE, _REACH_AFTER)):
        if distance < min(_REACH_BEFORE, len(before)):
            found = _read(before[distance], _BEFORE)
            if found is Sense.PLACE and distance + 1 < len(before) and lists.CLIENT_CABINET.match(before[distance + 1]):
                found = None
            if found is not None and (distance == 0 or found not in _SHORT_REACH):
                return found
        if distance < min(_REACH_AFTER, len(after)):
            found = _read(after[distance], _AFTER)
            if found is not None and (distance == 0 or found is Sense.ERROR):
                return found
    return _weak_sense(value, before, after, hashed=hashed)


def _of_another_kind(before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether "код" before the number is no error's: "код из смс 2011", "код города 495"."""
    for distance, word in enumerate(before[:3]):
        if lists.CODE_WORD.match(word):
            around = (*before[:distance], *before[distance + 1 : distance + 2], *(after[:1] if distance == 0 else ()))
            return any(lists.OTHER_CODE.match(other) for other in around)
    return False


def _beside(value: str, before: Sequence[str]) -> Sense | None:
    """Return what only the word right before a number, or before its preposition, may say."""
    if not before:
        return None
    near = before[1] if before[0] in _WITH_CALLS and len(before) > 1 else before[0]
    if lists.EXTENSION_BESIDE.match(near):
        return Sense.EXTENSION
    if not looks_like_year(value):
        return None
    if lists.YEAR_BESIDE.match(before[0]) and (before[0] not in {"с", "c"} or len(before) == 1):
        return Sense.YEAR
    if before[0] in _ONE_S and not _INSIDE.intersection(before[1:2]):
        return Sense.VERSION
    dated = len(before) > 1 and before[0] in _TIME_PREPOSITION and lists.YEAR_BEFORE_PREPOSITION.match(before[1])
    return Sense.YEAR if dated else None


def _weak_sense(value: str, before: Sequence[str], after: Sequence[str], *, hashed: bool) -> Sense:
    if any(lists.NUMBER_WORD.match(word) for word in (*before[:1], *after[:1])):
        return Sense.EXTENSION
    if hashed and after[:1] == ("от",):
        return Sense.ORDER
    if looks_like_year(value) and _is_dated(before, after):
        return Sense.YEAR
    if after and morphology.is_counted(after[0]):
        return Sense.AMOUNT
    return Sense.SAID if after and lists.SAYS.match(after[0]) else Sense.PLAIN


def _is_dated(before: Sequence[str], after: Sequence[str]) -> bool:
    """Say whether a preposition makes a year of the number: "в 2023", "с 2023 пользуемся"."""
    if not before or before[0] not in _TIME_PREPOSITION:
        return False
    return before[0] in _SURE_TIME_PREPOSITION or any(_is_telling(word) for word in after[:1])


def looks_like_year(value: str) -> bool:
    """Say whether a number might be a year somebody writes to support about."""
    return len(value) == 4 and value.isdecimal() and _FIRST_YEAR <= int(value) <= _LAST_YEAR  # noqa: PLR2004 - digits of a year


def _is_telling(word: str) -> bool:
    return word.isalpha() and len(word) > 2  # noqa: PLR2004 - longer than a preposition


def _read(word: str, table: Sequence[tuple[Sense, re.Pattern[str]]]) -> Sense | None:
    return next((found for found, pattern in table if pattern.match(word)), None)


def is_error_word(word: str) -> bool:
    """Say whether a folded word announces an error code."""
    return lists.ERROR.match(word) is not None


def is_feature_word(word: str) -> bool:
    """Say whether a folded word announces a numbered feature."""
    return lists.FEATURE.match(word) is not None
