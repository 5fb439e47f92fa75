"""Recognises what is not a question about the product: greetings, thanks, "what can you do", "a person, please".

Decides by closed lists over stems, and only when nothing else is in the message ("привет, ошибка 1058" is a question).
Also recognises follow-ups such as "не помогло", which mean the article just answered. Called by `matcher.py` with the
repaired words of the message, so that layout, transliteration and slips are already mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.matching import talk_words as lists
from bot.matching.talk_words import stem


class Talk(StrEnum):
    """What a message is besides a question."""

    GREETING = "greeting"
    THANKS = "thanks"
    CAPABILITIES = "capabilities"
    BYE = "bye"
    PERSON = "person"
    NOT_HELPED = "not_helped"
    ANGRY = "angry"
    NOTHING = "nothing"


COURTESIES = frozenset({Talk.GREETING, Talk.THANKS, Talk.BYE, Talk.CAPABILITIES})
"""Talk that is answered in kind, where there is nothing else in the message."""

_REACH = 3
"""Words that may stand between a call and a person: "соедините меня с живым"."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What kind of talk a message is, and the words left when the talk is taken out."""

    talk: Talk
    rest: tuple[str, ...]


def hear(words: Sequence[str]) -> Heard:
    """Return what a message of repaired words is, apart from a question about the product."""
    stems = tuple(map(stem, words))
    outright = _outright(stems)
    if outright is not None:
        return Heard(outright, ())
    if _asks_for_person(words, stems):
        return Heard(Talk.PERSON, ())
    rest = _rest_of_failure(words, stems)
    if rest is not None:
        return Heard(Talk.NOT_HELPED, rest)
    kind = _courtesy(stems) or (Talk.ANGRY if _is_angry(words, stems) else None)
    return Heard(kind, ()) if kind is not None else Heard(Talk.NOTHING, tuple(words))


def _outright(stems: tuple[str, ...]) -> Talk | None:
    """Return what a whole message says that stands in a list as it is."""
    if not stems:
        return Talk.NOTHING
    if stems in lists.CAPABILITIES or _without_greeting(stems) in lists.CAPABILITIES:
        return Talk.CAPABILITIES
    return next((talk for talk, sayings in _SAYINGS if stems in sayings), None)


def _courtesy(stems: Sequence[str]) -> Talk | None:
    present = set(stems)
    return next((talk for talk, core, extra in _KINDS if present & core and present <= core | extra), None)


def hear_signs(text: str) -> Talk:
    """Return what a message without a word or number says by signs alone: "👍", "+", "🙏"."""
    for talk, signs in _SIGNS:
        if any(sign in text for sign in signs):
            return talk
    return Talk.THANKS if text.strip() in {"+", "++", "+++", ")", "))", ")))", ":)", ":-)"} else Talk.NOTHING


def _is_angry(words: Sequence[str], stems: Sequence[str]) -> bool:
    """Say whether the message is abuse and nothing else: no topic that an article might have."""
    angry = [lists.ANGRY.match(word) is not None for word in words]
    return any(angry) and all(
        cross or root in lists.ANGRY_EXTRA or root in lists.FILLER_STEMS
        for cross, root in zip(angry, stems, strict=True)
    )


_SIGNS = (
    (Talk.ANGRY, "😡🤬😠👎🖕💩😤"),
    (Talk.THANKS, "👍🙏❤👌🤝💪🔥🎉✅😊💯👏🥰😍🫡🙌💐🌹🤗😘"),
    (Talk.GREETING, "👋🙋"),
)


_SAYINGS = (
    (Talk.GREETING, lists.SMALL_SAYINGS),
    (Talk.THANKS, lists.WORKS_SAYINGS),
    (Talk.BYE, lists.BYE_SAYINGS),
)
_KINDS = (
    (Talk.THANKS, lists.THANKS, lists.THANKS_EXTRA | lists.GREETING | lists.BYE | lists.BYE_EXTRA | lists.FILLER_STEMS),
    (Talk.THANKS, lists.DONE, lists.THANKS_EXTRA),
    (Talk.BYE, lists.BYE, lists.BYE_EXTRA),
    (Talk.GREETING, lists.GREETING_CORE, lists.GREETING | lists.FILLER_STEMS),
)
_OF_A_CALL = (
    lists.PEOPLE
    | lists.CALLS
    | lists.CALLS_STRONGLY
    | lists.CALL_EXTRA
    | lists.WITH_WHOM
    | lists.ANSWERS
    | lists.ROBOT
    | lists.AGAINST
    | lists.FILLER_STEMS
    | lists.GREETING
    | lists.THANKS
)


def _without_greeting(stems: Sequence[str]) -> tuple[str, ...]:
    return tuple(root for root in stems if root not in lists.GREETING or root in lists.ROBOT)


def _asks_for_person(words: Sequence[str], stems: Sequence[str]) -> bool:
    present = set(stems)
    if present & lists.PLACES or present & lists.QUESTION:
        return False
    if _calls_person(stems):
        return True
    whole = lists.CALLS_BACK | lists.CONNECTS
    if any(root not in _OF_A_CALL and word not in whole for word, root in zip(words, stems, strict=True)):
        return False
    return bool(
        (present & lists.PEOPLE and not lists.CONNECTS.isdisjoint(words))
        or (not lists.CALLS_BACK.isdisjoint(words) and "не" not in words)
        or (present & lists.SPEAKS and present & lists.WITH_WHOM)
        or (present & lists.ANSWERS and present & lists.WHOEVER and len(stems) > 1)
        or (present & lists.ALONE and len(stems) <= _REACH)
        or (present & lists.PEOPLE and present & lists.CALLS)
        or (present & lists.ROBOT and present & lists.AGAINST)
    )


def _calls_person(stems: Sequence[str]) -> bool:
    """Say whether a call ("дайте", "need") stands just before or after a person, with nothing of a topic between."""
    between = lists.CALL_EXTRA | lists.FILLER_STEMS | lists.PEOPLE | lists.CALLS
    calls = [at for at, root in enumerate(stems) if root in lists.CALLS_STRONGLY]
    people = [at for at, root in enumerate(stems) if root in lists.PEOPLE]
    for call in calls:
        for person in people:
            first, last = sorted((call, person))
            near = 0 < last - first <= _REACH + (first == call)
            if near and all(root in between for root in stems[first + 1 : last]):
                return first == call or last == len(stems) - 1
    return False


def _rest_of_failure(words: Sequence[str], stems: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the topic words beside "не помогло", or None where nothing like it is said."""
    present = set(stems)
    for saying in lists.NOT_HELPED:
        if not present.issuperset(saying):
            continue
        size = len(saying)
        for at in range(len(stems) - size + 1):
            if stems[at : at + size] == saying:
                others = [*range(at), *range(at + size, len(stems))]
                return tuple(words[place] for place in others if stems[place] not in lists.FILLER_STEMS)
    return None
