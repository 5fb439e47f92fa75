"""A file of labelled questions: TSV or JSON lines in, questions out, or every fault with its file and line.

Decides the form of such a file and nothing of what the answers are worth (`grading.py`). Called by `kb eval` and by the
benchmarks.

TSV has the columns `query`, `expected`, `kind`, and if wanted `language` and `product`; a first line with these names
may put them in any order. A cell in double quotes may hold tabs and, doubled, quotes, and line breaks too where every
quote that opens a cell closes it; everywhere else a quote or a backslash is just that, for customers paste paths of
Windows. `⏎` stands for a line break. A line whose `#` is followed by a blank, or that has no tab, is a comment;
`#ERR: …` with a label behind it is a question.
JSON lines (`.jsonl`, or a first character `{`) hold the same names as keys; `expected` may be a list.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from bot.kb.faults import Fault
from bot.kb.fields import nearest
from bot.kb.library import Library
from bot.matching.decision import Kind

MAX_BYTES: Final = 50_000_000
"""The largest file that is read."""

UNLABELLED: Final = "?"
"""The kind of a question whose file names none."""

MEANINGS: Final[Mapping[str, Kind]] = {
    "escalate": Kind.ESCALATE,
    "smalltalk": Kind.SMALLTALK,
    "unknown_code": Kind.UNKNOWN_CODE,
}
"""What may stand for an article where a decision is expected and no article."""

_NAMES: Final = ("query", "expected", "kind", "language", "product")
_ALIASES: Final[Mapping[str, str]] = {"text": "query", "question": "query", "article": "expected", "lang": "language"}
_LINE_BREAK: Final = "⏎"
_PARTS = re.compile(r"[,|]")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=\t|\r?\n|\Z)')
_QUOTED_LINE = re.compile(r'"((?:[^"\r\n]|"")*)"(?=\t|\r?\n|\Z)')
_CELL_END = re.compile(r"[\t\n]|\Z")
_COMMENT = re.compile(r"#(?:[^\S\n]|$)|#[^\t]*$")


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question. `expected` is empty where no article answers it; several ids mean that each is right."""

    text: str
    expected: tuple[str, ...]
    kind: str = UNLABELLED
    language: str | None = None
    product: str | None = None
    line: int = 0


class QuestionFaults(Exception):  # noqa: N818 - it carries all faults of a file, it is not one error
    """A file of questions cannot be used; `faults` holds all that is wrong with it, in order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


_Record: TypeAlias = tuple[int, list[tuple[str, int]]]
"""A line number, and cells with their columns."""


class _LoneQuote(Exception):  # noqa: N818 - ends a scan; never leaves this module
    pass


@dataclass(frozen=True, slots=True)
class _Row:
    """One question as written: cells by column name, and where each stands."""

    line: int
    cells: Mapping[str, str]
    places: Mapping[str, int]


def read(path: Path, library: Library) -> tuple[Question, ...]:
    """Return the questions of a file, in order; raise `QuestionFaults` with everything wrong in it.

    Ids, languages and products have to be those of `library`.
    """
    name = str(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise QuestionFaults([Fault(name, 1, 1, f"the file has {size} bytes; at most {MAX_BYTES} are read")])
        content = path.read_bytes()
    except OSError as error:
        raise QuestionFaults([Fault(name, 1, 1, f"the file cannot be read: {error.strerror}")]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise QuestionFaults([Fault(name, line, 1, "not UTF-8; save the file as UTF-8")]) from None
    return parse(text, name, library, as_json=path.suffix in {".jsonl", ".ndjson"})


def parse(text: str, name: str, library: Library, *, as_json: bool = False) -> tuple[Question, ...]:
    """Return the questions of a text; `name` is what faults call it. Raises `QuestionFaults`."""
    faults: list[Fault] = []
    rows = _json_rows(text, name, faults) if as_json or text.lstrip()[:1] == "{" else _tsv_rows(text, name, faults)
    questions = [question for row in rows if (question := _question(row, name, library, faults)) is not None]
    if not questions and not faults:
        faults.append(Fault(name, 1, 1, "there is no question in this file"))
    if faults:
        raise QuestionFaults(sorted(faults))
    return tuple(questions)


def _question(row: _Row, name: str, library: Library, faults: list[Fault]) -> Question | None:
    begun = len(faults)

    def blame(column: str, message: str) -> None:
        faults.append(Fault(name, row.line, row.places.get(column, 1), message))

    text = row.cells.get("query", "").replace(_LINE_BREAK, "\n")
    if not text.strip():
        blame("query", "the question is empty")
    expected = tuple(
        dict.fromkeys(part.strip() for part in _PARTS.split(row.cells.get("expected", "")) if part.strip())
    )
    known = [*library.articles, *MEANINGS]
    for article in expected:
        if article not in library.articles and article not in MEANINGS:
            blame("expected", f"there is no article `{article}`{nearest(article, known)}")
    language = row.cells.get("language", "").strip() or None
    if language is not None and language not in library.head.languages:
        blame("language", f"`{language}` is no language of this knowledge base: {', '.join(library.head.languages)}")
    product = row.cells.get("product", "").strip() or None
    if product is not None and product not in library.products:
        blame("product", f"there is no product `{product}`{nearest(product, library.products)}")
    if len(faults) > begun:
        return None
    return Question(text, expected, row.cells.get("kind", "").strip() or UNLABELLED, language, product, row.line)


def _tsv_rows(text: str, name: str, faults: list[Fault]) -> Iterator[_Row]:
    columns: tuple[str, ...] | None = None
    for line, cells in _records(text):
        if not any(cell.strip() for cell, _ in cells):
            continue
        if columns is None:
            columns = _header([cell for cell, _ in cells])
            if columns is not None:
                wrong = [Fault(name, line, cells[at][1], message) for at, message in _header_faults(columns)]
                if wrong:
                    faults.extend(wrong)
                    return
                continue
            columns = _NAMES
        if len(cells) < 2:  # noqa: PLR2004 - a question and its label
            message = "only one column; a tab and the expected ids have to follow the question"
            faults.append(Fault(name, line, 1, message))
        elif len(cells) > len(columns):
            message = f"{len(cells)} columns where there are {len(columns)}; quote a question that holds a tab"
            faults.append(Fault(name, line, cells[len(columns)][1], message))
        else:
            yield _Row(
                line,
                {column: cell for column, (cell, _) in zip(columns, cells, strict=False)},
                {column: place for column, (_, place) in zip(columns, cells, strict=False)},
            )


def _header(cells: Sequence[str]) -> tuple[str, ...] | None:
    """Return the column names of a line that names them: its first cells are names, not a question with a label."""
    named = tuple(_ALIASES.get(cell.strip().lower(), cell.strip().lower()) for cell in cells)
    return named if "query" in named and any(name in _NAMES[1:] for name in named) else None


def _header_faults(columns: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield place and fault of every column name that cannot stand there."""
    for at, column in enumerate(columns):
        if column not in _NAMES:
            yield at, f"unknown column `{column}`{nearest(column, _NAMES)}"
        elif column in columns[:at]:
            yield at, f"the column `{column}` stands here twice"
    if "expected" not in columns:
        yield 0, "the column `expected` is missing"


def _records(text: str) -> list[_Record]:
    """Return every record that is no comment.

    Quotes are read as spreadsheets write them where that makes sense of the whole file, else line by line.
    """
    try:
        whole = list(_scan(text, _QUOTED, strict=True))
    except _LoneQuote:
        whole = []
    if whole and all(1 < len(cells) <= len(_NAMES) for _, cells in whole if any(cell.strip() for cell, _ in cells)):
        return whole
    return list(_scan(text, _QUOTED_LINE, strict=False))


def _scan(text: str, quoted: re.Pattern[str], *, strict: bool) -> Iterator[_Record]:
    at, line = 0, 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if _COMMENT.match(text[at:end].rstrip("\r")):
            at, line = end + 1, line + 1
            continue
        start = at
        cells: list[tuple[str, int]] = []
        while True:
            column = at - text.rfind("\n", 0, at)
            found = quoted.match(text, at)
            if found is not None:
                cells.append((found[1].replace('""', '"'), column))
                at = found.end()
            else:
                if strict and text.startswith('"', at):
                    raise _LoneQuote
                stop = _CELL_END.search(text, at)
                end = stop.start() if stop is not None else len(text)
                cells.append((text[at:end].rstrip("\r"), column))
                at = end
            if text[at : at + 1] != "\t":
                break
            at += 1
        yield line, cells
        end = text.find("\n", at)
        at = len(text) if end < 0 else end + 1
        line += text.count("\n", start, at)


def _json_rows(text: str, name: str, faults: list[Fault]) -> Iterator[_Row]:
    # Not `splitlines`: a question may hold a line separator that JSON does not end at.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            fields: object = json.loads(line)
        except json.JSONDecodeError as error:
            faults.append(Fault(name, number, error.colno, f"not JSON: {error.msg}"))
            continue
        except (RecursionError, ValueError):
            faults.append(Fault(name, number, 1, "not JSON: nested too deeply or a number too long"))
            continue
        row = _json_row(fields, number)
        if isinstance(row, str):
            faults.append(Fault(name, number, 1, row))
        else:
            yield row


def _json_row(fields: object, line: int) -> _Row | str:
    if not isinstance(fields, dict):
        return 'expected an object such as {"query": "…", "expected": ["…"]}'
    cells: dict[str, str] = {}
    for key, value in fields.items():
        column = _ALIASES.get(key, key)
        if column not in _NAMES:
            return f"unknown key `{key}`{nearest(key, _NAMES)}"
        if column == "expected" and isinstance(value, list) and all(isinstance(each, str) for each in value):
            cells[column] = "|".join(value)
        elif value is None:
            cells[column] = ""
        elif isinstance(value, str):
            if any("\ud800" <= char <= "\udfff" for char in value):
                return f"`{key}` holds half a character (a lone surrogate)"
            cells[column] = value
        else:
            return f"`{key}` is a text{' or a list of texts' if column == 'expected' else ''}"
    if missing := next((key for key in ("query", "expected") if key not in cells), None):
        return f"the key `{missing}` is missing"
    return _Row(line, cells, {})
