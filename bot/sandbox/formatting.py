"""Text as Telegram stores it: parsed, trimmed, cut to the entities it keeps.

Decides which parse modes there are (Markdown is refused: the bot under test does not use it) and what the limits are.
Called by the methods that take a text or a caption.
"""

from bot.sandbox.entities import Entity, StyledText, read_entities, utf16_length
from bot.sandbox.html_text import parse_html
from bot.sandbox.wire import Json, bad_request

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
"""UTF-16 units after entities are parsed (core.telegram.org/bots/api#sendmessage, #sendphoto)."""

MAX_ENTITIES = 100
"""Telegram keeps the first hundred entities of a message and silently drops the rest."""


def trimmed(styled: StyledText) -> StyledText:
    """Return the text without the blank edges that Telegram cuts, entities moved along."""
    kept = styled.text.rstrip()
    first = min((e.offset for e in styled.entities), default=len(kept))
    cut = 0
    while cut < min(first, len(kept)) and kept[cut] in " \n":
        cut += 1
    end = utf16_length(kept)
    entities = tuple(
        Entity(e.kind, e.offset - cut, min(e.length, end - e.offset), e.url, e.language, e.custom_emoji_id)
        for e in styled.entities
        if e.offset < end
    )
    return StyledText(kept[cut:], entities[:MAX_ENTITIES])


def styled(text: str, parse_mode: str, entities: Json) -> StyledText:
    """Return a caller's text as it will be stored; raise the 400 of a parse mode or an entity that is refused."""
    match parse_mode.lower():
        case "":
            found = StyledText(text, read_entities(text, entities) if entities else ())
        case "html":
            found = parse_html(text)
        case "none":
            found = StyledText(text)
        case _:
            raise bad_request("unsupported parse_mode")
    return trimmed(found)
