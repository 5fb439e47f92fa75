"""The command line: `diagnost run · chat · demo · doctor · diagnose · read · kb …`.

Says which commands there are, and nothing else: what a command needs is imported when it is called, for Telegram's
library alone takes longer to load than `kb ask` takes to answer. Exit codes of all commands: 0 done, 1 a fault was
found, 2 wrong use or settings, 3 could not check.
"""

from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli_chat import chat, demo
from bot.cli_kb import kb_app

app = typer.Typer(
    name="diagnost",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Diagnost: a support bot for Telegram that answers from a knowledge base and hands over to people.",
)
app.add_typer(kb_app)
app.command()(chat)
app.command()(demo)


@app.callback(invoke_without_command=True)
def version_option(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Answer `--version`."""
    if version:
        print(f"diagnost {__version__}")
        raise typer.Exit


@app.command()
def run() -> None:
    """Run the bot, with settings from the environment and `.env` (see `.env.example`)."""
    from bot.cli_run import run_bot  # noqa: PLC0415 - see above

    raise typer.Exit(run_bot())


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for machines.")] = False,
    network: Annotated[bool, typer.Option("--network", help="Also check the servers of the products.")] = False,
) -> None:
    """Check settings, Telegram, the staff group, the database and the knowledge base, and say what mends each fault."""
    from bot.cli_doctor import doctor as examine  # noqa: PLC0415 - see above

    examine(as_json=as_json, network=network)


@app.command()
def read(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A file of pasted output, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
    kb: Annotated[
        Path | None,
        typer.Option("--kb", metavar="DIR", help="The knowledge base; else KB_DIR, else the one that came."),
    ] = None,
) -> None:
    """Say which tools' output is in a file, what each says, and what all of them come to."""
    from bot.cli_read import read_file  # noqa: PLC0415 - see above

    read_file(file, as_json=as_json, kb=kb)


@app.command()
def diagnose(
    product: Annotated[str, typer.Option(help="The product whose servers are checked, such as miko.")],
    check: Annotated[str | None, typer.Option(help="One check or group; else the product's default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for machines.")] = False,
    kb: Annotated[Path | None, typer.Option("--kb", metavar="DIR", help="The knowledge base; else KB_DIR.")] = None,
    language: Annotated[str | None, typer.Option(help="Of the titles, such as en.")] = None,
) -> None:
    """Check the connection from this machine to a product's servers, and say what is wrong with it."""
    from bot.cli_diagnose import diagnose as run_checks  # noqa: PLC0415 - see above

    raise typer.Exit(run_checks(product, check, as_json=as_json, kb=kb, language=language))


def main() -> None:
    """Run the command line; the entry point `diagnost`."""
    app()


if __name__ == "__main__":
    main()
