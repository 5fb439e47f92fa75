"""`make bench` = `python -m tests.bench`: everything that is measured about this machine, in one run and two tables.

Decides how much is asked of each benchmark; each says itself what it measures. `--quick` is for a look while working,
its numbers are rough. Processes are started on loopback and ended by their own ids; nothing else is touched.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bot.kb import DEFAULT_KB
from bot.weights.learner import LearningError
from tests.bench import diagnose, matching, reach, reach_table, results, startup, throughput
from tests.bench.bots import NotMeasuredError
from tests.bench.machine import machine_line
from tests.bench.reach_table import Row
from tests.bench.results import Line

BENCHES = ("matching", "throughput", "startup", "diagnose", "reach")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    rounds: int
    sizes: tuple[int, ...]
    questions: int
    burst: int
    steady: int


FULL = Scale(rounds=3, sizes=(60, 1_000, 10_000), questions=200, burst=600, steady=150)
QUICK = Scale(rounds=1, sizes=(60, 1_000), questions=50, burst=150, steady=50)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for and print the table; exit code 1 where something could not be measured."""
    options = _options(arguments)
    scale = QUICK if options.quick else FULL
    scale = Scale(
        options.rounds or scale.rounds,
        options.articles or scale.sizes,
        options.questions or scale.questions,
        options.updates or scale.burst,
        options.updates or scale.steady,
    )
    found: list[Line | Row] = []
    failed = False
    with tempfile.TemporaryDirectory(prefix="diagnost-bench-", dir=options.scratch) as name:
        folder = Path(name)
        machine = machine_line(folder)
        print(machine, flush=True)
        benches: dict[str, Callable[[], Iterable[Line | Row]]] = {
            "matching": lambda: matching.run(folder, scale.sizes, scale.rounds, scale.questions),
            "throughput": lambda: throughput.run(
                folder, options.kb, scale.rounds, throughput.Size(scale.burst, scale.steady)
            ),
            "startup": lambda: startup.run(folder, options.kb, scale.rounds, first=not options.quick),
            "diagnose": lambda: diagnose.run(scale.rounds),
            "reach": lambda: reach.run(folder, options.kb, reach.QUICK if options.quick else reach.FULL),
        }
        for bench in options.only or benches:
            begun = perf_counter()
            try:
                found.extend(benches[bench]())
            except (NotMeasuredError, LearningError) as error:
                failed = True
                print(f"{bench}: not measured: {error}", file=sys.stderr)
            print(f"{bench}: {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    lines = [each for each in found if isinstance(each, Line)]
    rows = [each for each in found if isinstance(each, Row)]
    if lines:
        results.show(lines)
    if rows:
        reach_table.show(rows)
    if options.json:
        results.write(options.json, machine, lines)
    if options.markdown:
        reach_table.write_markdown(options.markdown, rows, machine)
    return int(failed)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHES, help="one benchmark; may be repeated")
    parser.add_argument("--quick", action="store_true", help="rough numbers in a few minutes")
    parser.add_argument("--rounds", type=int, help="rounds; the table shows medians over them")
    parser.add_argument("--articles", type=_sizes, metavar="N,N", help="sizes of knowledge bases; 60: the shipped one")
    parser.add_argument("--questions", type=int, help="questions a round")
    parser.add_argument("--updates", type=int, help="updates a round, in either load")
    parser.add_argument(
        "--kb", type=Path, default=DEFAULT_KB, metavar="DIR", help="the bot's knowledge base; else the shipped one"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything but reach to FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table of reach to FILE")
    parser.add_argument(
        "--scratch", type=Path, metavar="DIR", help="where databases are made; else the system's folder"
    )
    return parser.parse_args(arguments)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
