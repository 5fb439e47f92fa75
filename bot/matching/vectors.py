"""Sparse TF-IDF rows over phrases, kept both ways: which phrases have a feature, and which features a phrase has.

Knows nothing of language: tokens become features by the function an index is given, weights are numbers. `search.py`
builds one index of character n-grams, one of stems and one of whole articles. NumPy arrays in feature order (for all
phrases at once) and in row order (for the phrases of a few articles exactly); sums run in one fixed order, so that
equal input gives equal bytes.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Expand = Callable[[str], tuple[str, ...]]

GRAM_LENGTHS = (3, 4)
"""Character n-grams of a word between its borders. With each phrase held out these two rank as well as 2 to 5 do (61.2
against 60.9 % right first) at half the postings."""

MAX_POSTINGS = 250_000
"""Postings summed for one question; the commonest features, which say least, are left out beyond it."""

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


@dataclass(frozen=True, slots=True)
class Vector:
    """A question in the space of an index: known columns, ascending, with weights; `length` counts unknown ones too."""

    columns: Ints
    weights: Floats
    length: float


class Index:
    """TF-IDF rows of tokens, each of length 1. Immutable once built."""

    def __init__(self, rows: Sequence[Sequence[str]], expand: Expand) -> None:
        self.size = len(rows)
        self._expand = expand
        self._ids: dict[str, int] = {}
        row_of, column, count = self._count(rows)
        self.width = len(self._ids)
        frequency = np.bincount(column, minlength=self.width)
        self._idf = np.log((1.0 + self.size) / (1.0 + frequency)) + 1.0
        self._rarest = math.log(1.0 + self.size) + 1.0
        value = (1.0 + np.log(count)) * self._idf[column]
        norm = np.sqrt(np.bincount(row_of, weights=value * value, minlength=self.size))
        value /= np.where(norm > 0, norm, 1.0)[row_of]
        self.row_starts: Ints = np.concatenate(([0], np.cumsum(np.bincount(row_of, minlength=self.size))))
        self._sizes: Ints = np.diff(self.row_starts)
        self.columns: Shorts = column.astype(np.int32)
        self.values: Singles = value.astype(np.float32)
        order = np.argsort(column, kind="stable")
        self._rows = row_of[order].astype(np.int32)
        self._by_column = self.values[order]
        self._starts: Ints = np.concatenate(([0], np.cumsum(frequency))).astype(np.int64)

    def _count(self, rows: Sequence[Sequence[str]]) -> tuple[Ints, Ints, Floats]:
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

    @property
    def features(self) -> Iterable[str]:
        """All features in the order of their columns."""
        return self._ids.keys()

    def has(self, feature: str) -> bool:
        """Say whether any row has the feature."""
        return feature in self._ids

    def column(self, feature: str) -> int:
        """Return the feature's column, or -1."""
        return self._ids.get(feature, -1)

    def vector(self, tokens: Iterable[str]) -> Vector:
        """Return the tokens as a vector; unknown features count in the length as the rarest do."""
        length = 0.0
        known: list[tuple[int, float]] = []
        place, idf, rarest = self._ids.get, self._idf.data, self._rarest
        for feature, count in Counter(chain.from_iterable(map(self._expand, tokens))).items():
            column = place(feature, -1)
            weight = rarest if column < 0 else idf[column]
            if count > 1:
                weight *= 1.0 + math.log(count)
            length += weight * weight
            if column >= 0:
                known.append((column, weight))
        known.sort()
        columns = np.asarray([column for column, _ in known], dtype=np.int64)
        return Vector(columns, np.asarray([weight for _, weight in known]), math.sqrt(length) or 1.0)

    def cosine(self, tokens: Iterable[str]) -> Floats:
        """Return the cosine of the tokens with every row."""
        return self.cosines(self.vector(tokens))

    def cosines(self, vector: Vector) -> Floats:
        """Return the cosine of a vector with every row; of a very common feature only where there is room for it."""
        starts, stops = self._starts[vector.columns], self._starts[vector.columns + 1]
        # The rarest first; at least one, at most so many postings that the time is bounded.
        order = np.argsort(stops - starts, kind="stable")
        room = np.cumsum((stops - starts)[order])
        chosen = order[: max(int(np.searchsorted(room, MAX_POSTINGS, side="right")), 1)]
        if not len(chosen):
            return np.zeros(self.size)
        spans = [slice(a, b) for a, b in zip(starts[chosen].tolist(), stops[chosen].tolist(), strict=True)]
        rows = np.concatenate([self._rows[span] for span in spans])
        weights = np.repeat(vector.weights[chosen] / vector.length, (stops - starts)[chosen])
        values = np.concatenate([self._by_column[span] for span in spans])
        return np.bincount(rows, weights=values * weights, minlength=self.size).astype(np.float64)

    def mass(self, weights: Sequence[tuple[str, float]]) -> Floats:
        """Return for every row the sum of the weights of the features it has."""
        known = [(self._ids[feature], weight) for feature, weight in weights if feature in self._ids]
        if not known:
            return np.zeros(self.size)
        spans = [slice(int(self._starts[column]), int(self._starts[column + 1])) for column, _ in known]
        rows = np.concatenate([self._rows[span] for span in spans])
        sums = np.concatenate([np.full(span.stop - span.start, w) for span, (_, w) in zip(spans, known, strict=True)])
        return np.bincount(rows, weights=sums, minlength=self.size).astype(np.float64)

    def among(self, spans: Sequence[tuple[int, int]]) -> "Rows":
        """Return the contents of runs of rows (first, behind the last), to be compared with one question exactly."""
        cuts = [slice(int(self.row_starts[first]), int(self.row_starts[last])) for first, last in spans]
        sizes = np.concatenate([self._sizes[first:last] for first, last in spans])
        return Rows(
            np.concatenate([self.columns[cut] for cut in cuts]),
            np.concatenate([self.values[cut] for cut in cuts]),
            np.cumsum(sizes) - sizes,
            sizes == 0,
            self.width,
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """A few rows of an index, flat: where each starts, and which are empty."""

    columns: Shorts
    values: Singles
    starts: Ints
    empty: NDArray[np.bool_]
    width: int

    def cosine(self, vector: Vector) -> Floats:
        """Return the exact cosine of the vector with each row."""
        dense = np.zeros(self.width, dtype=np.float32)
        dense[vector.columns] = vector.weights / vector.length
        return self._sums(dense.take(self.columns) * self.values)

    def mass(self, columns: Ints, weights: Floats) -> Floats:
        """Return for each row the sum of the weights of those columns that it has."""
        dense = np.zeros(self.width, dtype=np.float32)
        dense[columns] = weights
        return self._sums(dense.take(self.columns))

    def _sums(self, elements: Singles) -> Floats:
        # One element behind the last keeps the start of an empty row in bounds.
        sums = np.add.reduceat(np.append(elements, np.float32(0.0)), self.starts).astype(np.float64)
        sums[self.empty] = 0.0
        return sums


def _count_chunk(
    rows: Sequence[Sequence[int]], first: int, feature: Ints, size: Ints, start: Ints, width: int
) -> tuple[Ints, Floats]:
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
