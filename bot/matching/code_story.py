"""What the whole message says of its numbers: which make a list, which are years, which codes are over or only quoted.

Decides in what role a number stands, given what its neighbours say (`number_context.py`). Which article a code leads to
is decided in `codes.py`, which calls this.
"""

import re
from collections.abc import Collection, Sequence

from bot.matching import morphology
from bot.matching.lexicon import FILLERS
from bot.matching.number_context import HASH, looks_like_year, sense
from bot.matching.number_lists import Sense
from bot.matching.number_pieces import Number

_LISTED = re.compile(r"\W*(?:и|или|and|or)?\W*")
_CLAUSE = re.compile(r"[.,;!?\n]|\s(?:а|но|теперь|сейчас|зато|now|but|then)\s")
_OVER = re.compile(
    r"(?<!не )\b(?:реши(?:л|ли|лась|лось|лся|ла|лись)"
    r"|исправ(?:ил|лен)\w*|почини(?:л|ла|ли)|устран(?:ил|ен)\w*|победил\w*"
    r"|побороли|ушла|ушел|прошла"
    r"|пропал\w*|исчез\w*|больше нет|больше не\b|была|было|был|раньше|ранее|вначале|сначала|до этого"
    r"|fixed|solved|resolved|gone|used to|was|previously|earlier|no longer)\b"
)
_STILL = re.compile(r"\b(?:теперь|сейчас|now|опять|снова|again|вылез\w*|появил\w*|осталась|still)\b")
_REPLACED = re.compile(r"\b(?:вместо|после|instead of|after)(?:\s+(?:ошибк\w+|кода|error|code))?\s*\W*$")
_QUOTED = re.compile(
    r"(?:\b(?:не|not|про|about|стать[яюией]+|инструкци[яюией]+|article|похож\w*\s+на|вроде|типа|like|unlike|кроме|except|как\s+(?:при|с|у))"
    r"|\b(?:сосед|коллег|друг|знаком|у\s+других|colleague|friend)\w*(?:\s+\w+){0,2})"
    r"\s+(?:(?:ошибк\w+|код\w*|error|code)\s+)?\W{0,2}\Z"
)
"""What stands before a code that is only spoken of: "не 1058, а 2011", "у коллеги 1058"."""


def read_senses(numbers: Sequence[Number], text: str, topics: Collection[str]) -> list[Sense]:
    """Return what each number is; one of a list is what the others are."""
    found: list[Sense] = []
    for at, number in enumerate(numbers):
        meant = number.glued or sense(number.value, number.before, number.after)
        listed = at > 0 and is_listed(text, numbers[at - 1].end, number)
        if listed and meant in {Sense.PLAIN, Sense.SAID} and found[-1] not in {Sense.PLAIN, Sense.YEAR}:
            meant = found[-1]
        years = looks_like_year(number.value) and at > 0 and looks_like_year(numbers[at - 1].value)
        if (
            listed
            and years
            and meant is Sense.PLAIN
            and not number.bracketed
            and _is_span(text, numbers[at - 1], number)
        ):
            meant = Sense.YEAR
        if meant is Sense.PLAIN and _is_of_foreign_topic(number, topics):
            meant = Sense.YEAR
        if listed and years and meant is Sense.YEAR and found[-1] is Sense.PLAIN:
            found[-1] = Sense.YEAR
        found.append(meant)
    return found


def _is_span(text: str, first: Number, second: Number) -> bool:
    return text[first.end : second.start].strip() in {"-", "/"}


def _is_of_foreign_topic(number: Number, topics: Collection[str]) -> bool:
    """Say whether a number that looks like a year follows a noun that the knowledge base never uses."""
    if not topics or number.bracketed or not looks_like_year(number.value):
        return False
    near = next((word for word in number.before if word != HASH), "")
    return morphology.is_thing(near) and near not in FILLERS and morphology.stem(near) not in topics


def is_announced(number: Number) -> bool:
    """Say whether words announce the number as an error's."""
    return (number.glued or sense(number.value, number.before, number.after)) in {Sense.ERROR, Sense.SAID}


def is_over(text: str, number: Number) -> bool:
    """Say whether the customer tells that this error is behind them."""
    if _REPLACED.search(text[: number.start]):
        return True
    start = 0
    end = len(text)
    for border in _CLAUSE.finditer(text):
        if border.end() <= number.start:
            start = border.start() + 1
        elif border.start() >= number.end:
            end = border.start()
            break
    clause = text[start:end]
    return bool(_OVER.search(clause)) and not _STILL.search(clause)


def is_quoted(text: str, number: Number) -> bool:
    """Say whether the code is only spoken of: denied, read about, or somebody else's."""
    return _QUOTED.search(text[: number.start]) is not None


def is_listed(text: str, end: int, number: Number) -> bool:
    """Say whether nothing but commas or "и" stands between a number that ends at `end` and this one."""
    return _LISTED.fullmatch(text[end : number.start]) is not None
