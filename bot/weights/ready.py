"""A matcher that is ready for good: its weights learned, so that the same question gets the same answer twice.

Decides nothing. Called by the commands that wait for learned weights (CONTRACTS, "kb ask"), by the tools for authors
and by tests; the bot itself does not wait (`app.py`).
"""

from bot.kb.library import Library
from bot.matching.corpus import Corpus
from bot.matching.learned import Learned
from bot.matching.matcher import Matcher
from bot.weights.cache import chosen_directory
from bot.weights.learner import wait_for


def weights_of(corpus: Corpus) -> Learned:
    """Return the weights of a corpus from the cache of this user, or learn them now. Raises `LearningError`."""
    return wait_for(corpus, chosen_directory())


def ready(library: Library) -> Matcher:
    """Return the matcher of a snapshot with its learned weights. Raises `LearningError`."""
    matcher = Matcher(library)
    return matcher.with_learned(weights_of(matcher.corpus))
