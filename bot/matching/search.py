"""Ranks the articles by how well their phrases fit a question.

Decides the strength of every article and says why, not what is done with it (`decide.py`). Three views of an article
are weighed (MATCHING, "a design", points 3-4, with prior weights):
- `phrase`: its best phrase, by character n-grams, stems, and how much of question and phrase the other covers;
- `learned`: its phrases taken together (`classifier.py`);
- `article`: how much of the question all its text covers, the answer included.
The strengths become probabilities in `trust.py`. Built once per snapshot, called by `matcher.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from bot.kb.article import Article, Audience, Status
from bot.kb.library import Library
from bot.matching import morphology
from bot.matching.classifier import MAX_LEARNED, Classifier
from bot.matching.normalize import clean, fold, words
from bot.matching.thresholds import ENTRY_WEIGHT, LIKENESS, OTHER_PRODUCT, PHRASE_WEIGHTS, VIEW_WEIGHTS
from bot.matching.vectors import Index, grams, itself
from bot.matching.vocabulary import Vocabulary, is_filler

Floats = NDArray[np.float64]

GENERAL = "general"
"""The product of articles that belong to no product."""

RANKED = 24
"""Articles of a ranking that are returned: more than are ever shown, tried or recorded."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article's fit and its grounds.

    `strength` is a logit: only differences mean something. `score` is a probability, set by `trust.py`. `views` are the
    three views and the parts of `phrase`; `shared` are the question's words found in the best phrase.
    """

    id: str
    strength: float
    score: float
    phrase: str
    views: dict[str, float]
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A question by itself: its share of words that no article has, by weight, 0 to 1; how many words have a topic."""

    unknown: float
    topic_words: int


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    weight: float
    stems: frozenset[str] = frozenset()


def is_matched(article: Article) -> bool:
    """Say whether customers' messages are matched with this article at all: staff's and switched-off ones are not."""
    return article.audience is Audience.CUSTOMER and article.status is not Status.OFF


class Searcher:
    """All phrases of a snapshot, indexed. Immutable once built; safe to call from several threads."""

    def __init__(self, library: Library, extra_words: Sequence[str] = ()) -> None:
        articles = [article for article in library.articles.values() if is_matched(article)]
        self.ids = tuple(sorted(article.id for article in articles))
        texts: list[_Phrase] = []
        starts: list[int] = []
        for article_id in self.ids:
            starts.append(len(texts))
            texts.extend(_phrases(library.articles[article_id]))
        self._places = {article_id: at for at, article_id in enumerate(self.ids)}
        self._products = np.asarray([library.articles[article_id].product for article_id in self.ids])
        self._starts = np.asarray(starts, dtype=np.int64)
        folded = [words(fold(clean(phrase.text))) for phrase in texts]
        answers = [
            [word for text in _long_texts(library.articles[article_id]) for word in words(fold(clean(text)))]
            for article_id in self.ids
        ]
        names = [words(fold(alias)) for product in library.products.values() for alias in product.aliases]
        self.vocabulary = Vocabulary(folded, [*chain(*answers, *names), *extra_words], library.synonyms)
        rows = [self.vocabulary.canonical(row) for row in folded]
        self._phrases = tuple(
            replace(phrase, stems=frozenset(map(morphology.stem, row))) for phrase, row in zip(texts, rows, strict=True)
        )
        self._chars = Index(rows, grams)
        self._stems = Index([_stems_and_pairs(row) for row in rows], itself)
        self._mass = np.asarray([self._total(row) for row in rows])
        self._weights = np.asarray([phrase.weight for phrase in texts])
        self._owner = np.repeat(np.arange(len(self.ids)), np.diff([*starts, len(texts)]))
        self._articles = Index(self._article_rows(rows, answers), itself)
        learned = np.stack([self._likeness(row) for row in rows]) if 0 < len(rows) <= MAX_LEARNED else None
        self._classifier = Classifier(self._owner, len(self.ids), learned)

    def _article_rows(self, rows: list[list[str]], answers: list[list[str]]) -> list[list[str]]:
        """Return the stems of everything an article says, answer included."""
        found = [list(map(morphology.stem, self.vocabulary.canonical(answer))) for answer in answers]
        for owner, row in zip(self._owner.tolist(), rows, strict=True):
            found[owner].extend(map(morphology.stem, row))
        return found

    def _likeness(self, row: Sequence[str]) -> Floats:
        chars = self._chars.cosine(row)
        return LIKENESS["chars"] * chars + LIKENESS["stems"] * self._stems.cosine(_stems_and_pairs(row))

    def _weighed(self, row: Sequence[str]) -> list[tuple[str, float]]:
        weighed: dict[str, float] = {}
        for word in row:
            stem = morphology.stem(word)
            weighed.setdefault(stem, self.vocabulary.weight(stem, word))
        return list(weighed.items())

    def _total(self, row: Sequence[str]) -> float:
        return sum(weight for _, weight in self._weighed(row)) or 1.0

    def outlook(self, question: Sequence[str]) -> Outlook:
        """Return what a question is like before any article is looked at."""
        row = self.vocabulary.canonical(question)
        weighed = self._weighed(row)
        total = sum(weight for _, weight in weighed)
        unknown = sum(weight for stem, weight in weighed if not self._articles.has(stem))
        topic = {morphology.stem(word) for word in row if not is_filler(word)}
        return Outlook(unknown / total if total else 0.0, len(topic))

    def rank(self, question: Sequence[str], product: str | None, named: Sequence[str] = ()) -> list[Hit]:
        """Return the best `RANKED` articles and the `named` ones, best first, equal ones by id.

        `question`: repaired words in order; `product`: the one spoken of, whose articles and the general ones go first.
        """
        if not self.ids:
            return []
        row = self.vocabulary.canonical(question)
        weighed = self._weighed(row)
        parts = self._parts(row, weighed)
        phrase = sum((PHRASE_WEIGHTS[name] * view for name, view in parts.items()), np.zeros(len(self._phrases)))
        phrase = np.clip(phrase * self._weights, 0.0, 1.0)
        total = sum(weight for _, weight in weighed) or 1.0
        views = {
            "learned": self._classifier.scores(LIKENESS["chars"] * parts["chars"] + LIKENESS["stems"] * parts["stems"]),
            "phrase": np.maximum.reduceat(phrase, self._starts),
            "article": np.minimum(self._articles.mass(weighed) / total, 1.0),
        }
        strength: Floats = sum((VIEW_WEIGHTS[name] * view for name, view in views.items()), np.zeros(len(self.ids)))
        if product is not None:
            foreign = (self._products != product) & (self._products != GENERAL)
            strength = strength - np.where(foreign, OTHER_PRODUCT, 0.0)
        strength = np.asarray(np.round(np.maximum(strength, 0.0), 4), dtype=np.float64)
        # A stable sort: equal articles stay in the order of their ids.
        order = np.argsort(-strength, kind="stable")
        chosen = order[:RANKED].tolist()
        chosen.extend(sorted({self._places[name] for name in named if name in self._places} - set(chosen)))
        content = [word for word in dict.fromkeys(row) if not is_filler(word)]
        hits = []
        for at in chosen:
            best = self._best_phrase(at, phrase)
            told = {name: round(float(view[at]), 4) for name, view in views.items()}
            told |= {name: round(float(part[best]), 4) for name, part in parts.items()}
            text = self._phrases[best].text
            hits.append(Hit(self.ids[at], float(strength[at]), 0.0, text, told, self._shared(best, content)))
        return hits

    def _parts(self, row: Sequence[str], weighed: list[tuple[str, float]]) -> dict[str, Floats]:
        shared = self._stems.mass(weighed)
        total = sum(weight for _, weight in weighed) or 1.0
        return {
            "chars": self._chars.cosine(row),
            "stems": self._stems.cosine(_stems_and_pairs(row)),
            "asked": np.minimum(shared / total, 1.0),
            "covered": np.minimum(shared / self._mass, 1.0),
        }

    def _best_phrase(self, at: int, phrase: Floats) -> int:
        start = int(self._starts[at])
        stop = int(self._starts[at + 1]) if at + 1 < len(self._starts) else len(self._phrases)
        return start + int(np.argmax(phrase[start:stop]))

    def _shared(self, phrase: int, content: list[str]) -> tuple[str, ...]:
        stems = self._phrases[phrase].stems
        return tuple(word for word in content if morphology.stem(word) in stems)


def _stems_and_pairs(row: Sequence[str]) -> list[str]:
    stems = [morphology.stem(word) for word in row]
    return stems + [f"{first} {second}" for first, second in pairwise(stems)]


def _long_texts(article: Article) -> list[str]:
    return [*article.answer.values(), *(text for entry in article.entries for text in entry.text.values())]


def _phrases(article: Article) -> list[_Phrase]:
    found = [_Phrase(text, 1.0) for text in article.title.values()]
    found.extend(_Phrase(text, 1.0) for texts in article.symptoms.values() for text in texts)
    found.extend(_Phrase(text, ENTRY_WEIGHT) for entry in article.entries for text in entry.text.values())
    if article.tags:
        found.append(_Phrase(" ".join(article.tags), ENTRY_WEIGHT))
    return found
