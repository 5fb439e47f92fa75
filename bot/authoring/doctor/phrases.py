"""The phrases of a knowledge base, and how like each is to all others: what several checks look at. Pure.

Decides which phrases count (symptoms and titles of articles that are matched with customers) and measures likeness by
the cosine of character n-grams, as one of the matcher's views does. `survey` looks at each phrase with itself left out:
where it leads says whether the article would be found by somebody who words it a little differently.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.kb.article import Article
from bot.kb.fields import Path
from bot.kb.library import Library
from bot.matching.corpus import is_matched
from bot.matching.morphology import stem
from bot.matching.normalize import clean, fold, words
from bot.matching.vectors import Index, grams

NEAR: Final = 0.85
"""Cosine from which two phrases differ in little more than an ending or a word such as `please`."""

METHOD: Final = (
    "Asked with itself left out, a phrase is ranked by plain likeness of letters (character n-grams). That is coarser "
    "than the matcher, which also weighs words: read it as a hint."
)
"""How `survey` ranks, in words for a report."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One title or symptom. `path` leads to it in its file; `words` are folded, `stems` theirs."""

    article: str
    language: str
    text: str
    path: Path
    words: tuple[str, ...]
    stems: tuple[str, ...]

    @property
    def key(self) -> tuple[str, Path]:
        """What no other phrase has."""
        return self.article, self.path

    @property
    def is_title(self) -> bool:
        """Whether this is the article's title."""
        return self.path[0] == "title"


@dataclass(frozen=True, slots=True)
class Near:
    """A phrase that is like another one, and how much, 0 to 1."""

    phrase: Phrase
    likeness: float


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One phrase, asked with itself left out: the article that comes first, its best phrase, and what is near."""

    phrase: Phrase
    first: Near | None
    near: tuple[Near, ...]

    @property
    def is_found(self) -> bool:
        """Whether the article's other phrases lead to it."""
        return self.first is not None and self.first.phrase.article == self.phrase.article


def file_of(article: Article) -> str:
    """Return the article's file, relative to the knowledge base."""
    return f"{article.product}/{article.id}.yaml"


def phrases_of(library: Library) -> tuple[Phrase, ...]:
    """Return all phrases, by article, titles first."""
    return tuple(phrase for article in library.articles.values() if is_matched(article) for phrase in _phrases(article))


def survey(phrases: Sequence[Phrase]) -> tuple[HeldOut, ...]:
    """Ask each phrase with itself left out; an article's title that says the same is left out with it."""
    index = Index([phrase.words for phrase in phrases], grams)
    found = []
    for at, phrase in enumerate(phrases):
        likeness = index.cosine(phrase.words)
        likeness[at] = 0.0
        close = np.flatnonzero(likeness >= NEAR).tolist()
        near = tuple(Near(phrases[other], float(likeness[other])) for other in close)
        for other in close:
            if phrases[other].article == phrase.article and phrases[other].words == phrase.words:
                likeness[other] = 0.0
        best = int(np.argmax(likeness)) if len(likeness) else 0
        first = Near(phrases[best], float(likeness[best])) if len(likeness) and likeness[best] > 0 else None
        found.append(HeldOut(phrase, first, near))
    return tuple(found)


def _phrases(article: Article) -> Iterator[Phrase]:
    for language, text in article.title.items():
        yield _phrase(article.id, language, text, ("title", language))
    for language, texts in article.symptoms.items():
        for place, text in enumerate(texts):
            yield _phrase(article.id, language, text, ("symptoms", language, place))


def _phrase(article: str, language: str, text: str, path: Path) -> Phrase:
    found = tuple(words(fold(clean(text))))
    return Phrase(article, language, text, path, found, tuple(map(stem, found)))
