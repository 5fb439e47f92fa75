"""Every fault that the checks are tried against: its name, how it is made, and the verdict it has to get.

The README's table of faults is this one (`python -m tests.diagnostics.faults` prints it). `test_faults.py` makes each for
real, on loopback, and asks.
"""

# ruff: noqa: E501 - one fault a line reads as the table it is

import datetime as dt
import gzip
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.rcode
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.diagnostics.verdict import Verdict
from tests.diagnostics.twins import (
    Behaviour,
    Zone,
    black_hole,
    closed_port,
    closes,
    drips,
    greets,
    pours,
    reply,
    resets,
    resets_later,
    says,
    silent,
    tcp_server,
)

HOST = "lic.test.example"
OTHER = "other.test.example"
PONG = b"<reply message='pong'/>"
PATTERN = r"message\s*=\s*'pong'"


class Authorities:
    """Certificate authorities, made once: keys take time."""

    def __init__(self, folder: Path) -> None:
        self.good = trustme.CA(organization_name="Good Roots", organization_unit_name="Root")
        self.foreign = trustme.CA(organization_name="Office Inspection", organization_unit_name="Root")
        self.known = trustme.CA(organization_name="Kaspersky Lab", organization_unit_name="Anti-Virus Root")
        self.public = trustme.CA(organization_name="Internet Security Research Group")
        self.national = trustme.CA(organization_name="The Ministry of Digital Development and Communications")
        self.file = folder / "good.pem"
        self.good.cert_pem.write_to_path(str(self.file))

    def good_for(self, *names: str) -> ssl.SSLContext:
        return _context(self.good.issue_cert(*names))

    def issue(self, kind: str) -> ssl.SSLContext:
        day = dt.timedelta(days=1)
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        makers: dict[str, Callable[[], ssl.SSLContext]] = {
            "good": lambda: self.good_for(HOST),
            "expired": lambda: _context(self.good.issue_cert(HOST, not_before=now - 30 * day, not_after=now - day)),
            "not yet": lambda: _context(self.good.issue_cert(HOST, not_before=now + day, not_after=now + 30 * day)),
            "wrong name": lambda: self.good_for(OTHER),
            "self-signed": _self_signed,
            "foreign": lambda: _context(self.foreign.issue_cert(HOST)),
            "foreign and wrong name": lambda: _context(self.foreign.issue_cert(OTHER)),
            "known interceptor": lambda: _context(self.known.issue_cert(HOST)),
            "incomplete": lambda: _context(self.public.issue_cert(HOST)),
            "national": lambda: _context(self.national.issue_cert(HOST)),
        }
        return makers[kind]()


Serve = Callable[[Authorities], AbstractAsyncContextManager[int]]
"""Makes the twin and yields its port."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `kind` of the check that is asked; `seconds` it has; `facts` that the finding must hold."""

    name: str
    made: str
    kind: str
    verdict: Verdict
    serve: Serve
    facts: tuple[tuple[str, object], ...] = ()
    zone: Zone | None = None
    mute: bool = False
    private_allowed: bool = True
    expect: tuple[tuple[str, object], ...] = (("body", PATTERN),)
    seconds: float = 2.0
    waits: bool = False
    """The fault is silence: the whole time is used up."""


@asynccontextmanager
async def _nobody(authorities: Authorities) -> AsyncIterator[int]:
    del authorities
    yield 9


def _plain(behaviour: Behaviour) -> Serve:
    def serve(authorities: Authorities) -> AbstractAsyncContextManager[int]:
        del authorities
        return tcp_server(behaviour)

    return serve


def _tls(kind: str, behaviour: Behaviour = silent) -> Serve:
    def serve(authorities: Authorities) -> AbstractAsyncContextManager[int]:
        return tcp_server(behaviour, tls=authorities.issue(kind))

    return serve


def _https(*pieces: bytes, close: bool = True) -> Serve:
    return _tls("good", says(*pieces, close=close))


def _socket(made: Callable[[], AbstractAsyncContextManager[int]]) -> Serve:
    return lambda _: made()


@asynccontextmanager
async def _refusing() -> AsyncIterator[int]:
    with closed_port() as port:
        yield port


@asynccontextmanager
async def _swallowing() -> AsyncIterator[int]:
    with black_hole() as port:
        yield port


def _dns(name: str, made: str, verdict: Verdict, zone: Zone | None, **more: object) -> Fault:
    return Fault(name, made, "dns", verdict, _nobody, zone=zone or Zone(), private_allowed=False, **more)  # type: ignore[arg-type]  # a table's shorthand


def _hijack(name: str, *addresses: str) -> Fault:
    made = f"the name server answers {', '.join(addresses)}"
    return _dns(name, made, Verdict.DNS_HIJACK, Zone(addresses), facts=(("addresses", addresses), ("why", "private")))


def _redirected(name: str, to: str, made: str, verdict: Verdict = Verdict.HTTP_ERROR) -> Fault:
    serve = _https(reply("302 Found", b"", f"Location: {to}"))
    return Fault(name, made, "http", verdict, serve, facts=(("why", "redirect_refused"),))


_BOMB = gzip.compress(bytes(30_000_000))
_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><a><pong>&d;</pong></a>"""

FAULTS: tuple[Fault, ...] = (
    # names
    _dns("no such name", "NXDOMAIN", Verdict.DNS_NO_NAME, Zone(rcode=dns.rcode.NXDOMAIN), facts=(("rcode", "NXDOMAIN"),)),
    _dns("name without address", "NOERROR, no A and no AAAA", Verdict.DNS_NO_NAME, None, facts=(("why", "no_address"),)),
    _dns("name server fails", "SERVFAIL", Verdict.DNS_SERVER_FAULT, Zone(rcode=dns.rcode.SERVFAIL), facts=(("rcode", "SERVFAIL"),)),
    _dns("name server refuses", "REFUSED", Verdict.DNS_SERVER_FAULT, Zone(rcode=dns.rcode.REFUSED), facts=(("rcode", "REFUSED"),)),
    _dns("name server garbles", "an answer that is no message", Verdict.DNS_TIMEOUT, Zone(raw=b"\x81\x80" + b"\xff" * 30), seconds=0.4, waits=True),
    _dns("no answer about the name", "silence for this name only", Verdict.DNS_TIMEOUT, Zone(silent=True), seconds=0.4, waits=True),
    _dns("answers with a foreign id", "every answer belongs to another question", Verdict.DNS_TIMEOUT, Zone(("8.8.8.8",), wrong_id=True), seconds=0.4, waits=True),
    _dns("our own name server is silent", "silence for everything", Verdict.INCONCLUSIVE, Zone(), mute=True, seconds=0.4, waits=True, facts=(("why", "own_dns"),)),
    _dns("answer cut over UDP", "the truncation bit; the answer only over TCP", Verdict.OK, Zone(("8.8.4.4",), truncated=True)),
    _dns("IPv6 half broken", "A answered, AAAA with SERVFAIL", Verdict.OK, Zone(("8.8.4.4",), six_fails=True)),
    _hijack("private address", "10.0.0.1"),
    _hijack("loopback address", "127.0.0.1"),
    _hijack("address of a provider's NAT", "100.64.0.1"),
    _hijack("link-local address", "169.254.169.254"),
    _hijack("no address at all", "0.0.0.0"),
    _hijack("multicast address", "224.0.0.251"),
    _hijack("reserved address", "240.0.0.1"),
    _hijack("IPv6 loopback", "::1"),
    _hijack("IPv6 private address", "fd00::1"),
    _hijack("IPv6 link-local address", "fe80::1"),
    _hijack("IPv4 in IPv6", "::ffff:7f00:1"),
    _hijack("private address in 6to4", "2002:7f00:1::"),
    _hijack("private address in NAT64", "64:ff9b::a00:1"),
    _dns("public and private address", "the name server answers 8.8.8.8 and 192.168.0.1", Verdict.DNS_HIJACK, Zone(("8.8.8.8", "192.168.0.1")), facts=(("why", "private"),)),
    # ports
    Fault("port closed", "nobody listens", "tcp", Verdict.PORT_REFUSED, _socket(_refusing), facts=(("how", "refused"),)),
    Fault("port swallows", "a listening socket whose queue is full", "tcp", Verdict.PORT_FILTERED, _socket(_swallowing), seconds=0.4, waits=True),
    Fault("connection reset", "accepts and resets", "tcp", Verdict.PORT_REFUSED, _plain(resets), facts=(("how", "reset"),)),
    Fault("connection closed", "accepts and closes", "tcp", Verdict.SERVICE_DOWN, _plain(closes), facts=(("how", "closed"),)),
    Fault("port open", "accepts and waits", "tcp", Verdict.OK, _plain(silent)),
    # TLS
    Fault("certificate good", "issued by a trusted authority", "tls", Verdict.OK, _tls("good"), facts=(("issuer", "Good Roots, Root"),)),
    Fault("certificate expired", "ended yesterday", "tls", Verdict.TLS_EXPIRED, _tls("expired")),
    Fault("certificate not yet valid", "begins tomorrow", "tls", Verdict.TLS_CLOCK, _tls("not yet")),
    Fault("certificate for another name", f"issued for {OTHER}", "tls", Verdict.TLS_WRONG_NAME, _tls("wrong name"), facts=(("names", (OTHER,)),)),
    Fault("certificate self-signed", "its own issuer", "tls", Verdict.TLS_UNTRUSTED, _tls("self-signed"), facts=(("why", "self_signed"),)),
    Fault("man in the middle", "the right name, an authority that nobody knows", "tls", Verdict.TLS_INTERCEPTED, _tls("foreign"), facts=(("issuer", "Office Inspection, Root"),)),
    Fault("antivirus in the middle", "the right name, an authority known for that", "tls", Verdict.TLS_INTERCEPTED, _tls("known interceptor"), facts=(("issuer", "Kaspersky Lab, Anti-Virus Root"),)),
    Fault("unknown authority, other name", "another name, an authority that nobody knows", "tls", Verdict.TLS_UNTRUSTED, _tls("foreign and wrong name")),
    Fault("chain incomplete", "an issuer whose name is a public root's", "tls", Verdict.TLS_UNTRUSTED, _tls("incomplete"), facts=(("why", "chain_incomplete"),)),
    Fault("national root", "issued by a state's authority", "tls", Verdict.TLS_UNTRUSTED, _tls("national"), facts=(("why", "unknown_issuer"),)),
    Fault("no TLS on the port", "answers in plain HTTP", "tls", Verdict.SERVICE_DOWN, _plain(greets(reply("400 Bad Request"))), facts=(("why", "not_tls"),)),
    Fault("handshake without answer", "accepts and is silent", "tls", Verdict.SERVICE_DOWN, _plain(silent), seconds=0.4, waits=True, facts=(("why", "timeout"),)),
    Fault("handshake reset", "resets at the first bytes", "tls", Verdict.SERVICE_DOWN, _plain(resets_later), facts=(("why", "reset"),)),
    Fault("handshake refused", "an alert instead of a certificate", "tls", Verdict.SERVICE_DOWN, _plain(greets(b"\x15\x03\x03\x00\x02\x02\x28")), facts=(("why", "handshake"),)),
    # HTTP
    Fault("ping answered", "200 with message='pong'", "http", Verdict.OK, _https(reply("200 OK", PONG)), facts=(("status", 200),)),
    Fault("page not found", "404", "http", Verdict.HTTP_ERROR, _https(reply("404 Not Found", PONG)), facts=(("status", 404),)),
    Fault("server error", "500", "http", Verdict.SERVICE_DOWN, _https(reply("500 Internal Server Error", PONG)), facts=(("status", 500),)),
    Fault("service unavailable", "503", "http", Verdict.SERVICE_DOWN, _https(reply("503 Service Unavailable")), facts=(("status", 503),)),
    Fault("proxy wants a password", "407", "http", Verdict.PROXY_DENIED, _https(reply("407 Proxy Authentication Required"))),
    Fault("another page", "200 with a login page of a hotel", "http", Verdict.HTTP_ERROR, _https(reply("200 OK", b"<html>Welcome</html>", "Content-Type: text/html")), facts=(("why", "body"), ("type", "text/html"))),
    Fault("ten megabytes", "200 and a body without end", "http", Verdict.HTTP_ERROR, _tls("good", pours(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 100_000, 100)), facts=(("why", "too_large"), ("bytes", 1_000_000))),
    Fault("packed bomb", "30 MB packed into 30 kB", "http", Verdict.HTTP_ERROR, _https(reply("200 OK", _BOMB, "Content-Encoding: gzip")), facts=(("why", "too_large"), ("bytes", 1_000_000))),
    Fault("unknown packing", "Content-Encoding: br", "http", Verdict.HTTP_ERROR, _https(reply("200 OK", b"\x0b\x02\x80pong\x03", "Content-Encoding: br"))),
    Fault("packed ping", "gzip, though nobody asked for it", "http", Verdict.OK, _https(reply("200 OK", gzip.compress(PONG), "Content-Encoding: gzip"))),
    Fault("body drips", "a byte now and then, for ever", "http", Verdict.SLOW, _tls("good", drips(b"HTTP/1.1 200 OK\r\n\r\n", b"x")), seconds=0.5, waits=True, facts=(("why", "slow_body"),)),
    Fault("head drips", "header after header, for ever", "http", Verdict.SERVICE_DOWN, _tls("good", drips(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")), seconds=0.5, waits=True, facts=(("why", "timeout"),)),
    Fault("no answer to the request", "TLS, then silence", "http", Verdict.SERVICE_DOWN, _tls("good"), seconds=0.5, waits=True, facts=(("why", "timeout"),)),
    Fault("closes without answer", "TLS, then the end", "http", Verdict.SERVICE_DOWN, _https(b""), facts=(("why", "closed"),)),
    Fault("no HTTP", "an answer in another language", "http", Verdict.HTTP_ERROR, _https(b"220 smtp.example ESMTP\r\n\r\n"), facts=(("why", "protocol"),)),
    Fault("expired certificate under a request", "no check of its own for TLS", "http", Verdict.TLS_EXPIRED, _tls("expired"), facts=(("stage", "tls"),)),
    Fault("intercepted request", "no check of its own for TLS", "http", Verdict.TLS_INTERCEPTED, _tls("foreign"), facts=(("issuer", "Office Inspection, Root"),)),
    Fault("request to a closed port", "nobody listens", "http", Verdict.PORT_REFUSED, _socket(_refusing), facts=(("stage", "tcp"),)),
    Fault("request into a black hole", "a full queue", "http", Verdict.PORT_FILTERED, _socket(_swallowing), seconds=0.4, waits=True, facts=(("stage", "tcp"),)),
    _redirected("redirect to loopback", "https://127.0.0.1/", "302 to 127.0.0.1"),
    _redirected("redirect to the cloud's secrets", "http://169.254.169.254/latest/", "302 to 169.254.169.254"),
    _redirected("redirect to a stranger", f"https://{OTHER}/", "302 to an undeclared host"),
    _redirected("redirect to another port", f"https://{HOST}:22/", "302 to an undeclared port of the host"),
    _redirected("redirect without TLS", f"http://{HOST}/", "302 from https to http"),
    _redirected("redirect in numbers", "https://2130706433/", "302 to 127.0.0.1, written as one number"),
    _redirected("redirect with a name before the host", f"https://{HOST}@127.0.0.1/", "302 to user@127.0.0.1"),
    _redirected("redirect to nowhere", "https://[", "302 to what is no address"),
    Fault("redirect in a circle", "302 to itself, for ever", "http", Verdict.HTTP_ERROR, _https(reply("302 Found", b"", "Location: /again")), facts=(("why", "redirect_loop"),)),
    Fault("JSON as expected", "a JSONPath that finds something", "http", Verdict.OK, _https(reply("200 OK", b'{"state": {"up": true}}')), expect=(("json_path", "$.state.up"),)),
    Fault("JSON without it", "a JSONPath that finds nothing", "http", Verdict.HTTP_ERROR, _https(reply("200 OK", b'{"state": {}}')), expect=(("json_path", "$.state.up"),)),
    Fault("JSON too deep", "a hundred thousand brackets", "http", Verdict.HTTP_ERROR, _https(reply("200 OK", b"[" * 100_000)), expect=(("json_path", "$.state.up"),)),
    Fault("XML as expected", "a path that finds something", "http", Verdict.OK, _https(reply("200 OK", b"<a><pong/></a>")), expect=(("xml_path", "pong"),)),
    Fault("XML bomb", "entities within entities", "http", Verdict.HTTP_ERROR, _https(reply("200 OK", _LAUGHS)), expect=(("xml_path", "pong"),)),
)  # fmt: skip
"""All of them, names first, as the README shows them."""


def _context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def _self_signed() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.flush()
        context.load_cert_chain(file.name)
    return context


def table() -> str:
    """Return the table in Markdown."""
    rows = [f"| {fault.name} | {fault.made} | {fault.kind} | `{fault.verdict.value}` |" for fault in FAULTS]
    return "\n".join(["| fault | how it is made | check | verdict |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    print(table())
