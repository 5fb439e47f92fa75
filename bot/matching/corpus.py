"""What a knowledge base gives to search in: the phrases of its articles and the words around them.

Decides which articles are matched at all and what stands for an article: title, symptoms, rows of its table, tags; its
answer lends words only. A value that can be sent to another process, and of which parts can be left out, so that
`learning.py` may ask what it did not learn from. Made by `matcher.py`; indexed by `search.py`.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.kb.article import Article, Audience, Status
from bot.kb.library import Library
from bot.matching.normalize import clean, fold, words
from bot.matching.thresholds import ENTRY_WEIGHT


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that stands for an article, its folded words, and its worth up to 1; `owner` is the article's place."""

    owner: int
    text: str
    words: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles' ids in order, their products, their phrases by article, and words that are known beside them.

    `answers` holds the words of each article's long texts; `others` aliases of products and words of conversation.
    """

    ids: tuple[str, ...]
    products: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    answers: tuple[tuple[str, ...], ...]
    others: tuple[str, ...]
    synonyms: Mapping[str, str]

    def without(self, phrases: Collection[int], articles: Collection[int] = ()) -> "Corpus":
        """Return it without some phrases, by place, and without all phrases and words of some articles."""
        kept = [
            phrase for place, phrase in enumerate(self.phrases) if place not in phrases and phrase.owner not in articles
        ]
        answers = [() if place in articles else answer for place, answer in enumerate(self.answers)]
        return replace(self, phrases=tuple(kept), answers=tuple(answers))

    def fingerprint(self) -> str:
        """Return the hash of all that learning depends on, in hexadecimal."""
        told = (self.ids, self.phrases, self.answers, self.others, sorted(self.synonyms.items()))
        return hashlib.sha256(repr(told).encode()).hexdigest()


def corpus_of(library: Library, extra_words: Sequence[str] = ()) -> Corpus:
    """Return the corpus of a snapshot; `extra_words` are known besides."""
    matched = sorted((each for each in library.articles.values() if is_matched(each)), key=lambda each: each.id)
    phrases = [
        Phrase(place, text, tuple(words(fold(clean(text)))), weight)
        for place, article in enumerate(matched)
        for text, weight in _phrases(article)
    ]
    answers = [tuple(word for text in _long_texts(article) for word in words(fold(clean(text)))) for article in matched]
    aliases = [
        word for product in library.products.values() for alias in product.aliases for word in words(fold(alias))
    ]
    return Corpus(
        tuple(article.id for article in matched),
        tuple(article.product for article in matched),
        tuple(phrases),
        tuple(answers),
        (*aliases, *extra_words),
        dict(library.synonyms),
    )


def is_matched(article: Article) -> bool:
    """Say whether customers' messages are matched with this article at all: staff's and switched-off ones are not."""
    return article.audience is Audience.CUSTOMER and article.status is not Status.OFF


def _phrases(article: Article) -> list[tuple[str, float]]:
    found = [(text, 1.0) for text in article.title.values()]
    found.extend((text, 1.0) for texts in article.symptoms.values() for text in texts)
    found.extend((text, ENTRY_WEIGHT) for entry in article.entries for text in entry.text.values())
    if article.tags:
        found.append((" ".join(article.tags), ENTRY_WEIGHT))
    return found


def _long_texts(article: Article) -> list[str]:
    return [*article.answer.values(), *(text for entry in article.entries for text in entry.text.values())]
