"""Updates a second, end to end: our bot as a real process against a bare aiogram echo bot, in the same rounds.

Two loads. *Burst*: everything waits at the server, as after an outage; it shows the most that goes through. *Steady*:
so many a second as Telegram lets a bot answer; it shows how long a customer waits. Ours commits each update to disk
before it acknowledges, understands it, commits answer and record, sends, and commits that; the echo bot does none of
it, so the ratio is the price of all that together. The server is a third process.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.kb.loader import load
from tests.bench import bases, bots, questions
from tests.bench.bases import MadeArticle
from tests.bench.processes import MEBIBYTE
from tests.bench.results import Line, percentile

MESSAGES_PER_CUSTOMER = 4
STEADY_RATE = 25.0
"""Updates a second: Telegram lets a bot send about 30."""

LONGEST_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is sent in one round."""

    burst: int
    steady: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One bot under one load. Times in milliseconds."""

    per_second: float
    middle: float
    late: float
    cpu_per_update: float
    lost: int


@dataclass(frozen=True, slots=True)
class Round:
    """One bot under both loads; the most memory it had and what its files hold then, in MiB."""

    burst: Outcome
    steady: Outcome
    peak: float
    files: float


def messages(articles: Sequence[MadeArticle], count: int, seed: str) -> list[str]:
    """Return `count` text messages as JSON, four of each customer, customers taking turns."""
    asked = questions.ask(articles, count, seed)
    customers = max(1, -(-count // MESSAGES_PER_CUSTOMER))
    first = random.Random(seed).randrange(10**6, 10**9)
    return [_message(number, first + number % customers, asked[number].text) for number in range(count)]


def _message(number: int, customer: int, text: str) -> str:
    person = {"id": customer, "is_bot": False, "first_name": "Анна", "username": f"c{customer}", "language_code": "ru"}
    chat = {"id": customer, "type": "private", "first_name": "Анна", "username": f"c{customer}"}
    message = {"message_id": number + 1, "date": 1795000000, "from": person, "chat": chat, "text": text}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def measure(side: bots.Side, folder: Path, kb: Path, burst: Sequence[str], steady: Sequence[str]) -> Round:
    """Start the bot, let it answer both loads, and end it. Raises `NotMeasuredError` where it does not poll."""
    loads = (bots.Load(burst, 0.0), bots.Load(steady, STEADY_RATE))
    with bots.running(side, folder, kb, loads) as run:
        bots.settled_memory(run.bot)
        first, second = (_outcome(run, each) for each in loads)
        peak = run.bot.peak_mib()
        run.bot.end()
    size = sum(path.stat().st_size for path in folder.glob(f"{bots.database(folder).name}*"))
    return Round(first, second, peak, size / MEBIBYTE)


def _outcome(run: bots.Run, given: bots.Load) -> Outcome:
    spent = run.bot.cpu_seconds()
    run.server.tell("go")
    try:
        report = run.events.next("settled", LONGEST_SECONDS, run.bot)
    except bots.TooLateError:
        run.server.tell("stop")
        report = run.events.next("settled", bots.START_SECONDS)
    cpu = run.bot.cpu_seconds() - spent
    waits = [1000 * wait for wait in report["waits"]]
    answered = int(report["answered"])
    return Outcome(
        per_second=answered / report["seconds"] if report["seconds"] else 0.0,
        middle=percentile(waits, 0.5),
        late=percentile(waits, 0.99),
        cpu_per_update=1000 * cpu / max(1, answered),
        lost=len(given.messages) - answered,
    )


def run(folder: Path, kb: Path, rounds: int, size: Size) -> list[Line]:
    """Measure both bots side by side in each round; who begins changes from round to round."""
    articles = bases.shipped(load(kb))
    ours: list[Round] = []
    theirs: list[Round] = []
    for number in range(rounds):
        burst, steady = (
            messages(articles, size.burst, f"burst:{number}"),
            messages(articles, size.steady, f"steady:{number}"),
        )
        order = [(bots.OURS, ours), (bots.ECHO, theirs)]
        for side, done in order if number % 2 == 0 else reversed(order):
            done.append(measure(side, folder / f"throughput-{number}-{side.arguments[0]}", kb, burst, steady))

    def line(what: str, unit: str, value: Callable[[Round], float]) -> Line:
        return Line("throughput", what, unit, tuple(map(value, ours)), bots.ECHO.name, tuple(map(value, theirs)))

    many, few = f"{size.burst} at once", f"{STEADY_RATE:.0f} a second"
    return [
        line(f"{many}: answered", "updates/s", lambda each: each.burst.per_second),
        line(f"{many}: hand-out to answer, p50", "ms", lambda each: each.burst.middle),
        line(f"{many}: hand-out to answer, p99", "ms", lambda each: each.burst.late),
        line(f"{many}: CPU per update", "ms", lambda each: each.burst.cpu_per_update),
        line(f"{few}: hand-out to answer, p50", "ms", lambda each: each.steady.middle),
        line(f"{few}: hand-out to answer, p99", "ms", lambda each: each.steady.late),
        line(f"{few}: CPU per update", "ms", lambda each: each.steady.cpu_per_update),
        line("not answered, both loads", "updates", lambda each: each.burst.lost + each.steady.lost),
        line("peak memory, start included", "MiB", lambda each: each.peak),
        Line("throughput", f"database after {size.burst + size.steady} updates", "MiB", tuple(o.files for o in ours)),
    ]
