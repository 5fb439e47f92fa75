"""Delivery of updates over HTTP to the address that setWebhook named.

Decides order (one at a time), the secret header, and retries: anything but a 2xx within ten seconds is tried again,
sooner than Telegram would, so that tests are short. Called by `server.py`, which owns its task.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from bot.sandbox.params import Params
from bot.sandbox.wire import JsonObject, bad_request
from bot.sandbox.world import World

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
SECRET = re.compile(r"^[A-Za-z0-9_-]{1,256}$")
ANSWER_SECONDS = 10.0
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 2.0
_OK = range(200, 300)

CarryOut = Callable[[str, Params], Awaitable[None]]


@dataclass(slots=True)
class Failure:
    """The last delivery that failed."""

    at: int
    reason: str


class Webhook:
    """The webhook of one bot; `url` empty means none."""

    def __init__(self, world: World, carry_out: CarryOut) -> None:
        self._world = world
        self._carry_out = carry_out
        self.url = ""
        self.secret = ""
        self.max_connections = 40
        self.failure: Failure | None = None
        self.deliveries = 0

    def set(self, params: Params) -> bool:
        """Take a setWebhook call; unlike Telegram, plain http is accepted, for the receiver is on loopback."""
        url = params.text("url")
        secret = params.text("secret_token")
        if url and not re.match(r"^https?://[^/]+", url):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not SECRET.match(secret):
            raise bad_request("secret token contains unallowed characters")
        if "allowed_updates" in params.fields:
            self._world.queue.allow([str(kind) for kind in params.listing("allowed_updates")])
        if params.flag("drop_pending_updates"):
            self._world.queue.drop_all()
        self.url, self.secret = url, secret
        self.max_connections = params.whole("max_connections", 40)
        self.failure = None
        self._world.bell.ring()
        return True

    def delete(self, params: Params) -> bool:
        """Take a deleteWebhook call."""
        self.url = self.secret = ""
        if params.flag("drop_pending_updates"):
            self._world.queue.drop_all()
        self._world.bell.ring()
        return True

    def info(self) -> JsonObject:
        """Return the WebhookInfo object."""
        body: JsonObject = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.queue),
        }
        if self.url:
            body["max_connections"] = self.max_connections
        if self.failure is not None:
            body |= {"last_error_date": self.failure.at, "last_error_message": self.failure.reason}
        if self._world.queue.allowed:
            body["allowed_updates"] = list(self._world.queue.allowed)
        return body

    async def run(self) -> None:
        """Deliver for ever; the owner cancels it."""
        pause = FIRST_PAUSE
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as session:
            while True:
                await self._due()
                for update in self._world.queue.batch(0, 1):
                    if await self._deliver(session, update):
                        pause = FIRST_PAUSE
                    else:
                        await asyncio.sleep(pause)
                        pause = min(pause * 2, LONGEST_PAUSE)

    async def _due(self) -> None:
        while True:
            try:
                await self._world.bell.wait_for(lambda: bool(self.url) and self._world.queue.ready, timeout=60)
            except TimeoutError:
                continue
            return

    async def _deliver(self, session: aiohttp.ClientSession, update: JsonObject) -> bool:
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        self.deliveries += 1
        try:
            async with session.post(self.url, json=update, headers=headers) as answer:
                status, body = answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failure = Failure(int(time.time()), f"Connection failed: {type(error).__name__}")
            return False
        if status not in _OK:
            self.failure = Failure(int(time.time()), f"Wrong response from the webhook: {status}")
            return False
        update_id = update["update_id"]
        if isinstance(update_id, int) and update_id in self._world.queue.pending_ids:
            self._world.queue.batch(update_id + 1, 1)
        await self._answer(body)
        return True

    async def _answer(self, body: bytes) -> None:
        """Carry out the call that a receiver may put into its answer."""
        try:
            called = json.loads(body or b"null")
        except ValueError:
            return
        if isinstance(called, dict) and isinstance(called.get("method"), str):
            await self._carry_out(called.pop("method"), Params(called))
