"""`_checks.yaml`: the checks a product declares, and which article each verdict leads to, as pydantic models.

Decides what may be contacted at all: only targets declared here. A check is run by `bot.diagnostics`; whether ids and
articles exist is checked by `links.py`. Verdict names are those of CONTRACTS, "read".
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, StringConstraints

from bot.kb.article import ArticleId, Localised, Model, Text

VERDICTS: Final = (
    "ok", "dns_no_name", "dns_server_fault", "dns_timeout", "dns_hijack", "port_refused", "port_filtered",
    "unreachable", "route_loop", "lossy", "slow", "tls_intercepted", "tls_expired", "tls_wrong_name", "tls_untrusted",
    "tls_clock", "proxy_denied", "http_error", "service_down", "no_seat", "key_invalid", "licence_expired",
    "not_allowed", "server_code", "inconclusive", "not_diagnostic",
)  # fmt: skip
"""The names of `bot.diagnostics.verdict.Verdict`, which stands above; a test holds both equal."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_NUMERIC_END: Final = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$")
"""A name that the C library's resolver reads as a number: `127.1`, `0x7f.1`, `2130706433`, `017700000001`."""

CheckId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Port = Annotated[int, Field(ge=1, le=65535)]
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$", max_length=253)]
VerdictName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]
EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,63}$")]


class _Check(Model):
    id: CheckId
    title: Localised = Field(description="What is checked, as the customer reads it in the live list.")
    verdicts: Mapping[VerdictName, ArticleId] = Field(
        default_factory=dict, description="Articles of this check's verdicts, before those of the product."
    )
    timeout: Annotated[float, Field(gt=0, le=15)] = Field(default=8.0, description="Seconds.")


class DnsCheck(_Check):
    """The name resolves, to public addresses."""

    kind: Literal["dns"]
    host: HostName


class TcpCheck(_Check):
    """A connection to the port is accepted."""

    kind: Literal["tcp"]
    host: HostName
    port: Port


class TlsCheck(_Check):
    """The certificate chain verifies, fits the name and has not expired."""

    kind: Literal["tls"]
    host: HostName
    port: Port = 443


class Expect(Model):
    """What a good HTTP answer is like; all that is given has to hold."""

    status: tuple[Annotated[int, Field(ge=100, le=599)], ...] = (200,)
    body: Text | None = Field(default=None, description="A regular expression found somewhere in the body.")
    json_path: Text | None = Field(default=None, description="A JSONPath that finds something.")
    xml_path: Text | None = Field(default=None, description="An ElementTree path that finds something.")


class HttpCheck(_Check):
    """A request gets the expected answer."""

    kind: Literal["http"]
    method: Literal["GET", "HEAD", "POST"] = "GET"
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
    expect: Expect = Expect()


class KeyRequest(Model):
    """The request of a remote key check. `{key}` may stand in `headers`, `form` and `body`, never in the URL."""

    method: Literal["POST", "PUT"] = "POST"
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")] | None = None
    url_env: EnvName | None = Field(default=None, description="The variable that names the URL; unset: switched off.")
    path: Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$")] | None = Field(
        default=None, description="What is put behind the URL, unless it ends so already."
    )
    headers: Mapping[str, Text] = Field(default_factory=dict)
    secret_env: Mapping[str, EnvName] = Field(
        default_factory=dict, description="Header name to the variable that holds its value."
    )
    form: Mapping[str, Text] = Field(default_factory=dict)
    body: Text | None = None


class KeyFact(Model):
    """Where a fact stands in the answer, as JSONPath or as an ElementTree path in XML; `attribute` of what it finds."""

    json_path: Text | None = None
    xml_path: Text | None = None
    attribute: Text | None = None
    pattern: Text | None = Field(
        default=None, description="A regular expression; the fact is its first group, or all that it matches."
    )
    each: Mapping[str, Text] = Field(
        default_factory=dict,
        description="The fact is a list; name to attribute or sub-path of each item, `../` for the one around it.",
    )


class KeyRule(Model):
    """The first rule whose conditions hold gives the verdict. Conditions: see `bot.kb.conditions`."""

    when: Text
    verdict: VerdictName
    article: ArticleId | None = None
    text: Localised = Field(default_factory=dict, description="A sentence with {facts} and parts of items, {p.name}.")


class KeyCheck(_Check):
    """Asks a licence gateway about a key, after the customer's consent."""

    kind: Literal["key"]
    request: KeyRequest
    answer: Literal["json", "xml", "json-urlencoded-xml"] = "json"
    unwrap: Text | None = Field(default=None, description="JSONPath of the URL-encoded XML inside the JSON.")
    facts: Mapping[str, KeyFact] = Field(default_factory=dict)
    rules: tuple[KeyRule, ...] = ()


class GroupCheck(_Check):
    """Several checks under one name: what articles, steps and `/diag` start."""

    kind: Literal["group"]
    checks: tuple[CheckId, ...] = Field(min_length=1, max_length=16)


Check = Annotated[
    DnsCheck | TcpCheck | TlsCheck | HttpCheck | KeyCheck | GroupCheck,
    Field(discriminator="kind"),
]


class ProductChecks(Model):
    """`_checks.yaml` of one product."""

    verdicts: Mapping[VerdictName, ArticleId] = Field(
        default_factory=dict, description="Verdict to article, for checks and pasted output alike."
    )
    default: CheckId | None = Field(default=None, description="The check that `/diag` runs for this product.")
    allow_private: tuple[Text, ...] = Field(
        default=(), description="Host names and networks that may resolve to private addresses, by the operator's word."
    )
    checks: tuple[Check, ...] = ()


PARTS: Final[Mapping[str, type[BaseModel]]] = {
    "dns": DnsCheck,
    "tcp": TcpCheck,
    "tls": TlsCheck,
    "http": HttpCheck,
    "key": KeyCheck,
    "group": GroupCheck,
    "expect": Expect,
    "request": KeyRequest,
    "facts": KeyFact,
    "rules": KeyRule,
}
"""Kinds of checks, and keys below a check, to their models."""


def host_fault(host: str) -> str | None:
    """Return why a declared host is none, or None; of addresses only IPv4 in its plain spelling is a host."""
    if _NUMERIC_END.search(host):
        return None if plain_ipv4(host) else "it ends in a number but is no plain IPv4 address"
    if len(host) > 253 or not _HOST.fullmatch(host):  # noqa: PLR2004 - RFC 1035
        return "it is no host name in small letters"
    return None


def network(entry: str) -> IPv4Network | IPv6Network | None:
    """Return the network of an entry of `allow_private`, None for a host name. Raises `ValueError` for neither."""
    try:
        return ip_network(entry)
    except ValueError as error:
        if host_fault(entry) is None:
            return None
        raise ValueError(f"`{entry}` is neither a host name nor a network") from error


def plain_ipv4(host: str) -> IPv4Address | None:
    """Return the address that a host is written as, or None."""
    try:
        return IPv4Address(host)
    except ValueError:
        return None


@lru_cache(maxsize=512)
def host_and_port(url: str) -> tuple[str, int]:
    """Return host and port of an http or https address.

    Raises `ValueError` where it has no host, one in a spelling that readers of addresses disagree about, or a password.
    """
    if re.search(r"[\s\\\x00-\x1f]", url):
        raise ValueError("it holds a space or a backslash")
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("it is no http or https address")
    if "@" in parts.netloc:
        raise ValueError("it holds a name or password before the host")
    if fault := host_fault(parts.hostname):
        raise ValueError(fault)
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    if port == 0:
        raise ValueError("its port is 0")
    return parts.hostname, port
