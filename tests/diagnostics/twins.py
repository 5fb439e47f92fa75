"""Loopback twins of what checks contact: a small name server, and TCP servers that behave as they are told."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

TWIN = "127.0.0.2"
"""Where twins listen; 127.0.0.1 is left for those whom nobody may contact."""

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Zone:
    """What the name server answers for one name; `rcode` NOERROR without addresses is an answer without any."""

    addresses: Sequence[str] = ()
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    silent: bool = False
    truncated: bool = False
    """Over UDP: the answer is only had over TCP."""
    raw: bytes | None = None
    six_fails: bool = False
    wrong_id: bool = False
    then: Sequence[str] | None = None
    """What the name has from the second look-up on."""


@dataclass(slots=True)
class NameServer:
    """A name server on loopback. `asked` counts look-ups of addresses by name and type."""

    zones: Mapping[str, Zone]
    mute: bool = False
    port: int = 0
    asked: dict[tuple[str, str], int] = field(default_factory=dict)

    def answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        if self.mute:
            return None
        self.asked[name, kind] = self.asked.get((name, kind), 0) + 1
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        zone = self.zones.get(name)
        if zone is None:
            response.set_rcode(dns.rcode.NOERROR if name in {"", "."} else dns.rcode.NXDOMAIN)
            return response.to_wire()
        if zone.silent:
            return None
        if zone.raw is not None:
            return wire[:2] + zone.raw
        response.set_rcode(zone.rcode)
        if zone.six_fails and kind == "AAAA":
            response.set_rcode(dns.rcode.SERVFAIL)
        if zone.truncated and not tcp:
            response.flags |= dns.flags.TC
            return response.to_wire()
        known = zone.then if zone.then is not None and self.asked[name, kind] > 1 else zone.addresses
        fitting = [each for each in known if (":" in each) == (kind == "AAAA")]
        if fitting and zone.rcode == dns.rcode.NOERROR:
            response.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, fitting))
        if zone.wrong_id:
            response.id ^= 1
        return response.to_wire()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own class of it does not say that it is one.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, content: bytes, peer: tuple[str, int]) -> None:
        answer = self._server.answer(content, tcp=False)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, peer)


@asynccontextmanager
async def name_server(zones: Mapping[str, Zone], *, mute: bool = False) -> AsyncIterator[NameServer]:
    """Run a name server on 127.0.0.1, on the same port over UDP and TCP."""
    server = NameServer(zones, mute)

    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        answer = server.answer(await reader.readexactly(length), tcp=True)
        if answer is not None:
            writer.write(struct.pack("!H", len(answer)) + answer)
            await writer.drain()
        writer.close()

    tcp = await asyncio.start_server(over_tcp, "127.0.0.1", 0)
    server.port = tcp.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(server), local_addr=("127.0.0.1", server.port)
    )
    try:
        yield server
    finally:
        transport.close()
        tcp.close()


@asynccontextmanager
async def tcp_server(
    behaviour: Behaviour, *, tls: ssl.SSLContext | None = None, address: str = TWIN, port: int = 0
) -> AsyncIterator[int]:
    """Run a TCP server and yield its port; what still talks at the end is cut off."""
    open_now: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            await behaviour(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            # The end of the test; asyncio would call a cancelled server task an error.
            pass
        finally:
            open_now.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(serve, address, port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(open_now):
            task.cancel()
        if open_now:
            await asyncio.wait(set(open_now))


@contextmanager
def closed_port() -> Iterator[int]:
    """Yield a port that refuses: it is bound, so that nobody else gets it, and nobody listens."""
    with socket.socket() as sock:
        sock.bind((TWIN, 0))
        yield sock.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """Yield a port that answers nothing at all: its queue is full, and Linux drops what else knocks."""
    with socket.socket() as sock:
        sock.bind((TWIN, 0))
        sock.listen(0)
        port = sock.getsockname()[1]
        waiting = []
        try:
            for _ in range(3):
                knock = socket.socket()
                knock.setblocking(False)
                knock.connect_ex((TWIN, port))
                waiting.append(knock)
            yield port
        finally:
            for knock in waiting:
                knock.close()


class Listeners:
    """Sockets that nobody may contact; `contacts` counts who did."""

    def __init__(self) -> None:
        self.contacts = 0
        self.port = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        self.contacts += 1
        writer.transport.abort()


@asynccontextmanager
async def forbidden(port: int = 0) -> AsyncIterator[Listeners]:
    """Listen at 127.0.0.1 and ::1 on one port, and count contacts."""
    listeners = Listeners()
    async with tcp_server(listeners, address="127.0.0.1", port=port) as taken:
        listeners.port = taken
        if not socket.has_ipv6:
            yield listeners
            return
        async with tcp_server(listeners, address="::1", port=taken):
            yield listeners


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept, and say nothing."""
    del writer
    await reader.read()
    await asyncio.Event().wait()


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset the connection at once."""
    del reader
    _reset(writer)


async def resets_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset the connection when the first bytes came."""
    await reader.read(1)
    _reset(writer)


async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection at once, in good order."""
    del reader
    writer.close()
    await writer.wait_closed()


def greets(*pieces: bytes) -> Behaviour:
    """Write the pieces at the first bytes, whatever they are, and close."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.writelines(pieces)
        writer.close()
        await writer.wait_closed()

    return behave


def says(*pieces: bytes, close: bool = True) -> Behaviour:
    """Read a request's head, write the pieces, close or wait for ever."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if close:
            writer.close()
            await writer.wait_closed()
        else:
            await asyncio.Event().wait()

    return behave


def drips(head: bytes, piece: bytes, pause: float = 0.02) -> Behaviour:
    """Write `head`, then a piece after each pause, for ever."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def pours(head: bytes, piece: bytes, times: int) -> Behaviour:
    """Write `head` and a piece many times over, as fast as it is taken."""
    return says(head, *([piece] * times))


def reply(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
