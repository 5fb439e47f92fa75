"""The words of diagnostics: what a check or a pasted output says, and on which side the fault lies.

One list of verdicts for our own checks and for pasted output (CONTRACTS, "read"). Values only; `plan.py` and the probes
make them, `reading/` makes them from text, `two_sided.py` joins both ends, handlers and `kb`'s texts show them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Fact = str | int | float | bool | tuple[str, ...]
"""One fact of a finding; times are milliseconds, sizes bytes, shares per cent, dates ISO."""


class Verdict(StrEnum):
    """What was found."""

    OK = "ok"
    DNS_NO_NAME = "dns_no_name"
    DNS_SERVER_FAULT = "dns_server_fault"
    DNS_TIMEOUT = "dns_timeout"
    DNS_HIJACK = "dns_hijack"
    PORT_REFUSED = "port_refused"
    PORT_FILTERED = "port_filtered"
    UNREACHABLE = "unreachable"
    ROUTE_LOOP = "route_loop"
    LOSSY = "lossy"
    SLOW = "slow"
    TLS_INTERCEPTED = "tls_intercepted"
    TLS_EXPIRED = "tls_expired"
    TLS_WRONG_NAME = "tls_wrong_name"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_CLOCK = "tls_clock"
    PROXY_DENIED = "proxy_denied"
    HTTP_ERROR = "http_error"
    SERVICE_DOWN = "service_down"
    NO_SEAT = "no_seat"
    KEY_INVALID = "key_invalid"
    LICENCE_EXPIRED = "licence_expired"
    NOT_ALLOWED = "not_allowed"
    SERVER_CODE = "server_code"
    INCONCLUSIVE = "inconclusive"
    NOT_DIAGNOSTIC = "not_diagnostic"


class Side(StrEnum):
    """Where the fault lies, as far as it is known."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    LICENCE = "licence"
    """Neither wire nor server: the key, the seats or the term."""
    NONE = "none"
    UNKNOWN = "unknown"


class Light(StrEnum):
    """How a verdict is shown: ✅ ⚠️ ❌, or ❔ where it could not be checked, which is never shown as bad."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


_WARN = frozenset({Verdict.LOSSY, Verdict.SLOW})
_UNKNOWN = frozenset({Verdict.INCONCLUSIVE, Verdict.NOT_DIAGNOSTIC})


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict and the facts it rests on; `facts` hold no secret (names of facts stand with their makers)."""

    verdict: Verdict
    facts: Mapping[str, Fact] = field(default_factory=dict)


def light(verdict: Verdict) -> Light:
    """Return how a verdict is shown."""
    if verdict is Verdict.OK:
        return Light.GOOD
    if verdict in _UNKNOWN:
        return Light.UNKNOWN
    return Light.WARN if verdict in _WARN else Light.BAD
