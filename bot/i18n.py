"""What the bot says, in every language it speaks: Fluent texts from `bot/locales/<language>/*.ftl`.

Decides wording only by key and arguments. Texts are Telegram HTML; whatever comes from outside is escaped here, once,
as an argument. A key that is missing is a defect of ours and raises; a test holds the languages equal, key by key.
"""

import html
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("ru", "en")
LOCALES = Path(__file__).parent / "locales"

SPEAK_RUSSIAN = frozenset({"ru", "uk", "be", "kk", "ky", "uz", "tg", "hy", "az"})
"""Client languages whose speakers among our customers read Russian more surely than English."""


LONG = 200
"""Arguments longer than this are put into the text after Fluent is done: it refuses an argument of 2,500 characters."""


_MARK = re.compile("\ue000([0-9]{1,3})\ue001")


class Html(str):
    """Text that is Telegram HTML already and must not be escaped again."""

    __slots__ = ()


class UnknownTextError(KeyError):
    """No text has this key in this language."""


def client_language(code: str | None, default: str) -> str:
    """Return the language to begin with for a Telegram client set to `code` (`ru`, `en-GB`, None)."""
    short = (code or "").split("-")[0].lower()
    if not short:
        return default
    if short in SPEAK_RUSSIAN:
        return "ru"
    return "en" if short == "en" else default


@cache
def _bundle(language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)
    for path in sorted((LOCALES / language).glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle


def keys(language: str) -> frozenset[str]:
    """Return every key that the language has a text for."""
    return frozenset(_bundle(language)._messages)  # noqa: SLF001 - the bundle has no public list of its messages


def _format(language: str, key: str, arguments: Mapping[str, str | float]) -> str:
    bundle = _bundle(language)
    pattern = bundle.get_message(key).value if bundle.has_message(key) else None
    if pattern is None:
        raise UnknownTextError(f"{language}: {key}")
    # Private-use characters, which Fluent passes through; no text of ours selects by an argument as long as these.
    long = [(name, value) for name, value in arguments.items() if isinstance(value, str) and _goes_in_later(value)]
    marks = {name: f"\ue000{place}\ue001" for place, (name, _) in enumerate(long)}
    text, faults = bundle.format_pattern(pattern, {**arguments, **marks})
    if faults:
        raise UnknownTextError(f"{language}: {key}: {faults[0]}")
    # Once over the text: what is put in is not looked at again, whatever a customer wrote.
    return _MARK.sub(lambda mark: long[int(mark[1])][1], str(text))


def _goes_in_later(value: str) -> bool:
    return len(value) > LONG or "\ue000" in value


def say(language: str, key: str, /, **arguments: str | float) -> Html:
    """Return the text as Telegram HTML; arguments are escaped unless they are `Html`. Raises `UnknownTextError`."""
    safe = {
        name: html.escape(value, quote=False) if isinstance(value, str) and not isinstance(value, Html) else value
        for name, value in arguments.items()
    }
    return Html(_format(language, key, safe))


def label(language: str, key: str, /, **arguments: str | float) -> str:
    """Return the text for a place that knows no HTML: a button, a toast, a command's description."""
    return _format(language, key, arguments)
