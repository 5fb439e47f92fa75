"""licdiag, the vendor's console tool that opens a real session and captures a feature (domain-facts 1.4).

Decides from the server's code before the client's, and from the block of addresses before both where it is empty.
Facts: `host`, `addresses`, `feature`, `code`, `client_code`, `captured`, `offline_days`, `version`.
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import IP, NAME, clean, whole
from bot.diagnostics.reading.verdicts import code_verdict, foreign
from bot.diagnostics.verdict import Fact, Finding, Verdict

_STAMP: Final = r"\d\d:\d\d:\d\d[.,]\d{3}"
_SIGNS: Final = (
    sign(COMMAND, r"(?<![\w-])licdiag(?:\.exe)?\s+(?P<feature>\d{1,3})(?!\d)", "licdiag", head=True),
    sign("line", rf"{_STAMP}\s*#\s*(?:inf|err|wrn|dbg)\s*:", "#inf", "#err", "#wrn", "#dbg", "# inf", "# err"),
    sign("version", r"(?<!#INF: )version:\s*(?P<version>\d{1,2}\.\d{1,3}(?:\.\d{1,4})?)(?=\s)", "version:"),
    sign(
        "dns",
        rf"dns info for host\s+(?P<host>{NAME}):(?P<addresses>(?:\s+{IP}(?=\s|$)){{0,16}})",
        "dns info for host",
    ),
    sign(
        "server",
        r"server return(?:ed)? code\s+(?P<code>\d{4})(?!\d)(?::\s*(?P<said>[^\n]{0,120}))?",
        "server return",
    ),
    sign("client", r"(?:#\s*err\s*:\s*)(?:error|ошибка)\s+(?P<client>\d{4})(?!\d)", "#err", "# err"),
    sign("opening", r"trying to open online session", "open online session"),
    sign("opened", r"online session\s*(?:\([0-9a-f*x]{4,40}\))?\s*turn(?:ed)? on", "online session"),
    sign("capturing", r"trying to capture feature\s*\((?P<feature>\d{1,3})\)", "capture feature"),
    sign(
        "captured",
        r"feature\s*\((?P<feature>\d{1,3})\)\s*(?:has been |was |is )?(?:successfully )?captured(?! earlier)"
        r"|feature successfully captured:?\s*\(?(?P<feature>\d{1,3})",
        "captured",
    ),
    sign("offline", r"offline work is available for\s+(?P<days>\d{1,4})\s+days", "offline work"),
    sign("expired", r"offline session was expired", "offline session was"),
    sign(
        "ends",
        r"session\s*\([0-9a-f*x]{4,40}\)\s*has been closed|#\s*inf\s*:\s*(?:stopped|shutdown)\.",
        "has been closed",
        "stopped",
        "shutdown",
    ),
    sign("failed", r"#\s*err\s*:\s*(?P<failure>[^\n]{3,160})", "#err", "# err"),
)


def judge(output: Output, book: Book) -> Judged | None:
    """Return what licdiag met, or None where it is only spoken of."""
    if not output.has("line", "dns", "server", "opening", "capturing", "captured"):
        return None
    # "Server return code 2008" alone is licdiag's, "feature successfully captured" alone is the event log's.
    if not output.has("line", "dns", "server") and output.count("opening", "capturing", "opened", "offline") == 0:
        return None
    # Other programs stamp their lines the same way.
    if {mark.kind for mark in output.marks} <= {"line", "ends"}:
        return None
    facts = _facts(output)
    return "licdiag", Finding(_verdict(output, facts, book), facts)


def _verdict(output: Output, facts: dict[str, Fact], book: Book) -> Verdict:  # noqa: PLR0911 - one verdict a line
    if "code" in facts and output.has("server"):
        return code_verdict(str(facts["code"]))
    block = next(iter(output.all("dns")), None)
    addresses = facts.get("addresses")
    host = str(facts["host"]) if "host" in facts else None
    client = facts.get("code")
    unanswered = client is not None and code_verdict(str(client)) is Verdict.PORT_FILTERED
    if isinstance(addresses, tuple) and foreign(host, addresses, book):
        return Verdict.DNS_HIJACK
    # An empty block proves something only when the output goes on after it.
    if block is not None and not addresses and (unanswered or _goes_on(output, block.end)) and not output.has("opened"):
        return Verdict.DNS_NO_NAME
    if client is not None:
        return code_verdict(str(client))
    if facts.get("captured") is True:
        return Verdict.OK
    if output.has("failed"):
        failure = (output.value("failure") or "").lower()
        if any(word in failure for word in ("resolve", "host not found", "dns")):
            return Verdict.DNS_NO_NAME
        if any(word in failure for word in ("timeout", "timed out", "connect", "нет ответа")):
            return Verdict.PORT_FILTERED
        return Verdict.INCONCLUSIVE
    if output.has("ends") and output.has("capturing", "opened") and output.has("opened"):
        return Verdict.OK
    return Verdict.INCONCLUSIVE


def _goes_on(output: Output, at: int) -> bool:
    return any(mark.start >= at for mark in output.marks)


def _codes(output: Output) -> tuple[str | None, str | None]:
    """Return the server's code and the client's; none where the seat was taken after the last error."""
    errors, taken = output.all("server", "client"), output.all("captured")
    if errors and taken and taken[-1].start > errors[-1].start:
        return None, None
    return output.value("code"), output.value("client")


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    host = output.value("host", "dns")
    if host is not None:
        facts["host"] = clean(host)
        addresses = tuple((output.value("addresses", "dns") or "").split())
        if addresses:
            facts["addresses"] = addresses
    version = output.value("version")
    if version is not None:
        facts["version"] = version
    feature = whole(output.value("feature", "capturing", "captured") or output.value("feature", COMMAND))
    if feature is not None:
        facts["feature"] = feature
    code, client = _codes(output)
    if code or client:
        facts["code"] = code or client or ""
    if code and client:
        facts["client_code"] = client
    days = whole(output.value("days"))
    if days is not None:
        facts["offline_days"] = days
    if output.has("captured"):
        facts["captured"] = not (code or client)
    elif code or client:
        facts["captured"] = False
    return facts


LICDIAG: Final = Tool("licdiag", _SIGNS, judge)
