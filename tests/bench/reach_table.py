"""The table of reach: one figure a row, what is aimed at, ours, and what the three rivals reach in the same run.

Decides how figures are written, not which there are (`reach.py`). A row may hold several figures of one kind; a dash
stands where one was not measured or cannot be.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.bench.results import WIDTH, readable
from tests.bench.rivals import RIVALS

RIVAL_NAMES = tuple(rival.name for rival in RIVALS)
HEADINGS = ("figure", "target", "beyond", "ours", *(rival.short for rival in RIVALS))
NOTHING = "–"
PER_CENT = "%"
POINTS = "points"
ONE_DIGIT = (PER_CENT, POINTS)

Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, or some of one kind. `unit`: per cent get one digit, everything else three figures that matter."""

    figure: str
    unit: str
    target: str
    beyond: str
    ours: Values
    rivals: Mapping[str, Values] = field(default_factory=dict)

    def cells(self) -> list[str]:
        """Return what stands in the columns."""
        figures = (self.ours, *(self.rivals.get(name, ()) for name in RIVAL_NAMES))
        named = f"{self.figure}, {self.unit}" if self.unit else self.figure
        return [named, self.target, self.beyond, *map(self._written, figures)]

    def _written(self, values: Values) -> str:
        return " / ".join(self._one(value) for value in values) or NOTHING

    def _one(self, value: float) -> str:
        if math.isnan(value):
            return NOTHING
        return f"{value:.1f}".replace("-", "−") if self.unit in ONE_DIGIT else readable(value)


def show(rows: Iterable[Row]) -> None:
    """Print the table."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    table = Table(title="reach", title_justify="left", padding=(0, 1, 0, 0), pad_edge=False, box=SIMPLE)
    table.add_column(HEADINGS[0])
    for name in HEADINGS[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row.cells())
    console.print(table)


def markdown(rows: Sequence[Row], machine: str) -> str:
    """Return the table as Markdown with a line on the machine below it."""
    lines = [HEADINGS, ("---", *("--:" for _ in HEADINGS[1:])), *(row.cells() for row in rows)]
    table = "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)
    return f"{table}\n{machine}\n"


def write_markdown(path: Path, rows: Sequence[Row], machine: str) -> None:
    """Write the table as Markdown."""
    path.write_text(markdown(rows, machine), "utf-8")
