"""What is wrong between a customer and the server, one scenario each, and what has to be read from it."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate

import trustme

from tests.diagnostics.twins import Behaviour, Zone, reply, resets_later, says
from tests.netns.wires import SERVER

HOST = "lic.miko.ru"
PONG = b"message = 'pong'"
GOOD = {HOST: Zone((SERVER,))}
DAY = 86400

VENDOR = trustme.CA(organization_name="GlobalSign nv-sa", organization_unit_name="R6")
PROXY = trustme.CA(organization_name="Kaspersky Lab", organization_unit_name="Anti-Virus Personal Root")
STRANGER = trustme.CA(organization_name="ООО Ромашка", organization_unit_name="IT")
NOW = datetime.now(UTC)


def shows(ca: trustme.CA, name: str = HOST, begin: int = -10, end: int = 10) -> ssl.SSLContext:
    """Return what shows a certificate for a name, good from and until so many days from now."""
    begins, ends = NOW + timedelta(days=begin), NOW + timedelta(days=end)
    leaf = ca.issue_cert(name, common_name=name, not_before=begins, not_after=ends)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def answers(status: str = "200 OK", *headers: str, offset: int = 0, body: bytes = PONG) -> Behaviour:
    """Answer so; `offset` is how many seconds the server's clock is ahead of the machine's."""
    return says(reply(status, body, f"Date: {formatdate(time.time() + offset, usegmt=True)}", *headers))


def table(rule: str, hook: str = "input") -> str:
    return f"table inet t {{\n chain c {{\n type filter hook {hook} priority 0\n {rule}\n }}\n}}\n"


@dataclass(frozen=True, slots=True)
class Scenario:
    verdict: str
    raw: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    zones: Mapping[str, Zone] = field(default_factory=lambda: GOOD)
    behaviour: Behaviour = field(default_factory=answers)
    tls: Callable[[], ssl.SSLContext | None] = field(default=lambda: shows(VENDOR))
    rules: str = ""
    listens: bool = True
    loops: bool = False
    hosts: str = ""
    proxy: Behaviour | None = None
    shells: tuple[str, ...] = ("sh",)
    trusts: tuple[trustme.CA, ...] = (VENDOR,)


ALL_RAW = ("nslookup", "dig", "ping", "traceroute", "curl", "openssl", "nc")
BUSYBOX = ("busybox nslookup", "busybox ping", "busybox traceroute")
NAMES = ("nslookup", "dig")
CONNECTS = ("curl", "openssl", "nc", "wget")
EVERY_SHELL = ("sh", "bash", "busybox sh", "bare", "wget only")


def raw(verdict: str, *tools: str) -> dict[str, str]:
    return dict.fromkeys(tools, verdict)


def denied(status: str) -> Behaviour:
    return says(reply(status, b"", "Via: 1.1 gate (squid/5.7)", "X-Squid-Error: ERR_ACCESS_DENIED 0"))


SCENARIOS = {
    "open": Scenario(
        "ok",
        raw("ok", *ALL_RAW, *BUSYBOX),
        {"status": 200, "code": 0, "subject": HOST, "loss": 0, "port": 443, "resolver_kind": "private"},
        shells=EVERY_SHELL,
    ),
    "silent to ping": Scenario("ok", rules=table("meta l4proto icmp drop")),
    "filtered": Scenario(
        "port_filtered",
        raw("port_filtered", "curl", "nc", "wget"),
        rules=table("tcp dport 443 drop"),
        shells=("sh", "busybox sh", "bare"),
    ),
    "all filtered": Scenario(
        "port_filtered",
        raw("port_filtered", "ping", "nc", "busybox ping"),
        {"loss": 100},
        rules=table(f"ip daddr {SERVER} drop"),
    ),
    "rejected": Scenario(
        "port_refused",
        raw("port_refused", *CONNECTS),
        rules=table("tcp dport 443 reject with tcp reset"),
        shells=("sh", "bare", "wget only"),
    ),
    "prohibited": Scenario("unreachable", rules=table("tcp dport 443 reject with icmp type admin-prohibited")),
    "nobody listens": Scenario("port_refused", raw("port_refused", *CONNECTS), listens=False),
    "poisoned name": Scenario(
        "dns_hijack",
        raw("dns_hijack", *NAMES, "ping", "busybox nslookup", "busybox ping"),
        {"addresses": ("192.168.1.1",)},
        zones={HOST: Zone(("192.168.1.1",))},
        shells=("sh", "busybox sh", "bare"),
    ),
    "poisoned hosts file": Scenario(
        "dns_hijack", {"ping": "dns_hijack"}, {"addresses": ("127.0.0.1",)}, hosts=f"127.0.0.1 localhost {HOST}\n"
    ),
    "silent names": Scenario(
        "dns_timeout",
        raw("dns_timeout", *NAMES, "busybox nslookup"),
        zones={HOST: Zone(silent=True)},
        shells=("sh", "bare"),
    ),
    "no such name": Scenario(
        "dns_no_name",
        raw("dns_no_name", *NAMES, "ping", "curl", "openssl", "nc", "wget", "busybox nslookup", "busybox ping"),
        zones={},
        shells=("sh", "bare", "wget only"),
    ),
    "broken names": Scenario(
        "dns_server_fault",
        raw("dns_server_fault", *NAMES, "ping"),
        zones={HOST: Zone(rcode=2)},  # type: ignore[arg-type]
    ),
    "opened": Scenario(
        "tls_intercepted",
        {"curl": "tls_untrusted", "openssl": "tls_intercepted"},
        {"issuer": "Kaspersky Lab", "code": 20},
        tls=lambda: shows(PROXY),
        shells=("sh", "busybox sh", "no openssl"),
    ),
    "opened and trusted": Scenario(
        "tls_intercepted",
        raw("tls_intercepted", "curl", "openssl"),
        {"issuer": "Kaspersky Lab", "code": 0},
        tls=lambda: shows(PROXY),
        trusts=(VENDOR, PROXY),
    ),
    "opened by a stranger": Scenario(
        "tls_intercepted", {"openssl": "tls_intercepted"}, {"issuer": "ООО Ромашка"}, tls=lambda: shows(STRANGER)
    ),
    "expired": Scenario(
        "tls_expired",
        raw("tls_expired", "curl", "openssl"),
        {"code": 10},
        tls=lambda: shows(VENDOR, begin=-30, end=-5),
        shells=("sh", "no openssl"),
    ),
    "wrong name": Scenario(
        "tls_wrong_name",
        raw("tls_wrong_name", "curl"),
        {"code": 62, "subject": "www.example.org"},
        tls=lambda: shows(VENDOR, "www.example.org"),
    ),
    "handshake cut": Scenario(
        "port_refused",
        raw("port_refused", "curl", "openssl"),
        {"why": "tls"},
        behaviour=resets_later,
        tls=lambda: None,
        shells=("sh", "no openssl"),
    ),
    "cut after the handshake": Scenario("port_refused", raw("port_refused", "curl"), behaviour=resets_later),
    "clock ahead": Scenario(
        "tls_clock",
        facts={"code": 10},
        tls=lambda: shows(VENDOR, begin=-30, end=-5),
        behaviour=answers(offset=-20 * DAY),
    ),
    "clock behind": Scenario("tls_clock", facts={"code": 0}, behaviour=answers(offset=3 * 3600)),
    "losses": Scenario(
        "lossy",
        raw("lossy", "ping", "busybox ping"),
        rules=table("icmp type echo-request icmp sequence { 1, 2 } drop"),
    ),
    "forbidden by a proxy": Scenario(
        "proxy_denied", raw("proxy_denied", "curl"), {"status": 403, "proxy": True}, behaviour=denied("403 Forbidden")
    ),
    "proxy of the environment": Scenario(
        "proxy_denied",
        raw("proxy_denied", "curl"),
        {"status": 407},
        proxy=denied("407 Proxy Authentication Required"),
    ),
    "not found": Scenario("http_error", raw("http_error", "curl"), {"status": 404}, behaviour=answers("404 Not Found")),
    "down": Scenario(
        "service_down", raw("service_down", "curl"), {"status": 502}, behaviour=answers("502 Bad Gateway")
    ),
    "route loop": Scenario(
        "route_loop",
        raw("route_loop", "ping", "traceroute", "busybox traceroute"),
        listens=False,
        loops=True,
        shells=("sh", "busybox sh", "bare"),
    ),
    "no route": Scenario(
        "unreachable",
        raw("unreachable", "ping", "curl", "nc", "traceroute", "openssl"),
        rules=table(f"ip daddr {SERVER} reject with icmp type net-unreachable"),
    ),
}
