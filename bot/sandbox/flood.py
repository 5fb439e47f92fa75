"""Flood control: how often the bot may write, as Telegram is known to count.

Decides when a call gets a 429 and how long it asks to wait. Off unless asked for, and its numbers can be set, for
Telegram publishes only "about one a second per chat, 30 a second, 20 a minute per group"
(core.telegram.org/bots/faq).
"""

from collections import deque
from dataclasses import dataclass, field
from math import ceil

from bot.sandbox.wire import Refused, too_many

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages per seconds; `chat_burst` is how many a chat takes at once before one a second holds."""

    chat_burst: int = 3
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    overall_per_second: int = 30


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


@dataclass(slots=True)
class FloodControl:
    """Counts what was sent; `now` is given by the caller, seconds on any steady clock."""

    limits: Limits = Limits()
    _buckets: dict[int, _Bucket] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)
    _overall: deque[float] = field(default_factory=deque)

    def check(self, chat_id: int, now: float, weight: int = 1) -> Refused | None:
        """Count a call that puts `weight` messages into the chat, or return its 429 and count nothing."""
        wait = max(self._bucket_wait(chat_id, now), self._group_wait(chat_id, now, weight), self._overall_wait(now))
        if wait > 0:
            return too_many(ceil(wait))
        bucket = self._buckets[chat_id]
        bucket.level += weight
        self._overall.extend([now] * weight)
        if chat_id < 0:
            self._groups.setdefault(chat_id, deque()).extend([now] * weight)
        return None

    def _bucket_wait(self, chat_id: int, now: float) -> float:
        bucket = self._buckets.setdefault(chat_id, _Bucket(0.0, now))
        bucket.level = max(0.0, bucket.level - (now - bucket.at) * self.limits.chat_per_second)
        bucket.at = now
        over = bucket.level + 1 - self.limits.chat_burst
        return over / self.limits.chat_per_second if over > 0 else 0.0

    def _group_wait(self, chat_id: int, now: float, weight: int) -> float:
        sent = self._groups.get(chat_id)
        if sent is None:
            return 0.0
        while sent and now - sent[0] >= MINUTE:
            sent.popleft()
        if len(sent) + weight <= self.limits.group_per_minute:
            return 0.0
        return MINUTE - (now - sent[0]) if sent else 0.0

    def _overall_wait(self, now: float) -> float:
        while self._overall and now - self._overall[0] >= 1.0:
            self._overall.popleft()
        return 1.0 if len(self._overall) >= self.limits.overall_per_second else 0.0
