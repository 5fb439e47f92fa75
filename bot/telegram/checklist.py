"""Runs of checks as a customer reads them: the live list, the verdict in words, both ends of the wire. Pure.

Decides the wording of what was found and which articles it leads to; when it is shown is `diagnosing.py`'s to say.
Brings readers of pasted output with it, so it is imported where a check is shown and not at the start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.diagnostics.plan import Leaf
from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.read import Reading
from bot.diagnostics.record.store import Heard
from bot.diagnostics.two_sided import Conclusion, TwoSided, arguments, two_sided, verdict_key
from bot.diagnostics.verdict import Finding, Light, Side, Verdict, light
from bot.i18n import Html, label, say

SIGNS = {Light.GOOD: "✅", Light.WARN: "⚠️", Light.BAD: "❌", Light.UNKNOWN: "❔"}
WAITS = "⏳"

SECOND = 1000.0
"""Milliseconds."""

WORDS = 4
"""Failed checks that are put into words; one cause rarely shows in more."""

OURS = frozenset({"own_dns", "own_network", "own_machine"})
"""Reasons why a check could not be made that lie with us."""

FOR_A_PERSON = frozenset({Conclusion.SERVER_DOWN, Conclusion.SERVER_CERTIFICATE, Conclusion.OURS_ONLY})
"""Conclusions that a person has to know of, and about which the customer can do nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One check of the list: its finding, if it has one, and how long it took in milliseconds."""

    check_id: str
    title: str
    finding: Finding | None = None
    elapsed_ms: float = 0.0
    article: str | None = None


def text_of(texts: Mapping[str, str], language: str) -> str:
    """Return a title in `language`, or in another where it has none in this one."""
    return texts.get(language) or next(iter(texts.values()), "")


def blank(leaves: Sequence[Leaf], language: str) -> tuple[Row, ...]:
    """Return the list before anything is found."""
    return tuple(Row(each.id, text_of(each.title, language)) for each in leaves)


def listed(head: Html, rows: Sequence[Row], language: str) -> Html:
    """Return the list under its headline."""
    return Html("\n".join([head, *(_row(each, rows, language) for each in rows)]))


def _row(row: Row, rows: Sequence[Row], language: str) -> Html:
    if row.finding is None:
        return say(language, "diag-row", mark=WAITS, title=row.title)
    mark = SIGNS[light(row.finding.verdict)]
    if light(row.finding.verdict) is not Light.UNKNOWN:
        return say(language, "diag-row-timed", mark=mark, title=row.title, time=_time(row.elapsed_ms, language))
    cause = next((each.title for each in rows if each.check_id == row.finding.facts.get("cause")), None)
    if cause is not None:
        return say(language, "diag-row-earlier", mark=mark, title=row.title)
    why = str(row.finding.facts.get("why", ""))
    key = "diag-row-stopped" if why == "stopped" else "diag-row-own" if why in OURS else "diag-row-unknown"
    return say(language, key, mark=mark, title=row.title)


def _time(elapsed_ms: float, language: str) -> str:
    if elapsed_ms < SECOND:
        return label(language, "diag-ms", count=str(max(1, round(elapsed_ms))))
    seconds = f"{elapsed_ms / SECOND:.1f}"
    return label(language, "diag-s", count=seconds.replace(".", ",") if language == "ru" else seconds)


def sentence(finding: Finding, language: str) -> str:
    """Return what a finding means, as plain text."""
    return label(language, verdict_key(finding.verdict), **arguments(finding))


def failed(rows: Sequence[Row]) -> list[Row]:
    """Return the checks that found something wrong, the bad ones first."""
    found = [row for row in rows if row.finding is not None]
    return [row for shown in (Light.BAD, Light.WARN) for row in found if light(_verdict(row)) is shown]


def in_words(rows: Sequence[Row], language: str) -> list[Html]:
    """Return what came out of a run: a line for each check that failed, or that all is well, or what is not known."""
    wrong = failed(rows)
    lines = [
        say(language, "diag-word", mark=SIGNS[light(_verdict(row))], text=sentence(row.finding, language))
        for row in wrong[:WORDS]
        if row.finding is not None
    ]
    if wrong:
        return list(dict.fromkeys(lines))
    unknown = [row for row in rows if row.finding is None or light(_verdict(row)) is Light.UNKNOWN]
    if not unknown:
        return [say(language, "diag-all-good")]
    return [say(language, "diag-nothing-known" if len(unknown) == len(rows) else "diag-partly-known")]


def _verdict(row: Row) -> Verdict:
    return Verdict.INCONCLUSIVE if row.finding is None else row.finding.verdict


def understood(heard: Heard, language: str) -> Html:
    """Return what was read of the customer's end: the tool, the host, the verdict."""
    host = heard.finding.facts.get("host")
    return say(
        language,
        "diag-heard",
        mark=SIGNS[light(heard.finding.verdict)],
        tool=heard.tool,
        host=host if isinstance(host, str) else "none",
        text=sentence(heard.finding, language),
    )


def both(findings: Sequence[Finding], heard: Heard, book: Book) -> TwoSided:
    """Return what our findings and the customer's output mean together."""
    return two_sided(findings, as_reading(heard), book)


def conclusion(joined: TwoSided, language: str) -> Html:
    """Return the sentence on both ends."""
    return say(language, "diag-both", text=label(language, joined.key, **joined.arguments))


def told(joined: TwoSided, language: str) -> str:
    """Return the same as plain text, to be quoted to the staff."""
    return label(language, joined.key, **joined.arguments)


def as_reading(heard: Heard) -> Reading:
    """Return what was kept of a reading as a reading."""
    return Reading((), heard.finding.verdict, heard.article, heard.side, heard.finding, heard.tool)


def as_heard(reading: Reading, heard_id: str, user_id: int, conversation_id: str, at: float) -> Heard:
    """Return what is kept of a reading that holds a tool's output."""
    finding = reading.main or Finding(Verdict.INCONCLUSIVE)
    tool = reading.tool or "—"
    return Heard(heard_id, user_id, conversation_id, tool, finding, reading.side, reading.article, at)


def is_certain(heard: Heard) -> bool:
    """Tell whether a reading says something."""
    return light(heard.finding.verdict) is not Light.UNKNOWN and heard.side is not Side.UNKNOWN
