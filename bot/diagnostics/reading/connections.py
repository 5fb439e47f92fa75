"""Lists of connections: netstat (Windows, Linux, BusyBox), ss, Get-NetTCPConnection.

Decides by the connections to a product's ports: one that waits for its first answer is silenced by somebody. Facts:
`address`, `port`, `state`, `connections` (how many rows there were), `listening` (own ports).
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Mark, Output, Tool, sign
from bot.diagnostics.reading.values import IP, clean, is_loopback, whole
from bot.diagnostics.verdict import Fact, Finding, Verdict

REMOTE_PORTS: Final = frozenset((443, 80, 4222, 8222, 4223, 8223))
"""The licensing server, and the gateways of the PBX (domain-facts 1.6)."""
LOCAL_PORTS: Final = frozenset((4222, 4223, 8222, 8223))

_END: Final = r"(?:\[[\w:.%]{0,45}\]|[\w.:*%-]{1,100}?)"
_STATES: Final = {
    "syn_sent": "syn_sent",
    "syn-sent": "syn_sent",
    "synsent": "syn_sent",
    "established": "established",
    "estab": "established",
    "time_wait": "closing",
    "time-wait": "closing",
    "timewait": "closing",
    "close_wait": "closing",
    "close-wait": "closing",
    "closewait": "closing",
    "fin_wait_1": "closing",
    "fin_wait_2": "closing",
    "fin_wait1": "closing",
    "fin_wait2": "closing",
    "fin-wait-1": "closing",
    "fin-wait-2": "closing",
    "finwait1": "closing",
    "finwait2": "closing",
    "last_ack": "closing",
    "last-ack": "closing",
    "listening": "listen",
    "listen": "listen",
}
_STATE: Final = "(?P<state>" + "|".join(sorted(_STATES, key=len, reverse=True)) + r")(?!\w)"
_NAMED: Final = {"https": 443, "http": 80}
_SIGNS: Final = (
    sign(
        COMMAND,
        r"(?<![\w-])(?:netstat|ss|get-nettcpconnection)\s+-[\w -]{1,60}",
        "netstat",
        "ss ",
        "get-nettcp",
        head=True,
    ),
    sign(
        "begin",
        r"active (?:internet )?connections|активные (?:подключения|соединения)",
        "active",
        "активные",
        head=True,
    ),
    sign("begin", r"localaddress\s+localport\s+remoteaddress\s+remoteport\s+state", "localaddress", head=True),
    sign("begin", r"localaddress\s+remoteaddress\s+remoteport\s+state", "localaddress", head=True),
    sign("begin", r"netid\s+state\s+recv-q|state\s+recv-q\s+send-q", "recv-q", head=True),
    sign(
        "row",
        rf"(?<!\w)tcp[46]?6?\s+(?:\d{{1,9}}\s+\d{{1,9}}\s+)?(?P<local>{_END}):(?P<local_port>[\w*-]{{1,15}})\s+"
        rf"(?P<remote>{_END}):(?P<port>[\w*-]{{1,15}})\s+{_STATE}",
        "tcp",
    ),
    sign(
        "row",
        rf"(?<!\w)(?:tcp\s+)?{_STATE}\s+\d{{1,9}}\s+\d{{1,9}}\s+(?P<local>{_END}):(?P<local_port>[\w*-]{{1,15}}"
        rf")\s+(?P<remote>{_END}):(?P<port>[\w*-]{{1,15}})(?!\S)",
        "syn-sent",
        "estab",
        "listen",
        "-wait",
    ),
    sign(
        "row",
        rf"(?<!\S)(?P<local>[\d.:a-f%]{{2,45}})\s+(?P<local_port>\d{{1,5}})\s+(?P<remote>[\d.:a-f]{{2,45}})\s+("
        rf"?P<port>\d{{1,5}})\s+{_STATE}",
        "synsent",
        "established",
        "timewait",
        "listen",
        "closewait",
        "finwait",
    ),
    sign(
        "row",
        rf"(?<!\S)(?P<local>{IP})\s+(?P<remote>{IP})\s+(?P<port>\d{{1,5}})\s+{_STATE}",
        "synsent",
        "established",
        "timewait",
        "listen",
        "closewait",
        "finwait",
    ),
    sign(
        "row",
        rf"localaddress\s*:\s*(?P<local>\S{{2,45}})\s+localport\s*:\s*(?P<local_port>\d{{1,5}})\s+remoteaddress"
        rf"\s*:\s*(?P<remote>\S{{2,45}})\s+"
        rf"remoteport\s*:\s*(?P<port>\d{{1,5}})\s+state\s*:\s*{_STATE}",
        "localaddress",
    ),
    sign(
        "none",
        r"no matching msft_nettcpconnection objects found"
        r"|не найден\w{0,3} (?:соответствующ\w{2,4} )?объект\w{0,3} msft_nettcpconnection",
        "msft_nettcpconnection",
        head=True,
    ),
)


def judge(output: Output, book: Book) -> Judged | None:
    """Return what the connections say of the way to a product's ports."""
    text = " ".join(mark.text for mark in output.marks[:3]).lower()
    name = (
        "get-nettcpconnection" if "localaddress" in text or "nettcp" in text else "ss" if _is_ss(output) else "netstat"
    )
    rows = output.all("row")
    if output.has("none") or (not rows and output.has("begin")):
        return name, Finding(Verdict.INCONCLUSIVE, {"connections": 0})
    if not rows:
        return None
    facts: dict[str, Fact] = {"connections": len(rows)}
    ours = [mark for mark in rows if book.knows(clean(mark.values["remote"])) or _is_ours(mark, book)]
    distant = [mark for mark in rows if _port(mark) in REMOTE_PORTS and _state(mark) != "listen"]
    for chosen in (ours, distant):
        for state, verdict in (
            ("syn_sent", Verdict.PORT_FILTERED),
            ("established", Verdict.OK),
            ("closing", Verdict.OK),
        ):
            for mark in chosen:
                if _state(mark) == state:
                    facts |= _named(mark, book)
                    return name, Finding(verdict, facts)
    heard = [whole(mark.values.get("local_port")) for mark in rows if _state(mark) == "listen"]
    own = [port for port in dict.fromkeys(heard) if port in LOCAL_PORTS]
    if own:
        facts |= {"listening": tuple(map(str, own)), "port": own[0] or 0, "state": "listen"}
        return name, Finding(Verdict.OK, facts)
    return name, Finding(Verdict.INCONCLUSIVE, facts)


def _is_ss(output: Output) -> bool:
    return any("-" in mark.values["state"] or mark.values["state"].lower() == "estab" for mark in output.all("row"))


def _is_ours(mark: Mark, book: Book) -> bool:
    return any(mark.values["remote"].strip("[]") in known for known in book.addresses.values())


def _state(mark: Mark) -> str:
    return _STATES[mark.values["state"].lower()]


def _port(mark: Mark) -> int | None:
    named = mark.values["port"].lower()
    return _NAMED.get(named) or (whole(named) if named.isdigit() else None)


def _named(mark: Mark, book: Book) -> dict[str, Fact]:
    remote = clean(mark.values["remote"])
    facts: dict[str, Fact] = {"state": _state(mark), "address": remote}
    if book.knows(remote):
        facts["host"] = remote
    elif is_loopback(remote):
        facts["host"] = "localhost"
    port = _port(mark)
    if port is not None:
        facts["port"] = port
    return facts


CONNECTIONS: Final = Tool("netstat", _SIGNS, judge)
