"""Learning in the background: the prior weights answer until the learned ones are there, then these are swapped in.

Decides when to learn: for every snapshot that wants it, one at a time, and never for one that has been replaced
meanwhile. What fails is logged and tried again at the next snapshot; the bot goes on with the prior weights. Run by
`app.py`, which says what a snapshot wants to learn from and how it is improved.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from bot.kb.watch import LibraryHolder, Snapshot
from bot.matching.corpus import Corpus
from bot.matching.learned import Learned
from bot.weights.cache import Cache
from bot.weights.learner import LearningError, learn

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Learning(Generic[T]):
    """Learns for the current snapshot of a holder until cancelled; `swapped` tells of a new snapshot.

    `wanted` returns what to learn from, or None where there is nothing to learn; `improved` what is to be current then.
    """

    def __init__(
        self,
        holder: LibraryHolder[T],
        cache: Cache,
        wanted: Callable[[T], Corpus | None],
        improved: Callable[[T, Learned], T],
    ) -> None:
        self._holder = holder
        self._cache = cache
        self._wanted = wanted
        self._improved = improved
        self._news = asyncio.Event()

    def swapped(self) -> None:
        """Look at the current snapshot anew."""
        self._news.set()

    async def run(self) -> None:
        """Learn whenever there is something to learn."""
        while True:
            self._news.clear()
            snapshot = self._holder.current
            corpus = self._wanted(snapshot.prepared)
            if corpus is None:
                await self._news.wait()
                continue
            async with asyncio.TaskGroup() as tasks:
                learning = tasks.create_task(self._learn(snapshot, corpus))
                await self._news.wait()
                learning.cancel()

    async def _learn(self, snapshot: Snapshot[T], corpus: Corpus) -> None:
        begun = time.monotonic()
        try:
            learned = await learn(corpus, self._cache)
        except (LearningError, OSError) as error:
            log.warning("weights.not_learned", why=str(error), kb=snapshot.library.revision[:19])
            return
        if self._holder.refine(snapshot, self._improved(snapshot.prepared, learned)):
            seconds = round(time.monotonic() - begun, 1)
            log.info("weights.learned", kb=snapshot.library.revision[:19], seconds=seconds)
