"""The words of one knowledge base: which there are, how rare each is, and how much a word of a question weighs.

Decides the weight (idf mass) of a word and whether it is known. Built once per snapshot by `search.py` from what may be
shown to customers; read by `forms.py` (which reading is known), `repair.py` (what may be meant) and `search.py`.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.matching import morphology
from bot.matching.lexicon import ENGLISH, FILLERS
from bot.matching.normalize import fold, words

FILLER_WEIGHT = 0.1
"""Share of its idf that a word without a topic keeps: enough to break ties, not enough to decide."""

UNKNOWN_WEIGHT = 0.85
"""Share of the largest idf that an unknown word gets: a foreign topic counts against every article."""

LONGEST_SERVING = 6
"""Longer prepositions and pronouns stand in the lexicon: the morphology is slow to ask about every word."""

MIN_STEM = 4
"""Letters of a word form that is known by its stem alone."""

ENGLISH_WORD = 0.6
"""How well a common English word is known that stands in no article: no slip, but perhaps typed in the other layout."""

_LONE_RUSSIAN = frozenset("авикосуя")


class Vocabulary:
    """Words with counts, stems with document frequencies over phrases; immutable once built."""

    def __init__(self, phrases: Iterable[list[str]], other_words: Iterable[str], synonyms: Mapping[str, str]) -> None:
        counts: Counter[str] = Counter()
        frequencies: Counter[str] = Counter()
        size = 0
        for phrase in phrases:
            size += 1
            counts.update(phrase)
            frequencies.update(set(map(morphology.stem, phrase)))
        counts.update(other_words)
        self._synonyms = {
            tuple(map(morphology.stem, words(fold(said)))): tuple(words(fold(meant)))
            for said, meant in sorted(synonyms.items())
            if words(fold(said))
        }
        for said, meant in synonyms.items():
            counts.update(words(fold(said)) + words(fold(meant)))
        self._openings: dict[str, int] = {}
        for said_stems in self._synonyms:
            self._openings[said_stems[0]] = max(len(said_stems), self._openings.get(said_stems[0], 0))
        self.counts: Mapping[str, int] = counts
        self._known_stems = frozenset(morphology.stem(word) for word in counts)
        self._frequencies = frequencies
        self._size = size
        self.largest_idf = self._idf(0)

    def _idf(self, frequency: int) -> float:
        return math.log((1 + self._size) / (1 + frequency)) + 1.0

    def weight(self, stem: str, word: str) -> float:
        """Return what a word weighs in a question or a phrase, above 0."""
        frequency = self._frequencies.get(stem, 0)
        idf = self._idf(frequency) if frequency else self.largest_idf * UNKNOWN_WEIGHT
        return idf * FILLER_WEIGHT if is_filler(word) else idf

    def in_phrases(self, stem: str) -> bool:
        """Say whether some phrase has this stem."""
        return stem in self._frequencies

    def knows(self, word: str) -> float:
        """Return how well a folded word is known: 1 in the knowledge base, 0.9 in the language, 0 not at all."""
        if word in self.counts:
            return 1.0
        if len(word) == 1 and not word.isdigit():
            return 0.9 if word in _LONE_RUSSIAN or word in {"a", "i"} else 0.0
        if word in ENGLISH or morphology.is_russian_word(word):
            return 0.9
        if len(word) >= MIN_STEM and morphology.stem(word) in self._known_stems:
            return 0.8
        if len(word) >= MIN_STEM and morphology.is_english_word(word):
            return ENGLISH_WORD
        return 0.0

    def canonical(self, found: Iterable[str]) -> list[str]:
        """Return the words with synonyms replaced by the words the articles use, longest synonym first."""
        given = list(found)
        stems = list(map(morphology.stem, given))
        result: list[str] = []
        at = 0
        while at < len(given):
            for length in range(min(self._openings.get(stems[at], 0), len(given) - at), 0, -1):
                meant = self._synonyms.get(tuple(stems[at : at + length]))
                if meant is not None:
                    result.extend(meant)
                    at += length
                    break
            else:
                result.append(given[at])
                at += 1
        return result


def is_filler(word: str) -> bool:
    """Say whether a folded word carries no topic."""
    return word in FILLERS or (len(word) <= LONGEST_SERVING and morphology.is_serving_word(word))
