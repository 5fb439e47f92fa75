"""A full disk and a locked database while customers write: the real process, a real small filesystem."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.sandbox import Person, Sandbox
from tests.e2e.bots import Bot, until
from tests.handlers.small_kb import write_small_kb

CUSTOMERS = 8
ANSWERS = {"7001": "Кончилась бумага", "7002": "Бумага застряла", "8003": "Лампа сканера не горит"}


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_kb(tmp_path_factory.mktemp("faults") / "kb")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a filesystem of 8 MB for this test."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a filesystem of its own takes Linux and root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount a filesystem")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


class Filler:
    """Takes every byte that is left on a filesystem, and gives them back."""

    def __init__(self, disk: Path) -> None:
        self._file = disk / "filler"

    def fill(self) -> None:
        with self._file.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
        assert shutil.disk_usage(self._file.parent).free == 0

    def empty(self) -> None:
        self._file.unlink()


def outages(bot: Bot) -> list[str]:
    events = (json.loads(line)["event"] for line in bot.logs().splitlines() if line.startswith("{"))
    return [event for event in events if event.startswith("storage.")]


async def write_all(people: list[Person]) -> None:
    for question in ANSWERS:
        for person in people:
            await person.says(question)


async def all_answered(sandbox: Sandbox, people: list[Person], rounds: int) -> None:
    wanted = rounds * len(ANSWERS)
    await sandbox.wait_for(
        lambda: all(len(person.replies) >= wanted for person in people), 30, "not everybody was answered"
    )


def everything_once(bot: Bot, sandbox: Sandbox, people: list[Person], rounds: int) -> None:
    """Check that nothing was lost, nothing doubled and no order changed."""
    for person in people:
        titles = [message.text.partition("\n")[0] for message in person.replies]
        assert titles == list(ANSWERS.values()) * rounds
    with contextlib.closing(sqlite3.connect(bot.settings["DATABASE_PATH"])) as db:
        states = Counter(state for (state,) in db.execute("SELECT state FROM inbox"))
        assert states == {"done": len(sandbox.world.queue.issued_ids)}
        heard = db.execute("SELECT count(*) FROM messages WHERE direction = 'in'").fetchone()[0]
        assert heard == len(people) * len(ANSWERS) * rounds
        assert db.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)


@pytest.mark.parametrize(("mode", "killed"), [("polling", False), ("webhook", True)])
async def test_a_full_disk_stops_intake_and_loses_nothing(
    sandbox: Sandbox, disk: Path, kb: Path, mode: str, *, killed: bool
) -> None:
    bot = Bot(sandbox, disk, kb, mode)
    filler = Filler(disk)
    people = [sandbox.user(f"Клиент {n}") for n in range(CUSTOMERS)]
    try:
        await bot.start()
        await write_all(people)
        await all_answered(sandbox, people, 1)
        await bot.quiet()

        filler.fill()
        await write_all(people)
        await until(lambda: "storage.unavailable" in outages(bot), "the operator is not told")
        held = list(sandbox.world.queue.pending_ids)
        assert held
        if mode == "polling":
            # A batch goes in as a whole or not at all, and it is offered again and again.
            polls = sandbox.polls
            await sandbox.polled(15, polls + 2)
            assert all(call.outcome == "ok" for call in sandbox.calls_of("getUpdates")[-2:])
        else:
            deliveries = sandbox.api.webhook.deliveries
            await until(lambda: sandbox.api.webhook.deliveries > deliveries + 2, "Telegram does not repeat")
            assert sandbox.api.webhook.failure is not None
            assert sandbox.api.webhook.failure.reason == "Wrong response from the webhook: 503"
        assert sandbox.world.queue.pending_ids == held
        assert outages(bot) == ["storage.unavailable"]

        if killed:
            await bot.kill()
        filler.empty()
        if killed:
            await bot.start()
        await all_answered(sandbox, people, 2)
        await bot.quiet()
        assert outages(bot) == ["storage.unavailable"] + ["storage.available"] * (not killed)
        assert await bot.terminate() == 0
        everything_once(bot, sandbox, people, 2)
    finally:
        await bot.kill()


async def test_a_locked_database_is_waited_for(sandbox: Sandbox, tmp_path: Path, kb: Path) -> None:
    bot = Bot(sandbox, tmp_path, kb, "polling")
    people = [sandbox.user(f"Клиент {n}") for n in range(CUSTOMERS)]
    try:
        await bot.start()
        await write_all(people)
        await all_answered(sandbox, people, 1)
        await bot.quiet()
        with contextlib.closing(sqlite3.connect(bot.settings["DATABASE_PATH"], isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await write_all(people)
            held = list(sandbox.world.queue.pending_ids)
            await until(lambda: "storage.unavailable" in outages(bot), "the operator is not told")
            assert sandbox.world.queue.pending_ids == held
            other.execute("ROLLBACK")
        await all_answered(sandbox, people, 2)
        await bot.quiet()
        assert outages(bot) == ["storage.unavailable", "storage.available"]
        assert await bot.terminate() == 0
        everything_once(bot, sandbox, people, 2)
    finally:
        await bot.kill()
