"""Mends misspelled words against the knowledge base's own vocabulary.

Decides which unknown words are slips of a known one: optimal string alignment distance 1 below six letters, else 2
(MATCHING, point 2); glued words are parted where both halves are known. A word that the knowledge base or the
language knows is left alone. Called by `matcher.py` after `forms.py`.
"""

from collections.abc import Callable, Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LETTERS = 4
"""Shorter words have too many neighbours."""

LONG_WORD = 6
"""From this many letters on two slips are forgiven."""

MAX_REPAIRED = 24
"""Unknown words of one message that are looked up: a bound on time for pasted noise."""


class Speller:
    """Knows the words of the knowledge base, each with how often it stands there."""

    def __init__(self, counts: Mapping[str, int], knows: Callable[[str], float]) -> None:
        self._counts = counts
        self._knows = knows
        by_length: dict[tuple[bool, int], list[str]] = {}
        for word in sorted(counts):
            if len(word) >= MIN_LETTERS - 1 and word.isalpha():
                by_length.setdefault((word.isascii(), len(word)), []).append(word)
        self._by_length = by_length

    def repair(self, words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the words with slips mended, and each repair as `written→meant`, in order."""
        mended: list[str] = []
        repairs: list[str] = []
        budget = MAX_REPAIRED
        for word in words:
            if len(word) < MIN_LETTERS or not word.isalpha() or self._knows(word) > 0 or budget == 0:
                mended.append(word)
                continue
            budget -= 1
            meant = self._nearest(word) or self._parted(word)
            if meant is None:
                mended.append(word)
            else:
                mended.extend(meant.split())
                repairs.append(f"{word}→{meant}")
        return tuple(mended), tuple(repairs)

    def _nearest(self, word: str) -> str | None:
        cutoff = 1 if len(word) < LONG_WORD else 2
        found: list[tuple[int, bool, int, str]] = []
        for length in range(len(word) - cutoff, len(word) + cutoff + 1):
            near = process.extract(
                word,
                self._by_length.get((word.isascii(), length), ()),
                scorer=OSA.distance,
                score_cutoff=cutoff,
                limit=5,
            )
            found.extend((int(d), w[0] != word[0], -self._counts[w], w) for w, d, _ in near)
        return min(found)[3] if found else None

    def _parted(self, word: str) -> str | None:
        options = [
            (-self._counts.get(word[:cut], 0) - self._counts.get(word[cut:], 0), word[:cut], word[cut:])
            for cut in range(2, len(word) - 1)
            if self._parts_known(word[:cut], word[cut:])
        ]
        if not options:
            return None
        _, head, tail = min(options)
        return f"{head} {tail}"

    def _parts_known(self, head: str, tail: str) -> bool:
        """Both halves stand in the knowledge base, or a long one does and the language knows the other, long too."""
        if head.isascii() and min(len(head), len(tail)) < MIN_LETTERS:
            return False
        if head in self._counts and tail in self._counts:
            return True
        one_here = head in self._counts or tail in self._counts
        return one_here and min(len(head), len(tail)) >= MIN_LETTERS and min(self._knows(head), self._knows(tail)) > 0
