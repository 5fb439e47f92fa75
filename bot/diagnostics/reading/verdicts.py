"""What words and numbers in tool output come to: errors of connecting, error codes, certificates, statuses.

Decides the verdict of one such thing wherever it stands, so that all readers agree. Sources: domain-facts 1.3 (codes),
OpenSSL's verify codes, `bot.diagnostics.issuers`.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.diagnostics.issuers import is_interceptor, is_national
from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.values import address, is_private
from bot.diagnostics.verdict import Verdict

_REFUSED: Final = re.compile(r"refused|reset|отказано|сброшено|разорвано|отверг", re.IGNORECASE)
_NO_WAY: Final = re.compile(r"unreachable|no route|is down|недоступ|нет маршрута", re.IGNORECASE)
_DENIED: Final = re.compile(r"denied|not permitted|не позволена", re.IGNORECASE)

CODES: Final = {
    "1011": Verdict.PORT_FILTERED,
    "1012": Verdict.PORT_FILTERED,
    "1013": Verdict.PORT_FILTERED,
    "1014": Verdict.PORT_FILTERED,
    "1051": Verdict.NO_SEAT,
    "2008": Verdict.NO_SEAT,
    "2009": Verdict.KEY_INVALID,
    "2011": Verdict.LICENCE_EXPIRED,
    "2023": Verdict.NOT_ALLOWED,
    "2026": Verdict.KEY_INVALID,
    "2037": Verdict.KEY_INVALID,
}
"""Codes of the licensing server (20xx) and of its client (10xx), domain-facts 1.3; any other is `server_code`."""

_PUBLIC: Final = re.compile(
    r"let'?s encrypt|\bisrg\b|digicert|globalsign|alphassl|sectigo|comodo|usertrust|geotrust|rapidssl|thawte|verisign"
    r"|symantec|godaddy|go daddy|starfield|amazon|google trust|\bgts\b|entrust|zerossl|buypass|certum|unizeto|actalis"
    r"|ssl\.com|ssl corp|cloudflare|microsoft|baltimore|identrust|quovadis|swisssign|trustasia|harica|telia|gandi"
    r"|network solutions|yandex|encryption everywhere|trustwave|e-tugra|certsign|netlock|addtrust|aaa certificate",
    re.IGNORECASE,
)


def connect_verdict(why: str) -> Verdict:
    """Return the verdict of a connection that failed for this reason, in a tool's words."""
    if _REFUSED.search(why):
        return Verdict.PORT_REFUSED
    return Verdict.UNREACHABLE if _NO_WAY.search(why) else Verdict.PORT_FILTERED


def is_denied(why: str) -> bool:
    """Tell whether the machine itself forbade the connection."""
    return _DENIED.search(why) is not None


def code_verdict(code: str) -> Verdict:
    """Return the verdict of a four-digit code of the licensing server or its client."""
    return CODES.get(code, Verdict.SERVER_CODE)


def foreign(host: str | None, addresses: Sequence[str], book: Book) -> bool:
    """Tell whether the addresses that a name got are not the ones of its server.

    Private ones never are, except for names inside a customer's own network (those we do not know and without a dot).
    """
    if not addresses or host is None or address(host) is not None or "." not in host:
        return False
    known = book.addresses.get(host)
    if known:
        return not set(addresses) & known
    inner = host.endswith((".local", ".lan", ".localdomain", ".home", ".internal", ".corp", ".arpa"))
    return (book.knows(host) or not inner) and all(map(is_private, addresses))


def issuer_verdict(issuer: str | None) -> Verdict | None:
    """Return `tls_intercepted` for an issuer that opens other people's connections, else None."""
    return Verdict.TLS_INTERCEPTED if issuer and is_interceptor(issuer) else None


def is_public_issuer(issuer: str) -> bool:
    """Tell whether an issuer is one that browsers trust, or a state's root."""
    return _PUBLIC.search(issuer) is not None or is_national(issuer)


def chain_verdict(code: int, issuer: str | None) -> Verdict:  # noqa: PLR0911 - a table
    """Return the verdict of OpenSSL's verify code on a chain that ends in this issuer.

    9 not yet valid, 10 expired, 18 self-signed, 19 self-signed in chain, 20 and 21 unknown issuer, 62 wrong name.
    """
    if code == 0:
        return issuer_verdict(issuer) or Verdict.OK
    if code in (9, 11, 13):
        return Verdict.TLS_CLOCK
    if code in (10, 12, 14):
        return Verdict.TLS_EXPIRED
    opened = issuer_verdict(issuer)
    if opened is not None:
        return opened
    if code in (62, 63, 64):
        return Verdict.TLS_WRONG_NAME
    if code == 18 or (issuer is not None and is_public_issuer(issuer)):  # noqa: PLR2004 - see the docstring
        return Verdict.TLS_UNTRUSTED
    if code == 19:  # noqa: PLR2004
        return Verdict.TLS_INTERCEPTED
    return Verdict.TLS_INTERCEPTED if issuer is not None and code in (2, 20, 21) else Verdict.TLS_UNTRUSTED


def status_verdict(status: int) -> Verdict:
    """Return the verdict of an HTTP status as such; a proxy's refusal is told elsewhere."""
    if status == 407:  # noqa: PLR2004 - proxy authentication required
        return Verdict.PROXY_DENIED
    if status in (502, 503, 504, 521, 522, 523):
        return Verdict.SERVICE_DOWN
    return Verdict.HTTP_ERROR if status >= 400 else Verdict.OK  # noqa: PLR2004 - what HTTP calls an error


def numbers(value: float) -> int | float:
    """Return a whole number where it is one, else one digit after the point."""
    return int(value) if value == int(value) else round(value, 1)
