"""`diagnost chat` and `diagnost demo`: the real bot, a local server instead of Telegram, and a person at a terminal.

Decides the options; all else is `bot/sandbox/session.py`, imported only when one of the two is called, so that
`diagnost run` and `diagnost kb` do not pay for a terminal. Mounted by `bot/cli.py`.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """The languages a customer's Telegram may have here."""

    RU = "ru"
    EN = "en"


LanguageOption = Annotated[Language, typer.Option(help="The language of the customer's Telegram.")]


def chat(
    script: Annotated[Path | None, typer.Option(metavar="FILE", help="Play this dialogue instead of asking.")] = None,
    transcript: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the dialogue here as text.")] = None,
    language: LanguageOption = Language.RU,
) -> None:
    """Chat with the bot in the terminal, or play a dialogue (YAML) and check what it expects."""
    from bot.sandbox import session  # noqa: PLC0415 - see the top of the file

    if script is None:
        raise typer.Exit(session.talk(language=language.value, transcript=transcript, greet=sys.stdin.isatty()))
    raise typer.Exit(session.play(script, language=language.value, transcript=transcript))


def demo(language: LanguageOption = Language.RU) -> None:
    """Try the bot out: a chat in the terminal with all sides of it; the bot's log goes to var/demo/bot.log."""
    from bot.sandbox import session  # noqa: PLC0415 - see the top of the file

    raise typer.Exit(session.talk(language=language.value, transcript=None, greet=True))
