"""Both ends of the wire at once: what our checks found and what the customer's output says come to one conclusion.

Decides whose side the fault is on and which text says so; it runs nothing and reads nothing. Called by the handler of
`/diag` and by whoever got pasted output. Texts are keys of `reading.ftl`; `arguments` gives all their variables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.read import Reading
from bot.diagnostics.verdict import Fact, Finding, Side, Verdict

VARIABLES: Final = (
    "host",
    "port",
    "address",
    "issuer",
    "loss",
    "status",
    "code",
    "feature",
    "captured",
    "limit",
    "expired",
)
"""What texts of `reading.ftl` may name; `none` stands for what is not known."""
_LONGEST: Final = 120
_ABSENT: Final = "none"


class Conclusion(StrEnum):
    """What both ends together mean."""

    CUSTOMER_PORT = "customer_port"
    CUSTOMER_ROUTE = "customer_route"
    CUSTOMER_DNS = "customer_dns"
    DNS_DIFFERS = "dns_differs"
    TLS_INTERCEPTED = "tls_intercepted"
    CUSTOMER_TRUST = "customer_trust"
    CUSTOMER_CLOCK = "customer_clock"
    CUSTOMER_PROXY = "customer_proxy"
    CUSTOMER_LINE = "customer_line"
    OTHER_ANSWER = "other_answer"
    """We are answered well, the customer gets an error, from a proxy perhaps."""
    SERVER_DOWN = "server_down"
    SERVER_CERTIFICATE = "server_certificate"
    OURS_ONLY = "ours_only"
    """The customer gets through and we do not."""
    LICENCE = "licence"
    """The licensing itself answered the customer, with a refusal."""
    BOTH_FINE = "both_fine"
    CUSTOMER_ONLY = "customer_only"
    """A fault at the customer's end, and ours could not be checked."""
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class TwoSided:
    """The conclusion, its text's key and variables, the article it leads to, the side, and both findings."""

    conclusion: Conclusion
    key: str
    arguments: dict[str, str]
    article: str | None
    side: Side
    ours: Finding | None
    theirs: Finding | None


_LICENCE: Final = frozenset(
    (Verdict.NO_SEAT, Verdict.KEY_INVALID, Verdict.LICENCE_EXPIRED, Verdict.NOT_ALLOWED, Verdict.SERVER_CODE)
)
_DNS: Final = frozenset((Verdict.DNS_NO_NAME, Verdict.DNS_SERVER_FAULT, Verdict.DNS_TIMEOUT))
_CERTIFICATE: Final = frozenset((Verdict.TLS_EXPIRED, Verdict.TLS_WRONG_NAME, Verdict.TLS_UNTRUSTED))
_WORKS: Final = frozenset((Verdict.OK, Verdict.SLOW, Verdict.LOSSY))
_UNKNOWN: Final = frozenset((Verdict.INCONCLUSIVE, Verdict.NOT_DIAGNOSTIC))
_EVIDENT: Final = {
    Verdict.TLS_CLOCK: Conclusion.CUSTOMER_CLOCK,
    Verdict.PROXY_DENIED: Conclusion.CUSTOMER_PROXY,
    Verdict.TLS_INTERCEPTED: Conclusion.TLS_INTERCEPTED,
    Verdict.DNS_HIJACK: Conclusion.DNS_DIFFERS,
}
"""Faults that can only be at the customer's end, whatever we see."""
_THEIRS_ALONE: Final = {
    Verdict.PORT_REFUSED: Conclusion.CUSTOMER_PORT,
    Verdict.PORT_FILTERED: Conclusion.CUSTOMER_PORT,
    Verdict.UNREACHABLE: Conclusion.CUSTOMER_ROUTE,
    Verdict.ROUTE_LOOP: Conclusion.CUSTOMER_ROUTE,
    Verdict.DNS_NO_NAME: Conclusion.CUSTOMER_DNS,
    Verdict.DNS_SERVER_FAULT: Conclusion.CUSTOMER_DNS,
    Verdict.DNS_TIMEOUT: Conclusion.CUSTOMER_DNS,
    Verdict.TLS_EXPIRED: Conclusion.CUSTOMER_CLOCK,
    Verdict.TLS_WRONG_NAME: Conclusion.CUSTOMER_TRUST,
    Verdict.TLS_UNTRUSTED: Conclusion.CUSTOMER_TRUST,
    Verdict.HTTP_ERROR: Conclusion.OTHER_ANSWER,
    Verdict.SERVICE_DOWN: Conclusion.OTHER_ANSWER,
    Verdict.LOSSY: Conclusion.CUSTOMER_LINE,
    Verdict.SLOW: Conclusion.CUSTOMER_LINE,
    Verdict.OK: Conclusion.BOTH_FINE,
}
"""What the customer's fault means where the same works for us; a certificate expired only for them is their clock."""
_SIDES: Final = {
    Conclusion.SERVER_DOWN: Side.VENDOR,
    Conclusion.SERVER_CERTIFICATE: Side.VENDOR,
    Conclusion.OURS_ONLY: Side.VENDOR,
    Conclusion.LICENCE: Side.LICENCE,
    Conclusion.BOTH_FINE: Side.LICENCE,
    Conclusion.CANNOT_TELL: Side.UNKNOWN,
    Conclusion.CUSTOMER_ONLY: Side.UNKNOWN,
}


def two_sided(ours: Sequence[Finding], theirs: Reading, book: Book) -> TwoSided:
    """Return what both ends mean; `ours` are findings of our checks, of any hosts, in any order."""
    main = theirs.main
    mine = _relevant(ours, main)
    bad = next((each for each in mine if each.verdict not in _WORKS and each.verdict not in _UNKNOWN), None)
    good = next((each for each in mine if each.verdict in _WORKS), None)
    conclusion = _conclude(mine, bad, good, main)
    shown = bad if conclusion in (Conclusion.OURS_ONLY, Conclusion.SERVER_CERTIFICATE) and bad is not None else main
    facts = dict(shown.facts) if shown is not None else {}
    for each in (bad, good):
        if "host" not in facts and each is not None and len({f.facts.get("host") for f in mine}) == 1:
            facts["host"] = each.facts.get("host", _ABSENT)
    if conclusion is Conclusion.DNS_DIFFERS and "address" not in facts:
        found = facts.get("addresses")
        facts["address"] = found[0] if isinstance(found, tuple) and found else _ABSENT
    return TwoSided(
        conclusion=conclusion,
        key=f"two-sided-{conclusion.value.replace('_', '-')}",
        arguments=arguments(facts),
        article=_article(conclusion, facts, theirs, book),
        side=_SIDES.get(conclusion, Side.CUSTOMER),
        ours=bad or good,
        theirs=main,
    )


def verdict_key(verdict: Verdict) -> str:
    """Return the key of the sentence for one verdict."""
    return f"verdict-{verdict.value.replace('_', '-')}"


def arguments(facts: "dict[str, Fact] | Finding") -> dict[str, str]:
    """Return all variables of `reading.ftl` as texts, `none` for those without a fact."""
    held = facts.facts if isinstance(facts, Finding) else facts
    return {name: _shown(held.get(name)) for name in VARIABLES}


def _conclude(mine: Sequence[Finding], bad: Finding | None, good: Finding | None, main: Finding | None) -> Conclusion:  # noqa: PLR0911
    if main is None or main.verdict in _UNKNOWN:
        return Conclusion.CANNOT_TELL
    if main.verdict in _LICENCE:
        return Conclusion.LICENCE
    if main.verdict in _EVIDENT and not (bad is not None and bad.verdict is main.verdict):
        return _EVIDENT[main.verdict]
    if bad is not None:
        return _both(bad, main)
    if good is None:
        return Conclusion.CANNOT_TELL if main.verdict is Verdict.OK else Conclusion.CUSTOMER_ONLY
    if _addresses_differ(mine, main):
        return Conclusion.DNS_DIFFERS
    return _THEIRS_ALONE[main.verdict]


def _both(bad: Finding, main: Finding) -> Conclusion:
    """Return what a fault at our end means, given the customer's."""
    if main.verdict in _WORKS:
        return Conclusion.OURS_ONLY
    if bad.verdict in _CERTIFICATE and main.verdict in _CERTIFICATE:
        return Conclusion.SERVER_CERTIFICATE
    if bad.verdict in _DNS and main.verdict not in _DNS:
        # Their end knows the name, so ours has not come as far as the server and proves nothing about it.
        return Conclusion.CUSTOMER_ONLY
    if main.verdict in _DNS and bad.verdict not in _DNS:
        # Our end knows the name and still gets no further; theirs has not come so far.
        return Conclusion.CUSTOMER_DNS
    return Conclusion.SERVER_DOWN


def _relevant(ours: Sequence[Finding], main: Finding | None) -> list[Finding]:
    """Return our findings about the customer's host, and port where both name one; all where they name no host."""
    host = main.facts.get("host") if main is not None else None
    if not isinstance(host, str):
        return list(ours)
    port = main.facts.get("port") if main is not None else None
    same = [each for each in ours if each.facts.get("host") == host]
    return [each for each in same if not isinstance(port, int) or each.facts.get("port", port) == port]


def _addresses_differ(mine: Sequence[Finding], main: Finding) -> bool:
    known = {address for each in mine for address in _addresses(each)}
    told = _addresses(main)
    families = {":" in address for address in known}
    told = {address for address in told if (":" in address) in families}
    return bool(known) and bool(told) and not known & told


def _addresses(finding: Finding) -> set[str]:
    found = finding.facts.get("addresses")
    if isinstance(found, tuple):
        return set(found)
    address = finding.facts.get("address")
    return {address} if isinstance(address, str) else set()


def _article(conclusion: Conclusion, facts: dict[str, Fact], theirs: Reading, book: Book) -> str | None:
    if conclusion in (Conclusion.SERVER_DOWN, Conclusion.SERVER_CERTIFICATE, Conclusion.OURS_ONLY):
        return None  # a person has to know, and the customer can do nothing
    if conclusion is Conclusion.DNS_DIFFERS:
        host = facts.get("host")
        return book.article(Verdict.DNS_HIJACK.value, host if isinstance(host, str) else None, None)
    return None if conclusion is Conclusion.CANNOT_TELL else theirs.article


def _shown(value: Fact | None) -> str:
    if value is None or value == "":
        return _ABSENT
    text = ", ".join(value) if isinstance(value, tuple) else str(value)
    return text[:_LONGEST]
