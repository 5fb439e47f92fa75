"""Looks at the machine: the database and its folder, the secret, the knowledge base, the disk, the ports.

Decides how each is looked at without disturbing a running bot, and how long it may take; `machine_checks.py` says
what it means. Called by `examine.py`.
"""

import asyncio
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp

from bot.doctor import machine_checks as checks
from bot.doctor import store
from bot.doctor.finding import Finding, unknown
from bot.doctor.machine_checks import DatabaseLook, Port, SecretLook
from bot.doctor.setup import Address, Setup
from bot.doctor.waiting import in_thread
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.loader import load
from bot.ocr.tesseract import find_tesseract, missing_languages
from bot.storage.vault import Vault, WrongSecretError

LOOK_SECONDS = 9.0
PORT_SECONDS = 3.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what "listen everywhere" means to one who connects


async def is_running(setup: Setup) -> bool:
    """Return whether a bot holds the database right now; where that cannot be seen, False."""
    try:
        return await in_thread(lambda: store.is_held(setup.database_path), PORT_SECONDS)
    except OSError:
        return False


async def look(setup: Setup, *, running: bool) -> list[Finding]:
    """Look at everything of the machine; takes `LOOK_SECONDS` at most."""
    async with asyncio.TaskGroup() as tasks:
        parts = [
            tasks.create_task(_within(("secret", "database"), lambda: _database(setup, running=running))),
            tasks.create_task(_within(("kb",), lambda: [_knowledge_base(setup.kb_dir)])),
            tasks.create_task(_within(("disk",), lambda: [_disk(setup.database_path)])),
            tasks.create_task(_within(("tesseract",), lambda: [_tesseract()])),
            tasks.create_task(_ports(setup, running=running)),
        ]
    found = [finding for part in parts for finding in part.result()]
    return [*found, checks.python(sys.version_info[:3], sqlite3.sqlite_version_info)]


async def _within(names: tuple[str, ...], work: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return await in_thread(work, LOOK_SECONDS)
    except TimeoutError:
        mend = "Look at the disk and the network folders of this machine: something there hangs."
        return [unknown(name, f"not seen within {LOOK_SECONDS:.0f} s", mend) for name in names]


def _database(setup: Setup, *, running: bool) -> list[Finding]:
    look, canary, seen = _look_at_file(setup.database_path, running=running)
    if canary is None:
        found = SecretLook.NEW if seen else SecretLook.UNSEEN
    else:
        try:
            Vault(setup.secret).open(canary)
            found = SecretLook.FITS
        except WrongSecretError:
            found = SecretLook.WRONG
    return [checks.secret(found), checks.database(look)]


def _look_at_file(path: Path, *, running: bool) -> tuple[DatabaseLook, bytes | None, bool]:
    """Return what was seen, the canary, and whether the canary was looked for with success."""
    folder_fault = _folder_fault(path.parent)
    try:
        exists = path.exists()
    except OSError:
        exists = False
    if folder_fault or not exists:
        return DatabaseLook(path, exists=exists, folder_fault=folder_fault), None, not exists
    try:
        stored = store.look(path)
        wal = Path(f"{path}-wal")
        look = DatabaseLook(
            path,
            exists=True,
            running=running,
            damage=stored.damage,
            checked=stored.checked,
            size=path.stat().st_size,
            wal=wal.stat().st_size if wal.exists() else 0,
            newer=stored.newer,
            foreign=not stored.ours,
        )
    except (sqlite3.Error, OSError) as error:
        said = str(error) if isinstance(error, sqlite3.Error) else error.strerror or type(error).__name__
        return DatabaseLook(path, exists=True, unreadable=said), None, False
    return look, stored.canary, stored.ours and not stored.damage


def _folder_fault(folder: Path) -> str:
    """Return what keeps the bot from creating files in `folder`, empty where nothing does."""
    there = _nearest(folder)
    if not there.is_dir():
        return f"{there} is not a folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"the folder {there} cannot be written to"
    return ""


def _nearest(path: Path) -> Path:
    """Return the path itself, or the first of its parents that is there."""
    for candidate in (path, *path.parents):
        with suppress(OSError):
            candidate.stat()
            return candidate
    return Path()


def _knowledge_base(path: Path) -> Finding:
    try:
        return checks.knowledge_base(path, len(load(path).articles), ())
    except KnowledgeBaseFaults as error:
        return checks.knowledge_base(path, 0, [str(fault) for fault in error.faults])


def _disk(database: Path) -> Finding:
    folder = _nearest(database.parent)
    try:
        return checks.disk(folder, shutil.disk_usage(folder).free)
    except OSError as error:
        return unknown("disk", f"{folder}: {error.strerror}", "Check the folder of DATABASE_PATH.")


def _tesseract() -> Finding:
    path = find_tesseract()
    return checks.tesseract(path, missing_languages(path) if path is not None else None)


async def _ports(setup: Setup, *, running: bool) -> list[Finding]:
    health, webhook = setup.health_listen, setup.webhook_listen if setup.webhook_url is not None else None
    at_health, at_webhook = await asyncio.gather(_who(health), _who(webhook))
    return [
        checks.health(_shown(health), *at_health, running=running),
        checks.webhook_listen(_shown(webhook), *at_webhook, running=running),
    ]


def _shown(address: Address | None) -> str | None:
    return None if address is None else f"{address[0]}:{address[1]}"


async def _who(address: Address | None) -> tuple[Port, str]:
    """Return who is at an address: nobody, a bot of ours, or somebody else."""
    if address is None:
        return Port.FREE, ""
    host, port = address
    try:
        async with asyncio.timeout(PORT_SECONDS):
            _, writer = await asyncio.open_connection(_EVERYWHERE.get(host, host), port)
        writer.transport.abort()
    except OSError:
        return await _try_to_listen(host, port)
    return await _ask(_EVERYWHERE.get(host, host), port)


async def _try_to_listen(host: str, port: int) -> tuple[Port, str]:
    try:
        async with asyncio.timeout(PORT_SECONDS):
            server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    except OSError as error:
        return Port.CANNOT, (os.strerror(error.errno) if error.errno and error.errno > 0 else "no such address")
    server.close()
    return Port.FREE, ""


async def _ask(host: str, port: int) -> tuple[Port, str]:
    url = f"http://[{host}]:{port}/readyz" if ":" in host else f"http://{host}:{port}/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PORT_SECONDS)) as session,
            session.get(url) as response,
        ):
            said = await response.json(content_type=None)
    except (aiohttp.ClientError, OSError, ValueError):
        return Port.OTHER, ""
    match said:
        case {"status": "ready"}:
            return Port.OURS, ""
        case {"status": "not ready", "wrong": dict(wrong)}:
            return Port.OURS_NOT_READY, "; ".join(f"{name}: {fault}" for name, fault in wrong.items())
        case _:
            return Port.OTHER, ""
