"""Shakes hands with a TLS server at a pinned address and judges its certificate, showing the chain in any case.

Decides what a refused certificate means: expired, for another name, unknown, or made by something in between. The
first handshake verifies, against the usual public roots and the operator's; only where it refuses does a second one
fetch the chain without trust. `run.py` calls it, `probe_http.py` where its own handshake fails. Facts: `host`,
`port`, `address`, `tls_ms`, `connect_ms`, `issuer`, `subject`, `names`, `not_before`, `not_after`, `days_left`,
`chain`, `why` (`self_signed`, `chain_incomplete`, `unknown_issuer`, `timeout`, `reset`, `closed`, `not_tls`,
`handshake`).
"""

import asyncio
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import certifi
from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from bot.diagnostics.issuers import is_interceptor, is_national
from bot.diagnostics.probe_tcp import ConnectFault, Pin, connect, tcp_finding
from bot.diagnostics.verdict import Fact, Finding, Verdict

# OpenSSL's X509_V_ERR_… (x509_vfy.h); `ssl` names none of them.
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_SELF_SIGNED: Final = 18
_UNKNOWN_ROOT: Final = frozenset({2, 19, 20, 21})
_WRONG_NAME: Final = frozenset({62, 64})
_MOST_CHAIN = 6
_MOST_NAMES = 8
_MOST_CHARS = 120
_DAY = 86400


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is shown of one certificate."""

    subject: str
    issuer: str
    organisation: str
    """The issuer's, empty where it names none."""
    names: tuple[str, ...]
    not_before: float
    not_after: float


class _HandshakeFault(Exception):  # noqa: N818 - says why there is no handshake
    def __init__(self, why: str, code: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.code = code
        """OpenSSL's verify code; 0 where the certificate is not the reason."""


@dataclass(frozen=True, slots=True)
class _Shaken:
    chain: tuple[Certificate, ...]
    times: Mapping[str, Fact]


async def check_tls(pin: Pin, timeout: float, ca_file: Path | None = None) -> Finding:
    """Say whether the server's certificate is good for the pin's host; `timeout` in seconds for all of it."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    try:
        shaken = await _shake(pin, trusting_context(ca_file), deadline)
    except ConnectFault as fault:
        return fault.finding
    except _HandshakeFault as fault:
        if not fault.code:
            return tls_finding(Verdict.SERVICE_DOWN, pin, why=fault.why)
        return await _explain(pin, fault.code, deadline)
    facts = {**_facts(shaken.chain), **shaken.times}
    if shaken.chain and any(is_interceptor(each.issuer) for each in shaken.chain):
        return tls_finding(Verdict.TLS_INTERCEPTED, pin, **facts)
    return tls_finding(Verdict.OK, pin, **facts)


def tls_finding(verdict: Verdict, pin: Pin, **facts: Fact) -> Finding:
    """Return a finding about the TLS of a pinned host and port."""
    return tcp_finding(verdict, pin, **{"stage": "tls", **facts})


@lru_cache(maxsize=8)
def trusting_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return the context that verifies: the roots that browsers trust, and those of `ca_file`.

    Not this machine's own store: a company's proxy puts its root there, and would then be taken for the server.
    Raises `OSError` or `ssl.SSLError` where the file cannot be used.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


@lru_cache(maxsize=1)
def _curious_context() -> ssl.SSLContext:
    """Return the context that takes any certificate, to show it; nothing is asked over such a connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def judge(code: int, chain: Sequence[Certificate], roots: frozenset[str]) -> tuple[Verdict, str]:  # noqa: PLR0911 - a table
    """Return the verdict of OpenSSL's verify code on a chain, leaf first, and `why` in one word.

    `roots` are the organisations of the public roots: whom they issue for forgot an intermediate certificate.
    """
    issuers = [each.issuer for each in chain]
    if code == _EXPIRED:
        return Verdict.TLS_EXPIRED, ""
    if code == _NOT_YET_VALID:
        return Verdict.TLS_CLOCK, ""
    if any(map(is_interceptor, issuers)):
        return Verdict.TLS_INTERCEPTED, "unknown_issuer"
    if code in _WRONG_NAME:
        return Verdict.TLS_WRONG_NAME, ""
    if code == _SELF_SIGNED:
        return Verdict.TLS_UNTRUSTED, "self_signed"
    if code not in _UNKNOWN_ROOT or not chain:
        return Verdict.TLS_UNTRUSTED, "certificate"
    if chain[-1].organisation in roots:
        return Verdict.TLS_UNTRUSTED, "chain_incomplete"
    if any(map(is_national, issuers)):
        return Verdict.TLS_UNTRUSTED, "unknown_issuer"
    return Verdict.TLS_INTERCEPTED, "unknown_issuer"


async def _explain(pin: Pin, code: int, deadline: float) -> Finding:
    """Return the finding of a refused certificate; its chain is missing where the second handshake fails."""
    try:
        shaken = await _shake(pin, _curious_context(), deadline)
    except (ConnectFault, _HandshakeFault):
        shaken = _Shaken((), {})
    verdict, why = judge(code, shaken.chain, _public_organisations())
    if (
        verdict is Verdict.TLS_INTERCEPTED
        and not _names_host(shaken.chain[0], pin.host)
        and not is_interceptor(shaken.chain[0].issuer)
    ):
        # Whoever stands in between makes a certificate for the very name; one for another name is a mix-up.
        verdict = Verdict.TLS_UNTRUSTED
    more: dict[str, Fact] = {"why": why} if why else {}
    return tls_finding(verdict, pin, **_facts(shaken.chain), **shaken.times, **more)


async def _shake(pin: Pin, context: ssl.SSLContext, deadline: float) -> _Shaken:
    """Connect and shake hands. Raises `ConnectFault` and `_HandshakeFault`."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    sock = await connect(pin, max(deadline - started, 0.001))
    connected = loop.time()
    address = str(sock.getpeername()[0])
    try:
        async with asyncio.timeout_at(deadline):
            transport, _ = await loop.create_connection(
                asyncio.Protocol,
                sock=sock,
                ssl=context,
                server_hostname=pin.host,
                # The deadline above comes first.
                ssl_handshake_timeout=60,
            )
    except (TimeoutError, OSError) as error:
        sock.close()
        raise _handshake_fault(error) from error
    except BaseException:
        sock.close()
        raise
    try:
        chain = _chain(transport.get_extra_info("ssl_object"))
    finally:
        transport.abort()
    times: dict[str, Fact] = {
        "address": address,
        "connect_ms": round((connected - started) * 1000, 1),
        "tls_ms": round((loop.time() - connected) * 1000, 1),
    }
    return _Shaken(chain, times)


def _handshake_fault(error: OSError) -> _HandshakeFault:
    match error:
        case ssl.SSLCertVerificationError():
            return _HandshakeFault("certificate", error.verify_code)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return _HandshakeFault("closed")
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "UNKNOWN_PROTOCOL" | "RECORD_LAYER_FAILURE"):
            return _HandshakeFault("not_tls")
        case ssl.SSLError():
            return _HandshakeFault("handshake")
        case TimeoutError():
            return _HandshakeFault("timeout")
        case _:
            return _HandshakeFault("reset")


def _chain(shaken: ssl.SSLObject) -> tuple[Certificate, ...]:
    # The method is public from Python 3.13 on; before, only the object underneath has it.
    inner: Any = getattr(shaken, "_sslobj", shaken)
    found: list[Certificate] = []
    for each in (inner.get_unverified_chain() or ())[:_MOST_CHAIN]:
        encoded = each if isinstance(each, bytes) else ssl.PEM_cert_to_DER_cert(each.public_bytes())
        try:
            found.append(_certificate(x509.load_der_x509_certificate(encoded)))
        except ValueError:
            break
    return tuple(found)


def _certificate(made: x509.Certificate) -> Certificate:
    try:
        extension = made.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        names: tuple[str, ...] = ()
    else:
        assert isinstance(extension, x509.SubjectAlternativeName)  # noqa: S101 - what this OID stands for
        names = tuple(str(name.value) for name in extension if isinstance(name, x509.DNSName | x509.IPAddress))
    organisation = made.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return Certificate(
        subject=_shown(made.subject),
        issuer=_shown(made.issuer),
        organisation=str(organisation[0].value) if organisation else "",
        names=tuple(map(_clean, names)),
        not_before=made.not_valid_before_utc.timestamp(),
        not_after=made.not_valid_after_utc.timestamp(),
    )


def _shown(name: x509.Name) -> str:
    """Return organisation and common name, which is what people know an issuer by."""
    parts = [
        str(each.value)
        for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
        for each in name.get_attributes_for_oid(oid)
    ]
    return _clean(", ".join(dict.fromkeys(parts)) or name.rfc4514_string())


def _clean(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:_MOST_CHARS]


def _names_host(leaf: Certificate, host: str) -> bool:
    parent = host.partition(".")[2]
    return any(name.lower() in {host, f"*.{parent}"} for name in leaf.names)


@lru_cache(maxsize=1)
def _public_organisations() -> frozenset[str]:
    found: set[str] = set()
    for root in ssl.create_default_context(cafile=certifi.where()).get_ca_certs():
        for part in root.get("subject", ()):
            found.update(str(pair[1]) for pair in part if pair[0] == "organizationName")
    return frozenset(found)


def _facts(chain: Sequence[Certificate]) -> dict[str, Fact]:
    if not chain:
        return {}
    leaf = chain[0]
    return {
        "issuer": leaf.issuer,
        "subject": leaf.subject,
        "names": leaf.names[:_MOST_NAMES],
        "not_before": time.strftime("%Y-%m-%d", time.gmtime(leaf.not_before)),
        "not_after": time.strftime("%Y-%m-%d", time.gmtime(leaf.not_after)),
        "days_left": int((leaf.not_after - time.time()) // _DAY),
        "chain": tuple(f"{each.subject} ← {each.issuer}" for each in chain),
    }
