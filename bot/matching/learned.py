"""What was learned from the phrases of one knowledge base, and how it scores a question.

Values only: a weight for each feature and article (softmax regression over character n-grams, stems and pairs of
stems), how much each view of an article counts, and how far the best article is to be trusted. `learning.py` makes
them, in the background and from the knowledge base alone; `search.py` and `trust.py` use them. Until they are there,
and for knowledge bases too small or too large to learn from, `PRIOR` serves.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bot.matching.vectors import Floats, Ints, Singles

RECIPE = 1
"""Raised whenever the same phrases would give other weights: older cached ones no longer fit then."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights of a knowledge base: `scores` is features × articles, or None where nothing was learned.

    `mix` weighs the views of an article (`search.py`), `trust` the grounds for trusting the best one (`trust.py`).
    """

    mix: Mapping[str, float]
    trust: Mapping[str, float]
    scores: NDArray[np.float32] | None = field(default=None, repr=False)

    def logits(self, columns: Ints, values: Floats) -> Floats:
        """Return a logit for each article, for a question's features; only where `scores` are there."""
        if self.scores is None:
            raise ValueError("nothing was learned")
        # Not `@`: BLAS may split the work differently from run to run.
        found: Singles = np.einsum("f,fa->a", values.astype(np.float32), self.scores[columns])
        return found.astype(np.float64)

    def fingerprint(self) -> str:
        """Return the hash of all numbers, in hexadecimal."""
        told = hashlib.sha256(repr((RECIPE, sorted(self.mix.items()), sorted(self.trust.items()))).encode())
        if self.scores is not None:
            told.update(np.ascontiguousarray(self.scores).tobytes())
        return told.hexdigest()
