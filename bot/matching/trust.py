"""Turns strengths into probabilities: how far the best article can be trusted, and what is left for the others.

Decides nothing. The best article's score is the probability that it is the right one, by logistic regression on its
strength, its lead over the runner-up, how much of the question its best phrase has and the whole knowledge base has
not, and the question's length (a long one is never covered as well as a short one); the other articles follow in the
proportion of their strengths. Called by `matcher.py` between `search.py` and `decide.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from bot.matching.search import Hit, Outlook
from bot.matching.thresholds import MAX_TOPIC_WORDS, TRUST


def weigh(hits: Sequence[Hit], outlook: Outlook) -> list[Hit]:
    """Return the hits with `score` set, in their order."""
    if not hits or hits[0].strength <= 0:
        return list(hits)
    best = hits[0]
    lead = best.strength - (hits[1].strength if len(hits) > 1 else 0.0)
    logit = (
        TRUST["bias"]
        + TRUST["strength"] * best.strength
        + TRUST["lead"] * lead
        + TRUST["asked"] * best.views["asked"]
        + TRUST["unknown"] * outlook.unknown
        + TRUST["topic_word"] * min(outlook.topic_words, MAX_TOPIC_WORDS)
    )
    trust = 1.0 / (1.0 + math.exp(-logit))
    return [replace(hit, score=round(trust * math.exp(hit.strength - best.strength), 4)) for hit in hits]
