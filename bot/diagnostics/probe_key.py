"""Asks a declared licence gateway about one key, after its owner has agreed.

Decides whether a key check can be used at all (its address and secrets come from the environment), puts the key into
the body or a header of the request and nowhere else, and hands the answer to `key_rules.py`. The network's rules are
`probe_http.py`'s: the declared host at a pinned address, no redirect with a key, 1 MB, one deadline. What the network
says instead of an answer is the finding of that probe; none of it says anything about the key. Called by
`handlers/key_runs.py`. Findings hold no part of the key.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Final
from urllib.parse import urlencode

from bot.diagnostics.key_rules import Judged, judge
from bot.diagnostics.probe_dns import pin
from bot.diagnostics.probe_http import Request, fetch, http_finding
from bot.diagnostics.target import Allowed, Policy, Reach, is_public, literal
from bot.diagnostics.verdict import Finding, Verdict
from bot.kb.checks import KeyCheck, ProductChecks, host_and_port
from bot.kb.key_checks import PLACE

ABOUT_THE_KEY: Final = frozenset(
    {
        Verdict.OK,
        Verdict.NO_SEAT,
        Verdict.KEY_INVALID,
        Verdict.LICENCE_EXPIRED,
        Verdict.NOT_ALLOWED,
        Verdict.SERVER_CODE,
    }
)
"""Verdicts that say something of the key; every other one only says that it could not be checked."""

_ANSWERS: Final = range(200, 300)
_SERVER_FAULTS: Final = range(500, 600)


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A key check that can be used: where it goes, and with which headers (secrets, which are not in the repr)."""

    product: str
    check: KeyCheck
    url: str
    policy: Policy
    headers: Mapping[str, str] = field(repr=False)

    @property
    def host(self) -> str:
        """The host that the key goes to."""
        return host_and_port(self.url)[0]

    @property
    def secure(self) -> bool:
        """Whether the way there is encrypted."""
        return self.url.startswith("https:")


def key_check_of(checks: ProductChecks) -> KeyCheck | None:
    """Return the product's key check, the first where there are several."""
    return next((check for check in checks.checks if isinstance(check, KeyCheck)), None)


def ready(product: str, checks: ProductChecks, environment: Mapping[str, str], reach: Reach) -> ReadyCheck | None:
    """Return the product's key check with the operator's settings, or None where it is not declared or not set up.

    Plain http is taken only to an address that is private, or a name that the operator allows to be so.
    """
    check = key_check_of(checks)
    if check is None:
        return None
    request = check.request
    url = (request.url or environment.get(request.url_env or "", "")).strip().rstrip("/")
    if request.path is not None and not url.endswith(request.path):
        url += request.path
    secrets = {header: environment.get(name, "").strip() for header, name in request.secret_env.items()}
    if not all(secrets.values()) or not all(value.isprintable() and value.isascii() for value in secrets.values()):
        return None
    policy = Policy.of(checks, reach)
    try:
        host = host_and_port(url)[0]
        policy = policy.plus(url)
    except ValueError:
        return None
    fixed = literal(host) if request.url_env is not None else None
    at_home = host in policy.allowed.hosts or (fixed is not None and not is_public(fixed))
    if not url.startswith("https:") and not at_home:
        # A key opens its owner's cabinet: it crosses nobody else's network unencrypted.
        return None
    if fixed is not None:
        # The operator wrote this very address down; a name that leads to such a one still has to be allowed.
        policy = replace(policy, allowed=policy.allowed | Allowed.of([str(fixed)]))
    return ReadyCheck(product, check, url, policy, secrets)


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
