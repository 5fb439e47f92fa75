from pathlib import Path

from bot.conversations import store as conversations
from bot.conversations.events import Person
from bot.guides import store
from bot.guides.run import Result, Run, Tried, Visit
from bot.guides.store import Guide, State, Tally
from bot.storage.database import Database

DAY = 24 * 3600.0


def guide(run_id: str, *visits: Visit, moves: int = 0, begun_with: str = "jam") -> Guide:
    return Guide(run_id, 7, "talk", None, "ru", begun_with, "said", Run(visits, moves))


async def opened(folder: Path) -> Database:
    database = await Database.open(folder / "bot.db")
    await database.write(conversations.save_person(Person(7, "Анна", None, "ru"), 0))
    await database.write(conversations.touch_conversation("talk", 7, 0))
    await database.write(conversations.save_message("said", "talk", "out", "text", "…", 0))
    return database


async def test_a_run_is_kept_as_it_is(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    first = guide("one", Visit("jam", "lid", Result.DONE), Visit("jam", "pull"), moves=4)
    await database.write(store.save(first, 10))
    assert await database.read(lambda db: store.find(db, "one")) == first
    later = guide("one", Visit("jam", "lid"), moves=5)
    await database.write(store.save(later, 20))
    assert await database.read(lambda db: store.find(db, "one")) == later
    assert await database.read(lambda db: store.find(db, "two")) is None
    assert await database.read(lambda db: store.shown_as(db, "said")) is None
    await database.close()


async def test_the_latest_unfinished_run_is_offered_once_and_not_for_ever(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    await database.write(store.save(guide("one", Visit("jam", "lid")), 10))
    await database.write(store.save(guide("two", Visit("ink", "shake"), begun_with="ink"), 20))

    async def offered(besides: str = "", now: float = 30) -> str | None:
        found = await database.read(lambda db: store.unfinished(db, 7, besides, now))
        return found.id if found else None

    assert await offered() == "two"
    assert await offered("two") == "one"
    assert await offered(now=3 * DAY + 15) == "two"
    assert await offered(now=3 * DAY + 25) is None
    await database.write(store.replace_active(7, "ink", 30))
    assert await offered() == "one"
    assert await database.read(lambda db: store.active_of(db, 7, "ink")) is None
    found = await database.read(lambda db: store.find(db, "two"))
    assert found is not None
    assert found.state is State.REPLACED
    await database.close()


async def test_staff_see_each_step_as_it_went_last_and_managers_count_presses(tmp_path: Path) -> None:
    database = await opened(tmp_path)
    lid, pull = Visit("jam", "lid", Result.DONE), Visit("jam", "pull", Result.FAILED)
    first = guide("one", lid, pull, Visit("ink", "shake"))
    second = guide("two", Visit("jam", "lid", Result.HELPED))
    for each, at in ((first, 10), (second, 20)):
        await database.write(store.save(each, at))
    for number, visit, pressed in ((2, lid, "next"), (3, pull, "failed"), (2, lid, "helped"), (2, lid, "next")):
        await database.write(store.note(first, visit, number, pressed, 30))
    await database.write(store.note(first, first.run.here, 1, "shown", 30))
    await database.write(store.note_check("one", "port_filtered", 40))
    await database.write(store.note_check("nobody", "ok", 40))
    assert await database.read(lambda db: store.tried(db, "talk")) == (
        Tried("jam", 2, Result.HELPED),
        Tried("jam", 3, Result.FAILED),
        Tried("ink", 1, None),
    )
    assert await database.read(lambda db: store.tally(db, 30)) == [
        Tally("ink", "shake", "check:port_filtered", 1),
        Tally("ink", "shake", "shown", 1),
        Tally("jam", "lid", "next", 2),
        Tally("jam", "lid", "helped", 1),
        Tally("jam", "pull", "failed", 1),
    ]
    assert await database.read(lambda db: store.tally(db, 35)) == [Tally("ink", "shake", "check:port_filtered", 1)]
    await database.close()
