"""`diagnost run`: settings into plain values, and what goes wrong into a sentence and an exit code."""

import asyncio
import sys

from bot.app import App, Plan
from bot.clock import Clock, ShiftedClock, SystemClock
from bot.diagnostics.target import Allowed, Reach
from bot.kb import DEFAULT_KB
from bot.kb.faults import KnowledgeBaseFaults
from bot.logs import configure
from bot.outbox.sender import Limits, TokenRefusedError
from bot.settings import BotMode, Settings, SettingsFault, load_settings, read_environment, read_secret
from bot.storage.database import DatabaseInUseError
from bot.storage.migrations import NewerSchemaError
from bot.storage.vault import WrongSecretError
from bot.telegram.webhook import WebhookAddressError, WebhookPlan
from bot.weights.cache import default_directory

FAULT, WRONG_USE = 1, 2

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter. A question is understood in a thread; with Python's own 5 ms it delays
the event loop noticeably (measured: p99 of an answer at 25 a second fell from 75 to 40 ms)."""


def run_bot() -> int:
    """Run the bot until it is stopped, and return the exit code."""
    try:
        settings = load_settings()
        secret = read_secret(settings)
    except SettingsFault as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return WRONG_USE
    configure(settings.log_format.value, settings.log_level.value, _secrets(settings, secret))
    sys.setswitchinterval(SWITCH_SECONDS)
    return asyncio.run(_run(_plan(settings, secret), _clock(settings)))


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
        reach=_reach(settings),
        cache_dir=settings.cache_dir or default_directory(),
        environment=read_environment(),
    )


def _reach(settings: Settings) -> Reach:
    server = settings.diag_nameserver
    return Reach(
        Allowed.of(settings.diag_allow_private),
        (server.host, server.port) if server is not None else None,
        settings.diag_ca_file,
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
