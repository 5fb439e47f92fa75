"""The bot as a process of its own: started against a sandbox, watched until it polls, killed, stopped.

Decides the environment of that process and nothing about what it does; the command is a parameter. Only the process
started here is ever signalled. Called by `stage.py` and by the end-to-end tests.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.sandbox.sandbox import Sandbox

RUN_BOT = (sys.executable, "-m", "bot.cli", "run")
START_SECONDS = 60.0
STOP_SECONDS = 15.0
TAIL_LINES = 25

_OURS = frozenset(
    {"BOT_TOKEN", "TELEGRAM_API_BASE", "TELEGRAM_PROXY", "BOT_MODE", "WEBHOOK_URL", "WEBHOOK_SECRET", "WEBHOOK_LISTEN"}
    | {"HEALTH_LISTEN", "DATABASE_PATH", "SECRET_KEY", "SECRET_KEY_FILE", "STAFF_CHAT_ID", "STAFF_L2_CHAT_ID"}
    | {"MANAGER_IDS", "DEFAULT_LANGUAGE", "LOG_FORMAT", "LOG_LEVEL", "TEST_MODE", "TEST_CLOCK_FILE"}
)
"""Settings that must not reach the bot from the shell of whoever starts the demo: it could be a real bot's token."""


class BotDidNotStartError(Exception):
    """The process ended, or did not poll in time; the text ends with the tail of its log."""


class BotProcess:
    """One bot over one database in `folder`; it can be killed and started again."""

    def __init__(
        self,
        sandbox: Sandbox,
        folder: Path,
        *,
        staff_chat: int | None = None,
        managers: Sequence[int] = (),
        command: Sequence[str] = RUN_BOT,
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._command = tuple(command)
        self._process: Process | None = None
        self.folder = folder.resolve()
        self.log = (log or self.folder / "bot.log").resolve()
        self.settings = {
            "BOT_TOKEN": sandbox.token,
            "TELEGRAM_API_BASE": sandbox.base_url,
            "BOT_MODE": "polling",
            "DATABASE_PATH": str(self.folder / "diagnost.db"),
            "SECRET_KEY_FILE": str(self.folder / "secret.key"),
            "LOG_FORMAT": "console",
        }
        if staff_chat is not None:
            self.settings["STAFF_CHAT_ID"] = str(staff_chat)
        if managers:
            self.settings["MANAGER_IDS"] = ",".join(map(str, managers))
        self.settings |= settings or {}

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        """The id of the process started last."""
        if self._process is None:
            raise ValueError("the bot was not started")
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code of the process started last, None while it runs."""
        return self._process.returncode if self._process is not None else None

    def logs(self) -> str:
        """Return all that the bot wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _OURS}
        if "KB_DIR" in kept:
            kept["KB_DIR"] = str(Path(kept["KB_DIR"]).resolve())
        root = str(Path(__file__).resolve().parents[2])
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, [root, kept.get("PYTHONPATH", "")]))
        return kept | {"PYTHONUNBUFFERED": "1"} | self.settings

    async def start(self, timeout: float = START_SECONDS) -> None:
        """Start the bot and wait until it polls; raise BotDidNotStartError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        create_secret(Path(self.settings["SECRET_KEY_FILE"]))
        before = self._sandbox.polls
        with self.log.open("ab") as out:
            # Its own session: Ctrl-C in the terminal reaches us alone, and we decide how the bot stops. Its own folder:
            # a `.env` lying where the demo is started is not for this bot.
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,
            )
        process = self._process
        async with asyncio.TaskGroup() as tasks:
            ended = tasks.create_task(process.wait())
            polled = tasks.create_task(self._polled(before, timeout))
            await asyncio.wait({ended, polled}, return_when=asyncio.FIRST_COMPLETED)
            ready = polled.done() and polled.result()
            ended.cancel()
            polled.cancel()
        if not ready:
            reason = f"ended with code {process.returncode}" if not self.alive else f"did not poll in {timeout:.0f} s"
            await self.kill()
            tail = "\n".join(self.logs().splitlines()[-TAIL_LINES:])
            raise BotDidNotStartError(f"the bot {reason}; its log, {self.log}, ends:\n{tail}")

    async def _polled(self, before: int, timeout: float) -> bool:
        try:
            await self._sandbox.bell.wait_for(lambda: self._sandbox.polls > before, timeout)
        except TimeoutError:
            return False
        return True

    async def kill(self) -> None:
        """Kill the bot at once, as `kill -9`, and wait until it is gone."""
        if self.alive and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def terminate(self, timeout: float = STOP_SECONDS) -> int | None:
        """Ask the bot to stop (SIGTERM), kill it where it does not, and return its exit code."""
        if self.alive and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(timeout):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()
        return self.returncode

    async def restart(self) -> None:
        """Kill the bot as `kill -9` does and start it again over the same database."""
        await self.kill()
        await self.start()


def create_secret(path: Path) -> None:
    """Create the file of the bot's secret, readable by its owner alone, unless it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
