"""Knows words as such: stems, whether a Russian word exists, whether a word only serves the grammar.

A thin typed layer over PyStemmer and pymorphy3, which ship no types. Both hold large read-only tables, made once per
process at first use; results are cached, the caches are bounded. Stems did as well as lemmas where it was measured
(MATCHING, point 7) and cost a tenth, so morphology is asked only whether a word exists and what part of speech it is.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files

import pymorphy3
import Stemmer

_CYRILLIC = re.compile(r"[а-яё]+")
_LATIN = re.compile(r"[a-z']+")
_SERVING = frozenset({"PREP", "CONJ", "PRCL", "NPRO", "INTJ", "PRED"})


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    # Its own cache is off: it is shared state, and the matcher is called from several threads.
    return Stemmer.Stemmer(language, 0)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the Snowball stem of a folded word, Russian or English by its letters; other words as they are."""
    if _CYRILLIC.fullmatch(word):
        return str(_stemmer("russian").stemWord(word))
    if _LATIN.fullmatch(word):
        return str(_stemmer("english").stemWord(word))
    return word


@lru_cache(maxsize=65536)
def is_russian_word(word: str) -> bool:
    """Say whether the dictionary has this Cyrillic word form; `е` may stand for `ё`."""
    return bool(_CYRILLIC.fullmatch(word)) and bool(_analyzer().word_is_known(word))


COMMON_ENGLISH = 100_000
"""Occurrences in the dictionary's corpus from which an English word is one: 52,000 words, and few that are slips."""


@cache
def _english() -> frozenset[str]:
    found = set()
    with (files("symspellpy") / "frequency_dictionary_en_82_765.txt").open(encoding="utf-8-sig") as lines:
        for line in lines:
            word, _, count = line.partition(" ")
            if int(count) < COMMON_ENGLISH:
                break  # the file begins with the commonest
            found.add(word)
    return frozenset(found)


def is_english_word(word: str) -> bool:
    """Say whether a folded word is common English; word lists come with symspellpy."""
    return word in _english()


@lru_cache(maxsize=65536)
def is_serving_word(word: str) -> bool:
    """Say whether a Russian word is a preposition, conjunction, particle, pronoun or interjection."""
    if not _CYRILLIC.fullmatch(word) or not _analyzer().word_is_known(word):
        return False
    return _analyzer().tag(word)[0].POS in _SERVING


@lru_cache(maxsize=65536)
def is_counted(word: str) -> bool:
    """Say whether a Russian word is a noun in the form that follows a large number: "2011 файлов"."""
    if not _CYRILLIC.fullmatch(word) or not _analyzer().word_is_known(word):
        return False
    tag = _analyzer().tag(word)[0]
    return bool(tag.POS == "NOUN" and tag.number == "plur" and tag.case == "gent")


@lru_cache(maxsize=65536)
def is_thing(word: str) -> bool:
    """Say whether a Russian word is first of all a noun for a thing, not for a person."""
    if not _CYRILLIC.fullmatch(word) or not _analyzer().word_is_known(word):
        return False
    tag = _analyzer().tag(word)[0]
    return bool(tag.POS == "NOUN" and tag.animacy == "inan")
