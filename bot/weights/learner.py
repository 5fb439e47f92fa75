"""Learns the weights of a corpus in a process of its own, or finds them in the cache.

Decides when learning is worth a process: a handful of phrases keeps the prior weights. Answers never wait for it:
`app.py` calls `find` at once and `learn` in the background; the commands that must give the same answer twice call
`wait_for`.
"""

import asyncio
import pickle
import subprocess
import sys
from pathlib import Path

from bot.matching.corpus import Corpus
from bot.matching.learned import Learned
from bot.matching.search import PRIOR
from bot.weights.cache import Cache, key_of, parse

MIN_PHRASES = 60
"""Phrases below which nothing is learned."""

_COMMAND = (sys.executable, "-m", "bot.weights.worker")


class LearningError(Exception):
    """The process that learns failed; the message is the end of what it said."""


def find(corpus: Corpus, cache: Cache) -> Learned | None:
    """Return the weights if they need not be learned: kept in the cache, or the prior ones of a small corpus."""
    if len(corpus.phrases) < MIN_PHRASES:
        return PRIOR
    return cache.load(key_of(corpus))


async def learn(corpus: Corpus, cache: Cache) -> Learned:
    """Learn and keep the weights; cancelling ends the process. Raises `LearningError`."""
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        said, complained = await process.communicate(pickle.dumps(corpus))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _kept(corpus, cache, process.returncode, said, complained)


def wait_for(corpus: Corpus, cache_directory: Path | None) -> Learned:
    """Return the weights, learned now where they are not kept. Raises `LearningError`."""
    cache = Cache(cache_directory)
    found = find(corpus, cache)
    if found is not None:
        return found
    done = subprocess.run(_COMMAND, input=pickle.dumps(corpus), capture_output=True, check=False)  # noqa: S603 - ourselves
    return _kept(corpus, cache, done.returncode, done.stdout, done.stderr)


def _kept(corpus: Corpus, cache: Cache, code: int | None, said: bytes, complained: bytes) -> Learned:
    key = key_of(corpus)
    learned = parse(said, key) if code == 0 else None
    if learned is None:
        last = complained.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {code}"]
        raise LearningError(last[0])
    cache.save(key, said)
    return learned
