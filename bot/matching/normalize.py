"""Cleans a message: from whatever was typed to plain letters, digits and punctuation of bounded length.

Decides which characters count. It does not change words: layout, transliteration and spelling are `forms.py` and
`repair.py`. Called by `matcher.py` for messages and by `vocabulary.py` for the phrases of the knowledge base, so that
both sides look alike.
"""

import re
import unicodedata

MAX_CHARS = 4000
"""Characters of a message that are considered: Telegram's longest message is 4096, and time must stay bounded."""

MAX_WORD = 40
"""Longer runs of letters are noise (hashes, glued logs); only their head is kept as a word."""

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"), "-")
_QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4"), "'") | dict.fromkeys(
    map(ord, "\u201c\u201d\u201e\u00ab\u00bb\u2033"), '"'
)
_TABLE = _DASHES | _QUOTES | {ord("№"): "#", ord("©"): "(c) "}  # NFKC would make two letters of the first
_ODD = re.compile(r"[^ -~\nА-яЁё]")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_NOISE = re.compile(
    r"""
      \b(?P<prefix>[^\W\d_]{2,12})(?:-[\w*]{4,6}){3,}(?!\w)      # licence key, coupon
    | \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b           # GUID
    | \b(?=[0-9a-f]{0,80}?\d)[0-9a-f]{16,80}\b                 # hash, session
    | \b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?(?:\#[a-z]{3}:)?       # log stamp
    | \b\d{1,2}[./-]\d{1,2}[./-]\d{4}\b(?<!01[./-]01[./-]1970)  # date; the one with a meaning stays
    | \b\d{4}-\d{2}-\d{2}\b
    | (?:\+\d|\b[78])[\s(-]{0,2}\d{3}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;]+(?:\s+|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LATIN, _CYRILLIC = re.compile("[a-z]"), re.compile("[а-я]")
_SEAM = re.compile("[a-z][а-я]|[а-я][a-z]")
_MIXED = re.compile(r"[^\W_]{0,40}(?:[a-z][а-я]|[а-я][a-z])[^\W_]{0,40}")
_TO_RUSSIAN = str.maketrans("acekmopxytbh", "асекморхутвн")
_TO_LATIN = str.maketrans("асекморхутвн", "acekmopxytbh")


def clean(text: str) -> str:
    """Return `text` in NFKC, of one line per line, with plain dashes and quotes, without marks, controls and emoji.

    Case is kept (codes need it); `й` and `ё` survive. Never longer than `MAX_CHARS`; any string is accepted.
    """
    if not _ODD.search(text, 0, MAX_CHARS * 2):
        return _LINES.sub("\n", _SPACES.sub(" ", text[: MAX_CHARS * 2])).strip()[:MAX_CHARS]
    head = unicodedata.normalize("NFKC", text[: MAX_CHARS * 2].translate(_TABLE))
    kept = "".join(map(_plain, head[: MAX_CHARS * 2]))
    return _LINES.sub("\n", _SPACES.sub(" ", kept)).strip()[:MAX_CHARS]


def _plain(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() or char == "\n" else " "
    if char in _ZERO_WIDTH:
        return ""
    category = unicodedata.category(char)
    if category in _DROPPED_CATEGORIES:
        return "" if category in {"Mn", "Me", "Cf"} else " "
    if category in {"So", "Sk"} or category[0] == "Z":
        return " "
    return char


def fold(text: str) -> str:
    """Return cleaned text in lower case with `е` for `ё`: the shape in which words are compared.

    A word of both alphabets is written in one where look-alike letters allow it: "ошибкa" with a Latin `a`.
    """
    folded = text.lower().replace("ё", "е")
    return _MIXED.sub(_of_one_alphabet, folded) if _SEAM.search(folded) else folded


def _of_one_alphabet(match: re.Match[str]) -> str:
    word = match.group()
    russian = word.translate(_TO_RUSSIAN)
    if not _LATIN.search(russian):
        return russian
    latin = word.translate(_TO_LATIN)
    return word if _CYRILLIC.search(latin) else latin


def without_noise(text: str) -> str:
    """Return cleaned text without keys (but for the prefix), hashes, phones, dates and stamps: they say nothing."""
    return _NOISE.sub(lambda match: f" {match['prefix'] or ''} ", text)


def sentences(text: str) -> list[str]:
    """Return the sentences of a cleaned text, in order; lines part them too."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def words(text: str) -> list[str]:
    """Return the words and numbers of a folded text in order; a hyphen or a digit beside a letter parts them."""
    return [word[:MAX_WORD] for word in _WORD.findall(text)]
