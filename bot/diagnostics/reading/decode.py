"""Bytes of an attached file to text: which encoding a console, an editor or a mail program saved it in.

Decides between UTF-8, UTF-16, cp1251 and cp866 by validity first and by what Russian looks like second, and mends text
that was saved once in the wrong one of them. Called for attachments; `mend` by `read.py` for pasted text too.
Never raises; what is past `LONGEST` bytes is not looked at.
"""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

LONGEST: Final = 1_000_000
"""Bytes of a file that are read (issue 5: up to 1 MB)."""

_BY_FREQUENCY: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_FREQUENT: Final = {letter: round(110 * 0.9**place) for place, letter in enumerate(_BY_FREQUENCY)}
"""Letters of Russian with about how often they stand in a thousand, the most frequent first."""
_EIGHT_BIT: Final = ("cp1251", "cp866", "koi8_r")
_TYPOGRAPHIC: Final = frozenset("№«»—–°…“”„‘’•\u00a0")
_FRAMES: Final = frozenset("─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬░▒▓█▀▄▌▐■")
_MENDS: Final = (
    ("cp1251", "utf-8"),
    ("cp866", "utf-8"),
    ("cp866", "cp1251"),
    ("cp1251", "cp866"),
    ("latin-1", "cp1251"),
)
_MENDS_MORE: Final = (("latin-1", "utf-8"), ("latin-1", "cp866"), ("koi8_r", "cp1251"), ("cp1251", "koi8_r"))
_ALONE: Final = frozenset("аивкосуя")
"""Letters that are words."""
_SAMPLE: Final = 20_000
_LINE: Final = re.compile(r"[^\n]*\n?")
_ANSI: Final = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-_])")


def decode(content: bytes) -> str:
    """Return the text of a file, without NULs and terminal colours, lines ended as on Unix."""
    return strip(_decoded(content[:LONGEST]))


def strip(text: str) -> str:
    """Return the text without NULs, terminal colours and carriage returns."""
    text = _ANSI.sub("", text).replace("\x00", "").replace("\ufeff", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def mend(text: str) -> str:
    """Return the text with lines saved in the wrong encoding put right; what reads like words is left alone."""
    if text.isascii():
        return text
    return "".join(_mended(line) for line in _LINE.findall(text))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if content.startswith(b"\xef\xbb\xbf"):
        return content.decode("utf-8-sig", "replace")
    wide = _wide(content)
    if wide:
        return content.decode(wide, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        # A file cut at the size cap ends in the middle of a letter.
        if error.start >= len(content) - 3 and error.reason == "unexpected end of data":
            return content[: error.start].decode("utf-8")
    return max((content.decode(name, "replace") for name in _EIGHT_BIT), key=_russian)


def _wide(content: bytes) -> str:
    """Return the UTF-16 without a mark that the bytes are in: every second one is 0 or 4 (Latin, Cyrillic)."""
    sample = content[: _SAMPLE // 2 * 2]
    if len(sample) < 4:  # noqa: PLR2004 - two characters show nothing
        return ""
    half = len(sample) // 2
    for name, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        counts = Counter(high)
        if counts[0] + counts[4] > half * 9 // 10:
            return name
    return ""


def _russian(text: str) -> float:
    """Return how much like Russian the letters beyond ASCII are, per letter; negative where they are none."""
    sample = f" {text[:_SAMPLE]} "
    odd = [c for c in sample if not c.isascii()]
    if not odd:
        return 0.0
    score = 0.0
    before = " "
    for c, after in pairwise(sample):
        small = c.lower()
        if small in _FREQUENT and not (_is_letter(before) or _is_letter(after)):
            score += 10 if small in _ALONE else -30
        elif small in _FREQUENT:
            score += _FREQUENT[small] if c == small else _FREQUENT[small] / 3
            if c != small and before.isalpha() and before.islower():
                score -= 120  # a capital in the middle of a word is how the wrong table looks
        elif c in _TYPOGRAPHIC:
            score += 20
        elif not c.isascii():
            score -= 60 if c in _FRAMES else 90
        before = c
    return score / len(odd)


def _is_letter(c: str) -> bool:
    return c.lower() in _FREQUENT


def _mended(line: str) -> str:
    if sum(not c.isascii() and c not in _TYPOGRAPHIC for c in line) < 3:  # noqa: PLR2004 - too few to tell
        return line
    best, best_score = line, _russian(line)
    if best_score > 30:  # noqa: PLR2004 - the mean of Russian text is about 55
        return line
    for wrong, right in (*_MENDS, *_MENDS_MORE):
        try:
            candidate = line.encode(wrong).decode(right)
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        score = _russian(candidate)
        if score > max(best_score + 25, 30):
            best, best_score = candidate, score
    return best
