"""With REQUIRE_ALL=1 a skipped test is a failure; without it the summary says what was not seen."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from bot.telegram import lean

# A test may import aiogram before anything of ours, and then it would take four seconds longer.
lean.install()

# Learned weights are kept from one run to the next, by their content; the bots that tests start share them.
os.environ.setdefault("CACHE_DIR", str(Path(__file__).parent.parent / ".pytest_cache" / "weights"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],  # noqa: ARG001 - pytest calls it by these names
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped ({report.longrepr}), and REQUIRE_ALL=1 wants every test to run"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("not seen in this run")
        for report in skipped:
            terminalreporter.write_line(f"{report.nodeid}: {report.longrepr}")
