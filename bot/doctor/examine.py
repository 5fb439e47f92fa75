"""The whole examination: machine and Telegram side by side, within a deadline, in a fixed order, without secrets.

Decides order and deadline, and takes every secret out of what was found as a last net. Called by `bot/cli_doctor.py`
and by tests.
"""

import asyncio
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from bot.doctor import machine, telegram
from bot.doctor.finding import NAMES, Finding
from bot.doctor.legs import walk
from bot.doctor.setup import Setup
from bot.logs import Masker


async def examine(setup: Setup) -> list[Finding]:
    """Return one finding for each check of `NAMES`, in that order, after 20 seconds at most.

    The way to Telegram is timed alone, before anything that keeps the machine busy: 8 s at most, then 10 at most.
    """
    async with asyncio.TaskGroup() as tasks:
        walked = tasks.create_task(walk(setup.api_base, setup.token, setup.proxy))
        held = tasks.create_task(machine.is_running(setup))
    running = held.result()
    async with asyncio.TaskGroup() as tasks:
        outside = tasks.create_task(telegram.look(setup, walked.result(), running=running))
        inside = tasks.create_task(machine.look(setup, running=running))
    order = list(NAMES)
    masker = Masker(secrets_of(setup))
    found = sorted([*outside.result(), *inside.result()], key=lambda finding: order.index(finding.id))
    return [replace(each, found=masker.text(each.found), mend=masker.text(each.mend)) for each in found]


def secrets_of(setup: Setup) -> list[str]:
    """Return what must never be written."""
    password = urlsplit(setup.proxy).password if setup.proxy else None
    words = [setup.token, setup.secret.decode("utf-8", "replace"), password or "", unquote(password or "")]
    return [word for word in words if word]
