"""What the records of a whole block come to: one finding for each host and port.

Decides which stage failed first: name, way, port, certificate, answer, clock, then the quality of the line. Called by
`read.py`. Facts: `host`, `port`, `addresses`, `resolver_kind`, `issuer`, `subject`, `not_before`, `not_after`, `code`
(OpenSSL's verify code), `status`, `loss`, `rtt_ms`, `last_hop`, `last_number`, `offset_s` (the machine's clock minus
the server's), `proxy`, `why`. `why` and `lines` of a damaged block are those of `block.Damage` and `block.Block`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from bot.diagnostics.reading.block import Block, Record
from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.machine import WRONG_BY_S
from bot.diagnostics.reading.ping import LOSSY, SLOW_MS
from bot.diagnostics.reading.values import address, decimal, whole
from bot.diagnostics.reading.verdicts import chain_verdict, foreign, numbers, status_verdict
from bot.diagnostics.verdict import Fact, Finding, Verdict

TOOL: Final = "diagnost"

_NAMES: Final = {
    "nxdomain": Verdict.DNS_NO_NAME,
    "empty": Verdict.DNS_NO_NAME,
    "servfail": Verdict.DNS_SERVER_FAULT,
    "refused": Verdict.DNS_SERVER_FAULT,
    "timeout": Verdict.DNS_TIMEOUT,
}
_PORTS: Final = {
    "refused": Verdict.PORT_REFUSED,
    "reset": Verdict.PORT_REFUSED,
    "timeout": Verdict.PORT_FILTERED,
    "noroute": Verdict.UNREACHABLE,
}
_HANDSHAKES: Final = {"cut": Verdict.PORT_REFUSED, "silent": Verdict.PORT_FILTERED}
_UNANSWERED: Final = {
    "certificate": Verdict.TLS_UNTRUSTED,
    "name": Verdict.TLS_WRONG_NAME,
    **_PORTS,
}
_EXITS: Final = {
    "6": Verdict.DNS_NO_NAME,
    "28": Verdict.SERVICE_DOWN,
    "35": Verdict.PORT_REFUSED,
    "51": Verdict.TLS_WRONG_NAME,
    "52": Verdict.SERVICE_DOWN,
    "56": Verdict.PORT_REFUSED,
    "60": Verdict.TLS_UNTRUSTED,
}
"""What curl's exit codes mean once the port is open."""
_GATES: Final = frozenset((401, 403, 407, 503))
"""Statuses by which a proxy refuses."""
_ERROR: Final = 400
_EXPIRED: Final = 10

Fields = Mapping[str, str]
_NOTHING: Final[Fields] = {}


@dataclass(slots=True)
class _Host:
    dns: Fields = field(default_factory=dict)
    ping: Fields = field(default_factory=dict)
    route: Fields = field(default_factory=dict)
    ports: dict[str, dict[str, Fields]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Machine:
    today: date | None
    resolver: str
    curl: bool


def findings(block: Block, book: Book) -> tuple[Finding, ...]:
    """Return a finding for each host and port of a block; of a damaged one only that it is damaged."""
    if block.damage is not None:
        lines = {"lines": tuple(map(str, block.lines))} if block.lines else {}
        return (Finding(Verdict.INCONCLUSIVE, {"why": block.damage.value, **lines}),)
    machine = _machine(block.records)
    found: list[Finding] = []
    for name, host in _hosts(block.records).items():
        shared = _shared(name, host, machine)
        for port in host.ports or {"": {}}:
            facts = dict(shared)
            number = whole(port)
            if number is not None:
                facts["port"] = number
            verdict = _verdict(name, host, host.ports.get(port, {}), facts, book, machine)
            found.append(Finding(verdict, facts))
    return tuple(found) or (Finding(Verdict.INCONCLUSIVE),)


def product_of(block: Block) -> str | None:
    """Return the product that the script was made for."""
    return next((each.fields.get("product") for each in block.records if each.kind == "net"), None)


def _machine(records: Sequence[Record]) -> _Machine:
    net = next((each.fields for each in records if each.kind == "net"), _NOTHING)
    tools = next((each.fields for each in records if each.kind == "tools"), _NOTHING)
    return _Machine(_day(net.get("now", "")), net.get("dns", ""), tools.get("curl", "none") != "none")


def _hosts(records: Sequence[Record]) -> dict[str, _Host]:
    hosts: dict[str, _Host] = {}
    for each in records:
        name = each.fields.get("h")
        if name is None:
            continue
        host = hosts.setdefault(name, _Host())
        match each.kind:
            case "dns":
                host.dns = each.fields
            case "ping":
                host.ping = each.fields
            case "route":
                host.route = each.fields
            case _:
                host.ports.setdefault(each.fields.get("p", ""), {})[each.kind] = each.fields
    return hosts


def _shared(name: str, host: _Host, machine: _Machine) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"host": name}
    told = host.dns.get("sys") or host.dns.get("a", "")
    addresses = tuple(each for each in told.split() if address(each) is not None)
    if addresses:
        facts["addresses"] = addresses
    if machine.resolver:
        facts["resolver_kind"] = machine.resolver
    sent, received = whole(host.ping.get("tx")), whole(host.ping.get("rx"))
    if sent and received is not None:
        facts["loss"] = numbers(100.0 * max(0, sent - received) / sent)
    mean = decimal(host.ping.get("ms"))
    if mean is not None:
        facts["rtt_ms"] = numbers(mean)
    last, at = host.route.get("last", "none"), whole(host.route.get("at"))
    if last != "none":
        facts["last_hop"] = last
    if at:
        facts["last_number"] = at
    return facts


def _verdict(
    name: str, host: _Host, port: Mapping[str, Fields], facts: dict[str, Fact], book: Book, machine: _Machine
) -> Verdict:
    tcp, tls, http = (port.get(kind, _NOTHING) for kind in ("tcp", "tls", "http"))
    state = tcp.get("st", "none")
    for verdict in (
        _of_name(name, host, state, facts, book),
        _of_port(host, state, facts),
        _of_certificate(tls, http, facts, machine),
        _of_answer(http, facts, machine),
        _of_clock(facts),
    ):
        if verdict is not None:
            return verdict
    return _of_line(host, facts, known=state == "open" or bool(http) or not port)


def _of_name(name: str, host: _Host, tcp: str, facts: dict[str, Fact], book: Book) -> Verdict | None:
    found = facts.get("addresses")
    if isinstance(found, tuple) and foreign(name, found, book):
        return Verdict.DNS_HIJACK
    # A name that the hosts file knows needs no server.
    return None if tcp == "open" or host.dns.get("sys") else _NAMES.get(host.dns.get("st", ""))


def _of_port(host: _Host, tcp: str, facts: dict[str, Fact]) -> Verdict | None:
    verdict = _PORTS.get(tcp)
    if verdict is None:
        return None
    why, pinged = host.route.get("st"), host.ping.get("why")
    if verdict is Verdict.PORT_REFUSED:
        return verdict
    if why == "loop" or pinged == "ttl":
        return Verdict.ROUTE_LOOP
    if "prohibited" in (why, pinged):
        facts["why"] = "prohibited"
        return Verdict.PORT_FILTERED
    return Verdict.UNREACHABLE if "unreachable" in (why, pinged) else verdict


def _of_certificate(tls: Fields, http: Fields, facts: dict[str, Fact], machine: _Machine) -> Verdict | None:
    ahead, behind = whole(http.get("fast")), whole(http.get("slow"))
    if ahead is not None or behind is not None:
        facts["offset_s"] = (ahead or 0) - (behind or 0)
    verify = tls.get("v")
    if verify is None:
        return None
    if verify in _HANDSHAKES:
        facts["why"] = "tls"
        return _HANDSHAKES[verify]
    issuer = tls.get("i") or None
    named = {
        "issuer": issuer,
        "subject": tls.get("s"),
        "not_before": _iso(tls.get("nb", "")),
        "not_after": _iso(tls.get("na", "")),
    }
    facts.update({fact: value for fact, value in named.items() if value})
    code = whole(verify)
    if code is None:
        return None
    facts["code"] = code
    if code == _EXPIRED and _was_good(tls, facts, machine):
        return Verdict.TLS_CLOCK
    verdict = chain_verdict(code, issuer)
    return None if verdict is Verdict.OK else verdict


def _was_good(tls: Fields, facts: Mapping[str, Fact], machine: _Machine) -> bool:
    """Tell whether the certificate is good on the day that the server calls today."""
    since, until, offset = _day(tls.get("nb", "")), _day(tls.get("na", "")), facts.get("offset_s")
    if since is None or until is None or machine.today is None or not isinstance(offset, int):
        return False
    try:
        told = machine.today - timedelta(seconds=offset)
    except OverflowError:
        return False
    return abs(offset) >= WRONG_BY_S and since <= told <= until


def _of_answer(http: Fields, facts: dict[str, Fact], machine: _Machine) -> Verdict | None:
    if not http:
        return None
    status, through = whole(http.get("st")) or 0, http.get("via") == "y"
    if through:
        facts["proxy"] = True
    if status:
        facts["status"] = status
        if through and status in _GATES:
            return Verdict.PROXY_DENIED
        if http.get("ok") == "y":
            return None
        return status_verdict(status) if status >= _ERROR else Verdict.HTTP_ERROR
    why = http.get("why", "")
    if why:
        facts["why"] = why
    found = _UNANSWERED.get(why) or (_EXITS.get(http.get("x", "")) if machine.curl else None)
    return found or Verdict.INCONCLUSIVE


def _of_clock(facts: Mapping[str, Fact]) -> Verdict | None:
    offset = facts.get("offset_s")
    return Verdict.TLS_CLOCK if isinstance(offset, int) and abs(offset) >= WRONG_BY_S else None


def _of_line(host: _Host, facts: Mapping[str, Fact], *, known: bool) -> Verdict:
    loss, mean = facts.get("loss"), facts.get("rtt_ms")
    # All lost is how a server looks that does not answer to ping.
    if isinstance(loss, int | float) and LOSSY <= loss < 100:  # noqa: PLR2004
        return Verdict.LOSSY
    if isinstance(mean, int | float) and mean >= SLOW_MS:
        return Verdict.SLOW
    return Verdict.OK if known and (host.ports or facts.get("addresses")) else Verdict.INCONCLUSIVE


def _day(written: str) -> date | None:
    """Return the day of `20261122`, or None."""
    if len(written) != 8 or not (written.isascii() and written.isdigit()):  # noqa: PLR2004 - year, month, day
        return None
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        return None


def _iso(written: str) -> str:
    day = _day(written)
    return day.isoformat() if day is not None else ""
