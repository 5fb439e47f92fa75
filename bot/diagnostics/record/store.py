"""Rows of diagnostics in the chat: where a run is shown, and what was understood of pasted output.

Beside `bot.diagnostics.store`, which keeps runs and findings but brings the probes with it; this is what every start
and every card reads, and brings nothing. Facts come here cleaned by the caller's redactor. Writers return an `Op`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlite_utils import Database as Db

from bot.diagnostics.verdict import Fact, Finding, Side, Verdict
from bot.storage.database import Op

FRESH_SECONDS = 30 * 60.0
"""Both ends are compared where they were looked at within so long of each other."""


class Look(StrEnum):
    """How a run is shown: check by check, or only as what it adds to the customer's own output."""

    LIST = "list"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Wish:
    """A run as the chat asked for it. `message_id` is our record of the message that shows it.

    `article` is the one it was started from, `guide_run` the guide whose step asked for it, if any.
    """

    id: str
    user_id: int
    conversation_id: str
    product: str
    check_id: str
    message_id: str
    language: str
    look: Look = Look.LIST
    article: str | None = None
    guide_run: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a customer's pasted output came to: the finding that speaks for all, the tool, where it leads."""

    id: str
    user_id: int
    conversation_id: str
    tool: str
    finding: Finding
    side: Side
    article: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of a ticket's passport: ours (a check) or the customer's (a tool), what it was about, the verdict."""

    ours: bool
    what: str
    about: str
    verdict: Verdict
    at: float


_WISH = (
    "r.id, r.user_id, r.conversation_id, r.product, r.check_id,"
    " c.message_id, c.language, c.look, c.article, c.guide_run"
)
_SHOWN = "diagnostic_runs r JOIN diagnostic_chats c ON c.run_id = r.id"


def want(wish: Wish, now: float) -> Op:
    """Return the change that puts a run on record as running, with where it is shown."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO diagnostic_runs (id, user_id, conversation_id, product, check_id, started_at, status)"
            " VALUES (?, ?, ?, ?, ?, ?, 'running')",
            [wish.id, wish.user_id, wish.conversation_id, wish.product, wish.check_id, now],
        )
        db.execute(
            "INSERT INTO diagnostic_chats (run_id, message_id, language, look, article, guide_run)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [wish.id, wish.message_id, wish.language, wish.look, wish.article, wish.guide_run],
        )

    return op


def running(db: Db) -> list[Wish]:
    """Return the runs that are shown in a chat and under way, oldest first."""
    return _wishes(db, "r.status = 'running'", [])


def running_of(db: Db, user_id: int) -> Wish | None:
    """Return the run that a customer has under way, or None."""
    found = _wishes(db, "r.status = 'running' AND r.user_id = ?", [user_id])
    return found[0] if found else None


def find(db: Db, run_id: str) -> Wish | None:
    """Return the run with this id that is shown in a chat, or None."""
    found = _wishes(db, "r.id = ?", [run_id])
    return found[0] if found else None


def give_up(run_id: str, status: str, now: float) -> Op:
    """Return the change that ends a run without findings, as `interrupted` or `cancelled`; once ended, nothing."""

    def op(db: Db) -> None:
        db.execute(
            "UPDATE diagnostic_runs SET status = ?, ended_at = ? WHERE id = ? AND status = 'running'",
            [status, now, run_id],
        )

    return op


def hear(heard: Heard) -> Op:
    """Return the change that keeps what was read of a customer's end."""
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in heard.finding.facts.items()}
    values = [
        heard.id,
        heard.user_id,
        heard.conversation_id,
        heard.tool,
        heard.finding.verdict,
        heard.side,
        heard.article,
        json.dumps(facts, ensure_ascii=False),
        heard.at,
    ]

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO readings (id, user_id, conversation_id, tool, verdict, side, article, facts, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )

    return op


def last_heard(db: Db, conversation_id: str, now: float) -> Heard | None:
    """Return what was read last of a customer's end in this conversation, if it is fresh."""
    row = db.execute(
        "SELECT id, user_id, conversation_id, tool, verdict, side, article, facts, at FROM readings"
        " WHERE conversation_id = ? AND at > ? ORDER BY at DESC, rowid DESC LIMIT 1",
        [conversation_id, now - FRESH_SECONDS],
    ).fetchone()
    if row is None:
        return None
    finding = Finding(Verdict(row[4]), facts_of(row[7]))
    return Heard(row[0], row[1], row[2], row[3], finding, Side(row[5]), row[6], row[8])


def last_findings(db: Db, conversation_id: str, product: str, now: float) -> list[tuple[str, Finding]]:
    """Return check and finding of the newest fresh run of this product in a conversation; empty without one."""
    row = db.execute(
        "SELECT id FROM diagnostic_runs WHERE conversation_id = ? AND product = ? AND status = 'done' AND ended_at > ?"
        " ORDER BY ended_at DESC, rowid DESC LIMIT 1",
        [conversation_id, product, now - FRESH_SECONDS],
    ).fetchone()
    if row is None:
        return []
    found = db.execute(
        "SELECT check_id, verdict, facts FROM diagnostic_findings WHERE run_id = ? ORDER BY place", [row[0]]
    )
    return [(check_id, Finding(Verdict(verdict), facts_of(facts))) for check_id, verdict, facts in found]


def evidence(db: Db, conversation_id: str) -> list[Evidence]:
    """Return what was found in a conversation, oldest first: the latest word of each check, and all that was read."""
    ours = db.execute(
        "SELECT f.check_id, r.product, f.verdict, max(f.at) FROM diagnostic_findings f"
        " JOIN diagnostic_runs r ON r.id = f.run_id WHERE r.conversation_id = ?"
        " GROUP BY r.product, f.check_id ORDER BY f.at, f.place",
        [conversation_id],
    )
    found = [Evidence(True, check, product, Verdict(verdict), at) for check, product, verdict, at in ours]
    read = db.execute(
        "SELECT tool, coalesce(json_extract(facts, '$.host'), ''), verdict, at FROM readings WHERE conversation_id = ?"
        " ORDER BY at, rowid",
        [conversation_id],
    )
    found += [Evidence(False, tool, str(host), Verdict(verdict), at) for tool, host, verdict, at in read]
    return found


def facts_of(stored: str) -> Mapping[str, Fact]:
    """Return facts as they were before they were stored."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(stored).items()}


def _wishes(db: Db, condition: str, values: list[str | int]) -> list[Wish]:
    rows = db.execute(f"SELECT {_WISH} FROM {_SHOWN} WHERE {condition} ORDER BY r.started_at, r.rowid", values)  # noqa: S608 - our own conditions
    return [replace(Wish(*row), look=Look(row[7])) for row in rows.fetchall()]
