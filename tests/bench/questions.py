"""Questions as customers type them, made from the phrases of a knowledge base; not the labelled sets of the matcher.

A question drops or adds a word, and by its kind is mistyped, typed in the other layout, names a code, or is of
something else altogether. The same seed gives the same questions. Used by `matching.py` and `throughput.py`.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.bases import MadeArticle

KINDS = {"ru": 35, "en": 20, "typo": 20, "layout": 8, "code": 12, "foreign": 5}
"""Kind to share in per cent."""

MISTYPED = 4
"""Where one language is asked for, every fourth question is mistyped."""

_LEADS = {
    "ru": ("", "", "здравствуйте, ", "подскажите пожалуйста: ", "добрый день! ", "помогите, "),
    "en": ("", "", "hello, ", "hi! ", "please help: "),
}
_CODES = ("ошибка {}", "код {} что это", "error {}", "у нас {} при запуске", "вылезает ошибка №{}", "{}")
_FOREIGN = (
    "сколько стоит доставка пиццы на дом",
    "как записаться к зубному врачу на субботу",
    "when does the next train to the airport leave",
    "посоветуйте хороший фильм на вечер",
    "how do I bake bread without yeast",
)
_LETTERS = {"ru": "абвгдежзиклмнопрстуфхцчшыьэюя", "en": "abcdefghijklmnopqrstuvwxyz"}
_TO_LATIN_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the article it was made from; None where there is no such article."""

    text: str
    kind: str
    article: str | None


def ask(articles: Sequence[MadeArticle], count: int, seed: str) -> list[Asked]:
    """Return `count` questions, the kinds mixed by their shares."""
    source = random.Random(seed)
    coded = [article for article in articles if article.codes and "-" not in article.codes[0]]
    kinds = source.choices(list(KINDS), list(KINDS.values()), k=count)
    return [_one(kind, source.choice(articles), source.choice(coded or articles), source) for kind in kinds]


def ask_in(language: str, articles: Sequence[MadeArticle], count: int, seed: str) -> list[Asked]:
    """Return `count` questions of one language that words lead to: three plain ones, then a mistyped one."""
    source = random.Random(seed)
    found = []
    for number in range(count):
        article = source.choice(articles)
        text = _worded(article, language, source)
        mistyped = number % MISTYPED == MISTYPED - 1
        kind = "typo" if mistyped else language
        found.append(Asked(_mistyped(text, language, source) if mistyped else text, kind, article.id))
    return found


def _one(kind: str, article: MadeArticle, coded: MadeArticle, source: random.Random) -> Asked:
    match kind:
        case "code" if coded.codes:
            return Asked(source.choice(_CODES).format(coded.codes[0]), kind, coded.id)
        case "foreign":
            return Asked(source.choice(_FOREIGN), kind, None)
        case "en":
            return Asked(_worded(article, "en", source), kind, article.id)
        case "typo":
            language = source.choice(("ru", "ru", "en"))
            return Asked(_mistyped(_worded(article, language, source), language, source), kind, article.id)
        case "layout":
            return Asked(_worded(article, "ru", source).lower().translate(_TO_LATIN_KEYS), kind, article.id)
        case _:
            return Asked(_worded(article, "ru", source), kind, article.id)


def _worded(article: MadeArticle, language: str, source: random.Random) -> str:
    words = source.choice(article.phrases[language]).split()
    if len(words) > 3:
        del words[source.randrange(len(words))]
    if len(words) > 2 and source.random() < 0.3:
        at = source.randrange(len(words) - 1)
        words[at], words[at + 1] = words[at + 1], words[at]
    return source.choice(_LEADS[language]) + " ".join(words)


def _mistyped(text: str, language: str, source: random.Random) -> str:
    words = text.split()
    long = [at for at, word in enumerate(words) if len(word) > 4]
    for at in source.sample(long, min(len(long), 2)):
        words[at] = _slip(words[at], language, source)
    return " ".join(words)


def _slip(word: str, language: str, source: random.Random) -> str:
    at = source.randrange(1, len(word) - 1)
    match source.randrange(3):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        case _:
            return word[:at] + source.choice(_LETTERS[language]) + word[at + 1 :]
