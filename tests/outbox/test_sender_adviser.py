"""The sender and what knows of tickets: a chat that shut us out, a topic that is gone, calls stored again behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database as Db

from bot.clock import SystemClock
from bot.outbox import store
from bot.outbox.answer import Answer
from bot.outbox.sender import NO_ADVICE, Limits, Sender
from bot.outbox.store import Call, Row
from bot.storage.database import Database
from bot.storage.vault import Vault

VAULT = Vault(b"an invented secret of some length")
GROUP, TICKET = -100, 7
KICKED = Answer(ok=False, code=403, description="Forbidden: bot was kicked from the supergroup chat")
LOST = Answer(ok=False, code=400, description="Bad Request: message thread not found")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    yield database
    await database.close()


def call(text: str, ticket: int | None = TICKET, chat: int = GROUP) -> Call:
    return Call(chat, "sendMessage", {"chat_id": chat, "text": text}, ticket_id=ticket)


async def post(database: Database, *calls: Call) -> None:
    for each in calls:
        await database.write(store.post(each, VAULT, 100.0))


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not look():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.001)


async def test_calls_into_a_chat_that_shut_us_out_wait_in_their_order(database: Database) -> None:
    let_in = False
    heard: list[str] = []

    async def line(_method: str, parameters: Mapping[str, Any]) -> Answer:
        if parameters["chat_id"] == GROUP and not let_in:
            heard.append("refused")
            return KICKED
        heard.append(parameters["text"])
        return Answer(ok=True, result={"message_id": 1})

    advice = replace(NO_ADVICE, waits=lambda _row, chat_id, answer: chat_id == GROUP and answer is KICKED)
    sender = Sender(database, VAULT, SystemClock(), line, Limits(second=0.0001), adviser=advice, backoff=(0.001, 0.002))
    await post(database, call("раз"), call("два", None), call("клиенту", chat=5))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        await until(lambda: heard.count("refused") > 3 and "клиенту" in heard)
        let_in = True
        await until(lambda: "два" in heard)
        sender.stop()
    assert [text for text in heard if text != "refused"] == ["клиенту", "раз", "два"]
    assert await database.read(store.depth) == 0


@pytest.mark.parametrize("early", [False, True])
async def test_what_is_stored_again_goes_out_once_behind_what_it_waits_for(database: Database, early: bool) -> None:
    gone = True
    heard: list[str] = []

    async def line(_method: str, parameters: Mapping[str, Any]) -> Answer:
        nonlocal gone
        if gone:
            gone = False
            return LOST
        heard.append(parameters["text"])
        return Answer(ok=True, result={"message_id": 1})

    def reopen(_row: Row, _closed: bool) -> Callable[[Db], int]:
        def op(db: Db) -> int:
            upto = store.last_id(db)
            store.post(call("тема"), VAULT, 100.0)(db)
            store.line_up_again(db, TICKET, upto)
            return upto

        return op

    sender = Sender(
        database, VAULT, SystemClock(), line, Limits(second=0.0001), adviser=replace(NO_ADVICE, reopen=reopen)
    )
    stored = sender._store

    async def slow(op: Callable[[Db], Any]) -> Any:
        # The sender may have read what replaces the calls before it hears that they are replaced.
        result = await stored(op)
        if isinstance(result, int):
            await post(database, call("новое"))
            sender.wake()
            await asyncio.sleep(0.05)
        return result

    if early:
        sender._store = slow  # type: ignore[method-assign]  # the moment between two steps has no other way in
    await post(database, call("раз"), call("чужое", 8), call("два"), call("клиенту", chat=5))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        await until(lambda: "два" in heard and "клиенту" in heard and (not early or "новое" in heard))
        sender.stop()
    group = [text for text in heard if text != "клиенту"]
    assert group == ["чужое", "тема", "раз", "два", *(["новое"] if early else [])]
    assert heard.count("клиенту") == 1
    assert await database.read(store.depth) == 0


async def test_only_a_tickets_own_calls_to_the_group_are_dropped_or_named(database: Database) -> None:
    def op(db: Db) -> tuple[frozenset[int], list[str]]:
        for number, (purpose, chat, ticket) in enumerate(
            [("card", GROUP, 7), ("to_staff", GROUP, 7), ("card", 5, 7), ("card", GROUP, 8), ("to_staff", GROUP, 7)]
        ):
            each = replace(call(str(number), ticket, chat), purpose=purpose, about=number)
            store.post(each, VAULT, 100.0)(db)
        about = store.waiting_about(db, 7, "to_staff")
        store.drop_waiting(db, 7, store.last_id(db), ("card", "history"))
        return about, [VAULT.open(row.payload)["text"] for row in store.waiting_after(db, 0, 99)]

    assert await database.write(op) == (frozenset({1, 4}), ["1", "2", "3", "4"])


async def test_a_shut_chat_with_very_much_waiting_holds_up_nobody(database: Database) -> None:
    let_in = False
    heard: list[str] = []
    group: list[str] = []

    async def line(_method: str, parameters: Mapping[str, Any]) -> Answer:
        if parameters["chat_id"] == GROUP:
            if not let_in:
                return KICKED
            group.append(parameters["text"])
        else:
            heard.append(parameters["text"])
        return Answer(ok=True, result={"message_id": 1})

    def op(db: Db) -> None:
        for number in range(1500):
            store.post(call(str(number), number % 9), VAULT, 100.0)(db)
        store.post(call("клиенту", None, chat=5), VAULT, 100.0)(db)

    advice = replace(NO_ADVICE, waits=lambda _row, chat_id, answer: chat_id == GROUP and answer is KICKED)
    limits = Limits(9999, 9999, 9999, 0.0001)
    sender = Sender(database, VAULT, SystemClock(), line, limits, adviser=advice, backoff=(0.001, 0.002))
    await database.write(op)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        await until(lambda: heard == ["клиенту"])
        let_in = True
        for number in range(1500, 1600):
            await post(database, call(str(number)), call(str(number), None, chat=6))
            sender.wake()
        await until(lambda: len(group) >= 1600 and len(heard) >= 101)
        sender.stop()
    assert group == [str(number) for number in range(1600)]
    assert heard == ["клиенту", *(str(number) for number in range(1500, 1600))]
    assert await database.read(store.depth) == 0
