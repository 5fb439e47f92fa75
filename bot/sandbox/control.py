"""The sandbox over HTTP: `/sandbox/…`, JSON in and out, for a test whose bot, or whose driver, is another process.

Decides the spelling of the control calls; each is one call of `Sandbox`. Not part of the Bot API. A wrong call gets
400 with `{"error": …}`.

POST /sandbox/user {first_name, user_id?, username?, language?, started?} · POST /sandbox/forum {title, members: [id],
chat_id?, rights?: [name] | null} · POST /sandbox/says {user, text, chat?, topic?, reply_to?} · POST /sandbox/file
{user, kind, base64?, name?, caption?, chat?, topic?} · POST /sandbox/edits {chat, message_id, text} · POST
/sandbox/presses {user, chat, message_id, button} · POST /sandbox/blocks {user, blocked} · POST /sandbox/fail {method,
kind, chat?, times?, code?, description?, parameters?, delay?} · POST /sandbox/clear_faults · POST /sandbox/limit {on}
· POST /sandbox/push_update {…} · POST /sandbox/repeat_update {update_id} · GET
/sandbox/messages?chat=&topic=&deleted= · GET /sandbox/calls?method=&since= · GET /sandbox/state · POST /sandbox/wait
{chat, text?, after?, timeout?} or {polls_more_than, timeout?} or {confirmed, timeout?}
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.faults import FaultKind
from bot.sandbox.flood import Limits
from bot.sandbox.messages import Message
from bot.sandbox.params import Params, read_params
from bot.sandbox.people import DESK_RIGHTS
from bot.sandbox.server import Call
from bot.sandbox.wire import Json, JsonObject, Refused

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

LONGEST_WAIT = 120.0

Act = Callable[["Sandbox", Params], Awaitable[Json]]


def shown_message(message: Message) -> JsonObject:
    """Return a message as a test wants to see it."""
    topic = message.chat.topics.get(message.thread_id or 0)
    return {
        "message_id": message.id,
        "chat": message.chat.id,
        "topic": message.thread_id,
        "topic_name": topic.name if topic else None,
        "from": message.sender.id,
        "by_bot": message.by_bot,
        "date": message.date,
        "edited": message.edited,
        "deleted": message.deleted,
        "text": message.text,
        "html": message.html,
        "buttons": [{"text": b.text, "callback": b.callback, "url": b.url} for b in message.buttons],
        "attachment": message.attachment.kind if message.attachment else None,
        "file_id": message.attachment.file.file_id if message.attachment and message.attachment.file else None,
        "reactions": list(message.reactions),
        "reply_to": message.reply_to.id if message.reply_to else None,
        "service": message.service,
        "versions": [version.text for version in message.versions],
    }


def shown_call(number: int, call: Call) -> JsonObject:
    """Return a call of the log."""
    return {
        "number": number,
        "method": call.method,
        "params": call.params,
        "at": call.at,
        "finished_at": call.finished_at,
        "outcome": call.outcome,
        "description": call.description,
        "fault": call.fault,
        "carried_out": call.carried_out,
        "result": call.result,
    }


def _chat(params: Params) -> int | None:
    return params.whole("chat") if params.has("chat") else None


def _topic(params: Params) -> int | None:
    return params.whole("topic") if params.has("topic") else None


def _message(sandbox: "Sandbox", params: Params, name: str = "message_id") -> Message | None:
    if not params.has(name):
        return None
    chat = sandbox.chat(_chat(params), params.whole("user") if params.has("user") else None)
    found = next((m for m in sandbox.messages(chat, deleted=True) if m.id == params.whole(name)), None)
    if found is None:
        raise ValueError(f"no message {params.whole(name)} in chat {chat.id}")
    return found


def _known(message: Message | None) -> Message:
    if message is None:
        raise ValueError("message_id is missing")
    return message


async def _user(sandbox: "Sandbox", params: Params) -> Json:
    person = sandbox.user(
        params.text("first_name", "Анна"),
        user_id=params.whole("user_id") if params.has("user_id") else None,
        username=params.text("username"),
        language=params.text("language", "ru"),
        started=params.flag("started"),
    )
    return {"user": person.id}


async def _forum(sandbox: "Sandbox", params: Params) -> Json:
    rights = (
        None if params.fields.get("rights", "") is None else [str(r) for r in params.listing("rights")] or DESK_RIGHTS
    )
    chat = sandbox.forum(
        params.text("title", "Поддержка"),
        [int(str(number)) for number in params.listing("members")],
        chat_id=params.whole("chat_id") if params.has("chat_id") else None,
        rights=rights,
    )
    return {"chat": chat.id}


async def _says(sandbox: "Sandbox", params: Params) -> Json:
    reply_to = _message(sandbox, params, "reply_to")
    return shown_message(
        sandbox.says(
            params.whole("user"), params.text("text"), chat=_chat(params), topic=_topic(params), reply_to=reply_to
        )
    )


async def _file(sandbox: "Sandbox", params: Params) -> Json:
    return shown_message(
        sandbox.sends_file(
            params.whole("user"),
            params.text("kind"),
            base64.b64decode(params.text("base64"), validate=True) or b"\x00",
            name=params.text("name", "file.bin"),
            mime=params.text("mime", "application/octet-stream"),
            caption=params.text("caption"),
            chat=_chat(params),
            topic=_topic(params),
        )
    )


async def _edits(sandbox: "Sandbox", params: Params) -> Json:
    return shown_message(sandbox.edits(_known(_message(sandbox, params)), params.text("text")))


async def _presses(sandbox: "Sandbox", params: Params) -> Json:
    button = params.fields.get("button")
    chosen = button if isinstance(button, int) else params.text("button")
    pressed = sandbox.presses(params.whole("user"), _known(_message(sandbox, params)), chosen)
    return {"callback_query_id": pressed.id}


async def _answer_of(sandbox: "Sandbox", params: Params) -> Json:
    pressed = sandbox.world.pressed.get(params.text("callback_query_id"))
    return None if pressed is None else {"answer": pressed.answer, "alert": pressed.alert}


async def _blocks(sandbox: "Sandbox", params: Params) -> Json:
    sandbox.blocks(params.whole("user"), blocked=params.flag("blocked", default=True))
    return True


async def _fail(sandbox: "Sandbox", params: Params) -> Json:
    sandbox.fail(
        params.text("method", "*"),
        FaultKind(params.text("kind", "error")),
        chat=_chat(params),
        times=None if params.fields.get("times", 1) is None else params.whole("times", 1),
        code=params.whole("code", 500),
        description=params.text("description", "Internal Server Error"),
        parameters=params.mapping("parameters"),
        delay=params.real("delay") if params.has("delay") else 0.0,
    )
    return True


async def _clear_faults(sandbox: "Sandbox", _params: Params) -> Json:
    sandbox.clear_faults()
    return True


async def _limit(sandbox: "Sandbox", params: Params) -> Json:
    sandbox.limit(Limits() if params.flag("on", default=True) else None)
    return True


async def _push_update(sandbox: "Sandbox", params: Params) -> Json:
    return {"update_id": sandbox.push_update(params.fields)}


async def _repeat_update(sandbox: "Sandbox", params: Params) -> Json:
    sandbox.repeat_update(params.whole("update_id"))
    return True


async def _messages(sandbox: "Sandbox", params: Params) -> Json:
    found = sandbox.messages(_chat(params), _topic(params), deleted=params.flag("deleted"))
    return [shown_message(message) for message in found]


async def _calls(sandbox: "Sandbox", params: Params) -> Json:
    wanted, since = params.text("method").lower(), params.whole("since")
    return [
        shown_call(number, call)
        for number, call in enumerate(sandbox.calls)
        if number >= since and wanted in {"", call.method.lower()}
    ]


async def _state(sandbox: "Sandbox", _params: Params) -> Json:
    queue = sandbox.world.queue
    return {
        "token": sandbox.token,
        "polls": sandbox.polls,
        "issued": queue.issued_ids,
        "confirmed": queue.confirmed,
        "pending": queue.pending_ids,
        "events": len(sandbox.journal),
        "calls": len(sandbox.calls),
    }


async def _wait(sandbox: "Sandbox", params: Params) -> Json:
    timeout = min(params.real("timeout") if params.has("timeout") else 10.0, LONGEST_WAIT)
    if params.has("polls_more_than"):
        await sandbox.polled(timeout, params.whole("polls_more_than"))
        return {"polls": sandbox.polls}
    if params.has("confirmed"):
        wanted = params.whole("confirmed")
        await sandbox.wait_for(lambda: wanted in sandbox.world.queue.confirmed, timeout, f"{wanted} is not confirmed")
        return True
    after = params.whole("after") if params.has("after") else None
    text = params.text("text").casefold()
    event = await sandbox.wait_for(
        lambda: next((e for e in sandbox.answers(_chat(params), after) if text in e.styled.text.casefold()), None),
        timeout,
        f"no reply that holds {text!r}",
    )
    return {"event": event.number, "message": shown_message(event.message)}


ACTS: dict[str, Act] = {
    "user": _user,
    "forum": _forum,
    "says": _says,
    "file": _file,
    "edits": _edits,
    "presses": _presses,
    "answer_of": _answer_of,
    "blocks": _blocks,
    "fail": _fail,
    "clear_faults": _clear_faults,
    "limit": _limit,
    "push_update": _push_update,
    "repeat_update": _repeat_update,
    "messages": _messages,
    "calls": _calls,
    "state": _state,
    "wait": _wait,
}


def control_routes(sandbox: "Sandbox") -> list[web.RouteDef]:
    """Return the control routes of a sandbox."""

    async def handle(request: web.Request) -> web.StreamResponse:
        act = ACTS.get(request.match_info["act"])
        if act is None:
            return web.json_response({"error": f"no such act; there are: {', '.join(ACTS)}"}, status=404)
        try:
            return web.json_response({"result": await act(sandbox, await read_params(request))})
        except (ValueError, AssertionError, Refused, KeyError, binascii.Error) as error:
            return web.json_response({"error": str(error)}, status=400)

    return [web.route("*", "/sandbox/{act}", handle)]
