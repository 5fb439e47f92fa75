"""Asks Telegram: makes the calls that the checks need, side by side, once the way there has been walked.

Decides what is asked and how long it may take; `checks.py` and `staff_checks.py` say what the answers mean. It sends
nothing, sets nothing and confirms no update: getUpdates goes out without an offset. Called by `examine.py`.
"""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

from bot.clock import SystemClock
from bot.doctor import checks, staff_checks
from bot.doctor.checks import CONFLICT, Listened, Polled
from bot.doctor.finding import Finding, unknown
from bot.doctor.legs import Walk
from bot.doctor.setup import Setup
from bot.outbox.answer import Answer, NoAnswerError
from bot.telegram.api import Api, make_bot

CALL_SECONDS = 8.0
ASK_SECONDS = 9.5
LATE_CONFLICT_SECONDS = 3.2
"""Telegram's server may hold an answer 409 back for three seconds (telegram-bot-api, Client.cpp)."""

PAUSE_SECONDS = 0.5
MANAGERS_ASKED = 10
_ASKED = ("token", "webhook", "poller", "privacy", "staff", "rights", "managers")


async def look(setup: Setup, walked: Walk, *, running: bool) -> list[Finding]:
    """Judge the way and ask. `running`: a bot with this database polls now, and must not be disturbed."""
    proxied = setup.proxy is not None
    found = [
        checks.line(walked, setup.api_base, proxied=proxied),
        checks.proxy(walked, None if setup.proxy is None else _without_password(setup.proxy)),
    ]
    if not checks.reached(walked):
        return found + _unasked(setup, checks.NO_LINE)
    api = Api(make_bot(setup.token, setup.api_base, setup.proxy))
    try:
        async with asyncio.timeout(ASK_SECONDS):
            return found + await _ask(api, setup, running=running)
    except TimeoutError:
        return found + _unasked(setup, f"not seen within {ASK_SECONDS:.0f} s")
    finally:
        await api.close()


def _unasked(setup: Setup, why: str) -> list[Finding]:
    """Return the findings for all that was not asked; what is not set is known without asking."""
    known = [*(staff_checks.staff_unset() if setup.staff_chat is None else ())]
    if not setup.manager_ids:
        known.append(staff_checks.managers((), {}))
    names = {finding.id for finding in known}
    return known + [unknown(check, why) for check in _ASKED if check not in names]


def _without_password(proxy: str) -> str:
    parts = urlsplit(proxy)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


async def _ask(api: Api, setup: Setup, *, running: bool) -> list[Finding]:
    staff_chat = setup.staff_chat
    asked = setup.manager_ids[:MANAGERS_ASKED]
    async with asyncio.TaskGroup() as tasks:
        me = tasks.create_task(_call(api, "getMe"))
        info = tasks.create_task(_call(api, "getWebhookInfo"))
        polled = tasks.create_task(_poller(api, setup, running=running))
        chats = {
            chat: tasks.create_task(_call(api, "getChat", chat_id=chat))
            for chat in (*asked, *((staff_chat,) if staff_chat is not None else ()))
        }
        member = (
            tasks.create_task(_call(api, "getChatMember", chat_id=staff_chat, user_id=setup.bot_id))
            if staff_chat is not None
            else None
        )
    its_member = member.result() if member is not None else None
    staff = (
        staff_checks.staff_unset()
        if staff_chat is None
        else (
            staff_checks.staff(chats[staff_chat].result()),
            staff_checks.rights(chats[staff_chat].result(), its_member),
        )
    )
    return [
        checks.token(me.result(), len(setup.token.partition(":")[2])),
        checks.webhook(info.result(), setup.webhook_url, SystemClock().now()),
        polled.result(),
        staff_checks.privacy(me.result(), its_member, staff_chat),
        *staff,
        staff_checks.managers(setup.manager_ids, {chat: chats[chat].result() for chat in asked}),
    ]


async def _call(api: Api, method: str, seconds: float = CALL_SECONDS, **parameters: Any) -> Answer | None:
    try:
        return await api.call(method, parameters, seconds)
    except NoAnswerError:
        return None


async def _poller(api: Api, setup: Setup, *, running: bool) -> Finding:
    if setup.webhook_url is not None:
        return checks.poller_unused()
    if running:
        return checks.poller_left_alone()
    try:
        async with asyncio.timeout(setup.listen_seconds + LATE_CONFLICT_SECONDS):
            return checks.poller(await _listen(api, setup.listen_seconds))
    except TimeoutError:
        return checks.poller(Polled(None))


async def _listen(api: Api, seconds: int) -> Polled:
    """Hold a long poll open and see whether somebody else's ends it.

    Asking with a timeout of 0 would not do: Telegram ends the older of two long polls, and one that does not wait is
    never the older. Where updates wait the answer comes at once; then it is watched whether somebody takes them.
    """
    ends = time.monotonic() + seconds
    first: int | None = None
    while True:
        left = max(ends - time.monotonic(), 1.0)
        answer = await _call(api, "getUpdates", left + LATE_CONFLICT_SECONDS, timeout=round(left), limit=1)
        if answer is None or not answer.ok:
            return _refused(answer)
        newest = _update_id(answer.result)
        if first is not None and newest != first:
            return Polled(Listened.TAKEN)
        if newest is None:
            return Polled(Listened.ALONE)
        first = newest
        if time.monotonic() >= ends:
            return Polled(Listened.WAITING)
        await asyncio.sleep(PAUSE_SECONDS)


def _refused(answer: Answer | None) -> Polled:
    if answer is not None and answer.code == CONFLICT:
        by_webhook = "webhook" in answer.description.lower()
        return Polled(Listened.WEBHOOK if by_webhook else Listened.CONFLICT)
    return Polled(None, answer)


def _update_id(result: object) -> int | None:
    match result:
        case [{"update_id": int(number)}, *_]:
            return number
        case _:
            return None
