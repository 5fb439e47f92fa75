"""`diagnost diagnose`: the declared checks of a product, run from this machine.

Decides how results are printed and the exit code: 0 all is well, warnings allowed, 1 a fault was found, 2 wrong use or
settings, 3 something could not be checked. The checks are `bot.diagnostics`; `/diag` runs the same ones in the chat.
Mounted by `bot/cli.py`; `doctor --network` runs the default checks of all products.
"""

import asyncio
import io
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.clock import SystemClock
from bot.diagnostics.outcome import CheckResult, Run, RunStatus
from bot.diagnostics.run import Runner
from bot.diagnostics.target import Reach
from bot.diagnostics.two_sided import arguments, verdict_key
from bot.diagnostics.verdict import Finding, Light, Verdict, light
from bot.i18n import LANGUAGES, label
from bot.kb import DEFAULT_KB
from bot.kb.checks import GroupCheck, KeyCheck, ProductChecks
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.library import Library
from bot.kb.loader import load
from bot.settings import Settings, SettingsFault, load_some

DONE, FAULT_FOUND, WRONG_USE, NOT_CHECKED = 0, 1, 2, 3
SIGNS = {Light.GOOD: "✅", Light.WARN: "⚠️", Light.BAD: "❌", Light.UNKNOWN: "❔"}
_SETTINGS = ("DIAG_ALLOW_PRIVATE", "DIAG_NAMESERVER", "DIAG_CA_FILE", "KB_DIR", "DEFAULT_LANGUAGE")
_WIDE = 200
"""Columns where no terminal says how many there are."""
_SHOWN = (
    "why", "how", "rcode", "addresses", "address", "issuer", "subject", "names", "not_before", "not_after",
    "status", "type", "to", "dns_ms", "connect_ms", "tls_ms", "first_byte_ms",
)  # fmt: skip
"""Facts that a line shows, in this order; `--json` has all of them."""


_REASONS = {
    "earlier": "an earlier check failed",
    "own_dns": "this machine's name server does not answer",
    "own_network": "this machine has no way to the internet, or its firewall forbids it",
    "own_machine": "this machine cannot open a connection",
    "deadline": "time ran out",
    "stopped": "it was stopped",
    "undeclared": "the target is not declared",
}


def diagnose(product: str, check: str | None, *, as_json: bool, kb: Path | None, language: str | None) -> int:
    """Run the checks, print what was found, and return the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that has no ✅ gets a question mark, not a traceback.
        sys.stdout.reconfigure(errors="replace")
    try:
        settings = load_some(_SETTINGS)
        library = load(kb or settings.kb_dir or DEFAULT_KB)
        reach = reach_of(settings)
    except (SettingsFault, KnowledgeBaseFaults) as error:
        return _wrong(map(str, error.faults))
    checks = library.checks_of(product)
    wanted = check or checks.default
    if fault := _fault(library, checks, product, wanted):
        return _wrong([fault])
    spoken = language or settings.default_language
    run = asyncio.run(Runner(reach, SystemClock()).run(checks, wanted or ""))
    if as_json:
        print(json.dumps(as_object(product, run, spoken), ensure_ascii=False, indent=2))
    else:
        _print_table(run, spoken)
    return exit_code(run)


def reach_of(settings: Settings) -> Reach:
    """Return the operator's settings of diagnostics as `bot.diagnostics` takes them."""
    listen = settings.diag_nameserver
    nameserver = None if listen is None else (listen.host, listen.port)
    return Reach.of(settings.diag_allow_private, nameserver, settings.diag_ca_file)


def exit_code(run: Run) -> int:
    """Return 1 where any check found a fault, else 3 where something could not be checked, else 0."""
    lights = {light(result.finding.verdict) for result in run.results}
    if Light.BAD in lights:
        return FAULT_FOUND
    return NOT_CHECKED if Light.UNKNOWN in lights or run.status is not RunStatus.DONE else DONE


def as_object(product: str, run: Run, language: str) -> dict[str, object]:
    """Return a run as the object that `--json` prints."""
    worst = run.worst
    return {
        "product": product,
        "check": run.check_id,
        "title": text_of(run.title, language),
        "status": run.status.value,
        "elapsed_ms": round((run.ended - run.started) * 1000, 1),
        "verdict": worst.finding.verdict.value if worst else None,
        "article": worst.article if worst else None,
        "results": [
            {
                "id": result.check_id,
                "title": text_of(result.title, language),
                "verdict": result.finding.verdict.value,
                "light": light(result.finding.verdict).value,
                "article": result.article,
                "elapsed_ms": result.elapsed_ms,
                "facts": dict(result.finding.facts),
            }
            for result in run.results
        ],
    }


def text_of(texts: Mapping[str, str], language: str) -> str:
    """Return a title in `language`, or in any other where it has none in this one."""
    return texts.get(language) or next(iter(texts.values()), "")


def sentence(finding: Finding, language: str) -> str:
    """Return what a verdict means, in words; for what could not be checked the reason, in the operator's English."""
    if finding.verdict is Verdict.INCONCLUSIVE:
        return f"not checked: {_REASONS.get(str(finding.facts.get('why')), 'no reason is known')}"
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    return label(spoken, verdict_key(finding.verdict), **arguments(finding))


def _fault(library: Library, checks: ProductChecks, product: str, wanted: str | None) -> str | None:
    if product not in library.products and product not in library.checks:
        return f"there is no product `{product}`; there are {', '.join(library.products) or 'none'}"
    runnable = [each for each in checks.checks if not isinstance(each, KeyCheck)]
    ids = ", ".join(each.id for each in sorted(runnable, key=lambda each: not isinstance(each, GroupCheck)))
    if wanted is None:
        return (
            f"name a check with --check: {ids}" if ids else f"`{product}` declares no checks in {product}/_checks.yaml"
        )
    known = next((each for each in checks.checks if each.id == wanted), None)
    if known is None:
        return f"`{product}` declares no check `{wanted}`; there are {ids or 'none'}"
    return (
        f"`{wanted}` needs a licence key, which is asked for in the chat only" if isinstance(known, KeyCheck) else None
    )


def _print_table(run: Run, language: str) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    for result in run.results:
        table.add_row(
            SIGNS[light(result.finding.verdict)],
            text_of(result.title, language),
            sentence(result.finding, language),
            f"{result.elapsed_ms:.0f} ms",
            _details(result),
        )
    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDE)
    console.print(text_of(run.title, language))
    console.print(table)


def _details(result: CheckResult) -> str:
    facts = result.finding.facts
    if "cause" in facts:
        return f"see {facts['cause']}"
    shown = [(name, facts[name]) for name in _SHOWN if name in facts]
    parts = [f"{name}={', '.join(value) if isinstance(value, tuple) else value}" for name, value in shown]
    return "; ".join([*parts, *([f"→ {result.article}"] if result.article else [])])


def _wrong(messages: Iterable[str]) -> int:
    for message in messages:
        print(message, file=sys.stderr)
    return WRONG_USE
