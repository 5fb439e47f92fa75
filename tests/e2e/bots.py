"""The bot as a process, polling or with a webhook, with a given knowledge base and limits that do not slow it."""

import asyncio
import contextlib
import socket
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.sandbox import Sandbox
from bot.sandbox.process import BotProcess

DEADLINE = 30.0
SECRET = "a-long-random-word_42"


class Bot(BotProcess):
    """One bot over the database in `folder`; `mode` may be changed between two starts."""

    def __init__(
        self, sandbox: Sandbox, folder: Path, kb: Path, mode: str, settings: Mapping[str, str] | None = None
    ) -> None:
        port = free_port()
        self.webhook_url = f"http://127.0.0.1:{port}/telegram"
        ours = {
            "KB_DIR": str(kb),
            "LOG_FORMAT": "json",
            "LIMIT_OVERALL_PER_SECOND": "9999",
            "LIMIT_CHAT_PER_SECOND": "9999",
            "LIMIT_GROUP_PER_MINUTE": "9999",
            "BOT_MODE": mode,
            "WEBHOOK_URL": self.webhook_url,
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        }
        # The log lies beside the folder, which may be a disk that gets full.
        super().__init__(sandbox, folder, settings=ours | dict(settings or {}), log=folder.parent / "bot.log")
        self.sandbox = sandbox

    def switch(self, mode: str) -> None:
        """Set the mode for the next start."""
        self.settings["BOT_MODE"] = mode

    async def quiet(self) -> None:
        """Wait until everything is confirmed and handled, and the bot has noted that everything was sent.

        Before that a kill may double what was sent last, which is the one doubling that is allowed.
        """
        queue = self.sandbox.world.queue
        await until(lambda: not queue.ready and self._waiting() == 0, "the bot does not come to rest")

    def _waiting(self) -> int:
        query = (
            "SELECT count(*) FROM (SELECT state FROM inbox UNION ALL SELECT state FROM outbox) WHERE state = 'waiting'"
        )
        with contextlib.closing(sqlite3.connect(self.settings["DATABASE_PATH"])) as db:
            return int(db.execute(query).fetchone()[0])

    async def _polled(self, before: int, timeout: float) -> bool:
        if self.settings["BOT_MODE"] == "polling":
            return await super()._polled(before, timeout)
        called = len(self.sandbox.calls_of("setWebhook"))
        try:
            await self.sandbox.bell.wait_for(
                lambda: any(call.ok for call in self.sandbox.calls_of("setWebhook")[called:]), timeout
            )
        except TimeoutError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def until(look: Callable[[], bool], what: str) -> None:
    """Wait for something that rings no bell of the sandbox."""
    try:
        async with asyncio.timeout(DEADLINE):
            while not look():  # noqa: ASYNC110 - what is waited for has no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(what) from None
