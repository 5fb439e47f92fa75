"""What a run of checks is and came to: values only, so that who shows or stores a run loads no probe.

Made by `run.py`; shown by `bot.telegram`, stored by `store.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.diagnostics.verdict import Finding, Light, light


class State(StrEnum):
    """How far a check is."""

    RUNNING = "running"
    DONE = "done"


class RunStatus(StrEnum):
    """How a run ended; `interrupted` is written by the next start of the program."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of a run found, and the article it leads to. `title` maps language to text."""

    check_id: str
    title: Mapping[str, str]
    finding: Finding
    article: str | None
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Run:
    """One run: `started` and `ended` are epoch seconds, `results` are in the declared order, one for each check."""

    check_id: str
    title: Mapping[str, str]
    started: float
    ended: float
    status: RunStatus
    results: tuple[CheckResult, ...] = ()

    @property
    def worst(self) -> CheckResult | None:
        """The first bad result, else the first warning, else the first that could not be had, else the first."""
        for shown in (Light.BAD, Light.WARN, Light.UNKNOWN, Light.GOOD):
            for result in self.results:
                if light(result.finding.verdict) is shown:
                    return result
        return None
