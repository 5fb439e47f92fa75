"""Group commit, isolation of writes from each other, opening and closing: on real files."""

import asyncio
import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlite_utils import Database as Db

from bot.storage.database import Database, DatabaseInUseError, StorageUnavailableError
from bot.storage.migrations import NewerSchemaError

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    await database.write(lambda db: db.execute("CREATE TABLE scraps (id INTEGER PRIMARY KEY, text TEXT UNIQUE) STRICT"))
    yield database
    await database.close()


def insert(text: str) -> Callable[[Db], int | None]:
    return lambda db: db.execute("INSERT INTO scraps (text) VALUES (?)", [text]).lastrowid


def texts(db: Db) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM scraps ORDER BY id")]


class Gate:
    """Holds the writer thread inside a write, so that what is handed in meanwhile forms one group."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._open = threading.Event()

    def hold(self, db: Db) -> None:
        db.execute("INSERT INTO scraps (text) VALUES ('gate')")
        self.entered.set()
        assert self._open.wait(10)

    def release(self) -> None:
        self._open.set()


async def test_concurrent_writes_all_land_in_the_order_they_were_handed_in(database: Database) -> None:
    expected = [f"note {n}" for n in range(1000)]
    ids = await asyncio.gather(*(database.write(insert(text)) for text in expected))
    assert ids == list(range(1, 1001))
    assert await database.read(texts) == expected


async def test_waiting_writes_share_one_commit(database: Database) -> None:
    gate = Gate()
    seen: list[list[str]] = []

    def look_from_outside(_: Db) -> None:
        other = sqlite3.connect(database.path)
        seen.append([text for (text,) in other.execute("SELECT text FROM scraps ORDER BY id")])
        other.close()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(gate.hold))
        await asyncio.to_thread(gate.entered.wait, 10)
        for text in ("a", "b", "c"):
            tasks.create_task(database.write(insert(text)))
        tasks.create_task(database.write(look_from_outside))
        await asyncio.sleep(0)
        gate.release()
    assert seen == [["gate"]]
    assert await database.read(texts) == ["gate", "a", "b", "c"]


async def test_a_failing_write_takes_back_only_itself(database: Database) -> None:
    gate = Gate()

    def half(db: Db) -> None:
        db.execute("INSERT INTO scraps (text) VALUES ('half')")
        raise ValueError("no")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(gate.hold))
        await asyncio.to_thread(gate.entered.wait, 10)
        gathered = asyncio.gather(
            database.write(insert("a")),
            database.write(half),
            database.write(insert("b")),
            database.write(insert("a")),
            database.write(lambda db: db.execute("SELECT nothing FROM nowhere")),
            database.write(insert("c")),
            return_exceptions=True,
        )
        await asyncio.sleep(0)
        gate.release()
        first, failed, second, doubled, mistaken, third = await gathered
    assert (first, second, third) == (2, 3, 4)
    assert isinstance(failed, ValueError)
    assert isinstance(doubled, sqlite3.IntegrityError)
    assert isinstance(mistaken, sqlite3.OperationalError)
    assert await database.read(texts) == ["gate", "a", "b", "c"]


async def test_readers_see_committed_changes_only(database: Database) -> None:
    gate = Gate()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(gate.hold))
        await asyncio.to_thread(gate.entered.wait, 10)
        assert await database.read(texts) == []
        gate.release()
    assert await database.read(texts) == ["gate"]


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageUnavailableError, match="readonly"):
        await database.read(insert("smuggled"))
    assert await database.read(texts) == []


async def test_a_mistake_in_a_query_is_not_taken_for_a_broken_database(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        await database.read(lambda db: db.execute("SELECT missing FROM scraps"))


async def test_a_cancelled_caller_neither_stops_its_write_nor_the_others(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    gate = Gate()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(database.write(gate.hold))
        await asyncio.to_thread(gate.entered.wait, 10)
        cancelled = tasks.create_task(database.write(insert("cancelled")))
        doubled = tasks.create_task(database.write(insert("gate")))
        other = tasks.create_task(database.write(insert("other")))
        await asyncio.sleep(0)
        cancelled.cancel()
        doubled.cancel()
        gate.release()
        await asyncio.wait([cancelled, doubled])
        assert await other == 3
    assert cancelled.cancelled()
    del doubled
    gc.collect()
    assert caplog.records == []
    assert await database.read(texts) == ["gate", "cancelled", "other"]


async def test_every_connection_has_the_pragmas_that_durability_rests_on(database: Database) -> None:
    def pragmas(db: Db) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "query_only")
        return [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert await database.write(pragmas) == ["wal", 2, 1, 1, 0]
    assert await database.read(pragmas) == ["wal", 2, 1, 1, 1]


async def test_closing_finishes_what_was_handed_in(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "bot.db")
    await database.write(lambda db: db.execute("CREATE TABLE scraps (id INTEGER PRIMARY KEY, text TEXT)"))
    async with asyncio.TaskGroup() as tasks:
        writes = [tasks.create_task(database.write(insert(str(n)))) for n in range(300)]
        await asyncio.sleep(0)
        await database.close()
    assert [write.result() for write in writes] == list(range(1, 301))
    again = await Database.open(tmp_path / "bot.db")
    assert len(await again.read(texts)) == 300
    await again.close()


async def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "bot.db")
    await database.close()
    async with asyncio.timeout(5):
        with pytest.raises(RuntimeError, match="closed"):
            await database.write(insert("late"))
        with pytest.raises(RuntimeError):
            await database.read(texts)


async def test_a_second_opener_is_refused_and_welcome_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    database = await Database.open(path)
    with pytest.raises(DatabaseInUseError, match="in use by another diagnost process; stop that one"):
        await Database.open(path)
    await database.close()
    again = await Database.open(path)
    await again.close()


async def test_another_process_is_refused_with_a_sentence(database: Database) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from bot.storage.database import Database, DatabaseInUseError\n"
        "try:\n"
        "    asyncio.run(Database.open(Path(sys.argv[1])))\n"
        "except DatabaseInUseError as error:\n"
        "    print(error)\n"
    )
    child = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script, str(database.path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert child.stdout == (
        f"{database.path} is in use by another diagnost process;"
        " stop that one, or give this one its own DATABASE_PATH\n"
    )


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    await (await Database.open(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('diagnost', 'm9999_later', '')"
        )
    connection.close()
    for _ in range(2):
        with pytest.raises(NewerSchemaError, match="m9999_later"):
            await Database.open(path)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm9999_later'")
    connection.close()
    await (await Database.open(path)).close()


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_text("not a database at all, but a text of more than a hundred bytes " * 20, encoding="utf-8")
    with pytest.raises(StorageUnavailableError, match=r"bot\.db cannot be opened: file is not a database"):
        await Database.open(path)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailableError, match=r"bot\.db cannot be opened"):
        await Database.open(tmp_path / "file" / "bot.db")


async def test_an_opening_that_is_cancelled_gives_the_file_back(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    async with asyncio.TaskGroup() as tasks:
        opening = tasks.create_task(Database.open(path))
        await asyncio.sleep(0)
        opening.cancel()
    assert opening.cancelled()
    assert "diagnost-writer" not in [thread.name for thread in threading.enumerate()]
    await (await Database.open(path)).close()
