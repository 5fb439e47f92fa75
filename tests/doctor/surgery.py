"""What the doctor's tests share: a sound set-up against the sandbox, and findings by the id of their check."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.doctor import machine, telegram
from bot.doctor.finding import Finding, Status
from bot.doctor.legs import walk
from bot.doctor.setup import Setup
from bot.sandbox import Sandbox

SECRET = b"an-invented-secret-of-more-than-32-characters"


@dataclass(frozen=True, slots=True)
class Found:
    findings: tuple[Finding, ...]

    def __getitem__(self, check: str) -> Finding:
        (finding,) = [each for each in self.findings if each.id == check]
        return finding

    def statuses(self, status: Status) -> set[str]:
        return {each.id for each in self.findings if each.status is status}


@dataclass(slots=True)
class Surgery:
    setup: Setup

    async def telegram(self, *, running: bool = True, **changes: Any) -> Found:
        """Look at Telegram's side; `running` as if a bot polled, so that nobody listens for a second one."""
        setup = replace(self.setup, **changes)
        walked = await walk(setup.api_base, setup.token, setup.proxy)
        return found(await telegram.look(setup, walked, running=running))

    async def machine(self, *, running: bool | None = None, **changes: Any) -> Found:
        setup = replace(self.setup, **changes)
        held = await machine.is_running(setup) if running is None else running
        return found(await machine.look(setup, running=held))


def found(findings: Iterable[Finding]) -> Found:
    return Found(tuple(findings))


def sound_setup(sandbox: Sandbox, folder: Path, kb: Path, staff_chat: int, manager: int) -> Setup:
    return Setup(
        token=sandbox.token,
        api_base=sandbox.base_url,
        proxy=None,
        webhook_url=None,
        webhook_listen=None,
        health_listen=None,
        staff_chat=staff_chat,
        manager_ids=(manager,),
        secret=SECRET,
        database_path=folder / "bot" / "diagnost.sqlite3",
        kb_dir=kb,
        listen_seconds=1,
    )
