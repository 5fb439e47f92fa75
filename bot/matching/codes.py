"""Finds the codes in a message, before any search: exact comes before fuzzy.

Decides which numbers are error codes or numbered features, however they are written (glued, split, in brackets, with
look-alike letters, as a range), which of them are known, and which the customer says are over. What the words around a
number mean stands in `number_context.py`, how numbers are written in `number_pieces.py`. Called by `matcher.py`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.kb.library import Library, expand_code
from bot.matching.code_story import is_announced, is_listed, is_over, is_quoted, read_senses
from bot.matching.decision import FoundCode
from bot.matching.number_context import is_feature_word, looks_like_year, sense
from bot.matching.number_lists import REFUSED, Sense
from bot.matching.number_pieces import Number, find_numbers, merged, without

ERROR = "error"
FEATURE = "feature"

MIN_CODE, MAX_CODE = 3, 5
"""Digits of a number that may be an error code nobody has written an article about."""

MAX_FEATURE = 3
"""Digits of a feature number."""

MAX_NUMBERS = 20
"""Numbers at the beginning and at the end of a message that are looked at: a bound on time."""

MAX_RANGE = 20
"""Codes in a range that a customer may name."""

_RANGE_GAP = re.compile(r"\s*(?:-|до|по|to|\.\.+)\s*")
_SPLIT_GAP = re.compile(r"[ -]|\s-\s")
_LETTER = re.compile(r"[^\W\d_]")
_LACKING = re.compile(
    r"хват|захват|законч|кончил|занят|свободн|лимит|не дает|слетел|пропал|истек|not enough|run out|ran out"
    r"|no free|captur|seats?\b|expired"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A code in the message: the articles that have it, whether it is plainly named, and whether it is over."""

    found: FoundCode
    articles: tuple[str, ...]
    plain: bool
    over: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All numbers of a message: the codes in order, the numbers that are something else, and why they are."""

    mentions: tuple[Mention, ...]
    refused: frozenset[str]
    reasons: tuple[str, ...]


class CodeBook:
    """The codes and numbered things of one snapshot. Immutable once built."""

    def __init__(self, library: Library, article_ids: Sequence[str]) -> None:
        errors: dict[str, tuple[str, ...]] = {}
        numbers: dict[str, tuple[str, ...]] = {}
        homes: list[str] = []
        for article_id in article_ids:
            article = library.articles[article_id]
            for code in article.codes:
                for value in expand_code(code):
                    errors[value] = (*errors.get(value, ()), article_id)
            for group in article.numbers:
                if group.kind == FEATURE:
                    homes.append(article_id)
                    for value in group.values:
                        numbers[value] = (*numbers.get(value, ()), article_id)
        self._errors: Mapping[str, tuple[str, ...]] = errors
        self._features: Mapping[str, tuple[str, ...]] = numbers
        self._feature_homes = tuple(dict.fromkeys(homes))
        self._in_letters = any(code.isalpha() for code in errors)
        self._families = {(len(code), code[:2]) for code in errors if code.isdigit()}

    def near(self, value: str) -> tuple[str, ...]:
        """Return the articles whose codes differ from `value` by one digit or one swap, nearest first."""
        found = sorted(
            (len(code) != len(value), sorted(value) != sorted(code), code[:-1] != value[:-1], code)
            for code in self._errors
            if OSA.distance(value, code) == 1
        )
        return tuple(dict.fromkeys(article for *_, code in found for article in self._errors[code]))

    def find(self, text: str, mentioned: Mapping[str, int], topics: Collection[str] = ()) -> Reading:
        """Return how the numbers of a cleaned, folded text are read.

        `mentioned` holds the words of the knowledge base: a number that its phrases use is left to the search.
        `topics` holds their stems: a year of something that no article speaks of ("инвентаризация 2026") is a year.
        """
        numbers = self._joined(find_numbers(text, self._errors, in_letters=self._in_letters), text)
        numbers = [*numbers[:MAX_NUMBERS], *numbers[MAX_NUMBERS:][-MAX_NUMBERS:]]
        features_spoken_of = any(is_feature_word(word) for word in re.findall(r"[^\W\d_]+", text))
        alone = not re.search(r"[^\W\d_]{2,}", without(text, numbers))
        mentions: list[Mention] = []
        quoted: list[bool] = []
        last_end = 0
        refused: set[str] = set()
        reasons: list[str] = []
        for number, meant in zip(numbers, read_senses(numbers, text, topics), strict=True):
            if meant in REFUSED:
                refused.add(number.value)
                if number.value in self._errors:
                    reasons.append(f"{number.text} is read as {meant.value}, not as a code")
                continue
            mention = self._feature(number, meant, features_spoken_of, alone, text) or self._error(
                number, meant, alone, text, mentioned
            )
            if mention is not None:
                mentions.append(mention)
                listed = bool(quoted) and is_listed(text, last_end, number)
                quoted.append(quoted[-1] if listed else is_quoted(text, number))
                last_end = number.end
        if not all(quoted):
            mentions = [replace(m, over=m.over or q) for m, q in zip(mentions, quoted, strict=True)]
        return Reading(tuple(_unique(mentions)), frozenset(refused), tuple(reasons))

    def _feature(self, number: Number, meant: Sense, spoken_of: bool, alone: bool, text: str) -> Mention | None:
        value = number.value
        if not value.isdigit() or len(value) > MAX_FEATURE or not self._feature_homes:
            return None
        value = value.lstrip("0") or value
        named = meant is Sense.FEATURE
        known = value in self._features
        if alone and known and len(value) > 1:
            named = True
        licence = any(word.startswith(("лиценз", "licen")) for word in (*number.before[:2], *number.after[:1]))
        if not (named or (known and (spoken_of or licence or _is_function(number)))):
            return None
        found = FoundCode(number.text, value, known, FEATURE)
        articles = self._features.get(value, self._feature_homes)
        asked_about = not _LACKING.search(text)
        return Mention(found, articles, asked_about, over=False, reason=f"feature number {value} named")

    def _error(
        self, number: Number, meant: Sense, alone: bool, text: str, mentioned: Mapping[str, int]
    ) -> Mention | None:
        value = number.value
        articles = self._articles_of(value)
        announced = meant is Sense.ERROR
        plain = (
            announced
            or meant is Sense.SAID
            or number.bracketed
            or alone
            or bool(articles and not looks_like_year(value))
        )
        if articles:
            where = "in an error context" if announced or alone else "in the text" if plain else "in passing"
            over = is_over(text, number)
            return Mention(
                FoundCode(number.text, value, known=True, kind=ERROR),
                articles,
                plain,
                over,
                f"code {value} named {where}",
            )
        if not value.isdigit() or not MIN_CODE <= len(value) <= MAX_CODE or value in mentioned:
            return None
        family = (len(value), value[:2]) in self._families
        if announced or (plain and family):
            found = FoundCode(number.text, value, known=False, kind=ERROR)
            return Mention(found, (), plain=True, over=is_over(text, number), reason=f"no article has code {value}")
        return None

    def _articles_of(self, value: str) -> tuple[str, ...]:
        if value in self._errors:
            return self._errors[value]
        singles = expand_code(value)
        if 1 < len(singles) <= MAX_RANGE:
            return tuple(dict.fromkeys(a for single in singles for a in self._errors.get(single, ())))
        return ()

    def _joined(self, numbers: list[Number], text: str) -> list[Number]:
        """Join `1011-1014` into a range and `10 58` or `1 0 5 8` into a code, where that gives known ones."""
        result: list[Number] = []
        at = 0
        while at < len(numbers):
            joined, used = self._split_code(numbers[at : at + MAX_CODE], text)
            result.append(joined)
            at += used
        ranges: list[Number] = []
        for number in result:
            previous = ranges[-1] if ranges else None
            gap = text[previous.end : number.start] if previous else ""
            last = number.value
            if previous and len(last) < len(previous.value):
                last = previous.value[: -len(last)] + last
            if previous and _RANGE_GAP.fullmatch(gap) and self._is_range(previous, last):
                ranges[-1] = merged(previous, number, f"{previous.value}-{last}", text)
            else:
                ranges.append(number)
        return ranges

    def _split_code(self, numbers: Sequence[Number], text: str) -> tuple[Number, int]:
        """Return the longest code made of the first numbers, and how many of them it took; else the first alone."""
        first = numbers[0]
        for size in range(len(numbers), 1, -1):
            run = numbers[:size]
            gaps = [text[one.end : other.start] for one, other in pairwise(run)]
            value = "".join(number.value for number in run)
            if (
                value in self._errors
                and all(_SPLIT_GAP.fullmatch(gap) for gap in gaps)
                and len(set(map(_length, run))) == 1
            ):
                single = all(_length(number) == 1 for number in run)
                announced = first.glued is Sense.ERROR or sense(value, first.before, run[-1].after) in {
                    Sense.ERROR,
                    Sense.SAID,
                }
                if single or announced or not _LETTER.search(text):
                    return merged(first, run[-1], value, text), size
        return first, 1

    def _is_range(self, first: Number, last: str) -> bool:
        if not (first.value in self._errors and last in self._errors and first.value.isdigit() and last.isdigit()):
            return False
        if looks_like_year(first.value) and looks_like_year(last) and not is_announced(first):
            return False
        return 0 < int(last) - int(first.value) <= MAX_RANGE


def _length(number: Number) -> int:
    return len(number.value)


def _is_function(number: Number) -> bool:
    return any(word.startswith("функци") for word in (*number.before[:3], *number.after[:3]))


def _unique(mentions: Sequence[Mention]) -> list[Mention]:
    kept: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        key = (mention.found.kind, mention.found.value)
        earlier = kept.get(key)
        if earlier is None or (earlier.over and not mention.over):
            kept[key] = mention
    return list(kept.values())
