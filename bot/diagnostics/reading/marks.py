"""Finds the marks that tools leave in a text and groups them into outputs, whoever pasted them and however.

Decides what belongs together: marks of one tool up to the next beginning of an output. It knows no tool; the modules of
the families give it their `Tool`s and judge the outputs. Patterns see any white space between words, for people paste
long lines without breaks. Bounded: a pattern is tried only where one of its hints stands in the text, matches are
capped per pattern, and no pattern has an unbounded repeat inside another.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.verdict import Finding

MOST_MARKS: Final = 3000
"""Matches of one pattern in one text; a ping that ran for a day is told from its first hour."""
MOST_OUTPUTS: Final = 60
"""Outputs told of in one text."""
BLANKS: Final = 80
"""Blanks between two words; the widest tables have fewer."""
LEAD: Final = 400
REACH: Final = 1200
_GROUP: Final = re.compile(r"\(\?P<(\w+)>")
COMMAND: Final = "command"
"""The kind of a mark that is only the command somebody typed: it names the host, and proves nothing."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How one kind of line looks. `hints` are lower case; one of them stands in every text the pattern matches.

    A match begins at most `LEAD` characters before a hint and ends at most `reach` after it.
    """

    kind: str
    pattern: re.Pattern[str]
    hints: tuple[str, ...]
    head: bool = False
    reach: int = REACH


def sign(kind: str, pattern: str, *hints: str, head: bool = False, reach: int = REACH) -> Sign:
    """Return a sign whose pattern ignores case; a value's name may stand in several branches of it."""
    seen: Counter[str] = Counter()

    def numbered(match: re.Match[str]) -> str:
        seen[match[1]] += 1
        return match.group() if seen[match[1]] == 1 else f"(?P<{match[1]}__{seen[match[1]]}>"

    # Unbounded blanks are tried from each of them to the last one: a page of empty lines would take a minute.
    bounded = pattern.replace(r"\s+", rf"\s{{1,{BLANKS}}}").replace(r"\s*", rf"\s{{0,{BLANKS}}}")
    return Sign(kind, re.compile(_GROUP.sub(numbered, bounded), re.IGNORECASE), hints, head, reach)


@dataclass(frozen=True, slots=True)
class Mark:
    """One match: its kind, where it stands and what it named."""

    kind: str
    start: int
    end: int
    text: str
    values: Mapping[str, str]
    head: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """All marks of one output of one tool, in order."""

    marks: Sequence[Mark]
    whole: str = field(repr=False, default="")
    """The text that was read, for what stands around a mark."""

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.marks[0].start

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return max(mark.end for mark in self.marks)

    def has(self, *kinds: str) -> bool:
        """Tell whether there is a mark of one of these kinds."""
        return any(mark.kind in kinds for mark in self.marks)

    def all(self, *kinds: str) -> list[Mark]:
        """Return the marks of these kinds."""
        return [mark for mark in self.marks if mark.kind in kinds]

    def count(self, *kinds: str) -> int:
        """Return how many marks of these kinds there are."""
        return len(self.all(*kinds))

    def value(self, name: str, *kinds: str) -> str | None:
        """Return the first value of that name, of marks of these kinds or of any."""
        return next((m.values[name] for m in self.marks if name in m.values and (not kinds or m.kind in kinds)), None)

    def only_commands(self) -> bool:
        """Tell whether nothing but a typed command is there."""
        return all(mark.kind == COMMAND for mark in self.marks)


Judged = tuple[str, Finding]
"""A tool's name and what its output says."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A family of outputs: its signs, and the judge that returns None for what is no output of it after all."""

    name: str
    signs: Sequence[Sign]
    judge: Callable[[Output, Book], Judged | None]
    prelude: frozenset[str] = frozenset((COMMAND,))
    """Kinds of marks that stand before a heading and belong to what it heads."""


def outputs(text: str, tools: Sequence[Tool]) -> Iterator[tuple[Tool, Output]]:
    """Yield the outputs found, each with its tool, in the order in which they end."""
    found = _marks(text, tools)
    opened: dict[int, list[Mark]] = {}
    told = 0
    for at, mark in found:
        mine = opened.get(at)
        if mark.head:
            done = [other for other in opened if other != at or not _leads_in(opened[other], tools[other])]
            for other in done:
                told += 1
                yield tools[other], Output(tuple(opened.pop(other)), text)
            mine = opened.get(at)
        if mine is None:
            opened[at] = [mark]
        else:
            mine.append(mark)
        if told >= MOST_OUTPUTS:
            return
    for at, marks in opened.items():
        yield tools[at], Output(tuple(marks), text)


def _leads_in(marks: Sequence[Mark], tool: Tool) -> bool:
    return all(mark.kind in tool.prelude for mark in marks)


def _matches(each: Sign, text: str, lower: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a sign, looking only around its hints."""
    done = 0
    for start, end in _windows(each, lower):
        for match in each.pattern.finditer(text, max(start, done), end):
            yield match
            done = max(match.end(), match.start() + 1)


def _windows(each: Sign, lower: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches around the hints, joined where they touch."""
    nexts = {hint: lower.find(hint) for hint in each.hints}
    nexts = {hint: at for hint, at in nexts.items() if at >= 0}
    begun, end = 0, -1
    while nexts:
        hint = min(nexts, key=nexts.__getitem__)
        at = nexts[hint]
        if at - LEAD > end:
            if end >= 0:
                yield begun, end
            begun = max(0, at - LEAD)
        end = max(end, min(len(lower), at + each.reach))
        # The next one that adds anything: those inside the stretch already are passed over.
        following = lower.find(hint, max(at + 1, end - each.reach // 2))
        if following < 0:
            del nexts[hint]
        else:
            nexts[hint] = following
    if end >= 0:
        yield begun, end


def _marks(text: str, tools: Sequence[Tool]) -> list[tuple[int, Mark]]:
    """Return the marks of all tools by place; one inside a longer mark of another tool is that tool's words."""
    # "İ" alone becomes two characters.
    lower = text.replace("\u0130", "I").lower()
    found: list[tuple[int, Mark]] = []
    for at, tool in enumerate(tools):
        for each in tool.signs:
            for match in islice(_matches(each, text, lower), MOST_MARKS):
                values = {name.partition("__")[0]: v for name, v in match.groupdict().items() if v is not None}
                found.append((at, Mark(each.kind, match.start(), match.end(), match.group(), values, each.head)))
    found.sort(key=lambda pair: (pair[1].start, -pair[1].end, not pair[1].head))
    kept: list[tuple[int, Mark]] = []
    longest: tuple[int, Mark] | None = None
    for at, mark in found:
        inside = longest is not None and mark.end <= longest[1].end and longest[0] != at
        if inside and longest is not None and (mark.start, mark.end) != (longest[1].start, longest[1].end):
            continue
        kept.append((at, mark))
        if longest is None or mark.end > longest[1].end:
            longest = at, mark
    return kept
