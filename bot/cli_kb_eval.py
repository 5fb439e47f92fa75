"""`diagnost kb eval FILE`: labelled questions to the matcher, and what that says of matcher and knowledge base.

Decides how the figures are printed and the exit code: 0 done, 1 below a minimum that was asked for or a faulty file,
2 wrong use, 3 no question to hold against a minimum. Every figure is made by `bot/authoring/evaluate.py`. Called by
`cli_kb.py` only, which imports it late.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.authoring import questions_file
from bot.authoring.eval_json import to_json
from bot.authoring.eval_page import eval_page, percent, spread
from bot.authoring.evaluate import Evaluation, Scores, ask_all, evaluate
from bot.authoring.figures import Share
from bot.authoring.grading import Mark, fault_of, is_error
from bot.kb.library import Library
from bot.weights.ready import ready

MAX_CONFUSIONS = 12
"""Confusions that the terminal shows; the page shows all."""

_HEADS = ("asked", "@1", "@3", "at once", "wrong", "choice", "code", "foreign", "refused")


@dataclass(frozen=True, slots=True)
class Limits:
    """What must hold, in per cent; None where it was not asked for."""

    right: float | None = None
    right3: float | None = None
    answered: float | None = None
    rejected: float | None = None
    wrong: float | None = None


def run(file: Path, library: Library, limits: Limits, *, as_json: bool, html: Path | None, with_errors: bool) -> int:
    """Ask all questions of the file, print what came of it, and return the exit code."""
    try:
        questions = questions_file.read(file, library)
    except questions_file.QuestionFaults as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        return 1
    marks = ask_all(ready(library), library, questions)
    found = evaluate(marks)
    errors = [mark for mark in marks if is_error(mark)]
    if html is not None:
        try:
            html.write_text(eval_page(found, errors, file.name), encoding="utf-8")
        except OSError as error:
            typer.echo(f"{html} cannot be written: {error.strerror}", err=True)
            return 2
    if as_json:
        line = json.dumps(to_json(found, errors if with_errors else None), ensure_ascii=False, indent=2)
        sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    else:
        show(found, errors if with_errors else ())
        if html is not None:
            print(f"the report: {html}")
    return _held(found.total, limits)


def show(found: Evaluation, errors: Sequence[Mark] = ()) -> None:
    """Print the figures for a person, errors first, so that the totals stand last on the screen."""
    console = Console(highlight=False)
    for mark in errors:
        console.print(_error(mark), soft_wrap=True)
    if found.confusions:
        console.print(_confusions(found), soft_wrap=True)
    console.print(_groups(found))
    console.print()
    total = found.total
    facts = Table.grid(padding=(0, 2))
    facts.add_column()
    facts.add_column(justify="right", style="bold")
    facts.add_column(overflow="fold")
    for name, share in (
        ("right first", total.first),
        ("right among the first three", total.third),
        ("answered right without asking", total.answered),
        ("wrong with confidence", total.wrong),
        ("in-scope accuracy: right first, not turned away", total.accuracy),
        ("clarifications that hold the right one", total.offered),
        ("with a code of their article, answered right", total.codes),
        ("out of scope, rejected", total.rejected),
        ("out of scope, told that nothing fits", total.told_unsure),
    ):
        facts.add_row(name, percent(share), spread(share))
    console.print(facts)
    error = found.calibration.error
    if error is not None:
        console.print(f"calibration error {error:.3f} over {found.calibration.cases} questions decided by score")
    console.print(f"one question p50 {found.time_at(0.5):.2f} ms, p99 {found.time_at(0.99):.2f} ms")


def _groups(found: Evaluation) -> Table:
    """Return the table of kinds and languages; narrow enough for a terminal of 80 columns."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("per cent", no_wrap=True, max_width=12)
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True, min_width=5)
    for groups in (found.kinds, found.languages):
        for name, scores in groups.items():
            table.add_row(Text(name), *_cells(scores))
        table.add_section()
    table.add_row("ALL", *_cells(found.total), style="bold")
    return table


def _cells(scores: Scores) -> tuple[str, ...]:
    shares = (scores.first, scores.third, scores.answered, scores.wrong, scores.offered, scores.codes)
    foreign = scores.rejected
    return (str(scores.first.of), *(percent(share) for share in shares), str(foreign.of), percent(foreign))


def _confusions(found: Evaluation) -> Text:
    lines = ["Confusions (asked → got, questions, of those with confidence, for example):"]
    for each in found.confusions[:MAX_CONFUSIONS]:
        example = " ".join(each.examples[0].split())[:80]
        asked, got = each.asked or "out of scope", each.got or "nothing"
        lines.append(f"  {asked} → {got}, {each.count}, {each.sure}: {example}")
    if len(found.confusions) > MAX_CONFUSIONS:
        lines.append(f"  and {len(found.confusions) - MAX_CONFUSIONS} more; --html shows all")
    return Text("\n".join([*lines, ""]))


def _error(mark: Mark) -> Text:
    decision = mark.decision
    wanted = "|".join(mark.question.expected) or "nothing"
    tops = ", ".join(f"{each.id} {each.score:.2f}" for each in decision.candidates[:3])
    asked = " ".join(mark.question.text.split())[:120]
    return Text(
        f"line {mark.question.line} ({mark.question.kind}): {asked}\n"
        f"   {fault_of(mark)}; wanted {wanted}; {tops}\n"
        f"   {decision.form}; {'; '.join((*decision.repairs, *decision.reasons[-2:]))}"
    )


def _held(total: Scores, limits: Limits) -> int:
    """Say which minimum is not reached; return 0 where all are, 1 where one is not, 3 where nothing was measured."""
    code = 0
    for name, share, least in (
        ("right first", total.first, limits.right),
        ("right among the first three", total.third, limits.right3),
        ("answered right without asking", total.answered, limits.answered),
        ("out of scope rejected", total.rejected, limits.rejected),
        ("not wrong with confidence", _rest(total.wrong), None if limits.wrong is None else 100.0 - limits.wrong),
    ):
        if least is None:
            continue
        if share.percent is None:
            typer.echo(f"{name}: there is no such question in the file", err=True)
            code = code or 3
        elif share.percent < least - 1e-9:
            typer.echo(f"{name}: {share.percent:.2f} %, below the {least:g} % asked for", err=True)
            code = 1
    return code


def _rest(share: Share) -> Share:
    return Share(share.of - share.count, share.of)
