"""What a benchmark hands back, and how it is shown: lines of ours beside theirs, medians over rounds, one table.

Decides that a ratio is the median of the rounds' own ratios: both sides of a round ran one after the other under the
same load of the machine, so that a ratio survives a busy machine better than two numbers do.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

WIDTH = 130
"""Columns of the table where the output is no terminal."""


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: our values, one a round, and the values of whoever was measured in the same rounds."""

    bench: str
    what: str
    unit: str
    ours: tuple[float, ...]
    against: str = ""
    theirs: tuple[float, ...] = ()

    @property
    def value(self) -> float:
        """The median of our rounds."""
        return _middle(self.ours)

    @property
    def other(self) -> float:
        """The median of the other's rounds; NaN where there is none."""
        return _middle(self.theirs)

    @property
    def ratio(self) -> float:
        """Ours divided by theirs, the median over rounds; NaN where that cannot be said."""
        pairs = zip(self.ours, self.theirs, strict=False)
        return _middle([ours / theirs for ours, theirs in pairs if theirs])


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie, by the nearest rank; NaN where there is none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _middle(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return median(known) if known else math.nan


def show(lines: Iterable[Line]) -> None:
    """Print the table."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    table = Table(title="medians over rounds; ratio = Diagnost / other", title_justify="left")
    for name in ("bench", "what", "unit"):
        table.add_column(name)
    table.add_column("Diagnost", justify="right")
    table.add_column("beside it")
    table.add_column("other", justify="right")
    table.add_column("ratio", justify="right")
    shown = ""
    for line in lines:
        if shown and line.bench != shown:
            table.add_section()
        table.add_row(
            line.bench if line.bench != shown else "",
            line.what,
            line.unit,
            readable(line.value),
            line.against,
            readable(line.other) if line.against else "",
            readable(line.ratio) if line.against else "",
        )
        shown = line.bench
    console.print(table)


def write(path: Path, machine: str, lines: Iterable[Line]) -> None:
    """Write everything measured, each round's values included, as JSON; what could not be measured is null."""
    found = [
        asdict(line) | {"value": _json(line.value), "other": _json(line.other), "ratio": _json(line.ratio)}
        for line in lines
    ]
    for line in found:
        for side in ("ours", "theirs"):
            line[side] = [_json(value) for value in line[side]]
    path.write_text(json.dumps({"machine": machine, "lines": found}, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _json(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)


def readable(value: float) -> str:
    """Return a number with three figures that matter, thousands parted."""
    if math.isnan(value):
        return "-"
    if value == 0:
        return "0"
    figures = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{figures}f}"
