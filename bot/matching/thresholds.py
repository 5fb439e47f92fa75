"""Every number that decides, in one place, each with where it was measured.

Read by `search.py` (weights of the views) and `decide.py` (borders between sure, close and unsure). Measurements are on
`tests/questions/dev.tsv` and `tests/matching/near_scope.tsv` with the shipped knowledge base (`python -m
tests.bench.evaluate`), on the same questions that a number was fitted to unless folds are named; the questions of
`test.tsv` were never read for it, its totals were looked at. What names no measurement was set by hand.
"""

import hashlib

MIX = {"bias": 0.0, "learned": 2.0, "phrase": 4.0, "article": 3.5}
"""Logits of an article's views where its phrases were learned from; `learning.py` starts here."""

PRIOR_MIX = {"bias": 0.0, "learned": 12.0, "phrase": 12.0, "article": 6.0}
"""The same where they were not (yet)."""

PHRASE_WEIGHTS = {"chars": 0.35, "stems": 0.25, "asked": 0.25, "covered": 0.15}
"""Shares of a phrase's fit; they sum to 1. Ranking hardly depends on them (held out 64.2-64.4 % for five choices)."""

ENTRY_WEIGHT = 0.85
"""Worth of a table row or tag against a symptom or title that fits as well."""

OTHER_PRODUCT = 4.0
"""Logits taken from an article when the customer speaks of another product. Between 2 and 6 nothing changes on dev."""

TRUST = {
    "bias": -7.1,
    "strength": 0.25,
    "lead": 0.2,
    "doubt": -0.8,
    "asked": 1.0,
    "article": 2.0,
    "unknown": -4.0,
    "topic_word": 0.4,
}
"""How probable it is that the best article is right: near the logistic regression on dev's 233 questions without a code
and the 130 foreign ones of `tests/matching/near_scope.tsv` (AUC 97.9 % there), with less weight on length, so that it
serves other knowledge bases too: CLINC150's foreign questions AUC 96.1 % against 94.7 with the exact fit."""

PRIOR_TRUST = {
    "bias": -5.67,
    "strength": 0.19,
    "lead": 0.25,
    "doubt": -0.69,
    "asked": 0.73,
    "article": 1.62,
    "unknown": -2.22,
    "topic_word": 0.58,
}
"""The same with `PRIOR_MIX`. Fitted alike (AUC 97.7 %): answered right / wrong / foreign ones 81 / 1.2 / 3.1 %."""

MAX_LEAD = 8.0
"""Logits of lead beyond which more says nothing."""

MAX_TOPIC_WORDS = 8
"""From here on more words make a question no longer."""

ANSWER_SCORE = 0.65
"""From this probability on the best article is answered. Answered right / answered wrong on dev, foreign ones answered
on dev / on `near_scope.tsv`, per cent: at 0.55 91.7 / 0.9 / 3.3 / 6.2, at 0.65 89.5 / 0.4 / 0 / 3.8, at 0.75 87.3 / 0 /
0 / 2.3; the phrases of some articles were improved with dev's errors in sight, before it was 86.0 / 0.9 at 0.65."""

PERSON_SCORE = 0.16
"""The same for the article that hands over: a person asked for in vain is worse than one called for nothing."""

CLARIFY_SCORE = 0.3
"""From here on the closest articles are offered as a choice; below, the bot says that it is not sure."""

SIBLING_SHARE = 0.6
"""Where no product is spoken of, an article of another product this near to the best one makes the product the
question. On dev and test no right answer is that near, so it costs nothing there."""

OPTION_SHARE = 0.12
"""An article less probable than this share of the best one is not worth a button in a choice."""

RIVAL_SCORE = 0.65
"""From here on the words of a message outweigh a number that merely stands in it."""

RIVAL_STRENGTH = 6.0
"""Logits from which an article is offered beside the one whose feature number was named, where something is lacking."""

CLOSEST_STRENGTH = 2.5
"""Logits that an article needs to be shown among the closest ones when nothing is sure."""

LONG_MESSAGE = 14
"""From more words than this on the sentences of a message are looked at one by one as well."""

MAX_SENTENCES = 8
"""Sentences of a long message that are: a bound on time."""

SENTENCE_GAIN = 0.4
"""The most that one clear sentence adds to the trust in a long message."""

FOLLOW_UP_WORDS = 1
"""Words that a message may share with its best phrase and still be about the article just answered."""

RECENT_TURNS = 2
"""Turns of a conversation whose words a follow-up ("не помогло") stands for."""

PART_RIVAL = 0.4
"""Where a customer announces several problems, one that is close is answered if no other article comes this near."""

MAX_ALSO = 2
"""Problems answered beside the first one."""

MAX_CHOICES = 4
MAX_CLOSEST = 3

CODE_SCORE = 0.97
"""The score of an article whose code was named; not 1, for a customer may misread a digit."""


def fingerprint(learned: str = "") -> str:
    """Return `sha256:` and the hash of all numbers here and of what was learned: which weights gave an answer."""
    numbers = sorted((name, repr(value)) for name, value in globals().items() if name.isupper())
    return "sha256:" + hashlib.sha256(repr((learned, numbers)).encode()).hexdigest()
