"""The HTTP face of the sandbox: `/bot<token>/<method>` and `/file/bot<token>/<path>`, as the Bot API has them.

Decides who is let in, what is logged, which fault a call meets, how long a long poll lasts. What calls do is in the
methods. Called by `control.py`'s Sandbox, which starts and stops it.
"""

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from bot.sandbox.bell import Bell
from bot.sandbox.faults import Fault, FaultKind, FaultQueue
from bot.sandbox.flood import FloodControl
from bot.sandbox.methods import COUNTED, method_named
from bot.sandbox.params import Params, read_params
from bot.sandbox.webhook import Webhook
from bot.sandbox.wire import Json, JsonObject, Refused, refused
from bot.sandbox.world import World

LONGEST_POLL = 50
MAX_BODY = 64 * 1024 * 1024
BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(slots=True)
class Call:
    """One call that came in. `outcome`: waiting, ok, lost, or the code of its refusal as text."""

    method: str
    params: JsonObject
    at: float
    outcome: str = "waiting"
    description: str = ""
    result: Json = None
    fault: str = ""
    carried_out: bool = False
    finished_at: float | None = None

    @property
    def chat_id(self) -> int | None:
        """The chat the call names by number."""
        try:
            return int(str(self.params.get("chat_id")))
        except ValueError:
            return None

    @property
    def ok(self) -> bool:
        """Whether it was carried out and answered so."""
        return self.outcome == "ok"


class _Lost(Exception):  # noqa: N818 - not an error: the connection is closed on purpose
    """The answer is not to be given: close the connection."""


class _BadGateway(Exception):  # noqa: N818 - not an error: a page is sent on purpose
    """A page is to be sent instead of an answer."""


@dataclass(slots=True)
class Polling:
    """What is known of long polls: their count, and the newest, which ends the older."""

    count: int = 0
    newest: int = 0
    waiting: int = 0


@dataclass(slots=True)
class BotApi:
    """The Bot API of one world."""

    world: World
    token: str
    bell: Bell
    faults: FaultQueue = field(default_factory=FaultQueue)
    flood: FloodControl | None = None
    calls: list[Call] = field(default_factory=list)
    polling: Polling = field(default_factory=Polling)
    closing: bool = False
    webhook: Webhook = field(init=False)

    def __post_init__(self) -> None:
        self.webhook = Webhook(self.world, self._carry_out_quietly)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the Bot API."""
        return [
            web.route("*", "/bot{token}/{method}", self.handle),
            web.get("/file/bot{token}/{path:.+}", self.download),
        ]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        if request.match_info["token"] != self.token:
            return _answer(Refused(HTTPStatus.UNAUTHORIZED, "Unauthorized"))
        name = request.match_info["method"]
        call = Call(name, {}, time.time())
        self.calls.append(call)
        try:
            params = await read_params(request)
            call.params = params.fields
            result = await self._run(call, params, request)
        except Refused as refusal:
            self._finish(call, str(refusal.code), refusal.description)
            return _answer(refusal)
        except web.HTTPRequestEntityTooLarge:
            too_large = Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
            self._finish(call, str(too_large.code), too_large.description)
            return _answer(too_large)
        except _BadGateway:
            self._finish(call, "502", "Bad Gateway")
            return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
        except _Lost:
            self._finish(call, "lost", "connection closed")
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        call.result = result
        self._finish(call, "ok", "")
        return web.json_response({"ok": True, "result": result})

    def _finish(self, call: Call, outcome: str, description: str) -> None:
        call.outcome, call.description, call.finished_at = outcome, description, time.time()
        self.bell.ring()

    async def _run(self, call: Call, params: Params, request: web.Request) -> Json:
        fault = self.faults.take(call.method, call.chat_id)
        if fault is not None:
            call.fault = fault.kind.value
            await _before(fault)
        result = await self._carry_out(call.method, params, request)
        call.carried_out = True
        if fault is not None and fault.kind is FaultKind.DROP_AFTER:
            raise _Lost
        return result

    async def _carry_out_quietly(self, name: str, params: Params) -> None:
        """Carry out a call that came as a webhook's answer: nobody reads its result."""
        call = Call(name, params.fields, time.time())
        self.calls.append(call)
        try:
            call.result = await self._carry_out(name, params, None)
        except Refused as refusal:
            self._finish(call, str(refusal.code), refusal.description)
        else:
            call.carried_out = True
            self._finish(call, "ok", "")

    async def _carry_out(self, name: str, params: Params, request: web.Request | None) -> Json:
        match name.lower():
            case "getupdates":
                return await self._get_updates(params, request)
            case "setwebhook":
                return self.webhook.set(params)
            case "deletewebhook":
                return self.webhook.delete(params)
            case "getwebhookinfo":
                return self.webhook.info()
        method = method_named(name)
        if method is None:
            raise Refused(HTTPStatus.NOT_FOUND, "Not Found")
        self._check_flood(name, params)
        return method(self.world, params)

    def _check_flood(self, name: str, params: Params) -> None:
        if self.flood is None or name.lower() not in COUNTED:
            return
        try:
            chat_id = int(params.text("chat_id"))
        except ValueError:
            return
        weight = len(params.listing("media")) if name.lower() == "sendmediagroup" else 1
        refusal = self.flood.check(chat_id, time.monotonic(), weight)
        if refusal is not None:
            raise refusal

    async def _get_updates(self, params: Params, request: web.Request | None) -> Json:
        if self.webhook.url:
            raise refused(HTTPStatus.CONFLICT, WEBHOOK_ACTIVE)
        queue = self.world.queue
        polling = self.polling
        polling.count += 1
        polling.newest += 1
        mine = polling.newest
        if "allowed_updates" in params.fields:
            queue.allow([str(kind) for kind in params.listing("allowed_updates")])
        self.bell.ring()
        offset, limit = params.whole("offset"), params.whole("limit", 100)
        seconds = min(params.whole("timeout"), LONGEST_POLL)
        found = queue.batch(offset, limit)
        if found or seconds <= 0:
            return found
        polling.waiting += 1
        try:
            await self.bell.wait_for(
                lambda: polling.newest != mine or queue.ready or self.closing or bool(self.webhook.url), seconds
            )
        except TimeoutError:
            return []
        finally:
            polling.waiting -= 1
        if polling.newest != mine:
            raise refused(HTTPStatus.CONFLICT, TERMINATED)
        if self.webhook.url:
            raise refused(HTTPStatus.CONFLICT, "terminated by setWebhook request")
        if request is not None and (request.transport is None or request.transport.is_closing()):
            raise _Lost
        return queue.batch(offset, limit)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file."""
        if request.match_info["token"] != self.token:
            return _answer(Refused(HTTPStatus.UNAUTHORIZED, "Unauthorized"))
        path = request.match_info["path"]
        fault = self.faults.take("download", None)
        if fault is not None:
            try:
                await _before(fault)
            except Refused as refusal:
                return _answer(refusal)
            except (_BadGateway, _Lost):
                return web.Response(status=502, text=BAD_GATEWAY, content_type="text/html")
        file = next((f for f in self.world.files.values() if f.path == path), None)
        if file is None:
            return _answer(Refused(HTTPStatus.NOT_FOUND, "Not Found"))
        return web.Response(body=file.content, content_type="application/octet-stream")


async def _before(fault: Fault) -> None:
    """Do to a call what its fault does before it would be carried out."""
    match fault.kind:
        case FaultKind.ERROR:
            raise Refused(fault.code, fault.description, fault.parameters)
        case FaultKind.HTML_502:
            raise _BadGateway
        case FaultKind.DROP_BEFORE:
            raise _Lost
        case FaultKind.DELAY:
            await asyncio.sleep(fault.delay)
        case FaultKind.DROP_AFTER:
            pass


def _answer(refusal: Refused) -> web.Response:
    return web.json_response(refusal.body(), status=refusal.code)
