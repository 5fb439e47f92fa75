"""Random lives of an inbox: duplicates, failures, restarts and kills in any order; nothing lost, nothing doubled."""

import asyncio
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database as Db
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.inbox import store
from bot.inbox.worker import UnreadableUpdateError, Worker
from bot.storage.database import Database, Op
from bot.storage.effects import Effects
from bot.storage.vault import Vault

ROOT = Path(__file__).parents[2]
VAULT = Vault(b"an invented secret of some length")
LANES = 4
UPDATES = 16

Fate = Literal["fine", "once", "twice", "always", "unreadable", "bad effects", "sorry fails"]
FATES: tuple[Fate, ...] = ("fine", "once", "twice", "always", "unreadable", "bad effects", "sorry fails")
DEADLY = {"always", "unreadable", "bad effects", "sorry fails"}


@dataclass(frozen=True, slots=True)
class Accept:
    updates: list[int]


@dataclass(frozen=True, slots=True)
class Settle:
    """Wait until nothing waits."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Drop the worker after so many turns of the loop, close the database, and begin again."""

    turns: int
    drained: bool


Step = Accept | Settle | Restart
steps = st.lists(
    st.one_of(
        st.builds(Accept, st.lists(st.integers(0, UPDATES - 1), max_size=8)),
        st.builds(Settle),
        st.builds(Restart, st.integers(0, 60), st.booleans()),
    ),
    max_size=10,
)


def write_nowhere(db: Db) -> None:
    db.execute("INSERT INTO nowhere VALUES (1)")


def note(update_id: int, what: str) -> Op:
    def op(db: Db) -> None:
        db.execute("INSERT INTO scraps (update_id, what) VALUES (?, ?)", [update_id, what])

    return op


@dataclass(slots=True)
class Life:
    fates: list[Fate]
    attempts: Counter[int] = field(default_factory=Counter)
    inside: Counter[int] = field(default_factory=Counter)

    async def handle(self, raw: Mapping[str, Any], effects: Effects) -> None:
        update_id = raw["update_id"]
        lane = update_id % LANES
        self.inside[lane] += 1
        assert self.inside[lane] == 1
        try:
            self.attempts[update_id] += 1
            effects.add(note(update_id, "handled"))
            for _ in range(update_id % 3):
                await asyncio.sleep(0)
            match self.fates[update_id]:
                case "once" if self.attempts[update_id] <= 1:
                    raise ValueError("once")
                case "twice" if self.attempts[update_id] <= 2:
                    raise ValueError("twice")
                case "always" | "sorry fails":
                    raise ValueError("always")
                case "unreadable":
                    raise UnreadableUpdateError("not an update")
                case "bad effects":
                    effects.add(write_nowhere)
        finally:
            self.inside[lane] -= 1

    async def give_up(self, update_id: int, _raw: Mapping[str, Any], _reason: str, effects: Effects) -> None:
        effects.add(note(update_id, "sorry"))
        if self.fates[update_id] == "sorry fails":
            raise ValueError("sorry")


async def nothing_waits(database: Database) -> None:
    while await database.read(store.depth):  # noqa: ASYNC110 - the condition lies in the database
        await asyncio.sleep(0)


async def live(path: Path, fates: list[Fate], script: list[Step]) -> None:
    life = Life(fates)
    accepted: list[int] = []
    pending = [*script, Restart(0, drained=True)]
    while pending:
        database = await Database.open(path)
        await database.write(
            lambda db: db.execute(
                "CREATE TABLE IF NOT EXISTS scraps (id INTEGER PRIMARY KEY, update_id INTEGER, what TEXT)"
            )
        )
        worker = Worker(
            database,
            VAULT,
            SystemClock(),
            handle=life.handle,
            give_up=life.give_up,
            after_commit=lambda: None,
            pauses=(0.0, 0.001),
        )
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(worker.run())
            while pending:
                match pending.pop(0):
                    case Accept(updates):
                        batch = [(id_, id_ % LANES, {"update_id": id_}) for id_ in updates]
                        await database.write(store.accept(batch, VAULT, 100.0))
                        worker.wake()
                        accepted += [id_ for id_ in dict.fromkeys(updates) if id_ not in accepted]
                    case Settle():
                        await nothing_waits(database)
                    case Restart(turns, drained):
                        for _ in range(turns):
                            await asyncio.sleep(0)
                        if drained:
                            worker.stop()
                            await running
                        else:
                            running.cancel()
                        break
        life.inside.clear()
        await database.close()
    await check(path, fates, accepted)


async def check(path: Path, fates: list[Fate], accepted: list[int]) -> None:
    database = await Database.open(path)

    def query(db: Db) -> tuple[list[Any], list[Any], list[Any]]:
        return (
            db.execute("SELECT update_id, state, payload FROM inbox ORDER BY seq").fetchall(),
            db.execute("SELECT update_id, what FROM scraps ORDER BY id").fetchall(),
            db.execute("SELECT origin_id, payload FROM dead_letters").fetchall(),
        )

    inbox, notes, letters = await database.read(query)
    await database.close()
    assert inbox == [(id_, "dead" if fates[id_] in DEADLY else "done", None) for id_ in accepted]
    said = {"always": ["sorry"], "unreadable": ["sorry"], "bad effects": ["sorry"], "sorry fails": []}
    for lane in range(LANES):
        expected = [
            (id_, what) for id_ in accepted if id_ % LANES == lane for what in said.get(fates[id_], ["handled"])
        ]
        assert [tuple(row) for row in notes if row[0] % LANES == lane] == expected
    assert sorted((id_, VAULT.open(payload)["update_id"]) for id_, payload in letters) == sorted(
        (id_, id_) for id_ in accepted if fates[id_] in DEADLY
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(FATES), min_size=UPDATES, max_size=UPDATES), steps)
def test_every_accepted_update_is_settled_once_and_in_order(fates: list[Fate], script: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder, capture_logs():
        asyncio.run(live(Path(folder) / "bot.db", fates, script))


CHILD = """
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from bot.inbox import store
from bot.inbox.worker import Worker
from bot.storage.database import Database
from bot.storage.vault import Vault

vault = Vault(b"an invented secret of some length")

async def handle(raw, effects):
    if raw["update_id"] % 7 == 0:
        await asyncio.sleep(0.001)
    number = raw["update_id"]
    effects.add(lambda db: db.execute("INSERT INTO scraps (update_id) VALUES (?)", [number]))

async def give_up(update_id, raw, reason, effects):
    raise AssertionError(reason)

async def main():
    database = await Database.open(Path(sys.argv[1]))
    await database.write(lambda db: db.execute("CREATE TABLE IF NOT EXISTS scraps (id INTEGER PRIMARY KEY, update_id)"))
    clock = SystemClock()
    worker = Worker(database, vault, clock, handle=handle, give_up=give_up, after_commit=lambda: None)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run())
        if len(sys.argv) == 3:
            first = int(sys.argv[2])
            while True:
                batch = [(n, n % 5, {"update_id": n}) for n in range(first, first + 10)]
                await database.write(store.accept(batch, vault, clock.now()))
                worker.wake()
                for n in range(first, first + 10):
                    print(n, flush=True)
                first += 9  # the last one of a batch comes again, as it does where an acknowledgement was lost
        worker.stop()
        await running
    await database.close()

asyncio.run(main())
"""


def run_and_kill(path: Path, first: int, lines: int) -> list[int]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(first)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    said += child.stdout.readlines()
    child.stdout.close()
    assert child.wait(10) == -signal.SIGKILL
    return [int(line) for line in said if line.endswith("\n")]


async def test_kills_lose_no_accepted_update_and_double_no_effect(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    accepted: set[int] = set()
    for turn, lines in enumerate((35, 900, 210)):
        accepted.update(await asyncio.to_thread(run_and_kill, path, turn * 1_000_000 + 1, lines))
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", CHILD, str(path)], cwd=ROOT, check=True, timeout=60)
    database = await Database.open(path)
    handled = await database.read(lambda db: [row[0] for row in db.execute("SELECT update_id FROM scraps ORDER BY id")])
    assert await database.read(store.depth) == 0
    await database.close()
    assert accepted - set(handled) == set()
    assert len(handled) == len(set(handled))
    for lane in range(5):
        mine = [n for n in handled if n % 5 == lane]
        assert mine == sorted(mine)
