"""`diagnost doctor`: what is wrong with this set-up, and what mends it, before a customer finds out.

Decides how findings are printed; the checks are `bot/doctor`. Exit codes: 0 all fine, warnings allowed, 1 a fault was
found, 2 wrong settings, 3 something could not be looked at. Mounted by `bot/cli.py`.
"""

import asyncio
import io
import json
import sys
from typing import Annotated

import typer

from bot.diagnostics.target import Reach
from bot.doctor.examine import examine, secrets_of
from bot.doctor.finding import NAMES, ON_REQUEST, WRONG_SETTINGS, Finding, Status, exit_code
from bot.doctor.reach import look
from bot.doctor.setup import Setup
from bot.kb import DEFAULT_KB
from bot.logs import configure
from bot.settings import BotMode, Listen, Settings, SettingsFault, load_settings, read_secret

_SIGNS = {Status.OK: "✅", Status.WARNING: "⚠️", Status.FAULT: "❌", Status.UNKNOWN: "❔"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON, for machines.")] = False,
    network: Annotated[bool, typer.Option("--network", help="Also check the servers of the products.")] = False,
) -> None:
    """Look at settings, Telegram and this machine, and say what is wrong and what mends it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no ✅ gets a question mark, not a traceback.
        sys.stdout.reconfigure(errors="replace")
    try:
        settings = load_settings()
        setup = _setup(settings, read_secret(settings))
    except SettingsFault as error:
        _print_wrong(error, as_json=as_json)
        raise typer.Exit(WRONG_SETTINGS) from None
    configure(settings.log_format.value, "ERROR", secrets_of(setup))
    findings = asyncio.run(examine(setup))
    if network:
        listen = settings.diag_nameserver
        nameserver = None if listen is None else (listen.host, listen.port)
        reach = Reach.of(settings.diag_allow_private, nameserver, settings.diag_ca_file)
        findings += asyncio.run(look(setup.kb_dir, reach))
    if as_json:
        _print_json(findings)
    else:
        _print_lines(findings)
    raise typer.Exit(exit_code(findings))


def _setup(settings: Settings, secret: bytes) -> Setup:
    return Setup(
        token=settings.bot_token.get_secret_value(),
        api_base=settings.telegram_api_base,
        proxy=settings.telegram_proxy.get_secret_value() if settings.telegram_proxy else None,
        webhook_url=settings.webhook_url if settings.bot_mode is BotMode.WEBHOOK else None,
        webhook_listen=_address(settings.webhook_listen),
        health_listen=_address(settings.health_listen),
        staff_chat=settings.staff_chat_id,
        manager_ids=settings.manager_ids,
        secret=secret,
        database_path=settings.database_path,
        kb_dir=settings.kb_dir or DEFAULT_KB,
    )


def _address(listen: Listen | None) -> tuple[str, int] | None:
    return None if listen is None else (listen.host, listen.port)


def _print_wrong(error: SettingsFault, *, as_json: bool) -> None:
    if not as_json:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return
    findings = [
        Finding("settings", Status.FAULT, f"{fault.name} {fault.wrong}", f"It should look like {fault.example}.")
        for fault in error.faults
    ]
    _print_json(findings)


def _print_json(findings: list[Finding]) -> None:
    checks = [{"id": each.id, "status": each.status.value, "found": each.found, "mend": each.mend} for each in findings]
    print(json.dumps({"checks": checks}, ensure_ascii=False, indent=2))


def _print_lines(findings: list[Finding]) -> None:
    for each in findings:
        print(f"{_SIGNS[each.status]} {(NAMES | ON_REQUEST)[each.id]}: {each.found}")
        if each.mend:
            print(f"   → {each.mend}")
