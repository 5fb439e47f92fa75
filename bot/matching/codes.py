"""Finds the codes in a message, before any search: exact comes before fuzzy.

Decides which numbers are error codes or numbered features, however they are written (glued, split, in brackets, with
look-alike letters, as a range), which of them are known, and which the customer says are over. What the words around a
number mean stands in `number_context.py`. Called by `matcher.py`.
"""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.kb.library import Library, expand_code
from bot.matching.decision import FoundCode
from bot.matching.number_context import REFUSED, Sense, is_error_word, is_feature_word, looks_like_year, sense

ERROR = "error"
FEATURE = "feature"

_LOOK_ALIKE = str.maketrans("оoоlіi|зб", "000111136")
_DIGIT_LIKE = frozenset("0123456789оolіi|зб")
MIN_CODE, MAX_CODE = 3, 5
"""Digits of a number that may be an error code nobody has written an article about."""

_HIDDEN = re.compile(
    r"""
      \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b            # GUID
    | \b(?=[0-9a-f]{0,80}?\d)[0-9a-f]{16,80}\b                  # hash, session
    | \b[a-zа-я]{2,12}(?:-[\da-zа-яx*]{4,6}){2,}(?!\w)           # licence key, coupon
    | \b(?=[\w-]{0,60}?(?:[a-z]\d|\d[a-z]))\w{1,40}(?:-\w{1,40}){2,9}  # device name
    | \b(?=[\w-]{0,40}[a-zа-я])(?:[\w-]{1,40}\.){1,6}(?:[a-z]{2,6}|рф)\b(?::\d{2,5})?(?:/\S{0,200})?  # host, port, path
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
_CONTEXT = 4
_RANGE_GAP = re.compile(r"\s*(?:-|до|по|to|\.\.+)\s*")
_SPLIT_GAP = re.compile(r"[ -]|\s-\s")
_LETTER = re.compile(r"[^\W\d_]")
_CLAUSE = re.compile(r"[.,;!?\n]|\s(?:а|но|теперь|сейчас|зато|now|but|then)\s")
_OVER = re.compile(
    r"(?<!не )\b(?:реши(?:л|ли|лась|лось|лся|ла|лся|лись)|исправ\w+|почини\w+|устран\w+|победи\w+|побороли|ушла|ушел|прошла"
    r"|пропал\w*|исчез\w*|больше нет|больше не\b|была|было|был|раньше|ранее|вначале|сначала|до этого|fixed|solved|resolved|gone"
    r"|used to|was|previously|earlier|no longer)\b"
)
_STILL = re.compile(r"\b(?:теперь|сейчас|now|опять|снова|again|вылез\w*|появил\w*|осталась|still)\b")
_LACKING = re.compile(
    r"хват|захват|законч|кончил|занят|свободн|лимит|не дает|не да[её]т|слетел|пропал|истек|not enough|run out|ran out|no free"
    r"|captur|seats?\b|expired"
)
_REPLACED = re.compile(r"\b(?:вместо|после|instead of|after)(?:\s+(?:ошибк\w+|кода|error|code))?\s*\W*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A code in the message: what was found, the articles that have it, how plainly it is named, and whether it is over."""

    found: FoundCode
    articles: tuple[str, ...]
    plain: bool
    over: bool
    reason: str


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    text: str
    value: str
    glued: Sense | None
    before: tuple[str, ...]
    after: tuple[str, ...]
    bracketed: bool


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
        self._families = {(len(code), code[:2]) for code in errors if code.isdigit()}
        self._lettered = frozenset(code for code in errors if not code.isdigit())

    def near(self, value: str) -> tuple[str, ...]:
        """Return the articles whose codes differ from `value` by one digit or one swap, nearest first."""
        found = sorted(
            (len(code) != len(value), sorted(value) != sorted(code), code[:-1] != value[:-1], code)
            for code in self._errors
            if OSA.distance(value, code) == 1
        )
        return tuple(dict.fromkeys(article for *_, code in found for article in self._errors[code]))

    def find(self, text: str, mentioned: Mapping[str, int]) -> Reading:
        """Return how the numbers of a cleaned, folded text are read.

        `mentioned` holds the words of the knowledge base: a number that its phrases use is left to the search.
        """
        numbers = self._joined(_numbers(text, self._lettered), text)
        features_spoken_of = any(is_feature_word(word) for word in re.findall(r"[^\W\d_]+", text))
        alone = not re.search(r"[^\W\d_]{2,}", _without(text, numbers))
        mentions: list[Mention] = []
        refused: set[str] = set()
        reasons: list[str] = []
        last = Sense.PLAIN
        last_end = -1
        for number in numbers:
            listed = (
                last_end >= 0 and re.fullmatch(r"\W*(?:и|или|and|or)?\W*", text[last_end : number.start]) is not None
            )
            meant = number.glued or sense(number.value, number.before, number.after)
            if listed and meant in {Sense.PLAIN, Sense.SAID} and last not in {Sense.PLAIN, Sense.YEAR}:
                meant = last
            last, last_end = meant, number.end
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
        return Reading(tuple(_unique(mentions)), frozenset(refused), tuple(reasons))

    def _feature(self, number: _Number, meant: Sense, spoken_of: bool, alone: bool, text: str) -> Mention | None:
        value = number.value
        if not value.isdigit() or len(value) > 3 or not self._feature_homes:
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
        self, number: _Number, meant: Sense, alone: bool, text: str, mentioned: Mapping[str, int]
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
            over = _is_over(text, number)
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
            return Mention(found, (), plain=True, over=_is_over(text, number), reason=f"no article has code {value}")
        return None

    def _articles_of(self, value: str) -> tuple[str, ...]:
        if value in self._errors:
            return self._errors[value]
        singles = expand_code(value)
        if 1 < len(singles) <= 20:
            return tuple(dict.fromkeys(a for single in singles for a in self._errors.get(single, ())))
        return ()

    def _joined(self, numbers: list[_Number], text: str) -> list[_Number]:
        """Join `1011-1014` into a range and `10 58` or `1 0 5 8` into a code, where that gives known ones."""
        result: list[_Number] = []
        at = 0
        while at < len(numbers):
            joined, used = self._split_code(numbers[at : at + MAX_CODE], text)
            result.append(joined)
            at += used
        ranges: list[_Number] = []
        for number in result:
            previous = ranges[-1] if ranges else None
            gap = text[previous.end : number.start] if previous else ""
            if previous and _RANGE_GAP.fullmatch(gap) and self._is_range(previous.value, number.value):
                ranges[-1] = _merged(previous, number, f"{previous.value}-{number.value}", text)
            else:
                ranges.append(number)
        return ranges

    def _split_code(self, numbers: Sequence[_Number], text: str) -> tuple[_Number, int]:
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
                    return _merged(first, run[-1], value, text), size
        return first, 1

    def _is_range(self, first: str, last: str) -> bool:
        known = first in self._errors and last in self._errors
        return known and 0 < int(last) - int(first) <= 20 if first.isdigit() and last.isdigit() else False


def _length(number: _Number) -> int:
    return len(number.value)


def _is_function(number: _Number) -> bool:
    return any(word.startswith("функци") for word in (*number.before[:3], *number.after[:3]))


def _merged(first: _Number, second: _Number, value: str, text: str) -> _Number:
    return _Number(
        first.start,
        second.end,
        text[first.start : second.end],
        value,
        first.glued,
        first.before,
        second.after,
        first.bracketed,
    )


def _numbers(text: str, named: Container[str]) -> list[_Number]:
    """Return the number-like pieces of a folded text with the words around them, dates, phones and keys left out.

    `named`: known codes that hold letters.
    """
    hidden = _HIDDEN.sub(lambda match: "\x00" * len(match.group()), text)
    pieces = [(match.start(), match.group()) for match in _PIECE.finditer(hidden)]
    found: list[_Number] = []
    for at, (start, piece) in enumerate(pieces):
        read = _read_number(piece)
        if read is None and piece.upper() in named:
            read = piece, 0, piece.upper(), None, ""
        if read is None:
            continue
        text_part, offset, value, glued, extra = read
        end = start + offset + len(text_part)
        before, after = _around(pieces, at)
        if extra and glued is None:
            after = (extra, *after)
        opening = pieces[at - 1][1] if at else ""
        closing = pieces[at + 1][1] if at + 1 < len(pieces) else ""
        bracketed = opening in '([{"«' and closing in ')]}"»' and bool(opening and closing)
        found.append(_Number(start + offset, end, text_part, value, glued, before, after, bracketed))
    return found


def _read_number(piece: str) -> tuple[str, int, str, Sense | None, str] | None:
    """Return (text, offset, value, what a glued word says, another glued word) of a piece, if it is a number."""
    if piece.isdecimal():
        return piece, 0, str(int(piece)).zfill(len(piece)), None, ""
    if _is_digit_like(piece):
        return piece, 0, piece.translate(_LOOK_ALIKE), None, ""
    match = _GLUED_BEFORE.fullmatch(piece)
    if match and _is_digit_like(match[2]) and (is_error_word(match[1]) or match[1] in _GLUED_WORDS):
        return match[2], match.start(2), match[2].translate(_LOOK_ALIKE), Sense.ERROR, ""
    if match and match[2].isdecimal() and is_feature_word(match[1]):
        return match[2], match.start(2), match[2], Sense.FEATURE, ""
    match = _GLUED_AFTER.fullmatch(piece)
    if match is None:
        return None
    if is_error_word(match[2]):
        return match[1], 0, match[1], Sense.ERROR, ""
    if is_feature_word(match[2]):
        return match[1], 0, match[1], Sense.FEATURE, ""
    if len(match[1]) < MIN_CODE:
        return None  # 1с, 3d, 5g
    return match[1], 0, match[1], None, match[2]


def _is_digit_like(piece: str) -> bool:
    digits = sum(char.isdecimal() for char in piece)
    return digits * 2 >= len(piece) > 1 and digits > 0 and all(char in _DIGIT_LIKE for char in piece)


def _around(pieces: Sequence[tuple[int, str]], at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before: list[str] = []
    for place in range(at - 1, max(-1, at - 9), -1):
        piece = pieces[place][1]
        if piece in _SENTENCE_END and not (piece == "." and place and pieces[place - 1][1] in _SHORTENED):
            break
        if piece in "$€₽£%" or piece.isalpha():
            before.append(piece)
    after: list[str] = []
    for place in range(at + 1, min(at + 9, len(pieces))):
        piece = pieces[place][1]
        if piece in _SENTENCE_END or piece == ",":
            break
        if piece in "$€₽£%" or piece.isalpha():
            follower = pieces[place + 1][1] if place + 1 < len(pieces) else ""
            if is_error_word(piece) and follower[:1].isdecimal():
                break
            after.append(piece)
        elif piece[0].isdecimal():
            break
    return tuple(before[:_CONTEXT]), tuple(after[:_CONTEXT])


def _without(text: str, numbers: Sequence[_Number]) -> str:
    result = list(text)
    for number in numbers:
        result[number.start : number.end] = " " * (number.end - number.start)
    return "".join(result)


def _is_over(text: str, number: _Number) -> bool:
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


def _unique(mentions: Sequence[Mention]) -> list[Mention]:
    kept: dict[tuple[str, str], Mention] = {}
    for mention in mentions:
        key = (mention.found.kind, mention.found.value)
        earlier = kept.get(key)
        if earlier is None or (earlier.over and not mention.over):
            kept[key] = mention
    return list(kept.values())
