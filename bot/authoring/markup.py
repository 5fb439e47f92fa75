"""HTML and SVG from values: an element is a function call, and whatever is not markup already is escaped, once. Pure.

Decides escaping and nothing else. Questions of customers and texts of articles pass through here on their way into a
report, so a report cannot hold what they wrote as markup. Called by `plots.py`, `page.py` and the two reports.
"""

import html
import re
from typing import Final

VOID: Final = frozenset({"meta", "br", "line", "circle", "path", "rect"})
"""Elements without content: HTML's own, and those of SVG that we leave empty."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that HTML or UTF-8 cannot hold."""


class Safe(str):
    """Text that is markup already and must not be escaped again."""

    __slots__ = ()


def text(words: str) -> Safe:
    """Return words as markup that shows them."""
    return words if isinstance(words, Safe) else Safe(html.escape(_UNFIT.sub("\ufffd", words), quote=True))


def join(*parts: str) -> Safe:
    """Return parts one after another; those that are no markup are escaped."""
    return Safe("".join(map(text, parts)))


def el(name: str, /, *inside: str, **attributes: str | float) -> Safe:
    """Return an element. `cls` stands for `class`, and an underscore in a name for a hyphen."""
    given = "".join(
        f' {"class" if key == "cls" else key.rstrip("_").replace("_", "-")}="{text(_written(value))}"'
        for key, value in attributes.items()
        if value != ""
    )
    if name in VOID and not inside:
        return Safe(f"<{name}{given}>" if name in {"meta", "br"} else f"<{name}{given}/>")
    return Safe(f"<{name}{given}>{join(*inside)}</{name}>")


def _written(value: str | float) -> str:
    """Return an attribute's value; numbers with two decimals at most, for a plot needs no more."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
