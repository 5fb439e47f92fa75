"""The bell: whoever changes the sandbox rings it, whoever waits for a condition looks again.

It replaces sleeping loops: a test, a long poll, the terminal and the webhook wait here with a deadline.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Wakes all who wait, each time something changed. Belongs to one event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Let all who wait look again."""
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait_for(self, look: Callable[[], Found | None], timeout: float) -> Found:
        """Return the first true value that `look` gives; raise TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            while True:
                found = look()
                if found:
                    return found
                future = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                try:
                    await future
                finally:
                    self._waiting.discard(future)
