"""The block that `diagnost-check.sh` prints: found in what a customer sent, verified, and taken apart.

Decides where a block stands, what messengers and mail may do to it (line breaks and blanks lost or added, dashes made
long, quote marks, Markdown), and whether it arrived whole. A damaged block is not read: it says which lines do not fit.
What its records come to is `block_findings.py`. Called by `read.py`. Pure, never raises, bounded.

A block is `--- DIAGNOST 1 ---`, records, `--- <records>,<sum>,<sum>,<length> ---`. A record is
`number,kind,name=value,…,c=NN;`, blanks in values are `+`. The sums are two polynomials modulo primes, 32 bits together
(`sums`), which a shell computes by itself: a BusyBox may lack `cksum` (Debian's does), `md5sum` and `sha256sum` alike.
They have to notice an accident; nobody gains by a forged block, who could as well forge what was measured. They cover
letters, digits and `=.:/+,` only, so that no dash, blank or quote mark that an app put in can break them; `c` is a
record's own small sum.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

VERSION: Final = 1
LONGEST_TEXT: Final = 1_000_000
LONGEST: Final = 20_000
"""Characters behind a heading that may belong to its block; the script prints 3,500 at the most."""
_MOST: Final = 4
"""Blocks that are looked at in one text, the last ones."""

_DASH: Final = "[-\u2010-\u2015\u2212]"
_HEAD: Final = re.compile(
    rf"(?i)(?:{_DASH}[-\u2010-\u2015\u2212 \u00a0]{{0,8}})?\bDIAGNOST\s{{0,5}}(\d{{1,3}})[\s>*_`|]{{0,5}}{_DASH}+"
)
_FOOT: Final = re.compile(
    rf"{_DASH}+\s{{0,5}}(\d{{1,3}}),\s{{0,5}}(\d{{1,5}}),\s{{0,5}}(\d{{1,5}}),\s{{0,5}}(\d{{1,5}})\s{{0,5}}{_DASH}+"
)
_FIRST: Final = re.compile(r"(?<![\d,])1,\s?os,\s?id=")
_RECORD: Final = re.compile(
    r"(\d{1,3}),(os|net|tools|dns|tcp|tls|http|ping|route),((?:[a-z]{1,8}=[^,;=]{0,400},)*)c=(\d\d)$"
)
_LONG_DASHES: Final = str.maketrans(
    {"\u2014": "--", "\u2015": "--", **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-")}
)
_KEPT: Final = frozenset(".:/=+,;-")
_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ=.:/+,"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET, 1)}


class Damage(StrEnum):
    """Why a block is not read."""

    LOST = "lost"
    """Records are missing."""
    CHANGED = "changed"
    """Records do not fit their checksums."""
    CUT = "cut"
    """The last line is missing, or no longer what it was."""
    NEWER = "newer"
    """A later script made it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a block: `fields` as they were written, blanks put back."""

    number: int
    kind: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A block found at `text[start:end]`; `lines` are the numbers of the records that are missing or do not fit."""

    start: int
    end: int
    records: tuple[Record, ...]
    damage: Damage | None = None
    lines: tuple[int, ...] = ()


def read_block(text: str) -> Block | None:
    """Return the last whole block of a text, else the last damaged one, or None where there is none."""
    text = text[:LONGEST_TEXT]
    heads = list(_HEAD.finditer(text))[-_MOST:]
    ends = [*(head.start() for head in heads[1:]), len(text)]
    found = [_block(text, head.start(), head.end(), end, int(head[1])) for head, end in zip(heads, ends, strict=False)]
    known = [block for block in found if block is not None]
    if not known and (first := _FIRST.search(text)) is not None:
        # Somebody left the heading out; the sum does not cover it.
        block = _block(text, first.start(), first.start(), len(text), VERSION)
        known = [block] if block is not None and block.damage is None else []
    whole = [block for block in known if block.damage is None] or known
    return whole[-1] if whole else None


def sums(written: str) -> tuple[int, int, int, int]:
    """Return the two sums of a text, how many letters they cover, and the small sum that a record of its own has."""
    first = second = own = count = 0
    for letter in written:
        value = _VALUES.get(letter)
        if value is None:
            continue
        first = (first * 257 + value) % 65521
        second = (second * 263 + value) % 65479
        own = (own * 31 + value) % 97
        count += 1
    return first, second, count, own


def damage_key(why: str) -> str:
    """Return the key of the sentence that asks for a damaged block again; its `lines` are numbers as text."""
    return f"block-{why}"


def _block(text: str, start: int, after: int, end: int, version: int) -> Block | None:
    end = min(end, after + LONGEST)
    foot = _FOOT.search(text, after, end)
    stop = foot.start() if foot is not None else end
    pieces = list(_pieces(text[after:stop]))
    if not pieces:
        return None
    until = foot.end() if foot is not None else min(end, _last_end(text, after, stop))
    if version != VERSION:
        return Block(start, until, (), Damage.NEWER)
    right: dict[int, str] = {}
    wrong: set[int] = set()
    for number, written in pieces:
        if _fits(written):
            right.setdefault(number, written)
        else:
            wrong.add(number)
    wrong -= right.keys()
    count = int(foot[1]) if foot is not None else max((*right, *wrong))
    damage, lines = _damage(right, wrong, count, foot)
    records = () if damage is not None else tuple(_record(right[number]) for number in sorted(right))
    return Block(start, until, records, damage, lines)


def _damage(
    right: Mapping[int, str], wrong: set[int], count: int, foot: re.Match[str] | None
) -> tuple[Damage | None, tuple[int, ...]]:
    missing = set(range(1, count + 1)) - right.keys()
    if foot is not None and not missing:
        first, second, length, _ = sums("".join(right[number] for number in sorted(right)))
        if (first, second, length) == (int(foot[2]), int(foot[3]), int(foot[4])):
            return None, ()
    if wrong:
        return Damage.CHANGED, tuple(sorted(missing | wrong))
    if missing:
        return Damage.LOST, tuple(sorted(missing))
    return Damage.CUT, ()


def _pieces(body: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of what looks like a record, whatever stands between them."""
    even = "".join(c for c in body.translate(_LONG_DASHES) if c.isalnum() or c in _KEPT)
    for piece in even.split(";"):
        found = _RECORD.search(piece)
        if found is not None:
            yield int(found[1]), found.group()


def _fits(written: str) -> bool:
    summed, _, own = written.rpartition(",c=")
    return sums(summed)[3] == int(own)


def _record(written: str) -> Record:
    number, kind, *fields = written.split(",")
    pairs = (each.partition("=") for each in fields[:-1])
    return Record(int(number), kind, {name: value.replace("+", " ") for name, _, value in pairs})


def _last_end(text: str, after: int, stop: int) -> int:
    """Return where the last record of a block without an end seems to end."""
    return max(after, text.rfind(";", after, stop) + 1)
