"""Hot swap: a saved edit becomes the current snapshot, a broken one is told and changes nothing.

Decides when the directory is loaded again and which snapshot is current. It does not judge the files (`loader.py`)
and does not know what is prepared from them; `bot/app.py` runs `watch` in its task group and passes the matcher's
constructor as `prepare`, so that an answer in flight sees one library and the matcher made from it.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeAlias, TypeVar

from watchfiles import awatch

from bot.kb.faults import Fault, KnowledgeBaseFaults
from bot.kb.library import Library
from bot.kb.loader import load

T = TypeVar("T")

_SETTLE_MS: Final = 300
"""How long changes may go on arriving before a load begins; an editor's save takes a few milliseconds."""
_LOOK_MS: Final = 500
"""How often a quiet watch makes sure that the directory is still the one it watches."""


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[T]):
    """A library and what was prepared from it. Never changed; an answer keeps the one it began with."""

    library: Library
    prepared: T


OnSwap: TypeAlias = Callable[[Snapshot[T], Snapshot[T]], Awaitable[None]]
OnFault: TypeAlias = Callable[[KnowledgeBaseFaults], Awaitable[None]]


def nothing(_library: Library) -> None:
    """Prepare nothing: for holders of which only the library is wanted."""


class LibraryHolder(Generic[T]):
    """Holds the current snapshot of one directory; reading `current` is safe from any thread."""

    def __init__(self, directory: Path, prepare: Callable[[Library], T]) -> None:
        """Load the directory and prepare; raise `KnowledgeBaseFaults`. Blocks: call it before the loop is busy."""
        self._directory = directory
        self._prepare = prepare
        library = load(directory)
        self._current = Snapshot(library, prepare(library))
        self._told: KnowledgeBaseFaults | None = None

    @property
    def current(self) -> Snapshot[T]:
        """The newest sound snapshot."""
        return self._current

    def refine(self, old: Snapshot[T], prepared: T) -> bool:
        """Put something better prepared in the place of `old`, unless that is no longer the current snapshot."""
        if self._current is not old:
            return False
        self._current = Snapshot(old.library, prepared)
        return True

    async def watch(self, *, on_swap: OnSwap[T], on_fault: OnFault, stop: asyncio.Event | None = None) -> None:
        """Follow the directory until `stop` is set or the task is cancelled.

        `on_swap(old, new)` runs after each load that changed the snapshot, and after the first good load behind a
        broken one (then both may have the same revision). `on_fault` runs once for each different set of faults, a
        failing watch included. What the callbacks raise ends the watch.
        """
        stop = stop or asyncio.Event()
        polling = False
        while not stop.is_set():
            # What was saved between the last load and now, or while nobody watched, must not be missed.
            identity = _identity(self._directory)
            await self._reload(on_swap, on_fault)
            if identity is None:
                await _pause(stop)
                continue
            try:
                await self._follow(identity, on_swap, on_fault, stop, polling=polling)
            except (OSError, RuntimeError) as error:
                # inotify may be out of watches or unknown to this file system; looking at the times always works.
                if _identity(self._directory) is not None:
                    polling = True
                    await self._tell(_fault(f"watching the directory failed, trying another way: {error}"), on_fault)
                await _pause(stop)

    async def _follow(
        self, identity: tuple[int, int], on_swap: OnSwap[T], on_fault: OnFault, stop: asyncio.Event, *, polling: bool
    ) -> None:
        # What was saved while the watch was being set up brings no change: the first look loads in any case.
        is_first = True
        async for _changes in awatch(
            self._directory,
            watch_filter=None,  # a mounted volume swaps hidden links; the revision says whether anything changed
            debounce=_SETTLE_MS,
            stop_event=stop,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            force_polling=polling or None,
        ):
            if _changes or is_first:
                is_first = False
                await self._reload(on_swap, on_fault)
            if _identity(self._directory) != identity:
                return

    async def _reload(self, on_swap: OnSwap[T], on_fault: OnFault) -> None:
        try:
            fresh = await asyncio.to_thread(self._load)
        except KnowledgeBaseFaults:
            # A save or a checkout may be half done; what is still wrong a moment later is wrong.
            await asyncio.sleep(_LOOK_MS / 1000)
            try:
                fresh = await asyncio.to_thread(self._load)
            except KnowledgeBaseFaults as faults:
                await self._tell(faults, on_fault)
                return
        old, healed = self._current, self._told is not None
        if fresh.library is old.library:
            fresh = old  # it was refined while the files were read
        self._told = None
        if fresh is not old or healed:
            self._current = fresh
            await on_swap(old, fresh)

    def _load(self) -> Snapshot[T]:
        library = load(self._directory)
        if library.revision == self._current.library.revision:
            return self._current
        try:
            return Snapshot(library, self._prepare(library))
        except Exception as error:  # whatever an edit does to a matcher, the old snapshot goes on
            raise _fault(f"the articles load, but cannot be searched: {type(error).__name__}: {error}") from error

    async def _tell(self, faults: KnowledgeBaseFaults, on_fault: OnFault) -> None:
        if self._told is None or self._told.faults != faults.faults:
            self._told = faults
            await on_fault(faults)


def _identity(directory: Path) -> tuple[int, int] | None:
    """Return what tells a directory from another that took its name; None while there is none."""
    try:
        found = os.stat(directory)  # noqa: PTH116 - the same call, and Path.stat would hide that links are followed
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _fault(message: str) -> KnowledgeBaseFaults:
    return KnowledgeBaseFaults((Fault(".", 1, 1, message),))


async def _pause(stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOOK_MS / 1000):
            await stop.wait()
    except TimeoutError:
        return
