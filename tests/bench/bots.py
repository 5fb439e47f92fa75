"""The two bots as processes, each with a Bot API server of its own: started, loaded, watched, ended.

Shared by `throughput.py` and `startup.py`. Nothing here outlives the `with` block that began it.
"""

import json
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO, Any

from tests.bench.processes import Watched

TOKEN = "4242:benchmarks-need-no-real-token-at-all"
FAST = "9999"
"""As high as the settings let a limit be: Telegram's own limits would be all that is measured."""

START_SECONDS = 60.0


class NotMeasuredError(Exception):
    """A process did not do in time what it was started for; the message says which, and what it wrote."""


class TooLateError(NotMeasuredError):
    """The deadline passed; the process is still there."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the bots under test: a name and how it is started."""

    name: str
    arguments: tuple[str, ...]


OURS = Side("diagnost", ("bot.cli", "run"))
ECHO = Side("bare aiogram echo", ("tests.bench.echo",))


@dataclass(frozen=True, slots=True)
class Load:
    """Messages as JSON, handed out `rate` a second, or all at once where that is 0."""

    messages: Sequence[str]
    rate: float


class Events:
    """The JSON lines of the server, with a deadline for each."""

    def __init__(self, lines: IO[bytes]) -> None:
        self._found: queue.Queue[dict[str, Any]] = queue.Queue()
        self._lines = lines
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._lines:
            self._found.put(json.loads(line))

    def next(self, name: str, seconds: float, bot: Watched | None = None) -> dict[str, Any]:
        """Return the next event, which must be `name`; raises `NotMeasuredError` where it does not come in time."""
        deadline = monotonic() + seconds
        while monotonic() < deadline:
            try:
                event = self._found.get(timeout=0.2)
            except queue.Empty:
                if bot is not None and not bot.running:
                    raise NotMeasuredError(f"the bot ended before `{name}`:\n{bot.complaint()}") from None
                continue
            if event["event"] != name:
                raise NotMeasuredError(f"the server said {event['event']} where {name} was expected")
            return event
        wrote = f":\n{bot.complaint()}" if bot is not None else ""
        raise TooLateError(f"no `{name}` within {seconds:.0f} s{wrote}")


@dataclass(frozen=True, slots=True)
class Run:
    """A bot that polls its server. `start_seconds`: from the start of the process to its first getUpdates."""

    bot: Watched
    server: Watched
    events: Events
    start_seconds: float


@contextmanager
def running(
    side: Side, folder: Path, kb: Path, loads: Sequence[Load] = (), environment: Mapping[str, str] | None = None
) -> Iterator[Run]:
    """Start a server with `loads`, then the bot of `side`; `folder` holds the database and may be used again."""
    folder.mkdir(exist_ok=True)
    arguments = ["tests.bench.botapi"]
    for place, each in enumerate(loads):
        file = folder / f"load-{place}.jsonl"
        file.write_text("".join(f"{message}\n" for message in each.messages), "utf-8")
        arguments += ["--load", str(file), str(each.rate)]
    with Watched(arguments, folder) as server:
        events = Events(server.lines)
        base = f"http://127.0.0.1:{events.next('listening', START_SECONDS, server)['port']}"
        begun = monotonic()
        with _started(side, folder, kb, base, environment or {}) as bot:
            polled = events.next("polled", START_SECONDS, bot)["at"]
            yield Run(bot, server, events, polled - begun)


def _started(side: Side, folder: Path, kb: Path, base: str, environment: Mapping[str, str]) -> Watched:
    if side is ECHO:
        return Watched((*side.arguments, TOKEN, base), folder, environment)
    settings = {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": base,
        "DATABASE_PATH": str(database(folder)),
        "KB_DIR": str(kb),
        "SECRET_KEY": "benchmarks need no real secret either",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "WARNING",
        "LIMIT_OVERALL_PER_SECOND": FAST,
        "LIMIT_CHAT_PER_SECOND": FAST,
        "LIMIT_GROUP_PER_MINUTE": FAST,
    }
    return Watched(side.arguments, folder, settings | dict(environment))


def database(folder: Path) -> Path:
    """Return where our bot's database lies."""
    return folder / "diagnost.sqlite3"


def settled_memory(bot: Watched, deadline_seconds: float = 20.0) -> float:
    """Return the resident memory in MiB once the process has stopped working."""
    deadline = monotonic() + deadline_seconds
    spent = bot.cpu_seconds()
    pause = threading.Event()
    while monotonic() < deadline:
        pause.wait(0.5)
        now = bot.cpu_seconds()
        if not now - spent > IDLE_CPU_SECONDS:
            break
        spent = now
    return bot.memory_mib()


IDLE_CPU_SECONDS = 0.02
"""A process that spends less in half a second is idle."""
