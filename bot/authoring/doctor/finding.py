"""What a check found: which article and line, how bad, and a sentence on what to do. Pure.

Decides the names and order of the checks. Made by the checks, placed by `positions.py`, shown by `kb doctor`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.kb.fields import Path

CHECKS: Final[Mapping[str, str]] = {
    "not-own": "phrases that are answered with another article",
    "not-answered": "phrases that are not answered at once",
    "steals": "articles that take each other's questions",
    "near-twin": "phrases too close to another article's",
    "twice": "phrases that stand twice in one article",
    "few-phrases": "articles with too few phrases",
    "no-own-word": "articles without a word of their own",
    "synonym-idle": "synonyms without effect",
    "synonym-common": "synonyms that are common words",
    "alias-common": "product names that mean something else, too",
    "code-shared": "codes of several articles",
    "code-unclaimed": "codes named in an article that does not have them",
    "long-title": "titles that are cut on a button",
    "unrelated": "articles that no other leads to",
}
"""The ids of the checks, in the order they are shown, with the headings a person reads."""


class Severity(StrEnum):
    """How bad a finding is."""

    WARNING = "warning"
    """Customers get a wrong article, or none."""
    NOTE = "note"
    """It works, and could be better."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `check` is a key of `CHECKS`; `file` is relative to the knowledge base; line and column from 1.

    `path` leads to the place inside the file, from which `positions.py` makes line and column.
    """

    check: str
    severity: Severity
    file: str
    path: Path
    article: str | None
    told: str
    mend: str
    line: int = 1
    col: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.col}: {self.told}; {self.mend}"
