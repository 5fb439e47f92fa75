"""Reads a text: chooses its form, mends its words, finds its codes, and hears what kind of talk it is.

Decides nothing about articles; it turns what was typed into words that the search can use. Called by `matcher.py` for
the message, for the parts of a message with several problems, and for earlier turns of the conversation.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.matching import forms
from bot.matching.codes import CodeBook, Reading
from bot.matching.lexicon import ENGLISH, FILLERS
from bot.matching.morphology import stem
from bot.matching.normalize import clean, fold, without_noise
from bot.matching.normalize import words as split
from bot.matching.number_pieces import hide
from bot.matching.repair import Speller
from bot.matching.segments import Segments, segment
from bot.matching.talk import COURTESIES, Heard, Talk, hear
from bot.matching.talk_words import COURTESY_WORDS
from bot.matching.vocabulary import Vocabulary

COMMON = sorted(ENGLISH | FILLERS | COURTESY_WORDS | {"ошибка", "ошибку", "ошибки", "код", "error", "code"})
"""Words that everybody uses and may misspell, beside those of the knowledge base."""

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Read:
    """A text as it is understood word by word."""

    form: forms.Form
    words: tuple[str, ...]
    repairs: tuple[str, ...]
    numbers: Reading
    heard: Heard


class Reader:
    """Reads texts with the vocabulary and the codes of one snapshot. Immutable once built."""

    def __init__(self, vocabulary: Vocabulary, codes: CodeBook) -> None:
        self._counts: Mapping[str, int] = vocabulary.counts
        self._knows = vocabulary.knows
        self._speller = Speller(vocabulary.counts, vocabulary.knows, COMMON)
        self._topics = frozenset(map(stem, vocabulary.counts))
        self._codes = codes

    def read(self, told: Segments) -> Read:
        """Return what a message's own words say, with the codes of what was pasted and, for want of any, quoted."""
        form = forms.choose(without_noise(told.own), self._knows, self._speller.mends)
        words, repairs = self._speller.repair(form.words)
        numbers = self._numbers(fold(told.numbers), form if not told.pasted else None, words)
        if repairs and not numbers.refused and not any(mention.plain for mention in numbers.mentions):
            numbers = self._numbers(_mended(fold(told.numbers), repairs), None, words)
        if told.quoted and not numbers.mentions:
            numbers = self._numbers(fold(f"{told.numbers}\n{told.quoted}"), None, words)
        words = tuple(word for word in words if word not in numbers.refused)
        heard = hear(words if numbers.mentions else [word for word in words if not word.isdigit()])
        if heard.talk is Talk.NOTHING and (form.name != forms.TYPED or repairs):
            # Courtesies are no words of the knowledge base, so that another reading may have been preferred to them.
            as_typed = hear([word for word in split(fold(told.own)) if not word.isdigit()])
            heard = as_typed if as_typed.talk in COURTESIES and not numbers.mentions else heard
        return Read(form, words, repairs, numbers, heard)

    def words_of(self, text: str) -> tuple[str, ...]:
        """Return the mended words of an earlier message."""
        return self.words_in(segment(clean(text)).own)

    def words_in(self, cleaned: str) -> tuple[str, ...]:
        """Return the mended words of a cleaned text."""
        return self._speller.repair(forms.choose(without_noise(cleaned), self._knows, self._speller.mends).words)[0]

    def repaired(self, words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return words with slips mended, and each repair."""
        return self._speller.repair(words)

    def _numbers(self, folded: str, form: forms.Form | None, mended: Sequence[str]) -> Reading:
        typed = self._codes.find(folded, self._counts, self._topics)
        if form is None or form.name == forms.TYPED or any(mention.plain for mention in typed.mentions):
            return typed
        seen = hide(folded)
        written = [word for word in mended if not word.isdigit() or (word in seen and word not in typed.refused)]
        return self._codes.find(" ".join(written), self._counts, self._topics)


def _mended(folded: str, repairs: Sequence[str]) -> str:
    """Return a folded text with its repairs put in, so that the words around a number are read as meant."""
    meant = dict(repair.split("→", 1) for repair in repairs)
    return _WORD.sub(lambda match: meant.get(match.group(), match.group()), folded) if meant else folded
