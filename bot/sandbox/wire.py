"""What travels over the wire: the shape of JSON and the refusals of the Bot API.

Decides how a refusal is worded as an answer (`{"ok": false, …}`); it does not decide when one is due: the methods do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]

BAD_REQUEST = 400
FORBIDDEN = 403
TOO_MANY_REQUESTS = 429

_PREFIXES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


@dataclass(slots=True)
class Refused(Exception):  # noqa: N818 - named for what happened to the call, as the log of calls shows it
    """A call that the Bot API does not carry out; `description` is worded as Telegram words it, prefix included."""

    code: int
    description: str
    parameters: JsonObject = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.description}"

    def body(self) -> JsonObject:
        """Return the JSON of the answer."""
        answer: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def refused(code: int, reason: str) -> Refused:
    """Return a refusal with Telegram's prefix for that code put before the reason."""
    prefix = _PREFIXES.get(code)
    return Refused(code, f"{prefix}: {reason}" if prefix else reason)


def bad_request(reason: str) -> Refused:
    """Return a 400 with that reason."""
    return refused(BAD_REQUEST, reason)


def forbidden(reason: str) -> Refused:
    """Return a 403 with that reason."""
    return refused(FORBIDDEN, reason)


def too_many(retry_after: int) -> Refused:
    """Return a 429 that asks to wait `retry_after` seconds."""
    return Refused(
        TOO_MANY_REQUESTS, f"Too Many Requests: retry after {retry_after}", {"retry_after": max(1, retry_after)}
    )
