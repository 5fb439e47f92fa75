"""`diagnost read FILE`: what Diagnost understands of a tool's output that a customer pasted or attached.

Decides how a reading is printed and the exit codes: 0 nothing wrong or no tool's output, 1 a fault was found, 2 wrong
use, 3 nothing was proved. Facts pass the redactor on their way out. Mounted by `bot/cli.py`.
"""

import json
import os
import sys
import time
from pathlib import Path

import typer

from bot.clock import SystemClock
from bot.conversations.redact import Redactor
from bot.diagnostics.reading.book import book_of
from bot.diagnostics.reading.decode import LONGEST, decode
from bot.diagnostics.reading.read import CountSecrets, Json, Reading, read
from bot.diagnostics.verdict import Light, Side, Verdict, light
from bot.kb import DEFAULT_KB
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.library import Library
from bot.kb.loader import load

_KEYS = frozenset(("key", "coupon"))
_SIGNS = {Light.GOOD: "✅", Light.WARN: "⚠️", Light.BAD: "❌", Light.UNKNOWN: "❔"}
_STDIN = "-"


def read_file(file: str, *, as_json: bool, kb: Path | None) -> None:
    """Read a file, or standard input for `-`, print what was understood, and leave with its exit code."""
    content = _content(file)
    library = _library(kb or Path(os.environ.get("KB_DIR") or DEFAULT_KB))
    redactor = _redactor(library)
    today = time.strftime("%Y-%m-%d", time.gmtime(SystemClock().now()))
    reading = read(decode(content), book_of(library), today=today, count=counter(redactor))
    _print(_clean(reading.to_json(), redactor), as_json=as_json)
    raise typer.Exit(exit_code(reading))


def exit_code(reading: Reading) -> int:
    """Return the exit code of a reading."""
    if reading.verdict in (Verdict.OK, Verdict.NOT_DIAGNOSTIC):
        return 0
    return 3 if reading.verdict is Verdict.INCONCLUSIVE else 1


def counter(redactor: Redactor) -> CountSecrets:
    """Return what counts the keys and the other secrets that the redactor takes out of a text."""

    def count(text: str) -> tuple[int, int]:
        secrets = redactor.redact(text).secrets
        keys = sum(secret.kind in _KEYS for secret in secrets)
        return keys, len(secrets) - keys

    return count


def _content(file: str) -> bytes:
    try:
        if file == _STDIN:
            return sys.stdin.buffer.read(LONGEST)
        with Path(file).open("rb") as stream:
            return stream.read(LONGEST)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no such file"
        typer.echo(f"{file}: {why}", err=True)
        raise typer.Exit(2) from None


def _library(directory: Path) -> Library:
    try:
        return load(directory)
    except KnowledgeBaseFaults as error:
        for fault in error.faults:
            typer.echo(str(fault), err=True)
        raise typer.Exit(2) from None


def _redactor(library: Library) -> Redactor:
    # Nothing is stored here, so the hashes need no key that lasts.
    return Redactor([each for product in library.products.values() for each in product.key_formats], os.urandom(32))


def _clean(value: Json, redactor: Redactor) -> Json:
    """Return the value with all texts redacted: a certificate's name or a company's may hold anything."""
    if isinstance(value, str):
        return redactor.clean(value)
    if isinstance(value, list):
        return [_clean(each, redactor) for each in value]
    if isinstance(value, dict):
        return {name: _clean(each, redactor) for name, each in value.items()}
    return value


def _print(shown: Json, *, as_json: bool) -> None:
    if as_json:
        # Not the console's encoding: JSON is UTF-8 wherever it goes.
        sys.stdout.buffer.write(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()
        return
    if not isinstance(shown, dict) or not isinstance(shown["tools"], list):
        return
    for tool in shown["tools"]:
        if isinstance(tool, dict):
            facts = tool["facts"] if isinstance(tool["facts"], dict) else {}
            told = "  ".join(f"{name}={_plain(value)}" for name, value in facts.items())
            print(f"{_mark(str(tool['verdict']))} {tool['tool']}: {tool['verdict']}  {told}".rstrip())
    side = Side(str(shown["side"]))
    where = f", on the side of: {side.value}" if side not in (Side.NONE, Side.UNKNOWN) else ""
    print(f"{_mark(str(shown['verdict']))} {shown['verdict']}{where}")
    if shown["article"]:
        print(f"   → {shown['article']}")
    if isinstance(shown["secrets"], dict) and any(shown["secrets"].values()):
        print("   The text holds a licence key or another secret: delete it where it was posted.")


def _mark(verdict: str) -> str:
    return _SIGNS[light(Verdict(verdict))]


def _plain(value: Json) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
