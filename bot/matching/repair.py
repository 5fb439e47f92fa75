"""Mends misspelled words against the knowledge base's own vocabulary.

Decides which unknown words are slips of a known one: optimal string alignment distance 1 below six letters, else 2
(MATCHING, point 2); the likelier slip wins (`slips.py`). Words that everybody uses ("спасибо", "return") are meant only
where the knowledge base has none as near. Glued words are parted where both halves are known, split ones joined where
only the whole is. A word that the knowledge base or the language knows is left alone. Called by `reading.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.slips import is_slip, squeezed, without_runs

MIN_LETTERS = 4
"""Shorter words have too many neighbours."""

LONG_WORD = 6
"""From this many letters on two slips are forgiven."""

MIN_JOINED = 6
"""Letters of a word that may have been split by a space."""

MAX_REPAIRED = 24
"""Unknown words of one message that are looked up: a bound on time for pasted noise."""

MAX_COMMON_SLIPS = 1
"""Slips forgiven in words that everybody uses: a name must not become one of them."""

_Found = tuple[int, bool, bool, bool, int, str]


class Speller:
    """Knows the words of the knowledge base, each with how often it stands there. Safe to call from several threads."""

    def __init__(self, counts: Mapping[str, int], knows: Callable[[str], float], common: Iterable[str] = ()) -> None:
        self._counts = counts
        self._knows = knows
        self._common = frozenset(word for word in common if word not in counts)
        by_length: dict[tuple[bool, int], list[str]] = {}
        for word in sorted({*counts, *self._common}):
            if len(word) >= MIN_LETTERS - 1 and word.isalpha():
                by_length.setdefault((word.isascii(), len(word)), []).append(word)
        self._by_length = by_length
        self._meant = lru_cache(maxsize=4096)(self._look_up)

    def repair(self, words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the words with slips mended, and each repair as `written→meant`, in order."""
        mended: list[str] = []
        repairs: list[str] = []
        budget = MAX_REPAIRED
        for word in self._joined(list(words), repairs):
            if not word.isalpha() or self._knows(word) > 0 or budget == 0:
                mended.append(word)
                continue
            budget -= 1
            meant = self._meant(word)
            if meant is None:
                mended.append(word)
            else:
                mended.extend(meant.split())
                repairs.append(f"{word}→{meant}")
        return tuple(mended), tuple(repairs)

    def mends(self, word: str) -> bool:
        """Say whether an unknown word is a slip of a known one."""
        return word.isalpha() and self._meant(word) is not None

    def _look_up(self, word: str) -> str | None:
        return self._undoubled(word) or (
            (self._nearest(word) or self._parted(word)) if len(word) >= MIN_LETTERS else None
        )

    def _undoubled(self, word: str) -> str | None:
        """Return the known word that one letter too many was typed in: "нне", "лиццензия"."""
        for meant in dict.fromkeys((without_runs(word), squeezed(word))):
            if meant != word and (meant in self._counts or meant in self._common):
                return meant
        places = (at for at in range(len(word) - 1) if word[at] == word[at + 1])
        shorter = (word[:at] + word[at + 1 :] for at in places)
        return next((meant for meant in shorter if meant in self._counts or meant in self._common), None)

    def _nearest(self, word: str) -> str | None:
        cutoff = 1 if len(word) < LONG_WORD else 2
        found: list[_Found] = []
        for length in range(len(word) - cutoff, len(word) + cutoff + 1):
            near = process.extract(
                word,
                self._by_length.get((word.isascii(), length), ()),
                scorer=OSA.distance,
                score_cutoff=cutoff,
                limit=12,
            )
            found.extend(self._judged(word, meant, int(distance)) for meant, distance, _ in near)
        kept = [each for each in found if not each[1] or each[0] <= MAX_COMMON_SLIPS]
        return min(kept)[-1] if kept else None

    def _judged(self, word: str, meant: str, distance: int) -> _Found:
        common = meant in self._common
        return distance, common, not is_slip(word, meant), meant[0] != word[0], -self._counts.get(meant, 0), meant

    def _joined(self, words: Sequence[str], repairs: list[str]) -> list[str]:
        """Return the words with those joined that a space fell into: "ли цензия"."""
        result: list[str] = []
        for word in words:
            whole = f"{result[-1]}{word}" if result else ""
            if self._is_split(result[-1] if result else "", word, whole):
                repairs.append(f"{result[-1]} {word}→{whole}")
                result[-1] = whole
            else:
                result.append(word)
        return result

    def _is_split(self, head: str, tail: str, whole: str) -> bool:
        if len(whole) < MIN_JOINED or whole not in self._counts or not (head.isalpha() and tail.isalpha()):
            return False
        return min(self._knows(head), self._knows(tail)) == 0 or not {head, tail} & self._counts.keys()

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
