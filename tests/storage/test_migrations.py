"""The schema: made at the first start, left alone at the next, whole or not at all."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database as Db

from bot.storage.database import Database, connect
from bot.storage.migrations import migrate, migrations

TABLES = {
    "albums",
    "conversations",
    "dead_letters",
    "decisions",
    "dialogues",
    "feedback",
    "handovers",
    "inbox",
    "messages",
    "meta",
    "outbox",
    "screens",
    "secrets",
    "shown",
    "unknown_codes",
    "users",
}


def tables(db: Db) -> set[str]:
    return {name for name in db.table_names() if not name.startswith(("sqlite_", "_sqlite_"))}


async def test_a_new_database_has_the_tables_and_keeps_them(tmp_path: Path) -> None:
    for _ in range(2):
        database = await Database.open(tmp_path / "deep" / "er" / "bot.db")
        assert await database.read(tables) >= TABLES
        await database.close()


def test_every_table_refuses_values_of_another_type(tmp_path: Path) -> None:
    db = connect(tmp_path / "bot.db")
    migrate(db)
    lax = db.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict")
    assert {name for (name,) in lax} - {"sqlite_schema", "sqlite_sequence", "_sqlite_migrations"} == set()
    db.close()


def test_a_migration_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    db = connect(tmp_path / "bot.db")
    # The third table of the first migration is in the way, as a half-done migration's would be.
    db.execute("CREATE TABLE dead_letters (id INTEGER)")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(db)
    assert tables(db) == {"dead_letters"}
    db.execute("DROP TABLE dead_letters")
    migrate(db)
    assert tables(db) >= TABLES
    assert next(applied.name for applied in migrations.applied(db)) == "m0001_first"
    db.close()
