"""Routes: tracert (Russian and English), traceroute, tracepath, mtr and WinMTR.

Decides where a route ends. Routers often keep silent about probes, so stars beyond the customer's own network prove
nothing; a route that dies at its first two hops died there. Facts: `host`, `address`, `hops`, `last_hop`,
`last_number`, `rtt_ms`, `loss`, `from`.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Mark, Output, Tool, sign
from bot.diagnostics.reading.ping import LOSSY, SLOW_MS
from bot.diagnostics.reading.values import BUSY_NAME, IP, IPV4, NAME, UNKNOWN_NAME, clean, decimal, whole
from bot.diagnostics.reading.verdicts import foreign, numbers
from bot.diagnostics.verdict import Fact, Finding, Verdict

OWN_HOPS: Final = 2
"""Hops that are the customer's own: the router, and the provider's first one."""
_SILENT_ENOUGH: Final = 2
_CIRCLES: Final = 2
_MISSED: Final = 3
"""How far the count of hops may jump where rows were not understood."""

_PROBE: Final = r"(?:<?\s?\d{1,5}(?:[.,]\d{1,3})?\s*(?:ms|мс)|\*)"
_ROW: Final = r"(?<![\w.:,/-])(?P<hop>\d{1,2})\s{1,12}"
_SIGNS: Final = (
    sign(
        COMMAND,
        rf"(?<![\w-])(?:tracert|traceroute|tracepath|pathping"
        rf"|mtr)\s+(?:-{{1,2}}[\w=-]{{1,20}}\s+(?:\d+\s+)?){{0,5}}(?P<host>(?:{IP}"
        rf"|[\w-]{{1,63}}\.[\w.-]{{1,100}}))",
        "tracert",
        "traceroute",
        "tracepath",
        "pathping",
        "mtr",
        head=True,
    ),
    sign(
        "begin",
        rf"(?:tracing route to|трассировка маршрута к)\s+(?P<host>{NAME})(?:\s+\[(?P<address>{IP})\])?",
        "tracing route",
        "трассировка маршрута",
        head=True,
    ),
    sign(
        "begin",
        rf"traceroute6?\s+to\s+(?P<host>{NAME})\s+\((?P<address>{IP})\)\s*,",
        "traceroute",
        head=True,
    ),
    sign(
        "row",
        _ROW + rf"(?!\*\s+\*\s+\*\s+(?!\s|request|превышен))(?P<probes>{_PROBE}\s+{_PROBE}\s+{_PROBE})\s+(?:(?P<silent"
        rf">request timed out|превышен интервал ожидания(?: для)?(?: запроса)?)"
        rf"|(?P<node>[\w-]{{1,63}}\.?[\w.:-]{{1,100}})(?:\s+\[(?P<address>{IP})\])?(?P<reports>\s+(?:reports"
        rf"|сообщает)\s*:\s*"
        r"[^\n.]{3,60})?)",
        "*",
        " ms",
        " мс",
        "<1",
    ),
    sign(
        "row",
        _ROW
        + rf"(?P<node>{NAME})(?:\s+\[(?P<address>{IP})\])?(?P<reports>\s+(?:reports|сообщает)\s*:\s*[^\n.]{{3,60}})",
        "reports",
        "сообщает",
    ),
    sign(
        "row",
        _ROW + rf"(?:\*\s+){{0,2}}(?P<node>[\w][\w.-]{{0,100}})\s+\((?P<address>{IP})\)(?:\s+\[AS[^\]]{{1,20}}\])?"
        r"(?P<probes>(?:\s+(?:\d{1,5}(?:[.,]\d{1,3})?\s*(?:ms|мс)|\*|![HNXPFSC\d<>]{0,4}"
        r"|[\w.-]{1,100}\s+\([\d.:a-fA-F]{3,45}\))){1,12})",
        " ms",
        " мс",
    ),
    sign(
        "row",
        _ROW + rf"(?:\*\s+){{0,2}}(?P<address>{IP})"
        rf"(?P<probes>(?:\s+(?:\d{{1,5}}(?:[.,]\d{{1,3}})?\s*(?:ms|мс)|\*|![HNXPFSC\d<>]{{0,4}}|{IPV4})){{1,12}})",
        " ms",
        " мс",
    ),
    sign("row", _ROW + r"(?P<silent>\*\s+\*\s+\*)(?!\s+(?:request timed|превышен|\*|\S{1,20}/))", "*"),
    sign(
        "row",
        r"(?<!\d)(?P<hop>\d{1,2})\??:\s+(?:(?P<silent>no reply)"
        r"|(?P<node>[\w.\[\]-]{1,100})\s+(?:\((?P<address>[\d.]{7,15})\)\s+)?"
        r"(?P<probes>\d{1,5}\.\d{1,3}ms)(?P<reached>\s+(?:asymm\s+\d{1,2}\s+)?reached)?)",
        "no reply",
        "reached",
        "pmtu",
    ),
    sign(
        "no_name",
        rf"(?:unable to resolve target system name|не удается разрешить системное имя узла"
        rf"|не удаётся разрешить системное имя узла)"
        rf"\s+(?P<host>{NAME})",
        "target system name",
        "системное имя",
        head=True,
    ),
    sign(
        "no_name",
        rf"(?:traceroute6?|tracepath|mtr|mtr-packet):\s*(?:unknown host\s+(?P<host>{NAME})"
        rf"|bad address\s+'(?P<host>{NAME})"
        rf"|(?:failed to resolve host:\s+)?(?P<host>[\w.-]{{1,120}}):\s*(?:{UNKNOWN_NAME}|{BUSY_NAME}))",
        "traceroute",
        "tracepath",
        "mtr",
        head=True,
    ),
    sign(
        "no_name",
        rf"(?P<host>{NAME}):\s*(?:{UNKNOWN_NAME}|{BUSY_NAME})\s+cannot handle \"host\" cmdline arg",
        "cmdline arg",
        head=True,
    ),
    sign("complete", r"trace complete|трассировка завершена", "trace complete", "трассировка завершена"),
    sign("ends", r"(?:resume: pmtu|too many hops)", "pmtu", "too many"),
)
_MTR_SIGNS: Final = (
    sign("begin", r"HOST:\s+(?P<source>\S{1,100})\s+loss%\s+snt", "loss%", head=True),
    sign("begin", r"WinMTR statistics", "winmtr statistics", head=True),
    sign(
        "row",
        rf"(?P<hop>\d{{1,2}})\.\s?\|-{{1,2}}\s+(?:AS\S{{1,12}}\s+)?(?P<node>\?\?\?"
        rf"|{NAME})\s*(?:\((?P<address>{IP})\))?\s+"
        r"(?P<loss>\d{1,3}(?:[.,]\d{1,3})?)%?\s+(?P<sent>\d{1,7})\s+[\d.,]{1,9}\s+(?P<mean>[\d.,]{1,9})",
        "|-",
    ),
    sign(
        "row",
        rf"(?<![\w.])(?P<hop>\d{{1,2}})\.\s+(?P<node>{NAME})\s+(?P<loss>\d{{1,3}}(?:[.,]\d{{1,3}})?)%\s+(?P<sen"
        rf"t>\d{{1,7}})\s+"
        r"[\d.,]{1,9}\s+(?P<mean>[\d.,]{1,9})\s+[\d.,]{1,9}\s+[\d.,]{1,9}",
        "%",
    ),
    sign(
        "row",
        rf"(?P<node>no response from host|{NAME}"
        rf"|\?\?\?)\s+-\s+(?P<loss>\d{{1,3}})\s*\|\s*(?P<sent>\d{{1,7}})\s*\|\s*\d{{1,7}}"
        r"\s*\|\s*\d{1,6}\s*\|\s*(?P<mean>\d{1,6})\s*\|\s*\d{1,6}\s*\|\s*\d{1,6}",
        "|",
    ),
)


@dataclass(frozen=True, slots=True)
class _Hop:
    number: int
    address: str
    silent: bool
    ms: float | None
    loss: float | None
    sent: int
    reports: str


def judge(output: Output, book: Book) -> Judged | None:
    """Return where the route ends, or None where the text only looks like one."""
    facts: dict[str, Fact] = {}
    named = output.value("host")
    if named is not None:
        facts["host"] = clean(named)
    target = next((m.values["address"] for m in output.all("begin") if "address" in m.values), None)
    if target is not None:
        facts["address"] = target
    name = _name(output)
    if output.has("no_name"):
        busy = output.value("busy") is not None
        return name, Finding(Verdict.DNS_SERVER_FAULT if busy else Verdict.DNS_NO_NAME, facts)
    hops = _in_order([_hop(mark) for mark in output.all("row")])
    if not output.has("begin") and not _is_route(hops):
        return None
    host = facts.get("host")
    if isinstance(host, str) and target is not None and foreign(host, [target], book):
        return name, Finding(Verdict.DNS_HIJACK, facts)
    if not hops:
        return name, Finding(Verdict.INCONCLUSIVE, facts)
    facts["hops"] = len(hops)
    answered = [hop for hop in hops if not hop.silent]
    last = answered[-1] if answered else None
    if last is not None:
        facts |= {"last_hop": last.address, "last_number": last.number}
        if last.ms is not None:
            facts["rtt_ms"] = numbers(last.ms)
    target = target or (str(host) if isinstance(host, str) and host.replace(".", "").isdigit() else None)
    reached = output.value("reached") is not None
    return name, Finding(_end(output, hops, target, facts, reached=reached), facts)


def _end(output: Output, hops: list[_Hop], target: str | None, facts: dict[str, Fact], *, reached: bool) -> Verdict:
    answered = [hop for hop in hops if not hop.silent]
    last = answered[-1] if answered else None
    if last is not None and last.reports:
        facts["from"] = last.address
        return Verdict.PORT_FILTERED if "!X" in last.reports or "!C" in last.reports else Verdict.UNREACHABLE
    if _circles([hop.address for hop in answered]):
        return Verdict.ROUTE_LOOP
    arrived = last is not None and last is hops[-1]
    if (
        last is not None
        and arrived
        and (reached or last.address == target or (target is None and output.has("complete")))
    ):
        return Verdict.SLOW if last.ms is not None and last.ms >= SLOW_MS else Verdict.OK
    silent = len(hops) if last is None else hops[-1].number - last.number
    if silent >= _SILENT_ENOUGH and (last is None or last.number <= OWN_HOPS):
        return Verdict.UNREACHABLE
    if last is not None and arrived and output.has("complete"):
        return Verdict.SLOW if last.ms is not None and last.ms >= SLOW_MS else Verdict.OK
    return Verdict.INCONCLUSIVE


def judge_mtr(output: Output, book: Book) -> Judged | None:
    """Return what an mtr report says of its last hop, the target."""
    del book
    rows = output.all("row")
    if not rows or not (output.has("begin") or len(rows) > 1):
        return ("mtr", Finding(Verdict.INCONCLUSIVE)) if output.has("begin") else None
    hops = [_hop(mark, at) for at, mark in enumerate(rows, 1)]
    facts: dict[str, Fact] = {"hops": len(hops)}
    host = output.value("host", COMMAND)
    if host is not None:
        facts["host"] = clean(host)
    answered = [hop for hop in hops if not hop.silent]
    last = answered[-1] if answered else None
    if last is None:
        return "mtr", Finding(Verdict.UNREACHABLE, facts)
    facts |= {"last_hop": last.address, "last_number": last.number, "sent": last.sent}
    if _circles([hop.address for hop in answered]):
        return "mtr", Finding(Verdict.ROUTE_LOOP, facts)
    if last is not hops[-1]:
        own = last.number <= OWN_HOPS and hops[-1].number - last.number >= 1
        facts["loss"] = 100
        return "mtr", Finding(Verdict.UNREACHABLE if own else Verdict.INCONCLUSIVE, facts)
    if last.loss is not None:
        facts["loss"] = numbers(last.loss)
    if last.ms is not None:
        facts["rtt_ms"] = numbers(last.ms)
    if last.loss is not None and last.loss >= LOSSY:
        return "mtr", Finding(Verdict.LOSSY, facts)
    return "mtr", Finding(Verdict.SLOW if last.ms is not None and last.ms >= SLOW_MS else Verdict.OK, facts)


def _name(output: Output) -> str:
    said = output.marks[0].text.lower()
    unix = "traceroute" in said or "cmdline arg" in said or any("(" in mark.text for mark in output.all("row"))
    if "tracepath" in said:
        return "tracepath"
    if "mtr" in said:
        return "mtr"
    return "traceroute" if unix and "трасс" not in said else "tracert"


def _hop(mark: Mark, number: int = 0) -> _Hop:
    values = mark.values
    probes = values.get("probes", "")
    times = [decimal(part) for part in probes.replace("<", " ").replace("ms", " ").replace("мс", " ").split()]
    known = [ms for ms in times if ms is not None]
    mean = decimal(values.get("mean"))
    loss = decimal(values.get("loss"))
    node = values.get("address") or values.get("node", "")
    silent = "silent" in values or node in ("???", "", "no response from host") or (loss or 0) >= 100  # noqa: PLR2004
    reports = values.get("reports", "") or ("!" + probes.partition("!")[2] if "!" in probes else "")
    ms = mean if mean is not None else (sum(known) / len(known) if known else None)
    return _Hop(
        whole(values.get("hop")) or number, clean(node), silent, ms, loss, whole(values.get("sent")) or 0, reports
    )


def _in_order(hops: list[_Hop]) -> list[_Hop]:
    """Return the hops that go on counting: several patterns may see one row, and other numbers look like hops."""
    kept: list[_Hop] = []
    for hop in hops:
        if not kept or 0 < hop.number - kept[-1].number <= _MISSED:
            kept.append(hop)
    return kept


def _is_route(hops: list[_Hop]) -> bool:
    """Tell whether rows without a heading are a route: they count on, and at least one of them was timed."""
    consecutive = any(b.number == a.number + 1 for a, b in pairwise(hops))
    return consecutive and any(hop.ms is not None for hop in hops)


def _circles(addresses: list[str]) -> bool:
    """Tell whether some router turns up again and again, with others in between."""
    returns: dict[str, int] = {}
    for at, each in enumerate(addresses):
        if each in addresses[:at] and addresses[at - 1] != each:
            returns[each] = returns.get(each, 0) + 1
    return sum(returns.values()) >= _CIRCLES


ROUTE: Final = Tool("tracert", _SIGNS, judge)
MTR: Final = Tool("mtr", (_SIGNS[0], *_MTR_SIGNS), judge_mtr)
