"""Buttons about checks: what each does and what its value holds, for those who show them and those who are pressed.

A value begins with the language of the message that the button stands under; `words_of` takes that off again. Light:
every start imports this.
"""

from typing import Final

from bot.conversations.events import Button
from bot.diagnostics.commands import System
from bot.i18n import LANGUAGES
from bot.telegram.talk import Talk

OF_ARTICLE: Final = "diag"
"""Under an article: its check."""
START: Final = "diag_start"
CANCEL: Final = "diag_cancel"
SIDE: Final = "diag_side"
"""Offers commands for the customer's end; `SYSTEM` gives those of one system."""
SYSTEM: Final = "diag_system"

SCRIPT: Final = "diag_script"
"""Sends one script for all of a product's hosts."""

DOES: Final = frozenset({OF_ARTICLE, START, CANCEL, SIDE, SYSTEM, SCRIPT})

_WORDS: Final = {OF_ARTICLE: 0, START: 2, CANCEL: 1, SIDE: 2, SYSTEM: 3, SCRIPT: 1}
_LABELS: Final = {
    System.CMD: "btn-diag-cmd",
    System.POWERSHELL: "btn-diag-powershell",
    System.LINUX: "btn-diag-linux",
}


def start(talk: Talk, product: str, check_id: str, article: str | None = None) -> Button:
    """Return what a button does that begins a check."""
    return Button(START, article=article, value=f"{talk.language} {product} {check_id}")


def cancel(talk: Talk, run_id: str) -> tuple[str, Button]:
    """Return the button that ends a run."""
    return talk.label("btn-diag-cancel"), Button(CANCEL, value=f"{talk.language} {run_id}")


def side(talk: Talk, product: str, check_id: str) -> tuple[str, Button]:
    """Return the button that offers commands for the customer's end."""
    return talk.label("btn-diag-side"), Button(SIDE, value=f"{talk.language} {product} {check_id}")


def systems(talk: Talk, product: str, check_id: str) -> list[tuple[str, Button]]:
    """Return a button for each system that commands are known for."""
    return [
        (talk.label(key), Button(SYSTEM, value=f"{talk.language} {product} {check_id} {system}"))
        for system, key in _LABELS.items()
    ]


def script(talk: Talk, product: str) -> tuple[str, Button]:
    """Return the button that sends a script for Linux."""
    return talk.label("btn-diag-script"), Button(SCRIPT, value=f"{talk.language} {product}")


def words_of(talk: Talk, button: Button) -> list[str] | None:
    """Return what a button is about, None where it is not known; go on in the language of its message."""
    language, *words = (button.value or "").split(" ")
    if language in LANGUAGES and not talk.person.language_chosen:
        talk.reply_language = language
    return words if len(words) == _WORDS[button.do] else None
