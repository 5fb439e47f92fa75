"""How well public sets of questions are answered: ours and the rivals on the same questions.

Reads the sets that lie in `BENCH_DATA` or beside the project (they are not part of it), makes a knowledge base of
each in memory, learns it, and asks. Thresholds are chosen on a set's own dev part, for every matcher its best; the
test part is only ever asked, the rivals a sample of it. Where there are no sets, that is said and their rows are left
out.
"""

import json
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

from bot.kb.article import Article, KnowledgeBase
from bot.kb.library import Library
from bot.matching.decision import Kind
from bot.matching.matcher import Matcher
from bot.weights.learner import wait_for
from tests.bench.processes import ROOT
from tests.bench.reach_table import PER_CENT, Row, Values
from tests.bench.rivals import RIVALS, Pair, Ranked

SEED = 20261122
BEYOND_DEV = 900
"""Questions of a dev part within scope that a threshold is chosen on; those without an article all count."""

RIVAL_QUESTIONS = 1_000
"""Test questions that the rivals are asked, a sample of ours: two of them take a twentieth of a second for each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A set, what it is called in the table, and what is aimed at: right@1, and where foreign questions count both.

    `slow` ones, which take a minute to learn, are left out where only some questions are asked.
    """

    file: str
    figure: str
    target: str
    beyond: str
    foreign: tuple[str, str] | None = None
    slow: bool = False


SETS = (
    Wanted("banking77_10shot", "BANKING77, 10 phrases each", "77 / –", "84 / –"),
    Wanted("banking77", "BANKING77, full", "92.5 / –", "94 / –", slow=True),
    Wanted("clinc150_10shot", "CLINC150, 10 phrases each", "81 / –", "87 / –"),
    Wanted("clinc150", "CLINC150, full", "–", "–", ("89 / 89", "94 / 92")),
    Wanted("hwu_small", "HWU64 small", "72 / –", "81 / –"),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the name of its article; None where there is none."""

    text: str
    article: str | None


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A set as it lies on disk: articles' phrases, and questions to choose on and to be measured by."""

    name: str
    language: str
    phrases: Mapping[str, Sequence[str]]
    dev: Sequence[Labelled]
    test: Sequence[Labelled]


@dataclass(frozen=True, slots=True)
class Found:
    """What a matcher made of one question. `told`: it answered without asking, as far as it decides that."""

    right: bool
    among: bool
    score: float
    foreign: bool
    told: bool = False


Ask = Callable[[Sequence[Labelled]], list[Found]]


def folder() -> Path | None:
    """Return where the public sets lie, or None."""
    named = os.environ.get("BENCH_DATA")
    place = Path(named) if named else ROOT.parent / "shared" / "bench-data"
    return place if place.is_dir() else None


def read(path: Path, most: int | None) -> PublicSet:
    """Return a set; of its test questions a seeded sample of `most`, of the others what a threshold needs."""
    content = json.loads(path.read_text("utf-8"))
    dev, test = ([Labelled(text, article or None) for text, article in content[part]] for part in ("dev", "test"))
    if most is not None:
        test = _sample(test, most)
    inside = _sample([each for each in dev if each.article], BEYOND_DEV)
    foreign = [each for each in dev if not each.article]
    return PublicSet(content["name"], content["lang"], content["kb"], [*inside, *foreign], test)


def _sample(questions: Sequence[Labelled], most: int) -> list[Labelled]:
    return random.Random(SEED).sample(questions, min(most, len(questions)))


def library_of(given: PublicSet) -> tuple[Library, Mapping[str, str]]:
    """Return the set as a knowledge base, matching only, and the set's name of each article."""
    names = {f"a-{number:04}": name for number, name in enumerate(sorted(given.phrases))}
    articles = {
        article_id: Article(
            id=article_id,
            product="general",
            updated=date(2026, 1, 1),
            title={given.language: given.phrases[name][0]},
            symptoms={given.language: tuple(given.phrases[name][1:])},
        )
        for article_id, name in names.items()
    }
    head = KnowledgeBase(name=given.name, languages=(given.language,), default=given.language, kind="matching-only")
    return Library(head=head, articles=articles, products={}, revision=f"sha256:{given.name}"), names


def ours(matcher: Matcher, names: Mapping[str, str]) -> Ask:
    """Return how our matcher is asked."""

    def ask(questions: Sequence[Labelled]) -> list[Found]:
        found = []
        for question in questions:
            decision = matcher.ask(question.text)
            ranked = [(names[candidate.id], candidate.score) for candidate in decision.candidates]
            found.append(_found(question, ranked, told=decision.kind is Kind.ANSWER))
        return found

    return ask


def theirs(ranked: Callable[[Sequence[str]], list[Ranked]]) -> Ask:
    """Return how a rival is asked."""

    def ask(questions: Sequence[Labelled]) -> list[Found]:
        rankings = ranked([question.text for question in questions])
        return [_found(question, each) for question, each in zip(questions, rankings, strict=True)]

    return ask


def _found(question: Labelled, ranked: Ranked, *, told: bool = False) -> Found:
    articles = [article for article, _ in ranked]
    return Found(
        right=articles[:1] == [question.article],
        among=question.article in articles[:3],
        score=ranked[0][1] if ranked else 0.0,
        foreign=question.article is None,
        told=told,
    )


def ranks(found: Sequence[Found]) -> Values:
    """Return right@1 and right@3 in per cent, of the questions that have an article."""
    inside = [each for each in found if not each.foreign]
    return _share(each.right for each in inside), _share(each.among for each in inside)


def split(found: Sequence[Found], told: Callable[[Found], bool]) -> Values:
    """Return in per cent: told the right article, of questions that have one; told none, of the others."""
    return (
        _share(each.right and told(each) for each in found if not each.foreign),
        _share(not told(each) for each in found if each.foreign),
    )


def threshold(dev: Sequence[Found]) -> float:
    """Return the score from which to answer at which the lower of both shares (`split`) is highest, the lowest such.

    One sweep over the scores from above: what is counted right or let in so far is what is told from there on.
    """
    inside = sum(not each.foreign for each in dev) or 1
    outside = sum(each.foreign for each in dev) or 1
    best = (-1.0, 0.0)
    right = let_in = 0
    ordered = sorted(dev, key=lambda each: -each.score)
    for place, each in enumerate(ordered):
        right += each.right
        let_in += each.foreign
        if place + 1 == len(ordered) or ordered[place + 1].score < each.score:
            best = max(best, (min(right / inside, 1 - let_in / outside), -each.score))
    return -best[1]


def _share(marks: Iterator[bool]) -> float:
    told = list(marks)
    return 100 * sum(told) / len(told) if told else float("nan")


def run(cache: Path, most: int | None, place: Path | None) -> list[Row]:
    """Measure all sets that are there. Raises `LearningError`."""
    rows: list[Row] = []
    learned: list[tuple[str, float]] = []
    if place is None:
        print("reach: no public sets (BENCH_DATA, or ../shared/bench-data): their rows are left out", file=sys.stderr)
        return rows
    for wanted in SETS:
        if most is not None and wanted.slow:
            continue
        path = place / f"{wanted.file}.json"
        if not path.exists():
            print(f"reach: {path.name} is not there: left out", file=sys.stderr)
            continue
        begun = perf_counter()
        found, seconds = measure(wanted, read(path, most), cache)
        rows += found
        learned.append((wanted.figure, seconds))
        print(f"reach: {wanted.figure}: {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    if learned:
        named = " / ".join(figure for figure, _ in learned)
        rows.append(Row(f"weights learned once: {named}", "s", "–", "–", tuple(seconds for _, seconds in learned)))
    return rows


def measure(wanted: Wanted, given: PublicSet, cache: Path) -> tuple[list[Row], float]:
    """Return the rows of one set and the seconds that learning it took. Raises `LearningError`."""
    library, names = library_of(given)
    matcher = Matcher(library)
    begun = perf_counter()
    matcher = matcher.with_learned(wait_for(matcher.corpus, cache))
    seconds = perf_counter() - begun
    pairs: list[Pair] = [(text, name) for name, texts in given.phrases.items() for text in texts]
    sides: dict[str, Ask] = {"": ours(matcher, names)} | {each.name: theirs(each(pairs).ranked) for each in RIVALS}
    asked = [each for each in given.test if each.article or wanted.foreign]
    fewer = _sample(asked, RIVAL_QUESTIONS)
    tested = {name: ask(fewer if name else asked) for name, ask in sides.items()}

    def row(figure: str, target: str, beyond: str, values: Mapping[str, Values]) -> Row:
        others = {name: each for name, each in values.items() if name}
        return Row(f"{wanted.figure}: {figure}", PER_CENT, target, beyond, values[""], others)

    first = {name: ranks(found) for name, found in tested.items()}
    rows = [row("right@1 / right@3", wanted.target, wanted.beyond, first)]
    if wanted.foreign is not None:
        borders = {name: threshold(ask(given.dev)) for name, ask in sides.items()}
        chosen = {name: split(found, _from(borders[name])) for name, found in tested.items()}
        both = "in-scope right / out-of-scope silent"
        rows.append(row(f"{both}, border from dev", *wanted.foreign, chosen))
        rows.append(row(f"{both}, as shipped", "–", "–", {"": split(tested[""], lambda found: found.told)}))
    return rows, seconds


def _from(border: float) -> Callable[[Found], bool]:
    return lambda found: found.score >= border
