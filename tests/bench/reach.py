"""How far the matcher reaches: the figures that the project set itself, ours beside three rivals, in one table.

Decides which figures there are, in which order, and how much is asked for each; they are measured by `reach_public.py`
(public sets), `reach_shipped.py` (our own labelled questions, damage), `reach_speed.py` (one question, one core) and
here (start and memory of the whole bot). Learning happens in a cache of its own, so that its time is seen too.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench import bots, reach_public, reach_shipped, reach_speed
from tests.bench.reach_table import Row


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is asked. `most`: questions of a set, None all; `rounds`, `questions`, `sizes`: of speed; `starts`."""

    most: int | None
    sizes: tuple[int, ...]
    rounds: int
    questions: int
    starts: int


FULL = Scale(most=None, sizes=(10_000, 100_000), rounds=3, questions=300, starts=5)
QUICK = Scale(most=400, sizes=(2_000,), rounds=1, questions=100, starts=1)


def run(folder: Path, kb: Path, scale: Scale) -> Iterator[Row]:
    """Measure everything, one part after another. Raises `LearningError` and `NotMeasuredError`."""
    cache = folder / "weights"
    parts: dict[str, Callable[[], list[Row]]] = {
        "public sets": lambda: reach_public.run(cache, scale.most, reach_public.folder()),
        "shipped articles": lambda: reach_shipped.run(cache, kb, None),
        "speed": lambda: reach_speed.run(folder, scale.sizes, scale.rounds, scale.questions),
        "start": lambda: _starts(folder, kb, cache, scale.starts),
    }
    for name, measure in parts.items():
        begun = perf_counter()
        yield from measure()
        print(f"reach, {name}: {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


def _starts(folder: Path, kb: Path, cache: Path, times: int) -> list[Row]:
    """Start the whole bot with database, bytecode and learned weights in place, as after the first start."""
    seconds = []
    memory = []
    place = folder / "reach-start"
    for number in range(times + 1):
        with bots.running(bots.OURS, place, kb, environment={"CACHE_DIR": str(cache)}) as run:
            if number:
                seconds.append(run.start_seconds)
                memory.append(bots.settled_memory(run.bot))
    return [
        Row("start-up, warm, to the first getUpdates", "s", "< 1.5", "< 0.7", (median(seconds),)),
        Row("memory of the whole bot when idle", "MiB", "< 250", "< 150", (median(memory),)),
    ]
