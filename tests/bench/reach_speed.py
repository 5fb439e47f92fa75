"""How long one question takes at 10,000 and at 100,000 phrases of one language, on one core, ours beside the rivals.

Each case is measured in a process of its own that keeps to one core and one thread. The phrases are made
(`bases.py`), twenty to an article; ours learns where a knowledge base of that size is learned from. In every round
everybody is asked the same fresh questions by turns; a rival that is slow stops when its share of the round is over.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from bot.matching.matcher import Matcher
from bot.weights.learner import wait_for
from tests.bench import bases, questions
from tests.bench.bots import NotMeasuredError
from tests.bench.processes import Watched, memory_mib
from tests.bench.reach_table import Row, Values
from tests.bench.results import percentile
from tests.bench.rivals import RIVALS, pairs_of

PHRASES_EACH = 20
TURN = 10
RIVAL_SECONDS = 12.0
"""What a rival may take of a round: at 100,000 phrases two of them take a tenth of a second for each question."""

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
TARGETS = {10_000: ("2 / 3", "1 / 2"), 100_000: ("8 / 15", "3 / 6")}
LANGUAGES = {"ru": "Russian", "en": "English"}


@dataclass(slots=True)
class Timed:
    """One matcher: per round its percentiles in milliseconds, and how many it was asked."""

    name: str
    middle: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    asked: int = 0


@dataclass(slots=True)
class Measured:
    """One case: seconds, MiB beyond what an empty process has, whether it learned, and all times; ours first."""

    phrases: int
    build_seconds: float
    learn_seconds: float
    memory: float
    learned: bool
    timed: list[Timed]


def measure(language: str, phrases: int, rounds: int, count: int) -> Measured:
    """Measure one case in this process. Raises `LearningError`."""
    articles = bases.make(load(DEFAULT_KB), max(phrases // PHRASES_EACH, 1), {language: PHRASES_EACH})
    library = bases.as_library(articles)
    before = memory_mib("VmRSS")
    begun = perf_counter()
    matcher = Matcher(library)
    built = perf_counter()
    with tempfile.TemporaryDirectory() as cache:
        learned = wait_for(matcher.corpus, Path(cache))
    done = perf_counter()
    matcher = matcher.with_learned(learned)
    memory = memory_mib("VmRSS") - before

    def ours(question: str) -> str | None:
        candidates = matcher.ask(question).candidates
        return candidates[0].id if candidates else None

    ours("warm up")
    rivals = [each(pairs_of(articles)) for each in RIVALS]
    sides = [(Timed("diagnost"), ours), *((Timed(rival.name), rival.first) for rival in rivals)]
    for number in range(rounds):
        _time(sides, [each.text for each in questions.ask_in(language, articles, count, f"{phrases}:{number}")])
    timed = [side for side, _ in sides]
    size = len(articles) * PHRASES_EACH
    return Measured(size, built - begun, done - built, memory, learned.scores is not None, timed)


def _time(sides: Sequence[tuple[Timed, Callable[[str], str | None]]], asked: Sequence[str]) -> None:
    """Ask everybody, a few questions at a time by turns, and note the round."""
    times: list[list[float]] = [[] for _ in sides]
    for start in range(0, len(asked), TURN):
        for place, (_, first) in enumerate(sides):
            if place and sum(times[place]) > 1000 * RIVAL_SECONDS:
                continue
            for question in asked[start : start + TURN]:
                begun = perf_counter()
                first(question)
                times[place].append(1000 * (perf_counter() - begun))
    for (timed, _), spent in zip(sides, times, strict=True):
        timed.middle.append(percentile(spent, 0.5))
        timed.late.append(percentile(spent, 0.99))
        timed.asked += len(spent)


def run(folder: Path, sizes: Sequence[int], rounds: int, count: int) -> list[Row]:
    """Measure every size in both languages, each in a process of its own. Raises `NotMeasuredError`."""
    rows = []
    for size in sizes:
        for language in LANGUAGES:
            rows += _rows(language, size, _case(folder, language, size, rounds, count))
    return rows


def _case(folder: Path, language: str, size: int, rounds: int, count: int) -> Measured:
    place = folder / f"speed-{language}-{size}"
    place.mkdir()
    arguments = ("tests.bench.reach_speed", language, f"{size}", f"{rounds}", f"{count}")
    with Watched(arguments, place, ONE_THREAD) as process:
        said = process.lines.readline()
        if not said:
            raise NotMeasuredError(f"{size} phrases:\n{process.complaint()}")
    raw = json.loads(said)
    return Measured(**raw | {"timed": [Timed(**each) for each in raw["timed"]]})


def _rows(language: str, size: int, measured: Measured) -> list[Row]:
    ours, *others = measured.timed
    head = f"{measured.phrases:,} phrases, {LANGUAGES[language]}"
    state = "learned" if measured.learned else "prior weights"
    target, beyond = TARGETS.get(size, ("–", "–"))
    costs = (measured.build_seconds, measured.learn_seconds, measured.memory)
    return [
        Row(
            f"{head}, {state}: p50 / p99",
            "ms",
            target,
            beyond,
            _percentiles(ours),
            {other.name: _percentiles(other) for other in others},
        ),
        Row(f"{head}: built s / learned s / memory MiB", "", "–", "–", costs),
    ]


def _percentiles(timed: Timed) -> Values:
    return median(timed.middle), median(timed.late)


def main() -> None:
    """Measure one case on one core and print it as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=LANGUAGES)
    parser.add_argument("phrases", type=int)
    parser.add_argument("rounds", type=int)
    parser.add_argument("questions", type=int)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps(asdict(measure(options.language, options.phrases, options.rounds, options.questions))))


if __name__ == "__main__":
    main()
