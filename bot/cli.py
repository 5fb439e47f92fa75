"""The command line: `diagnost run · chat · demo · doctor · kb …`.

Says which commands there are, and nothing else: what a command needs is imported when it is called, for Telegram's
library alone takes longer to load than `kb ask` takes to answer. Exit codes of all commands: 0 done, 1 a fault was
found, 2 wrong use or settings, 3 could not check.
"""

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
) -> None:
    """Check settings, Telegram, the staff group, the database and the knowledge base, and say what mends each fault."""
    from bot.cli_doctor import doctor as examine  # noqa: PLC0415 - see above

    examine(as_json=as_json)


def main() -> None:
    """Run the command line; the entry point `diagnost`."""
    app()


if __name__ == "__main__":
    main()
