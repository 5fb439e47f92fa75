"""What befalls a database: a full disk, a failing write to the file, and death at any moment."""

import asyncio
import random
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database as Db
from structlog.testing import capture_logs

from bot.storage.database import Database, StorageUnavailableError

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    await database.write(
        lambda db: db.execute("CREATE TABLE scraps (id INTEGER PRIMARY KEY, text TEXT UNIQUE, bulk BLOB) STRICT")
    )
    yield database
    await database.close()


def insert(text: str, size: int = 0) -> Callable[[Db], None]:
    def op(db: Db) -> None:
        db.execute("INSERT INTO scraps (text, bulk) VALUES (?, zeroblob(?))", [text, size])

    return op


def insert_many(db: Db) -> None:
    # Several rows and a UNIQUE column: SQLite keeps a statement journal, and takes back this statement only.
    db.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO scraps (text, bulk) SELECT 'many ' || i, zeroblob(3000) FROM n"
    )


def texts(db: Db) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM scraps ORDER BY id")]


async def fill_disk(database: Database) -> None:
    def op(db: Db) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone()

    await database.write(op)


async def free_disk(database: Database) -> None:
    await database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone())


@contextmanager
def no_growth(database: Database, room: int) -> Iterator[None]:
    """Let no file of this process grow beyond the log of the database and `room` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = Path(f"{database.path}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (log + room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("op", [insert("big", 200_000), insert_many], ids=["one row", "many rows"])
async def test_a_full_disk_refuses_writes_until_there_is_room(database: Database, op: Callable[[Db], None]) -> None:
    await database.write(insert("before"))
    await fill_disk(database)
    for _ in range(3):
        with pytest.raises(StorageUnavailableError, match="full"):
            await database.write(op)
    assert await database.read(texts) == ["before"]
    await free_disk(database)
    await database.write(op)
    await database.write(insert("after"))
    kept = await database.read(texts)
    assert (kept[0], kept[1], kept[-1]) in {("before", "big", "after"), ("before", "many 1", "after")}


async def test_a_full_disk_keeps_nothing_of_the_refused_and_all_of_the_acknowledged(database: Database) -> None:
    await fill_disk(database)
    outcomes = await asyncio.gather(
        *(database.write(insert(f"note {n}", 1500)) for n in range(40)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert refused
    assert {type(outcome) for outcome in refused} == {StorageUnavailableError}
    acknowledged = [f"note {n}" for n, outcome in enumerate(outcomes) if outcome is None]
    assert await database.read(texts) == acknowledged
    await free_disk(database)
    await database.write(insert("after"))
    assert await database.read(texts) == [*acknowledged, "after"]


async def test_a_write_without_room_does_not_refuse_those_beside_it(database: Database) -> None:
    await fill_disk(database)
    outcomes = await asyncio.gather(
        *(database.write(op) for op in (insert("a"), insert("big", 200_000), insert("b"), insert("a"), insert("c"))),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        StorageUnavailableError,
        type(None),
        sqlite3.IntegrityError,
        type(None),
    ]
    assert await database.read(texts) == ["a", "b", "c"]


async def test_a_file_that_cannot_grow_is_unavailable_and_recovers(database: Database) -> None:
    await database.write(insert("before"))
    with no_growth(database, 1000):
        for _ in range(3):
            with pytest.raises(StorageUnavailableError):
                await database.write(insert("during", 100_000))
    await database.write(insert("after", 100_000))
    assert await database.read(texts) == ["before", "after"]


async def test_the_operator_hears_once_that_it_cannot_be_used_and_once_that_it_can_again(database: Database) -> None:
    faults: list[str | None] = []
    with capture_logs() as logs:
        await fill_disk(database)
        faults.append(database.fault)
        for _ in range(3):
            with pytest.raises(StorageUnavailableError):
                await database.write(insert("big", 200_000))
            faults.append(database.fault)
        await free_disk(database)
        for text in ("after", "later"):
            await database.write(insert(text, 200_000))
            faults.append(database.fault)
    full = "database or disk is full"
    assert faults == [None, full, full, full, None, None]
    assert [(entry["log_level"], entry["event"]) for entry in logs] == [
        ("critical", "storage.unavailable"),
        ("info", "storage.available"),
    ]


async def test_a_check_tells_a_disk_without_room_from_one_with(database: Database) -> None:
    assert await database.check() is None
    with no_growth(database, 0):
        said = await database.check()
        fault = database.fault
    assert said is not None
    assert fault == said
    assert await database.check() is None
    assert database.fault is None


async def test_a_database_locked_by_a_stranger_is_unavailable_and_recovers(database: Database) -> None:
    await database.write(lambda db: db.execute("PRAGMA busy_timeout = 10").fetchone())
    stranger = sqlite3.connect(database.path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailableError, match="locked"):
        await database.write(insert("during"))
    stranger.execute("ROLLBACK")
    stranger.close()
    await database.write(insert("after"))
    assert await database.read(texts) == ["after"]


WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from bot.storage.database import Database

numbers = itertools.count(int(sys.argv[2]))

async def write(database):
    while True:
        number = next(numbers)
        await database.write(lambda db: db.execute("INSERT INTO acknowledged (n) VALUES (?)", [number]))
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()

async def main():
    database = await Database.open(Path(sys.argv[1]))
    await database.write(lambda db: db.execute("CREATE TABLE IF NOT EXISTS acknowledged (n INTEGER PRIMARY KEY)"))
    await asyncio.gather(*(write(database) for _ in range(20)))

asyncio.run(main())
"""


def write_and_kill(path: Path, first: int, lines: int) -> list[int]:
    """Let a child write until it has acknowledged `lines` numbers, kill it, and return all it acknowledged."""
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    acknowledged = [child.stdout.readline() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    acknowledged += child.stdout.readlines()
    child.stdout.close()
    assert child.wait(10) == -signal.SIGKILL
    return [int(line) for line in acknowledged if line.endswith("\n")]


async def test_what_was_acknowledged_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    acknowledged: set[int] = set()
    for turn, lines in enumerate((0, *random.Random(1).sample(range(1, 3000), 4))):
        acknowledged.update(await asyncio.to_thread(write_and_kill, path, turn * 1_000_000, lines))
        database = await Database.open(path)
        rows = await database.read(
            lambda db: {
                row[0]
                for row in (db.execute("SELECT n FROM acknowledged") if "acknowledged" in db.table_names() else ())
            }
        )
        await database.close()
        assert acknowledged - rows == set()
    assert len(acknowledged) > 100
