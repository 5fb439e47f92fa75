"""How long until the bot asks for its first update, what it weighs then, and how long one `kb ask` takes in a shell.

*First start*: no compiled bytecode, no database, as after an install; *again*: both are there. The files themselves
are in the operating system's cache in both. The bare aiogram bot does the same in the same rounds: what of it is
Python, aiogram and the machine, and what is ours. An interpreter that prints a poem is the floor of the command.
"""

from collections import defaultdict
from pathlib import Path
from time import perf_counter

from tests.bench import bots
from tests.bench.processes import Watched
from tests.bench.results import Line

QUESTION = "ошибка 1058 после замены диска"
COMMAND_SECONDS = 120.0
POEM = "python -m this"


def run(folder: Path, kb: Path, rounds: int, *, first: bool) -> list[Line]:
    """Measure starts, memory and the command, both bots in each round; `first`: also without compiled bytecode."""
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(rounds):
        for side in (bots.OURS, bots.ECHO):
            place = folder / f"start-{number}-{side.arguments[0]}"
            if first:
                bare = {"PYTHONPYCACHEPREFIX": str(place / "bytecode")}
                with bots.running(side, place, kb, environment=bare) as run:
                    seen["first start", side.name].append(run.start_seconds)
            with bots.running(side, place, kb) as run:
                seen["again", side.name].append(run.start_seconds)
                seen["memory", side.name].append(bots.settled_memory(run.bot))
        seen["ask", bots.OURS.name].append(
            command_seconds(folder, "bot.cli", "kb", "ask", QUESTION, "--json", "--kb", str(kb))
        )
        seen["ask", POEM].append(command_seconds(folder, "this"))

    def line(what: str, unit: str, name: str, other: str) -> Line:
        return Line("start-up", what, unit, tuple(seen[name, bots.OURS.name]), other, tuple(seen[name, other]))

    echo = bots.ECHO.name
    return [
        *([line("first start to first getUpdates", "s", "first start", echo)] if first else []),
        line("started again", "s", "again", echo),
        line("memory when idle", "MiB", "memory", echo),
        line("`kb ask TEXT --json`, whole command", "s", "ask", POEM),
    ]


def command_seconds(folder: Path, *arguments: str) -> float:
    """Return how long `python -m …` takes; raises `NotMeasuredError` where it fails or says nothing."""
    begun = perf_counter()
    with Watched(arguments, folder) as process:
        said = process.lines.read()
        code = process.wait(COMMAND_SECONDS)
        seconds = perf_counter() - begun
        if code or not said:
            raise bots.NotMeasuredError(f"{' '.join(arguments)} ended with {code}:\n{process.complaint()}")
    return seconds
