"""Rows of the outbox: kept sealed while they wait, erased when they end, never readable in the file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlite_utils import Database as Db

from bot.outbox import store
from bot.outbox.store import Call, Row
from bot.storage.database import Database
from bot.storage.vault import Vault

VAULT = Vault(b"an invented secret of some length")
MARKER = "MARKER-of-an-answer-7731"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    yield database
    await database.close()


async def post(database: Database, *chats: int, express: bool = False) -> list[Row]:
    for chat in chats:
        call = Call(chat, "sendMessage", {"chat_id": chat, "text": MARKER}, express=express)
        await database.write(store.post(call, VAULT, 100.0))
    return await database.read(lambda db: store.waiting_after(db, 0, 100))


def rows(db: Db) -> list[tuple[object, ...]]:
    columns = "id, state, settled_at, telegram_id, fault, payload IS NULL"
    return [tuple(row) for row in db.execute(f"SELECT {columns} FROM outbox ORDER BY id")]


async def test_a_call_waits_sealed_and_as_it_was_posted(database: Database) -> None:
    (row,) = await post(database, 42, express=True)
    assert (row.chat_id, row.method, row.express, row.created_at) == (42, "sendMessage", True, 100.0)
    assert VAULT.open(row.payload) == {"chat_id": 42, "text": MARKER}
    assert await database.read(store.depth) == 1
    assert await database.read(lambda db: store.waiting_after(db, row.id, 100)) == []


async def test_a_sent_call_is_erased_and_its_message_knows_its_telegram_id(database: Database) -> None:
    def talk(db: Db) -> None:
        db.execute("INSERT INTO users (id, name, language, first_seen, last_seen) VALUES (42, 'Анна', 'ru', 1, 1)")
        db.execute("INSERT INTO conversations (id, user_id, started_at, last_at) VALUES ('c', 42, 1, 1)")
        db.execute(
            "INSERT INTO messages (id, conversation_id, direction, kind, text, at)"
            " VALUES ('m', 'c', 'out', 'text', '', 1)"
        )

    await database.write(talk)
    await database.write(store.post(Call(42, "sendMessage", {"text": MARKER}, message_id="m"), VAULT, 100.0))
    (row,) = await database.read(lambda db: store.waiting_after(db, 0, 100))
    await database.write(store.sent(row, 777, 101.0))
    assert await database.read(rows) == [(1, "sent", 101.0, 777, None, 1)]
    assert await database.read(lambda db: [r[0] for r in db.execute("SELECT telegram_id FROM messages")]) == [777]


async def test_a_failed_call_is_erased_or_kept_sealed_among_the_dead_letters(database: Database) -> None:
    first, second = await post(database, 42, 43)
    await database.write(store.failed(first, "403 blocked", 101.0, keep=False))
    await database.write(store.failed(second, "400 no", 102.0, keep=True))
    assert await database.read(rows) == [
        (1, "failed", 101.0, None, "403 blocked", 1),
        (2, "failed", 102.0, None, "400 no", 1),
    ]
    ((origin, origin_id, reason, payload),) = await database.read(
        lambda db: db.execute("SELECT origin, origin_id, reason, payload FROM dead_letters").fetchall()
    )
    assert (origin, origin_id, reason) == ("outbox", 2, "400 no")
    assert VAULT.open(payload) == {"chat_id": 43, "text": MARKER}


async def test_a_moved_group_takes_its_waiting_calls_along_and_is_remembered(database: Database) -> None:
    await post(database, -100, 42, -100)
    await database.write(store.moved(-100, -100200))
    waiting = await database.read(lambda db: store.waiting_after(db, 0, 100))
    assert [row.chat_id for row in waiting] == [-100200, 42, -100200]
    assert await database.read(store.moves) == {-100: -100200}


async def test_settled_calls_are_forgotten_and_waiting_ones_never(database: Database) -> None:
    first, second, _ = await post(database, 1, 2, 3)
    await database.write(store.sent(first, None, 110.0))
    await database.write(store.failed(second, "400 no", 130.0, keep=False))
    await database.write(store.forget_settled(120.0))
    assert [row[0] for row in await database.read(rows)] == [2, 3]


async def test_an_unreachable_customer_is_noted_with_the_first_time_and_the_last_reason(database: Database) -> None:
    await database.write(
        lambda db: db.execute(
            "INSERT INTO users (id, name, language, first_seen, last_seen) VALUES (42, 'Анна', 'ru', 1, 1)"
        )
    )
    await database.write(store.unreachable(42, "blocked", 101.0))
    await database.write(store.unreachable(42, "deactivated", 102.0))
    assert await database.read(
        lambda db: [tuple(r) for r in db.execute("SELECT unreachable_since, unreachable_why FROM users")]
    ) == [(101.0, "deactivated")]


async def test_nothing_of_a_call_is_readable_in_the_files(database: Database) -> None:
    first, second, _ = await post(database, 1, 2, 3)
    await database.write(store.sent(first, 5, 101.0))
    await database.write(store.failed(second, "400 no", 101.0, keep=True))

    def raw() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(database.path.parent.iterdir()))

    assert MARKER.encode() not in raw()
    await database.close()
    assert MARKER.encode() not in raw()
    assert first.payload not in raw()
    assert second.payload in raw()
