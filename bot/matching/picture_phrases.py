"""Which phrases of the knowledge base stand on a picture, though tesseract has misread a letter here and there.

Decides how alike a line and a phrase must be, and which lines may be one sentence broken in two. A phrase is a title or
a symptom long enough not to stand on every second screen; "not" must be in both or in neither. Called by `picture.py`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.kb.article import Article
from bot.matching.normalize import clean, fold, words

MOST_PHRASES = 2
PHRASE_WORDS, PHRASE_LETTERS = 3, 14
"""A shorter phrase stands on every second screen."""

ALIKE, WITHIN = 86.0, 93.0
"""How alike, of 100, a line and a phrase must be as wholes, and where the phrase is a part of a longer line."""

SHARED_WORDS, STEM_LETTERS = 0.6, 5
"""Only a phrase of which so many words begin like words of the line is compared with it letter by letter."""

PARAGRAPH_LINES, PARAGRAPH_CHARACTERS = 3, 200

_NEGATION = re.compile(r"\b(?:не|нет|без|no|not|never|cannot|can't)\b")


@dataclass(frozen=True, slots=True)
class _Phrase:
    article: str
    text: str
    bare: str
    parts: frozenset[str]
    negated: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that stands on a picture: how surely of 100, whose it is, its text, the line or lines that say it."""

    score: float
    article: str
    phrase: str
    line: str


class PhraseBook:
    """The phrases of some articles. Immutable once built."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._phrases = [phrase for article in articles for phrase in _phrases(article)]
        self._places: dict[str, list[int]] = {}
        for place, phrase in enumerate(self._phrases):
            for part in phrase.parts:
                self._places.setdefault(part, []).append(place)

    def find(self, read: Sequence[str]) -> list[Match]:
        """Return the phrases that stand among cleaned lines, the best first, at most one for each article."""
        best: dict[str, Match] = {}
        for line in _paragraphs(read):
            for match in self._said(line):
                earlier = best.get(match.article)
                if earlier is None or match.score > earlier.score:
                    best[match.article] = match
        ranked = sorted(best.values(), key=lambda match: (-match.score, match.article))
        # A phrase that fits less well than another on the same line is that line, read worse.
        kept = [match for match in ranked if match is ranked[0] or match.line != ranked[0].line]
        return kept[:MOST_PHRASES]

    def _said(self, line: str) -> Iterator[Match]:
        folded = fold(line)
        bare = " ".join(words(folded))
        if len(bare) < PHRASE_LETTERS:
            return
        negated = _NEGATION.search(folded) is not None
        shared = Counter(place for part in _parts(bare) for place in self._places.get(part, ()))
        for place, count in shared.items():
            phrase = self._phrases[place]
            if phrase.negated != negated or count < SHARED_WORDS * len(phrase.parts):
                continue
            score = fuzz.ratio(bare, phrase.bare, score_cutoff=ALIKE)
            if not score and len(phrase.bare) <= len(bare):
                score = fuzz.partial_ratio(phrase.bare, bare, score_cutoff=WITHIN)
            if score:
                yield Match(score, phrase.article, phrase.text, line)


def _parts(bare: str) -> frozenset[str]:
    """Return the beginnings of the words, which are the same in most forms of a Russian word."""
    return frozenset(word[:STEM_LETTERS] for word in bare.split())


def _phrases(article: Article) -> Iterator[_Phrase]:
    for text in (*article.title.values(), *(text for each in article.symptoms.values() for text in each)):
        folded = fold(clean(text))
        bare = " ".join(words(folded))
        if len(bare.split()) >= PHRASE_WORDS and len(bare) >= PHRASE_LETTERS:
            yield _Phrase(article.id, text, bare, _parts(bare), _NEGATION.search(folded) is not None)


def _paragraphs(read: Sequence[str]) -> list[str]:
    """Return every line once, and with each what seems to go on from it for a line or two."""
    found: dict[str, None] = {}
    for at, line in enumerate(read):
        joined = line[:PARAGRAPH_CHARACTERS]
        found[joined] = None
        for follower in read[at + 1 : at + PARAGRAPH_LINES]:
            if not follower[0].islower() or len(joined) + len(follower) > PARAGRAPH_CHARACTERS:
                break
            joined = f"{joined} {follower}"
            found[joined] = None
    return list(found)
