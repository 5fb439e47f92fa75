"""Reads a picture in a process that can be killed: how long, how much memory, how many at once, and what failed.

Decides the limits; the reading itself is `worker.py`, which runs in a session of its own so that it and its tesseract
end together, at the deadline and when the caller is cancelled. What is made of the lines is `bot/matching/picture.py`'s
to say. Called by `handlers/screenshot.py`, `kb ask --image` and the doctor. Imports no Pillow: a stranger's image is
never opened in the bot's own process.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bot.matching.picture import Line

MOST_BYTES = 10 * 1024 * 1024
"""Telegram's own limit for photos (core.telegram.org/bots/api#sendphoto); a screenshot has a tenth of it."""

SECONDS = 12.0
CLOSER_SECONDS = 5.0
"""For the closer look: what takes longer is a photo of a meadow, not text."""

MEMORY = 768 * 1024 * 1024
"""Bytes of address space of each process: 25 million pixels in colour and in grey, and tesseract's two languages."""

AT_ONCE, WAITING = 2, 8
"""Pictures being read, and pictures waiting for that; each takes a core for a second or two."""

GRACE_SECONDS = 1.0
MOST_OUTPUT = 1024 * 1024
_ROOT = Path(__file__).parent.parent.parent


class Failure(StrEnum):
    """Why a picture was not read."""

    TOO_BIG = "too_big"
    NOT_AN_IMAGE = "not_an_image"
    EMPTY = "empty"
    """There is no text on it."""
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    NO_TESSERACT = "no_tesseract"
    BUSY = "busy"
    """Too many pictures are waiting."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What was read: its lines from top to bottom, at least one, and how long that took in seconds."""

    lines: tuple[Line, ...]
    elapsed: float


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one picture may cost: seconds from start to end, bytes of memory for each process."""

    seconds: float = SECONDS
    memory: int = MEMORY


Enough = Callable[[Sequence[Line]], bool]


def _anything(lines: Sequence[Line]) -> bool:
    return bool(lines)


class PictureReader:
    """Reads pictures with the tesseract at `tesseract`; None answers everything with `NO_TESSERACT`."""

    def __init__(
        self, tesseract: str | None, limits: Limits = Limits(), *, at_once: int = AT_ONCE, waiting: int = WAITING
    ) -> None:
        self.tesseract = tesseract
        self._limits = limits
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._held = 0

    async def read(self, content: bytes, enough: Enough = _anything) -> Picture | Failure:
        """Return what stands on the picture. Never raises for what is in `content`; a cancelled call leaves nothing.

        `enough` says of the lines whether they will do; where not, the picture is looked at once more, closer. It is
        called in a thread.
        """
        if self.tesseract is None:
            return Failure.NO_TESSERACT
        if len(content) > MOST_BYTES:
            return Failure.TOO_BIG
        if not content:
            return Failure.NOT_AN_IMAGE
        if self._held >= self._most:
            return Failure.BUSY
        self._held += 1
        try:
            async with self._free:
                return await _read(content, self.tesseract, self._limits, enough)
        finally:
            self._held -= 1


def read_now(content: bytes, tesseract: str | None, enough: Enough = _anything) -> Picture | Failure:
    """Read one picture outside any event loop: for the command line."""
    return asyncio.run(PictureReader(tesseract).read(content, enough))


async def _read(content: bytes, tesseract: str, limits: Limits, enough: Enough) -> Picture | Failure:
    begun = time.monotonic()
    first = await _look(content, tesseract, limits)
    if isinstance(first, Failure):
        return first
    if not await asyncio.to_thread(enough, first):
        left = limits.seconds - (time.monotonic() - begun)
        closer = replace(limits, seconds=min(max(left, 0.1), CLOSER_SECONDS))
        second = await _look(content, tesseract, closer, closer=True)
        first = first if isinstance(second, Failure) else _united(first, second)
    return Picture(first, time.monotonic() - begun) if first else Failure.EMPTY


def _united(lines: Sequence[Line], closer: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines, then those that only the closer look saw."""
    seen = {line.text for line in lines}
    return (*lines, *(line for line in closer if line.text not in seen))


async def _look(content: bytes, tesseract: str, limits: Limits, *, closer: bool = False) -> tuple[Line, ...] | Failure:
    command = [sys.executable, "-P", "-m", "bot.ocr.worker", "--tesseract", tesseract]
    command += ["--memory", str(limits.memory), "--seconds", str(limits.seconds), *(["--closer"] if closer else [])]
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=nothing, env=_environment(), start_new_session=True
        )
    except OSError:
        # The machine has no process, file or memory to spare.
        return Failure.BUSY
    try:
        async with asyncio.timeout(limits.seconds):
            said, _ = await process.communicate(content)
    except TimeoutError:
        return Failure.TIMED_OUT
    finally:
        await _end(process)
    return _understood(said, process.returncode or 0)


def _environment() -> dict[str, str]:
    """Return what the worker may know: no token and no secret reaches a process that opens strangers' files."""
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


async def _end(process: asyncio.subprocess.Process) -> None:
    """End the whole group: first so that the worker can wait for its child, then for good."""
    try:
        if process.returncode is None:
            _signal(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await process.wait()
    finally:
        # Also where this wait is cancelled, and where the worker crashed and left its child behind.
        _signal(process.pid, signal.SIGKILL)
    await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _understood(said: bytes, code: int) -> tuple[Line, ...] | Failure:
    if code in {-signal.SIGXCPU, -signal.SIGALRM}:
        return Failure.TIMED_OUT
    try:
        answer = json.loads(said[:MOST_OUTPUT])
    except ValueError:
        # The worker answers whatever the file is; silence is Pillow's C code brought down by it, or by its limits.
        return Failure.OUT_OF_MEMORY if code in {-signal.SIGKILL, -signal.SIGABRT, 1} else Failure.NOT_AN_IMAGE
    if "failure" in answer:
        return Failure(answer["failure"])
    return tuple(Line(text, confidence) for text, confidence in answer["lines"])
