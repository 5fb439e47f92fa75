"""What a customer is shown of a run: its beginning, its list while it goes on, and its end with where that leads.

Decides text and buttons of the one message of a run; `diagnosing.py` decides when. What is wrong at both ends is told
to the staff besides. Heavy to import, like `checklist.py`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlite_utils import Database as Db

from bot.diagnostics import store as runs
from bot.diagnostics.outcome import Run, RunStatus
from bot.diagnostics.plan import Leaf
from bot.diagnostics.reading.book import Book, book_of
from bot.diagnostics.record import store as record
from bot.diagnostics.record.store import Heard, Look, Wish
from bot.diagnostics.two_sided import TwoSided
from bot.diagnostics.verdict import Fact, Light, Verdict, light
from bot.i18n import Html, say
from bot.kb.checks import Check
from bot.kb.library import Library
from bot.telegram import checklist
from bot.telegram import diag_buttons as buttons
from bot.telegram.answering import article_buttons, person_button
from bot.telegram.checklist import FOR_A_PERSON, Row
from bot.telegram.desk import Desk
from bot.telegram.talk import Keyboard, Talk
from bot.tickets import store as tickets
from bot.tickets.ticket import Ticket

if TYPE_CHECKING:
    from bot.telegram.diagnosing import Diagnosing

ARTICLES = 3

NAMELESS = frozenset({Verdict.DNS_NO_NAME, Verdict.DNS_SERVER_FAULT, Verdict.DNS_TIMEOUT})
MIN_NAMELESS = 2
"""Names that must be missing, and nothing be well, for the fault to be looked for on our own side."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides a run when it ends: the customer's end, and their open ticket."""

    heard: Heard | None
    ticket: Ticket | None


def begun(wish: Wish, declared: Check, leaves: Sequence[Leaf], intro: Html | None) -> Html:
    """Return the first text of a run's message."""
    if wish.look is Look.COMPARE:
        comparing = say(wish.language, "diag-comparing")
        return Html(f"{intro}\n\n{comparing}") if intro else comparing
    text = going_on(wish, declared, checklist.blank(leaves, wish.language))
    return Html(f"{intro}\n\n{text}") if intro else text


def going_on(wish: Wish, declared: Check | None, rows: Sequence[Row]) -> Html:
    """Return the list while the run goes on."""
    title = "" if declared is None else checklist.text_of(declared.title, wish.language)
    return checklist.listed(say(wish.language, "diag-running", title=title), rows, wish.language)


def known(db: Db, wish: Wish, now: float) -> Known:
    """Return what a run's end has to be seen together with."""
    return Known(record.last_heard(db, wish.conversation_id, now), tickets.open_ticket_of(db, wish.user_id))


def keep(db: Db, wish: Wish, run: Run, clean: Callable[[str], str]) -> None:
    """Put the findings of a run on record."""
    runs.end(db, wish.id, run, clean)


def rows_of(run: Run, language: str) -> list[Row]:
    """Return a run's results as rows of the list."""
    return [
        Row(each.check_id, checklist.text_of(each.title, language), each.finding, each.elapsed_ms, each.article)
        for each in run.results
    ]


def tell(talk: Talk, diagnosing: "Diagnosing", wish: Wish, run: Run, besides: Known) -> None:
    """Put the end of a run into its message, and tell the staff what they have to know of it."""
    language, rows = wish.language, rows_of(run, wish.language)
    library = talk.prepared.library
    joined = None
    heard = besides.heard
    if heard is not None and run.status is RunStatus.DONE and (wish.look is Look.COMPARE or _concerns(heard, rows)):
        joined = checklist.both([row.finding for row in rows if row.finding is not None], heard, book(library, rows))
    parts: list[Html] = []
    if wish.look is Look.COMPARE and heard is not None:
        parts.append(checklist.understood(heard, language))
    else:
        head = "diag-done" if run.status is RunStatus.DONE else "diag-cancelled"
        title = checklist.text_of(run.title, language)
        parts.append(checklist.listed(say(language, head, title=title), rows, language))
        if run.status is RunStatus.DONE:
            parts.append(Html("\n".join(checklist.in_words(rows, language))))
            if _may_be_ours(rows):
                parts.append(say(language, "diag-may-be-ours"))
    if joined is not None:
        parts.append(checklist.conclusion(joined, language))
    keyboard = _keyboard(talk, wish, run, rows, joined)
    talk.revise(wish.message_id, Html("\n\n".join(parts)), keyboard)
    _tell_staff(talk, diagnosing, wish, rows, joined, besides.ticket)


def _may_be_ours(rows: Sequence[Row]) -> bool:
    """Return whether no name at all was found: several at once speak of our own network rather than of theirs."""
    verdicts = [row.finding.verdict for row in rows if row.finding is not None]
    nameless = sum(verdict in NAMELESS for verdict in verdicts)
    return nameless >= MIN_NAMELESS and all(light(verdict) is not Light.GOOD for verdict in verdicts)


def _concerns(heard: Heard, rows: Sequence[Row]) -> bool:
    """Return whether the customer's output names no host, or one that this run asked."""
    host = heard.finding.facts.get("host")
    return host is None or any(row.finding is not None and row.finding.facts.get("host") == host for row in rows)


def book(library: Library, rows: Sequence[Row]) -> Book:
    """Return the book of a snapshot with the addresses that our own look-ups found."""
    addresses: dict[str, frozenset[str]] = {}
    for row in rows:
        facts: Mapping[str, Fact] = row.finding.facts if row.finding is not None else {}
        host, found = facts.get("host"), facts.get("addresses")
        if isinstance(host, str) and isinstance(found, tuple):
            addresses[host] = addresses.get(host, frozenset()) | frozenset(found)
    return book_of(library, addresses)


def _keyboard(talk: Talk, wish: Wish, run: Run, rows: Sequence[Row], joined: TwoSided | None) -> Keyboard:
    articles = [joined.article if joined is not None else None]
    if wish.look is Look.LIST and not _may_be_ours(rows):
        articles += [row.article for row in checklist.failed(rows)]
    articles += [wish.article]
    keyboard = [*article_buttons(talk, dict.fromkeys(each for each in articles if each is not None))][:ARTICLES]
    lights = {light(row.finding.verdict) for row in rows if row.finding is not None}
    doubtful = lights != {Light.GOOD} if wish.look is Look.LIST else lights == {Light.UNKNOWN}
    if run.status is not RunStatus.DONE or doubtful:
        again = buttons.start(talk, wish.product, wish.check_id, wish.article)
        keyboard.append((talk.label("btn-diag-repeat"), again))
    if run.status is RunStatus.DONE and joined is None:
        about = wish.product, wish.check_id
        keyboard += [buttons.side(talk, *about)] if Light.BAD in lights else buttons.systems(talk, *about)
    return [*keyboard, person_button(talk)]


def _tell_staff(
    talk: Talk,
    diagnosing: "Diagnosing",
    wish: Wish,
    rows: Sequence[Row],
    joined: TwoSided | None,
    ticket: Ticket | None,
) -> None:
    staff = talk.prepared.library.default_language
    if joined is not None and joined.conclusion in FOR_A_PERSON:
        diagnosing.tell_staff(talk.kit, wish.product, checklist.told(joined, staff))
    if ticket is None or talk.staff_chat is None:
        return
    desk = Desk(talk.staff_chat, talk.prepared.library, talk.kit.vault, talk.now)
    lines = "\n".join(checklist.in_words(rows, staff))
    if joined is not None:
        lines = f"{lines}\n{checklist.conclusion(joined, staff)}"
    text = say(staff, "diag-inside", check=wish.check_id, text=Html(talk.prepared.clean(lines)))
    talk.effects.add(lambda db: desk.say_inside(db, ticket, text))
