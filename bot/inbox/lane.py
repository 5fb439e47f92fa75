"""Which updates must be handled one after another: those of one chat.

Pure. Reads the raw update, because the lane is needed before anything is parsed.
"""

from collections.abc import Mapping
from typing import Any

_LARGEST = 2**63


def lane_of(update: Mapping[str, Any]) -> int:
    """Return the chat's id, else the sender's, else 0: updates of one lane keep their order, lanes run in parallel."""
    for name, body in update.items():
        if name == "update_id" or not isinstance(body, Mapping):
            continue
        for holder in (body, body.get("message")):
            if isinstance(holder, Mapping):
                chat = holder.get("chat")
                if (lane := _id(chat)) is not None:
                    return lane
        if (lane := _id(body.get("from"))) is not None:
            return lane
    return 0


def _id(holder: object) -> int | None:
    # What a column cannot hold is no lane: one such update would keep its whole batch out of the inbox.
    found = holder.get("id") if isinstance(holder, Mapping) else None
    return found if isinstance(found, int) and -_LARGEST <= found < _LARGEST else None
