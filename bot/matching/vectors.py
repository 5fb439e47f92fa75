"""A sparse inverted index over phrases: which phrases share features with a question, and how much.

Knows nothing of language: features are strings, weights are numbers. `search.py` builds one index of character n-grams
and one of stems. NumPy arrays in column order (feature → phrases), so that a question costs only the postings it
touches; sums run in one fixed order, so that equal input gives equal bytes.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

MAX_POSTINGS = 400_000
"""Postings summed for one question; the commonest features, which say least, are left out beyond it."""

WIDE_POSTINGS = 2_000_000
"""Up to here postings are kept in the width that NumPy sums in (16 bytes each, no casts), beyond in half of it."""


@lru_cache(maxsize=65536)
def grams(word: str) -> tuple[str, ...]:
    """Return the character 2- to 5-grams of a word between its borders (MATCHING, "char 2–5-gram")."""
    padded = f" {word} "
    return tuple(padded[at : at + n] for n in range(2, 6) for at in range(len(padded) - n + 1))


class Index:
    """TF-IDF rows of phrases, by feature. Immutable once built."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.size = len(rows)
        self._ids: dict[str, int] = {}
        columns: list[int] = []
        lengths: list[int] = []
        counts: list[int] = []
        for row in rows:
            found = Counter(row)
            lengths.append(len(found))
            for feature, count in found.items():
                columns.append(self._ids.setdefault(feature, len(self._ids)))
                counts.append(count)
        column = np.asarray(columns, dtype=np.int32)
        row_of = np.repeat(np.arange(self.size, dtype=np.int32), np.asarray(lengths, dtype=np.int64))
        frequency = np.bincount(column, minlength=len(self._ids))
        self._idf = np.log((1.0 + self.size) / (1.0 + frequency)) + 1.0
        value = (1.0 + np.log(np.asarray(counts, dtype=np.float64))) * self._idf[column]
        norm = np.sqrt(np.bincount(row_of, weights=value * value, minlength=self.size))
        value /= np.where(norm > 0, norm, 1.0)[row_of]
        order = np.argsort(column, kind="stable")
        wide = len(order) <= WIDE_POSTINGS
        self._rows = row_of[order].astype(np.int64 if wide else np.int32)
        self._values = value[order].astype(np.float64 if wide else np.float32)
        self._starts = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)

    def has(self, feature: str) -> bool:
        """Say whether any row has the feature."""
        return feature in self._ids

    def cosine(self, features: Iterable[str]) -> Scores:
        """Return the cosine of the features with every row; unknown features count in the length as the rarest do."""
        rarest = math.log(1.0 + self.size) + 1.0
        length = 0.0
        known: list[tuple[int, int, float]] = []
        for feature, count in sorted(Counter(features).items()):
            column = self._ids.get(feature)
            weight = (1.0 + math.log(count)) * (rarest if column is None else float(self._idf[column]))
            length += weight * weight
            if column is not None:
                known.append((int(self._starts[column + 1] - self._starts[column]), column, weight))
        if not known:
            return np.zeros(self.size)
        return self._sum(known) / math.sqrt(length)

    def _sum(self, known: list[tuple[int, int, float]]) -> Scores:
        known.sort()
        spans: list[tuple[slice, float]] = []
        spent = 0
        for postings, column, weight in known:
            spent += postings
            if spent > MAX_POSTINGS and spans:
                break
            spans.append((self._span(column), weight))
        return self._added([self._values[span] * weight for span, weight in spans], [span for span, _ in spans])

    def mass(self, weights: Sequence[tuple[str, float]]) -> Scores:
        """Return for every row the sum of the weights of the features it has."""
        spans: list[slice] = []
        values: list[Scores] = []
        for feature, weight in weights:
            column = self._ids.get(feature)
            if column is not None:
                span = self._span(column)
                spans.append(span)
                values.append(np.full(span.stop - span.start, weight))
        return self._added(values, spans)

    def _span(self, column: int) -> slice:
        return slice(int(self._starts[column]), int(self._starts[column + 1]))

    def _added(self, values: Sequence[Scores], spans: Sequence[slice]) -> Scores:
        if not spans:
            return np.zeros(self.size)
        rows = np.concatenate([self._rows[span] for span in spans])
        sums = np.bincount(rows, weights=np.concatenate(values), minlength=self.size)
        return np.asarray(sums, dtype=np.float64)
