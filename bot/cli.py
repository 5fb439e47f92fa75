"""The command line: `diagnost run · chat · demo · doctor · kb …`.

Reads the settings once, turns them into plain values, and turns what goes wrong into a sentence and an exit code:
0 done, 1 a fault was found, 2 wrong use or settings, 3 could not check.
"""

import asyncio
import sys
from typing import Annotated

import typer

from bot import __version__
from bot.app import App, Plan
from bot.cli_chat import chat, demo
from bot.cli_doctor import doctor
from bot.cli_kb import kb_app
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.kb import DEFAULT_KB
from bot.kb.faults import KnowledgeBaseFaults
from bot.logs import configure
from bot.outbox.sender import Limits, TokenRefusedError
from bot.settings import BotMode, Settings, SettingsFault, load_settings, read_secret
from bot.storage.database import DatabaseInUseError
from bot.storage.migrations import NewerSchemaError
from bot.storage.vault import WrongSecretError
from bot.telegram.webhook import WebhookAddressError, WebhookPlan

FAULT, WRONG_USE = 1, 2

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
app.command()(doctor)


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
    try:
        settings = load_settings()
        secret = read_secret(settings)
    except SettingsFault as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        raise typer.Exit(WRONG_USE) from None
    configure(settings.log_format.value, settings.log_level.value, _secrets(settings, secret))
    raise typer.Exit(asyncio.run(_run(_plan(settings, secret), _clock(settings))))


def _secrets(settings: Settings, secret: bytes) -> list[str]:
    """Return every text that must never stand in a log."""
    held = (settings.bot_token, settings.webhook_secret, settings.telegram_proxy)
    return [each.get_secret_value() for each in held if each is not None] + [secret.decode(errors="replace")]


def _clock(settings: Settings) -> Clock:
    return ShiftedClock(settings.test_clock_file) if settings.test_clock_file is not None else SystemClock()


def _plan(settings: Settings, secret: bytes) -> Plan:
    return Plan(
        token=settings.bot_token.get_secret_value(),
        api_base=settings.telegram_api_base,
        proxy=settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None,
        database_path=settings.database_path,
        kb_dir=settings.kb_dir or DEFAULT_KB,
        secret=secret,
        staff_chat=settings.staff_chat_id,
        manager_ids=settings.manager_ids,
        default_language=settings.default_language,
        health_listen=(settings.health_listen.host, settings.health_listen.port) if settings.health_listen else None,
        limits=Limits(
            settings.limit_overall_per_second, settings.limit_chat_per_second, settings.limit_group_per_minute
        ),
        webhook=_webhook(settings),
    )


def _webhook(settings: Settings) -> WebhookPlan | None:
    url, secret, listen = settings.webhook_url, settings.webhook_secret, settings.webhook_listen
    if settings.bot_mode is not BotMode.WEBHOOK or url is None or secret is None or listen is None:
        return None  # the settings refuse webhook mode without all three
    return WebhookPlan(url, secret.get_secret_value(), (listen.host, listen.port))


async def _run(plan: Plan, clock: Clock) -> int:
    try:
        bot = await App.open(plan, clock)
    except KnowledgeBaseFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return FAULT
    except (DatabaseInUseError, NewerSchemaError, OSError) as error:
        print(error, file=sys.stderr)
        return FAULT
    except WrongSecretError:
        print(
            f"SECRET_KEY: {plan.database_path} was begun with another secret; give back the old one, or move the file",
            file=sys.stderr,
        )
        return WRONG_USE
    try:
        await bot.run()
    except TokenRefusedError as error:
        print(f"BOT_TOKEN: {error}", file=sys.stderr)
        return WRONG_USE
    except (WebhookAddressError, OSError) as error:
        name = "WEBHOOK_LISTEN" if isinstance(error, WebhookAddressError) else "HEALTH_LISTEN"
        print(f"{name}: {error}", file=sys.stderr)
        return WRONG_USE
    return 0


def main() -> None:
    """Run the command line; the entry point `diagnost`."""
    app()


if __name__ == "__main__":
    main()
