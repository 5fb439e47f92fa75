"""Looks a declared name up, once, and judges the answer: the addresses that the other probes are pinned to.

Decides which outcome of a look-up is which verdict. A name server of our own that is silent about everything says
nothing about the name: that is `inconclusive`, `why` = `own_dns`. Called by `run.py`; facts: `host`, `addresses`,
`ms`, `rcode`, `why` (`no_address`, `own_dns`, `undeclared`, `bad_host`, `private`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver

from bot.diagnostics.probe_tcp import Pin
from bot.diagnostics.target import Address, Policy, Reach, literal
from bot.diagnostics.verdict import Fact, Finding, Verdict

SHARE: Final = 0.7
"""Of the time there is: for the name; the rest is for the question whether our name server answers at all."""
_SECOND_FAMILY = 0.3  # seconds that AAAA may take longer than A
_MOST = 16  # addresses looked at


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name has: a finding, and the addresses to go to, none where the finding is not OK."""

    finding: Finding
    addresses: tuple[Address, ...] = ()


async def resolve(host: str, policy: Policy, reach: Reach, timeout: float) -> Resolved:  # noqa: PLR0911 - one return for each way a look-up ends
    """Look `host` up within `timeout` seconds; refused names are not looked up, refused addresses not returned."""
    if not policy.admits_host(host):
        return Resolved(_finding(Verdict.INCONCLUSIVE, host, why="undeclared"))
    started = asyncio.get_running_loop().time()
    fixed = literal(host)
    if fixed is not None:
        return _judged(host, (fixed,), policy, 0)
    try:
        resolver = _resolver(reach, timeout)
        addresses = await _addresses(resolver, dns.name.from_text(host))
    except dns.resolver.NoResolverConfiguration:
        return Resolved(_finding(Verdict.INCONCLUSIVE, host, why="own_dns"))
    except dns.resolver.NXDOMAIN:
        return Resolved(_finding(Verdict.DNS_NO_NAME, host, rcode="NXDOMAIN"))
    except dns.resolver.NoNameservers as error:
        return Resolved(_server_fault(host, error))
    except dns.exception.Timeout:
        answering = await _answers(_resolver(reach, timeout))
        verdict, more = (Verdict.DNS_TIMEOUT, {}) if answering else (Verdict.INCONCLUSIVE, {"why": "own_dns"})
        return Resolved(_finding(verdict, host, **more))
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return Resolved(_finding(Verdict.DNS_SERVER_FAULT, host, rcode=type(error).__name__))
    elapsed = (asyncio.get_running_loop().time() - started) * 1000
    if not addresses:
        return Resolved(_finding(Verdict.DNS_NO_NAME, host, why="no_address", ms=round(elapsed, 1)))
    return _judged(host, addresses, policy, elapsed)


async def pin(host: str, port: int, policy: Policy, reach: Reach, timeout: float) -> Pin | Finding:
    """Return host and port with the addresses they stand for from now on, or the finding why there are none."""
    if not policy.admits_port(host, port):
        return _finding(Verdict.INCONCLUSIVE, host, why="undeclared")
    return pinned(await resolve(host, policy, reach, timeout), host, port)


def pinned(resolved: Resolved, host: str, port: int) -> Pin | Finding:
    """Return a port of a name that was looked up, or the finding why it has no address."""
    if not resolved.addresses:
        return resolved.finding
    return Pin(host, port, resolved.addresses, float(str(resolved.finding.facts.get("ms", 0))))


def _judged(host: str, addresses: Sequence[Address], policy: Policy, elapsed: float) -> Resolved:
    shown = tuple(map(str, addresses))
    facts: dict[str, Fact] = {"addresses": shown, "ms": round(elapsed, 1)}
    if all(policy.admits_address(host, address) for address in addresses):
        return Resolved(_finding(Verdict.OK, host, **facts), tuple(addresses))
    return Resolved(_finding(Verdict.DNS_HIJACK, host, why="private", **facts))


async def _addresses(resolver: dns.asyncresolver.Resolver, name: dns.name.Name) -> tuple[Address, ...]:
    """Return the addresses of both families; IPv4's failure is the name's, unless IPv6 has addresses."""
    async with asyncio.TaskGroup() as tasks:
        four = tasks.create_task(_family(resolver, name, dns.rdatatype.A))
        six = tasks.create_task(_family(resolver, name, dns.rdatatype.AAAA))
        await asyncio.wait({four, six}, return_when=asyncio.FIRST_COMPLETED)
        if four.done() and isinstance(four.result(), tuple) and four.result():
            await asyncio.wait({six}, timeout=_SECOND_FAMILY)
            six.cancel()
    first = four.result()
    second = () if six.cancelled() else six.result()
    if isinstance(second, Exception):
        second = ()
    if isinstance(first, Exception):
        if second:
            return second
        raise first
    return (*first, *second)


async def _family(
    resolver: dns.asyncresolver.Resolver, name: dns.name.Name, kind: dns.rdatatype.RdataType
) -> tuple[Address, ...] | Exception:
    try:
        # dnspython looks at the clock between its pauses only.
        async with asyncio.timeout(resolver.lifetime):
            answer = await resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
    except TimeoutError:
        return dns.exception.Timeout()  # type: ignore[no-untyped-call]  # dnspython says nothing of its own constructor
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return error
    records = list(answer.rrset or ())[:_MOST]
    return tuple(ip_address(record.to_text()) for record in records)


async def _answers(resolver: dns.asyncresolver.Resolver) -> bool:
    """Tell whether our name server answers anything at all: it is asked for the root's servers."""
    resolver.lifetime = resolver.lifetime / SHARE * (0.9 - SHARE)
    try:
        async with asyncio.timeout(resolver.lifetime):
            await resolver.resolve(dns.name.root, dns.rdatatype.NS, raise_on_no_answer=False, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN):
        return True
    except dns.resolver.NoNameservers as error:
        return _rcode(error) is not None
    except (dns.exception.DNSException, OSError):
        return False
    return True


def _resolver(reach: Reach, timeout: float) -> dns.asyncresolver.Resolver:
    if reach.nameserver is None:
        resolver = dns.asyncresolver.Resolver()
    else:
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = [reach.nameserver[0]]
        resolver.port = reach.nameserver[1]
    resolver.lifetime = timeout * SHARE
    # One lost packet is asked for again.
    resolver.timeout = resolver.lifetime / 2
    return resolver


def _server_fault(host: str, error: dns.resolver.NoNameservers) -> Finding:
    rcode = _rcode(error)
    if rcode is None:
        return _finding(Verdict.INCONCLUSIVE, host, why="own_dns")
    return _finding(Verdict.DNS_SERVER_FAULT, host, rcode=rcode)


def _rcode(error: dns.resolver.NoNameservers) -> str | None:
    """Return the rcode that a name server answered, `MALFORMED` for an answer that is none, None where none did."""
    found: str | None = None
    for _, _, _, what, response in error.kwargs.get("errors", ()):
        if isinstance(response, dns.message.Message):
            found = dns.rcode.to_text(response.rcode())
        elif isinstance(what, dns.exception.DNSException) and not isinstance(what, dns.exception.Timeout):
            found = found or "MALFORMED"
    return found


def _finding(verdict: Verdict, host: str, **facts: Fact) -> Finding:
    return Finding(verdict, {"stage": "dns", "host": host, **facts})
