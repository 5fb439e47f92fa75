"""Logs: the PBX's licence daemon (Go), and 1C's event log.

Decides only for lines that name the licensing or one of a product's hosts: a PBX and its neighbours log a lot, and
other programs' faults are not ours. Facts: `host`, `port`, `address`, `code`, `why`, `feature`, `captured`, `resolver`.
A line of 1C's own HTTP client counts where a product's host stands near it.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import Judged, Mark, Output, Tool, sign
from bot.diagnostics.reading.values import IP, NAME, clean, host_of_url, whole
from bot.diagnostics.reading.verdicts import code_verdict, foreign
from bot.diagnostics.verdict import Fact, Finding, Verdict

NEAR: Final = 400
"""How far from an error the name of the licensing may stand, in characters."""

_LEVEL: Final = r"(?:\[(?:err|error|wrn|warn|ftl|fatal|inf|dbg|trc)\w{0,5}\]|(?<!\w)(?:error|warning|notice)\s*[:\]])"
_PBX: Final = (
    sign("licensed", rf"{_LEVEL}[^\n]{{0,200}}?\((?P<code>[12]\d{{3}})\)\s*(?P<said>[^\n]{{0,120}})", "["),
    sign(
        "licensed",
        r"(?:failed to|can't|cannot|unable to)\s[^\n(]{0,80}(?:key|licen[cs]e|feature|trial"
        r"|coupon)[^\n(]{0,60}:\s*\((?P<code>[12]\d{3})\)\s*(?P<said>[^\n]{0,120})",
        "(1",
        "(2",
    ),
    sign(
        "licensed",
        r"\d\d:\d\d:\d\d[^\n]{0,100}?(?:gnatsd|licen[cs]e|capture feature|captur\w{0,3})[^\n]{0,80}?(?:\("
        r"|(?:code|error|код|ошибка)\s?[:=]?\s?)(?P<code>(?:10|20)\d\d)(?![\d./-])\)?\s*(?P<said>[^\n]{0,120})",
        "gnatsd",
        "licen",
        "captur",
    ),
    sign("licensed", r"pbx:\s[^\n(]{3,120}\((?P<code>[12]\d{3})\)\s*(?P<said>[^\n]{0,120})", "pbx:"),
    sign(
        "request",
        r"(?:failed to send request|request failed)[^\n]{0,40}?(?:post"
        r"|get)\s+\"?(?P<url>https?://[^\s\"]{3,200})\"?\s*:",
        "failed to send",
        "request failed",
    ),
    sign("request", r"(?<!\w)(?:post|get|head)\s+\\?\"?(?P<url>https?://[^\s\"\\]{3,200})\\?\"?\s*:\s", "http"),
    sign(
        "awaiting",
        r"client\.timeout exceeded|request canceled(?: while waiting for connection)?"
        r"|context deadline exceeded|tls handshake timeout|awaiting (?:response )?headers",
        "timeout",
        "canceled",
        "deadline",
        "awaiting",
    ),
    sign(
        "lookup",
        rf"lookup\s+(?P<host>{NAME}?)(?:\s+on\s+(?P<resolver>{IP})(?::53)?)?:\s*(?:(?:read|dial"
        rf"|write) udp[^\n]{{0,100}}?:\s*)?(?P<how>no such host|server misbehaving|i/o timeout"
        rf"|connection refused|temporary failure|device or resource busy|network is unreachable|try again)",
        "lookup",
    ),
    sign(
        "dial",
        rf"dial tcp\s+(?:\[?(?P<address>{IP})\]?:(?P<port>\d{{1,5}})"
        rf"|(?P<host>{NAME}?):(?P<port>\d{{1,5}})):\s*(?:connect(?:ex)?:\s*)?(?P<how>connection refused"
        rf"|i/o timeout|no route to host|network is unreachable|host is unreachable|connection timed out"
        rf"|connection reset by peer|operation timed out|permission denied|actively refused)",
        "dial tcp",
    ),
    sign(
        "x509",
        r"x509:\s*(?P<how>certificate signed by unknown authority"
        r"|certificate has expired or is not yet valid(?::\s*current time (?P<now>\d{4})\S{0,30} is (?P<side>b"
        r"efore|after) (?P<limit>\d{4}))?|certificate is valid for|certificate is not valid for"
        r"|cannot validate certificate for|certificate relies on|certificate is not trusted)",
        "x509",
    ),
    sign("denied", r"proxy authentication required|proxyconnect tcp|forbidden by proxy", "proxy"),
    sign(
        "cut",
        r"connection reset by peer|unexpected eof|:\s*eof(?!\w)|tls: first record does not look like"
        r"|tls: handshake failure|remote error: tls",
        "reset by peer",
        "eof",
        "tls:",
    ),
    sign("nokey", r"error reading license key[^\n]{0,160}no such file", "reading license key"),
    sign("empty", r"empty response from license server", "empty response"),
)
_OURS: Final = re.compile(
    r"license\.api|licen[cs]e (?:key|server|info|error)|gnatsd|/protect/v1|modulecticlient|getlicenseinfo"
    r"|capture feature|license\.key",
    re.IGNORECASE,
)
_LOOKUPS: Final = {
    "no such host": Verdict.DNS_NO_NAME,
    "server misbehaving": Verdict.DNS_SERVER_FAULT,
    "temporary failure": Verdict.DNS_SERVER_FAULT,
    "try again": Verdict.DNS_SERVER_FAULT,
    "connection refused": Verdict.DNS_SERVER_FAULT,
    "device or resource busy": Verdict.DNS_SERVER_FAULT,
    "i/o timeout": Verdict.DNS_TIMEOUT,
    "network is unreachable": Verdict.UNREACHABLE,
}
_DIALS: Final = {
    "connection refused": Verdict.PORT_REFUSED,
    "actively refused": Verdict.PORT_REFUSED,
    "connection reset by peer": Verdict.PORT_REFUSED,
    "no route to host": Verdict.UNREACHABLE,
    "network is unreachable": Verdict.UNREACHABLE,
    "host is unreachable": Verdict.UNREACHABLE,
}
_PLAIN: Final = (
    ("denied", Verdict.PROXY_DENIED),
    ("cut", Verdict.PORT_REFUSED),
    ("awaiting", Verdict.PORT_FILTERED),
    ("nokey", Verdict.KEY_INVALID),
    ("empty", Verdict.PORT_FILTERED),
)
"""What lines without particulars come to, the more telling first."""
_EVENT: Final = (
    sign("event", r"ПТ20_[\w.]{3,60}", "пт20_"),
    sign("provider", r"\"event\"\s*:\s*\"provider\.v1\.[\w.]{3,40}\"", "provider.v1"),
    sign(
        "captured",
        r"\"subscription\"\s*:\s*\"\s*feature successfully captured:?\s*(?P<feature>\d{1,3})",
        "subscription",
    ),
    sign(
        "captured",
        r"(?<![\w\"])feature successfully captured:?\s*(?P<feature>\d{1,3})",
        "feature successfully captured",
    ),
    sign("subscription", r"\"subscription\"\s*:\s*\"(?P<said>[^\"\n]{0,300})\"", "subscription"),
    sign("internet", r"ошибка работы с интернет\w?:\s*(?P<internet>[^\n]{3,160})", "работы с интернет"),
    sign("feature", r"\"feature\"\s*:\s*\"?(?P<feature>\d{1,3})", "feature"),
)
_INTERNET: Final = (
    (("resolve host", "разрешить имя"), Verdict.DNS_NO_NAME),
    (("не прошел проверку", "не прошёл проверку", "certificate", "сертификат"), Verdict.TLS_UNTRUSTED),
    (("proxy", "прокси"), Verdict.PROXY_DENIED),
    (("refused",), Verdict.PORT_REFUSED),
    (("connect", "соединен", "timeout", "timed out", "таймаут", "время ожидания"), Verdict.PORT_FILTERED),
)
"""What 1C's own HTTP errors say, the more telling first."""
_CODE: Final = re.compile(r"\(?(?<!\d)([12]\d{3})(?!\d)\)?")


def judge_pbx(output: Output, book: Book) -> Judged | None:
    """Return what the PBX's log says of the licensing, or None where it speaks of other things."""
    marks = [mark for mark in output.marks if _is_ours(mark, output, book)]
    facts = _facts(marks, book)
    latest = {mark.kind: mark for mark in marks}
    for kind in ("licensed", "x509", "lookup", "dial"):
        if kind in latest:
            return "mikopbx", Finding(_told(latest[kind], facts, book), facts)
    verdict = next((verdict for kind, verdict in _PLAIN if kind in latest), None)
    return None if verdict is None else ("mikopbx", Finding(verdict, facts))


def _told(mark: Mark, facts: dict[str, Fact], book: Book) -> Verdict:
    """Return what one telling line says, and put why into the facts."""
    if mark.kind == "licensed":
        facts["code"] = mark.values["code"]
        return code_verdict(mark.values["code"])
    how = mark.values["how"].lower()
    facts["why"] = how
    if mark.kind == "x509":
        return _certificate(mark)
    if mark.kind == "lookup":
        return _LOOKUPS[how]
    host, address = facts.get("host"), facts.get("address")
    if foreign(str(host) if host else None, [str(address)] if address else [], book):
        return Verdict.DNS_HIJACK
    return _DIALS.get(how, Verdict.PORT_FILTERED)


def _facts(marks: Sequence[Mark], book: Book) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    hosts = [host_of_url(mark.values["url"]) for mark in marks if "url" in mark.values]
    hosts += [clean(mark.values["host"]) for mark in marks if "host" in mark.values]
    if hosts:
        facts["host"] = next((host for host in hosts if book.knows(host)), hosts[0])
    for name in ("address", "resolver"):
        value = next((mark.values[name] for mark in marks if name in mark.values), None)
        if value is not None:
            facts[name] = value
    port = whole(next((mark.values.get("port") for mark in marks if mark.kind == "dial"), None))
    if port is not None:
        facts["port"] = port
    return facts


def _is_ours(mark: Mark, output: Output, book: Book) -> bool:
    if mark.kind in ("nokey", "empty") or mark.text.lower().startswith("pbx:"):
        return True
    around = output.whole[max(0, mark.start - NEAR) : mark.end + NEAR]
    if "url" in mark.values and book.knows(host_of_url(mark.values["url"])):
        return True
    if "host" in mark.values and book.knows(clean(mark.values["host"])):
        return True
    return _OURS.search(around) is not None or any(host in around.lower() for host in book.products)


def _certificate(mark: Mark) -> Verdict:
    how = mark.values["how"].lower()
    if "expired" in how:
        side, now, limit = mark.values.get("side"), whole(mark.values.get("now")), whole(mark.values.get("limit"))
        if side is not None and side.lower() == "before":
            return Verdict.TLS_CLOCK
        far = now is not None and limit is not None and now - limit > 1
        return Verdict.TLS_CLOCK if far else Verdict.TLS_EXPIRED
    if "valid for" in how or "cannot validate" in how:
        return Verdict.TLS_WRONG_NAME
    return Verdict.TLS_UNTRUSTED


def judge_event(output: Output, book: Book) -> Judged | None:
    """Return whether 1C's session got its seat; the session's own identifier in `key` is no licence key."""
    if output.has("internet") or not output.has("event", "provider", "captured", "subscription"):
        return _internet(output, book)
    facts: dict[str, Fact] = {}
    feature = whole(output.value("feature", "captured", "feature"))
    if feature is not None:
        facts["feature"] = feature
    if output.has("captured"):
        return "1c", Finding(Verdict.OK, {**facts, "captured": True})
    if not output.has("event", "provider"):
        return None
    said = output.value("said")
    if not said:
        return "1c", Finding(Verdict.INCONCLUSIVE, facts)
    facts |= {"captured": False, "why": said[:160]}
    code = _CODE.search(said)
    if code is not None:
        facts["code"] = code[1]
        return "1c", Finding(code_verdict(code[1]), facts)
    low = said.lower()
    seatless = "no free" in low or "нет свободн" in low or "seat" in low
    return "1c", Finding(Verdict.NO_SEAT if seatless else Verdict.NOT_ALLOWED, facts)


def _internet(output: Output, book: Book) -> Judged | None:
    """Return what 1C met on the way to one of the products' hosts, else None: its other exchanges are not ours."""
    around = output.whole[max(0, output.start - NEAR) : output.end + NEAR].lower()
    host = next((host for host in book.products if host in around), None)
    said = output.value("internet")
    if host is None or said is None:
        return None
    why = " ".join(said.split())
    verdict = next((v for words, v in _INTERNET if any(word in why.lower() for word in words)), Verdict.INCONCLUSIVE)
    return "1c", Finding(verdict, {"host": host, "why": why[:160]})


PBX: Final = Tool("mikopbx", _PBX, judge_pbx)
EVENT: Final = Tool("1c", _EVENT, judge_event)
