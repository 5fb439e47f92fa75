"""Reads the bot's database beside a running bot: without its lock, without a write, without leaving files behind.

Decides how it is opened. A file that is not in WAL mode is not one a running bot holds, and opening it our usual way
would change it; so that one is opened strictly read-only. Called by `machine.py`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout
from sqlite_utils import Database as Db

from bot.storage.database import connect
from bot.storage.migrations import migrations

SMALL = 64 * 1024 * 1024
"""Bytes up to which the whole file is read through; at most about a second."""

_HEADER, _WAL = b"SQLite format 3\x00", b"\x02\x02"
"""How a database file begins, and what stands at its bytes 18 and 19 in WAL mode (sqlite.org/fileformat.html)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database says of itself."""

    damage: str
    """Empty where SQLite finds none, or the file is too big to be read through."""
    checked: bool
    newer: tuple[str, ...]
    ours: bool
    canary: bytes | None
    """What the secret key must open; None in a database that was never used."""


def is_held(path: Path) -> bool:
    """Return whether a running bot holds the database. Raises `OSError` where that cannot be seen."""
    lock = Path(f"{path}.lock")
    if not lock.exists():
        return False
    try:
        with FileLock(lock, blocking=False):
            return False
    except Timeout:
        return True


def look(path: Path) -> Stored:
    """Read the database at `path`. Raises `sqlite3.Error` or `OSError` where it cannot be read."""
    small = path.stat().st_size <= SMALL
    with _opened(path) as db:
        damage = _damage(db) if small else ""
        tables = {str(name) for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}
        ours = not tables or {"meta", "_sqlite_migrations"} <= tables
        if damage or not ours or not tables:
            return Stored(damage, small, (), ours, None)
        applied = db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [migrations.name])
        known = {migration.name for migration in migrations._migrations}  # noqa: SLF001 - the list has no public reader
        newer = tuple(str(name) for (name,) in applied.fetchall() if name not in known)
        row = db.execute("SELECT value FROM meta WHERE key = 'canary'").fetchone()
        return Stored("", small, newer, ours, row[0] if row else None)


@contextmanager
def _opened(path: Path) -> Iterator[Db]:
    with path.open("rb") as file:
        start = file.read(20)
    if start.startswith(_HEADER) and start[18:20] == _WAL:
        db = connect(path, query_only=True)
    else:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=2.0)
        db = Db(connection, recursive_triggers=False, execute_plugins=False)
    try:
        yield db
    finally:
        db.close()


def _damage(db: Db) -> str:
    (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
    return "" if said == "ok" else str(said).replace("\n", " ")
