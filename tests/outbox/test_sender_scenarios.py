"""Random lives of an outbox: faults, restarts, lost answers and kills; nothing lost, order kept, doubles explained."""

import asyncio
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.outbox import store
from bot.outbox.answer import Answer, NoAnswerError
from bot.outbox.sender import Limits, Sender
from bot.outbox.store import Call
from bot.storage.database import Database
from bot.storage.vault import Vault

ROOT = Path(__file__).parents[2]
VAULT = Vault(b"an invented secret of some length")
QUICK = Limits(second=0.0001)

Fault = Literal["flood", "broken", "no answer", "lost answer", "moved", "refused"]
FAULTS: tuple[Fault, ...] = ("flood", "broken", "no answer", "lost answer", "moved", "refused")


@dataclass(frozen=True, slots=True)
class Post:
    chat: int
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Restart:
    turns: int
    cut_off: bool


posts = st.builds(Post, st.sampled_from([1, 2, -3]), st.lists(st.sampled_from(FAULTS), max_size=3))
steps = st.lists(st.one_of(posts, posts, posts, st.builds(Restart, st.integers(0, 80), st.booleans())), max_size=25)


@dataclass(slots=True)
class Telegram:
    """Group -3 may become -3000 at any time; from then on the old id is refused."""

    faults: dict[str, list[Fault]] = field(default_factory=dict)
    delivered: list[tuple[int, str]] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    inside: Counter[int] = field(default_factory=Counter)
    group: int = -3

    async def call(self, _method: str, parameters: Mapping[str, Any]) -> Answer:
        chat, text = parameters["chat_id"], parameters["text"]
        group = chat < 0
        self.inside[chat] += 1
        assert self.inside[chat] == 1
        try:
            await asyncio.sleep(0)
        finally:
            self.inside[chat] -= 1
        if group and chat != self.group:
            return Answer(ok=False, code=400, description="upgraded to a supergroup chat", migrate_to=self.group)
        fault = self.faults[text].pop(0) if self.faults[text] else None
        match fault:
            case "flood":
                return Answer(ok=False, code=429, description="Too Many Requests", retry_after=0.002)
            case "broken":
                return Answer(ok=False, code=502, description="Bad Gateway")
            case "no answer":
                raise NoAnswerError("connection lost")
            case "lost answer":
                self.lost[text] += 1
                self.delivered.append((-3 if group else chat, text))
                raise NoAnswerError("connection lost")
            case "moved" if group and self.group == -3:
                self.group = -3000
                return Answer(ok=False, code=400, description="upgraded to a supergroup chat", migrate_to=-3000)
            case "refused":
                self.refused.append(text)
                return Answer(ok=False, code=400, description="Bad Request: message is too long")
            case _:
                self.delivered.append((-3 if group else chat, text))
                return Answer(ok=True, result={"message_id": 1})


async def nothing_waits(database: Database) -> None:
    while await database.read(store.depth):  # noqa: ASYNC110 - the condition lies in the database
        await asyncio.sleep(0)


async def live(path: Path, script: list[Post | Restart]) -> None:
    telegram = Telegram()
    posted: list[tuple[int, str]] = []
    pending = [*script, Restart(0, cut_off=True)]
    while pending:
        database = await Database.open(path)
        sender = Sender(
            database, VAULT, SystemClock(), telegram.call, QUICK, backoff=(0.0005, 0.001), storage_pause=0.001
        )
        async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
            running = tasks.create_task(sender.run())
            while pending:
                match pending.pop(0):
                    case Post(chat, faults):
                        text = f"{len(posted)}"
                        telegram.faults[text] = list(faults)
                        posted.append((chat, text))
                        call = Call(chat, "sendMessage", {"chat_id": chat, "text": text})
                        await database.write(store.post(call, VAULT, 100.0))
                        sender.wake()
                    case Restart(turns, cut_off):
                        for _ in range(turns):
                            await asyncio.sleep(0)
                        if not pending:
                            await nothing_waits(database)
                        if cut_off:
                            running.cancel()
                        else:
                            sender.stop()
                            await running
                        break
        await database.close()
    check_deliveries(posted, telegram)
    await check_end(path, posted, telegram)


def check_deliveries(posted: list[tuple[int, str]], telegram: Telegram) -> None:
    for chat in (1, 2, -3):
        sequence = [text for to, text in telegram.delivered if to == chat]
        once = list(dict.fromkeys(sequence))
        assert [text for to, text in posted if to == chat and text not in telegram.refused] == [
            text for text in once if text not in telegram.refused
        ]
        assert once == [text for n, text in enumerate(sequence) if n == 0 or sequence[n - 1] != text]
    for text, times in Counter(text for _, text in telegram.delivered).items():
        assert times == telegram.lost[text] + (text not in telegram.refused)


async def check_end(path: Path, posted: list[tuple[int, str]], telegram: Telegram) -> None:
    database = await Database.open(path)
    ended = await database.read(lambda db: db.execute("SELECT state, payload FROM outbox ORDER BY id").fetchall())
    letters = await database.read(lambda db: db.execute("SELECT payload FROM dead_letters ORDER BY id").fetchall())
    moves = await database.read(store.moves)
    await database.close()
    assert ended == [("failed" if text in telegram.refused else "sent", None) for _, text in posted]
    assert [VAULT.open(payload)["text"] for (payload,) in letters] == telegram.refused
    assert moves == ({-3: -3000} if telegram.group == -3000 else {})


@settings(max_examples=40, deadline=None)
@given(steps)
def test_every_call_ends_once_in_order_whatever_happens(script: list[Post | Restart]) -> None:
    with tempfile.TemporaryDirectory() as folder, capture_logs():
        asyncio.run(live(Path(folder) / "bot.db", script))


CHILD = """
import asyncio, os, sys
from pathlib import Path
from bot.clock import SystemClock
from bot.outbox import store
from bot.outbox.answer import Answer
from bot.outbox.sender import Limits, Sender
from bot.storage.database import Database
from bot.storage.vault import Vault

vault = Vault(b"an invented secret of some length")
telegram = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

async def call(method, parameters):
    await asyncio.sleep(0)
    os.write(telegram, f"{parameters['chat_id']} {parameters['text']}\\n".encode())
    await asyncio.sleep(0)
    return Answer(ok=True, result={"message_id": 1})

def post_all(db):
    if db["outbox"].count == 0:
        for n in range(1500):
            store.post(store.Call(n % 3 + 1, "sendMessage", {"chat_id": n % 3 + 1, "text": str(n)}), vault, 1.0)(db)

async def main():
    database = await Database.open(Path(sys.argv[1]))
    await database.write(post_all)
    sender = Sender(database, vault, SystemClock(), call, Limits(100, 100, 100, second=0.00001))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        print("begun", flush=True)
        while await database.read(store.depth):
            await asyncio.sleep(0.005)
        sender.stop()
    await database.close()

asyncio.run(main())
"""


def send_and_kill(path: Path, log: Path, lines: int) -> None:
    """Let a child send until Telegram has got so many calls from it, then kill it."""
    before = log.stat().st_size if log.exists() else 0
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path), str(log)], cwd=ROOT, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    deadline = time.monotonic() + 30
    while log.stat().st_size < before + 5 * lines and child.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.0005)
    child.send_signal(signal.SIGKILL)
    child.stdout.close()
    child.wait(10)


async def test_kills_lose_no_call_and_double_one_a_chat_at_the_most(tmp_path: Path) -> None:
    path, log = tmp_path / "bot.db", tmp_path / "telegram.txt"
    kills = 4
    for lines in random.Random(2).sample(range(1, 300), kills):
        await asyncio.to_thread(send_and_kill, path, log, lines)
    command = [sys.executable, "-c", CHILD, str(path), str(log)]
    await asyncio.to_thread(subprocess.run, command, cwd=ROOT, check=True, timeout=60, stdout=subprocess.DEVNULL)
    got = [(int(chat), int(text)) for chat, text in (line.split() for line in log.read_text().splitlines())]
    times = Counter(got)
    assert set(times) == {(n % 3 + 1, n) for n in range(1500)}
    assert len(got) - 1500 <= kills * 3
    for chat in (1, 2, 3):
        sequence = [text for to, text in got if to == chat]
        assert sequence == sorted(sequence)
