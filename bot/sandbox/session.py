"""One session of `diagnost chat` or `diagnost demo`: opens the stage, runs a script or a chat, strikes the stage.

Decides folders, signals and exit codes: 0 done, 1 an expectation failed, 2 a malformed script, 3 the bot did not
start. Called by `bot/cli_chat.py`, which imports it late: no other command needs a terminal.
"""

import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from bot.sandbox.process import RUN_BOT, BotDidNotStartError
from bot.sandbox.script import Player, ScriptError, Step, read_script
from bot.sandbox.stage import Stage, open_stage
from bot.sandbox.terminal import Quit, Terminal
from bot.sandbox.transcript import Transcript

DONE, FAILED, MALFORMED, NOT_STARTED = 0, 1, 2, 3
DEMO_LOG = Path("var/demo/bot.log")


def play(script: Path, *, language: str, transcript: Path | None, command: Sequence[str] = RUN_BOT) -> int:
    """Play a script and return the exit code; what went wrong is printed."""
    try:
        steps = read_script(script)
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return MALFORMED
    return _run(_play(script, steps, language, transcript, command))


def talk(*, language: str, transcript: Path | None, greet: bool, command: Sequence[str] = RUN_BOT) -> int:
    """Chat until the person or the pipe ends, and return the exit code."""
    if greet:
        DEMO_LOG.parent.mkdir(parents=True, exist_ok=True)
        DEMO_LOG.write_bytes(b"")
    return _run(_chat(language, transcript, command, log=DEMO_LOG if greet else None, greet=greet))


def _run(work: Coroutine[object, object, int]) -> int:
    try:
        return asyncio.run(work)
    except BotDidNotStartError as error:
        sys.stderr.write(f"{error}\n")
        return NOT_STARTED
    except (KeyboardInterrupt, asyncio.CancelledError):
        return DONE


@asynccontextmanager
async def _stage(language: str, command: Sequence[str], log: Path | None) -> AsyncIterator[Stage]:
    """Open a stage over a fresh database, which is gone afterwards; SIGTERM and SIGHUP end it like Ctrl-C."""
    task = asyncio.current_task()
    if task is not None:
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with tempfile.TemporaryDirectory(prefix="diagnost-", ignore_cleanup_errors=True) as folder:
        async with open_stage(Path(folder), language=language, command=command, log=log) as stage:
            yield stage


async def _play(script: Path, steps: list[Step], language: str, written: Path | None, command: Sequence[str]) -> int:
    async with _stage(language, command, None) as stage:
        transcript = Transcript(stage, language)
        unmet = await Player(stage, transcript).play(steps)
        _write(written, transcript)
        if unmet is None:
            sys.stdout.write(f"{script}: {len(steps)} steps, as expected\n")
            return DONE
        told = f"{script}:{unmet.line}: not as expected\n{unmet.told}\n\nthe dialogue so far:\n{transcript.text()}"
        sys.stdout.write(told)
        return FAILED


async def _chat(language: str, written: Path | None, command: Sequence[str], *, log: Path | None, greet: bool) -> int:
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    with Console(stderr=True).status({"ru": "Бот запускается…", "en": "The bot is starting…"}[language]):
        opened = _stage(language, command, log)
        stage = await opened.__aenter__()
    try:
        transcript = Transcript(stage, language)
        terminal = Terminal(stage, transcript, language=language, interactive=interactive)
        if greet or interactive:
            terminal.greet()
        try:
            await (terminal.run_keys() if interactive else terminal.run_piped())
        except Quit:
            pass
        finally:
            _write(written, transcript)
    finally:
        await opened.__aexit__(*sys.exc_info())
    return DONE


def _write(path: Path | None, transcript: Transcript) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(transcript.text(), encoding="utf-8")
