"""Whether the database can be used now: the operator is told once when it cannot, and once when it can again.

Callers that meet `StorageUnavailableError` wait and try again without a word; the words are said here. Called by
`bot/storage/database.py` from the writer's and the readers' threads.
"""

import threading
import time

import structlog

log = structlog.get_logger(__name__)


class Outage:
    """Begins with the first use that fails, ends with the first commit that changed something."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since = 0.0
        self.fault: str | None = None
        """Why the database cannot be used, in SQLite's words; None while it can."""

    def begins(self, fault: str) -> None:
        """Note that a use failed; said aloud where the one before did not."""
        with self._lock:
            if self.fault is not None:
                return
            self.fault = fault
            self._since = time.monotonic()
        log.critical("storage.unavailable", fault=fault)

    def ends(self) -> None:
        """Note that something was written; said aloud where that did not work before."""
        if self.fault is None:
            return
        with self._lock:
            self.fault = None
        log.info("storage.available", seconds=round(time.monotonic() - self._since, 1))
