"""What the matcher is measured beside: rapidfuzz's token_set_ratio, SQLite's FTS5 trigram index, character TF-IDF.

All are what one would take off the shelf, on the same phrases in lower case. None knows codes, layouts, stems or when
to be silent; they rank, and that is what is measured. `first` is what is timed, `ranked` tells more for the figures of
quality: an article's score is that of its best phrase. Called by `matching.py` and the parts of `reach.py`.
"""

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy import sparse

from tests.bench.bases import MadeArticle

KEPT = 5
"""Candidates asked for: as many as `kb ask` shows."""

SHOWN = 3
"""Articles of a ranking: right@3 is the furthest that is looked at."""

_BATCH = 64
"""Questions compared at a time where both cores may work: a bound on memory."""

_MANY = 400
"""Phrases among which the best articles are sought."""

_GRAM = 3
_LENGTHS = (2, 3, 4, 5)

Pair = tuple[str, str]
"""A phrase and the id of its article."""

Ranked = Sequence[tuple[str, float]]
"""Article and score, best first."""


class Rival(Protocol):
    """One that ranks articles; `short` is its name where there is little room."""

    name: str
    short: str

    def first(self, question: str) -> str | None:
        """Return the best article, as fast as it can."""

    def ranked(self, questions: Sequence[str]) -> list[Ranked]:
        """Return the best articles for each question."""


class _ByArticle:
    """Phrases in order of their articles, so that an article's best phrase is the best of a run."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        ordered = sorted(((owner, phrase.lower()) for phrase, owner in pairs), key=lambda pair: pair[0])
        self.phrases = [phrase for _, phrase in ordered]
        self.owners = [owner for owner, _ in ordered]
        self._ids = list(dict.fromkeys(self.owners))
        sizes = Counter(self.owners)
        self._starts = np.cumsum([0, *(sizes[owner] for owner in self._ids)])[:-1]

    def ranked(self, scores: NDArray[np.float32] | NDArray[np.float64]) -> Ranked:
        best = np.maximum.reduceat(scores, self._starts)
        order = np.argsort(-best, kind="stable")[:SHOWN].tolist()
        return [(self._ids[place], float(best[place])) for place in order if best[place] > 0]


class TokenSet:
    """rapidfuzz: every phrase is compared with the question."""

    name = "rapidfuzz token_set_ratio"
    short = "token_set"

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._all = _ByArticle(pairs)

    def first(self, question: str) -> str | None:
        """Return the article whose phrase is nearest."""
        found = process.extract(question.lower(), self._all.phrases, scorer=fuzz.token_set_ratio, limit=KEPT)
        return self._all.owners[found[0][2]] if found else None

    def ranked(self, questions: Sequence[str]) -> list[Ranked]:
        """Return the best articles for each question; works on all cores."""
        found: list[Ranked] = []
        for start in range(0, len(questions), _BATCH):
            lower = [question.lower() for question in questions[start : start + _BATCH]]
            table = process.cdist(lower, self._all.phrases, scorer=fuzz.token_set_ratio, dtype=np.float32, workers=-1)
            found.extend(map(self._all.ranked, table))
        return found


class Trigrams:
    """SQLite FTS5: phrases that share trigrams with the question, ranked by bm25."""

    name = "SQLite FTS5 trigram"
    short = "fts5 trigram"

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE phrases USING fts5(text, owner UNINDEXED, tokenize = 'trigram')")
        rows = [(phrase.lower(), owner) for phrase, owner in pairs]
        self._db.executemany("INSERT INTO phrases VALUES (?, ?)", rows)
        self._db.commit()

    def first(self, question: str) -> str | None:
        """Return the article of the best phrase."""
        found = self._phrases(question, KEPT)
        return found[0][0] if found else None

    def ranked(self, questions: Sequence[str]) -> list[Ranked]:
        """Return the best articles for each question, among those of the best phrases."""
        return [self._articles(question) for question in questions]

    def _articles(self, question: str) -> Ranked:
        best: dict[str, float] = {}
        for owner, rank in self._phrases(question, _MANY):
            best.setdefault(owner, -rank)
        return list(best.items())[:SHOWN]

    def _phrases(self, question: str, limit: int) -> list[tuple[str, float]]:
        text = " ".join(question.lower().replace('"', " ").split())
        grams = dict.fromkeys(text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1))
        if not grams:
            return []
        wanted = " OR ".join(f'"{gram}"' for gram in grams)
        statement = "SELECT owner, rank FROM phrases WHERE phrases MATCH ? ORDER BY rank LIMIT ?"
        return [(str(owner), float(rank)) for owner, rank in self._db.execute(statement, [wanted, limit])]


class CharTfidf:
    """Cosine of TF-IDF over character 2- to 5-grams of words between their borders, as scikit-learn's `char_wb`."""

    name = "char 2-5 TF-IDF"
    short = "char tfidf"

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._all = _ByArticle(pairs)
        self._ids: dict[str, int] = {}
        columns: list[int] = []
        counts: list[int] = []
        ends = [0]
        for phrase in self._all.phrases:
            for gram, count in Counter(_grams(phrase)).items():
                columns.append(self._ids.setdefault(gram, len(self._ids)))
                counts.append(count)
            ends.append(len(columns))
        size = len(self._all.phrases)
        column = np.asarray(columns, dtype=np.int32)
        frequency = np.bincount(column, minlength=len(self._ids))
        self._idf = np.log((1 + size) / (1 + frequency)) + 1
        value = (1 + np.log(counts)) * self._idf[column]
        row = np.repeat(np.arange(size), np.diff(ends))
        lengths = np.sqrt(np.bincount(row, weights=value * value, minlength=size))
        value /= lengths[row]
        self._across = sparse.csr_matrix((value, column, ends), shape=(size, len(self._ids))).T.tocsr()

    def first(self, question: str) -> str | None:
        """Return the article whose phrase is nearest."""
        scores = self._scores(question)
        best = int(scores.argmax())
        return self._all.owners[best] if scores[best] > 0 else None

    def ranked(self, questions: Sequence[str]) -> list[Ranked]:
        """Return the best articles for each question."""
        return [self._all.ranked(self._scores(question)) for question in questions]

    def _scores(self, question: str) -> NDArray[np.float64]:
        counts = Counter(_grams(question.lower()))
        known = [(self._ids[gram], count) for gram, count in counts.items() if gram in self._ids]
        columns = [column for column, _ in known]
        values = (1 + np.log([count for _, count in known])) * self._idf[columns] if known else np.zeros(0)
        length = math.sqrt(float(values @ values)) or 1.0
        vector = sparse.csr_matrix((values / length, columns, [0, len(columns)]), shape=(1, len(self._ids)))
        return np.asarray((vector @ self._across).toarray(), dtype=np.float64).ravel()


RIVALS = (TokenSet, Trigrams, CharTfidf)


def pairs_of(articles: Sequence[MadeArticle]) -> list[Pair]:
    """Return the phrases of made articles with their owners."""
    return [(phrase, article.id) for article in articles for texts in article.phrases.values() for phrase in texts]


def _grams(text: str) -> Iterator[str]:
    for word in text.split():
        padded = f" {word} "
        for length in _LENGTHS:
            for at in range(len(padded) - length + 1):
                yield padded[at : at + length]
