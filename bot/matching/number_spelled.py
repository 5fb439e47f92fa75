"""Reads the codes that are spelled in words: "две тысячи одиннадцать", "двадцать одиннадцать", "two thousand eleven".

Decides which runs of number words make a known code, whichever way its digits are grouped. Everything else is left as
words: "два раза", "тысяча рублей". What the words around such a code mean is decided as for digits, in
`number_context.py`. Called by `number_pieces.py`.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

_UNITS = (
    ("ноль нуль нолик нулевая нулевой zero oh nought", 0),
    ("один одна одно одну первая первый первую one first", 1),
    ("два две вторая второй вторую two second", 2),
    ("три третья третий третью третьей three third", 3),
    ("четыре четвертая четвертый четвертую four fourth", 4),
    ("пять пятая пятый пятую пятой five fifth", 5),
    ("шесть шестая шестой шестую six sixth", 6),
    ("семь седьмая седьмой седьмую seven seventh", 7),
    ("восемь осемь восьмая восьмой восьмую eight eighth", 8),
    ("девять девятая девятый девятую девятой nine ninth", 9),
)
_TEENS = (
    ("десять десятая десятый ten", 10),
    ("одиннадцать одинадцать адиннадцать одиннадцатая одиннадцатый одиннадцатую одиннадцатой eleven eleventh", 11),
    ("двенадцать двенадцатая двенадцатый twelve", 12),
    ("тринадцать тринадцатая тринадцатый thirteen", 13),
    ("четырнадцать четырнадцатая четырнадцатый fourteen", 14),
    ("пятнадцать fifteen", 15),
    ("шестнадцать sixteen", 16),
    ("семнадцать seventeen", 17),
    ("восемнадцать eighteen", 18),
    ("девятнадцать nineteen", 19),
)
_TENS = (
    ("двадцать twenty", 20),
    ("тридцать thirty", 30),
    ("сорок forty fourty", 40),
    ("пятьдесят пядесят пятдесят fifty", 50),
    ("шестьдесят sixty", 60),
    ("семьдесят seventy", 70),
    ("восемьдесят eighty", 80),
    ("девяносто ninety", 90),
)
_VALUES = {word: value for names, value in (*_UNITS, *_TEENS, *_TENS) for word in names.split()}
_THOUSAND = frozenset("тысяча тысячи тысячу тысяч тыща тыщи тыщу тыс thousand".split())  # noqa: SIM905 - as above
_LINKS = frozenset({"and", "и"})

_WORD = re.compile(r"[а-яa-z]+")
_GAP = re.compile(r"[\s-]{1,3}")

MAX_WORDS = 6
"""Words of a code spelled out: "one thousand and fifty eight" has five."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A code in words: the words as they stand and the digits they mean."""

    text: str
    value: str


def spelled(text: str, known: Container[str]) -> dict[int, Spelled]:
    """Return the known codes that a folded text spells in words, by where they begin; the longest run wins."""
    runs: list[list[re.Match[str]]] = []
    for match in _WORD.finditer(text):
        if match.group() not in _VALUES and match.group() not in _THOUSAND and match.group() not in _LINKS:
            continue
        follows = runs and _GAP.fullmatch(text, runs[-1][-1].end(), match.start())
        if follows:
            runs[-1].append(match)
        elif match.group() not in _LINKS:
            runs.append([match])
    found: dict[int, Spelled] = {}
    for run in runs:
        at = 0
        while at < len(run):
            size = next((n for n in range(min(MAX_WORDS, len(run) - at), 1, -1) if _code(run[at : at + n], known)), 1)
            value = _code(run[at : at + size], known) if size > 1 else None
            if value is not None:
                start, end = run[at].start(), run[at + size - 1].end()
                found[start] = Spelled(text[start:end], value)
            at += size
    return found


def _code(run: Sequence[re.Match[str]], known: Container[str]) -> str | None:
    words = [match.group() for match in run]
    if words[-1] in _LINKS:
        return None
    words = [word for word in words if word not in _LINKS]
    for value in (_with_thousand(words), _grouped(words)):
        if value is not None and value in known:
            return value
    return None


def _with_thousand(words: Sequence[str]) -> str | None:
    """Read "две тысячи одиннадцать" and "тысяча пятьдесят восемь"."""
    place = next((at for at, word in enumerate(words) if word in _THOUSAND), None)
    if place is None or place > 1:
        return None
    thousands = _VALUES.get(words[0], 0) if place else 1
    rest = _groups(words[place + 1 :])
    if not 1 <= thousands <= 9 or rest is None or len(rest) != 1:  # noqa: PLR2004 - one digit
        return None
    return str(thousands * 1000 + int(rest[0]))


def _grouped(words: Sequence[str]) -> str | None:
    """Read "двадцать одиннадцать", "двадцать ноль восемь" and "два ноль один один"."""
    groups = _groups(words)
    return "".join(groups) if groups else None


def _groups(words: Sequence[str]) -> list[str] | None:
    """Return the words as groups of digits, tens joined with their units; None where one is no number."""
    groups: list[str] = []
    for word in words:
        value = _VALUES.get(word)
        if value is None:
            return None
        open_tens = groups and len(groups[-1]) == 2 and groups[-1][0] > "1" and groups[-1][1] == "0"  # noqa: PLR2004 - two digits
        if open_tens and 1 <= value <= 9:  # noqa: PLR2004 - a unit
            groups[-1] = groups[-1][0] + str(value)
        else:
            groups.append(str(value))
    return groups
