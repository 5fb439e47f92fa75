"""What the matcher is measured beside: rapidfuzz's token_set_ratio over all phrases, and SQLite's FTS5 trigram index.

Both are what one would take off the shelf, on the same phrases in lower case. Neither knows codes, layouts, stems or
when to be silent; they rank, and that is what is timed. Called by `matching.py`.
"""

import re
import sqlite3
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from tests.bench.bases import MadeArticle

KEPT = 5
"""Candidates asked for: as many as `kb ask` shows."""

_WORD = re.compile(r"\w+")
_GRAM = 3


class TokenSet:
    """rapidfuzz: every phrase is compared with the question."""

    name = "rapidfuzz token_set_ratio"

    def __init__(self, articles: Sequence[MadeArticle]) -> None:
        pairs = [(phrase.lower(), article.id) for article in articles for phrase in _phrases(article)]
        self._phrases = [phrase for phrase, _ in pairs]
        self._owners = [owner for _, owner in pairs]

    def first(self, question: str) -> str | None:
        """Return the article whose phrase is nearest."""
        found = process.extract(question.lower(), self._phrases, scorer=fuzz.token_set_ratio, limit=KEPT)
        return self._owners[found[0][2]] if found else None


class Trigrams:
    """SQLite FTS5: phrases that share trigrams with the question, ranked by bm25."""

    name = "SQLite FTS5 trigram"

    def __init__(self, articles: Sequence[MadeArticle]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("CREATE VIRTUAL TABLE phrases USING fts5(text, owner UNINDEXED, tokenize = 'trigram')")
        rows = [(phrase.lower(), article.id) for article in articles for phrase in _phrases(article)]
        self._db.executemany("INSERT INTO phrases VALUES (?, ?)", rows)
        self._db.commit()

    def first(self, question: str) -> str | None:
        """Return the article of the best phrase."""
        words = _WORD.findall(question.lower())
        grams = dict.fromkeys(word[at : at + _GRAM] for word in words for at in range(len(word) - _GRAM + 1))
        if not grams:
            return None
        wanted = " OR ".join(f'"{gram}"' for gram in grams)
        statement = "SELECT owner FROM phrases WHERE phrases MATCH ? ORDER BY rank LIMIT ?"
        row = self._db.execute(statement, [wanted, KEPT]).fetchone()
        return None if row is None else str(row[0])


def _phrases(article: MadeArticle) -> list[str]:
    return [phrase for phrases in article.phrases.values() for phrase in phrases]
