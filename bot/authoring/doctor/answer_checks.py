"""Checks that ask the matcher itself: is each symptom answered with its own article? Pure.

The phrase stands in the article, so this is the least that can be asked; a code in it, a product's name, or a twin in
another article is what leads away. Called by `examine.py`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.authoring.doctor.finding import Finding, Severity
from bot.authoring.doctor.phrases import Phrase, file_of
from bot.kb.article import Status
from bot.kb.library import Library
from bot.matching.decision import CALL_A_HUMAN, HOW_TO_USE, Decision, Kind
from bot.matching.matcher import Matcher

MAX_ASKED: Final = 5000
"""Phrases that are asked: at two milliseconds each a large base would otherwise take minutes."""

_OWN_KINDS: Final = {CALL_A_HUMAN: Kind.ESCALATE, HOW_TO_USE: Kind.SMALLTALK}
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A symptom and what the matcher made of it."""

    phrase: Phrase
    decision: Decision

    @property
    def first(self) -> str | None:
        """The article shown, or the best candidate."""
        if self.decision.article is not None:
            return self.decision.article
        return self.decision.candidates[0].id if self.decision.candidates else None

    @property
    def is_own(self) -> bool:
        """Whether the phrase's article is what it comes to, at once or after a question."""
        own = _OWN_KINDS.get(self.phrase.article)
        return self.decision.kind is own or self.first == self.phrase.article

    @property
    def at_once(self) -> bool:
        """Whether the customer gets the phrase's article without being asked."""
        own = _OWN_KINDS.get(self.phrase.article)
        return self.decision.kind is own or self.decision.article == self.phrase.article


def ask(library: Library, matcher: Matcher, phrases: Sequence[Phrase]) -> tuple[Asked, ...]:
    """Ask the symptoms of live articles; of more than `MAX_ASKED` evenly chosen ones."""
    live = [
        phrase for phrase in phrases if not phrase.is_title and library.articles[phrase.article].status is Status.LIVE
    ]
    step = max(1, -(-len(live) // MAX_ASKED))
    return tuple(Asked(phrase, matcher.ask(phrase.text, language=phrase.language)) for phrase in live[::step])


def led_away(library: Library, asked: Sequence[Asked]) -> Iterator[Finding]:
    """Yield symptoms that lead to another article."""
    for each in asked:
        if each.is_own:
            continue
        phrase, decision = each.phrase, each.decision
        how = f"{decision.kind.value} {each.first or ''}".strip()
        reason = decision.reasons[-1] if decision.reasons else ""
        told = f"«{phrase.text}» comes to {how}, not to its own article" + (f" ({reason})" if reason else "")
        path, file = phrase.path, file_of(library.articles[phrase.article])
        mend = f"see `diagnost kb ask`, then reword it or move it to `{each.first}`" if each.first else "reword it"
        yield Finding("not-own", Severity.WARNING, file, path, phrase.article, told, mend)


def asked_back(library: Library, asked: Sequence[Asked]) -> Iterator[Finding]:
    """Yield articles some of whose symptoms are first and still not answered at once."""
    unsure: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        if each.is_own and not each.at_once:
            unsure[each.phrase.article].append(each)
    for article, found in sorted(unsure.items()):
        shown = ", ".join(f"«{each.phrase.text}» ({each.decision.kind.value})" for each in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        told = f"{len(found)} of its symptoms come first, but are not answered at once: {shown}{more}"
        mend = "add a word that only this case has, or a few more ways to say the same"
        file = file_of(library.articles[article])
        yield Finding("not-answered", Severity.NOTE, file, found[0].phrase.path, article, told, mend)
