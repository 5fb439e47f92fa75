"""A small licence gateway: `POST /license.api/getlicenseinfo` with a form field `key`, as a PBX of MIKO's has one.

Decides which of its invented keys is good, expired, exhausted or refused; every other one is unknown. The answer is
JSON that holds URL-encoded XML, the way `domain-facts` 1.6 describes it; nothing else of the real gateway is imitated.
Started by `stage.py` for the demo and the terminal chat, and by tests, with a certificate where they want HTTPS.
"""

import ssl
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from urllib.parse import quote_plus
from xml.sax.saxutils import quoteattr

from aiohttp import web

PATH: Final = "/license.api/getlicenseinfo"
GOOD: Final = "MIKO-GD0D1-DEM0A-KEY01-TRY11"
EXPIRED: Final = "MIKO-EXP1R-DEM0B-KEY02-TRY22"
EXHAUSTED: Final = "MIKO-FULL1-DEM0C-KEY03-TRY33"
REFUSED: Final = "MIKO-BAD26-DEM0D-KEY04-TRY44"
"""Answered with 2026; these keys exist nowhere but here."""

_LONGEST = 4096
_EXPIRED_FOR = timedelta(days=30)
_EXPIRES_IN = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that came in."""

    path: str
    query: str
    content_type: str
    key: str = field(repr=False)
    headers: dict[str, str] = field(repr=False, default_factory=dict)


@dataclass(slots=True)
class LicenceGateway:
    """`url = await gateway.start()`, and `await gateway.stop()`. `asked` holds what came in, oldest first."""

    today: date | None = None
    """The day that terms are reckoned from; the machine's where it is None."""
    asked: list[Asked] = field(default_factory=list)
    _runner: web.AppRunner | None = None

    async def start(self, port: int = 0, *, tls: ssl.SSLContext | None = None) -> str:
        """Listen on 127.0.0.1 and return the base address."""
        app = web.Application(client_max_size=_LONGEST)
        app.router.add_post(PATH, self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=tls)
        await site.start()
        bound = self._runner.addresses[0][1]
        return f"{'https' if tls else 'http'}://127.0.0.1:{bound}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        key = str(form.get("key", ""))
        self.asked.append(Asked(request.path, request.query_string, request.content_type, key, dict(request.headers)))
        return web.json_response(licence_info(key, self.today or date.today()))


def licence_info(key: str, today: date) -> dict[str, str]:
    """Return the gateway's JSON answer about a key."""
    over, running = today - _EXPIRED_FOR, today + _EXPIRES_IN
    if key == REFUSED:
        return {"error": "(2026) Your license key is invalid"}
    base = _product("11", "MikoPBX", "", _feature("33", "MikoPBX", 5, 1, 1))
    prof = "Панель телефонии 4.0 ПРОФ"
    products = {
        GOOD: base + _product("1", prof, running.isoformat(), _feature("48", "ПРОФ, сеанс 1С", 5, 0, 2)),
        EXPIRED: base + _product("31", "Bitrix24", over.isoformat(), _feature("41", "Bitrix24", 1, 1, 0)),
        EXHAUSTED: base + _product("1", prof, running.isoformat(), _feature("48", "ПРОФ, сеанс 1С", 5, 0, 5)),
    }.get(key)
    if products is None:
        return {"error": "(2009) License key error"}
    owner = {"companyname": "ООО «Ромашка» & Ко", "contact": "Анна", "email": "anna@example.com", "tel": "+70000000000"}
    return {"result": quote_plus(f"<license{_attributes(owner)}>{products}</license>")}


def _product(number: str, name: str, expired: str, features: str) -> str:
    return f"<product{_attributes({'id': number, 'name': name, 'trial': '0', 'expired': expired})}>{features}</product>"


def _feature(number: str, name: str, count: int, each: int, captured: int) -> str:
    attributes = {"id": number, "name": name, "count": str(count), "counteach": str(each), "captured": str(captured)}
    return f"<feature{_attributes(attributes)}/>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
