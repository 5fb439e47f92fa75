"""Where the steps of a guided fix lead, and what is wrong with the way they lead. Pure.

Decides the ways out of one step (`exits`), which `bot.guides.run` follows, and which ways `kb check` refuses: circles,
dead ends, steps that nobody reaches, texts and commands that no message can show. Whether an article that a step
leads to exists is in `links.py`. Called by `article_checks.py` and `bot.guides`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.kb import markdown
from bot.kb.article import Article, Step
from bot.kb.fields import Complaint

END: Final = "end"
PERSON: Final = "person"
ENDS: Final = (END, PERSON)
"""Where a step may lead besides a step or an article."""

BUTTON_COPY: Final = 256
"""UTF-16 units of the longest command that Telegram's copy button holds; longer ones stand in the text."""
MAX_STEP: Final = 3400
"""UTF-16 units of a step's text and its long commands: Telegram's 4096 less title, intro and the number of the step."""
MAX_COMMANDS: Final = 8
"""More copy buttons would push the ones that lead on out of sight."""


@dataclass(frozen=True, slots=True)
class Exits:
    """Where «next» and «it did not work» lead: a step, an article, `person`; None where that button is not shown.

    Being helped always ends the guide, and a person can always be called.
    """

    next: str | None
    failed: str | None

    @property
    def targets(self) -> tuple[str, ...]:
        """Both ways, those that there are."""
        return tuple(target for target in (self.next, self.failed) if target is not None)


def exits(article: Article, step: Step) -> Exits:
    """Return the ways out of a step.

    Next: what `on_success` names, or else the following step, or else a person. With `on_success: end` success is
    being helped, so that only failure leads on. Failed: what `on_failure` names. After the last step «next» to a
    person says the same as «it did not work», and is shown as that.
    """
    place = article.steps.index(step)
    following = article.steps[place + 1].id if place + 1 < len(article.steps) else PERSON
    named = step.on_success if step.on_success != END else None
    if step.on_success == END and step.on_failure is not None:
        return Exits(None, step.on_failure)
    target = named or following
    if target == PERSON and step.on_failure in (None, PERSON):
        return Exits(None, PERSON)
    if step.on_failure == target:
        return Exits(target, None)
    return Exits(target, step.on_failure)


def in_button(command: str) -> bool:
    """Return whether a command fits a copy button; otherwise it stands in the text."""
    return markdown.utf16_length(command) <= BUTTON_COPY


def check_steps(article: Article) -> Iterator[Complaint]:
    """Yield all that is wrong with the steps of one article by themselves."""
    ids = [step.id for step in article.steps]
    for place, step in enumerate(article.steps):
        if step.id in ids[:place]:
            yield Complaint(("steps", place, "id"), f"the step `{step.id}` stands here twice")
        if step.id in ENDS:
            yield Complaint(("steps", place, "id"), f"`{step.id}` is a word of its own; call the step otherwise")
        if step.on_failure == END:
            message = "`end` here would leave the customer with nothing; name a step, an article or `person`"
            yield Complaint(("steps", place, "on_failure"), message)
        yield from _copies(place, step)
    if len(set(ids)) == len(ids) and not set(ids) & set(ENDS):
        yield from _ways(article)


def _copies(place: int, step: Step) -> Iterator[Complaint]:
    if len(step.copy_) > MAX_COMMANDS:
        message = f"{len(step.copy_)} commands in one step; {MAX_COMMANDS} buttons can be shown, make it two steps"
        yield Complaint(("steps", place, "copy"), message)
    long = sum(markdown.utf16_length(command) + 2 for command in step.copy_ if not in_button(command))
    for language, text in step.text.items():
        length = markdown.utf16_length(markdown.visible_text(markdown.to_html(text))) + long
        if length > MAX_STEP:
            what = "the text and the commands of this step have" if long else "the text of this step has"
            message = f"{what} {length} characters; one message holds {MAX_STEP} of them"
            yield Complaint(("steps", place, "copy") if long else ("steps", place, "text", language), message)


def _ways(article: Article) -> Iterator[Complaint]:
    ways = {step.id: exits(article, step).targets for step in article.steps}
    leads_out: set[str] = set()
    while grown := {
        step_id
        for step_id, targets in ways.items()
        if step_id not in leads_out and any(target not in ways or target in leads_out for target in targets)
    }:
        leads_out |= grown
    reached, waiting = set(), [step.id for step in article.steps[:1]]
    while waiting:
        step_id = waiting.pop()
        if step_id in ways and step_id not in reached:
            reached.add(step_id)
            waiting.extend(ways[step_id])
    for place, step in enumerate(article.steps):
        if step.id not in leads_out:
            message = f"no way leads out of the step `{step.id}`: let one of its loop end, or go to a person"
            yield Complaint(("steps", place), message)
        if step.id not in reached:
            message = f"no way leads to the step `{step.id}`: no step before it names it or comes right before it"
            yield Complaint(("steps", place), message)
