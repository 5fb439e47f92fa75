"""What a check may contact: declared targets only, at addresses of the public internet or ones the operator allows.

Decides over host names, ports and addresses, and nothing else; it looks up no name and opens no connection. The probes
ask it before each contact, redirects included. The address that `probe_dns.resolve` found is judged here once and then
pinned: nobody looks the name up again, so an answer that changes leads nowhere new.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Final, TypeAlias

from bot.kb.checks import (
    DnsCheck,
    GroupCheck,
    HttpCheck,
    KeyCheck,
    ProductChecks,
    TcpCheck,
    TlsCheck,
    host_and_port,
    host_fault,
    network,
    plain_ipv4,
)

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Port: TypeAlias = tuple[str, int]
"""A host name and a port."""

_NOT_PUBLIC_4: Final = tuple(
    # Beyond `is_private`: CGNAT (RFC 6598), protocol assignments (RFC 6890), the 6to4 relay (RFC 7526), multicast.
    IPv4Network(net)
    for net in ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4", "240.0.0.0/4")
)
_UNICAST_6: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator lets resolve to private addresses: host names, and networks.

    A name lifts the ban on private and loopback addresses of this name only; link-local (where clouds keep their
    secrets), multicast and reserved ones need their network written down.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> "Allowed":
        """Return what entries such as `gateway.lan`, `10.1.2.3` or `10.0.0.0/8` allow. Raises `ValueError`."""
        hosts: set[str] = set()
        networks: list[Network] = []
        for entry in entries:
            word = entry.strip().lower()
            found = network(word)
            if found is None:
                hosts.add(word)
            else:
                networks.append(found)
        return cls(frozenset(hosts), tuple(networks))

    def __or__(self, other: "Allowed") -> "Allowed":
        return Allowed(self.hosts | other.hosts, self.networks + other.networks)


@dataclass(frozen=True, slots=True)
class Reach:
    """The operator's settings of diagnostics: exceptions, the name server (else the machine's), and more CAs."""

    allowed: Allowed = Allowed()
    nameserver: tuple[str, int] | None = None
    ca_file: Path | None = None

    @classmethod
    def of(cls, allow_private: Iterable[str], nameserver: tuple[str, int] | None, ca_file: Path | None) -> "Reach":
        """Return what the settings `DIAG_…` mean; `bot.settings` has checked each of them."""
        return cls(Allowed.of(allow_private), nameserver, ca_file)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the checks of one product may contact."""

    hosts: frozenset[str]
    """Names that may be looked up."""
    ports: frozenset[Port]
    """Where a connection may go, by name and port."""
    allowed: Allowed = field(default_factory=Allowed)

    @classmethod
    def of(cls, checks: ProductChecks, reach: Reach) -> "Policy":
        """Return the policy of a product's declared checks and the operator's settings."""
        hosts: set[str] = set()
        ports: set[Port] = set()
        for check in checks.checks:
            match check:
                case DnsCheck():
                    hosts.add(check.host)
                case TcpCheck() | TlsCheck():
                    ports.add((check.host, check.port))
                case HttpCheck():
                    ports.add(host_and_port(check.url))
                case KeyCheck():
                    if check.request.url is not None:
                        ports.add(host_and_port(check.request.url))
                case GroupCheck():
                    pass
        hosts.update(host for host, _ in ports)
        return cls(frozenset(hosts), frozenset(ports), Allowed.of(checks.allow_private) | reach.allowed)

    def plus(self, url: str) -> "Policy":
        """Return this policy with the host and port of `url` besides: one that the operator's settings name."""
        port = host_and_port(url)
        return Policy(self.hosts | {port[0]}, self.ports | {port}, self.allowed)

    def admits_host(self, host: str) -> bool:
        """Tell whether this name may be looked up."""
        return host in self.hosts and host_fault(host) is None

    def admits_port(self, host: str, port: int) -> bool:
        """Tell whether a connection may go to this port of this name."""
        return (host, port) in self.ports and self.admits_host(host)

    def admits_address(self, host: str, address: Address) -> bool:
        """Tell whether `host` may be contacted at `address`."""
        inner = _inner(address)
        if is_public(address):
            return True
        if any(
            spot in net for net in self.allowed.networks for spot in {address, inner} if spot.version == net.version
        ):
            return True
        return host in self.allowed.hosts and (_is_home(inner))


def literal(host: str) -> Address | None:
    """Return the address that a host is written as, or the one that `localhost` always has (RFC 6761), else None."""
    if host == "localhost" or host.endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    return plain_ipv4(host)


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet, one inside 6to4, NAT64 or a mapped address included."""
    inner = _inner(address)
    if isinstance(inner, IPv6Address):
        return inner in _UNICAST_6 and inner.is_global and not inner.is_multicast
    if isinstance(address, IPv6Address) and address not in _NAT64 and address not in _SIX_TO_FOUR:
        return False
    return inner.is_global and not any(inner in net for net in _NOT_PUBLIC_4)


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address carries, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    low = int(address) & 0xFFFF_FFFF
    return IPv4Address(low) if address in _NAT64 else address


def _is_home(address: Address) -> bool:
    return not (address.is_link_local or address.is_multicast or address.is_unspecified) and (
        address.is_loopback or (address.is_private and not address.is_reserved)
    )
