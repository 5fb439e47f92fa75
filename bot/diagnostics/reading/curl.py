"""curl, with `-v` and without: from the look-up of the name to the status of the answer.

Decides by the latest stage that failed. Facts: `host`, `address`, `port`, `issuer`, `subject`, `not_after`, `status`,
`exit` (curl's code), `code` (OpenSSL's verify code), `why`, `location`.
"""

import re
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import IP, NAME, REASON, clean, host_of_url, is_private, whole
from bot.diagnostics.reading.verdicts import chain_verdict, connect_verdict, foreign, issuer_verdict, status_verdict
from bot.diagnostics.verdict import Fact, Finding, Verdict

INSTANT_MS: Final = 4000
"""A connection that fails sooner was refused (Windows tries for two seconds), one that fails later found silence."""

_REST: Final = (
    r"[^\n]{2,200}?(?=\s*(?:\n|$|\s\*\s|\s[<>]\s|\scurl:|\s(?:start|expire) date:|\ssubjectaltname|\ssubject:|\sissuer:"
    r"|\sssl certificate verify))"
)
_SIGNS: Final = (
    sign(
        COMMAND,
        r"(?<![\w/.-])curl(?:\.exe)?\s+(?!:)[^\n]{0,120}?(?P<url>https?://[^\s'\"<>|;]{3,200})",
        "curl",
        head=True,
    ),
    sign(
        COMMAND,
        r"(?<![\w/.-])curl(?:\.exe)?\s+(?:-{1,2}[\w-]{1,20}\s+){0,6}(?P<url>[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}("
        r"?::\d{1,5})?)(?=[\s/]|$)",
        "curl",
        head=True,
    ),
    sign("no_name", rf"could not resolve (?:host|proxy):?\s*(?P<host>{NAME})", "could not resolve"),
    sign("name_late", r"resolving timed out after", "resolving timed out"),
    sign("trying", rf"\*\s+trying\s+\[?(?P<address>{IP})\]?(?::(?P<port>\d{{1,5}}))?\s*\.\.\.", "trying"),
    sign(
        "connected",
        rf"(?:connected to|established connection to)\s+(?P<host>{NAME})\s+\((?P<address>{IP})(?:\s+port\s+\d{{"
        rf"1,5}})?\)\s+(?:port\s+(?P<port>\d{{1,5}})|from)",
        "connected to",
        "established connection",
    ),
    sign(
        "proxy",
        r"(?:uses proxy env variable \w{1,20}|connect tunnel:|establish http proxy tunnel to"
        r"|allocate connect buffer|proxy-connection:)",
        "proxy",
        "connect tunnel",
        "connect buffer",
    ),
    sign(
        "failed",
        rf"connect to\s+(?:{IP}|\[{IP}\]|{NAME})\s+port\s+(?P<port>\d{{1,5}})(?:\s+from\s+\S{{1,60}}\s+port\s+"
        rf"\d{{1,5}})?\s+failed:\s*{REASON}",
        "connect to",
    ),
    sign("failed", rf"\*\s+(?:immediate connect fail for\s+(?P<address>{IP}):\s*)?{REASON}(?=\s)", "* "),
    sign(
        "final",
        rf"failed to connect to\s+(?P<host>{NAME})\s+port\s+(?P<port>\d{{1,5}})(?:\s+after\s+(?P<ms>\d{{1,8}})"
        rf"\s+ms)?\s*:?\s*(?:{REASON}|could(?:n't| not) connect to server|bad access)?",
        "failed to connect to",
    ),
    sign(
        "final",
        rf"failed to connect to\s+(?P<host>{NAME})\s+port\s+(?P<port>\d{{1,5}})\s+after\s+(?P<ms>\d{{1,8}})\s+m"
        rf"s:\s*timeout was reached",
        "timeout was reached",
    ),
    sign(
        "late",
        r"(?:connection|operation|ssl connection) (?:timed out"
        r"|timeout)(?: after (?P<ms>\d{1,8}) milliseconds)?(?: with (?P<got>-?\d{1,9}) (?:out of -?\d{1,9} )?b"
        r"ytes received)?",
        "timed out",
        "timeout",
    ),
    sign("exit", r"curl:\s*\((?P<exit>\d{1,3})\)\s*(?P<said>[^\n]{0,120})", "curl:"),
    sign(
        "problem",
        r"(?:ssl certificate problem|server certificate verification failed|certificate verification failed"
        r"|verify result)\s*:?\s*(?P<said>[\w -]{3,80})",
        "certificate",
    ),
    sign("verify", r"ssl certificate verify result:\s*(?P<said>[\w -]{3,80}?)\s*\((?P<num>\d{1,3})\)", "verify result"),
    sign("verified", r"ssl certificate verif(?:y|ied)(?: ok| via)", "ssl certificate verif"),
    sign(
        "wrong_name",
        r"(?:no alternative certificate subject name matches|subjectaltname does not match"
        r"|certificate subject name .{1,80} does not match|sec_e_wrong_principal|0x80090322"
        r"|unable to match hostname)",
        "subject name",
        "subjectaltname",
        "wrong_principal",
        "0x80090322",
        "match hostname",
    ),
    sign(
        "schannel",
        r"(?P<sec>sec_e_untrusted_root|cert_trust_is_untrusted_root|0x80090325|sec_e_cert_expired|0x80090328"
        r"|sec_e_cert_unknown|crypt_e_no_revocation_check|0x80092012|crypt_e_revocation_offline|0x80092013"
        r"|sec_e_time_skew|cert_e_untrustedroot)",
        "sec_e_",
        "0x8009",
        "crypt_e",
        "cert_",
    ),
    sign(
        "cut",
        r"(?:recv failure: |send failure: |ssl_connect: |ssl_error_syscall[^\n]{0,40}"
        r"|ssl_read: )?(?:connection reset by peer|connection was reset|ssl_error_syscall"
        r"|schannel: failed to receive handshake|unexpected eof while reading|connection was aborted)",
        "reset",
        "ssl_error_syscall",
        "failed to receive handshake",
        "unexpected eof",
        "aborted",
    ),
    sign("empty", r"empty reply from server", "empty reply"),
    sign(
        "not_tls",
        r"wrong version number|unknown protocol|packet length too long",
        "wrong version",
        "unknown protocol",
        "packet length",
    ),
    sign("subject", rf"\*\s+subject:\s*(?P<subject>{_REST})", "subject:"),
    sign("issuer", rf"\*\s+issuer:\s*(?P<issuer>{_REST})", "issuer:"),
    sign("until", r"expire date:\s*(?P<until>[A-Z][a-z]{2}\s+\d{1,2}\s[\d:]{8}\s\d{4})", "expire date"),
    sign(
        "denied",
        r"(?:received http code (?P<proxy_status>\d{3}) from proxy after connect"
        r"|connect tunnel failed, response (?P<proxy_status>\d{3})"
        r"|proxy replied (?P<proxy_status>\d{3}) to connect|x-squid-error:\s*err_\w{1,30})",
        "proxy",
        "tunnel",
        "squid",
    ),
    sign("status", r"(?:<\s+|(?<![\w\"/]))http/[\d.]{1,3}\s+(?P<status>\d{3})(?!\d)", "http/"),
    sign(
        "header",
        r"(?<![\w-])(?P<header>server|via|content-type|content-length|date|location|proxy-authenticate"
        r"|x-cache):\s",
        "server:",
        "content-",
        "location:",
        "date:",
        "via:",
    ),
    sign("location", r"(?<![\w-])location:\s*(?P<location>\S{1,200})", "location:"),
    sign("pong", r"message\s*=\s*'pong'", "pong"),
    sign(
        "shown",
        r"(?:error code|код ошибки)?\s*the requested url returned error:\s*(?P<status>\d{3})",
        "requested url",
    ),
)
_SAID: Final = (
    (re.compile(r"not yet valid"), 9),
    (re.compile(r"expired"), 10),
    (re.compile(r"self.signed certificate in"), 19),
    (re.compile(r"self.signed"), 18),
    (re.compile(r"local issuer"), 20),
    (re.compile(r"first certificate"), 21),
    (re.compile(r"mismatch"), 62),
)
_EXITS: Final = {
    "5": Verdict.DNS_NO_NAME,
    "6": Verdict.DNS_NO_NAME,
    "7": Verdict.PORT_FILTERED,
    "28": Verdict.PORT_FILTERED,
    "35": Verdict.PORT_REFUSED,
    "51": Verdict.TLS_WRONG_NAME,
    "52": Verdict.SERVICE_DOWN,
    "56": Verdict.PORT_REFUSED,
    "60": Verdict.TLS_UNTRUSTED,
    "97": Verdict.PROXY_DENIED,
}
_SEC: Final = {
    "sec_e_cert_expired": 10,
    "0x80090328": 10,
    "sec_e_time_skew": 9,
    "sec_e_untrusted_root": 20,
    "cert_trust_is_untrusted_root": 20,
    "cert_e_untrustedroot": 20,
    "0x80090325": 20,
}
_GATES: Final = re.compile(
    r"block|warning|zapret|captive|hotspot|portal|\blogin\b|auth|denied|forbidden", re.IGNORECASE
)


def judge(output: Output, book: Book) -> Judged | None:
    """Return what curl ran into, or None where other things only sound like it."""
    if output.only_commands() or not _is_output(output):
        return None
    facts = _facts(output)
    return "curl", Finding(_verdict(output, facts, book), facts)


def _is_output(output: Output) -> bool:
    if output.has("exit", "trying", "issuer", "connected", "final", "verify", "verified", "denied", "pong"):
        return True
    if output.has(COMMAND):
        return True
    if output.has("status"):
        begun = any(mark.text.startswith("<") for mark in output.all("status"))
        return begun or len({mark.values["header"].lower() for mark in output.all("header")}) > 1
    return False


def _verdict(output: Output, facts: dict[str, Fact], book: Book) -> Verdict:  # noqa: PLR0911 - one verdict a line
    host = str(facts["host"]) if "host" in facts else None
    if output.has("no_name"):
        return Verdict.DNS_NO_NAME
    if output.has("name_late"):
        return Verdict.DNS_TIMEOUT
    trust = _trust(output, facts)
    if trust is not None and trust is not Verdict.OK:
        return trust
    through_proxy = output.has("proxy", "denied")
    refused = whole(output.value("proxy_status"))
    if output.has("denied"):
        if refused is not None:
            facts["status"] = refused
        return Verdict.PROXY_DENIED
    if not through_proxy and foreign(host, [str(facts["address"])] if "address" in facts else [], book):
        return Verdict.DNS_HIJACK
    status = facts.get("status")
    if isinstance(status, int):
        return _answered(output, status, facts, host)
    if output.has("pong"):
        return Verdict.OK
    return _unanswered(output, facts)


def _unanswered(output: Output, facts: dict[str, Fact]) -> Verdict:
    """Return the verdict of a call that got no status: where it ended."""
    connected = output.has("connected")
    if output.has("cut", "not_tls"):
        facts["why"] = "tls"
        return Verdict.PORT_REFUSED
    if output.has("empty"):
        return Verdict.SERVICE_DOWN
    if output.has("failed", "final") and not connected:
        return _unconnected(output, facts)
    if output.has("late"):
        return Verdict.SERVICE_DOWN if connected and output.has("verified", "issuer") else Verdict.PORT_FILTERED
    exit_code = str(facts.get("exit", ""))
    return _EXITS.get(exit_code, Verdict.OK if output.has("verified") else Verdict.INCONCLUSIVE)


def _trust(output: Output, facts: dict[str, Fact]) -> Verdict | None:
    """Return what the certificate comes to, or None where none was looked at."""
    issuer = str(facts["issuer"]) if "issuer" in facts else None
    if output.has("wrong_name"):
        return issuer_verdict(issuer) or Verdict.TLS_WRONG_NAME
    code = whole(output.value("num"))
    sec = output.value("sec")
    if code is None and sec is not None:
        code = _SEC.get(sec.lower(), 1)
    if code is None:
        said = " ".join(mark.values["said"].lower() for mark in output.all("problem"))
        code = next((number for pattern, number in _SAID if pattern.search(said)), None)
        if code is None and output.has("problem") and not output.has("verify") and "ok" not in said.split():
            code = 1
    if code is None:
        exits = [
            mark.values.get("said", "").lower() for mark in output.all("exit") if mark.values["exit"] in ("51", "60")
        ]
        code = next(
            (number for pattern, number in _SAID for said in exits if pattern.search(said)), 1 if exits else None
        )
    if code is not None:
        facts["code"] = code
        return chain_verdict(code, issuer)
    return issuer_verdict(issuer)


def _answered(output: Output, status: int, facts: dict[str, Fact], host: str | None) -> Verdict:
    text = output.whole[output.start : output.end + 1500].lower()
    denied = "squid" in text or "proxy-authenticate" in text or "access denied by" in text
    if status in (401, 403, 407) and (denied or status == 407):  # noqa: PLR2004 - proxy authentication required
        return Verdict.PROXY_DENIED
    location = output.value("location")
    if 300 <= status < 400 and location is not None:  # noqa: PLR2004 - redirects
        target = host_of_url(location) if "://" in location else ""
        facts["location"] = target or location[:100]
        same = not target or host is None or target.split(".")[-2:] == host.split(".")[-2:]
        if not same and (is_private(target) or _GATES.search(target)):
            return Verdict.PROXY_DENIED
    if status == 503 and denied:  # noqa: PLR2004 - a proxy that found no way on
        return Verdict.PROXY_DENIED
    return status_verdict(status)


def _unconnected(output: Output, facts: dict[str, Fact]) -> Verdict:
    whys = [mark.values["why"] for mark in output.all("failed", "final") if "why" in mark.values]
    if whys:
        facts["why"] = whys[0].lower()
        verdicts = [connect_verdict(why) for why in whys]
        # With IPv6 switched off its address is always unreachable: what IPv4 met says more.
        return next((each for each in verdicts if each is not Verdict.UNREACHABLE), verdicts[0])
    took = whole(output.value("ms", "final"))
    if took is not None and took < INSTANT_MS and not output.has("late"):
        return Verdict.PORT_REFUSED
    return Verdict.PORT_FILTERED


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    url = output.value("url", COMMAND)
    host = host_of_url(url) if url else None
    host = host or output.value("host", "no_name", "final", "connected")
    if host is not None:
        facts["host"] = clean(host)
    for name in ("address", "issuer", "subject"):
        value = output.value(name)
        if value is not None:
            facts[name] = " ".join(value.split())[:160]
    port = whole(output.value("port"))
    if port is not None:
        facts["port"] = port
    until = output.value("until")
    if until is not None:
        facts["not_after"] = until
    for mark in output.all("exit"):
        facts["exit"] = int(mark.values["exit"])
    statuses = [int(mark.values["status"]) for mark in output.all("status", "shown")]
    final = [status for status in statuses if status >= 200 and not (status == 200 and output.has("denied"))]  # noqa: PLR2004
    if final:
        # The first 200 of a proxied call is the proxy's own word.
        facts["status"] = final[-1]
    return facts


CURL: Final = Tool("curl", _SIGNS, judge)
