"""How fast calls may go out: at most so many in any window of so many seconds. Pure: the caller brings the time.

A sliding window and not a leaky bucket (aiolimiter and the like): a bucket of 20 that refills over a minute lets 39
calls through in its first minute, and Telegram counts any minute.
"""

from collections import deque


class Pace:
    """At most `limit` calls in any `period` seconds."""

    __slots__ = ("_calls", "_limit", "_period")

    def __init__(self, limit: int, period: float) -> None:
        self._limit = limit
        self._period = period
        self._calls: deque[float] = deque(maxlen=limit)

    @classmethod
    def per(cls, rate: float, period: float) -> "Pace":
        """Return the pace of `rate` calls a `period`; a rate below one is one call in a longer period."""
        return cls(int(rate), period) if rate >= 1 else cls(1, period / rate)

    def delay(self, now: float) -> float:
        """Return how many seconds from `now` (a monotonic time) the next call has to wait; 0 where it may go."""
        if len(self._calls) < self._limit:
            return 0.0
        return max(0.0, self._calls[0] + self._period - now)

    def note(self, now: float) -> None:
        """Count a call that goes out at `now`."""
        self._calls.append(now)
