"""Which language a message is in: by its letters, then the customer's own, then that of the conversation.

Called by `matcher.py`. Decides only among the languages of the knowledge base.
"""

import re
from collections.abc import Sequence

from bot.kb.library import Library
from bot.matching.normalize import clean, fold

MIN_LETTERS = 3
"""A letter or two show no language."""

_CYRILLIC = re.compile(r"[а-яё]")
_LATIN = re.compile(r"[a-z]")


def language_of(library: Library, texts: Sequence[str], own: str | None, earlier: Sequence[str]) -> str:
    """Return the language of the first of `texts` that shows one, else the customer's `own`, else of the `earlier`."""
    for text in (*texts, *(() if own is not None else (fold(clean(each)) for each in reversed(earlier)))):
        russian, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
        if russian + latin >= MIN_LETTERS:
            shown = "ru" if russian * 2 >= latin else "en"
            return shown if shown in library.head.languages else library.default_language
    return own if own is not None else library.default_language
