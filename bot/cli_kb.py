"""`diagnost kb …`: the knowledge base from the shell, for those who write articles and for those who ask why.

Decides how faults, schemas and answers are printed and the exit codes: 0 done, 1 a fault was found, 2 wrong use.
Mounted by `bot/cli.py`; `python -m bot.cli_kb` runs it alone. The matcher is imported where it is needed, so that
checking a knowledge base starts at once.
"""

import os
import re
import sys
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.clock import SystemClock
from bot.kb import DEFAULT_KB, schema, template
from bot.kb.article import ARTICLE_ID
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.library import Library
from bot.kb.loader import load

_LONGEST_ID = 48
_TEMPLATE_LANGUAGES = ("ru", "en")

kb_app = typer.Typer(name="kb", no_args_is_help=True, help="The knowledge base: check it, add to it, ask it.")
KbOption = Annotated[
    Path | None, typer.Option("--kb", metavar="DIR", help="The knowledge base; else KB_DIR, else the one that came.")
]


@kb_app.command()
def check(kb: KbOption = None) -> None:
    """Report all faults of the knowledge base, one a line, as file:line:column: what is wrong."""
    directory = _directory(kb)
    library = _load(directory, to_stderr=False)
    print(f"{directory}: {len(library.articles)} articles, {len(library.products)} products, no faults")


@kb_app.command(name="schema")
def print_schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write all schemas here instead.")] = None,
    kb: KbOption = None,
) -> None:
    """Print the JSON Schema of an article, or write the schemas of all files for editors."""
    languages = _languages(_directory(kb))
    if out is None:
        sys.stdout.write(schema.dumps(schema.schemas(languages)["article.json"]))
        return
    for path in schema.write(out, languages):
        print(path)


@kb_app.command()
def new(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="Lower-case words joined by hyphens.")],
    product: Annotated[str | None, typer.Option(help="The product's folder; else the one the id begins with.")] = None,
    kb: KbOption = None,
) -> None:
    """Write a new article: every field with a sample and a comment."""
    directory = _directory(kb)
    if not re.fullmatch(ARTICLE_ID, article_id) or len(article_id) > _LONGEST_ID:
        _wrong_use(f"`{article_id}` is no id: lower-case words joined by hyphens, at most {_LONGEST_ID} characters")
    if not directory.is_dir():
        _wrong_use(f"there is no directory {directory}")
    try:
        folder, path = template.place(directory, article_id, product)
    except LookupError as error:
        _wrong_use(str(error.args[0]))
    day = time.strftime("%Y-%m-%d", time.localtime(SystemClock().now()))
    text = template.article_template(article_id, folder, day, _languages(directory))
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _wrong_use(f"{path} exists already; nothing was written")
    print(f"{path}: now replace each TODO, then run `diagnost kb check`")


@kb_app.command()
def ask(
    text: Annotated[str | None, typer.Argument(help="The question, as a customer writes it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Questions as JSON lines from standard input.")] = False,
    product: Annotated[str | None, typer.Option(help="The product the question is about.")] = None,
    language: Annotated[str | None, typer.Option(help="The customer's language, such as ru.")] = None,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="FILE", help="A screenshot; the question is its caption.")
    ] = None,
    kb: KbOption = None,
) -> None:
    """Ask the knowledge base and see why it answers that."""
    if jsonl == (text is not None or image is not None):
        _wrong_use("give a question, --image or --jsonl")
    from bot import cli_kb_ask  # noqa: PLC0415 - the matcher takes long to import, and only `ask` needs it

    library = _load(_directory(kb), to_stderr=True)
    if product is not None and product not in library.products:
        _wrong_use(f"there is no product `{product}`; there are {', '.join(library.products) or 'none'}")
    if image is not None:
        from bot import cli_kb_image  # noqa: PLC0415 - as above

        try:
            raise typer.Exit(cli_kb_image.ask(library, image, text or "", product, language, as_json=as_json))
        except OSError as error:
            _wrong_use(f"{image}: {error.strerror}")
    asker = cli_kb_ask.Asker(library)
    if jsonl:
        sound = True
        for answer in asker.lines(sys.stdin.buffer, product, language):
            sound = sound and "error" not in answer
            _write_line(cli_kb_ask.dumps(answer))
        raise typer.Exit(0 if sound else 1)
    question = cli_kb_ask.Question(text or "", product, language)
    if as_json:
        _write_line(cli_kb_ask.dumps(asker.answer(question)))
    else:
        asker.show(question)


Percent = Annotated[float | None, typer.Option(metavar="PCT", min=0, max=100)]


@kb_app.command(name="eval")
def evaluate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TSV (query, expected ids, kind) or JSON lines.")],
    kb: KbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a report with plots here.")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="List the questions that went wrong.")] = False,
    min_right: Percent = None,
    min_right3: Percent = None,
    min_answered: Percent = None,
    min_rejected: Percent = None,
    max_wrong: Percent = None,
) -> None:
    """Ask labelled questions and see how many are answered rightly; exit 1 below a minimum in per cent."""
    from bot import cli_kb_eval  # noqa: PLC0415 - as for `ask`

    if not file.is_file():
        _wrong_use(f"there is no file {file}")
    limits = cli_kb_eval.Limits(min_right, min_right3, min_answered, min_rejected, max_wrong)
    library = _load(_directory(kb), to_stderr=True)
    raise typer.Exit(cli_kb_eval.run(file, library, limits, as_json=as_json, html=html, with_errors=errors))


@kb_app.command()
def doctor(
    kb: KbOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="All findings as JSON.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a report with plots here.")] = None,
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions, to find the synonyms that nobody uses.")
    ] = None,
    notes: Annotated[bool, typer.Option("--notes", help="List what could be better, too, not only warnings.")] = False,
) -> None:
    """Find what misleads customers: articles and phrases too alike, words without effect, codes in the wrong place."""
    from bot import cli_kb_doctor  # noqa: PLC0415 - as for `ask`

    directory = _directory(kb)
    library = _load(directory, to_stderr=True)
    if questions is not None and not questions.is_file():
        _wrong_use(f"there is no file {questions}")
    code = cli_kb_doctor.run(library, directory, as_json=as_json, html=html, questions=questions, with_notes=notes)
    raise typer.Exit(code)


def _directory(given: Path | None) -> Path:
    return given or Path(os.environ.get("KB_DIR") or DEFAULT_KB)


def _load(directory: Path, *, to_stderr: bool) -> Library:
    try:
        return load(directory)
    except KnowledgeBaseFaults as error:
        for fault in error.faults:
            typer.echo(str(fault), err=to_stderr)
        count = len(error.faults)
        typer.echo(f"{directory}: {count} fault{'s' if count > 1 else ''}", err=to_stderr)
        raise typer.Exit(1) from None


def _languages(directory: Path) -> tuple[str, ...]:
    """Return the languages of the knowledge base, or the usual two where it is not sound yet."""
    try:
        return load(directory).head.languages
    except KnowledgeBaseFaults:
        return _TEMPLATE_LANGUAGES


def _wrong_use(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)


def _write_line(line: str) -> None:
    # Not the console's encoding: JSON is UTF-8 wherever it goes.
    sys.stdout.buffer.write(line.encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    kb_app()
