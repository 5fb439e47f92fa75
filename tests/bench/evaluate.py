"""Measures the matcher on labelled questions: `python -m tests.bench.evaluate QUESTIONS.tsv [--kb kb] [--errors]`.

Columns: query, expected ids joined by `|` (empty: out of scope; `escalate`, `smalltalk`, `unknown_code` are decisions),
kind. `⏎` in a query stands for a line break. Prints right@1 and right@3 over questions that have an article, answered
right without asking, wrong with confidence, out-of-scope answered with confidence, and the same for every kind.
"""

import argparse
import csv
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bot.kb.loader import load
from bot.matching.decision import Decision, Kind
from bot.matching.matcher import Matcher

CONFIDENT = {Kind.ANSWER, Kind.GUIDE, Kind.DIAGNOSE}
DECISIONS = {
    "escalate": Kind.ESCALATE,
    "smalltalk": Kind.SMALLTALK,
    "unknown_code": Kind.UNKNOWN_CODE,
    "call-a-human": Kind.ESCALATE,
    "how-to-use": Kind.SMALLTALK,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question."""

    text: str
    expected: tuple[str, ...]
    kind: str


@dataclass(slots=True)
class Tally:
    """Counts over one kind of questions."""

    asked: int = 0
    first: int = 0
    third: int = 0
    answered: int = 0
    wrong: int = 0
    foreign: int = 0
    foreign_answered: int = 0


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a TSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Question(
                row["query"].replace("⏎", "\n"),
                tuple(e for e in (row["expected"] or "").split("|") if e),
                row["kind"] or "?",
            )
            for row in rows
        ]


def ranking(decision: Decision) -> list[str]:
    """Return the articles in the order a customer would meet them."""
    order = [decision.article] if decision.article else []
    order += [c.id for c in decision.candidates if c.id not in order]
    return order


def score(tally: Tally, question: Question, decision: Decision) -> str | None:
    """Count one decision; return what is wrong with it, if anything."""
    if not question.expected:
        tally.foreign += 1
        answered = decision.kind in CONFIDENT
        tally.foreign_answered += answered
        return f"out of scope, answered {decision.article}" if answered else None
    tally.asked += 1
    wanted = {DECISIONS[e] for e in question.expected if e in DECISIONS}
    order = ranking(decision)
    right_kind = decision.kind in wanted
    first = right_kind or (
        decision.kind not in {Kind.SMALLTALK, Kind.ESCALATE} and order[:1] != [] and order[0] in question.expected
    )
    tally.first += first
    tally.third += first or any(article in question.expected for article in order[:3])
    answered = right_kind or (decision.kind in CONFIDENT and decision.article in question.expected)
    tally.answered += answered
    wrong = decision.kind in {*CONFIDENT, Kind.ESCALATE, Kind.SMALLTALK, Kind.UNKNOWN_CODE} and not answered
    tally.wrong += wrong
    if answered:
        return None
    return (
        "WRONG " if wrong else "right, asked " if first else "missed "
    ) + f"{decision.kind} {decision.article or order[:3]}"


def line(name: str, tally: Tally) -> str:
    """Return one row of the report, in per cent."""
    asked, foreign = max(tally.asked, 1), max(tally.foreign, 1)
    return (
        f"{name:14} {tally.asked:5} {100 * tally.first / asked:7.1f} {100 * tally.third / asked:7.1f}"
        f" {100 * tally.answered / asked:9.1f} {100 * tally.wrong / asked:7.1f}"
        f" {tally.foreign:8} {100 * tally.foreign_answered / foreign:9.1f}"
    )


def main() -> None:
    """Run the evaluation and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--kb", type=Path, default=Path("kb"))
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    began = time.perf_counter()
    matcher = Matcher(load(options.kb))
    built = time.perf_counter() - began
    total = Tally()
    kinds: defaultdict[str, Tally] = defaultdict(Tally)
    times: list[float] = []
    for question in read_questions(options.questions):
        began = time.perf_counter()
        decision = matcher.ask(question.text)
        times.append(1000 * (time.perf_counter() - began))
        fault = score(kinds[question.kind], question, decision)
        score(total, question, decision)
        if fault and options.errors:
            tops = ", ".join(f"{c.id} {c.score:.2f}" for c in decision.candidates[:3])
            wanted = "|".join(question.expected) or "-"
            print(f"{question.kind:12} | {question.text[:90]!r} | want {wanted} | {fault} | {tops}")
            print(f"{'':12} | {decision.form} {decision.repairs} {decision.reasons[-2:]}")
    times.sort()
    heads = ("asked", "right@1", "right@3", "no asking", "wrong", "foreign", "answered")
    print(
        f"{'kind':14} {heads[0]:>5} {heads[1]:>7} {heads[2]:>7} {heads[3]:>9} {heads[4]:>7} {heads[5]:>8} {heads[6]:>9}"
    )
    for kind, tally in sorted(kinds.items()):
        print(line(kind, tally))
    print(line("ALL", total))
    middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(f"built in {built:.2f} s; one question p50 {middle:.2f} ms, p99 {late:.2f} ms")


if __name__ == "__main__":
    main()
