"""Tools that try one port: nc, ncat, telnet (Windows Russian and English, Linux, BusyBox), Test-NetConnection, nmap.

Decides whether the port opened, refused or kept silent. Facts: `host`, `address`, `port`, `why`, `ping`.
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import BUSY_NAME, IP, NAME, REASON, UNKNOWN_NAME, clean, whole
from bot.diagnostics.reading.verdicts import connect_verdict, foreign
from bot.diagnostics.verdict import Fact, Finding, Verdict

_TARGET: Final = rf"(?P<host>{NAME})"
_NC: Final = (
    sign(
        COMMAND,
        r"(?<![\w-])(?:nc|ncat|netcat)\s+(?:-[\w]{1,8}\s+(?:\d{1,3}\s+)?){0,4}(?P<host>[\w-]{1,63}\.[\w.-]{1,1"
        r"00})\s+(?P<port>\d{1,5})",
        "nc ",
        "ncat ",
        "netcat ",
        head=True,
    ),
    sign(
        "open",
        rf"connection to\s+{_TARGET}\s+(?:\((?P<address>{IP})\)\s+)?(?:port\s+)?(?P<port>\d{{1,5}})\s+(?:port\s"
        rf"+)?(?:\[tcp/[^\]]{{1,20}}\]\s+)?succeeded",
        "succeeded",
        head=True,
    ),
    sign("open", rf"ncat:\s*connected to\s+(?P<address>{IP}):(?P<port>\d{{1,5}})", "ncat:"),
    sign(
        "open",
        rf"{_TARGET}\s+[\[(](?P<address>{IP})[\])]\s+(?P<port>\d{{1,5}})\s+(?:\([\w?-]{{1,20}}\)\s+)?open(?!\w)",
        "open",
        head=True,
    ),
    sign("open", rf"{_TARGET}\s+\((?P<address>{IP}):(?P<port>\d{{1,5}})\)\s+open(?!\w)", "open", head=True),
    sign(
        "fail",
        rf"nc:\s*connect to\s+{_TARGET}\s+(?:\((?P<address>{IP})\)\s+)?port\s+(?P<port>\d{{1,5}})\s+(?:\(tcp\)"
        rf"\s+)?(?:failed|timed out):\s*{REASON}",
        "nc:",
        head=True,
    ),
    sign("fail", rf"ncat:\s*{REASON}", "ncat:"),
    sign(
        "fail",
        rf"{_TARGET}\s+\[(?P<address>{IP})\]\s+(?P<port>\d{{1,5}})\s+(?:\([\w?-]{{1,20}}\)\s+)?:\s*{REASON}",
        "[",
    ),
    sign("fail", rf"nc:\s*(?:can't connect to remote host\s*\((?P<address>{IP})\):\s*)?{REASON}", "nc:"),
    sign("fail", rf"nc:\s*{_TARGET}\s+\((?P<address>{IP}):(?P<port>\d{{1,5}})\):\s*{REASON}", "nc:", head=True),
    sign(
        "fail",
        rf"(?:bash|sh|-bash):\s*(?:connect:\s*{REASON}"
        rf"|/dev/tcp/(?P<host>{NAME})/(?P<port>\d{{1,5}}):\s*(?:{REASON}|{UNKNOWN_NAME}))",
        "/dev/tcp",
        "bash: connect",
    ),
    sign(
        "no_name",
        rf"nc:\s*(?:getaddrinfo(?: for host \"(?P<host>{NAME})\" port (?P<port>\d{{1,5}}))?:\s*(?:"
        rf"{UNKNOWN_NAME}|{BUSY_NAME})|bad address\s+'?(?P<host>{NAME})"
        rf"|(?P<host>{NAME}):\s*(?:forward host lookup failed|host name lookup failure))",
        "nc:",
        head=True,
    ),
    sign("no_name", rf"ncat:\s*could not resolve hostname\s+\"?(?P<host>{NAME})", "ncat:", head=True),
    sign("no_name", rf"(?P<host>{NAME}):\s*forward host lookup failed", "forward host lookup", head=True),
)
_TELNET: Final = (
    sign(
        COMMAND,
        r"(?<![\w-])telnet(?:\.exe)?\s+(?P<host>[\w-]{1,63}\.[\w.-]{1,100})\s+(?P<port>\d{1,5})",
        "telnet",
        head=True,
    ),
    sign("trying", rf"(?<!\* )(?<!\*  )trying\s+(?P<address>{IP})\s*\.\.\.", "trying", head=True),
    sign("open", rf"connected to\s+{_TARGET}\s+escape character is", "escape character"),
    sign(
        "fail",
        rf"telnet:\s*(?:connect to address\s+(?P<address>{IP}):\s*|unable to connect to remote host:\s*"
        rf"|can't connect to remote host\s*\((?P<address>{IP})\):\s*"
        rf"|не удалось подключиться к удаленному узлу:\s*)?{REASON}",
        "telnet:",
    ),
    sign(
        "fail",
        r"(?:connecting to|подключение к)\s+(?P<host>[\w.:-]{1,100}?)\s*\.\.\.\s*(?:could not open connectio"
        r"n to the host"
        r"|не удалось открыть подключение к этому узлу)\s*,?\s*(?:on port|на порт"
        r"|порт)\s+(?P<port>\d{1,5})\s*:?\s*"
        r"(?P<silent>connect failed|сбой подключения|сбой соединения|[\w ]{0,40})",
        "could not open connection",
        "не удалось открыть подключение",
        head=True,
    ),
    sign(
        "fail",
        r"(?:could not open connection to the host"
        r"|не удалось открыть подключение к этому узлу)\s*,?\s*(?:on port|на порт|порт)"
        r"\s+(?P<port>\d{1,5})\s*:?\s*(?P<silent>connect failed|сбой подключения|сбой соединения)",
        "could not open connection",
        "не удалось открыть подключение",
    ),
    sign(
        "lost",
        r"connection closed by foreign host|подключение к узлу утеряно|connection to host lost",
        "foreign host",
        "утеряно",
        "host lost",
    ),
    sign(
        "no_name",
        rf"telnet:\s*(?:could not resolve\s+(?P<host>[\w.-]{{1,100}})(?:/(?P<port>[\w]{{1,10}}))?:\s*(?:"
        rf"{UNKNOWN_NAME}|{BUSY_NAME})|bad address\s+'?(?P<host>{NAME})"
        rf"|(?P<host>[\w.-]{{1,100}}):\s*(?:{UNKNOWN_NAME}|{BUSY_NAME}))",
        "telnet:",
        head=True,
    ),
)
_TNC: Final = (
    sign(
        COMMAND,
        r"(?<![\w-])(?:test-netconnection|tnc)\s+(?:-computername\s+)?(?P<host>[\w-]{1,63}\.[\w.-]{1,100})(?:"
        r"\s+-port\s+(?P<port>\d{1,5}))?",
        "test-netconnection",
        "tnc ",
        head=True,
    ),
    sign(
        "warned",
        rf"(?:warning|предупреждение|внимание)\s*:\s*tcp connect to\s+\(?\s*(?P<target>{NAME})\s*(?::\s*(?P<por"
        rf"t>\d{{1,5}})\s*)?\)?\s*failed",
        "tcp connect to",
    ),
    sign(
        "ping_failed",
        rf"(?:warning|предупреждение|внимание)\s*:\s*ping to\s+(?P<address>{NAME})\s+failed",
        "ping to",
    ),
    sign(
        "no_name",
        rf"(?:warning|предупреждение|внимание)\s*:\s*name resolution of\s+(?P<host>{NAME})\s+failed",
        "name resolution of",
        head=True,
    ),
    sign("field", rf"computername\s*:\s+(?P<host>{NAME})", "computername"),
    sign("field", rf"remoteaddress\s*:\s+(?P<address>{IP})", "remoteaddress"),
    sign("field", r"remoteport\s*:\s+(?P<port>\d{1,5})", "remoteport"),
    sign("tcp", r"tcptestsucceeded\s*:\s*(?P<tcp>true|false)", "tcptestsucceeded"),
    sign("ping", r"pingsucceeded\s*:\s*(?P<ping>true|false)", "pingsucceeded"),
)
_NMAP: Final = (
    sign("begin", rf"nmap scan report for\s+(?P<host>{NAME})(?:\s+\((?P<address>{IP})\))?", "nmap scan", head=True),
    sign("port", r"(?P<port>\d{1,5})/tcp\s+(?P<state>open|closed|filtered)\s+[\w-]{2,20}", "/tcp"),
    sign("down", r"note: host seems down", "host seems down"),
    sign("no_name", rf"failed to resolve \"(?P<host>{NAME})\"", "failed to resolve"),
)
_NMAP_STATES: Final = {"open": Verdict.OK, "closed": Verdict.PORT_REFUSED, "filtered": Verdict.PORT_FILTERED}


def judge(output: Output, book: Book) -> Judged | None:
    """Return whether nc or telnet reached the port; a telnet that only tries is incomplete."""
    name = "telnet" if output.has("trying", "lost") or _typed(output, "telnet") else "nc"
    facts = _facts(output)
    if output.has("no_name"):
        return name, Finding(Verdict.DNS_SERVER_FAULT if output.value("busy") else Verdict.DNS_NO_NAME, facts)
    if output.value("unknown") is not None:
        return name, Finding(Verdict.DNS_NO_NAME, facts)
    host = str(facts.get("host", "")) or None
    if foreign(host, [str(facts["address"])] if "address" in facts else [], book):
        return name, Finding(Verdict.DNS_HIJACK, facts)
    if output.has("open"):
        return name, Finding(Verdict.OK, facts)
    if output.has("fail"):
        # Windows' telnet says "connect failed" of silence and refusal alike; silence is the common one.
        return name, Finding(connect_verdict(output.value("why") or ""), facts)
    return (name, Finding(Verdict.INCONCLUSIVE, facts)) if output.has("trying") else None


def judge_tnc(output: Output, book: Book) -> Judged | None:
    """Return what Test-NetConnection found; without a port it is a ping."""
    name = "test-netconnection"
    facts = _facts(output)
    target = output.value("target")
    if target is not None:
        facts.setdefault("host", clean(target))
    if output.has("no_name"):
        return name, Finding(Verdict.DNS_NO_NAME, facts)
    tcp = output.value("tcp")
    ping = output.value("ping")
    if tcp is None and ping is None and not output.has("warned", "ping_failed"):
        partly = output.count("field") > 2  # noqa: PLR2004 - a table that was cut
        return (name, Finding(Verdict.INCONCLUSIVE, facts)) if partly else None
    if ping is not None:
        facts["ping"] = ping.lower() == "true"
    host = str(facts.get("host", "")) or None
    if foreign(host, [str(facts["address"])] if "address" in facts else [], book):
        return name, Finding(Verdict.DNS_HIJACK, facts)
    if tcp is not None:
        return name, Finding(Verdict.OK if tcp.lower() == "true" else Verdict.PORT_FILTERED, facts)
    if ping is not None and not output.has("warned"):
        return name, Finding(Verdict.OK if ping.lower() == "true" else Verdict.PORT_FILTERED, facts)
    return name, Finding(Verdict.PORT_FILTERED, facts)


def judge_nmap(output: Output, book: Book) -> Judged | None:
    """Return the state of the first port of an nmap report."""
    del book
    if not output.has("begin", "down", "no_name"):
        return None
    facts = _facts(output)
    if output.has("no_name"):
        return "nmap", Finding(Verdict.DNS_NO_NAME, facts)
    state = (output.value("state") or "").lower()
    fallback = Verdict.PORT_FILTERED if output.has("down") else Verdict.INCONCLUSIVE
    return "nmap", Finding(_NMAP_STATES.get(state, fallback), facts)


def _typed(output: Output, tool: str) -> bool:
    return any(
        tool in mark.text.lower()
        or "открыть подключение" in mark.text.lower()
        or "open connection" in mark.text.lower()
        for mark in output.marks
    )


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    host = output.value("host")
    if host is not None:
        facts["host"] = clean(host)
    address = output.value("address")
    if address is not None:
        facts["address"] = address
    port = whole(output.value("port"))
    if port is not None:
        facts["port"] = port
    why = output.value("why")
    if why is not None:
        facts["why"] = why.lower()
    return facts


NC: Final = Tool("nc", _NC, judge)
TELNET: Final = Tool("telnet", _TELNET, judge)
TNC: Final = Tool("test-netconnection", _TNC, judge_tnc)
NMAP: Final = Tool("nmap", _NMAP, judge_nmap)
