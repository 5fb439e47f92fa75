"""The bot and a Bot API server in one process: what a dialogue test talks to.

Everything is real: App, dispatcher, SQLite file, HTTP. Only the waits are short: the pauses between attempts, and the
sending limits. `quiet()` returns when everything that was sent to the bot is handled and everything it said is out.
"""

import asyncio
import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Db

from bot.app import App, Plan
from bot.clock import Clock, SystemClock
from bot.inbox import store as inbox
from bot.kb.watch import LibraryHolder
from bot.outbox import store as outbox
from bot.outbox.sender import Limits
from bot.sandbox import Chat, Message, Person, Pressed, Sandbox
from bot.storage.database import Database
from bot.storage.vault import Vault
from bot.triage import Prepared, prepare
from bot.weights.ready import weights_of

SECRET = b"a-secret-for-tests-of-more-than-32-characters"
DEADLINE = 15.0
FAST = Limits(overall_per_second=9999, chat_per_second=9999, group_per_minute=9999)


@dataclass(slots=True)
class Staff:
    sandbox: Sandbox
    chat: Chat

    @property
    def messages(self) -> list[str]:
        written = [message for message in self.sandbox.messages(self.chat) if message.by_bot and not message.service]
        return [message.text for message in written]

    @property
    def last(self) -> str:
        return self.messages[-1]

    @property
    def cards(self) -> list[str]:
        return [text for text in self.messages if text.startswith("🟪")]


class MovedClock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return SystemClock().now() + self.ahead


@dataclass(slots=True)
class Stand:
    sandbox: Sandbox
    plan: Plan
    staff: Staff
    holder: LibraryHolder[Prepared]
    clock: MovedClock = field(default_factory=MovedClock)
    app: App | None = None
    log: io.StringIO = field(default_factory=io.StringIO)
    _run: asyncio.Task[None] | None = None

    async def start(self) -> None:
        database = await Database.open(self.plan.database_path)
        clock: Clock = self.clock
        self.app = App(self.plan, clock, database, self.holder)
        self.app._worker._pauses = (0.01, 0.01)
        self.app._sender._backoff_first = 0.01
        # The bot is a program of its own beside the test, which stops it.
        self._run = asyncio.get_running_loop().create_task(self.app.run())
        await self.sandbox.polled(DEADLINE, self.sandbox.polls)

    async def stop(self) -> None:
        if self.app is None or self._run is None:
            return
        self.app.stop()
        async with asyncio.timeout(DEADLINE):
            await self._run
        self.app = self._run = None

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def without_staff(self) -> None:
        self.plan = replace(self.plan, staff_chat=None)
        await self.restart()

    @property
    def running(self) -> App:
        assert self.app is not None
        return self.app

    async def quiet(self) -> None:
        """Wait until nothing is under way: every update confirmed and handled, every call ended."""
        async with asyncio.timeout(DEADLINE):
            while not await self._is_quiet():
                assert self._run is not None
                if self._run.done():
                    await self._run
                await asyncio.sleep(0.01)

    async def _is_quiet(self) -> bool:
        database = self.running._database
        # In this order: an update leaves the queue when it is in the inbox, and the inbox when its calls are posted.
        return (
            not self.sandbox.world.queue.ready
            and await database.read(inbox.depth) == 0
            and await database.read(outbox.depth) == 0
        )

    async def saves(self, path: Path, text: str, seen: Callable[[], bool]) -> None:
        """Save an article and wait until that is seen; saved again meanwhile, for a watch that begins may miss one."""
        async with asyncio.timeout(DEADLINE):
            while not seen():
                await asyncio.to_thread(path.write_text, text, encoding="utf-8")
                for _ in range(150):
                    if seen():
                        return
                    await asyncio.sleep(0.01)

    async def until(self, look: Callable[[], bool]) -> None:
        """Wait for something that rings no bell of the sandbox, so it is looked at again and again."""
        async with asyncio.timeout(DEADLINE):
            while not look():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.01)

    async def replies(self, person: Person) -> list[Message]:
        """Wait for quiet and return what the bot wrote to a person since anybody last acted."""
        await self.quiet()
        return [event.message for event in self.sandbox.answers(person.id)]

    async def texts(self, person: Person) -> list[str]:
        return [message.text for message in await self.replies(person)]

    async def titles(self, person: Person) -> list[str]:
        """Return the first lines of what the bot wrote since anybody last acted."""
        return [text.partition("\n")[0] for text in await self.texts(person)]

    async def reply(self, person: Person) -> Message:
        """Return the one message that the bot wrote since anybody last acted."""
        replies = await self.replies(person)
        assert len(replies) == 1, [reply.text for reply in replies]
        return replies[0]

    async def answers_to(self, said: Sequence[str], language: str = "ru") -> dict[str, list[str]]:
        """Let a new customer say each of these, and return what each was answered."""
        people = {text: self.sandbox.user("Кто-то", language=language) for text in said}
        for text, person in people.items():
            await person.says(text)
        await self.quiet()
        return {text: [reply.text for reply in person.replies] for text, person in people.items()}

    async def toast(self, pressed: Pressed) -> str:
        """Return what the bot answered to a press; an unanswered one fails."""
        await self.quiet()
        assert pressed.answer is not None, "the press was not answered"
        return pressed.answer

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        def query(db: Db) -> list[tuple[Any, ...]]:
            return list(db.execute(sql, list(parameters)).fetchall())

        return await self.running._database.read(query)

    def bytes_on_disk(self) -> bytes:
        """Return everything in the database's files as it lies on the disk."""
        folder = self.plan.database_path.parent
        return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file())

    def sent_texts(self) -> list[str]:
        """Return every text that went out in a call, toasts, captions and keyboards included."""
        return [str(call.params) for call in self.sandbox.calls]


def hold(kb: Path) -> LibraryHolder[Prepared]:
    """Load a knowledge base and prepare it as `App.open` does."""
    return LibraryHolder(kb, lambda library: prepare(library, Vault(SECRET).hash_key, weights_of))


def plan_for(sandbox: Sandbox, folder: Path, kb: Path, staff_chat: int | None) -> Plan:
    return Plan(
        token=sandbox.token,
        api_base=sandbox.base_url,
        proxy=None,
        database_path=folder / "bot" / "diagnost.sqlite3",
        kb_dir=kb,
        secret=SECRET,
        staff_chat=staff_chat,
        manager_ids=(),
        default_language="ru",
        health_listen=None,
        limits=FAST,
    )


async def close(stand: Stand) -> None:
    with contextlib.suppress(Exception):
        stand.sandbox.clear_faults()
    await stand.stop()
