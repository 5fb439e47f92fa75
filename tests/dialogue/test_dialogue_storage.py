"""aiogram's own FSMContext over our storage: joined to the effects, kept across restarts, apart by chat and user."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey

from bot.dialogue.store import DialogueStorage
from bot.storage.database import Database
from bot.storage.effects import CURRENT, Effects


class Talk(StatesGroup):
    asked = State()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    yield database
    await database.close()


def context(database: Database, chat: int = 42, user: int = 42, **more: int | str) -> FSMContext:
    return FSMContext(DialogueStorage(database), StorageKey(1, chat, user, **more))  # type: ignore[arg-type]


def begin_update() -> Effects:
    effects = Effects()
    CURRENT.set(effects)
    return effects


async def test_a_new_dialogue_is_empty(database: Database) -> None:
    assert await context(database).get_state() is None
    assert await context(database).get_data() == {}


async def test_state_and_content_survive_a_restart(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "bot.db")
    effects = begin_update()
    await context(database).set_state(Talk.asked)
    await context(database).set_data({"question": "Где лежит ключ 😀?", "codes": ["1058"], "step": 2, "none": None})
    await database.write(effects.apply)
    await database.close()
    begin_update()
    database = await Database.open(tmp_path / "bot.db")
    assert await context(database).get_state() == "Talk:asked"
    assert await context(database).get_data() == {
        "question": "Где лежит ключ 😀?",
        "codes": ["1058"],
        "step": 2,
        "none": None,
    }
    await database.close()


async def test_changes_wait_for_the_commit_of_their_update(database: Database) -> None:
    effects = begin_update()
    await context(database).set_state(Talk.asked)
    await context(database).set_data({"step": 1})
    begin_update()
    assert await context(database).get_state() is None
    assert await context(database).get_data() == {}
    await database.write(effects.apply)
    assert await context(database).get_state() == "Talk:asked"
    assert await context(database).get_data() == {"step": 1}


async def test_a_handler_reads_back_what_it_has_set(database: Database) -> None:
    before = begin_update()
    await context(database).set_state("earlier")
    await context(database).update_data(kept="yes")
    await database.write(before.apply)
    effects = begin_update()
    state = context(database)
    await state.update_data(first=1)
    await state.update_data(second=2)
    await state.set_state(Talk.asked)
    assert await state.get_data() == {"kept": "yes", "first": 1, "second": 2}
    assert await state.get_state() == "Talk:asked"
    await state.set_state(None)
    assert await state.get_state() is None
    assert await context(database, user=7).get_state() is None
    await database.write(effects.apply)
    begin_update()
    assert await state.get_data() == {"kept": "yes", "first": 1, "second": 2}
    assert await state.get_state() is None


async def test_a_failed_attempt_leaves_no_trace_in_the_next(database: Database) -> None:
    begin_update()
    await context(database).update_data(step=1)
    effects = begin_update()
    assert await context(database).get_data() == {}
    await context(database).update_data(other=2)
    await database.write(effects.apply)
    assert await context(database).get_data() == {"other": 2}


async def test_clearing_ends_the_dialogue(database: Database) -> None:
    effects = begin_update()
    await context(database).set_state(Talk.asked)
    await context(database).set_data({"step": 1})
    await context(database).clear()
    await database.write(effects.apply)
    begin_update()
    assert await context(database).get_state() is None
    assert await context(database).get_data() == {}


async def test_chats_users_and_threads_are_kept_apart(database: Database) -> None:
    contexts = [
        context(database, 42, 42),
        context(database, 42, 43),
        context(database, -100, 42),
        context(database, -100, 42, thread_id=5),
        context(database, -100, 42, destiny="other"),
        context(database, -100, 42, business_connection_id="b"),
    ]
    effects = begin_update()
    for number, each in enumerate(contexts):
        await each.set_state(f"state {number}")
        await each.set_data({"number": number})
    await database.write(effects.apply)
    begin_update()
    assert [await each.get_state() for each in contexts] == [f"state {number}" for number in range(6)]
    assert [await each.get_data() for each in contexts] == [{"number": number} for number in range(6)]


async def test_writing_needs_an_update_in_hand(database: Database) -> None:
    import contextvars  # noqa: PLC0415 - only this test leaves the context of its own

    empty = contextvars.Context()
    storage = DialogueStorage(database)
    with pytest.raises(LookupError):
        empty.run(storage._put, StorageKey(1, 42, 42), "state", "lost")
