"""The webhook: takes updates over HTTP, commits them to the inbox, and only then answers 200.

Decides what is let in (one path, POST, the secret token, one JSON object of at most 1 MB) and keeps our address set at
Telegram. Every other answer makes Telegram hand the update out again; none carries a body. Order is kept because
Telegram itself sends the updates of one chat one at a time (tdlib/telegram-bot-api, WebhookActor: a queue per chat).
aiogram's own handler is not used: it answers before the update is stored. Called by `bot/app.py`.
"""

import asyncio
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.clock import Clock
from bot.inbox import store
from bot.inbox.lane import lane_of
from bot.outbox.answer import UNAUTHORIZED, Answer, NoAnswerError
from bot.outbox.sender import TokenRefusedError
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.vault import Vault
from bot.telegram.api import Api
from bot.telegram.polling import ALLOWED_UPDATES

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
BODY_LIMIT = 1024 * 1024
BODY_SECONDS = 15.0
"""How long a body may take to arrive; whoever sends it slower is not Telegram."""

LARGEST_ID = 2**63 - 1
MAX_CONNECTIONS = 40
STORAGE_RETRY_SECONDS = 2
"""What a 503 asks Telegram to wait; without it Telegram doubles its pause each time."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
LOOK_AGAIN_SECONDS = 300.0
"""How often Telegram is asked whether the webhook is still ours: another program with this token may take it away."""

CLOSE_SECONDS = 5.0

OK, BAD, FORBIDDEN, NOT_FOUND, TOO_SLOW, TOO_LARGE, UNAVAILABLE = 200, 400, 403, 404, 408, 413, 503


class WebhookAddressError(Exception):
    """The address to listen on cannot be had."""


@dataclass(frozen=True, slots=True)
class WebhookPlan:
    """Where Telegram sends updates, the secret that proves it was Telegram, and where we listen."""

    url: str
    secret: str
    listen: tuple[str, int]


class Webhook:
    """`start()` listens; `run()` keeps the webhook set until `stop()`, then closes the door and returns.

    `after_commit` wakes the worker; `first_pause` in seconds is shorter in tests.
    """

    def __init__(
        self,
        plan: WebhookPlan,
        api: Api,
        database: Database,
        vault: Vault,
        clock: Clock,
        *,
        after_commit: Callable[[], None],
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._plan = plan
        parts = urlsplit(plan.url)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._secret = plan.secret.encode()
        self._api = api
        self._database = database
        self._vault = vault
        self._clock = clock
        self._after_commit = after_commit
        self._first_pause = first_pause
        self._stopping = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.fault: str | None = "Telegram has not been told of the webhook yet"
        """Why no update can be expected, in words; None where all is well."""

    async def start(self) -> None:
        """Begin to listen; raises `WebhookAddressError`."""
        application = web.Application(client_max_size=BODY_LIMIT)
        application.router.add_route("*", "/{anything:.*}", self._take)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSE_SECONDS)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, *self._plan.listen).start()
        except OSError as error:
            raise WebhookAddressError(str(error)) from error

    def stop(self) -> None:
        """Ask `run` to let the requests in flight end, to accept no more, and to return.

        The webhook stays set: Telegram keeps what comes meanwhile for the next start.
        """
        self._stopping.set()

    async def run(self) -> None:
        """Set the webhook, and again where it gets lost. Raises `TokenRefusedError`."""
        try:
            while not self._stopping.is_set():
                await self._keep_set()
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop listening."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    # At Telegram.

    async def _keep_set(self) -> None:
        await self._set()
        while not await self._rest(LOOK_AGAIN_SECONDS):
            info = await self._call("getWebhookInfo", {})
            if not info.ok or not isinstance(info.result, dict):
                log.warning("webhook.not_seen", fault=info.description)
                continue
            if info.result.get("url") != self._plan.url:
                log.error("webhook.lost", why="another program with this token has changed it")
                self.fault = "the webhook was taken away by another program with this token"
                return
            if info.result.get("last_error_message") and info.result.get("pending_update_count"):
                log.warning("webhook.troubled", fault=info.result["last_error_message"])

    async def _set(self) -> None:
        pause = self._first_pause
        parameters = {
            "url": self._plan.url,
            "secret_token": self._plan.secret,
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": MAX_CONNECTIONS,
            "drop_pending_updates": False,
        }
        while not self._stopping.is_set():
            answer = await self._call("setWebhook", parameters)
            if answer.ok:
                self.fault = None
                log.info("webhook.set")
                return
            self.fault = f"the webhook is not set: {answer.description}"
            wait = answer.retry_after or pause
            log.error("webhook.not_set", code=answer.code, fault=answer.description, seconds=wait)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._rest(wait)

    async def _call(self, method: str, parameters: dict[str, Any]) -> Answer:
        """Return Telegram's answer, or a stand-in where there was none or we are being stopped."""
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(self._answer(method, parameters))
            stopped = tasks.create_task(self._stopping.wait())
            await asyncio.wait((call, stopped), return_when=asyncio.FIRST_COMPLETED)
            call.cancel()
            stopped.cancel()
        answer = Answer(ok=False, code=0, description="being stopped") if call.cancelled() else call.result()
        if answer.code == UNAUTHORIZED:
            raise TokenRefusedError("Telegram refuses the bot's token (401); check BOT_TOKEN")
        return answer

    async def _answer(self, method: str, parameters: dict[str, Any]) -> Answer:
        try:
            return await self._api.call(method, parameters)
        except NoAnswerError as error:
            return Answer(ok=False, code=502, description=str(error))

    async def _rest(self, seconds: float) -> bool:
        """Wait; True where we are being stopped."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    # At our door.

    async def _take(self, request: web.Request) -> web.Response:
        status = await self._accept(request)
        headers = {"Retry-After": str(STORAGE_RETRY_SECONDS)} if status == UNAVAILABLE else None
        response = web.Response(status=status, headers=headers)
        if status in {FORBIDDEN, NOT_FOUND, TOO_SLOW, TOO_LARGE}:
            # What they still send is not read, so the connection is of no more use.
            response.force_close()
        return response

    async def _accept(self, request: web.Request) -> int:  # noqa: PLR0911 - one line a refusal, in their order
        """Return the status to answer with: 200 only once the update is committed."""
        if request.method != "POST" or request.raw_path != self._target:
            return NOT_FOUND
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            log.warning("webhook.stranger")
            return FORBIDDEN
        if request.content_length is not None and request.content_length > BODY_LIMIT:
            return TOO_LARGE
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return TOO_LARGE
        except TimeoutError:
            return TOO_SLOW
        update = _parse(body)
        if update is None:
            log.error("webhook.unreadable", length=len(body))
            return BAD
        update_id: int = update["update_id"]
        try:
            op = store.accept([(update_id, lane_of(update), update)], self._vault, self._clock.now())
            await self._database.write(op)
        except StorageUnavailableError:
            return UNAVAILABLE
        self._after_commit()
        return OK


def _parse(body: bytes) -> dict[str, Any] | None:
    """Return the update, or None for what is none. Ids below 0 are our own (`bot/telegram/flood.py`)."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict):
        return None
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool) or not 0 <= update_id <= LARGEST_ID:
        return None
    return update
