"""Asks a declared licence gateway about one key, after its owner has agreed.

Decides whether a key check can be used at all (its address and secrets come from the environment), puts the key into
the body or a header of the request and nowhere else, and hands the answer to `key_rules.py`. The network's rules are
`probe_http.py`'s: the declared host at a pinned address, no redirect with a key, 1 MB, one deadline. What the network
says instead of an answer is the finding of that probe; none of it says anything about the key. Called by
`handlers/key_runs.py`. Findings hold no part of the key.
"""

import asyncio
from datetime import date
from functools import partial
from typing import Final
from urllib.parse import urlencode

from bot.diagnostics.key_rules import Judged, judge
from bot.diagnostics.key_setup import ABOUT_THE_KEY, ReadyCheck
from bot.diagnostics.probe_dns import pin
from bot.diagnostics.probe_http import Request, fetch, http_finding
from bot.diagnostics.target import Reach
from bot.diagnostics.verdict import Finding, Verdict
from bot.kb.key_checks import PLACE

_ANSWERS: Final = range(200, 300)
_SERVER_FAULTS: Final = range(500, 600)


async def check_key(ready_check: ReadyCheck, key: str, reach: Reach, today: date) -> Judged:
    """Ask about `key`, within the check's seconds. Never raises for anything that the network or the gateway does."""
    check = ready_check.check
    loop = asyncio.get_running_loop()
    deadline = loop.time() + check.timeout
    find = partial(pin, policy=ready_check.policy, reach=reach, timeout=check.timeout / 2)
    try:
        async with asyncio.timeout_at(deadline + 0.5):
            reply = await fetch(_request(ready_check, key), find, ready_check.policy, reach, check.timeout)
    except TimeoutError:
        return Judged(Finding(Verdict.INCONCLUSIVE, {"stage": "http", "why": "timeout"}), None, {})
    if isinstance(reply, Finding):
        return Judged(reply, None, {})
    if reply.cut or reply.late:
        why = "too_large" if reply.cut else "timeout"
        return Judged(http_finding(Verdict.INCONCLUSIVE, reply.pin, status=reply.status, why=why), None, {})
    # In a thread: a megabyte of XML takes its time, and the others do not wait for it.
    judged = await asyncio.to_thread(judge, check, reply.text(), today)
    if reply.status in _ANSWERS or (judged.finding.verdict in ABOUT_THE_KEY - {Verdict.OK}):
        return judged
    verdict = Verdict.SERVICE_DOWN if reply.status in _SERVER_FAULTS else Verdict.HTTP_ERROR
    return Judged(http_finding(verdict, reply.pin, status=reply.status, why="status"), None, {})


def _request(ready_check: ReadyCheck, key: str) -> Request:
    request = ready_check.check.request
    headers = {name: text.replace(PLACE, key) for name, text in request.headers.items()}
    if request.form:
        content = urlencode({name: text.replace(PLACE, key) for name, text in request.form.items()})
        kind = "application/x-www-form-urlencoded"
    else:
        content = (request.body or "").replace(PLACE, key)
        kind = "application/json" if content.lstrip()[:1] in {"{", "["} else "text/plain; charset=utf-8"
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = kind
    sent = content.encode()
    headers |= {"Content-Length": str(len(sent)), **ready_check.headers}
    return Request(request.method, ready_check.url, headers, sent)
