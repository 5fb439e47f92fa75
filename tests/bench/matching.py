"""How long one question takes at 60, 1,000 and 10,000 articles, what loading costs, and how much memory it holds.

Each size is measured in a process of its own, so that its memory is its own. In every round the same fresh questions
go to our matcher and then to what it is measured beside (`rivals.py`). *Right first* is a check that the fast answer
is also the wanted one, on made questions; quality is measured by `evaluate.py` on labelled ones.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from bot.weights.ready import ready
from tests.bench import bases, questions
from tests.bench.bots import NotMeasuredError
from tests.bench.processes import Watched, memory_mib
from tests.bench.questions import Asked
from tests.bench.results import Line, percentile
from tests.bench.rivals import TokenSet, Trigrams, pairs_of

SHIPPED = 60
"""This many articles means the shipped knowledge base, whose exact number is a little more."""

ROUND_SECONDS = 20.0
"""A round ends then, asked or not: at 10,000 articles the others go through every phrase for each question."""

FIRST_CANDIDATE = 0

TURN = 10
"""Questions asked of one before the next one's turn: a busy moment meets all, and caches stay warm."""

First = Callable[[str], str | None]


@dataclass(slots=True)
class Timed:
    """One matcher: per round its percentiles in milliseconds and the share of right first articles in per cent."""

    name: str
    middle: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Measured:
    """One size: seconds, MiB, and everybody's times; ours stands first."""

    articles: int
    phrases: int
    load_seconds: float
    build_seconds: float
    memory: float
    peak: float
    timed: list[Timed]


def measure(size: int, rounds: int, count: int) -> Measured:
    """Measure one size in this process."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = DEFAULT_KB
        if size != SHIPPED:
            made = bases.make(load(DEFAULT_KB), size)
            folder = Path(scratch) / "kb"
            bases.write(made, folder)
        begun = perf_counter()
        library = load(folder)
        loaded = perf_counter()
        matcher = ready(library)
        built = perf_counter()
    memory, peak = memory_mib("VmRSS"), memory_mib("VmHWM")
    articles = bases.shipped(library)

    def ours(question: str) -> str | None:
        candidates = matcher.ask(question).candidates
        return candidates[FIRST_CANDIDATE].id if candidates else None

    pairs = pairs_of(articles)
    token_set, trigrams = TokenSet(pairs), Trigrams(pairs)
    sides: list[tuple[Timed, First]] = [
        (Timed("diagnost"), ours),
        (Timed(token_set.name), token_set.first),
        (Timed(trigrams.name), trigrams.first),
    ]
    ours("warm up")
    for number in range(rounds):
        asked = questions.ask(articles, count, f"{size}:{number}")
        _time(sides, asked)
    phrases = sum(len(texts) for article in articles for texts in article.phrases.values())
    timed_sides = [timed for timed, _ in sides]
    return Measured(len(library.articles), phrases, loaded - begun, built - loaded, memory, peak, timed_sides)


def _time(sides: Sequence[tuple[Timed, First]], asked: Sequence[Asked]) -> None:
    """Ask everybody the same questions, a few at a time by turns, and note the round."""
    times: list[list[float]] = [[] for _ in sides]
    right = [0 for _ in sides]
    until = perf_counter() + ROUND_SECONDS
    for start in range(0, len(asked), TURN):
        if perf_counter() > until:
            asked = asked[:start]
            break
        for place, (_, first) in enumerate(sides):
            for question in asked[start : start + TURN]:
                begun = perf_counter()
                found = first(question.text)
                times[place].append(1000 * (perf_counter() - begun))
                right[place] += _is_ranked(question) and found == question.article
    wanted = max(1, sum(map(_is_ranked, asked)))
    for place, (timed, _) in enumerate(sides):
        timed.middle.append(percentile(times[place], 0.5))
        timed.late.append(percentile(times[place], 0.99))
        timed.asked.append(len(asked))
        timed.right.append(100 * right[place] / wanted)


def _is_ranked(question: Asked) -> bool:
    """Say whether words lead to the article: codes are nothing for those whom we are measured beside."""
    return question.article is not None and question.kind != "code"


def run(folder: Path, sizes: Sequence[int], rounds: int, count: int) -> list[Line]:
    """Measure every size, each in a process of its own. Raises `NotMeasuredError`."""
    found: list[Line] = []
    for size in sizes:
        place = folder / f"matching-{size}"
        place.mkdir()
        arguments = ("tests.bench.matching", f"{size}", f"{rounds}", f"{count}")
        with Watched(arguments, place) as process:
            said = process.lines.readline()
            if not said:
                raise NotMeasuredError(f"matching at {size} articles:\n{process.complaint()}")
        found += _lines(json.loads(said))
    return found


def _lines(measured: dict[str, object]) -> list[Line]:
    raw = measured["timed"]
    if not isinstance(raw, list):
        raise TypeError("the process did not say whom it timed")
    ours, *others = [Timed(**each) for each in raw]
    head = f"{measured['articles']:,} articles"

    def single(what: str, unit: str, name: str) -> Line:
        return Line("matching", f"{head}: {what}", unit, (float(str(measured[name])),))

    found = []
    for what, unit, name in (("ask p50", "ms", "middle"), ("ask p99", "ms", "late"), ("right first", "%", "right")):
        for other in others:
            mine, its = tuple(getattr(ours, name)), tuple(getattr(other, name))
            found.append(Line("matching", f"{head}: {what}", unit, mine, other.name, its))
    return [
        *found,
        Line("matching", f"{head}: asked a round", "questions", tuple(map(float, ours.asked))),
        single("load from disk", "s", "load_seconds"),
        single("build the matcher", "s", "build_seconds"),
        single("memory of the process", "MiB", "memory"),
        single("its peak", "MiB", "peak"),
    ]


def main() -> None:
    """Measure one size and print it as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int)
    parser.add_argument("rounds", type=int)
    parser.add_argument("questions", type=int)
    options = parser.parse_args()
    print(json.dumps(asdict(measure(options.size, options.rounds, options.questions))))


if __name__ == "__main__":
    main()
