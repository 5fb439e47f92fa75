"""What the Bot API said to a call, and what that means for it. Pure.

The table is TELEGRAM.md's "What to do with each answer of the Bot API".
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

TOO_MANY, UNAUTHORIZED, BAD_REQUEST, FORBIDDEN, SERVER_FAULT = 429, 401, 400, 403, 500


class NoAnswerError(Exception):
    """The call may or may not have been carried out: connection lost, time out, or not an answer of the Bot API."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The Bot API's answer to one call. `retry_after` in seconds."""

    ok: bool
    result: Any = None
    code: int = 200
    description: str = ""
    retry_after: float = 0.0
    migrate_to: int | None = None


class Verdict(Enum):
    """What becomes of a call after an answer."""

    DONE = auto()
    WAIT = auto()
    """Telegram asks this chat to pause for `retry_after`."""
    AGAIN = auto()
    """Not Telegram's last word: try again later, without an upper count."""
    PLAIN = auto()
    """The formatting is at fault: send the same text plain."""
    MOVED = auto()
    """The group has a new id."""
    UNREACHABLE = auto()
    """The customer blocked the bot, or the chat is gone."""
    POINTLESS = auto()
    """Too late or nothing to do; no one needs to hear of it."""
    REFUSED = auto()
    """Refused for good: a dead letter."""
    TOPIC_LOST = auto()
    """The topic of the forum is gone."""
    TOPIC_CLOSED = auto()
    """The topic is closed, and we may not write there."""
    TOKEN = auto()
    """The bot's token is refused."""


_POINTLESS = (
    "message is not modified",
    "query is too old",
    "query id is invalid",
    "message to edit not found",
    "message can't be edited",
    "message to delete not found",
    "message can't be deleted",
    "reaction_invalid",
    "message to react not found",
)
_TAG = re.compile(
    r"</?(?:a|b|strong|i|em|u|ins|s|strike|del|code|pre|span|blockquote|tg-spoiler|tg-emoji|tg-time)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_UNREACHABLE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found", "have no rights to send")


def judge(answer: Answer) -> Verdict:  # noqa: C901, PLR0911 - a table, read from top to bottom
    """Return what the answer means for the call."""
    said = answer.description.lower()
    if answer.ok:
        return Verdict.DONE
    if answer.migrate_to is not None:
        return Verdict.MOVED
    if answer.code == TOO_MANY or answer.retry_after:
        return Verdict.WAIT
    if answer.code >= SERVER_FAULT:
        return Verdict.AGAIN
    if answer.code == UNAUTHORIZED:
        return Verdict.TOKEN
    if answer.code == FORBIDDEN or any(mark in said for mark in _UNREACHABLE):
        return Verdict.UNREACHABLE
    if "thread not found" in said or "topic_deleted" in said or "topic_id_invalid" in said:
        return Verdict.TOPIC_LOST
    if "topic_closed" in said:
        return Verdict.TOPIC_CLOSED
    if any(mark in said for mark in _POINTLESS):
        return Verdict.POINTLESS
    if "can't parse entities" in said:
        return Verdict.PLAIN
    return Verdict.REFUSED


def plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with HTML taken off the text or caption, and without a parse mode.

    Only Telegram's own tags go: what made Telegram refuse the text, a bare `<config>`, is something the reader needs.
    """
    bare = {name: value for name, value in parameters.items() if name != "parse_mode"}
    for name in ("text", "caption"):
        if isinstance(bare.get(name), str):
            bare[name] = html.unescape(_TAG.sub("", bare[name]))
    return bare
