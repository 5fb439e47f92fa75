"""A Bot API server that is in nobody's way: hands out prepared updates and answers every call at once.

Keeps getUpdates' offset and batch semantics and measures: when an update was handed out first, when its chat got its
answer. It checks nothing (`bot/sandbox` does), so that it costs little beside the bot that is measured. Runs as its own
process, `python -m tests.bench.botapi [--load FILE RATE]…`, and speaks JSON lines: it writes `listening` with its port
and `polled` at the first getUpdates; each `go` on its standard input begins the next load, and `settled` is written
when every update of it is answered and it has been quiet since, or when `stop` is read. Times are of the monotonic
clock, which all processes of a machine share.
"""

import argparse
import asyncio
import json
import sys
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

BATCH = 100
QUIET_SECONDS = 0.5
"""So long after the last call nothing more is expected: the bot may say two things to one message."""

LOOK_SECONDS = 0.05
"""How often it is looked whether all is settled."""

LINGER_SECONDS = 60.0
"""How long the server stays when all is done, so that the bot can be ended in peace."""

ME = {"id": 4242, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
DATE = 1795000000


class Load:
    """The prepared updates, numbered from `first`, and what became of each."""

    def __init__(self, updates: list[str], rate: float, first: int = 1) -> None:
        self.updates = [f'{{"update_id":{first + place},"message":{text}}}' for place, text in enumerate(updates)]
        self.chats = [int(json.loads(text)["chat"]["id"]) for text in updates]
        self.following = first + len(updates)
        self._first = first
        self._rate = rate
        self._begun: float | None = None
        self.handed: list[float] = []
        self._said: dict[int, list[float]] = defaultdict(list)
        self.last_call = 0.0
        self.calls = 0

    def begin(self) -> None:
        """From now on updates are handed out, all at once or `rate` a second."""
        self._begun = monotonic()

    def released(self) -> int:
        """Return how many updates exist by now."""
        if self._begun is None:
            return 0
        if not self._rate:
            return len(self.updates)
        return min(len(self.updates), int((monotonic() - self._begun) * self._rate) + 1)

    def batch(self, offset: int, limit: int) -> list[str]:
        """Return updates from the id `offset` on."""
        first = max(offset - self._first, 0)
        last = min(first + limit, self.released())
        if last > len(self.handed):
            self.handed += [monotonic()] * (last - len(self.handed))
        return self.updates[first:last]

    def note(self, chat: int | None) -> None:
        """Count a call of the bot; one with a chat is an answer there."""
        self.calls += 1
        self.last_call = monotonic()
        if chat is not None:
            self._said[chat].append(self.last_call)

    def waits(self) -> list[float]:
        """Return the seconds from hand-out to answer: the n-th message in a chat answers the n-th update of it."""
        seen: dict[int, int] = defaultdict(int)
        found = []
        for chat, at in zip(self.chats, self.handed, strict=False):
            said = self._said[chat]
            if seen[chat] < len(said):
                found.append(said[seen[chat]] - at)
            seen[chat] += 1
        return found

    def settled(self) -> bool:
        """Say whether every update was handed out and answered, and the bot has gone quiet."""
        if len(self.handed) < len(self.updates) or monotonic() - self.last_call < QUIET_SECONDS:
            return False
        return len(self.waits()) == len(self.updates)

    def report(self) -> dict[str, Any]:
        """Return what was measured; times in seconds."""
        waits = self.waits()
        begun = self.handed[0] if self.handed else 0.0
        return {
            "event": "settled",
            "handed": len(self.handed),
            "answered": len(waits),
            "messages": sum(map(len, self._said.values())),
            "seconds": max(0.0, self.last_call - begun),
            "waits": [round(wait, 6) for wait in waits],
        }


class Server:
    """Answers each Bot API call at once, getUpdates as soon as there is something."""

    def __init__(self) -> None:
        self.load = Load([], 0.0)
        self._message_id = 0
        self._polled = False
        self.stopping = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        """Carry out one call."""
        method = request.match_info["method"]
        fields = dict(parse_qsl((await request.read()).decode()))
        match method.lower():
            case "getupdates":
                return await self._updates(fields)
            case "getme":
                return _json(json.dumps(ME))
            case "sendmessage":
                self._message_id += 1
                chat = int(fields["chat_id"])
                self.load.note(chat)
                return _json(
                    f'{{"message_id":{self._message_id},"date":{DATE},"chat":{{"id":{chat},"type":"private",'
                    f'"first_name":"Ann"}},"from":{json.dumps(ME)},"text":"said"}}'
                )
            case _:
                self.load.note(None)
                return _json("true")

    async def _updates(self, fields: dict[str, str]) -> web.Response:
        if not self._polled:
            self._polled = True
            tell({"event": "polled", "at": monotonic()})
        until = monotonic() + float(fields.get("timeout", 0))
        while True:
            found = self.load.batch(int(fields.get("offset", 0)), min(BATCH, int(fields.get("limit", BATCH))))
            if found or monotonic() >= until or self.stopping.is_set():
                return _json(f"[{','.join(found)}]")
            await asyncio.sleep(0.005)


def _json(result: str) -> web.Response:
    return web.Response(body=f'{{"ok":true,"result":{result}}}'.encode(), content_type="application/json")


def tell(event: dict[str, Any]) -> None:
    """Write one event to whoever started us."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


async def _order(orders: asyncio.Queue[str], seconds: float | None) -> str | None:
    with suppress(TimeoutError):
        return await asyncio.wait_for(orders.get(), seconds)
    return None


async def serve(loads: list[tuple[list[str], float]]) -> None:
    """Serve one load after the other, each begun by `go`; report each; end at `stop`."""
    server = Server()
    application = web.Application()
    application.router.add_post("/bot{token}/{method}", server.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tell({"event": "listening", "port": runner.addresses[0][1]})
    orders: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(orders.put_nowait, line.strip())

    threading.Thread(target=listen, daemon=True).start()
    for updates, rate in loads:
        if await _order(orders, None) == "stop":
            break
        server.load = Load(updates, rate, server.load.following)
        server.load.begin()
        while not server.load.settled() and await _order(orders, LOOK_SECONDS) != "stop":
            pass
        tell(server.load.report())
    # Not `stopping` yet: polls that come back at once would keep a bot busy that is to be seen idle.
    await _order(orders, LINGER_SECONDS)
    server.stopping.set()
    await runner.cleanup()


def main() -> None:
    """Read the loads and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--load",
        nargs=2,
        action="append",
        default=[],
        metavar=("FILE", "RATE"),
        help="messages as JSON, one a line, and how many a second; 0: all at once",
    )
    options = parser.parse_args()
    loads = [(Path(file).read_text("utf-8").splitlines(), float(rate)) for file, rate in options.load]
    asyncio.run(serve(loads))


if __name__ == "__main__":
    main()
