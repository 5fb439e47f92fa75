"""The worker: order within a lane, lanes in parallel, failures to their end, waiting for the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database as Db
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.inbox import store
from bot.inbox.worker import UnreadableUpdateError, Worker
from bot.storage.database import Database, Op, StorageUnavailableError
from bot.storage.effects import CURRENT, Effects
from bot.storage.vault import Vault

VAULT = Vault(b"an invented secret of some length")
QUICK = (0.001, 0.002)


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    await database.write(lambda db: db.execute("CREATE TABLE scraps (id INTEGER PRIMARY KEY, text TEXT, bulk BLOB)"))
    yield database
    await database.close()


def write_nowhere(db: Db) -> None:
    db.execute("INSERT INTO nowhere VALUES (1)")


def note(text: str, size: int = 0) -> Op:
    def op(db: Db) -> None:
        db.execute("INSERT INTO scraps (text, bulk) VALUES (?, zeroblob(?))", [text, size])

    return op


def notes(db: Db) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM scraps ORDER BY id")]


def states(db: Db) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in db.execute("SELECT update_id, state FROM inbox ORDER BY seq")]


def letters(db: Db) -> list[tuple[int, str]]:
    return [(row[0], row[1]) for row in db.execute("SELECT origin_id, reason FROM dead_letters ORDER BY id")]


async def accept(database: Database, *updates: tuple[int, int]) -> None:
    await database.write(
        store.accept([(id_, lane, {"update_id": id_, "lane": lane}) for id_, lane in updates], VAULT, 100.0)
    )


async def note_it(raw: Mapping[str, Any], effects: Effects) -> None:
    effects.add(note(f"update {raw['update_id']}"))


async def say_sorry(update_id: int, _raw: Mapping[str, Any], _reason: str, effects: Effects) -> None:
    effects.add(note(f"sorry {update_id}"))


def make(
    database: Database,
    handle: Callable[[Mapping[str, Any], Effects], Awaitable[None]] = note_it,
    *,
    give_up: Callable[[int, Mapping[str, Any], str, Effects], Awaitable[None]] = say_sorry,
    after_commit: Callable[[], None] = lambda: None,
    pauses: tuple[float, ...] = QUICK,
) -> Worker:
    return Worker(
        database,
        VAULT,
        SystemClock(),
        handle=handle,
        give_up=give_up,
        after_commit=after_commit,
        pauses=pauses,
        storage_pause=0.001,
    )


async def drain(worker: Worker) -> None:
    worker.stop()
    async with asyncio.timeout(20):
        await worker.run()


async def until(condition: Callable[[], Awaitable[bool] | bool]) -> None:
    async with asyncio.timeout(10):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.001)


async def test_what_an_earlier_process_left_is_handled(database: Database) -> None:
    await accept(database, (1, 7), (2, 8), (3, 7))
    committed: list[None] = []
    await drain(make(database, after_commit=lambda: committed.append(None)))
    assert sorted(await database.read(notes)) == ["update 1", "update 2", "update 3"]
    assert await database.read(states) == [(1, "done"), (2, "done"), (3, "done")]
    assert len(committed) == 3


async def test_news_wakes_the_worker_and_stopping_ends_it(database: Database) -> None:
    worker = make(database)

    async def handled() -> bool:
        return await database.read(notes) == ["update 1"]

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run())
        await accept(database, (1, 7))
        worker.wake()
        await until(handled)
        worker.stop()


async def test_stopping_drains_what_was_accepted(database: Database) -> None:
    going = asyncio.Event()
    release = asyncio.Event()

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        going.set()
        await release.wait()
        await note_it(raw, effects)

    worker = make(database, handle)
    await accept(database, (1, 7), (2, 7), (3, 7))
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run())
        await going.wait()
        worker.stop()
        await accept(database, (4, 9))
        release.set()
        await running
    assert sorted(await database.read(notes)) == ["update 1", "update 2", "update 3", "update 4"]


async def test_a_lane_is_handled_one_after_another(database: Database) -> None:
    inside = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal inside
        inside += 1
        assert inside == 1
        for _ in range(3):
            await asyncio.sleep(0)
        await note_it(raw, effects)
        inside -= 1

    await accept(database, *((n, 7) for n in range(1, 31)))
    await drain(make(database, handle))
    assert await database.read(notes) == [f"update {n}" for n in range(1, 31)]


async def test_a_blocked_lane_does_not_block_another(database: Database) -> None:
    release = asyncio.Event()

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        if raw["lane"] == 7:
            await release.wait()
        await note_it(raw, effects)

    worker = make(database, handle)
    await accept(database, (1, 7), (2, 7), (3, 8), (4, 9))

    async def others_done() -> bool:
        return await database.read(states) == [(1, "waiting"), (2, "waiting"), (3, "done"), (4, "done")]

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run())
        await until(others_done)
        worker.stop()
        release.set()
    assert await database.read(states) == [(1, "done"), (2, "done"), (3, "done"), (4, "done")]


async def test_lanes_that_wait_for_their_next_attempt_take_no_ones_place(database: Database) -> None:
    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        if raw["lane"] != 1000:
            raise ValueError("no")
        await note_it(raw, effects)

    worker = make(database, handle, pauses=(600.0, 600.0))
    await accept(database, *((n, n) for n in range(1, 101)), (1000, 1000))

    async def last_done() -> bool:
        return await database.read(notes) == ["update 1000"]

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run())
        await until(last_done)
        running.cancel()


async def test_so_many_updates_are_handled_at_once_and_no_more(database: Database) -> None:
    inside: list[int] = []
    most = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal most
        inside.append(raw["update_id"])
        most = max(most, len(inside))
        for _ in range(50):
            await asyncio.sleep(0)
        inside.remove(raw["update_id"])
        await note_it(raw, effects)

    await accept(database, *((n, n) for n in range(1, 101)))
    await drain(make(database, handle))
    assert most == 32
    assert len(await database.read(notes)) == 100


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_handler_that_fails_and_then_does_not_has_its_effects_once(database: Database, failures: int) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        attempts += 1
        effects.add(note(f"attempt {attempts}"))
        assert CURRENT.get() is effects
        if attempts <= failures:
            raise ValueError("no")
        await note_it(raw, effects)

    await accept(database, (1, 7))
    await drain(make(database, handle))
    assert await database.read(notes) == [f"attempt {failures + 1}", "update 1"]
    assert await database.read(states) == [(1, "done")]


async def test_a_handler_that_always_fails_is_tried_three_times_and_its_lane_goes_on(database: Database) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        if raw["update_id"] == 1:
            attempts += 1
            effects.add(note("never"))
            raise ValueError("the key ABCD-1234 of the customer")
        await note_it(raw, effects)

    await accept(database, (1, 7), (2, 7))
    await drain(make(database, handle))
    assert attempts == 3
    assert await database.read(notes) == ["sorry 1", "update 2"]
    assert await database.read(states) == [(1, "dead"), (2, "done")]
    ((update_id, reason),) = await database.read(letters)
    assert update_id == 1
    assert reason.startswith(f"ValueError in {__name__}:")
    assert "ABCD" not in reason


async def test_three_attempts_are_over_within_ten_seconds() -> None:
    from bot.inbox.worker import PAUSES  # noqa: PLC0415 - the constant is what this test is about

    assert len(PAUSES) == 2
    assert sum(PAUSES) < 10


async def test_an_unreadable_update_is_put_aside_at_once(database: Database) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        if raw["update_id"] == 1:
            attempts += 1
            raise UnreadableUpdateError("ValidationError")
        await note_it(raw, effects)

    await accept(database, (1, 7), (2, 7))
    await drain(make(database, handle, pauses=(600.0, 600.0)))
    assert attempts == 1
    assert await database.read(notes) == ["sorry 1", "update 2"]
    assert await database.read(letters) == [(1, "unreadable: ValidationError")]


async def test_effects_that_cannot_be_written_are_tried_and_then_put_aside(database: Database) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        await note_it(raw, effects)
        if raw["update_id"] == 1:
            attempts += 1
            effects.add(write_nowhere)

    await accept(database, (1, 7), (2, 7))
    await drain(make(database, handle))
    assert attempts == 3
    assert await database.read(notes) == ["sorry 1", "update 2"]
    assert await database.read(letters) == [(1, "its effects could not be written")]


async def raise_in_apology(_id: int, _raw: Mapping[str, Any], _reason: str, _effects: Effects) -> None:
    raise ValueError("not even that")


async def write_nowhere_in_apology(_id: int, _raw: Mapping[str, Any], _reason: str, effects: Effects) -> None:
    effects.add(note("half an apology"))
    effects.add(write_nowhere)


@pytest.mark.parametrize("give_up", [raise_in_apology, write_nowhere_in_apology])
async def test_a_failing_apology_does_not_stand_in_the_way(
    database: Database, give_up: Callable[[int, Mapping[str, Any], str, Effects], Awaitable[None]]
) -> None:
    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        if raw["update_id"] == 1:
            raise ValueError("no")
        await note_it(raw, effects)

    await accept(database, (1, 7), (2, 7))
    await drain(make(database, handle, give_up=give_up))
    assert await database.read(notes) == ["update 2"]
    assert await database.read(states) == [(1, "dead"), (2, "done")]
    assert [update_id for update_id, _ in await database.read(letters)] == [1]


async def test_a_damaged_row_is_put_aside_and_stops_nobody(database: Database) -> None:
    await accept(database, (1, 7), (2, 7), (3, 8))
    await database.write(lambda db: db.execute("UPDATE inbox SET payload = x'00' WHERE seq = 1"))
    await drain(make(database))
    assert sorted(await database.read(notes)) == ["sorry 1", "update 2", "update 3"]
    assert await database.read(letters) == [(1, "unreadable: sealed with another SECRET_KEY, or damaged")]


async def test_a_full_disk_delays_an_update_and_costs_it_no_attempt(
    database: Database, logs: list[MutableMapping[str, Any]]
) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        attempts += 1
        effects.add(note(f"update {raw['update_id']}", 200_000))

    def fill(db: Db) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 1}").fetchone()

    await accept(database, (1, 7))
    await database.write(fill)
    worker = make(database, handle)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(drain(worker))
        await until(lambda: len([entry for entry in logs if entry["event"] == "storage.awaited"]) > 5)
        assert await database.read(states) == [(1, "waiting")]
        await database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone())
        await running
    said = [entry["event"] for entry in logs if entry["log_level"] != "debug"]
    assert said == ["storage.unavailable", "storage.available"]
    assert attempts == 1
    assert await database.read(notes) == ["update 1"]
    assert await database.read(states) == [(1, "done")]


async def test_a_database_that_cannot_be_read_costs_no_attempt_either(database: Database) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        attempts += 1
        effects.add(note("dropped"))
        if attempts < 10:
            raise StorageUnavailableError("disk I/O error")
        effects.add(note(f"update {raw['update_id']} at attempt {attempts}"))

    await accept(database, (1, 7))
    await drain(make(database, handle, pauses=(600.0, 600.0)))
    assert await database.read(notes) == ["dropped", "update 1 at attempt 10"]
    assert await database.read(states) == [(1, "done")]


async def test_more_updates_than_fit_in_memory_are_all_handled_in_order(database: Database) -> None:
    await accept(database, *((n, n % 3) for n in range(1, 1501)))
    await drain(make(database))
    handled = await database.read(notes)
    assert len(handled) == 1500
    numbers = [int(text.removeprefix("update ")) for text in handled]
    for lane in range(3):
        assert [n for n in numbers if n % 3 == lane] == [n for n in range(1, 1501) if n % 3 == lane]


async def test_an_update_that_somebody_else_settled_meanwhile_has_no_effects_and_no_second_attempt(
    database: Database, logs: list[MutableMapping[str, Any]]
) -> None:
    attempts = 0

    async def handle(raw: Mapping[str, Any], effects: Effects) -> None:
        nonlocal attempts
        attempts += 1
        await note_it(raw, effects)
        await database.write(store.done(1, 50.0))

    await accept(database, (1, 7))
    await drain(make(database, handle))
    assert attempts == 1
    assert await database.read(notes) == []
    assert await database.read(letters) == []
    assert [entry["event"] for entry in logs] == ["update.settled_already"]


async def test_two_workers_on_one_inbox_still_settle_every_update_once(database: Database) -> None:
    await accept(database, *((n, n % 5) for n in range(1, 51)))
    await asyncio.gather(drain(make(database)), drain(make(database)))
    assert sorted(await database.read(notes)) == sorted(f"update {n}" for n in range(1, 51))
    assert await database.read(states) == [(n, "done") for n in range(1, 51)]
