"""Output of the customer's own tools, sent without a word: what was understood, and both ends together.

Decides when a message is such output, what is said of it, and whether our side is asked too; what the output says is
`bot.diagnostics.reading`'s. The prose around it is answered by `question.py` as any other. Reading runs in a thread.
Called by `question.py` and `text_file.py`.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.conversations import store as conversations
from bot.diagnostics import plan
from bot.diagnostics.commands import places
from bot.diagnostics.record import store as record
from bot.diagnostics.record.store import Heard, Look
from bot.diagnostics.verdict import Fact, Finding, Verdict
from bot.i18n import Html
from bot.kb.library import Library
from bot.matching.decision import Kind
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.telegram.answering import article_buttons, person_button
from bot.telegram.diagnosing import Asked, Wanted, fetch_words
from bot.telegram.talk import Keyboard, Talk
from bot.triage import Prepared, Triaged

if TYPE_CHECKING:
    from bot.diagnostics.reading.read import Reading

SHORTEST = 16
"""Characters; no tool's output that says anything is shorter, and most messages are."""

ANSWERED_TOO = frozenset({Kind.ANSWER, Kind.GUIDE, Kind.ESCALATE})
"""What is made of the prose around an output; what is unclear in it the output has answered."""

WORDS = 3
"""Less prose than this is a remark, not a question."""

NOT_COMPARED = frozenset(
    {
        Verdict.NO_SEAT,
        Verdict.KEY_INVALID,
        Verdict.LICENCE_EXPIRED,
        Verdict.NOT_ALLOWED,
        Verdict.SERVER_CODE,
        Verdict.INCONCLUSIVE,
    }
)
"""Verdicts that our side can add nothing to."""


async def look(talk: Talk, words: str) -> "Reading | None":
    """Return what was read of the tools' output in a message, or None where it holds none."""
    if len(words) < SHORTEST:
        return None
    await fetch_words()
    today = datetime.fromtimestamp(talk.now, UTC).date().isoformat()
    found = await asyncio.to_thread(_read, words, talk.prepared, today)
    return found if found.is_diagnostic else None


def _read(words: str, prepared: Prepared, today: str) -> "Reading":
    from bot.diagnostics.reading.book import book_of  # noqa: PLC0415 - heavy, and fetched by now
    from bot.diagnostics.reading.read import read  # noqa: PLC0415 - as above

    return read(words, book_of(prepared.library), today=today)


def prose(words: str, reading: "Reading") -> str:
    """Return what a customer wrote around the output; nothing where that is too little to ask anything."""
    left, at = [], 0
    for tool in sorted(reading.tools, key=lambda each: each.start):
        left.append(words[at : max(at, tool.start)])
        at = max(at, tool.end)
    text = " ".join([*left, words[at:]]).strip()
    return text if sum(any(c.isalpha() for c in word) for word in text.split()) >= WORDS else ""


async def tell(talk: Talk, database: Database, reading: "Reading", triaged: Triaged, message_id: str) -> None:
    """Say what was understood, with both ends together where ours is known, and put it on record."""
    from bot.telegram import checklist  # noqa: PLC0415 - heavy, and fetched by now

    heard = _cleaned(talk, checklist.as_heard(reading, new_id(), talk.person.id, talk.conversation.id, talk.now))
    if triaged.decision.kind not in ANSWERED_TOO:
        # The request to a person, if one comes, finds its question by the decision on it.
        reasons = (*triaged.decision.reasons, f"output of {heard.tool}: {heard.finding.verdict.value}")
        decision = replace(
            triaged.decision, kind=Kind.DIAGNOSE, article=heard.article, options=(), also=(), reasons=reasons
        )
        saved = conversations.save_decision(
            new_id(), talk.conversation.id, message_id, decision, triaged.elapsed_ms, talk.now
        )
        talk.effects.add(saved)
    damage = _damage(talk, heard)
    if damage is not None:
        talk.effects.add(record.hear(heard))
        talk.say(damage, [person_button(talk)])
        return
    understood = checklist.understood(heard, talk.language)
    product = _product_of(heard, talk.prepared.library)
    check = _check_for(heard, product, talk.prepared.library)
    if product is None or check is None or heard.finding.verdict in NOT_COMPARED:
        talk.effects.add(record.hear(heard))
        _say(talk, heard, [understood])
        return
    found = await database.read(lambda db: record.last_findings(db, talk.conversation.id, product, talk.now))
    if _covers(found, heard):
        _say_both(talk, heard, understood, found, product)
    else:
        wanted = Wanted(product, check, look=Look.COMPARE, article=heard.article)
        asked = Asked.UNKNOWN if talk.kit.checks is None else await talk.kit.checks.ask(talk, wanted, understood)
        if asked is Asked.BUSY:
            talk.say(Html(f"{understood}\n\n{talk.text('diag-busy-comparing')}"))
        elif asked is Asked.UNKNOWN:
            _say(talk, heard, [understood])
    talk.effects.add(record.hear(heard))


def _damage(talk: Talk, heard: Heard) -> Html | None:
    """Return what is said of a block of our script that did not arrive whole, None for all else."""
    from bot.diagnostics.reading import block, block_findings  # noqa: PLC0415 - heavy, and fetched by now

    why, rows = heard.finding.facts.get("why"), heard.finding.facts.get("lines")
    if heard.tool != block_findings.TOOL or why not in [*block.Damage]:
        return None
    return talk.text(block.damage_key(str(why)), lines=", ".join(rows) if isinstance(rows, tuple) else "")


def _cleaned(talk: Talk, heard: Heard) -> Heard:
    """Return what is kept without secrets: names and issuers are written by whoever answers."""
    clean = talk.prepared.redactor.clean

    def cleaned(fact: Fact) -> Fact:
        if isinstance(fact, str):
            return clean(fact)
        return tuple(map(clean, fact)) if isinstance(fact, tuple) else fact

    facts = {name: cleaned(fact) for name, fact in heard.finding.facts.items()}
    return replace(heard, finding=Finding(heard.finding.verdict, facts))


def _product_of(heard: Heard, library: Library) -> str | None:
    """Return the product whose host the output is about, else the one of the article that it leads to."""
    host = heard.finding.facts.get("host")
    for product in library.products.values():
        if any(each.name == host for each in product.hosts) or (host and host in _hosts(product.id, library)):
            return product.id
    article = library.article(heard.article or "") if host is None else None
    return article.product if article is not None else None


def _hosts(product: str, library: Library) -> set[str]:
    declared = library.checks.get(product)
    checks = declared.checks if declared is not None else ()
    leaves = [leaf for check in checks for leaf in plan.leaves(library.checks_of(product), check.id)]
    return {place.host for place in places(leaves)}


def _check_for(heard: Heard, product: str | None, library: Library) -> str | None:
    """Return the check that asks about the host: the product's own choice, else the first that does."""
    if product is None:
        return None
    checks = library.checks_of(product)
    host = heard.finding.facts.get("host")
    for check_id in [*([checks.default] if checks.default else []), *(each.id for each in checks.checks)]:
        leaves = plan.leaves(checks, check_id)
        if leaves and (host is None or any(place.host == host for place in places(leaves))):
            return check_id
    return None


def _covers(found: list[tuple[str, Finding]], heard: Heard) -> bool:
    host = heard.finding.facts.get("host")
    return bool(found) and (host is None or any(finding.facts.get("host") == host for _, finding in found))


def _say_both(talk: Talk, heard: Heard, understood: Html, found: list[tuple[str, Finding]], product: str) -> None:
    from bot.telegram import checklist, diagnosed  # noqa: PLC0415 - heavy, and fetched by now

    rows = [checklist.Row(check_id, check_id, finding) for check_id, finding in found]
    joined = checklist.both([finding for _, finding in found], heard, diagnosed.book(talk.prepared.library, rows))
    _say(talk, replace(heard, article=joined.article), [understood, checklist.conclusion(joined, talk.language)])
    if talk.kit.checks is not None and joined.conclusion in checklist.FOR_A_PERSON:
        talk.kit.checks.tell_staff(talk.kit, product, checklist.told(joined, talk.prepared.library.default_language))


def _say(talk: Talk, heard: Heard, parts: list[Html]) -> None:
    if heard.finding.verdict is Verdict.INCONCLUSIVE:
        parts = [*parts, talk.text("diag-send-whole")]
    keyboard: Keyboard = article_buttons(talk, [heard.article] if heard.article else [])
    talk.say(Html("\n\n".join(parts)), [*keyboard, person_button(talk)])
