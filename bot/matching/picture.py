"""What of a picture's text counts: codes in an error's company, known phrases, and nothing else.

Decides which lines of a screenshot a decision may rest on. A screen is full of numbers and words that nobody asks about
(clocks, ports, orders, menus), so a number counts only where an error is spoken of beside it, and a line only where it
says what a phrase of the knowledge base says; free text is never taken for a question. The question to the matcher is
made from those parts alone. Pure; keys are masked before the lines come here. Called by `bot/screenshot.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from bot.kb.article import Article, Audience, Status
from bot.kb.library import Library, expand_code
from bot.matching.codes import ERROR, CodeBook, Mention
from bot.matching.decision import CALL_A_HUMAN, HOW_TO_USE
from bot.matching.normalize import clean, fold, words
from bot.matching.number_context import is_error_word, looks_like_year
from bot.matching.picture_phrases import PhraseBook

LEAST_SURE = 35.0
"""Per cent below which a line of the reading is noise."""

MOST_LINES = 200
MOST_CODES = 3
SHOWN_CHARACTERS = 120

ROW_WORDS = 5
"""Behind a code in a table, so many words tell what went wrong."""

_DIGIT_FOR = str.maketrans("OoОоQDIlІі|!ЗзZzSsБбBВвg", "000000111111332255668889")
_CODE_LIKE = re.compile(r"(?<![\w.,:/\\+-])(?=\S*\d)[0-9OoОоQDIlІі|!ЗзZzSsБбBВвg]{4}(?![\w/\\-]|[.,:]\w)")
_WORD = re.compile(r"[^\W\d_]{5,}")
_ERROR_WORDS = ("ошибка", "ошибки", "ошибку", "ошибке", "error", "errors")
_MISREAD = re.compile(r"\b(?:соде|сode|соdе|еггог|етог|егтог|erгог|епог|еrrоr)\b", re.IGNORECASE)
_TROUBLE = re.compile(
    r"(?:не|he|нe|hе) (?:найден|активир|зарегистр|подключ|отвеча|прош[её]л|прошла|принят|подход|удал|уда[её]тся|могу)"
    r"|невозможн|неверн|недействит|недоступ|нет (?:связи|доступа|свободн|лиценз)|внимание|предупрежден|warning|ист[её]к"
    r"|закончил|отказ|занят|превыш|просроч|заблокир|сбой|отклонен|использован|fail|invalid|denied|expired|not found"
    r"|unable|cannot|can't|refused|exceed|no free|in use|captured|already"
)
_ABOUT_LICENCE = re.compile(r"лиценз|купон|активац|регистрац|licen[sc]|coupon|activat|registrat")
_CODE_WORD = re.compile(r"(?:код[а-я]*|kod[a-z]*|codes?)\Z")
_OF_WHAT = frozenset({"остановки", "возврата", "ответа", "завершения", "результата", "состояния"})
"""What a code may be of and still be an error's."""

_ALONE = re.compile(r"\W*\w+\W*$")
_LEADING = r"^\W*{code}\s*(?:[-–—:.)\]]\s*[^\W\d_]|$)"
_BRACKETED = r"[(\[{{|]\s*{code}\s*[)\]}}|]"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text on a picture, and how sure its reading is, 0 to 100."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Look:
    """What counts on a picture: known and unknown codes, articles whose words stand there, the lines it rests on.

    `question` is what the matcher is asked, empty where nothing on the picture counts.
    """

    question: str = ""
    codes: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


class PictureBook:
    """What may be recognised on pictures with one snapshot of the knowledge base. Immutable once built."""

    def __init__(self, library: Library) -> None:
        live = [article for article in library.articles.values() if _is_shown(article)]
        self._codes = CodeBook(library, [article.id for article in live])
        self._homes: dict[str, set[str]] = {}
        for article in live:
            for code in article.codes:
                for value in expand_code(code):
                    self._homes.setdefault(value, set()).add(article.id)
        self._phrases = PhraseBook(live)

    def look(self, lines: Sequence[str]) -> Look:
        """Return what counts among the lines, from top to bottom; any strings are accepted."""
        read = [self._mended(clean(line)) for line in lines[:MOST_LINES]]
        read = [line for line in read if line]
        folded = [fold(line) for line in read]
        matches = self._phrases.find(read)
        told = {match.article for match in matches}
        known: dict[str, str] = {}
        unknown: dict[str, str] = {}
        for at in range(len(folded)):
            for mention in self._mentions(folded, at):
                value = mention.found.value
                if mention.found.known and self._counts(folded, at, mention, told):
                    known.setdefault(value, _with_label(read, at))
                elif not mention.found.known and _is_announced(folded, at, value):
                    unknown.setdefault(value, _with_label(read, at))
        if known:
            return _look_of_codes(known, tuple(match.article for match in matches))
        if matches:
            return Look(
                "\n".join(match.phrase for match in matches),
                articles=tuple(match.article for match in matches),
                seen=tuple(_short(match.line) for match in matches),
            )
        return _look_of_codes(dict(list(unknown.items())[:1]), ()) if unknown else Look()

    def _mended(self, line: str) -> str:
        """Return a line with the codes and the words for "error" as they must have been."""

        def code(match: re.Match[str]) -> str:
            meant = match.group().translate(_DIGIT_FOR)
            return meant if meant in self._homes else match.group()

        line = _CODE_LIKE.sub(code, line)
        line = _MISREAD.sub(lambda match: "code" if match.group().lower()[0] in "сc" else "error", line)
        return _WORD.sub(_mended_word, line)

    def _mentions(self, folded: Sequence[str], at: int) -> list[Mention]:
        """Return the codes of a line; a label that stands on the line before belongs to it."""
        mentions = self._codes.find(_with_label(folded, at), {}).mentions
        return [mention for mention in mentions if mention.found.kind == ERROR]

    def _counts(self, folded: Sequence[str], at: int, mention: Mention, told: set[str]) -> bool:
        """Say whether a known code on a line is one that the screen speaks of."""
        value = mention.found.value
        line = folded[at]
        if _is_announced(folded, at, value) or told & set(mention.articles):
            return True
        code = re.escape(mention.found.text)
        company = " ".join(folded[max(0, at - 2) : at + 2])
        called = any(map(is_error_word, words(company)))
        if re.search(_BRACKETED.format(code=code), line) or re.search(_LEADING.format(code=code), line):
            licence = _ABOUT_LICENCE.search(line) is not None and not looks_like_year(value)
            return called or licence or _TROUBLE.search(company) is not None
        # A row of a table: its column is headed "code", and what went wrong stands right behind the number.
        behind = " ".join(line.partition(mention.found.text)[2].split()[:ROW_WORDS])
        return called and _TROUBLE.search(behind) is not None


def sure_lines(lines: Sequence[Line]) -> list[str]:
    """Return the texts of the lines that were read with some confidence."""
    return [line.text for line in lines if line.confidence >= LEAST_SURE]


def _is_shown(article: Article) -> bool:
    about_us = article.id in {HOW_TO_USE, CALL_A_HUMAN}
    return article.status is Status.LIVE and article.audience is Audience.CUSTOMER and not about_us


def _with_label(lines: Sequence[str], at: int) -> str:
    """Return a line, with the one before it where that is the label of the number that this one holds alone."""
    line, label = lines[at], words(fold(lines[at - 1])) if at else []
    labelled = label and is_error_word(label[-1]) and _ALONE.match(line)
    return f"{lines[at - 1]} {line}" if labelled else line


def _mended_word(match: re.Match[str]) -> str:
    written = match.group()
    word = fold(written)
    if is_error_word(word):
        return written
    near = (known for known in _ERROR_WORDS if OSA.distance(word, known, score_cutoff=1) == 1)
    return next(near, written)


def _is_announced(folded: Sequence[str], at: int, value: str) -> bool:
    """Say whether "error", "code" or the like stands right before a number, on its line or at the end of the last.

    A "code" announces only as the number's own label and where something is wrong: goods and clients have codes too.
    """
    line = folded[at]
    place = re.search(rf"(?<!\d){re.escape(value)}(?!\d)", line)
    head = line[: place.start()] if place else line
    before = words(head)[-3:]
    if not before and at:
        before = words(folded[at - 1])[-2:]
    after = words(line[place.end() :])[:1] if place else []
    if any(_names_error(word) for word in (*before, *after)):
        return True
    company = folded[max(0, at - 2) : at + 3]
    wrong = _TROUBLE.search(" ".join(company)) or any(_names_error(word) for each in company for word in words(each))
    label = [word for word in before if word not in _OF_WHAT][-1:]
    return bool(label) and is_error_word(label[0]) and bool(wrong or _ABOUT_LICENCE.search(line))


def _names_error(word: str) -> bool:
    return is_error_word(word) and _CODE_WORD.match(word) is None


def _look_of_codes(codes: Mapping[str, str], articles: tuple[str, ...]) -> Look:
    kept = dict(list(codes.items())[:MOST_CODES])
    named = ", ".join(f"{_word_for_error(line)} {code}" for code, line in kept.items())
    seen = tuple(dict.fromkeys(_short(line) for line in kept.values()))
    return Look(named, tuple(kept), articles, seen)


def _word_for_error(line: str) -> str:
    return "ошибка" if re.search("[а-яё]", fold(line)) else "error"


def _short(line: str) -> str:
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1].rstrip()}…"
