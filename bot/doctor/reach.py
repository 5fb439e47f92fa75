"""Looks whether the servers of the products can be reached from this machine; only where the operator asks for it.

Decides how a run of a product's default check reads as one finding: what is bad is a warning, for the bot works all
the same, but tells customers that the fault is on this side. Called by `bot/cli_doctor.py` (`doctor --network`).
"""

import asyncio
from pathlib import Path

from bot.clock import SystemClock
from bot.diagnostics.outcome import Run
from bot.diagnostics.run import Limits, Runner
from bot.diagnostics.target import Reach
from bot.diagnostics.verdict import Light, light
from bot.doctor.finding import REACH, Finding, ok, unknown, warning
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.library import Library
from bot.kb.loader import load

SECONDS = 20.0


async def look(kb_dir: Path, reach: Reach) -> list[Finding]:
    """Return one finding for each product that declares a default check, in order; after `SECONDS` at most."""
    try:
        library = await asyncio.to_thread(load, kb_dir)
    except KnowledgeBaseFaults:
        return [unknown(REACH, "The knowledge base has faults, so that its checks cannot be run.")]
    runner = Runner(reach, SystemClock(), Limits(total=SECONDS))
    wanted = {product: checks.default for product, checks in sorted(library.checks.items()) if checks.default}
    async with asyncio.TaskGroup() as tasks:
        runs = {
            product: tasks.create_task(runner.run(library.checks_of(product), check))
            for product, check in wanted.items()
        }
    return [_finding(product, run.result(), library) for product, run in runs.items()]


def _finding(product: str, run: Run, library: Library) -> Finding:
    shown: dict[Light, list[str]] = {each: [] for each in Light}
    for result in run.results:
        shown[light(result.finding.verdict)].append(f"{result.check_id} ({result.finding.verdict.value})")
    known = library.products.get(product)
    name = known.names.get("en", product) if known else product
    start = f"Checks of {name} from this machine:"
    command = f"diagnost diagnose --product {product}"
    if bad := [*shown[Light.BAD], *shown[Light.WARN]]:
        mend = f"See what `{command}` says of them; until then customers hear that the fault is on this side."
        return warning(REACH, f"{start} {', '.join(bad)}.", mend)
    if shown[Light.UNKNOWN]:
        return unknown(REACH, f"{start} {', '.join(shown[Light.UNKNOWN])}.", f"See what `{command}` says of them.")
    return ok(REACH, f"{start} all {len(run.results)} are fine.")
