"""Tell whoever watches the process whether it is alive and able to answer: `/healthz` and `/readyz`.

Serves two paths and nothing else; what ready means is asked of the checks that `bot/app.py` passes in.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, in words, or None."""


class HealthServer:
    """Listens on a host and port. `/healthz` is 200 while the loop runs; `/readyz` 200, or 503 with what is wrong."""

    def __init__(self, address: tuple[str, int], checks: Mapping[str, Check]) -> None:
        self._address = address
        self._checks = checks
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Begin to listen; raises `OSError` where the address cannot be had."""
        application = web.Application()
        application.router.add_get("/healthz", self._alive)
        application.router.add_get("/readyz", self._ready)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._address).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _alive(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _ready(self, _request: web.Request) -> web.Response:
        wrong = {name: fault for name, check in self._checks.items() if (fault := await check()) is not None}
        status = 503 if wrong else 200
        return web.json_response({"status": "not ready" if wrong else "ready", "wrong": wrong}, status=status)
