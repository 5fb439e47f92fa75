"""A customer's machine and a vendor's server, each in a network namespace of its own, joined by one wire.

The customer is 10.77.0.2, its router, name server and everything beyond is the other end. Servers are sockets that a
thread opened inside the vendor's namespace; they are served by the test's own event loop. Nothing leaves the
namespaces, which are gone when the test is over; what a killed test left behind the next one removes.
"""

import asyncio
import contextlib
import ctypes
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from tests.diagnostics.twins import Behaviour, NameServer, Zone

T = TypeVar("T")

SERVER = "203.0.113.10"
ROUTER = "10.77.0.1"
NEEDED = ("ip", "nft", "ping", "traceroute", "nslookup", "dig", "curl", "openssl", "nc", "wget", "busybox")
_CLONE_NEWNET = 0x40000000
_FILES = Path("/etc/netns")
_PLACES = Path("/run/netns")
_PREFIX = "dgn"

_LINK = """
link set lo up
link set wire up
"""
_CUSTOMER = _LINK + f"address add 10.77.0.2/24 dev wire\nroute add default via {ROUTER}\n"
_VENDOR = _LINK + f"address add {ROUTER}/24 dev wire\naddress add {SERVER}/32 dev lo\n"


def why_not() -> str:
    """Return what is missing for tests in namespaces, or nothing."""
    if os.geteuid() != 0:
        return "namespaces need root"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    probe = f"{_PREFIX}-{os.getpid()}-probe"
    try:
        _ip("netns", "add", probe)
        _run("ip", "netns", "exec", probe, "nft", "add", "table", "inet", "t")
    except subprocess.CalledProcessError as error:
        return f"no namespaces or no firewall here: {error.stderr.strip()}"
    finally:
        remove(probe)
    return ""


def sweep() -> None:
    """Remove what tests left whose process is gone."""
    for path in [*_PLACES.glob(f"{_PREFIX}-*"), *_FILES.glob(f"{_PREFIX}-*")]:
        owner = path.name.split("-")[1]
        if not Path("/proc", owner).exists():
            remove(path.name)


def remove(name: str) -> None:
    """Remove a namespace and its files."""
    if (_PLACES / name).exists():
        _ip("netns", "delete", name)
    shutil.rmtree(_FILES / name, ignore_errors=True)
    with contextlib.suppress(OSError):
        _FILES.rmdir()


@dataclass(slots=True)
class Wire:
    """One customer's end and what is served at the other."""

    customer: str
    vendor: str
    beyond: str
    servers: list[asyncio.Server] = field(default_factory=list)
    transports: list[asyncio.DatagramTransport] = field(default_factory=list)

    async def run(self, *command: str, environment: Mapping[str, str], seconds: float) -> str:
        """Return what a command of the customer's prints, errors included, in the order in which it came."""
        process = await asyncio.create_subprocess_exec(
            "ip",
            "netns",
            "exec",
            self.customer,
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(seconds):
                output, _ = await process.communicate()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, 9)
                await process.wait()
        return output.decode("utf-8", "replace")

    async def answer_names(self, zones: Mapping[str, Zone]) -> None:
        """Answer look-ups at the customer's router."""
        sock = await asyncio.to_thread(_inside, self.vendor, lambda: _bound(socket.SOCK_DGRAM, ROUTER, 53))
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Names(NameServer(zones)), sock=sock)
        self.transports.append(transport)

    async def serve(
        self, behaviour: Behaviour, port: int, tls: ssl.SSLContext | None = None, address: str = SERVER
    ) -> None:
        """Listen on a port of the vendor's."""
        sock = await asyncio.to_thread(_inside, self.vendor, lambda: _bound(socket.SOCK_STREAM, address, port))

        async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await behaviour(reader, writer)
            writer.transport.abort()

        self.servers.append(await asyncio.start_server(quiet, sock=sock, ssl=tls))

    def rule(self, rules: str) -> None:
        """Set firewall rules of the vendor's end."""
        _run("ip", "netns", "exec", self.vendor, "nft", "-f", "-", given=rules)


class _Names(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, content: bytes, peer: tuple[str, int]) -> None:
        answer = self._server.answer(content, tcp=False)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, peer)


@asynccontextmanager
async def wire(number: int, *, loops: bool = False, hosts: str = "") -> AsyncIterator[Wire]:
    """Lay a wire; with `loops`, what the vendor's end does not hold itself circles between two routers."""
    name = f"{_PREFIX}-{os.getpid()}-{number}"
    laid = Wire(f"{name}c", f"{name}v", f"{name}b")
    try:
        await asyncio.to_thread(_lay, laid, loops, hosts)
        yield laid
    finally:
        for transport in laid.transports:
            transport.close()
        for server in laid.servers:
            server.close()
        # Not in a thread: a test that is being stopped would not wait for it.
        for each in (laid.customer, laid.vendor, laid.beyond):
            remove(each)


def _lay(laid: Wire, loops: bool, hosts: str) -> None:
    folder = _FILES / laid.customer
    folder.mkdir(parents=True)
    (folder / "resolv.conf").write_text(f"nameserver {ROUTER}\n")
    if hosts:
        (folder / "hosts").write_text(hosts)
    ends = [laid.customer, laid.vendor, *([laid.beyond] if loops else [])]
    batch = "".join(f"netns add {name}\n" for name in ends)
    batch += f"link add wire netns {laid.customer} type veth peer name wire netns {laid.vendor}\n"
    if loops:
        batch += f"link add next netns {laid.vendor} type veth peer name wire netns {laid.beyond}\n"
    _run("ip", "-batch", "-", given=batch)
    _run("ip", "-n", laid.customer, "-batch", "-", given=_CUSTOMER)
    vendor = _VENDOR
    if loops:
        vendor = vendor.replace(f"address add {SERVER}/32 dev lo\n", "")
        vendor += "link set next up\naddress add 10.78.0.1/24 dev next\nroute add 203.0.113.0/24 via 10.78.0.2\n"
        beyond = _LINK + "address add 10.78.0.2/24 dev wire\nroute add default via 10.78.0.1\n"
        _run("ip", "-n", laid.beyond, "-batch", "-", given=beyond)
    _run("ip", "-n", laid.vendor, "-batch", "-", given=vendor)
    # Routers tell of lost packets once a second; a route of several hops would look silent.
    for name in ends[1:]:
        switches = "cd /proc/sys/net/ipv4 && echo 1 >ip_forward && echo 0 >icmp_ratelimit"
        _run("ip", "netns", "exec", name, "sh", "-c", switches)


def _bound(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.setblocking(False)
    return sock


def _inside(namespace: str, make: Callable[[], T]) -> T:
    """Return what `make` makes inside a namespace; a socket stays in the one where it was opened."""
    made: list[T] = []
    faults: list[BaseException] = []

    def enter() -> None:
        try:
            _move_to(namespace)
            made.append(make())
        except OSError as fault:
            faults.append(fault)

    # A thread of its own, for it ends in another network than it began in.
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return made[0]


def _move_to(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with (_PLACES / namespace).open() as place:
        if libc.setns(place.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*command: str, given: str = "") -> None:
    subprocess.run(command, input=given, text=True, capture_output=True, check=True)


def shown(command: Sequence[str], output: str) -> str:
    """Return a console's text as a customer copies it, the command included."""
    return f"root@pbx:~# {' '.join(command)}\n{output}"
