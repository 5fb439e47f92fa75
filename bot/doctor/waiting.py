"""Blocking work with a deadline: a hanging name server or network folder must not keep the command from ending.

The event loop's own thread pool will not do: a program that ends waits for its threads. Called by `legs.py` and
`machine.py`.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T], seconds: float) -> T:
    """Return what `work` returns, or raise what it raises; `TimeoutError` after `seconds`, and it is left behind."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, failure: BaseException | None) -> None:
        if done.done():
            return
        if failure is not None:
            done.set_exception(failure)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # None only where T is None

    def run() -> None:
        result: T | None = None
        failure: Exception | None = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed to the caller, who raises it
            failure = error
        # A loop that was closed meanwhile has nobody left who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="diagnost-doctor", daemon=True).start()
    async with asyncio.timeout(seconds):
        return await done
