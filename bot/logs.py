"""How the program logs: one line for each event, the same for our own lines and those of the libraries.

Decides format, level and what must never be written: the bot's token, the secrets of the settings and whatever has the
shape of a token or a licence key are masked in every string of an event, exceptions and tracebacks included. This
is the last net: callers log ids and codes, not texts. `bot.cli` calls `configure` once; others call `get_logger`.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Final, TextIO
from urllib.parse import quote

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

MASK: Final = "‹secret›"
KEY_MASK: Final = "‹key›"

QUIET: Final = (
    "aiogram",
    "aiohttp",
    "asyncio",
    "filelock",
    "httpcore",
    "httpx",
    "markdown_it",
    "pymorphy3",
    "watchfiles",
)
"""Libraries that are heard from WARNING on: httpx prints whole URLs, aiogram whole updates, pymorphy3 a path."""

_SHORTEST_SECRET = 6  # a shorter one would blacken ordinary words
_SHORTEST_TOKEN_KEY = 20
_DEEPEST = 12
_SHAPES = (
    (re.compile(r"(?<![0-9])[0-9]{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"), MASK),
    (re.compile(r"(?<=://)[^\s/:@]{0,100}:[^\s/@]{1,200}(?=@)"), MASK),
    (re.compile(r"(?i)(?<![A-Z0-9])[A-Z]{2,12}(?:(?:[-–—_]|%2D)[A-Z0-9]{5}){4}(?![A-Z0-9])"), KEY_MASK),
)


class Masker:
    """Takes the given secrets, and what looks like one, out of anything that is about to be written."""

    def __init__(self, secrets: Sequence[str]) -> None:
        spellings = {form for secret in secrets for form in _spellings(secret) if len(form) >= _SHORTEST_SECRET}
        longest_first = sorted(spellings, key=lambda s: (-len(s), s))
        self._exact = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """Return the text with every secret replaced."""
        if self._exact is not None:
            text = self._exact.sub(MASK, text)
        for shape, mask in _SHAPES:
            text = shape.sub(mask, text)
        return text

    def value(self, value: object, depth: int = 0) -> object:
        """Return the value with secrets replaced at every depth; an object that is no plain value becomes its repr."""
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping() if depth < _DEEPEST:
                return {self.text(str(k)): self.value(v, depth + 1) for k, v in value.items()}
            case list() | tuple() | set() | frozenset() if depth < _DEEPEST:
                return [self.value(each, depth + 1) for each in value]
            case BaseException():
                return self.text(f"{type(value).__name__}: {value}")
            case _:
                return self.text(repr(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Mask a whole event: the last step but one, right before it becomes a line."""
        return {str(key): self.value(value) for key, value in event.items()}


def _spellings(secret: str) -> set[str]:
    """Return the ways a secret can stand in a line: as it is, in a URL, in JSON, in a repr, a token without its id."""
    token_key = secret.partition(":")[2]
    forms = {secret, quote(secret, safe=""), quote(secret, safe=":"), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
    return forms | ({token_key} if len(token_key) >= _SHORTEST_TOKEN_KEY else set())


class LineHandler(logging.StreamHandler[TextIO]):
    """Writes lines; tells of one that cannot be made without its arguments, which the standard handler prints."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the standard library's
        """Write which call was wrong."""
        sys.stderr.write(f"a log line could not be written: {record.name} {record.pathname}:{record.lineno}\n")


def configure(form: str, level: str, secrets: Sequence[str], stream: TextIO | None = None) -> None:
    """Route all logging to `stream` (standard error by default) as `console` lines or `json`; may be called again.

    `level` is a name of the standard library; `secrets` are exact values that must never be written.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    handler = LineHandler(stream or sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,  # before the masker: from here on a traceback is a string
                Masker(secrets),
                _renderer(form, handler.stream),
            ],
        )
    )
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, LineHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,  # tests configure again
    )


def _renderer(form: str, stream: TextIO) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    colours = stream.isatty()
    return structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)


def get_logger(name: str) -> BoundLogger:
    """Return the logger of a module: `log.info("update_stored", update_id=1)`, an event's name and its values."""
    return structlog.stdlib.get_logger(name)
