"""One SQLite file, one thread that writes, a few connections that only read.

Decides how writes become durable: waiting writes are grouped, up to 64, into one transaction with `synchronous=FULL`;
each runs in its own savepoint, so that one that fails takes only itself back. A write is done when its awaited call
returns. It knows no table: SQL stands in the `store.py` files, `bot/reports/questions.py` and `migrations.py`.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from filelock import FileLock, Timeout
from sqlite_utils import Database as Db

from bot.storage.migrations import migrate
from bot.storage.outage import Outage

T = TypeVar("T")

Op: TypeAlias = Callable[[Db], None]
"""One change of the database; it runs on the writer thread inside a transaction and must not wait for anything.

It may be run again where the transaction was taken back, so it changes nothing but the database.
"""

GROUP = 64
"""Waiting writes that share one commit. Measured (ARCHITECTURE, "Storage"): grouping is worth a factor of 4 to 5."""

READERS = 2

_NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""SQLite's primary result codes that are the file's or the machine's fault, never the statement's."""


class StorageUnavailableError(Exception):
    """The database cannot be used now: disk full, read-only, locked, or an I/O error. Trying later is right."""


class DatabaseInUseError(Exception):
    """Another process holds this database."""


@dataclass(slots=True)
class _Job:
    op: Callable[[Db], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]


def connect(path: Path, *, query_only: bool = False) -> Db:
    """Open the file with the pragmas every connection of ours has; `query_only` refuses writes."""
    connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        f"query_only={'ON' if query_only else 'OFF'}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return Db(connection, recursive_triggers=False, execute_plugins=False)


class Database:
    """The bot's database. `await Database.open(path)`, then `write`, `read`, and `close` once.

    `open` raises `DatabaseInUseError` where another process has it open, `bot.storage.migrations.NewerSchemaError`
    where a newer version of the program made it, `StorageUnavailableError` where it cannot be opened or created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(f"{path}.lock", blocking=False)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._closing = False
        self._local = threading.local()
        self._opened: list[Db] = []
        self._outage = Outage()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="diagnost-reader")

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open or create the file, bring its schema up to date, and start the writer thread."""
        database = cls(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            database._lock.acquire()
        except Timeout as error:
            raise DatabaseInUseError(
                f"{path} is in use by another diagnost process; stop that one, or give this one its own DATABASE_PATH"
            ) from error
        except OSError as error:
            raise StorageUnavailableError(f"{path} cannot be opened: {error}") from error
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        database._start(ready)
        try:
            await ready
        except sqlite3.Error as error:
            await database.close()
            raise StorageUnavailableError(f"{path} cannot be opened: {error}") from error
        except BaseException:
            await database.close()
            raise
        return database

    def _start(self, ready: asyncio.Future[None]) -> None:
        loop = asyncio.get_running_loop()
        self._writer = threading.Thread(target=self._write_all, args=(loop, ready), name="diagnost-writer", daemon=True)
        self._writer.start()

    @property
    def fault(self) -> str | None:
        """Why the database cannot be used now, as far as the last use showed; None where it can."""
        return self._outage.fault

    async def write(self, op: Callable[[Db], T]) -> T:
        """Run `op` in a transaction and return what it returns, once that is committed.

        Raises `StorageUnavailableError` where the database cannot write now, and whatever `op` raises; either way
        nothing of this `op` is kept. After `close` it raises `RuntimeError`, as `read` does. A caller that is
        cancelled while it waits does not stop `op`.
        """
        if self._closing:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        job = _Job(op, loop, loop.create_future())
        # Looked at here, for a cancelled caller never asks, and asyncio would complain in the log.
        job.done.add_done_callback(lambda done: done.exception())
        self._jobs.put(job)
        # Shielded: a cancelled caller must not leave it unknown whether a commit happened while others wait for it.
        result: T = await asyncio.shield(job.done)
        return result

    async def check(self) -> str | None:
        """Return why the database cannot be written now, or None. It writes a page, for only that shows a full disk."""
        try:
            await self.write(_touch)
        except StorageUnavailableError as error:
            return str(error)
        self._outage.ends()
        return None

    async def read(self, query: Callable[[Db], T]) -> T:
        """Run `query` on a connection that cannot write, in a reader thread; it sees committed changes only.

        Raises `StorageUnavailableError` where the database cannot be read now, and whatever `query` raises.
        """
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query)

    def _read(self, query: Callable[[Db], T]) -> T:
        try:
            db: Db | None = getattr(self._local, "db", None)
            if db is None:
                db = self._local.db = connect(self.path, query_only=True)
                self._opened.append(db)
            return query(db)
        except sqlite3.Error as error:
            if _is_not_now(error):
                self._outage.begins(str(error))
                raise StorageUnavailableError(str(error)) from error
            raise

    async def close(self) -> None:
        """Finish the writes already handed in, then close every connection and give the file back."""
        self._closing = True
        self._jobs.put(None)
        if self._writer is not None:
            await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        for db in self._opened:
            db.close()
        self._lock.release()

    # What follows runs on the writer thread.

    def _write_all(self, loop: asyncio.AbstractEventLoop, ready: asyncio.Future[None]) -> None:
        db: Db | None = None
        try:
            db = connect(self.path)
            migrate(db)
        except Exception as error:  # noqa: BLE001 - handed to the caller of open(), who raises it
            if db is not None:
                db.close()
            _tell(loop, ready, None, error)
            return
        _tell(loop, ready, None, None)
        stopping = False
        while not stopping:
            group = [self._jobs.get()]
            while len(group) < GROUP:
                try:
                    group.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            stopping = None in group
            jobs = [job for job in group if job is not None]
            if jobs:
                _commit(db, jobs, self._outage)
        db.close()


def _commit(db: Db, jobs: list[_Job], outage: Outage) -> None:
    outcomes: list[tuple[_Job, Any, BaseException | None]] = []
    changes = db.conn.total_changes
    begun = False
    try:
        db.execute("BEGIN IMMEDIATE")
        begun = True
        for job in jobs:
            outcomes.append((job, *_run(db, job)))
            if not db.conn.in_transaction:
                # SQLite has taken the whole transaction back by itself, as it does on a full disk.
                raise sqlite3.OperationalError(str(outcomes[-1][2] or "transaction was rolled back"))
        db.execute("COMMIT")
    except sqlite3.Error as error:
        if db.conn.in_transaction:
            # Where even this fails, the next group fails at its BEGIN, comes here, and tries again.
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        if begun and len(jobs) > 1:
            # One write that finds no room must not refuse those that waited beside it and do.
            for job in jobs:
                _commit(db, [job], outage)
            return
        outcomes = [(job, None, _unavailable(error)) for job in jobs]
    unavailable = [str(failure) for _, _, failure in outcomes if isinstance(failure, StorageUnavailableError)]
    if unavailable:
        outage.begins(unavailable[0])
    elif db.conn.total_changes > changes:
        # Looked at, for a commit that changes nothing succeeds on a full disk too.
        outage.ends()
    for job, result, failure in outcomes:
        _tell(job.loop, job.done, result, failure)


def _run(db: Db, job: _Job) -> tuple[Any, BaseException | None]:
    db.execute("SAVEPOINT job")
    try:
        result = job.op(db)
    except Exception as error:  # noqa: BLE001 - handed to the caller of write(), who raises it
        if db.conn.in_transaction:
            db.execute("ROLLBACK TO job")
            db.execute("RELEASE job")
        return None, _unavailable(error) if _is_not_now(error) else error
    db.execute("RELEASE job")
    return result, None


def _touch(db: Db) -> None:
    # SQLite writes this number of ours, which means nothing, even where it stays the same.
    db.execute("PRAGMA user_version = 1")


def _is_not_now(error: BaseException) -> bool:
    # The low byte is the primary result code. An error that Python's own module raises carries none.
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _NOT_NOW


def _unavailable(error: BaseException) -> StorageUnavailableError:
    unavailable = StorageUnavailableError(str(error))
    unavailable.__cause__ = error
    return unavailable


def _tell(
    loop: asyncio.AbstractEventLoop, done: asyncio.Future[Any], result: object, failure: BaseException | None
) -> None:
    def settle() -> None:
        if done.done():
            return
        if failure is None:
            done.set_result(result)
        else:
            done.set_exception(failure)

    # A loop that was closed meanwhile has nobody left who waits.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(settle)
