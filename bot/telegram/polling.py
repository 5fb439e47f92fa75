"""Long polling: fetch updates raw, commit them to the inbox, only then acknowledge them to Telegram.

The acknowledgement is the next call's `offset`. When the database cannot take an update the offset stays, so Telegram
keeps the update and hands it out again.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from bot.clock import Clock
from bot.inbox import store
from bot.inbox.lane import lane_of
from bot.outbox.answer import UNAUTHORIZED, Answer, NoAnswerError
from bot.outbox.sender import TokenRefusedError
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.vault import Vault
from bot.telegram.api import Api

log = structlog.get_logger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
POLL_SECONDS = 25
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
CONFLICT, CONFLICT_PAUSE = 409, 5.0


def is_update_id(value: object) -> bool:
    """Return whether this can be the id of an update: Telegram's are positive, and the database holds 64 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


class Poller:
    """Runs until cancelled or `stop()`ped. `after_commit` wakes the worker."""

    def __init__(
        self, api: Api, database: Database, vault: Vault, clock: Clock, *, after_commit: Callable[[], None]
    ) -> None:
        self._api = api
        self._database = database
        self._vault = vault
        self._clock = clock
        self._after_commit = after_commit
        self._stopping = asyncio.Event()
        self.last_success: float | None = None
        """When Telegram last answered, by our clock; None before the first time."""

    def stop(self) -> None:
        """Ask `run` to return; a poll in flight is abandoned, for what it brings is not acknowledged yet."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll until stopped. Raises `TokenRefusedError`."""
        offset: int | None = None
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            answer = await self._poll(offset)
            if answer is None:
                return
            if answer.ok and isinstance(answer.result, list):
                self.last_success = self._clock.now()
                pause = FIRST_PAUSE
                offset = await self._accept(answer.result, offset)
                continue
            if answer.code == UNAUTHORIZED:
                raise TokenRefusedError("Telegram refuses the bot's token (401); check BOT_TOKEN")
            wait = answer.retry_after or (CONFLICT_PAUSE if answer.code == CONFLICT else pause)
            if answer.code == CONFLICT:
                log.error("polling.conflict", fault=answer.description)
            else:
                log.warning("polling.failed", code=answer.code, fault=answer.description, seconds=wait)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._rest(wait)

    async def _poll(self, offset: int | None) -> Answer | None:
        """Return Telegram's answer, a stand-in where there was none, or None where we are being stopped."""
        # The first poll does not wait, so that "does Telegram answer us?" is known at once.
        seconds = POLL_SECONDS if self.last_success is not None else 0
        parameters: dict[str, Any] = {"timeout": seconds, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            parameters["offset"] = offset
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(self._answer(parameters))
            stopped = tasks.create_task(self._stopping.wait())
            await asyncio.wait((call, stopped), return_when=asyncio.FIRST_COMPLETED)
            call.cancel()
            stopped.cancel()
        return None if call.cancelled() else call.result()

    async def _answer(self, parameters: dict[str, Any]) -> Answer:
        try:
            return await self._api.call("getUpdates", parameters, seconds=POLL_SECONDS + 10)
        except NoAnswerError as error:
            return Answer(ok=False, code=502, description=str(error))

    async def _accept(self, updates: list[Any], offset: int | None) -> int | None:
        """Commit a batch and return the next offset; the old one where the database cannot take it now."""
        known = [raw for raw in updates if isinstance(raw, dict) and is_update_id(raw.get("update_id"))]
        if not known:
            if updates:
                log.error("intake.unusable", count=len(updates))
                await self._rest(LONGEST_PAUSE)
            return offset
        now = self._clock.now()
        try:
            await self._database.write(
                store.accept([(raw["update_id"], lane_of(raw), raw) for raw in known], self._vault, now)
            )
        except StorageUnavailableError:
            await self._rest(FIRST_PAUSE * 2)
            return offset
        self._after_commit()
        newest: int = max(raw["update_id"] for raw in known)
        return newest + 1

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
