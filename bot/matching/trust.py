"""Turns strengths into probabilities: how far the best article can be trusted, and what is left for the others.

Decides nothing. The best article's score is the probability that it is the right one, by logistic regression on its
strength, its lead over the runner-up, the doubt among all (entropy), how much of the question its best phrase, its
whole text and the whole knowledge base have, and the question's length (a long one is never covered as well as a short
one); the other articles follow in the proportion of their strengths. Called by `matcher.py` between `search.py` and
`decide.py`, and by `learning.py`.
"""

import math
from collections.abc import Sequence

from bot.matching.search import Hit, Outlook
from bot.matching.thresholds import MAX_LEAD, MAX_TOPIC_WORDS


def grounds(hits: Sequence[Hit], outlook: Outlook) -> dict[str, float]:
    """Return what the trust in the first of `hits` rests on."""
    best = hits[0]
    lead = best.strength - (hits[1].strength if len(hits) > 1 else 0.0)
    odds = [math.exp(hit.strength - best.strength) for hit in hits]
    total = sum(odds)
    behind = sum(each * (best.strength - hit.strength) for each, hit in zip(odds, hits, strict=True))
    return {
        "bias": 1.0,
        "strength": best.strength,
        "lead": min(lead, MAX_LEAD),
        "doubt": math.log(total) + behind / total,
        "asked": best.views["asked"],
        "article": best.views["article"],
        "unknown": outlook.unknown,
        "topic_word": float(min(outlook.topic_words, MAX_TOPIC_WORDS)),
    }


def weigh(hits: Sequence[Hit], outlook: Outlook) -> list[Hit]:
    """Return the hits with `score` set, in their order; nothing in common with any article scores 0."""
    if not hits or hits[0].views["chars"] <= 0:
        return list(hits)
    best = hits[0]
    logit = sum(outlook.trust[name] * value for name, value in grounds(hits, outlook).items())
    probability = 1.0 / (1.0 + math.exp(-max(min(logit, 40.0), -40.0)))
    shares = [round(probability * math.exp(hit.strength - best.strength), 4) for hit in hits]
    return [
        Hit(hit.id, hit.strength, share, hit.phrase, hit.views, hit.shared)
        for hit, share in zip(hits, shares, strict=True)
    ]
