"""The overall verdict of several outputs in one paste, and the side on which the fault lies. The rule stands here only.

1. What a higher layer proved outweighs what a lower one suggests: routers and servers often keep silent to ping and
   traceroute, so their complaints count only where no connection was tried (to the same host, or to an unnamed one).
2. Faults of a product's own hosts before those of others: a ping of somebody else's site is a comparison.
3. What the licensing itself answered before all else: it answered, so the way was open.
4. Of the rest the root before its consequences: clock, name, way, port, proxy, certificate, service, then quality.
5. `ok` where anything is known to work and nothing is known not to; `inconclusive` where nothing is known.
"""

from collections.abc import Sequence
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.values import is_loopback
from bot.diagnostics.verdict import Finding, Side, Verdict

_LICENCE: Final = frozenset(
    (Verdict.KEY_INVALID, Verdict.LICENCE_EXPIRED, Verdict.NO_SEAT, Verdict.NOT_ALLOWED, Verdict.SERVER_CODE)
)
_ORDER: Final = (
    Verdict.KEY_INVALID,
    Verdict.LICENCE_EXPIRED,
    Verdict.NO_SEAT,
    Verdict.NOT_ALLOWED,
    Verdict.SERVER_CODE,
    Verdict.TLS_CLOCK,
    Verdict.DNS_HIJACK,
    Verdict.DNS_NO_NAME,
    Verdict.DNS_SERVER_FAULT,
    Verdict.DNS_TIMEOUT,
    Verdict.PROXY_DENIED,
    Verdict.TLS_INTERCEPTED,
    Verdict.TLS_EXPIRED,
    Verdict.TLS_WRONG_NAME,
    Verdict.TLS_UNTRUSTED,
    Verdict.ROUTE_LOOP,
    Verdict.PORT_REFUSED,
    Verdict.PORT_FILTERED,
    Verdict.UNREACHABLE,
    Verdict.SERVICE_DOWN,
    Verdict.HTTP_ERROR,
    Verdict.LOSSY,
    Verdict.SLOW,
    Verdict.OK,
    Verdict.INCONCLUSIVE,
)
"""The most telling first."""
_ICMP: Final = frozenset(("ping", "tracert", "traceroute", "tracepath", "mtr"))
_ICMP_DOUBTFUL: Final = frozenset(
    (Verdict.PORT_FILTERED, Verdict.UNREACHABLE, Verdict.ROUTE_LOOP, Verdict.LOSSY, Verdict.SLOW, Verdict.OK)
)
_LOOKUPS: Final = frozenset(("nslookup", "dig", "host", "resolve-dnsname"))
_NEUTRAL: Final = frozenset((Verdict.INCONCLUSIVE, Verdict.NOT_DIAGNOSTIC))
_VENDOR: Final = frozenset((Verdict.TLS_EXPIRED, Verdict.SERVICE_DOWN))
_NOBODY: Final = frozenset((Verdict.OK, Verdict.NOT_DIAGNOSTIC))
_SERVER_ERROR: Final = 500

Told = tuple[str, Finding]
"""A tool's name and its finding."""


def weightiest(told: Sequence[Told], book: Book) -> Told | None:
    """Return the finding that speaks for the whole paste, or None where there is none."""
    if not told:
        return None
    candidates = [each for each in told if each[1].verdict not in _NEUTRAL] or list(told)
    candidates = [each for each in candidates if not _overruled(each, candidates)] or candidates
    ours = [each for each in candidates if book.knows(_host(each[1]) or "")]
    others = [each for each in candidates if _host(each[1]) is None]
    if any(each[1].verdict is not Verdict.OK for each in ours):
        candidates = [*ours, *others]
    return min(candidates, key=lambda each: (_ORDER.index(each[1].verdict), "code" not in each[1].facts))


def side_of(finding: Finding | None) -> Side:
    """Return on whose side the fault lies, as far as one end of the wire can tell."""
    if finding is None or finding.verdict in _NOBODY:
        return Side.NONE
    verdict = finding.verdict
    if verdict in _LICENCE:
        return Side.LICENCE
    if verdict in _VENDOR:
        return Side.VENDOR
    if verdict is Verdict.HTTP_ERROR:
        status = finding.facts.get("status")
        return Side.VENDOR if isinstance(status, int) and status >= _SERVER_ERROR else Side.UNKNOWN
    return Side.UNKNOWN if verdict in (Verdict.INCONCLUSIVE, Verdict.SLOW, Verdict.LOSSY) else Side.CUSTOMER


def _overruled(each: Told, others: Sequence[Told]) -> bool:
    """Tell whether a connection that was tried says more than this ping, route or look-up."""
    name, finding = each
    tried = [other for other in others if other[0] not in _ICMP and other[0] not in _LOOKUPS and other[0] != "shell"]
    tried = [other for other in tried if _same_host(finding, other[1]) and not _at_home(other[1])]
    if name in _ICMP and finding.verdict in _ICMP_DOUBTFUL:
        if finding.verdict in (Verdict.LOSSY, Verdict.SLOW):
            return any(other[1].verdict not in (Verdict.OK, *_NEUTRAL) for other in tried)
        return bool(tried)
    return False


def _same_host(a: Finding, b: Finding) -> bool:
    first, second = _host(a), _host(b)
    return first is None or second is None or first == second


def _at_home(finding: Finding) -> bool:
    return is_loopback(_host(finding) or "") or is_loopback(str(finding.facts.get("address", "")))


def _host(finding: Finding) -> str | None:
    host = finding.facts.get("host")
    return host if isinstance(host, str) else None
