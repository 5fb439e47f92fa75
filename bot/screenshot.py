"""THE STORY OF ONE PICTURE: lines as read → keys masked → what counts → together with the caption → decide.

Decides how a picture and the words under it make one question: the words win where they are clear, the picture's codes
lift what they leave open. Nothing on the picture that does not count reaches the matcher, the record or the screen.
Called by `handlers/screenshot.py` and `kb ask --image`.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.conversations.events import Turn
from bot.conversations.redact import Redacted, Secret
from bot.matching.decision import Decision, Kind
from bot.matching.matcher import Turn as MatcherTurn
from bot.matching.picture import Line, Look, PictureBook, sure_lines
from bot.triage import Prepared, Triaged

SETTLED = frozenset({Kind.ANSWER, Kind.GUIDE, Kind.DIAGNOSE, Kind.ESCALATE})
"""Decisions on a caption that no picture changes."""

WORDS_TO_SHOW_A_LANGUAGE = 3
"""A caption of fewer words tells nothing of the language that a customer wants to be answered in."""

SHOWN = frozenset({Kind.ANSWER, Kind.GUIDE, Kind.DIAGNOSE})

_KEY_LIKE = re.compile(r"[^\W_|!$]{2,12}(?:\s{0,2}[-–—_~.]\s{0,2}[\w|!$]{3,7}){2,}")
_MISREAD = str.maketrans("|!$", "IIS")


@dataclass(frozen=True, slots=True)
class Understood:
    """A picture with its caption, understood.

    `triaged` is for the record and the reply: its text is the caption and the lines that count. `caption` is the
    caption alone, redacted. `lines` is all that was read, redacted; it goes no further than a developer's terminal.
    `masked` are the keys on the picture as they may be shown.
    """

    triaged: Triaged
    look: Look
    caption: Redacted
    lines: tuple[str, ...]
    masked: tuple[str, ...]

    @property
    def says_something(self) -> bool:
        """Whether anything on the picture counts."""
        return bool(self.look.question)


def understand(
    lines: Sequence[Line],
    caption: str,
    prepared: Prepared,
    turns: Sequence[Turn] = (),
    *,
    language: str | None = None,
    product: str | None = None,
) -> Understood:
    """Understand a picture's lines (none where it could not be read) and its caption. Never raises, whatever they are.

    `language`: the customer's own, in which a picture without a caption is answered, whatever language it is in.
    """
    begun = time.perf_counter()
    redactor = prepared.redactor
    read = redactor.redact(_KEY_LIKE.sub(lambda key: key.group().translate(_MISREAD), "\n".join(sure_lines(lines))))
    said = redactor.redact(caption)
    legible = tuple(filter(None, _legible(read).split("\n")))
    look = PictureBook(prepared.library).look(legible)
    history = [MatcherTurn(turn.text, turn.article) for turn in turns]

    def ask(words: str) -> Decision:
        return prepared.matcher.ask(words, product=product, language=language, conversation=history)

    decision = _decide(ask, _legible(said), look.question)
    if language is not None and len(caption.split()) < WORDS_TO_SHOW_A_LANGUAGE:
        decision = replace(decision, language=language)
    reasons = (*(f"read on the picture: {line}" for line in look.seen), *decision.reasons)
    words = "\n".join(part for part in (said.text, *look.seen) if part)
    secrets = (*said.secrets, *(replace(secret, digest=None) for secret in read.secrets))
    triaged = Triaged(
        replace(redactor.redact(words), secrets=secrets),
        replace(decision, reasons=reasons),
        (time.perf_counter() - begun) * 1000,
    )
    return Understood(triaged, look, said, legible, _masked(read.secrets))


def says_something(lines: Sequence[Line], prepared: Prepared) -> bool:
    """Return whether anything counts among the lines of a picture."""
    text = prepared.redactor.clean("\n".join(sure_lines(lines)))
    return bool(PictureBook(prepared.library).look(text.split("\n")).question)


def _legible(redacted: Redacted) -> str:
    """Return the text without the tails of masked keys: they may look like a code, which they never are."""
    text = redacted.text
    for secret in redacted.secrets:
        text = text.replace(secret.masked, secret.masked.partition("…")[0])
    return text


def _masked(secrets: Sequence[Secret]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(secret.masked for secret in secrets if secret.kind in {"key", "coupon"}))


def _decide(ask: Callable[[str], Decision], caption: str, question: str) -> Decision:
    """Return the decision on a caption and what the picture asks; either may be empty."""
    said = ask(caption)
    if not question:
        if caption.strip():
            return said
        return replace(said, kind=Kind.UNSURE, article=None, smalltalk=None, reasons=("nothing on the picture counts",))
    shown = ask(question)
    if not caption.strip():
        return shown
    if said.kind in SETTLED:
        return _with_second(said, shown)
    both = ask(f"{caption}\n{question}")
    chosen = both if both.kind in SHOWN or shown.kind not in SHOWN else shown
    return replace(chosen, language=said.language)


def _with_second(said: Decision, shown: Decision) -> Decision:
    """Return the decision on the caption, with the article of a code on the picture as the second answer."""
    second = shown.article
    known = any(code.known for code in shown.codes)
    if said.kind not in SHOWN or shown.kind not in SHOWN or second is None or not known:
        return said
    if second == said.article or second in said.also:
        return said
    codes = tuple(dict.fromkeys((*said.codes, *shown.codes)))
    return replace(said, also=(*said.also, second), codes=codes)
