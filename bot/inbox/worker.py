"""Handles accepted updates: in order within a lane, lanes in parallel, each to a definite end.

Decides what becomes of an update: handled (its effects and "done" commit together), or, after three attempts within
ten seconds, a dead letter with whatever `give_up` adds. What handling means is the caller's: `handle` gathers effects.
A database that cannot be used now is not the update's fault: the worker waits for it, however long that takes.
"""

import asyncio
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

import structlog

from bot.clock import Clock
from bot.inbox import store
from bot.inbox.store import SettledAlreadyError, Waiting
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.effects import CURRENT, Effects
from bot.storage.vault import Vault, WrongSecretError

log = structlog.get_logger(__name__)

PAUSES = (0.5, 2.0)
"""Seconds before the second and the third attempt: three attempts within ten seconds (ARCHITECTURE, "Guarantees")."""

AT_ONCE = 32
"""Updates being handled at the same time; one that waits for its next attempt is not counted."""

AHEAD = 512
"""Updates held in memory at the most; the rest waits in the database."""

STORAGE_PAUSE = 1.0


class UnreadableUpdateError(Exception):
    """The update cannot be parsed; no further attempt would help.

    Its text is stored and told to the staff, so it names the fault and quotes nothing of the update.
    """


Handle = Callable[[Mapping[str, Any], Effects], Awaitable[None]]
GiveUp = Callable[[int, Mapping[str, Any], str, Effects], Awaitable[None]]


class Worker:
    """Runs until `stop()`, then finishes what is accepted. `handle(raw, effects)` must not write or send by itself.

    `give_up(update_id, raw, reason, effects)` adds the apology and the word to the staff for an update that failed
    for good; `raw` is empty where the stored update cannot be opened any more. `reason` quotes nothing of the update.
    `after_commit` is called when effects were committed (it wakes the sender). `pauses` (seconds before the second
    attempt and the following ones) and `storage_pause` (before the database is tried again) are shorter in tests.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        *,
        handle: Handle,
        give_up: GiveUp,
        after_commit: Callable[[], None],
        pauses: Sequence[float] = PAUSES,
        storage_pause: float = STORAGE_PAUSE,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._handle = handle
        self._give_up = give_up
        self._after_commit = after_commit
        self._pauses = pauses
        self._storage_pause = storage_pause
        self._lanes: dict[int, deque[Waiting]] = {}
        self._held = 0
        self._seq = 0
        self._news = asyncio.Event()
        self._stopping = False
        self._slots = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """Say that the inbox has news."""
        self._news.set()

    def stop(self) -> None:
        """Ask `run` to return as soon as everything accepted so far is handled."""
        self._stopping = True
        self._news.set()

    async def run(self) -> None:
        """Handle updates until stopped; begins with what an earlier process left waiting."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._news.clear()
                fetched = await self._fetch()
                for waiting in fetched:
                    self._seq = waiting.seq
                    self._held += 1
                    lane = self._lanes.get(waiting.lane)
                    if lane is None:
                        lane = self._lanes[waiting.lane] = deque()
                        lane.append(waiting)
                        tasks.create_task(self._run_lane(waiting.lane, lane))
                    else:
                        lane.append(waiting)
                if fetched:
                    continue
                if self._stopping and not self._held:
                    return
                await self._news.wait()

    async def _fetch(self) -> list[Waiting]:
        room = AHEAD - self._held
        if room <= 0:
            return []
        while True:
            try:
                return await self._database.read(lambda db: store.waiting_after(db, self._seq, room))
            except StorageUnavailableError:
                await asyncio.sleep(self._storage_pause)

    async def _run_lane(self, key: int, lane: deque[Waiting]) -> None:
        while lane:
            await self._settle(lane[0])
            lane.popleft()
            self._held -= 1
            if self._stopping or self._held >= AHEAD - 1:
                self._news.set()
        del self._lanes[key]

    async def _settle(self, waiting: Waiting) -> None:
        try:
            raw = self._vault.open(waiting.payload)
        except WrongSecretError as error:
            await self._bury(waiting, {}, f"unreadable: {error}")
            return
        reason = ""
        for pause in (0.0, *self._pauses):
            await asyncio.sleep(pause)
            try:
                effects = await self._gather(lambda effects: self._handle(raw, effects), waiting)
            except UnreadableUpdateError as error:
                reason = f"unreadable: {error}"
                break
            except Exception as error:  # noqa: BLE001 - whatever a handler raises is told here, and tried again
                reason = _fault(error)
                log.error("update.failed", update_id=waiting.update_id, fault=reason, trace=_trace(error))  # noqa: TRY400
                continue
            effects.add(store.done(waiting.seq, self._clock.now()))
            if await self._commit(effects, waiting):
                return
            reason = "its effects could not be written"
        await self._bury(waiting, raw, reason)

    async def _bury(self, waiting: Waiting, raw: Mapping[str, Any], reason: str) -> None:
        log.error("update.dead", update_id=waiting.update_id, reason=reason.partition(":")[0])
        try:
            effects = await self._gather(
                lambda effects: self._give_up(waiting.update_id, raw, reason, effects), waiting
            )
        except Exception:
            # Saying sorry must not stand in the way of the customer's next message.
            log.exception("update.apology_failed", update_id=waiting.update_id)
            effects = Effects()
        effects.add(store.dead(waiting.seq, reason, self._clock.now()))
        if not await self._commit(effects, waiting):
            bare = Effects()
            bare.add(store.dead(waiting.seq, reason, self._clock.now()))
            await self._commit(bare, waiting)

    async def _gather(self, act: Callable[[Effects], Awaitable[None]], waiting: Waiting) -> Effects:
        """Return the effects that `act` adds; a database that cannot be read now does not count as an attempt."""
        while True:
            effects = Effects()
            CURRENT.set(effects)
            try:
                async with self._slots:
                    await act(effects)
            except StorageUnavailableError:
                log.debug("storage.awaited", update_id=waiting.update_id)
                await asyncio.sleep(self._storage_pause)
            else:
                return effects

    async def _commit(self, effects: Effects, waiting: Waiting) -> bool:
        """Commit; False where the effects themselves are at fault. Waits while the database cannot write."""
        while True:
            try:
                await self._database.write(effects.apply)
            except StorageUnavailableError:
                log.debug("storage.awaited", update_id=waiting.update_id)
                await asyncio.sleep(self._storage_pause)
            except SettledAlreadyError:
                log.warning("update.settled_already", update_id=waiting.update_id)
                return True
            except Exception:
                log.exception("update.effects_failed", update_id=waiting.update_id)
                return False
            else:
                self._after_commit()
                return True


def _fault(error: BaseException) -> str:
    """Return the error's type and place; its own text is left out, for it may quote the customer."""
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f" in {last.tb_frame.f_globals.get('__name__')}:{last.tb_lineno}" if last is not None else ""
    return f"{type(error).__name__}{place}"


def _trace(error: BaseException) -> str:
    """Return where it happened, call by call: lines of code, and never the values, which may be a customer's words."""
    return "".join(traceback.format_tb(error.__traceback__))
