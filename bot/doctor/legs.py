"""Walks the way to the Bot API one leg at a time and times each: name, connection, proxy, TLS, first byte of getMe.

Decides where the walk breaks and by what kind of trouble; what that means is `checks.py`'s to say. It goes the way
that `bot/telegram/api.py` goes: through the proxy where one is set, which then looks up Telegram's name itself.
Called by `telegram.py`. No text of an exception leaves this module, for it may hold the token or the password.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from urllib.parse import urlsplit

from python_socks import ProxyError, ProxyType, parse_proxy_url
from python_socks.async_.asyncio.v2 import Proxy

from bot.doctor.waiting import in_thread
from bot.telegram.api import trusted

WALK_SECONDS = 8.0
LEG_SECONDS = {"dns": 3.0, "connect": 4.0, "rest": 6.0}
STAGGER = 0.25
"""Pause before the next address of a host is tried too, as aiohttp does."""
ADDRESSES = 4

_HTTP_FORBIDDEN, _HTTP_AUTH, _HTTP_SERVER, _HTTP_NOT_IMPLEMENTED = 403, 407, 500, 501
_SOCKS5_NOT_ALLOWED, _SOCKS5_NOT_SUPPORTED = 2, frozenset({7, 8})
_SOCKS5_REPLIES = range(1, 9)
_SOCKS4_REJECTED, _SOCKS4_IDENT = 91, frozenset({92, 93})

Addresses = Sequence[tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]]


class Leg(StrEnum):
    """A part of the way, by the name a person reads."""

    DNS = "DNS"
    CONNECT = "TCP connect"
    PROXY = "through the proxy"
    TLS = "TLS"
    FIRST_BYTE = "first byte of getMe"


class Trouble(Enum):
    """Why a leg could not be walked."""

    NO_NAME = auto()
    DNS_SILENT = auto()
    TIMEOUT = auto()
    REFUSED = auto()
    UNREACHABLE = auto()
    CLOSED = auto()
    UNTRUSTED = auto()
    TLS_BROKEN = auto()
    NOT_HTTP = auto()
    PROXY_SETTING = auto()
    PROXY_AUTH = auto()
    PROXY_PROTOCOL = auto()
    PROXY_NO_CONNECT = auto()
    PROXY_FORBIDS = auto()
    PROXY_CANNOT_REACH = auto()


@dataclass(frozen=True, slots=True)
class Walk:
    """How the walk went: seconds of each leg that was walked, and where and why it ended early."""

    times: tuple[tuple[Leg, float], ...]
    broke: Leg | None = None
    trouble: Trouble | None = None
    detail: str = ""
    """What the system says of the trouble, without names or secrets."""


class _NotHttp(Exception):  # noqa: N818 - not an error of ours: what the other side is
    """The other side does not speak HTTP."""


async def walk(api_base: str, token: str, proxy: str | None) -> Walk:
    """Walk the whole way once; ends after `WALK_SECONDS` at the latest and raises nothing."""
    walker = _Walker(api_base, token, proxy)
    try:
        async with asyncio.timeout(WALK_SECONDS):
            await walker.go()
    except (OSError, EOFError, ValueError, ProxyError, _NotHttp) as error:
        trouble, detail = _trouble(error, walker.at)
        return Walk(tuple(walker.times), walker.at, trouble, detail)
    finally:
        walker.close()
    return Walk(tuple(walker.times))


class _Walker:
    """The state of one walk."""

    def __init__(self, api_base: str, token: str, proxy: str | None) -> None:
        parts = urlsplit(api_base)
        self._tls = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._request = f"GET {parts.path}/bot{token}/getMe HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
        self._proxy = proxy
        self._context = trusted() if self._tls else None
        self._writer: asyncio.StreamWriter | None = None
        self.at = Leg.DNS
        self.times: list[tuple[Leg, float]] = []

    @contextmanager
    def _leg(self, leg: Leg) -> Iterator[None]:
        self.at = leg
        started = time.perf_counter()
        yield
        self.times.append((leg, time.perf_counter() - started))

    async def go(self) -> None:
        """Walk; raises what stops it."""
        reader = await (self._open() if self._proxy is None else self._open_through(self._proxy))
        writer = self._writer
        if writer is None:
            raise ConnectionResetError
        if self._context is not None:
            with self._leg(Leg.TLS):
                async with asyncio.timeout(LEG_SECONDS["rest"]):
                    await writer.start_tls(self._context, server_hostname=self._host)
        with self._leg(Leg.FIRST_BYTE):
            async with asyncio.timeout(LEG_SECONDS["rest"]):
                writer.write(f"{self._request}Accept: */*\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
                said = await reader.readline()
        if not said:
            raise ConnectionResetError
        if not said.startswith(b"HTTP/"):
            raise _NotHttp

    async def _open(self) -> asyncio.StreamReader:
        addresses = await self._resolve(self._host, self._port)
        with self._leg(Leg.CONNECT):
            async with asyncio.timeout(LEG_SECONDS["connect"]):
                reader, self._writer = await asyncio.open_connection(sock=await _connect(addresses))
        return reader

    async def _open_through(self, proxy: str) -> asyncio.StreamReader:
        kind, host, port, user, password = _read_proxy(proxy)
        addresses = await self._resolve(host, port)
        with self._leg(Leg.CONNECT):
            async with asyncio.timeout(LEG_SECONDS["connect"]):
                (await _connect(addresses)).close()
        with self._leg(Leg.PROXY):
            through = Proxy(kind, host, port, user, password, rdns=True)
            stream = await through.connect(self._host, self._port, timeout=LEG_SECONDS["rest"])
        self._writer = stream.writer
        return stream.reader

    async def _resolve(self, host: str, port: int) -> Addresses:
        with self._leg(Leg.DNS):
            found = await in_thread(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), LEG_SECONDS["dns"])
        return [(family, address) for family, _, _, _, address in found][:ADDRESSES]

    def close(self) -> None:
        """Drop the connection."""
        if self._writer is not None:
            self._writer.transport.abort()


async def _connect(addresses: Addresses) -> socket.socket:
    """Return a connection to whichever address answers first; the others are tried a little later each."""
    won: list[socket.socket] = []
    failed: list[OSError] = []
    tasks: list[asyncio.Task[None]] = []

    async def attempt(place: int, family: socket.AddressFamily, address: object) -> None:
        await asyncio.sleep(place * STAGGER)
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            await asyncio.get_running_loop().sock_connect(connection, address)  # type: ignore[arg-type]  # from getaddrinfo
        except OSError as error:
            connection.close()
            failed.append(error)
        except BaseException:
            connection.close()
            raise
        else:
            won.append(connection)
            for task in tasks:
                if task is not asyncio.current_task():
                    task.cancel()

    async with asyncio.TaskGroup() as group:
        tasks += [group.create_task(attempt(place, *each)) for place, each in enumerate(addresses)]
    for late in won[1:]:
        late.close()
    if won:
        return won[0]
    raise failed[0] if failed else OSError


def _read_proxy(proxy: str) -> tuple[ProxyType, str, int, str | None, str | None]:
    try:
        return parse_proxy_url(proxy)
    except ValueError:
        raise ValueError("proxy") from None


def _trouble(error: Exception, leg: Leg) -> tuple[Trouble, str]:  # noqa: PLR0911 - a table, read from top to bottom
    match error:
        case ProxyError():
            return _proxy_trouble(error), ""
        case _NotHttp():
            return Trouble.NOT_HTTP, ""
        case socket.gaierror():
            return (Trouble.DNS_SILENT if error.errno == socket.EAI_AGAIN else Trouble.NO_NAME), ""
        case ssl.SSLCertVerificationError():
            return Trouble.UNTRUSTED, error.verify_message
        case ssl.SSLError():
            return Trouble.TLS_BROKEN, error.reason or ""
        case TimeoutError():
            return (Trouble.DNS_SILENT if leg is Leg.DNS else Trouble.TIMEOUT), ""
        case ConnectionRefusedError():
            return Trouble.REFUSED, ""
        case ConnectionError() | EOFError():
            return Trouble.CLOSED, ""
        case OSError():
            return Trouble.UNREACHABLE, os.strerror(error.errno) if error.errno and error.errno > 0 else ""
        case _:
            return (Trouble.PROXY_SETTING if leg is not Leg.FIRST_BYTE else Trouble.NOT_HTTP), ""


def _proxy_trouble(error: ProxyError) -> Trouble:
    """Sort a proxy's refusal by its code: below 9 SOCKS5's, about 91 SOCKS4's, from 100 HTTP's."""
    code = error.error_code
    if code is None:
        said = str(error).lower()
        return Trouble.PROXY_AUTH if "no acceptable" in said or "failure" in said else Trouble.PROXY_PROTOCOL
    if code in {_HTTP_AUTH, *_SOCKS4_IDENT}:
        return Trouble.PROXY_AUTH
    if code in {_HTTP_FORBIDDEN, _SOCKS5_NOT_ALLOWED}:
        return Trouble.PROXY_FORBIDS
    if code in _SOCKS5_NOT_SUPPORTED:
        return Trouble.PROXY_NO_CONNECT
    if code in {*_SOCKS5_REPLIES, _SOCKS4_REJECTED} or (code >= _HTTP_SERVER and code != _HTTP_NOT_IMPLEMENTED):
        return Trouble.PROXY_CANNOT_REACH
    return Trouble.PROXY_NO_CONNECT
