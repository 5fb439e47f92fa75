"""Rows of runs: who had what checked when, what was found, and which checks fail since when.

Written by the handlers of `/diag` and of guides, with the effects of an update; read by cards, statistics and the
start of the program, which ends what the last process left running. Facts are cleaned by the caller's redactor first,
for an issuer's name or a redirect is written by whoever answers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database as Db

from bot.diagnostics.outcome import CheckResult, Run, RunStatus
from bot.diagnostics.verdict import Fact, Finding, Verdict, light

_RUN = "id, user_id, conversation_id, ticket_id, product, check_id, started_at, ended_at, status"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run as it is kept; times are epoch seconds."""

    id: str
    user_id: int | None
    conversation_id: str | None
    ticket_id: int | None
    product: str
    check_id: str
    started_at: float
    ended_at: float | None
    status: RunStatus


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """What one check of a run found, as it is kept."""

    check_id: str
    finding: Finding
    article: str | None
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Failing:
    """A check whose last finding was bad: since when without a good one between, how often, for how many people."""

    product: str
    check_id: str
    verdict: Verdict
    since: float
    last: float
    times: int
    customers: int


def begin(db: Db, run: StoredRun) -> None:
    """Note a run that begins; `status` and `ended_at` are not read."""
    db.execute(
        f"INSERT INTO diagnostic_runs ({_RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 'running')",  # noqa: S608 - the names stand above
        [run.id, run.user_id, run.conversation_id, run.ticket_id, run.product, run.check_id, run.started_at],
    )


def end(db: Db, run_id: str, run: Run, redact: Callable[[str], str]) -> bool:
    """Note how a run ended and what it found; False where it is not running any more, then nothing is changed."""
    cursor = db.execute(
        "UPDATE diagnostic_runs SET status = ?, ended_at = ? WHERE id = ? AND status = 'running'",
        [run.status.value, run.ended, run_id],
    )
    if cursor.rowcount != 1:
        return False
    for place, result in enumerate(run.results):
        _insert(db, run_id, place, result, run.ended, redact)
    return True


def interrupt(db: Db, now: float) -> list[StoredRun]:
    """End what an earlier process left running; return those runs, so that their customers can be asked."""
    left = _runs(db, "status = 'running'", [])
    db.execute("UPDATE diagnostic_runs SET status = 'interrupted', ended_at = ? WHERE status = 'running'", [now])
    return left


def cancel(db: Db, run_id: str, now: float) -> bool:
    """Note that a running run was given up without findings; False where it is not running any more."""
    cursor = db.execute(
        "UPDATE diagnostic_runs SET status = 'cancelled', ended_at = ? WHERE id = ? AND status = 'running'",
        [now, run_id],
    )
    return cursor.rowcount == 1


def running_of(db: Db, user_id: int) -> StoredRun | None:
    """Return the run that a customer has under way, or None."""
    found = _runs(db, "status = 'running' AND user_id = ?", [user_id])
    return found[0] if found else None


def find(db: Db, run_id: str) -> StoredRun | None:
    """Return the run with this id, or None."""
    found = _runs(db, "id = ?", [run_id])
    return found[0] if found else None


def of_conversation(db: Db, conversation_id: str) -> list[StoredRun]:
    """Return the runs of a conversation, oldest first."""
    return _runs(db, "conversation_id = ?", [conversation_id])


def findings(db: Db, run_id: str) -> list[StoredFinding]:
    """Return what a run found, in the order of its checks."""
    rows = db.execute(
        "SELECT check_id, verdict, facts, article, elapsed_ms FROM diagnostic_findings WHERE run_id = ? ORDER BY place",
        [run_id],
    ).fetchall()
    return [
        StoredFinding(check_id, Finding(Verdict(verdict), _facts(facts)), article, elapsed_ms)
        for check_id, verdict, facts, article, elapsed_ms in rows
    ]


def failing(db: Db) -> list[Failing]:
    """Return the checks whose last finding was bad, longest first; what could not be checked counts for nothing."""
    rows = db.execute("""
        WITH known AS (
            SELECT f.*, r.user_id FROM diagnostic_findings f JOIN diagnostic_runs r ON r.id = f.run_id
            WHERE f.light != 'unknown'
        ), good AS (
            SELECT product, check_id, max(at) AS at FROM known WHERE light != 'bad' GROUP BY product, check_id
        ), bad AS (
            SELECT known.* FROM known LEFT JOIN good USING (product, check_id)
            WHERE known.light = 'bad' AND (good.at IS NULL OR known.at > good.at)
        )
        SELECT product, check_id,
            (SELECT verdict FROM bad AS latest WHERE latest.product = bad.product AND latest.check_id = bad.check_id
                ORDER BY at DESC, place LIMIT 1),
            min(at) AS since, max(at), count(*), count(DISTINCT user_id)
        FROM bad GROUP BY product, check_id ORDER BY since, product, check_id
    """).fetchall()
    return [
        Failing(product, check_id, Verdict(verdict), since, last, times, customers)
        for product, check_id, verdict, since, last, times, customers in rows
    ]


def _insert(db: Db, run_id: str, place: int, result: CheckResult, at: float, redact: Callable[[str], str]) -> None:
    verdict = result.finding.verdict
    db.execute(
        "INSERT INTO diagnostic_findings (run_id, place, product, check_id, verdict, light, article, facts,"
        " elapsed_ms, at)"
        " SELECT ?, ?, product, ?, ?, ?, ?, ?, ?, ? FROM diagnostic_runs WHERE id = ?",
        [
            run_id,
            place,
            result.check_id,
            verdict.value,
            light(verdict).value,
            result.article,
            json.dumps(_redacted(result.finding.facts, redact), ensure_ascii=False),
            result.elapsed_ms,
            at,
            run_id,
        ],
    )


def _redacted(facts: Mapping[str, Fact], redact: Callable[[str], str]) -> dict[str, Fact]:
    def clean(value: Fact) -> Fact:
        match value:
            case str():
                return redact(value)
            case tuple():
                return tuple(map(redact, value))
            case _:
                return value

    return {name: clean(value) for name, value in facts.items()}


def _facts(text: str) -> dict[str, Fact]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()}


def _runs(db: Db, condition: str, values: list[str | int]) -> list[StoredRun]:
    rows = db.execute(
        f"SELECT {_RUN} FROM diagnostic_runs WHERE {condition} ORDER BY started_at, rowid",  # noqa: S608 - our own conditions
        values,
    ).fetchall()
    return [
        StoredRun(**{**dict(zip(_RUN.split(", "), row, strict=True)), "status": RunStatus(row[-1])}) for row in rows
    ]
