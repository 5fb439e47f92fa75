"""A sparse inverted index over phrases: which phrases share features with a question, and how much.

Knows nothing of language: tokens become features by the function an index is given, weights are numbers. `search.py`
builds one index of character n-grams, one of stems and one of whole articles. NumPy arrays in column order (feature →
rows), so that a question costs only the postings it touches; sums run in one fixed order, so that equal input gives
equal bytes.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]
Ints = NDArray[np.int64]
Expand = Callable[[str], tuple[str, ...]]

GRAM_LENGTHS = (3, 4)
"""Character n-grams of a word between its borders. With each phrase held out these two rank as well as 2 to 5 do (61.2
against 60.9 % right first) at half the postings."""

MAX_POSTINGS = 400_000
"""Postings summed for one question; the commonest features, which say least, are left out beyond it."""

WIDE_POSTINGS = 2_000_000
"""Up to here postings are kept in the width that NumPy sums in (16 bytes each, no casts), beyond in half of it."""

_CHUNK = 20_000
"""Rows counted at a time while an index is built: a bound on memory."""


@lru_cache(maxsize=65536)
def grams(word: str) -> tuple[str, ...]:
    """Return the character n-grams of a word between its borders."""
    padded = f" {word} "
    return tuple(padded[at : at + n] for n in GRAM_LENGTHS for at in range(len(padded) - n + 1)) or (padded,)


def itself(token: str) -> tuple[str, ...]:
    """Return the token as its only feature."""
    return (token,)


class Index:
    """TF-IDF rows of tokens, by feature. Immutable once built."""

    def __init__(self, rows: Sequence[Sequence[str]], expand: Expand) -> None:
        self.size = len(rows)
        self._expand = expand
        self._ids: dict[str, int] = {}
        row_of, column, count = self._count(rows)
        frequency = np.bincount(column, minlength=len(self._ids))
        self._idf = np.log((1.0 + self.size) / (1.0 + frequency)) + 1.0
        value = (1.0 + np.log(count)) * self._idf[column]
        norm = np.sqrt(np.bincount(row_of, weights=value * value, minlength=self.size))
        value /= np.where(norm > 0, norm, 1.0)[row_of]
        order = np.argsort(column, kind="stable")
        wide = len(order) <= WIDE_POSTINGS
        self._rows = row_of[order].astype(np.int64 if wide else np.int32)
        self._values = value[order].astype(np.float64 if wide else np.float32)
        self._starts = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)

    def _count(self, rows: Sequence[Sequence[str]]) -> tuple[Ints, Ints, Scores]:
        """Return row, column and count of every feature of every row, by row; each token is expanded once."""
        tokens: dict[str, int] = {}
        features: list[int] = []
        sizes: list[int] = []
        in_rows: list[list[int]] = []
        for row in rows:
            for token in row:
                if token not in tokens:
                    tokens[token] = len(tokens)
                    found = self._expand(token)
                    features.extend(self._ids.setdefault(feature, len(self._ids)) for feature in found)
                    sizes.append(len(found))
            in_rows.append([tokens[token] for token in row])
        feature = np.asarray(features, dtype=np.int64)
        size = np.asarray(sizes, dtype=np.int64)
        start = np.cumsum(size) - size
        width = max(len(self._ids), 1)
        parts = [
            _count_chunk(in_rows[first : first + _CHUNK], first, feature, size, start, width)
            for first in range(0, len(in_rows), _CHUNK)
        ]
        keys = np.concatenate([key for key, _ in parts]) if parts else np.zeros(0, dtype=np.int64)
        counts = np.concatenate([count for _, count in parts]) if parts else np.zeros(0)
        return keys // width, keys % width, counts

    def has(self, feature: str) -> bool:
        """Say whether any row has the feature."""
        return feature in self._ids

    def cosine(self, tokens: Iterable[str]) -> Scores:
        """Return the cosine of the tokens with every row; unknown features count in the length as the rarest do."""
        rarest = math.log(1.0 + self.size) + 1.0
        length = 0.0
        known: list[tuple[int, int, float]] = []
        for feature, count in Counter(feature for token in tokens for feature in self._expand(token)).items():
            column = self._ids.get(feature, -1)
            weight = (1.0 + math.log(count)) * (rarest if column < 0 else float(self._idf[column]))
            length += weight * weight
            if column >= 0:
                known.append((int(self._starts[column + 1] - self._starts[column]), column, weight))
        if not known:
            return np.zeros(self.size)
        known.sort()
        spans: list[slice] = []
        values: list[Scores] = []
        spent = 0
        for postings, column, weight in known:
            spent += postings
            if spent > MAX_POSTINGS and spans:
                break
            spans.append(self._span(column))
            values.append(self._values[spans[-1]] * weight)
        return self._added(values, spans) / math.sqrt(length)

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


def _count_chunk(
    rows: Sequence[Sequence[int]], first: int, feature: Ints, size: Ints, start: Ints, width: int
) -> tuple[Ints, Scores]:
    """Return `row * width + column` and its count for the rows of one chunk, in order."""
    token = np.asarray([token for row in rows for token in row], dtype=np.int64)
    if not len(token):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    row = np.repeat(np.arange(first, first + len(rows)), np.asarray([len(row) for row in rows]))
    sizes = size[token]
    inside = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    columns = feature[np.repeat(start[token], sizes) + inside]
    keys, counts = np.unique(np.repeat(row, sizes) * width + columns, return_counts=True)
    return keys, counts.astype(np.float64)
