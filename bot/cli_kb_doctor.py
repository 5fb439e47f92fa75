"""`diagnost kb doctor`: what is wrong with a sound knowledge base as matching sees it.

Decides how findings are printed and the exit code: 0 no warning, 1 a warning, 2 wrong use. The checks are
`bot/authoring/doctor`. Called by `cli_kb.py` only, which imports it late.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from bot.authoring import questions_file
from bot.authoring.doctor.examine import Examination, examine
from bot.authoring.doctor.finding import CHECKS, Finding, Severity
from bot.authoring.doctor.phrases import METHOD
from bot.authoring.doctor_page import doctor_page
from bot.kb.library import Library

_COLOURS = {Severity.WARNING: "yellow", Severity.NOTE: "default"}


def run(
    library: Library, root: Path, *, as_json: bool, html: Path | None, questions: Path | None, with_notes: bool
) -> int:
    """Examine the knowledge base in `root`, print what is wrong with it, and return the exit code."""
    try:
        asked = questions_file.read(questions, library) if questions is not None else ()
    except questions_file.QuestionFaults as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        return 1
    found = examine(library, root, [question.text for question in asked])
    if html is not None:
        try:
            html.write_text(doctor_page(found, library.head.name), encoding="utf-8")
        except OSError as error:
            typer.echo(f"{html} cannot be written: {error.strerror}", err=True)
            return 2
    if as_json:
        line = json.dumps(_to_json(found), ensure_ascii=False, indent=2)
        sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
    else:
        show(found, with_notes=with_notes)
        if html is not None:
            print(f"the report: {html}")
    return 1 if found.warnings else 0


def show(found: Examination, *, with_notes: bool) -> None:
    """Print every warning as file:line:column; notes too, or how many there are of each sort."""
    console = Console(highlight=False)
    for each in (*found.warnings, *(found.notes if with_notes else ())):
        console.print(_line(each), soft_wrap=True)
    counts = Counter(each.check for each in found.notes)
    if counts and not with_notes:
        for check, heading in CHECKS.items():
            if counts[check]:
                console.print(f"note: {heading}: {counts[check]}")
        console.print("--notes lists them, --html makes a report")
    if with_notes and counts["steals"]:
        console.print(METHOD, soft_wrap=True)
    told = f"{len(found.articles)} articles, {found.phrases} phrases"
    console.print(f"{told}: {len(found.warnings)} warnings, {len(found.notes)} notes")


def _line(each: Finding) -> Text:
    text = Text(f"{each.file}:{each.line}:{each.col}: ")
    text.append(each.severity.value, style=_COLOURS[each.severity])
    text.append(f": {each.told}; {each.mend}")
    return text


def _to_json(found: Examination) -> dict[str, object]:
    return {
        "kb": found.kb,
        "warnings": len(found.warnings),
        "notes": len(found.notes),
        "held_out_by": METHOD,
        "findings": [
            {
                "check": each.check,
                "severity": each.severity.value,
                "file": each.file,
                "line": each.line,
                "column": each.col,
                "article": each.article,
                "told": each.told,
                "mend": each.mend,
            }
            for each in found.findings
        ],
        "articles": [
            {
                "id": each.id,
                "symptoms": dict(each.symptoms),
                "own_words": each.own_words,
                "held_out": {"found": each.held_out.count, "of": each.held_out.of},
                "answered_at_once": {"count": each.answered.count, "of": each.answered.of},
                "rival": each.rival,
            }
            for each in found.articles
        ],
    }
