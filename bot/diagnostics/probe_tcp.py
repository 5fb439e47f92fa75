"""Opens a connection to a pinned address and says how that went.

Decides which refusal of the network is which verdict; what the fault of this machine is (no route, no socket left) is
`inconclusive`. `run.py` calls `check_tcp`, `probe_tls.py` connects through `connect`. Facts: `host`, `port`,
`address`, `connect_ms`, `how` (`refused`, `reset`, `closed`), `why` (`own_network`, `own_machine`).
"""

import asyncio
import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.diagnostics.target import Address
from bot.diagnostics.verdict import Fact, Finding, Verdict

SLOW_MS: Final = 2000.0
"""A connection that takes longer is slow: a lost packet costs one second, then three."""
_LINGER = 0.05
"""Seconds that a fresh connection is watched: what stands in the way accepts and resets at once."""

_VERDICTS: Final = {
    errno.ECONNREFUSED: (Verdict.PORT_REFUSED, "refused"),
    errno.ECONNRESET: (Verdict.PORT_REFUSED, "reset"),
    errno.ECONNABORTED: (Verdict.PORT_REFUSED, "reset"),
    errno.EPIPE: (Verdict.PORT_REFUSED, "reset"),
    errno.ETIMEDOUT: (Verdict.PORT_FILTERED, ""),
    errno.EHOSTUNREACH: (Verdict.UNREACHABLE, ""),
    errno.EHOSTDOWN: (Verdict.UNREACHABLE, ""),
    errno.ENETUNREACH: (Verdict.UNREACHABLE, ""),
}
_OWN_NETWORK: Final = {errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL, errno.ENETDOWN, errno.EAFNOSUPPORT}


@dataclass(frozen=True, slots=True)
class Pin:
    """A host and port, and the addresses they stand for from now on: at most one of each family is tried."""

    host: str
    port: int
    addresses: tuple[Address, ...]
    dns_ms: float = 0.0

    @property
    def tried(self) -> tuple[Address, ...]:
        """The first address of each family, IPv4 first."""
        return tuple(
            next(address for address in self.addresses if address.version == version)
            for version in (4, 6)
            if any(address.version == version for address in self.addresses)
        )


class ConnectFault(Exception):  # noqa: N818 - a finding that ends a probe, not an error of ours
    """No connection; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.verdict)
        self.finding = finding


async def check_tcp(pin: Pin, timeout: float) -> Finding:
    """Say whether the port accepts a connection within `timeout` seconds, and keeps it for a moment."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        sock = await connect(pin, timeout)
    except ConnectFault as fault:
        return fault.finding
    elapsed = (loop.time() - started) * 1000
    peer = sock.getpeername()[0]
    try:
        left = timeout - (loop.time() - started)
        how = await _watch(sock, min(_LINGER, max(left, 0.001)))
    finally:
        sock.close()
    facts: dict[str, Fact] = {"address": str(peer), "connect_ms": round(elapsed, 1)}
    match how:
        case "reset":
            return tcp_finding(Verdict.PORT_REFUSED, pin, how=how, **facts)
        case "closed":
            return tcp_finding(Verdict.SERVICE_DOWN, pin, how=how, **facts)
    return tcp_finding(Verdict.SLOW if elapsed > SLOW_MS else Verdict.OK, pin, **facts)


async def connect(pin: Pin, timeout: float) -> socket.socket:
    """Return a connected socket. Raises `ConnectFault`; never later than after `timeout` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    findings: list[Finding] = []
    for address in pin.tried:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - the protocol's name
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            findings.append(socket_finding(error.errno, pin, address))
            continue
        try:
            sock.setblocking(False)
            async with asyncio.timeout_at(deadline):
                await loop.sock_connect(sock, (str(address), pin.port))
        except TimeoutError:
            sock.close()
            findings.append(tcp_finding(Verdict.PORT_FILTERED, pin, address=str(address)))
            break
        except OSError as error:
            sock.close()
            findings.append(socket_finding(error.errno, pin, address))
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise ConnectFault(weightiest(findings))


def tcp_finding(verdict: Verdict, pin: Pin, **facts: Fact) -> Finding:
    """Return a finding about a pinned host and port; its stage is `tcp` unless `facts` names another."""
    return Finding(verdict, {"stage": "tcp", "host": pin.host, "port": pin.port, **facts})


def socket_verdict(number: int | None) -> tuple[Verdict, str]:
    """Return the verdict of an error number of the socket layer, and `how` or `why` in one word."""
    if number in _VERDICTS:
        return _VERDICTS[number]
    return Verdict.INCONCLUSIVE, "own_network" if number in _OWN_NETWORK else "own_machine"


def socket_finding(number: int | None, pin: Pin, address: Address) -> Finding:
    """Return the finding of an error number that a connection to `address` ended with."""
    verdict, word = socket_verdict(number)
    if number == errno.ENETUNREACH and not _has_route(address):
        verdict, word = Verdict.INCONCLUSIVE, "own_network"
    more: dict[str, Fact] = {} if not word else {"why" if verdict is Verdict.INCONCLUSIVE else "how": word}
    return tcp_finding(verdict, pin, address=str(address), **more)


def weightiest(findings: Sequence[Finding]) -> Finding:
    """Return what the server said, before what this machine could not do."""
    said = [finding for finding in findings if finding.verdict is not Verdict.INCONCLUSIVE]
    return (said or findings)[0]


async def _watch(sock: socket.socket, seconds: float) -> str:
    try:
        async with asyncio.timeout(seconds):
            got = await asyncio.get_running_loop().sock_recv(sock, 1)
    except TimeoutError:
        return ""
    except OSError:
        return "reset"
    return "" if got else "closed"


def _has_route(address: Address) -> bool:
    """Tell whether this machine knows a way; a datagram socket finds out without sending anything."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6  # noqa: PLR2004 - the protocol's name
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((str(address), 9))
    except OSError:
        return False
    return True
