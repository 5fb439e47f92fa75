"""`diagnost kb ask --image FILE`: a screenshot to the matcher, with what was read on it and what of that counts.

Decides how that is shown and the exit code: 0 read, 2 no such file, 3 it could not be read. Called by `cli_kb.py` only,
which imports it late.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.cli_kb_ask import dumps, show_decision
from bot.kb.library import Library
from bot.ocr.read import Failure, Picture, read_now
from bot.ocr.tesseract import INSTALL, find_tesseract
from bot.screenshot import Understood, says_something, understand
from bot.triage import prepare
from bot.weights.ready import weights_of

READ, NOT_READ = 0, 3

_NO_HASH = b"kb ask keeps nothing"


def ask(
    library: Library, image: Path, caption: str, product: str | None, language: str | None, *, as_json: bool
) -> int:
    """Ask with a picture and an optional caption, print the decision, return the exit code. Raises `OSError`."""
    prepared = prepare(library, _NO_HASH, weights_of)
    read = read_now(image.read_bytes(), find_tesseract(), lambda lines: says_something(lines, prepared))
    lines = read.lines if isinstance(read, Picture) else ()
    understood = understand(lines, caption, prepared, language=language, product=product)
    decision, elapsed = understood.triaged.decision, round(understood.triaged.elapsed_ms, 3)
    if as_json:
        answer = decision.to_json(elapsed) | {"picture": _picture(read, understood)}
        sys.stdout.buffer.write(dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
    else:
        _show(read, understood)
        show_decision(library, decision, elapsed)
    return NOT_READ if isinstance(read, Failure) and read is not Failure.EMPTY else READ


def _picture(read: Picture | Failure, understood: Understood) -> dict[str, object]:
    return {
        "lines": list(understood.lines),
        "seen": list(understood.look.seen),
        "keys": list(understood.masked),
        "failure": read.value if isinstance(read, Failure) else None,
        "elapsed_ms": round(read.elapsed * 1000, 3) if isinstance(read, Picture) else None,
    }


def _show(read: Picture | Failure, understood: Understood) -> None:
    console = Console(highlight=False)
    if isinstance(read, Failure):
        mend = f": {INSTALL}" if read is Failure.NO_TESSERACT else ""
        console.print(Text(f"the picture was not read ({read.value}){mend}"))
        return
    console.print(Text(f"read on the picture in {read.elapsed:.1f} s:"))
    for line in understood.lines:
        console.print(Text(f"  {line}"))
    console.print(Text("what counts: " + (" · ".join(understood.look.seen) or "nothing")))
