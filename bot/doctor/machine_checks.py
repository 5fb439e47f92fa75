"""What was seen on the machine, in sentences: secret, database, knowledge base, disk, ports, Python. Pure.

Decides how little room is too little, and whose business a broken file is. Called by `machine.py`, which looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from bot.doctor.finding import NAMES, Finding, fault, ok, unknown, warning
from bot.ocr.tesseract import INSTALL

MEGABYTE = 1024 * 1024
DISK_FAULT, DISK_WARNING = 100 * MEGABYTE, 1024 * MEGABYTE
"""Free bytes below which SQLite may fail at any moment, and below which somebody should look."""

WAL_WARNING = 256 * MEGABYTE
"""SQLite begins to fold its log back at 4 MB; one so long means that something keeps it from that."""

PYTHON, SQLITE = (3, 11), (3, 37)
"""Oldest that will do; SQLite 3.37 brought the strict tables that ours are (sqlite.org/stricttables.html)."""


@dataclass(frozen=True, slots=True)
class DatabaseLook:
    """What was seen of the database. Sizes in bytes."""

    path: Path
    exists: bool
    running: bool = False
    """A process holds it."""
    folder_fault: str = ""
    unreadable: str = ""
    damage: str = ""
    checked: bool = False
    size: int = 0
    wal: int = 0
    newer: tuple[str, ...] = ()
    """Migrations that this program does not know."""
    foreign: bool = False
    """It is a database, but not of this program."""


def database(look: DatabaseLook) -> Finding:  # noqa: PLR0911 - a table, read from top to bottom
    """Judge the database file and its folder."""
    path = look.path
    if look.folder_fault:
        mend = "Let the user that runs the bot own the folder of DATABASE_PATH, or set another DATABASE_PATH."
        return fault("database", f"{path}: {look.folder_fault}", mend)
    if not look.exists:
        return ok("database", f"{path} is not there yet; the first start creates it")
    if look.unreadable:
        mend = "Check owner and rights of the file; if it is damaged, stop the bot and restore a backup."
        return fault("database", f"{path} cannot be read: {look.unreadable}", mend)
    if look.damage:
        mend = "Stop the bot, keep a copy of the file, and restore the newest backup."
        return fault("database", f"{path} is damaged: {look.damage}", mend)
    if look.foreign:
        mend = "Set DATABASE_PATH to a file of the bot's own."
        return fault("database", f"{path} belongs to another program", mend)
    if look.newer:
        mend = "Install that version again, or restore a backup from before."
        return fault("database", f"a newer diagnost made it (it has {', '.join(look.newer)})", mend)
    holder = "a running bot holds it" if look.running else "no bot holds it now"
    depth = "sound" if look.checked else "readable, too big to be checked through here"
    found = f"{path}: {depth}, {_size(look.size)}, log {_size(look.wal)}, {holder}"
    if look.wal > WAL_WARNING:
        mend = "Restart the bot; if the log grows again, look for a program that keeps the database open."
        return warning("database", f"{found}; the log has not been folded back for long", mend)
    return ok("database", found)


class SecretLook(Enum):
    """What the secret key did to what is stored."""

    FITS = auto()
    NEW = auto()
    """Nothing is stored yet that it could fit."""
    WRONG = auto()
    UNSEEN = auto()


def secret(look: SecretLook) -> Finding:
    """Say whether SECRET_KEY opens what the database holds."""
    match look:
        case SecretLook.FITS:
            return ok("secret", "opens what the database holds")
        case SecretLook.NEW:
            return ok("secret", "set; the database holds nothing yet that it could fit")
        case SecretLook.WRONG:
            mend = "Give back the secret the database was begun with; without it, move the database file away."
            return fault("secret", "the database was begun with another secret", mend)
        case SecretLook.UNSEEN:
            return unknown("secret", "not compared, for the database could not be read")


def knowledge_base(path: Path, articles: int, faults: Sequence[str]) -> Finding:
    """Judge the loading of the knowledge base."""
    if not faults:
        return ok("kb", f"{path}: {articles} articles, no faults")
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    mend = "`diagnost kb check` shows them all; the bot does not start until they are gone."
    return fault("kb", f"{path}: {count}, first: {faults[0]}", mend)


def disk(path: Path, free: int) -> Finding:
    """Judge the free bytes of the disk that holds `path`."""
    found = f"{_size(free)} free at {path}"
    if free < DISK_FAULT:
        return fault("disk", found, "Free some space: on a full disk the bot stops taking messages.")
    if free < DISK_WARNING:
        return warning("disk", found, "Free some space soon: on a full disk the bot stops taking messages.")
    return ok("disk", found)


def _size(count: int) -> str:
    if count >= 1024 * MEGABYTE:
        return f"{count / (1024 * MEGABYTE):.1f} GB"
    return f"{count / MEGABYTE:.1f} MB"


class Port(Enum):
    """Who is at an address that a setting names."""

    FREE = auto()
    OURS = auto()
    OURS_NOT_READY = auto()
    OTHER = auto()
    CANNOT = auto()
    """It cannot be had on this machine."""


def health(address: str | None, port: Port, detail: str, *, running: bool) -> Finding:
    """Judge HEALTH_LISTEN. `detail`: what the system or the bot says; `running`: a bot holds our database."""
    if address is None:
        return ok("health", "not set; the bot's state is not shown over HTTP")
    match port:
        case Port.OURS if running:
            return ok("health", f"{address} answers: ready")
        case Port.OURS_NOT_READY if running:
            mend = "See the other lines here and the bot's log; right after a start this passes by itself."
            return warning("health", f"{address} answers: not ready: {detail}", mend)
        case _:
            return _listening("health", address, port, detail, running=running)


def webhook_listen(address: str | None, port: Port, detail: str, *, running: bool) -> Finding:
    """Judge WEBHOOK_LISTEN, which nothing but the bot itself may use."""
    if address is None:
        return ok("webhook_listen", "not needed: the bot polls")
    if port in {Port.OURS, Port.OURS_NOT_READY, Port.OTHER} and running:
        return ok("webhook_listen", f"{address} is taken, as it must be while the bot runs")
    return _listening("webhook_listen", address, port, detail, running=running)


def _listening(check: str, address: str, port: Port, detail: str, *, running: bool) -> Finding:
    name = NAMES[check]
    match port:
        case Port.CANNOT:
            mend = f"Set {name} to an address of this machine and a port above 1023."
            return fault(check, f"{address} cannot be had: {detail}", mend)
        case Port.FREE if running:
            mend = f"Restart the bot: it was started before {name} was set so, or it no longer answers."
            return fault(check, f"the bot runs, but nothing answers at {address}", mend)
        case Port.FREE:
            return ok(check, f"{address} is free for the bot")
        case _:
            mend = f"Stop the program that listens there, or give {name} another port."
            return fault(check, f"{address} is taken by another program", mend)


def tesseract(path: str | None, missing: Sequence[str] | None) -> Finding:
    """Judge what reads screenshots. `missing`: languages that are not installed, None where the program fails."""
    mend = f"`{INSTALL}`, then restart the bot; until then it asks for the text of the error."
    if path is None:
        return warning("tesseract", "tesseract is not installed, so customers' screenshots are not read", mend)
    if missing is None:
        return warning("tesseract", f"{path} does not run, so customers' screenshots are not read", mend)
    if missing:
        return warning("tesseract", f"{path} lacks the languages {', '.join(missing)}", mend)
    return ok("tesseract", f"{path} reads them, Russian and English")


def python(version: tuple[int, int, int], sqlite: tuple[int, int, int]) -> Finding:
    """Judge the versions of Python and of the SQLite inside it."""
    found = f"Python {'.'.join(map(str, version))}, SQLite {'.'.join(map(str, sqlite))}"
    if version < PYTHON:
        return fault("python", found, "Install Python 3.11 or newer.")
    if sqlite < SQLITE:
        return fault("python", found, "Use a Python whose SQLite is 3.37 or newer.")
    return ok("python", found)
