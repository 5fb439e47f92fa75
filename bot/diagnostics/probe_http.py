"""Sends one declared request to a pinned address and judges the answer.

Decides what of an answer is as expected, and bounds what an answer may cost: redirects (three, to declared ports only,
never from https down to http), size (1 MB, unpacked too) and time. `run.py` calls `check_http`; `probe_key.py` sends
its requests through `fetch`. Facts: `host`, `port`, `address`, `status`, `type`, `dns_ms`, `connect_ms`, `tls_ms`,
`first_byte_ms`, `bytes`, `to` (host of a redirect that was refused), `why` (`status`, `body`, `too_large`,
`redirect_refused`, `redirect_loop`, `timeout`, `closed`, `protocol`, `slow_body`).
"""

import asyncio
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias, runtime_checkable

import httpx

from bot.diagnostics.expectation import meets
from bot.diagnostics.probe_tcp import Pin, socket_finding, tcp_finding, weightiest
from bot.diagnostics.probe_tls import check_tls, trusting_context
from bot.diagnostics.target import Address, Policy, Reach
from bot.diagnostics.verdict import Fact, Finding, Verdict
from bot.kb.checks import DEFAULT_PORTS, HttpCheck, host_and_port

MOST_BYTES: Final = 1_000_000
"""Of a body, packed and unpacked alike."""
MOST_REDIRECTS: Final = 3
SLOW_MS: Final = 5000.0
"""Until the first byte."""
_CHARSETS: Final = {"utf-16", "windows-1251", "cp1251", "windows-1252", "koi8-r", "cp866", "iso-8859-1", "iso-8859-5"}
_AGENT: Final = "diagnost"
_PROXY_DENIES: Final = 407
_SERVER_FAULT: Final = 500
_ERRNO_AT = 6  # how deep an exception's causes are searched

FindPin: TypeAlias = Callable[[str, int], Awaitable[Pin | Finding]]
"""Gives the pinned address of a declared host and port, or the finding why there is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `headers` and `content` may hold secrets: they stay out of the repr and of every finding."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `body` unpacked, cut at the cap (`cut`); `late` where the deadline ended it."""

    pin: Pin
    status: int
    content_type: str
    charset: str | None
    body: bytes = field(repr=False)
    times: Mapping[str, Fact]
    cut: bool = False
    late: bool = False

    def text(self) -> str:
        """Return the body as text; bytes that are none become replacement characters."""
        charset = (self.charset or "").lower()
        # Python knows more codecs than servers have a use for, and some take a long time over a megabyte.
        return self.body.decode(charset if charset in _CHARSETS else "utf-8", "replace")


async def check_http(check: HttpCheck, find: FindPin, policy: Policy, reach: Reach, timeout: float) -> Finding:
    """Say whether the declared request gets the expected answer within `timeout` seconds."""
    request = Request(check.method, check.url)
    reply = await fetch(request, find, policy, reach, timeout, stop_at=check.expect.status)
    if isinstance(reply, Finding):
        return reply
    facts: dict[str, Fact] = {"status": reply.status, "type": reply.content_type, "bytes": len(reply.body)}
    facts |= reply.times
    if reply.status == _PROXY_DENIES:
        return http_finding(Verdict.PROXY_DENIED, reply.pin, **facts)
    if reply.status not in check.expect.status:
        verdict = Verdict.SERVICE_DOWN if reply.status >= _SERVER_FAULT else Verdict.HTTP_ERROR
        return http_finding(verdict, reply.pin, why="status", **facts)
    if not meets(check.expect, reply.text()):
        if reply.late:
            return http_finding(Verdict.SLOW, reply.pin, why="slow_body", **facts)
        return http_finding(Verdict.HTTP_ERROR, reply.pin, why="too_large" if reply.cut else "body", **facts)
    slow = float(str(reply.times["first_byte_ms"])) > SLOW_MS
    return http_finding(Verdict.SLOW if slow else Verdict.OK, reply.pin, **facts)


async def fetch(
    request: Request,
    find: FindPin,
    policy: Policy,
    reach: Reach,
    timeout: float,
    *,
    stop_at: tuple[int, ...] = (),
) -> Reply | Finding:
    """Send a request and return its answer, or the finding why there is none; over after `timeout` seconds.

    Redirects are followed for GET and HEAD without headers or content of ours, unless their status is in `stop_at`.
    """
    deadline = asyncio.get_running_loop().time() + timeout
    url = request.url
    last: Pin | None = None
    for _ in range(MOST_REDIRECTS + 1):
        pin = await _pinned(url, find, policy)
        if isinstance(pin, Finding):
            return pin
        last = pin
        answer = await _ask(request, url, pin, reach, deadline, stop_at)
        if not isinstance(answer, httpx.URL):
            return answer
        plain_request = request.method in {"GET", "HEAD"} and not request.headers and request.content is None
        fault = None if plain_request else "redirect_refused"
        try:
            host, port = host_and_port(str(answer))
        except ValueError:
            host, port, fault = "", 0, "redirect_refused"
        if not policy.admits_port(host, port) or (url.startswith("https:") and answer.scheme != "https"):
            fault = "redirect_refused"
        if fault is not None:
            return http_finding(Verdict.HTTP_ERROR, pin, why=fault, to=_clean(host))
        url = str(answer)
    assert last is not None  # noqa: S101 - the loop runs at least once
    return http_finding(Verdict.HTTP_ERROR, last, why="redirect_loop")


def http_finding(verdict: Verdict, pin: Pin, **facts: Fact) -> Finding:
    """Return a finding about an HTTP answer of a pinned host and port."""
    return tcp_finding(verdict, pin, **{"stage": "http", **facts})


async def _pinned(url: str, find: FindPin, policy: Policy) -> Pin | Finding:
    try:
        host, port = host_and_port(url)
    except ValueError:
        return Finding(Verdict.INCONCLUSIVE, {"stage": "dns", "why": "undeclared"})
    if not policy.admits_port(host, port):
        return Finding(Verdict.INCONCLUSIVE, {"stage": "dns", "host": host, "why": "undeclared"})
    return await find(host, port)


@runtime_checkable
class _Stream(Protocol):
    """A connection of httpcore's, as its trace hands it over."""

    async def aclose(self) -> None: ...


class _Times:
    """Hears httpx's trace: when what was done, in milliseconds from the start, and over which connection."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._began: dict[str, float] = {}
        self.facts: dict[str, Fact] = {}
        self.start = self._clock()
        self._stream: _Stream | None = None

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        name, _, state = event.rpartition(".")
        if state == "started":
            self._began[name] = self._clock()
        elif state == "complete" and name in self._began:
            stream = info.get("return_value")
            if name == "connection.connect_tcp" and isinstance(stream, _Stream):
                self._stream = stream
            shown = {"connection.connect_tcp": "connect_ms", "connection.start_tls": "tls_ms"}.get(name)
            if name.endswith("receive_response_headers"):
                self.facts["first_byte_ms"] = round((self._clock() - self.start) * 1000, 1)
            elif shown is not None:
                self.facts[shown] = round((self._clock() - self._began[name]) * 1000, 1)

    @property
    def connected(self) -> bool:
        return "connect_ms" in self.facts

    async def close(self) -> None:
        """Close the connection: httpcore forgets one whose handshake is cancelled."""
        if self._stream is not None:
            await self._stream.aclose()


async def _ask(
    request: Request, url: str, pin: Pin, reach: Reach, deadline: float, stop_at: tuple[int, ...]
) -> Reply | Finding | httpx.URL:
    """Send the request once; an address that it is redirected to comes back as such."""
    times = _Times()
    faults: list[Finding] = []
    for address in pin.tried:
        # The name stays in the Host header and in TLS; only the connection goes to the address.
        target = httpx.URL(url).copy_with(host=str(address), port=pin.port)
        host = pin.host if pin.port == DEFAULT_PORTS[target.scheme] else f"{pin.host}:{pin.port}"
        sent = httpx.Request(
            request.method,
            target,
            headers={"Host": host, "User-Agent": _AGENT, "Accept-Encoding": "identity", **request.headers},
            content=request.content,
            extensions={"sni_hostname": pin.host, "trace": times},
        )
        try:
            async with (
                asyncio.timeout_at(deadline),
                httpx.AsyncHTTPTransport(verify=trusting_context(reach.ca_file), retries=0) as transport,
            ):
                response = await transport.handle_async_request(sent)
                try:
                    where = _redirection(response, url, stop_at)
                    return where or await _read(response, pin, times, str(address), deadline)
                finally:
                    await response.aclose()
        except TimeoutError:
            if not times.connected:
                return tcp_finding(Verdict.PORT_FILTERED, pin, address=str(address))
            return _unanswered("timeout", url, pin, times, address)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            faults.append(await _fault(error, url, pin, address, times, reach, deadline))
        finally:
            await times.close()
        if times.connected:
            return faults[-1]
    return weightiest(faults)


def _unanswered(why: str, url: str, pin: Pin, times: _Times, address: Address) -> Finding:
    """Return the finding of a connection that came to no answer: at TLS, where that was not done yet."""
    stage = "tls" if url.startswith("https:") and "tls_ms" not in times.facts else "http"
    return http_finding(Verdict.SERVICE_DOWN, pin, stage=stage, why=why, address=str(address), **times.facts)


async def _fault(
    error: Exception, url: str, pin: Pin, address: Address, times: _Times, reach: Reach, deadline: float
) -> Finding:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        left = deadline - asyncio.get_running_loop().time()
        found = await check_tls(pin, max(left, 0.001), reach.ca_file)
        if found.verdict is not Verdict.OK:
            return found
        return _unanswered("closed", url, pin, times, address)
    if not times.connected:
        number = next((cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno), None)
        return socket_finding(number, pin, address)
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        return http_finding(Verdict.HTTP_ERROR, pin, why="protocol", **times.facts)
    return _unanswered("closed", url, pin, times, address)


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(found) < _ERRNO_AT * 2:
        each = waiting.pop()
        if each is None or each in found:
            continue
        found.append(each)
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
    return found


def _redirection(response: httpx.Response, url: str, stop_at: tuple[int, ...]) -> httpx.URL | None:
    if not response.has_redirect_location or response.status_code in stop_at:
        return None
    try:
        return httpx.URL(url).join(response.headers["location"])
    except httpx.InvalidURL:
        return httpx.URL("")


async def _read(response: httpx.Response, pin: Pin, times: _Times, address: str, deadline: float) -> Reply:
    """Read the body up to the cap; a body that the deadline ends is returned as far as it came."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    body = _Body(packed)
    late = False
    try:
        async with asyncio.timeout_at(deadline - 0.02):
            async for chunk in response.aiter_raw():
                if not body.add(chunk):
                    break
    except TimeoutError:
        late = True
    return Reply(
        pin=pin,
        status=response.status_code,
        content_type=_clean(response.headers.get("content-type", "")),
        charset=response.charset_encoding,
        body=bytes(body.content),
        times={"address": address, "dns_ms": pin.dns_ms, **times.facts},
        cut=body.cut,
        late=late,
    )


class _Body:
    """What was received, unpacked as far as the cap allows: a small packed body cannot fill the memory."""

    def __init__(self, packed: str) -> None:
        self.content = bytearray()
        self.cut = False
        self._received = 0
        self._unpack = None
        if packed in {"gzip", "x-gzip", "deflate"}:
            self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
        elif packed not in {"", "identity"}:
            # We asked for it as it is; an encoding we did not ask for is read as no text at all.
            self._received = MOST_BYTES

    def add(self, chunk: bytes) -> bool:
        """Take a piece; False where there is no more to take."""
        self._received += len(chunk)
        room = MOST_BYTES - len(self.content)
        if self._unpack is not None:
            try:
                piece = self._unpack.decompress(chunk, max_length=room + 1)
            except zlib.error:
                return False
        else:
            piece = chunk
        self.content += piece[:room]
        self.cut = len(piece) > room or self._received > MOST_BYTES
        return not self.cut


def _clean(text: str) -> str:
    return "".join(char for char in text.partition(";")[0] if char.isprintable())[:80]
