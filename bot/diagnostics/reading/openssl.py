"""`openssl s_client`: whether it connected, what it was shown, whether that verified.

Decides from the verify code and from who issued the last certificate shown; a handshake that was cut was cut by
somebody in between. Facts: `host`, `port`, `code`, `issuer`, `subject`, `not_after`, `why`.
"""

import re
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import BUSY_NAME, NAME, REASON, UNKNOWN_NAME, clean, whole
from bot.diagnostics.reading.verdicts import chain_verdict, connect_verdict
from bot.diagnostics.verdict import Fact, Finding, Verdict

_REFUSALS: Final = {111: "refused", 104: "reset", 61: "refused", 54: "reset", 10061: "refused", 10054: "reset"}
_SILENCES: Final = {110: "timed out", 60: "timed out", 10060: "timed out"}
_NO_ROUTES: Final = {
    113: "no route",
    101: "unreachable",
    65: "no route",
    51: "unreachable",
    10065: "no route",
    10051: "unreachable",
}
_ERRNOS: Final = _REFUSALS | _SILENCES | _NO_ROUTES

_DN: Final = (
    r"[^\n]{2,300}?(?=\s*(?:\n|$|\s\d\ss:|\si:|\sa:|\s-----|\ssubject=|\sissuer=|\sverify (?:return|error)|\s---"
    r"|\sno client|\sdepth=))"
)
_SIGNS: Final = (
    sign(
        COMMAND,
        rf"openssl\s+s_client\s+[^\n|]{{0,80}}?-connect\s+(?P<host>{NAME}?)(?::(?P<port>\d{{1,5}}))?(?!\S)",
        "s_client",
        head=True,
    ),
    sign("connected", r"connected\s*\([0-9a-f]{3,16}\)", "connected", head=True),
    sign("connecting", r"(?m)^\s*connecting to\s+(?P<address>[\d.:a-f]{3,45})\s*$", "connecting to", head=True),
    sign("errno", r"connect:\s*errno\s*=\s*(?P<errno>\d{1,5})", "errno"),
    sign("broken", r"(?:write|read):\s*errno\s*=\s*(?P<errno2>\d{1,5})", "errno"),
    sign(
        "failed",
        rf"(?:bio_connect:(?:(?:connect error|system lib)[^\n]{{0,80}}?)?|(?<![\w:])connect:\s*){REASON}",
        "bio_connect",
        "connect:",
    ),
    sign("failed", rf"system lib:(?:[^\n]{{0,80}}:)?(?:{REASON}|calling connect\(\))", "system lib"),
    sign(
        "no_name",
        rf"(?:bio_lookup(?:_ex)?|getaddrinfo|gethostbyname)[^\n]{{0,100}}?(?:{UNKNOWN_NAME}|{BUSY_NAME}"
        rf"|failure)",
        "bio_lookup",
        "getaddrinfo",
        "gethostbyname",
    ),
    sign("depth", rf"depth=\d{{1,2}}\s+(?P<subject_at>{_DN})", "depth="),
    sign("error", r"verify error:num=(?P<num>\d{1,3}):(?P<said>[\w -]{3,80})", "verify error"),
    sign("chain", rf"\b\d{{1,2}}\s+s:\s?/?(?P<subject_in>{_DN})\s+i:\s?/?(?P<issuer_in>{_DN})", "i:"),
    sign("subject", rf"subject\s?=\s?/?(?P<subject>{_DN})", "subject"),
    sign("issuer", rf"issuer\s?=\s?/?(?P<issuer>{_DN})", "issuer"),
    sign("until", r"not\s?after\s*[=:]\s*(?P<until>[A-Z][a-z]{2}\s+\d{1,2}\s[\d:]{8}\s\d{4})", "notafter", "not after"),
    sign("verified", r"verify return code:\s*(?P<num>\d{1,3})\s*\((?P<said>[\w ,'-]{1,80})\)", "verify return code"),
    sign("verified", r"verification:\s*(?P<fine>ok)\b", "verification:"),
    sign("unverified", r"verification error:\s*(?P<said>[\w -]{3,80})", "verification error"),
    sign("empty", r"no peer certificate available", "no peer certificate"),
    sign(
        "alert",
        r"(?:wrong version number|handshake failure|unexpected eof while reading|packet length too long"
        r"|unknown protocol|ssl3?_get_record|tlsv1 (?:alert|unrecognized)[\w ]{0,30})",
        "ssl",
        "tls",
    ),
)
_SAID: Final = {
    "certificate has expired": 10,
    "certificate is not yet valid": 9,
    "self signed certificate in certificate chain": 19,
    "self-signed certificate in certificate chain": 19,
    "self signed certificate": 18,
    "self-signed certificate": 18,
    "unable to get local issuer certificate": 20,
    "unable to verify the first certificate": 21,
    "hostname mismatch": 62,
    "ip address mismatch": 64,
}
_SEVERE: Final = (9, 10, 62, 64, 19, 18, 20, 21, 2)
_TITLE: Final = re.compile(r"\s+")


def judge(output: Output, book: Book) -> Judged | None:  # noqa: PLR0911 - one verdict a line, in order of weight
    """Return what the handshake came to, or None where only certificates' words are there."""
    del book
    if output.only_commands() or not _is_output(output):
        return None
    facts = _facts(output)
    if output.has("no_name"):
        verdict = Verdict.DNS_SERVER_FAULT if output.value("busy") else Verdict.DNS_NO_NAME
        return "openssl", Finding(verdict, facts)
    errno = whole(output.value("errno"))
    if not output.has("connected", "verified", "chain", "issuer"):
        if errno in _ERRNOS:
            facts["why"] = _ERRNOS[errno]
            return "openssl", Finding(connect_verdict(_ERRNOS[errno]), facts)
        why = output.value("why")
        if why is not None:
            return "openssl", Finding(connect_verdict(why), facts)
        return "openssl", Finding(
            Verdict.PORT_FILTERED if output.has("failed", "errno") else Verdict.INCONCLUSIVE, facts
        )
    if output.has("empty") or (output.has("broken", "alert") and not output.has("chain", "issuer", "depth")):
        facts.setdefault("why", "tls")
        return "openssl", Finding(Verdict.PORT_REFUSED, facts)
    code = facts.get("code")
    issuer = str(facts["issuer"]) if "issuer" in facts else None
    if isinstance(code, int):
        return "openssl", Finding(chain_verdict(code, issuer), facts)
    if issuer is not None and chain_verdict(0, issuer) is not Verdict.OK:
        return "openssl", Finding(chain_verdict(0, issuer), facts)
    # CONNECTED alone is what support asks to see, domain-facts 1.3: the port is open.
    return "openssl", Finding(Verdict.OK if output.has("connected", "verified") else Verdict.INCONCLUSIVE, facts)


def _is_output(output: Output) -> bool:
    if output.has("connected", "errno", "verified", "error", "empty", "unverified", "depth"):
        return True
    if output.has("failed", "no_name"):
        return output.has(COMMAND) or any("bio_" in mark.text.lower() for mark in output.all("failed", "no_name"))
    return output.has("chain") and output.has("issuer", "subject")


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    host = output.value("host")
    if host is not None:
        facts["host"] = clean(host)
    port = whole(output.value("port"))
    if port is not None:
        facts["port"] = port
    address = output.value("address")
    if address is not None:
        facts["address"] = address
    codes = {n for mark in output.all("error", "verified") if (n := whole(mark.values.get("num"))) is not None}
    codes |= {
        _SAID[said] for mark in output.all("unverified") if (said := mark.values["said"].strip().lower()) in _SAID
    }
    faults = [code for code in _SEVERE if code in codes] + sorted(codes - {0} - set(_SEVERE))
    if faults:
        facts["code"] = faults[0]
    elif 0 in codes or output.value("fine") is not None:
        facts["code"] = 0
    issuers = [mark.values["issuer_in"] for mark in output.all("chain")] or [
        mark.values["issuer"] for mark in output.all("issuer")
    ]
    depths = [mark for mark in output.all("depth") if not mark.text.lower().startswith("depth=0")]
    if issuers or depths:
        facts["issuer"] = _shown(issuers[-1] if issuers else depths[0].values["subject_at"])
    subjects = [m.values["subject_in"] for m in output.all("chain")] or [
        m.values["subject"] for m in output.all("subject")
    ]
    if subjects:
        facts["subject"] = _shown(subjects[0])
    until = output.value("until")
    if until is not None:
        facts["not_after"] = until
    why = output.value("why")
    if why is not None:
        facts["why"] = why.lower()
    return facts


def _shown(name: str) -> str:
    return _TITLE.sub(" ", name).strip()[:160]


OPENSSL: Final = Tool("openssl", _SIGNS, judge, frozenset((COMMAND, "connecting", "depth", "error")))
