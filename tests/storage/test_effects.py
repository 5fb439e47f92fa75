"""The changes of one update: all of them, in order, or none."""

from pathlib import Path

import pytest
from sqlite_utils import Database as Db

from bot.storage.database import Database, Op
from bot.storage.effects import CURRENT, Effects


def note(text: str) -> Op:
    def op(db: Db) -> None:
        db.execute("INSERT INTO scraps (text) VALUES (?)", [text])

    return op


def fail(_: Db) -> None:
    raise ValueError("no")


def texts(db: Db) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM scraps ORDER BY id")]


async def test_effects_are_applied_in_order_and_all_or_none(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "bot.db")
    await database.write(lambda db: db.execute("CREATE TABLE scraps (id INTEGER PRIMARY KEY, text TEXT)"))
    broken = Effects()
    for op in (note("lost"), fail, note("never")):
        broken.add(op)
    with pytest.raises(ValueError, match="no"):
        await database.write(broken.apply)
    whole = Effects()
    for op in (note("b"), note("a"), note("c")):
        whole.add(op)
    assert await database.read(texts) == []
    await database.write(whole.apply)
    assert await database.read(texts) == ["b", "a", "c"]
    await database.close()


def test_outside_of_an_update_there_are_no_effects() -> None:
    with pytest.raises(LookupError):
        CURRENT.get()
