"""Rows of the inbox: accepted once, settled once, erased, and never readable in the file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlite_utils import Database as Db

from bot.inbox import store
from bot.inbox.store import SettledAlreadyError
from bot.storage.database import Database, Op
from bot.storage.vault import Vault

VAULT = Vault(b"an invented secret of some length")
MARKER = "MARKER-of-the-customer-7731"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    yield database
    await database.close()


async def accept(database: Database, *updates: tuple[int, int], now: float = 100.0) -> None:
    await database.write(
        store.accept([(id_, lane, {"update_id": id_, "text": MARKER}) for id_, lane in updates], VAULT, now)
    )


def rows(db: Db) -> list[tuple[object, ...]]:
    return [
        tuple(row)
        for row in db.execute("SELECT update_id, lane, state, handled_at, payload IS NULL FROM inbox ORDER BY seq")
    ]


async def test_an_update_is_accepted_once_however_often_it_comes(database: Database) -> None:
    await accept(database, (11, 1), (12, 2), (11, 1))
    await accept(database, (12, 2), (10, 1))
    waiting = await database.read(lambda db: store.waiting_after(db, 0, 10))
    assert [(each.update_id, each.lane) for each in waiting] == [(11, 1), (12, 2), (10, 1)]
    assert VAULT.open(waiting[0].payload) == {"update_id": 11, "text": MARKER}
    assert await database.read(store.depth) == 3


async def test_a_settled_update_that_comes_again_is_not_handled_again(database: Database) -> None:
    await accept(database, (11, 1))
    await database.write(store.done(1, 101.0))
    await accept(database, (11, 1))
    assert await database.read(rows) == [(11, 1, "done", 101.0, 1)]
    assert await database.read(store.depth) == 0


async def test_waiting_updates_come_oldest_first_and_in_portions(database: Database) -> None:
    await accept(database, *((id_, 1) for id_ in range(20, 30)))
    await database.write(store.done(3, 101.0))
    first = await database.read(lambda db: store.waiting_after(db, 0, 3))
    second = await database.read(lambda db: store.waiting_after(db, first[-1].seq, 3))
    assert [each.update_id for each in (*first, *second)] == [20, 21, 23, 24, 25, 26]


async def test_a_dead_update_leaves_the_inbox_and_keeps_its_payload_sealed(database: Database) -> None:
    await accept(database, (11, 1))
    await database.write(store.dead(1, "ValueError in handlers.question:12", 103.0))
    assert await database.read(rows) == [(11, 1, "dead", 103.0, 1)]
    letters = await database.read(
        lambda db: [tuple(r) for r in db.execute("SELECT origin, origin_id, reason, at, payload FROM dead_letters")]
    )
    assert letters[0][:4] == ("inbox", 11, "ValueError in handlers.question:12", 103.0)
    assert VAULT.open(letters[0][4]) == {"update_id": 11, "text": MARKER}


@pytest.mark.parametrize("again", [store.done(1, 9.0), store.dead(1, "again", 9.0)], ids=["done", "dead"])
async def test_what_is_settled_cannot_be_settled_again(database: Database, again: Op) -> None:
    await accept(database, (11, 1))
    await database.write(store.done(1, 101.0))
    with pytest.raises(SettledAlreadyError):
        await database.write(again)
    assert await database.read(rows) == [(11, 1, "done", 101.0, 1)]
    assert await database.read(lambda db: db["dead_letters"].count) == 0


async def test_handled_updates_are_forgotten_and_waiting_ones_never(database: Database) -> None:
    await accept(database, (1, 1), (2, 1), (3, 1), (4, 1), now=10.0)
    await database.write(store.done(1, 20.0))
    await database.write(store.dead(2, "no", 20.0))
    await database.write(store.done(3, 40.0))
    await database.write(store.forget_handled(30.0))
    assert [row[0] for row in await database.read(rows)] == [3, 4]


async def test_nothing_of_an_update_is_readable_in_the_files(database: Database) -> None:
    await accept(database, (11, 1), (12, 1))
    waiting = await database.read(lambda db: store.waiting_after(db, 0, 10))
    await database.write(store.done(1, 101.0))
    await database.write(store.dead(2, "no", 101.0))

    def raw() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(database.path.parent.iterdir()))

    assert MARKER.encode() not in raw()
    await database.write(lambda db: db.execute("INSERT INTO meta (key, value) VALUES ('seen', ?)", [MARKER.encode()]))
    assert MARKER.encode() in raw()  # the search itself finds what is there
    await database.write(lambda db: db.execute("DELETE FROM meta WHERE key = 'seen'"))
    await database.close()
    # The write-ahead log is gone after closing: what was handled is not in the file even sealed, nor what was deleted.
    assert MARKER.encode() not in raw()
    assert waiting[0].payload not in raw()
    assert waiting[1].payload in raw()
