"""Runs as they are kept: what was found, what an end of the program broke off, what fails since when."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database as Db

from bot.diagnostics import store
from bot.diagnostics.outcome import CheckResult, Run, RunStatus
from bot.diagnostics.store import Failing, StoredFinding, StoredRun
from bot.diagnostics.verdict import Fact, Finding, Verdict
from bot.storage.database import connect
from bot.storage.migrations import migrate


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Db]:
    opened = connect(tmp_path / "bot.db")
    migrate(opened)
    yield opened
    opened.close()


def begun(run_id: str, at: float = 100.0, user: int | None = 7) -> StoredRun:
    return StoredRun(run_id, user, None, None, "miko", "miko-licensing", at, None, RunStatus.RUNNING)


def ended(at: float, *found: tuple[str, Verdict], status: RunStatus = RunStatus.DONE) -> Run:
    results = tuple(CheckResult(check, {"en": check}, Finding(verdict), None, 1.5) for check, verdict in found)
    return Run("miko-licensing", {"en": "All"}, at - 1, at, status, results)


def same(text: str) -> str:
    return text


def keep(db: Db, run_id: str, at: float, *found: tuple[str, Verdict], user: int | None = 7) -> None:
    store.begin(db, begun(run_id, at - 1, user))
    assert store.end(db, run_id, ended(at, *found), same)


def test_a_run_is_kept_with_what_it_found(db: Db) -> None:
    store.begin(db, begun("r1"))
    assert store.running_of(db, 7) == begun("r1")
    assert store.running_of(db, 8) is None
    facts: dict[str, Fact] = {
        "issuer": "Proxy of bob@example.com",
        "names": ("a", "bob@example.com"),
        "days_left": 5,
        "tls_ms": 1.5,
    }
    result = CheckResult("lic-tls", {"en": "TLS"}, Finding(Verdict.TLS_INTERCEPTED, facts), "miko-antivirus", 12.5)
    run = Run("miko-licensing", {"en": "All"}, 100.0, 101.0, RunStatus.DONE, (result,))

    assert store.end(db, "r1", run, lambda text: text.replace("bob@example.com", "…"))

    assert store.find(db, "r1") == StoredRun(
        "r1", 7, None, None, "miko", "miko-licensing", 100.0, 101.0, RunStatus.DONE
    )
    cleaned: dict[str, Fact] = {"issuer": "Proxy of …", "names": ("a", "…"), "days_left": 5, "tls_ms": 1.5}
    assert store.findings(db, "r1") == [
        StoredFinding("lic-tls", Finding(Verdict.TLS_INTERCEPTED, cleaned), "miko-antivirus", 12.5)
    ]
    assert store.running_of(db, 7) is None


def test_a_run_ends_once(db: Db) -> None:
    store.begin(db, begun("r1"))
    assert store.cancel(db, "r1", 101.0)
    assert not store.cancel(db, "r1", 102.0)
    assert not store.end(db, "r1", ended(103.0, ("a", Verdict.OK)), same)
    found = store.find(db, "r1")
    assert found is not None
    assert (found.status, found.ended_at) == (RunStatus.CANCELLED, 101.0)
    assert store.findings(db, "r1") == []
    assert store.find(db, "r2") is None


def test_the_next_start_ends_what_was_left_running(db: Db) -> None:
    store.begin(db, begun("r1", 100.0))
    store.begin(db, begun("r2", 90.0, user=8))
    keep(db, "r3", 80.0, ("a", Verdict.OK))

    assert [run.id for run in store.interrupt(db, 200.0)] == ["r2", "r1"]
    assert store.interrupt(db, 201.0) == []
    found = store.find(db, "r1")
    assert found is not None
    assert (found.status, found.ended_at) == (RunStatus.INTERRUPTED, 200.0)


def test_which_checks_fail_since_when(db: Db) -> None:
    keep(db, "r1", 10.0, ("a", Verdict.PORT_FILTERED), ("b", Verdict.OK), ("c", Verdict.DNS_NO_NAME))
    keep(db, "r2", 20.0, ("a", Verdict.OK), ("b", Verdict.TLS_EXPIRED), ("c", Verdict.INCONCLUSIVE))
    keep(db, "r3", 30.0, ("a", Verdict.SLOW), ("b", Verdict.TLS_CLOCK), ("c", Verdict.DNS_TIMEOUT), user=8)
    keep(db, "r4", 40.0, ("b", Verdict.INCONCLUSIVE), user=None)

    assert store.failing(db) == [
        Failing("miko", "c", Verdict.DNS_TIMEOUT, since=10.0, last=30.0, times=2, customers=2),
        Failing("miko", "b", Verdict.TLS_CLOCK, since=20.0, last=30.0, times=2, customers=2),
    ]


def test_runs_of_a_conversation(db: Db) -> None:
    db.execute("INSERT INTO users (id, name, language, first_seen, last_seen) VALUES (7, 'Ann', 'en', 1, 1)")
    db.execute("INSERT INTO conversations (id, user_id, started_at, last_at) VALUES ('c1', 7, 1, 1)")
    for run_id, at in (("r2", 20.0), ("r1", 10.0)):
        store.begin(db, StoredRun(run_id, 7, "c1", None, "miko", "miko-ping", at, None, RunStatus.RUNNING))
    store.begin(db, begun("r3"))

    assert [run.id for run in store.of_conversation(db, "c1")] == ["r1", "r2"]
