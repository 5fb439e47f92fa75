"""Learned weights in files, named by the hash of what they were learned from.

Decides when a file fits: same phrases, same recipe, sound content; anything else is as if there were no file. A
directory that is absent or cannot be written is no fault: the weights are then learned at each start. Called by
`learner.py` and the commands that wait for weights.
"""

import io
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np

from bot.matching.corpus import Corpus
from bot.matching.learned import RECIPE, Learned

KEPT: Final = 8
"""Files kept in the directory, the latest used ones; a shipped knowledge base takes 8 MB."""


def chosen_directory() -> Path:
    """Return `CACHE_DIR`, or the user's own cache directory: for commands that read no settings."""
    named = os.environ.get("CACHE_DIR")
    return Path(named) if named else default_directory()


def default_directory() -> Path:
    """Return the directory for those who name none; it need not exist."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path("~/.cache")).expanduser() / "diagnost"


def key_of(corpus: Corpus) -> str:
    """Return the name that the weights of a corpus go by, in hexadecimal."""
    return f"{RECIPE}-{corpus.fingerprint()[:40]}"


def dump(learned: Learned, key: str) -> bytes:
    """Return weights as the content of a file."""
    head = json.dumps({"key": key, "mix": dict(learned.mix), "trust": dict(learned.trust)})
    scores = learned.scores if learned.scores is not None else np.zeros((0, 0), dtype=np.float32)
    content = io.BytesIO()
    np.savez(content, head=np.frombuffer(head.encode(), dtype=np.uint8), scores=scores)
    return content.getvalue()


def parse(content: bytes, key: str) -> Learned | None:
    """Return the weights in a file's content, or None where it is not sound or for another key."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            head = json.loads(found["head"].tobytes())
            scores = found["scores"]
        if head["key"] != key or scores.dtype != np.float32 or not np.isfinite(scores).all():
            return None
        mix = {str(name): float(value) for name, value in head["mix"].items()}
        trust = {str(name): float(value) for name, value in head["trust"].items()}
    except (ValueError, KeyError, TypeError, OSError, EOFError, AttributeError, BadZipFile):
        return None
    return Learned(mix, trust, scores if scores.size else None)


class Cache:
    """The files of one directory; None is a cache that forgets."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def load(self, key: str) -> Learned | None:
        """Return the weights kept under a key, or None."""
        if self._directory is None:
            return None
        path = self._path(self._directory, key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        with suppress(OSError):  # read-only: the times do not matter then, for nothing is ever removed
            os.utime(path)
        return parse(content, key)

    def save(self, key: str, content: bytes) -> bool:
        """Keep a file's content under a key, whole or not at all; return whether it could be kept."""
        if self._directory is None:
            return False
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._directory, prefix=".weights-", delete=False) as file:
                file.write(content)
            Path(file.name).replace(self._path(self._directory, key))
            self._forget(self._directory)
        except OSError:
            return False
        return True

    @staticmethod
    def _path(directory: Path, key: str) -> Path:
        return directory / f"weights-{key}.npz"

    @staticmethod
    def _forget(directory: Path) -> None:
        files = sorted(directory.glob("weights-*.npz"), key=lambda path: -path.stat().st_mtime)
        for path in files[KEPT:]:
            path.unlink(missing_ok=True)
