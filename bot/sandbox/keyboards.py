"""Reply markups: which keyboards Telegram accepts, and what their buttons are.

Decides BUTTON_DATA_INVALID and its kin; does not know messages. Called by the methods that take `reply_markup`, and
by whoever presses a button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.sandbox.wire import Json, JsonObject, bad_request

CALLBACK_BYTES = 64
COPY_TEXT_LIMIT = 256
BUTTONS_LIMIT = 100
_URL_SCHEMES = frozenset({"http", "https", "tg", "ton", "mailto", "tel"})
_OTHER_ACTIONS = ("web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat")


@dataclass(frozen=True, slots=True)
class Button:
    """One button as a person sees it; `callback` is None for a link, a copy button or a reply keyboard."""

    text: str
    callback: str | None = None
    url: str | None = None
    copies: str | None = None


def _rows(raw: Json, what: str) -> list[list[Mapping[str, Json]]]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise bad_request(f"object expected as {what}")
    rows: list[list[Mapping[str, Json]]] = []
    for row in raw:
        if not isinstance(row, Sequence) or isinstance(row, str):
            raise bad_request(f"can't parse {what}: expected an Array of Arrays of buttons")
        buttons: list[Mapping[str, Json]] = []
        for button in row:
            if isinstance(button, str):
                buttons.append({"text": button})
            elif isinstance(button, Mapping):
                buttons.append(button)
            else:
                raise bad_request(f"can't parse {what}: expected an Object")
        rows.append(buttons)
    return rows


def _checked(button: Mapping[str, Json]) -> Button:
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("url"):
        return _link(text, str(button["url"]))
    if button.get("callback_data"):
        if len(str(button["callback_data"]).encode()) > CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return Button(text, callback=str(button["callback_data"]))
    if button.get("copy_text"):
        return _copies(text, button["copy_text"])
    if any(name in button for name in _OTHER_ACTIONS):
        return Button(text)
    if "callback_data" in button:
        raise bad_request("BUTTON_DATA_INVALID")
    raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _link(text: str, url: str) -> Button:
    link = urlsplit(url)
    if link.scheme not in _URL_SCHEMES or not (link.netloc or link.path):
        raise bad_request("BUTTON_URL_INVALID")
    return Button(text, url=url)


def _copies(text: str, copy: Json) -> Button:
    copied = copy.get("text") if isinstance(copy, Mapping) else None
    if not isinstance(copied, str) or not 0 < len(copied) <= COPY_TEXT_LIMIT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return Button(text, copies=copied)


def checked_markup(raw: Json) -> JsonObject | None:
    """Return the reply markup of a call, None where it has none; raise the 400 of a keyboard that is refused."""
    if raw is None or raw == "":
        return None
    if not isinstance(raw, Mapping):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in raw:
        buttons = [_checked(button) for row in _rows(raw["inline_keyboard"], "inline keyboard") for button in row]
        if len(buttons) > BUTTONS_LIMIT:
            raise bad_request("reply markup is too long")
    elif "keyboard" in raw:
        for row in _rows(raw["keyboard"], "keyboard"):
            if any(not str(button.get("text") or "").strip() for button in row):
                raise bad_request("keyboard button text must be non-empty")
    elif not raw.get("remove_keyboard") and not raw.get("force_reply"):
        raise bad_request("object expected as reply markup")
    return dict(raw)


def inline_only(markup: JsonObject | None) -> JsonObject | None:
    """Return the markup if a message keeps it: Telegram shows inline keyboards with the message, others apart."""
    if markup is None or "inline_keyboard" not in markup or not any(_rows(markup["inline_keyboard"], "keyboard")):
        return None
    return {"inline_keyboard": markup["inline_keyboard"]}


def buttons_of(markup: JsonObject | None) -> tuple[Button, ...]:
    """Return the buttons of a markup that was accepted, row by row."""
    if markup is None:
        return ()
    if "inline_keyboard" in markup:
        return tuple(_checked(b) for row in _rows(markup["inline_keyboard"], "keyboard") for b in row)
    if "keyboard" in markup:
        return tuple(Button(str(b.get("text"))) for row in _rows(markup["keyboard"], "keyboard") for b in row)
    return ()
