"""The process that reads one picture: `python -m bot.ocr.worker`, image on standard input, JSON on standard output.

Limits itself before it touches the bytes (memory, processor time, no files written), prepares the page, and has
tesseract read it as a child of its own in the same process group, so that whoever started it can end both at once.
Decides when small text is worth a second look. Prints `{"lines": [[text, confidence], …]}` or `{"failure": name}`.
Started by `read.py` only; imports nothing of the bot but `prepare.py`.
"""

import argparse
import contextlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from PIL import Image

from bot.ocr.prepare import (
    MOST_ENLARGED,
    NoImageError,
    Style,
    TooLargeError,
    fitting,
    is_blank,
    opened,
    page,
)

LANGUAGES = "rus+eng"
WORD_CONFIDENCE = 25.0
"""Per cent below which tesseract's word is noise: icons, borders, shadows."""

SECOND_LOOK_LEFT, SECOND_LOOK_SECONDS = 0.6, 4.0
"""Small words are read again only where at least this share of the time is left, for so long at the most."""

SMALL_WORD = 15
"""Pixels on the page: words lower than this are read again, larger."""

LARGER_PAGE_PIXELS = 12_000_000
PAGE_LAYOUT, SPARSE_LAYOUT = "3", "11"
"""Tesseract's page segmentation modes: a whole page, and scattered text in no order."""

_COLUMNS = 12
_WORD_LEVEL = "5"
_OUT_OF_MEMORY = (b"bad_alloc", b"Cannot allocate", b"calloc fail", b"malloc fail", b"std::length_error")


@dataclass(frozen=True, slots=True)
class Word:
    """One word as tesseract reports it; `line` says which words stand in one line."""

    line: tuple[str, str, str, str]
    height: int
    confidence: float
    text: str


class FailedError(Exception):
    """The picture cannot be read; the text is the failure's name for `read.py`."""


def main() -> None:
    """Read the picture on standard input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tesseract", required=True)
    parser.add_argument("--memory", type=int, required=True, help="bytes of address space")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--closer", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    _limit(options.memory, options.seconds)
    try:
        content = sys.stdin.buffer.read()
        lines = read(content, options.tesseract, options.seconds, closer=options.closer)
        said: dict[str, object] = {"lines": lines}
    except FailedError as error:
        said = {"failure": str(error)}
    except MemoryError:
        said = {"failure": "out_of_memory"}
    sys.stdout.write(json.dumps(said, ensure_ascii=True))


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    # An exception, so that `subprocess.run` ends its child and waits for it: no zombie is left to a careless init.
    raise SystemExit(1)


def _limit(memory: int, seconds: float) -> None:
    whole = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Should the starter die without a word, this ends by itself.
    signal.alarm(whole + 2)


def read(content: bytes, tesseract: str, seconds: float, *, closer: bool) -> list[tuple[str, float]]:
    """Return the lines of a picture with the mean confidence of their words, 0 to 100. Raises `FailedError`.

    `closer`: whatever stands out from its surroundings is taken for text, wherever it is; slower, and sees more noise.
    """
    begun = time.monotonic()
    try:
        image = opened(content)
    except TooLargeError:
        raise FailedError("too_big") from None
    except NoImageError:
        raise FailedError("not_an_image") from None
    if is_blank(image):
        raise FailedError("empty")

    def left() -> float:
        return seconds - (time.monotonic() - begun)

    if closer:
        return _lines(_recognise(tesseract, page(image, Style.RELIEF), SPARSE_LAYOUT, left()))
    words: Sequence[Word] = _recognise(tesseract, page(image), PAGE_LAYOUT, left())
    if _small(words) and fitting(image.size) < MOST_ENLARGED and left() > seconds * SECOND_LOOK_LEFT:
        larger = page(image, Style.PLAIN, fitting(image.size, LARGER_PAGE_PIXELS))
        # Where the time does not suffice, the first look is worth more than an excuse.
        with contextlib.suppress(FailedError):
            words = _better(words, _recognise(tesseract, larger, PAGE_LAYOUT, min(left(), SECOND_LOOK_SECONDS)))
    return _lines(words)


def _recognise(tesseract: str, image: Image.Image, layout: str, seconds: float) -> list[Word]:
    """Have tesseract read a page; `layout` is its page segmentation mode."""
    shown = io.BytesIO()
    image.save(shown, "PNG", compress_level=1)
    command = [tesseract, "stdin", "stdout", "-l", LANGUAGES, "--psm", layout, "--dpi", "300", "tsv"]
    try:
        done = subprocess.run(  # noqa: S603 - the program that the operator installed, and no word of a stranger's
            command,
            input=shown.getvalue(),
            capture_output=True,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            timeout=max(seconds, 0.1),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FailedError("timed_out") from None
    except OSError:
        raise FailedError("no_tesseract") from None
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise FailedError("timed_out")
    if done.returncode != 0:
        raise FailedError("out_of_memory" if any(sign in done.stderr for sign in _OUT_OF_MEMORY) else "no_tesseract")
    return _words(done.stdout.decode("utf-8", "replace"))


def _words(table: str) -> list[Word]:
    words = []
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != _COLUMNS or cells[0] != _WORD_LEVEL or not cells[-1].strip():
            continue
        confidence = float(cells[10])
        if confidence >= WORD_CONFIDENCE:
            place = (cells[1], cells[2], cells[3], cells[4])
            words.append(Word(place, int(cells[9]), confidence, cells[-1].strip()))
    return words


def _worth(words: Sequence[Word]) -> float:
    """Return how many words were read, each counted as far as it is sure."""
    return sum(word.confidence / 100 for word in words if any(map(str.isalnum, word.text)))


def _small(words: Sequence[Word]) -> bool:
    heights = sorted(word.height for word in words if len(word.text) > 1)
    return bool(heights) and heights[len(heights) // 2] < SMALL_WORD


def _lines(words: Sequence[Word]) -> list[tuple[str, float]]:
    rows: dict[tuple[str, str, str, str], list[Word]] = {}
    for word in words:
        rows.setdefault(word.line, []).append(word)
    return [
        (" ".join(word.text for word in row), round(sum(word.confidence for word in row) / len(row), 1))
        for row in rows.values()
    ]


def _better(one: Sequence[Word], other: Sequence[Word]) -> Sequence[Word]:
    return one if _worth(one) >= _worth(other) else other


if __name__ == "__main__":
    main()
