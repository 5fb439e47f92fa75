"""Turns strengths into probabilities: how far the best article can be trusted, and what is left for the others.

Decides nothing. The best article's score is the probability that it is the right one, by logistic regression on its
strength, its lead over the runner-up and the share of the question that the knowledge base has no word for; the other
articles follow in the proportion of their strengths. Called by `matcher.py` between `search.py` and `decide.py`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.matching.search import Hit
from bot.matching.thresholds import OTHER_PRODUCT, TRUST


def weigh(hits: Sequence[Hit], unknown: float, fits: Callable[[str], bool]) -> list[Hit]:
    """Return the hits with `strength` narrowed to the fitting product and `score` set, best first, equal ones by id.

    `unknown`: share of the question in words the knowledge base does not have, 0 to 1; `fits`: whether an article may
    be of the product spoken of.
    """
    narrowed = [hit if fits(hit.id) else replace(hit, strength=max(hit.strength - OTHER_PRODUCT, 0.0)) for hit in hits]
    narrowed.sort(key=lambda hit: (-hit.strength, hit.id))
    if not narrowed or narrowed[0].strength <= 0:
        return [replace(hit, score=0.0) for hit in narrowed]
    best = narrowed[0].strength
    lead = best - (narrowed[1].strength if len(narrowed) > 1 else 0.0)
    logit = TRUST["strength"] * best + TRUST["lead"] * lead + TRUST["unknown"] * unknown + TRUST["bias"]
    trust = 1.0 / (1.0 + math.exp(-logit))
    return [replace(hit, score=round(trust * math.exp(hit.strength - best), 4)) for hit in narrowed]
