"""A small text file that the bot makes and sends as a document, without a file on any disk.

Decides how such a file stands among a call's parameters, which wait sealed in the outbox as JSON, and what aiogram gets
instead when the call goes out. Called by `talk.py` and `api.py`.
"""

from collections.abc import Mapping
from typing import Any, Final

from aiogram.types import BufferedInputFile

LARGEST: Final = 256 * 1024
"""Bytes; what a database row and a call may well hold. Telegram itself takes 50 MB."""
_FIELD: Final = "document"


class FileTooLargeError(ValueError):
    """A file is too large to wait in the outbox."""


def written(name: str, content: str) -> dict[str, str]:
    """Return the value of a call's `document` for a text file. Raises `FileTooLargeError`."""
    if len(content.encode()) > LARGEST:
        raise FileTooLargeError(f"{name} is larger than {LARGEST} bytes")
    return {"file_name": name, "content": content}


def with_files(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with what `written` made turned into a file that aiogram uploads."""
    document = parameters.get(_FIELD)
    if not isinstance(document, Mapping):
        return dict(parameters)
    file = BufferedInputFile(str(document["content"]).encode(), filename=str(document["file_name"]))
    return {**parameters, _FIELD: file}
