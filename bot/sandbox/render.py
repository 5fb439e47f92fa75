"""A message drawn for a terminal: entities as styles, buttons numbered.

Decides looks only. Control characters of foreign text are shown as a mark, never sent to the terminal. Called by
`terminal.py`.
"""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.sandbox.entities import StyledText
from bot.sandbox.keyboards import Button

STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "reverse",
    "code": "cyan",
    "pre": "cyan",
    "blockquote": "italic dim",
    "expandable_blockquote": "italic dim",
    "text_link": "underline blue",
    "url": "underline blue",
    "bot_command": "blue",
}
_KEPT = "\n\t"
UNPRINTABLE = "\ufffd"


def printable(text: str) -> str:
    """Return the text without characters that could steer a terminal."""
    return "".join(c if c in _KEPT or c.isprintable() or c == "\u200d" else UNPRINTABLE for c in text)


def drawn(styled: StyledText) -> Text:
    """Return a text with its entities as styles; a link shows its address where that differs from its text."""
    text = Text(printable(styled.text))
    places = _places(styled.text)
    addresses: list[tuple[int, str]] = []
    for entity in styled.entities:
        start, end = places[entity.offset], places[entity.offset + entity.length]
        text.stylize(STYLES.get(entity.kind, ""), start, end)
        if entity.url and entity.url != styled.text[start:end]:
            addresses.append((end, entity.url))
    for end, url in sorted(addresses, reverse=True):
        tail = text[end:]
        text = text[:end] + Text(f" ({printable(url)})", style="dim") + tail
    return text


def _places(text: str) -> dict[int, int]:
    """Return the place of each character by its offset in UTF-16 units, and of the end."""
    places = {0: 0}
    at = 0
    for place, char in enumerate(text):
        places[at] = place
        at += 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - the end of the first plane of Unicode
    places[at] = len(text)
    return places


def drawn_button(number: int, button: Button) -> Text:
    """Return a numbered button: `[1] Помогло`."""
    line = Text.assemble((f"[{number}] ", "bold yellow"), (printable(button.text), "yellow"))
    if button.url:
        line.append(f" → {printable(button.url)}", "dim")
    return line


def drawn_message(header: Text, styled: StyledText, buttons: tuple[Button, ...], carried: str = "") -> list[Text]:
    """Return the parts of a message: who comes first, then what it carries, its text, its buttons."""
    parts = [header]
    if carried:
        parts.append(Text(carried, style="magenta"))
    if styled.text:
        parts.append(drawn(styled))
    return [*parts, *(drawn_button(number, button) for number, button in enumerate(buttons, 1))]


def wrapped(parts: list[Text]) -> RenderableType:
    """Return the parts below the first indented and wrapped to the terminal's width."""
    return Group(parts[0], *(Padding(part, (0, 0, 0, 2), expand=False) for part in parts[1:]))


def unwrapped(parts: list[Text]) -> RenderableType:
    """Return the parts below the first indented, their lines as long as they are: for a file or a pipe."""
    lines = [Text("  ") + line for part in parts[1:] for line in part.split("\n", allow_blank=True)]
    return Text("\n").join([parts[0], *lines])
