"""Figures that say how sure they are: shares with intervals, calibration, what a threshold would cost. Pure.

Knows nothing of articles. `evaluate.py` counts, the reports show.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959964
"""Of a 95 % interval."""

DECILES: Final = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many cases."""

    count: int
    of: int

    @property
    def percent(self) -> float | None:
        """The share in per cent, or None of no case."""
        return 100.0 * self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval in per cent, or None of no case (E. B. Wilson, 1927)."""
        if not self.of:
            return None
        share, square = self.count / self.of, _Z * _Z
        middle = (share + square / (2 * self.of)) / (1 + square / self.of)
        spread = share * (1 - share) / self.of + square / (4 * self.of * self.of)
        half = _Z * math.sqrt(spread) / (1 + square / self.of)
        # The ends are exact where every case or none counted; rounding would put them a hair beside.
        low = 0.0 if self.count == 0 else middle - half
        high = 1.0 if self.count == self.of else middle + half
        return 100.0 * low, 100.0 * high


def share(flags: Iterable[bool]) -> Share:
    """Return how many of the flags are set."""
    given = list(flags)
    return Share(sum(given), len(given))


@dataclass(frozen=True, slots=True)
class Decile:
    """Cases whose score lies from `low` to below `high`: their mean score, and how many were right."""

    low: float
    high: float
    predicted: float
    observed: Share


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far scores are the probabilities they are meant to be; `error` is the expected calibration error, 0 to 1."""

    deciles: tuple[Decile, ...]
    error: float | None
    cases: int


def calibrate(cases: Sequence[tuple[float, bool]]) -> Calibration:
    """Return the calibration of (score from 0 to 1, right) cases; deciles without a case are left out."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(DECILES)]
    for score, right in cases:
        bins[min(int(score * DECILES), DECILES - 1)].append((score, right))
    deciles = tuple(
        Decile(at / DECILES, (at + 1) / DECILES, sum(s for s, _ in found) / len(found), share(r for _, r in found))
        for at, found in enumerate(bins)
        if found
    )
    if not cases:
        return Calibration((), None, 0)
    gaps = (abs(each.predicted - each.observed.count / each.observed.of) * each.observed.of for each in deciles)
    return Calibration(deciles, sum(gaps) / len(cases), len(cases))


@dataclass(frozen=True, slots=True)
class Setting:
    """What would be answered if a score of `threshold` were enough.

    `covered`: questions with an article that are answered; `right`: of those, answered rightly; `foreign`: questions
    without an article that are answered.
    """

    threshold: float
    covered: Share
    right: Share
    foreign: Share


def settings(inside: Sequence[tuple[float, bool]], outside: Sequence[float], steps: int = 20) -> tuple[Setting, ...]:
    """Return the settings from 0 to 1 in so many steps.

    `inside`: (score, right) of questions that have an article; `outside`: scores of those that have none.
    """
    found = []
    for step in range(steps + 1):
        threshold = step / steps
        answered = [right for score, right in inside if score >= threshold]
        found.append(
            Setting(
                threshold,
                Share(len(answered), len(inside)),
                share(answered),
                Share(sum(score >= threshold for score in outside), len(outside)),
            )
        )
    return tuple(found)
