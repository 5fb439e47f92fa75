"""The clock: the one place where the program asks what time it is.

`TEST_CLOCK_FILE` (only with `TEST_MODE=1`) holds an offset in seconds, read at each look, so that a test can move time
without waiting. Pure code receives times as values and never imports this module.
"""

import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> float:
        """Return seconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return seconds since the epoch, UTC."""
        return time.time()


LONGEST_SHIFT = 1e9
"""Seconds, about thirty years; more than that, or no number at all, is a slip."""


class ShiftedClock:
    """The machine's clock plus the offset that a file holds; a missing or malformed file counts as 0."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> float:
        """Return seconds since the epoch, UTC, moved by the file's offset."""
        try:
            offset = float(self._path.read_text(encoding="ascii").strip() or 0)
            if not abs(offset) <= LONGEST_SHIFT:
                offset = 0.0
        except (OSError, ValueError):
            offset = 0.0
        return time.time() + offset
