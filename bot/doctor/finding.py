"""What one check found: a status, a sentence, and for what is not fine the sentence that mends it. Pure.

Decides the names of the checks, their order, and what an exit code says of them all. Every check makes findings;
`bot/cli_doctor.py` prints them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

ALL_FINE, FAULT_FOUND, WRONG_SETTINGS, NOT_CHECKED = 0, 1, 2, 3
"""The exit codes of the command line (CONTRACTS, "Commands of the shell")."""

NAMES = {
    "token": "token",
    "line": "line to Telegram",
    "proxy": "proxy",
    "webhook": "webhook",
    "poller": "second poller",
    "privacy": "privacy mode",
    "staff": "staff group",
    "rights": "rights in the staff group",
    "managers": "managers",
    "secret": "SECRET_KEY",
    "database": "database",
    "kb": "knowledge base",
    "disk": "disk",
    "health": "HEALTH_LISTEN",
    "webhook_listen": "WEBHOOK_LISTEN",
    "python": "Python",
    "tesseract": "screenshots",
}
"""The ids of the checks, in the order they are shown, with the names a person reads."""

REACH = "reach"
"""The id of findings about the servers of products, which are looked at only where the operator asks."""
ON_REQUEST = {REACH: "servers of a product"}


class Status(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """The bot works, and something will be missed."""
    FAULT = "fault"
    UNKNOWN = "unknown"
    """It could not be looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The end of one check. `id` is a key of `NAMES` or `ON_REQUEST`; `mend` is empty where there is nothing to do."""

    id: str
    status: Status
    found: str
    mend: str = ""


def ok(check: str, found: str) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(check, Status.OK, found)


def warning(check: str, found: str, mend: str) -> Finding:
    """Return a finding of something the bot lives with."""
    return Finding(check, Status.WARNING, found, mend)


def fault(check: str, found: str, mend: str) -> Finding:
    """Return a finding of something that keeps the bot from its work."""
    return Finding(check, Status.FAULT, found, mend)


def unknown(check: str, found: str, mend: str = "") -> Finding:
    """Return a finding of something that could not be looked at."""
    return Finding(check, Status.UNKNOWN, found, mend)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 1 where any fault was found, else 3 where something could not be looked at, else 0."""
    statuses = {finding.status for finding in findings}
    if Status.FAULT in statuses:
        return FAULT_FOUND
    return NOT_CHECKED if Status.UNKNOWN in statuses else ALL_FINE
