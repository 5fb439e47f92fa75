"""Which checks a declared check stands for, and which of two findings is the cause of the other. Pure.

Decides that a group is the sum of its members, nested groups included, each once, keys left out (they need a key and
its owner's consent); and that a check which could not get as far as its own question is `inconclusive` where another
check of the same run asks the question it got stuck at. All checks run at once: one that needs a connection makes its
own, so nothing waits for anything but the slowest. Called by `run.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from bot.diagnostics.verdict import Finding, Light, Verdict, light
from bot.kb.checks import (
    Check,
    DnsCheck,
    GroupCheck,
    HttpCheck,
    KeyCheck,
    ProductChecks,
    TcpCheck,
    TlsCheck,
    host_and_port,
)

Leaf: TypeAlias = DnsCheck | TcpCheck | TlsCheck | HttpCheck
"""A check that contacts something, and needs nobody's key."""

_STAGES: Final = ("dns", "tcp", "tls", "http")
_NEVER_ASKED: Final = frozenset({"undeclared", "own_dns", "own_network", "own_machine"})
"""Reasons of ours, which no other check explains."""


def find(checks: ProductChecks, check_id: str) -> Check | None:
    """Return the declared check with this id, or None."""
    return next((check for check in checks.checks if check.id == check_id), None)


def leaves(checks: ProductChecks, check_id: str) -> tuple[Leaf, ...]:
    """Return what a check runs, in the declared order, each once; nothing for an unknown id or a key check."""
    found: dict[str, Leaf] = {}
    _collect(checks, check_id, found, set())
    return tuple(found.values())


def settle(finding: Finding, peers: Mapping[str, Finding]) -> Finding:
    """Return a check's finding as it is shown, so that one failure appears once: with the check that asks for it.

    `peers` are the findings of the checks that `causes` names; where one of them failed too, this finding becomes
    `inconclusive` with `why` = `earlier` and `cause` = that check's id.
    """
    for peer, found in peers.items():
        if light(found.verdict) in {Light.BAD, Light.UNKNOWN}:
            return Finding(Verdict.INCONCLUSIVE, {**finding.facts, "why": "earlier", "cause": peer})
    return finding


def causes(check: Leaf, finding: Finding, plan: Sequence[Leaf]) -> tuple[str, ...]:
    """Return the ids of the checks that ask for what this one failed at, where that lies before its own question."""
    stage = finding.facts.get("stage")
    earlier = _STAGES[: _STAGES.index(check.kind)]
    if finding.verdict is Verdict.OK or stage not in earlier or finding.facts.get("why") in _NEVER_ASKED:
        return ()
    place = _place(check)
    return tuple(
        peer.id for peer in plan if peer.kind == stage and _place(peer)[: _shared(peer)] == place[: _shared(peer)]
    )


def question(check: Leaf) -> tuple[object, ...]:
    """Return what a check asks, hashable: two checks with the same question have the same finding."""
    match check:
        case DnsCheck():
            return "dns", check.host, check.timeout
        case TcpCheck() | TlsCheck():
            return check.kind, check.host, check.port, check.timeout
        case HttpCheck(expect=wanted):
            expected = (wanted.status, wanted.body, wanted.json_path, wanted.xml_path)
            return "http", check.method, check.url, check.timeout, expected


def article(check: Leaf, verdict: Verdict, checks: ProductChecks) -> str | None:
    """Return the article that a verdict of this check leads to, the check's own word before the product's."""
    return check.verdicts.get(verdict.value) or checks.verdicts.get(verdict.value)


def _collect(checks: ProductChecks, check_id: str, found: dict[str, Leaf], seen: set[str]) -> None:
    # The loader refuses groups that hold themselves; a run of one would still end.
    if check_id in seen:
        return
    seen.add(check_id)
    match find(checks, check_id):
        case GroupCheck() as group:
            for each in group.checks:
                _collect(checks, each, found, seen)
        case KeyCheck() | None:
            pass
        case leaf:
            found[leaf.id] = leaf


def _shared(peer: Leaf) -> int:
    """How much of host and port has to be the same: a name is looked up for all its ports."""
    return 1 if isinstance(peer, DnsCheck) else 2


def _place(check: Leaf) -> tuple[str, int]:
    match check:
        case DnsCheck():
            return check.host, 0
        case TcpCheck() | TlsCheck():
            return check.host, check.port
        case HttpCheck():
            return host_and_port(check.url)
