"""Finds licence keys and coupons in a text, however they are spelled.

A key logs in to the vendor's cabinet, so a miss costs more than a word masked in vain. The rules look only at the
significant letters of a text and at the gaps between them (`letters.py`). Decides where a key stands and how surely;
it replaces nothing and knows no passwords (`redact.py`, its only caller). Work is bounded by a constant per letter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate, pairwise
from typing import Final

from bot.conversations.letters import BLANKS, BREAK, HYPHEN, JOINTS, NONE, SPACE, WALL, Letters, readings
from bot.kb.article import KeyFormat

TAIL: Final = 4
"""How many characters of a key may be shown."""

PREFIX_SLIPS: Final = {"I": "IИЙ1L", "O": "O0", "U": "UY", "P": "PП", "D": "DД", "L": "LЛ1I", "S": "S5", "E": "E3"}
"""How people write a letter of a known prefix: in Russian (`МИКО`, `МИКОУПД`) or with a digit that looks like it."""

_HEX = re.compile(r"[0-9A-F]+")
_HASH_LENGTHS = frozenset((32, 40, 64))
_NEAR = 4, 6  # a group that should have five characters
_BARE_GROUP, _BARE_GROUPS = 5, 4
_RUN_LENGTHS = frozenset((20, 24, 27))
_LONGEST_PREFIX = 12
_COUPON_ENDING = "UPD"  # domain-facts 1.1: the vendor's prefix followed by UPD, whoever the vendor is
_NEVER_ALONE = 12  # a format shorter than this needs hyphens and a digit to be told from words


class Sure(IntEnum):
    """How well a found key fits a format; the better one speaks for a place where two overlap."""

    BARE = 1
    NEAR = 2
    EXACT = 3


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key at `text[start:end]`. `canonical` is known only when the key fits its format exactly."""

    start: int
    end: int
    kind: str
    prefix: str
    tail: str
    sure: Sure
    canonical: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters `start:end` with nothing between them; `gap` is the class of what stands before."""

    start: int
    end: int
    gap: str
    text: str

    @property
    def size(self) -> int:
        """Number of letters."""
        return self.end - self.start

    @property
    def mixed(self) -> bool:
        """Tell whether both letters and digits are in it."""
        return _mixed(self.text)


def _mixed(text: str) -> bool:
    return any(c.isdigit() for c in text) and any(not c.isdigit() for c in text)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _latin(text: str) -> bool:
    return text.isascii()


def pieces_between(letters: Letters, start: int, stop: int) -> list[Piece]:
    """Cut `start:stop` wherever there is a gap."""
    cuts = [start, *(i for i in range(start + 1, stop) if letters.gaps[i] != NONE), stop]
    return [Piece(a, b, letters.gaps[a], letters.text[a:b]) for a, b in pairwise(cuts) if a < b]


def _run_end(letters: Letters, start: int, limit: int) -> int:
    """Return where the letters that stand together from `start` on end, at most `limit` further."""
    end = start + 1
    stop = min(len(letters.text), start + limit)
    while end < stop and letters.gaps[end] == NONE:
        end += 1
    return end


def _is_hash(run: str) -> bool:
    return len(run) in _HASH_LENGTHS and _HEX.fullmatch(run) is not None


def _spells_key(letters: Letters, body: int, groups: Sequence[int]) -> bool:
    """Tell whether the letters from `body` on, after a known prefix, are a key and not words of a sentence."""
    size = sum(groups)
    text = letters.text[body : body + size]
    if len(text) < size or not _latin(text) or set(text) == {"X"} or WALL in letters.gaps[body : body + size]:
        return False
    pieces = pieces_between(letters, body, body + size)
    borders = {body + k for k in accumulate(groups[:-1])}
    inside = [p.gap for p in pieces[1:] if p.start not in borders]
    at_borders = [p.gap for p in pieces[1:] if p.start in borders]
    mixed = sum(p.mixed for p in pieces if p.size > 2)  # noqa: PLR2004 - "v2" and "1C" are words
    if size < _NEVER_ALONE:
        joined = letters.gaps[body] == HYPHEN and set(at_borders) <= {HYPHEN} and len(at_borders) == len(borders)
        return joined and not inside and _digits(text) > 0
    if len(pieces) == 1:
        return not _is_hash(letters.text[body : _run_end(letters, body, max(_HASH_LENGTHS) + 1)])
    if not inside:
        grouped = len(at_borders) == len(borders)
        return grouped or (JOINTS & set(at_borders) != set() and _digits(text) > 0) or mixed * 2 >= len(pieces)
    one_by_one = len(pieces) * 5 >= size * 3
    wrapped = len(at_borders) == len(borders) and (
        (set(at_borders) <= JOINTS and set(inside) <= BLANKS) or (BREAK in inside and BREAK not in at_borders)
    )
    alike = len(pieces) > 3 and len({p.size for p in pieces[:-1]}) == 1  # noqa: PLR2004 - two pieces say nothing
    regrouped = alike and set(inside) <= JOINTS and _digits(text) > 0
    return one_by_one or wrapped or regrouped or (mixed > 1 and mixed * 2 >= len(pieces))


def _nearly(letters: Letters, body: int, groups: Sequence[int]) -> int:
    """Return where a key with a slip (a character or a group too many or too few) ends; `body` where there is none."""
    low, high = _NEAR
    end = _run_end(letters, body, 3 * sum(groups))
    run = letters.text[body:end]
    if sum(groups) - high < len(run) <= sum(groups) + high and _latin(run) and _mixed(run) and _digits(run) > 1:
        return body if _is_hash(run) else end
    pieces = pieces_between(letters, body, min(len(letters.text), body + 2 * sum(groups)))[: len(groups) + 2]
    taken: list[Piece] = []
    for piece in pieces:
        alike = len(taken) < 2 or (piece.gap in JOINTS) == (taken[-1].gap in JOINTS)  # noqa: PLR2004 - one gap so far
        joined = alike or BREAK in (piece.gap, taken[-1].gap)
        if not low <= piece.size <= high or not _latin(piece.text) or piece.gap == WALL or not joined:
            break
        taken.append(piece)
    if not taken:
        return body
    text = "".join(p.text for p in taken)
    gaps = {p.gap for p in taken[1:]}
    fives = sum(p.size == _BARE_GROUP for p in taken)
    loud = text.isdigit() or all(letters.upper[taken[0].start : taken[-1].end])
    if taken[0].text.strip("X") == "" or not (_mixed(text) or (loud and fives > 2)):  # noqa: PLR2004 - most of a key
        return body
    mixed = sum(p.mixed for p in taken)
    # Half a key is two whole groups; article ids such as miko-1011-1014 are none.
    grouped = fives * 2 >= len(taken) or mixed > 1 if len(taken) > 2 else fives == 2  # noqa: PLR2004
    if (gaps <= JOINTS and grouped) or (gaps & JOINTS and gaps <= JOINTS | {BREAK} and mixed > 1):
        return taken[-1].end
    if len(taken) >= len(groups) and mixed > 1:
        return taken[len(groups) - 1].end
    return body


def prefix_stands(letters: Letters, start: int, body: int) -> bool:
    """Tell whether the letters of a prefix belong together: joined, wrapped or hyphenated once, or all set apart."""
    gaps = [g for g in letters.gaps[start + 1 : body] if g != NONE]
    if len(gaps) == 1 and gaps[0] == HYPHEN and letters.gaps[body] == HYPHEN:
        return True  # MIKO-UPD-
    return WALL not in gaps and (not gaps or len(gaps) == body - start - 1 or (len(gaps) == 1 and gaps[0] in BLANKS))


def _known(letters: Letters, known: KeyFormat, prefix: re.Pattern[str]) -> Iterator[tuple[int, int, FoundKey]]:
    """Yield keys that begin with a known prefix, with the letters they take."""
    size = sum(known.groups)
    for match in prefix.finditer(letters.text):
        start, body = match.start(), match.start() + len(known.prefix)
        if body >= len(letters.text) or letters.gaps[body] == WALL or not prefix_stands(letters, start, body):
            continue
        if _spells_key(letters, body, known.groups):
            end = body + size
            marks = letters.text[body:end]
            cuts = [0, *accumulate(known.groups)]
            parts = [marks[a:b] for a, b in pairwise(cuts)]
            over = _run_end(letters, end - 1, 2 * TAIL)
            if end < over < end + TAIL:  # a few characters too many are a slip, more are the next word
                yield start, over, _found(letters, start, over, known, Sure.NEAR, over, None)
            else:
                yield start, end, _found(letters, start, end, known, Sure.EXACT, end, "-".join([known.prefix, *parts]))
        elif size >= _NEVER_ALONE and (end := _nearly(letters, body, known.groups)) > body:
            yield start, end, _found(letters, start, end, known, Sure.NEAR, end, None)


def _found(
    letters: Letters, start: int, end: int, known: KeyFormat | str, sure: Sure, tail_end: int, canonical: str | None
) -> FoundKey:
    if isinstance(known, str):
        kind, prefix = "coupon" if known.endswith(_COUPON_ENDING) else "key", known
    else:
        kind, prefix = known.kind, known.prefix
    tail = letters.text[tail_end - TAIL : tail_end]
    tail = (tail if _latin(tail) else "").rjust(TAIL, "X")
    return FoundKey(letters.starts[start], letters.ends[end - 1], kind, prefix, tail, sure, canonical)


def _bare(letters: Letters, known: Sequence[str], taken: Sequence[tuple[int, int]]) -> Iterator[FoundKey]:
    """Yield keys of which no known prefix tells: four groups of five, or one run of that many characters.

    `taken` are the letters of keys found already, in order; nothing that touches them is looked at.
    """
    if not letters.text:
        return
    pieces = pieces_between(letters, 0, len(letters.text))
    end_of_text = len(letters.text), len(letters.text)
    free = iter(taken)
    held = next(free, end_of_text)
    for at, first in enumerate(pieces):
        window = pieces[at : at + _BARE_GROUPS]
        while held[1] <= first.start:
            held = next(free, end_of_text)
        if first.end > held[0]:
            continue
        after = pieces[at + 1].gap if at + 1 < len(pieces) else WALL
        if first.size in _RUN_LENGTHS and HYPHEN not in (first.gap, after) and _is_run_key(letters, first):
            yield _found(letters, first.start, first.end, "KEY", Sure.BARE, first.end, None)
        if len(window) < _BARE_GROUPS or window[-1].end > held[0] or not _is_grouped_key(letters, window):
            continue
        start, prefix, canonical = first.start, "KEY", None
        before = pieces[at - 1] if at else None
        if before is not None and first.gap in JOINTS | BLANKS:
            near = next((p for p in known if _like(before.text, p)), None)
            vendor = first.gap == HYPHEN and before.text.isalpha() and 1 < before.size <= _LONGEST_PREFIX
            if near is not None or vendor:
                start = before.start
                shown = vendor and _latin(before.text) and before.size != _BARE_GROUP
                prefix = near or (before.text if shown else "KEY")
            if near is None and prefix != "KEY" and {p.size for p in window} == {_BARE_GROUP}:
                canonical = "-".join([prefix, *(p.text for p in window)])
        end = window[-1].end
        yield _found(letters, start, end, prefix, Sure.NEAR if prefix != "KEY" else Sure.BARE, end, canonical)


def _is_run_key(letters: Letters, run: Piece) -> bool:
    cases = {letters.upper[i] for i in range(run.start, run.end) if letters.text[i].isalpha()}
    tail = run.text[-20:]
    turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(tail))
    some = _digits(tail) > 2 and 20 - _digits(tail) > 3 and turns > 3  # noqa: PLR2004 - a word with a year has one turn
    return some and _latin(run.text) and len(cases) == 1 and _HEX.fullmatch(run.text) is None


def _is_grouped_key(letters: Letters, window: Sequence[Piece]) -> bool:
    """Tell whether four pieces in a row are the groups of a key."""
    sizes = [p.size for p in window]
    exact = sizes == [_BARE_GROUP] * _BARE_GROUPS
    low, high = _NEAR
    odd = sum(n != _BARE_GROUP for n in sizes)
    near = odd == 1 and all(low <= n <= high for n in sizes)
    glued = odd == 1 and _BARE_GROUP < sizes[0] <= _BARE_GROUP + _LONGEST_PREFIX
    if not (exact or near or glued):
        return False
    text = "".join(p.text for p in window)
    gaps = {SPACE if p.gap == BREAK else p.gap for p in window[1:]}
    if WALL in gaps or (exact and set(text) == {"X"}):
        return False
    with_digits = sum(_digits(p.text) > 0 for p in window)
    mixed = sum(p.mixed for p in window)
    upper = all(letters.upper[i] for i in range(window[0].start, window[-1].end))
    if gaps <= JOINTS:
        plain = _mixed(text) or (gaps == {HYPHEN} and upper and text.isalpha() and _latin(text))
        return plain if exact else with_digits > 1 and mixed > 0 and _mixed(text)
    if not exact or not _latin(text):
        return False
    if len(gaps) > 1:
        return mixed >= _BARE_GROUPS - 1
    return mixed > 1 or (upper and _mixed(text))


def _like(written: str, prefix: str) -> bool:
    """Tell whether one slip (a letter lost, added, changed or swapped) makes `prefix` of what is written."""
    if written == prefix or abs(len(written) - len(prefix)) > 1:
        return written == prefix
    if len(written) == len(prefix):
        differ = [i for i, (a, b) in enumerate(zip(written, prefix, strict=True)) if a != b]
        swapped = len(differ) == 2 and sorted(written) == sorted(prefix)  # noqa: PLR2004 - two letters change places
        return len(differ) == 1 or swapped
    short, long = sorted((written, prefix), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


class KeyFinder:
    """Finds the keys of the given formats and whatever has the shape of a key."""

    def __init__(self, formats: Sequence[KeyFormat]) -> None:
        longest_first = sorted(formats, key=lambda f: (-len(f.prefix), f.prefix))
        self._formats = [(f, prefix_pattern(f.prefix)) for f in longest_first]
        self._prefixes = [f.prefix for f in longest_first]

    def find(self, text: str) -> list[FoundKey]:
        """Return the keys in `text`, in no order; those of several readings of it may overlap."""
        found: list[FoundKey] = []
        for letters in readings(text):
            known = [each for fmt, prefix in self._formats for each in _known(letters, fmt, prefix)]
            exact = {start: key for start, _, key in reversed(known) if key.sure is Sure.EXACT}
            # Of two formats that begin at the same letter the longer prefix is meant: MIKOUPD and not MIKO.
            chosen = [k for k in known if k[2].sure is not Sure.EXACT or exact[k[0]] is k[2]]
            taken = sorted((start, end) for start, end, key in chosen if key.sure is Sure.EXACT)
            found += [key for _, _, key in chosen]
            found += _bare(letters, self._prefixes, taken)
        return found


def prefix_pattern(prefix: str) -> re.Pattern[str]:
    """Return what finds a prefix in letters, however it is spelled; matches are empty and may overlap."""
    return re.compile("(?=" + "".join(f"[{PREFIX_SLIPS.get(c, c)}]" for c in prefix) + ")")
