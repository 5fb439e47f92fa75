"""A key that came in two messages: the half that the first one ends with, and whether the second goes on with it.

Decides over texts only; where half a key waits, and for how long, is `waiting_keys`' and `handlers/keys.py`'s to say.
Pure.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.conversations.key_doctor import KeyAdvice, KeyNote, State, examine
from bot.kb.article import KeyFormat

_FIVE: Final = 5


def joined(half: str, text: str, formats: Sequence[KeyFormat]) -> str | None:
    """Return one text of a message that ended in half a key and the one after it, where that goes on with the key.

    None where it does not, and where the second message holds a right key by itself.
    """
    alone = examine(text, formats)
    if (alone is not None and alone.right) or not _goes_on(half, text):
        return None
    rest = text.lstrip()
    right: dict[str, int] = {}
    for whole in (f"{half}-{rest}", f"{half}{rest}"):
        note = _across(examine(whole, formats), len(half))
        if note is not None and note.state is State.RIGHT:
            right[whole] = len(note.mended)
    if right:
        # The one that needs less mending is what was meant: a group ended with the first message, or it did not.
        return min(right, key=lambda whole: right[whole])
    return f"{half}-{rest}" if _across(examine(f"{half}\n{rest}", formats), len(half)) is not None else None


def _across(advice: KeyAdvice | None, seam: int) -> KeyNote | None:
    """Return the key that stands on both sides of a place."""
    return next((note for note in advice.notes if note.start < seam < note.end - 1), None) if advice else None


def _goes_on(half: str, text: str) -> bool:
    """Tell whether a message begins with what may be a part of a key, and not with a word."""
    first = re.match(r"[\W_]*([^\W_]+)", text)
    if first is None:
        return False
    word = first[1]
    if not word.isalpha():
        return True
    return (len(word) == _FIVE and word.isupper()) or (word.isascii() and not (word.islower() and half.upper() == half))


def half_of(text: str, advice: KeyAdvice) -> str | None:
    """Return the half key that a message ends with, which the next message may complete, or None."""
    last = advice.notes[-1]
    only_last = [bad.number for bad in last.bad_groups] == [last.groups] and last.got < last.wanted and not last.foreign
    if (last.state is not State.CUT_OFF and not only_last) or text[last.end :].strip(" \t\r\n-–—…."):
        return None
    return text[last.start :].rstrip("… \t\r\n")
