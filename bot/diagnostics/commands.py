"""Commands that a customer runs at their end of the wire, for their system, one line a host.

Decides which tools ask what our own checks ask, in a spelling that the readers of `reading/` know. Only declared hosts
are named, so nothing of a customer's reaches a shell. PowerShell's line was never run where this was written. Pure;
called by `handlers/diagnose.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.diagnostics.plan import Leaf
from bot.kb.checks import DnsCheck, HttpCheck, TcpCheck, TlsCheck, host_and_port

COPY_CHARACTERS: Final = 256
"""Telegram's longest text of a copy button."""

HOSTS: Final = 6
"""Nobody runs more lines than this; a product that declares more hosts gets the first ones."""

_HTTPS: Final = 443
_HTTP: Final = 80


class System(StrEnum):
    """What the customer can type into."""

    CMD = "cmd"
    POWERSHELL = "powershell"
    LINUX = "linux"


@dataclass(frozen=True, slots=True)
class Place:
    """A host that is asked about, and the ports on it: those with TLS, and those without."""

    host: str
    secure: tuple[int, ...] = ()
    plain: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line to run, and the host it is about."""

    host: str
    text: str

    @property
    def fits_a_button(self) -> bool:
        """Tell whether a copy button holds the line."""
        return len(self.text) <= COPY_CHARACTERS


def places(leaves: Sequence[Leaf]) -> tuple[Place, ...]:
    """Return the hosts that checks ask about, in their order, each once, with its ports in the order of checks."""
    secure: dict[str, dict[int, None]] = {}
    plain: dict[str, dict[int, None]] = {}
    for leaf in leaves:
        host, port, with_tls = _asked(leaf)
        for table in (secure, plain):
            table.setdefault(host, {})
        if port is not None:
            (secure if with_tls else plain)[host][port] = None
    return tuple(
        Place(host, tuple(secure[host]), tuple(port for port in plain[host] if port not in secure[host]))
        for host in secure
    )


def lines(system: System, wanted: Sequence[Place]) -> tuple[Line, ...]:
    """Return what to run on this system, one line a host, `HOSTS` at the most."""
    return tuple(Line(each.host, _line(system, each)) for each in wanted[:HOSTS])


def _line(system: System, place: Place) -> str:
    host = place.host
    match system:
        case System.CMD:
            parts = [f"nslookup {host}", f"ping -n 4 {host}"]
            parts += [f"curl -sSv -m 15 -o NUL {_url(host, port)}" for port in place.secure]
            parts += [f'powershell -Command "Test-NetConnection {host} -Port {port}"' for port in place.plain]
            return " & ".join(parts)
        case System.POWERSHELL:
            parts = [f"Resolve-DnsName {host}"]
            parts += [f"Test-NetConnection {host} -Port {port}" for port in (*place.secure, *place.plain)]
            parts += [f"curl.exe -sSv -m 15 -o NUL {_url(host, port)}" for port in place.secure]
            return "; ".join(parts)
        case System.LINUX:
            parts = [f"nslookup {host}", f"ping -c 4 {host}"]
            for port in place.secure:
                parts.append(f"curl -sSv -m 15 -o /dev/null {_url(host, port)}")
                parts.append(f"timeout 15 openssl s_client -connect {host}:{port} -servername {host} </dev/null")
            parts += [f"nc -zv -w 5 {host} {port}" for port in place.plain]
            return "; ".join(parts)


def _url(host: str, port: int) -> str:
    return f"https://{host}/" if port == _HTTPS else f"https://{host}:{port}/"


def _asked(leaf: Leaf) -> tuple[str, int | None, bool]:
    match leaf:
        case DnsCheck():
            return leaf.host, None, False
        case TcpCheck():
            # What a bare port speaks is not declared; behind the port of HTTPS it is TLS.
            return leaf.host, leaf.port, leaf.port == _HTTPS
        case TlsCheck():
            return leaf.host, leaf.port, True
        case HttpCheck():
            host, port = host_and_port(leaf.url)
            return host, port, port != _HTTP and leaf.url.startswith("https:")
