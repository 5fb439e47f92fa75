"""Parts a message into the problems it may be about: "журнал не открывается и ещё слетела лицензия на терминале".

Decides where one problem may end and the next begin: at a numbered list, at words that announce another, at the end
of a sentence. Whether a part is a problem at all, or only context, is decided in `several.py`, once `matcher.py` has
asked for an article to each. Called with a customer's own words, folded.
"""

import re

MAX_PROBLEMS = 6
"""Parts that are looked at: a bound on time."""

MIN_WORDS = 2
"""A part of fewer words is no problem of its own: it stays with the one before."""

_ANNOUNCED = re.compile(
    r"""
    (?:
        (?:^|[,;.!?\n(-]\s*|\s(?=(?:и|а|да|плюс|and)\s))        # a new clause, or a conjunction
        (?:(?:и|а|да|плюс|ну|к\sтому|потом|and)\s+){0,3}
        (?: еще(?:\s+(?:такой|один|одна|есть|и|был|бы|вопрос\w*|проблем\w*|момент))*
          | также | так\sже | заодно | вдобавок
          | also | plus | besides | additionally | separately )
      | (?:^|[,;.!?\n\s(-]\s*)
        (?:(?:и|а|да|and|the)\s+)?
        (?: кроме\sтого | помимо\s(?:этого|того) | к\sтому\sже | плюс\sк\s(?:тому|этому)
          | (?:второй|третий|другой|следующий|отдельный)\s(?:вопрос\w*|момент)
          | (?:вторая|третья|другая)\s(?:проблем\w*|беда)
          | во-?\s?вторых | в-?\s?третьих | во-?\s?первых | второе(?=\s*[:,-]) | первое(?=\s*[:,-])
          | another\s(?:thing|question|problem|issue) | one\smore\s(?:thing|question)
          | in\saddition | on\stop\sof\sthat
          | second(?:ly)?(?=\s*[:,-]) | second\s(?:question|problem|issue|thing) )
    )
    (?=[\s,:.-])[\s,:.-]*
    """,
    re.VERBOSE,
)
_NUMBERED = re.compile(r"(?:^|[\n.;,:]\s*|\s)\(?[1-9][).](?=\s*[^\W\d])\s*")
_SENTENCE = re.compile(r"[.!?;]+(?:\s+|$)|\n+")


def problems(folded: str) -> tuple[list[str], bool]:
    """Return the parts of a folded text in order, and whether the customer announces them as several."""
    for pattern in (_NUMBERED, _ANNOUNCED):
        parts = _told(pattern.split(folded))
        if len(parts) > 1 and (pattern is _ANNOUNCED or len(_NUMBERED.findall(folded)) > 1):
            return parts[:MAX_PROBLEMS], True
    return _told(_SENTENCE.split(folded))[:MAX_PROBLEMS], False


def _told(parts: list[str]) -> list[str]:
    """Return the parts that say something, those too short to joined to their neighbour."""
    found: list[str] = []
    for part in parts:
        text = part.strip(" \n,;:.-")
        if not text:
            continue
        if found and len(text.split()) < MIN_WORDS and not any(char.isdecimal() for char in text):
            found[-1] = f"{found[-1]} {text}"
        else:
            found.append(text)
    return found
