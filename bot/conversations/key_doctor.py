"""Says exactly what is wrong with a licence key or coupon that a customer wrote, or that it is right.

Decides what a text's keys come to: right, and what of their spelling was mended on the way; or wrong, and in which
group. It reads the letters as `keys.py` does, which decides what is hidden; the words stand in `key_words.py`, what is
done about it in `handlers/keys.py`. A right key is named by its masked tail only. Pure: text in, advice out.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Final

from bot.conversations.key_context import Context, context_of
from bot.conversations.key_spelling import Mend, mends_of
from bot.conversations.keys import TAIL, FoundKey, KeyFinder, Piece, Sure, pieces_between, prefix_pattern, prefix_stands
from bot.conversations.letters import BLANKS, JOINTS, NONE, OTHER, WALL, Letters, readings
from bot.kb.article import KeyFormat

LONGEST: Final = 10_000
"""Characters that are looked at; a message of Telegram's holds fewer."""

MOST_NOTES: Final = 3
"""Keys of one message that are spoken of; of more only the number is told."""

_SHORTEST, _LONGEST = 4, 7
"""A group of five with a slip."""
_FIVE: Final = 5
_RUN_FROM: Final = 15
"""So many characters together are a key without its hyphens."""
_ONE_MORE_GROUP: Final = re.compile(r"\s?[-–—]\s?(?=[0-9A-Za-z]*[0-9])(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]{5}(?![^\W_])")


class State(StrEnum):
    """What one key comes to."""

    RIGHT = "right"
    WRONG = "wrong"
    CUT_OFF = "cut-off"
    """It ends before its last group, at the end of a line or of the text."""
    PREFIX = "prefix"
    """Nobody's prefix that is known here."""
    SLIPPED_PREFIX = "slipped-prefix"
    NO_PREFIX = "no-prefix"
    PLACEHOLDER = "placeholder"


@dataclass(frozen=True, slots=True)
class BadGroup:
    """A group, counted from 1, that has `size` characters and should have `wanted`."""

    number: int
    size: int
    wanted: int


@dataclass(frozen=True, slots=True)
class KeyNote:
    """What was found out of one key at `start:end` of the text.

    `got` and `wanted` count characters as written in full, prefix and hyphens included. `canonical` is the key itself
    and is not shown in a repr; `masked` is what may be shown. `foreign` are letters that no key has.
    """

    state: State
    kind: str
    prefix: str
    start: int
    end: int
    masked: str | None = None
    canonical: str | None = field(default=None, repr=False)
    got: int = 0
    wanted: int = 0
    groups: int = 0
    bad_groups: tuple[BadGroup, ...] = ()
    foreign: tuple[str, ...] = ()
    mended: tuple[Mend, ...] = ()
    letters: tuple[str, ...] = ()
    """Letters of another alphabet that were taken for Latin ones."""


@dataclass(frozen=True, slots=True)
class KeyAdvice:
    """What a message's keys come to, in their order; `more` were left out. `known` are the prefixes known here."""

    notes: tuple[KeyNote, ...]
    more: int
    context: Context
    known: tuple[KeyFormat, ...]
    rest: str = field(repr=False)
    """What was written besides the keys."""

    @property
    def right(self) -> tuple[KeyNote, ...]:
        """The keys that are right."""
        return tuple(note for note in self.notes if note.state is State.RIGHT)


def examine(text: str, formats: Sequence[KeyFormat]) -> KeyAdvice | None:
    """Return what there is to say of the keys in `text`, or None where nothing in it is an attempt at one."""
    if not formats:
        return None
    text = text[:LONGEST]
    found = KeyFinder(formats).find(text)
    sound = [key for key in found if key.canonical and _known(key, formats) and not _runs_on(text, key, formats)]
    exact = _first_of_each([_right(text, key, formats) for key in sound])
    notes = [*exact]
    names_a_key = context_of(text).names_a_key
    for letters in readings(text):
        notes = _besides(notes, _attempts(text, letters, formats, names_a_key=names_a_key))
        if notes:
            break
    notes = _besides(notes, _placeholders(text, formats))
    notes = _once_each(_besides(notes, _strangers(text, found, formats)))
    if not notes:
        return None
    rest = _without(text, notes)
    more = max(0, len(notes) - MOST_NOTES)
    return KeyAdvice(tuple(notes[:MOST_NOTES]), more, context_of(rest), tuple(formats), rest)


# A right key.


def _known(key: FoundKey, formats: Sequence[KeyFormat]) -> bool:
    return any(key.prefix == each.prefix for each in formats)


def _runs_on(text: str, key: FoundKey, formats: Sequence[KeyFormat]) -> bool:
    """Tell whether one more group follows, or a word completed the key: `…-LM6 не работает` ends in LM6, not in LM6HE.

    What is hidden may take a letter too many; what is said of a key may not.
    """
    if _ONE_MORE_GROUP.match(text, key.end) or _has_longer_prefix(text[key.start : key.end], key.prefix, formats):
        return True
    first, *rest = text[key.start : key.end].split()
    if not rest or not rest[-1].isalpha() or len(re.findall(r"[-–—]", first)) < 3:  # noqa: PLR2004 - most of a key
        return False
    return not rest[-1].isascii() or (rest[-1].islower() and not first.islower())


def _has_longer_prefix(written: str, prefix: str, formats: Sequence[KeyFormat]) -> bool:
    """Tell whether another prefix stands here, of which this one is the beginning: MIKOUPD- is no MIKO with UPD."""
    letters = next(readings(written))
    for each in formats:
        size = len(each.prefix)
        if size > len(prefix) and each.prefix.startswith(prefix) and prefix_pattern(each.prefix).match(letters.text):
            return size < len(letters.gaps) and letters.gaps[size] in JOINTS
    return False


def _right(text: str, key: FoundKey, formats: Sequence[KeyFormat]) -> KeyNote:
    known = next(each for each in formats if each.prefix == key.prefix)
    start, end = key.start, key.end
    mended, letters = mends_of(text, start, end, known)
    wanted = _written(known)
    return KeyNote(
        State.RIGHT,
        known.kind,
        known.prefix,
        start,
        end,
        masked=f"{known.prefix}-…{key.tail}",
        canonical=key.canonical,
        got=wanted,
        wanted=wanted,
        groups=len(known.groups),
        mended=mended,
        letters=letters,
    )


def _written(known: KeyFormat) -> int:
    return len(known.prefix) + sum(known.groups) + len(known.groups)


# A known prefix, and something behind it that is nearly a key.


def _attempts(text: str, letters: Letters, formats: Sequence[KeyFormat], *, names_a_key: bool) -> Iterator[KeyNote]:
    """Yield what begins with a known prefix and is no words of a sentence, whether `keys.py` calls it a key or not."""
    begun: set[int] = set()
    for known in sorted(formats, key=lambda each: -len(each.prefix)):
        for match in prefix_pattern(known.prefix).finditer(letters.text):
            start, body = match.start(), match.start() + len(known.prefix)
            if (start and letters.gaps[start] == NONE) or body >= len(letters.text):
                continue
            if start in begun or not prefix_stands(letters, start, body):
                continue
            pieces = _pieces_of_key(letters, body, known)
            if not pieces:
                continue
            whole_text = start == 0 and pieces[-1].end == len(letters.text)
            if not _is_attempt(letters, pieces, known, spoken_of=names_a_key or whole_text):
                continue
            begun.add(start)
            yield _judged(text, letters, start, pieces, known)


def _pieces_of_key(letters: Letters, body: int, known: KeyFormat) -> list[Piece]:
    """Return the pieces after a prefix that belong to the key."""
    stop = min(len(letters.text), body + 3 * sum(known.groups))
    taken: list[Piece] = []
    for piece in pieces_between(letters, body, stop):
        if piece.gap in {WALL, OTHER} or len(taken) > len(known.groups) + 1:
            break
        if piece.gap not in JOINTS and piece.gap != NONE and not _keyish(letters, piece):
            break
        taken.append(piece)
    return taken


def _keyish(letters: Letters, piece: Piece) -> bool:
    """Tell whether a piece that no hyphen joins is a group and not the next word."""
    if not piece.text.isascii() or not _SHORTEST <= piece.size <= _LONGEST:
        return False
    if piece.mixed:
        return True
    return piece.size == _FIVE and (piece.text.isdigit() or all(letters.upper[piece.start : piece.end]))


def _is_attempt(letters: Letters, pieces: Sequence[Piece], known: KeyFormat, *, spoken_of: bool) -> bool:
    size = sum(known.groups)
    total = sum(piece.size for piece in pieces)
    joined_text = "".join(piece.text for piece in pieces)
    digits = sum(c.isdigit() for c in joined_text)
    if set(joined_text) == {"X"}:
        return total > 2  # noqa: PLR2004 - "MIKO-X" and "MIKO-XX" are no sample of a key
    plain = digits > 0 or (joined_text.isascii() and all(letters.upper[pieces[0].start : pieces[-1].end]))
    if not plain or size < 2 * _FIVE:
        return False
    fives = sum(piece.size == _FIVE for piece in pieces)
    mixed = sum(piece.mixed and _SHORTEST <= piece.size <= _LONGEST for piece in pieces)
    if pieces[0].gap == NONE:
        return (pieces[0].size >= _RUN_FROM and 1 < digits < total) or (fives > 1 and mixed > 0)
    if len(pieces) == 1:
        one = pieces[0].gap in JOINTS and mixed == 1 and fives == 1
        # One group alone may be a version or a model; it is a key's beginning where a key is spoken of.
        return (total >= _RUN_FROM and 1 < digits < total) or (one and spoken_of)
    if any(piece.gap in BLANKS for piece in pieces):
        return mixed > 1 or fives > len(known.groups) - 2
    return (mixed > 0 and fives > 0) or mixed > 1 or (fives > 1 and (digits > 0 or len(pieces) >= len(known.groups)))


def _judged(text: str, letters: Letters, start: int, pieces: Sequence[Piece], known: KeyFormat) -> KeyNote:
    joined_text = "".join(piece.text for piece in pieces)
    begin, end = letters.starts[start], letters.ends[pieces[-1].end - 1]
    sizes = [piece.size for piece in pieces]
    wanted, size = _written(known), sum(known.groups)
    if set(joined_text) == {"X"}:
        return KeyNote(State.PLACEHOLDER, known.kind, known.prefix, begin, end)
    foreign = tuple(dict.fromkeys(c for c in joined_text if not c.isascii()))
    mended, alike = mends_of(text, begin, end, known)
    alike = tuple(each for each in alike if each not in foreign)
    if not alike:
        mended = tuple(each for each in mended if each is not Mend.CYRILLIC)
    mended = tuple(each for each in mended if each is not Mend.MOVED_DASHES)
    total = sum(sizes)
    if total == size and not foreign:
        cuts = [0, *accumulate(known.groups)]
        canonical = "-".join([known.prefix, *(joined_text[a:b] for a, b in pairwise(cuts))])
        found = FoundKey(begin, end, known.kind, known.prefix, joined_text[-TAIL:], Sure.EXACT, canonical)
        return _right(text, found, [known])
    bad = tuple(
        BadGroup(number, got, should)
        for number, (got, should) in enumerate(zip(sizes, known.groups, strict=False), 1)
        if got != should
    )
    one_run = max(sizes) > _LONGEST
    rest = text[end:].lstrip(" \t.…-–—\"'`»”)")
    ends_line = not rest or rest[0] in "\r\n"
    short = len(sizes) < len(known.groups) and total < size and (not one_run or total < _RUN_FROM)
    return KeyNote(
        State.CUT_OFF if short and ends_line and not foreign else State.WRONG,
        known.kind,
        known.prefix,
        begin,
        end,
        got=len(known.prefix) + total + (-(-total // _FIVE) if one_run else len(sizes)),
        wanted=wanted,
        groups=len(sizes) if not one_run else 0,
        bad_groups=() if one_run else bad,
        foreign=foreign,
        mended=mended,
        letters=alike,
    )


def _placeholders(text: str, formats: Iterable[KeyFormat]) -> Iterator[KeyNote]:
    for known in formats:
        for match in re.finditer(rf"(?i)\b{known.prefix}\s?[-–—]\s?[*#?•_.…]{{3,12}}", text):
            if match.group()[-1] != "…" and not text[match.end() : match.end() + 1].isalnum():
                yield KeyNote(State.PLACEHOLDER, known.kind, known.prefix, match.start(), match.end())


# What `keys.py` hides and no known prefix begins.


def _strangers(text: str, found: Iterable[FoundKey], formats: Sequence[KeyFormat]) -> Iterator[KeyNote]:
    """Yield a note for each place that holds keys, by the surest of them."""
    place: list[FoundKey] = []
    for key in sorted(found, key=lambda key: key.start):
        if place and key.start >= max(each.end for each in place):
            yield _stranger(text, place, formats)
            place = []
        place.append(key)
    if place:
        yield _stranger(text, place, formats)


def _stranger(text: str, place: Sequence[FoundKey], formats: Sequence[KeyFormat]) -> KeyNote:
    start, end = min(key.start for key in place), max(key.end for key in place)
    key = max(place, key=lambda key: (key.sure, key.end - key.start))
    written = text[start:end]
    parts = [part for part in re.split(r"[\W_]+", written) if part]
    ours = next((each for each in formats if each.prefix == key.prefix), None)
    if ours is not None:
        state = State.WRONG if parts and parts[0].upper().startswith(ours.prefix) else State.SLIPPED_PREFIX
        got = sum(map(len, parts)) + len(parts) - 1
        return KeyNote(state, ours.kind, ours.prefix, start, end, got=got, wanted=_written(ours))
    bare = key.prefix == "KEY"
    state, prefix = (State.NO_PREFIX, "") if bare else (State.PREFIX, key.prefix)
    return KeyNote(state, key.kind, prefix, start, end, groups=len(parts) if bare else len(parts) - 1)


# Notes among each other.


def _first_of_each(notes: Iterable[KeyNote]) -> list[KeyNote]:
    """Leave out shorter readings of a place that a longer one has read; return the rest in their order."""
    kept: list[KeyNote] = []
    for note in sorted(notes, key=lambda note: (note.start, -note.end)):
        if kept and note.start < kept[-1].end:
            longer = note.end - note.start > kept[-1].end - kept[-1].start
            kept[-1] = note if longer else kept[-1]
        else:
            kept.append(note)
    return kept


def _besides(kept: Sequence[KeyNote], more: Iterable[KeyNote]) -> list[KeyNote]:
    """Return notes in their order with those of `more` that touch none of them, nor each other."""
    starts = [note.start for note in kept]
    free = []
    for note in more:
        at = bisect_left(starts, note.end)
        if at == 0 or kept[at - 1].end <= note.start:
            free.append(note)
    return sorted([*kept, *_first_of_each(free)], key=lambda note: note.start)


def _once_each(notes: Iterable[KeyNote]) -> list[KeyNote]:
    """Leave out a right key that was written before in the same text, and a second sample."""
    seen: set[str] = set()
    kept: list[KeyNote] = []
    for note in notes:
        name = note.canonical or (State.PLACEHOLDER.value if note.state is State.PLACEHOLDER else "")
        if name not in seen:
            kept.append(note)
        if name:
            seen.add(name)
    return kept


def _without(text: str, notes: Iterable[KeyNote]) -> str:
    out, at = [], 0
    for note in notes:
        out.append(text[at : note.start])
        at = max(at, note.end)
    return " ".join([*out, text[at:]])
