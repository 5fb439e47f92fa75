"""Small real proxies on loopback: SOCKS5 (RFC 1928, 1929) and HTTP, with and without user and password.

The HTTP one carries out CONNECT and passes on plain requests; `connects=False` makes it one that refuses CONNECT.
"""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import quote

USER, PASSWORD = "operator", "hunter2@:/%word"

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Kind(Enum):
    SOCKS5 = auto()
    HTTP = auto()


@dataclass(slots=True)
class Proxy:
    kind: Kind
    locked: bool = False
    """Whether it wants user and password."""
    connects: bool = True
    reaches: bool = True
    port: int = 0
    passed: list[str] = field(default_factory=list)
    """host:port of each connection that was passed on."""
    refused: int = 0

    def url(self, user: str = "", password: str = "") -> str:
        scheme = {Kind.SOCKS5: "socks5", Kind.HTTP: "http"}[self.kind]
        inside = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        return f"{scheme}://{inside}127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (self._socks(reader, writer) if self.kind is Kind.SOCKS5 else self._http(reader, writer))

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        wanted = 2 if self.locked else 0
        if version != 5 or wanted not in methods:
            self.refused += 1
            writer.write(b"\x05\xff")
            return
        writer.write(bytes([5, wanted]))
        if self.locked and not await self._let_in(reader, writer):
            return
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            (size,) = await reader.readexactly(1)
            host = (await reader.readexactly(size)).decode()
        else:
            host = ".".join(map(str, await reader.readexactly(4)))
        port = int.from_bytes(await reader.readexactly(2), "big")
        if not self.reaches:
            writer.write(b"\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00")
            return
        await self._pass_on(host, port, reader, writer, b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        _, size = await reader.readexactly(2)
        user = (await reader.readexactly(size)).decode()
        (size,) = await reader.readexactly(1)
        right = (user, (await reader.readexactly(size)).decode()) == (USER, PASSWORD)
        self.refused += not right
        writer.write(b"\x01\x00" if right else b"\x01\x01")
        return right

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split("\r\n", 1)[0].split(" ", 2)
        proof = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.locked and f"Proxy-Authorization: Basic {proof}\r\n" not in head:
            self.refused += 1
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif method == "CONNECT" and not self.connects:
            self.refused += 1
            writer.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
        elif not self.reaches:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        elif method == "CONNECT":
            host, _, port = target.rpartition(":")
            await self._pass_on(host, int(port), reader, writer, b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            found = re.fullmatch(r"http://([^/:]+):(\d+)(/.*)", target)
            assert found is not None
            opening = f"{method} {found[3]} HTTP/1.1\r\n{head.split(chr(10), 1)[1]}".encode()
            await self._pass_on(found[1], int(found[2]), reader, writer, b"", opening)

    async def _pass_on(
        self,
        host: str,
        port: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        agreed: bytes,
        opening: bytes = b"",
    ) -> None:
        there, beyond = await asyncio.open_connection(host, port)
        self.passed.append(f"{host}:{port}")
        writer.write(agreed)
        beyond.write(opening)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(pipe(reader, beyond))
                tasks.create_task(pipe(there, writer))
        finally:
            beyond.transport.abort()


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while block := await reader.read(65536):
            writer.write(block)
            await writer.drain()
    # TLS cannot close one direction alone.
    with contextlib.suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()


@asynccontextmanager
async def listening(serve: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve each connection on a free port, and close whatever is open at the end."""
    open_now: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await serve(reader, writer)
                await writer.drain()
        finally:
            open_now.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


@asynccontextmanager
async def proxy(
    kind: Kind, *, locked: bool = False, connects: bool = True, reaches: bool = True
) -> AsyncIterator[Proxy]:
    made = Proxy(kind, locked, connects, reaches)
    async with listening(made.serve) as port:
        made.port = port
        yield made
