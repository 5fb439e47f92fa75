"""Ping: Windows (Russian and English), iputils, BusyBox, macOS, PowerShell's Test-Connection.

Decides from replies and statistics; a lone "request timed out" inside a sentence is no output. Facts: `host`,
`address`, `sent`, `received`, `loss` (per cent), `rtt_ms` (mean), `from` (who reported), `why`.
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import BUSY_NAME, IP, NAME, REASON, UNKNOWN_NAME, clean, decimal, whole
from bot.diagnostics.reading.verdicts import connect_verdict, foreign, numbers
from bot.diagnostics.verdict import Fact, Finding, Verdict

LOSSY: Final = 5.0
"""Per cent of lost packets from which a line is called lossy."""
SLOW_MS: Final = 300.0
"""Mean round trip from which a line is called slow."""
_ENOUGH: Final = 2

_FROM: Final = rf"(?:reply from|ответ от)\s+(?P<from>{NAME}):"
_SIGNS: Final = (
    sign(
        COMMAND,
        rf"(?<![\w-])ping(?:\.exe)?\s+(?:-{{1,2}}[\w=]{{1,12}}\s+(?:\d{{1,9}}(?:\.\d{{1,3}})?\s+)?){{0,4}}(?P<host>(?:{IP}"
        rf"|[\w-]{{1,63}}\.[\w.-]{{1,100}}))",
        "ping",
        head=True,
    ),
    sign(
        "begin",
        rf"(?:pinging|обмен пакетами с)\s+(?P<host>{NAME})(?:\s*\[(?P<address>{IP})\])?\s+(?:with|с|по|from"
        rf"|от)\s+[\w.: ]{{0,60}}?"
        r"\d{1,5}\s*-?\s*(?:bytes|байт)",
        "pinging",
        "обмен пакетами",
        head=True,
    ),
    sign(
        "begin",
        rf"ping6?\s*:?\s+(?P<host>{NAME})\s*\((?:[\w.-]{{1,100}}\s\()?(?P<address>{IP})\)+(?:\s*:"
        rf"|\s+from\s[^\n:]{{1,60}}:?)?"
        r"\s*\d{1,5}(?:\s*\(\d{1,5}\))?\s*(?:data\s+)?(?:bytes|байт)",
        "ping",
        head=True,
    ),
    sign(
        "reply",
        _FROM + r"\s*(?:(?:bytes|число байт)\s*=?\s*\d{1,5}\s+)?(?:time|время)\s*[<=]\s*(?P<ms>\d{1,6})\s*(?:ms|мс)",
        "reply from",
        "ответ от",
    ),
    sign(
        "reply",
        rf"\d{{1,5}}\s+(?:bytes\s+from|байт\w{{0,2}}\s+(?:от|из|с))\s+(?P<from>{NAME})(?:\s\({IP}\))?:?\s+"
        r"(?:icmp_)?seq=\d{1,6}\s+(?:ttl|hlim)=\d{1,3}\s+(?:time|время)[=<]\s*(?P<ms>[\d.,]{1,10})\s*(?:ms|мс)",
        "seq=",
    ),
    sign(
        "timeout",
        r"request timed out|превышен интервал ожидания для запроса|превышен интервал ожидания запроса"
        r"|request timeout for icmp_seq \d{1,6}|no answer yet for icmp_seq=\d{1,6}",
        "timed out",
        "превышен интервал",
        "icmp_seq",
    ),
    sign(
        "unreachable",
        _FROM + r"\s*(?P<said>destination (?:host|net|network|port|protocol) unreachable"
        r"|заданн\w{2,3} (?:узел|сеть|порт|протокол) недоступ\w{2,3})",
        "reply from",
        "ответ от",
    ),
    sign(
        "unreachable",
        rf"from\s+(?P<from>{NAME})(?:\s\({IP}\))?:?\s+icmp_seq[= ]\d{{1,6}}\s+(?P<said>destination (?:host|net"
        rf"|port) unreachable"
        r"|packet filtered|destination host prohibited|dest unreachable[\w, ]{0,40})",
        "icmp_seq",
    ),
    sign(
        "expired",
        _FROM + r"\s*(?:ttl expired in transit|превышен срок жизни)",
        "ttl expired",
        "срок жизни",
    ),
    sign(
        "expired",
        rf"from\s+(?P<from>{NAME})(?:\s\({IP}\))?:?\s+icmp_seq[= ]\d{{1,6}}\s+time to live exceeded",
        "to live",
    ),
    sign(
        "failure",
        r"ping:\s*(?:transmit failed|сбой передачи)[.\s]{0,3}(?:general failure|общий сбой|error code \d{1,6}"
        r"|код ошибки \d{1,6})?"
        r"|(?:general failure|общий сбой)\.\s+(?:general failure|общий сбой)\.",
        "transmit failed",
        "сбой передачи",
        "general failure",
        "общий сбой",
    ),
    sign(
        "no_name",
        rf"ping request could not find host\s+(?P<host>{NAME})"
        rf"|при проверке связи не удалось обнаружить узел\s+(?P<host>{NAME})"
        rf"|не удалось обнаружить узел\s+(?P<host>[\w-]{{1,63}}\.[\w.-]{{1,100}})\.?\s+проверьте имя узла",
        "could not find host",
        "обнаружить узел",
        head=True,
    ),
    sign(
        "no_name",
        rf"ping6?:\s*(?:unknown host\s+(?P<host>{NAME})|cannot resolve\s+(?P<host>{NAME}):\s*unknown host"
        rf"|bad address\s+'?(?P<host>{NAME})|(?P<host>[\w.-]{{1,120}}):\s*(?:{UNKNOWN_NAME}|{BUSY_NAME}))",
        "ping:",
        "ping6:",
        head=True,
    ),
    sign(
        "failed",
        rf"ping6?:\s*(?:connect|sendto|sendmsg|socket|отправка)?\s*:?\s*(?:{REASON}|(?P<barred>operation not permitted"
        r"|операция не позволена|операция не разрешена))",
        "ping:",
        "ping6:",
    ),
    sign(
        "failed",
        rf"testing connection to computer '(?P<host>{NAME})' failed:\s*(?:error due to lack of resources"
        rf"|(?P<barred>[^\n]{{0,20}}denied)"
        rf"|{UNKNOWN_NAME})?",
        "testing connection",
    ),
    sign(
        "statistics",
        r"(?:packets|пакетов):\s*(?:sent|отправлено)\s*=\s*(?P<sent>\d{1,9})\s*,\s*(?:received"
        r"|получено)\s*=\s*(?P<received>\d{1,9})"
        r"\s*,\s*(?:lost|потеряно)\s*=\s*(?P<lost>\d{1,9})(?:\s*\(?\s*(?P<loss>\d{1,3})\s*%)?",
        "sent",
        "отправлено",
    ),
    sign(
        "statistics",
        r"(?P<sent>\d{1,9})\s+(?:packets transmitted|пакет\w{0,2}\s+(?:передано"
        r"|отправлено))\s*,\s*(?P<received>\d{1,9})\s+"
        r"(?:packets\s+)?(?:received|получено"
        r"|принято)[^%\n]{0,60}?(?P<loss>\d{1,3}(?:[.,]\d{1,6})?)%\s*(?:packet loss|потер)",
        "packets transmitted",
        "передано",
        "отправлено",
    ),
    sign("mean", r"(?:average|среднее)\s*=\s*(?P<mean>\d{1,6})\s*(?:ms|мс)", "average", "среднее"),
    sign(
        "mean",
        r"min/avg/max(?:/\w{4,6})?\s*=\s*[\d.,]{1,10}/(?P<mean>[\d.,]{1,10})/",
        "min/avg/max",
    ),
    sign(
        "title",
        rf"(?:ping statistics for|статистика ping для)\s+(?P<host>{NAME})"
        rf"|-{{1,3}}\s*(?P<host>{NAME})\s+(?:ping statistics"
        rf"|ping статистика|статистика ping)\s*-{{1,3}}"
        rf"|-{{1,3}}\s*статистика ping\s+(?P<host>{NAME})\s*-{{1,3}}",
        "ping statistics",
        "статистика ping",
        "ping статистика",
    ),
)
_WINDOWS_TABLE: Final = sign(
    "reply",
    rf"(?P<source>[\w-]{{1,15}})\s+(?P<host>[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}})\s+(?P<from>{IP})\s+(?:"
    rf"{IP}\s+)?32\s+(?P<ms>\d{{1,5}})(?!\S)",
    "ipv4address",
)


def judge(output: Output, book: Book) -> Judged | None:  # noqa: PLR0911 - one verdict a line, in order of weight
    """Return what the ping says, or None where it is only spoken of."""
    facts = _facts(output)
    host = str(facts.get("host", "")) or None
    if output.has("no_name"):
        busy = output.value("busy") is not None
        return "ping", Finding(Verdict.DNS_SERVER_FAULT if busy else Verdict.DNS_NO_NAME, facts)
    if not _is_output(output):
        return None
    found = [str(facts["address"])] if "address" in facts else []
    if host is not None and foreign(host, found, book):
        return "ping", Finding(Verdict.DNS_HIJACK, facts)
    replies = output.count("reply")
    if output.has("expired") and not replies:
        return "ping", Finding(Verdict.ROUTE_LOOP, facts)
    if output.has("unreachable", "failure") and not replies:
        filtered = "prohibited" in str(facts.get("why", "")) or "filtered" in str(facts.get("why", ""))
        return "ping", Finding(Verdict.PORT_FILTERED if filtered else Verdict.UNREACHABLE, facts)
    if output.has("failed") and not replies:
        if output.value("unknown") is not None:
            return "ping", Finding(Verdict.DNS_NO_NAME, facts)
        if output.value("barred") is not None:
            return "ping", Finding(Verdict.PORT_FILTERED, facts)
        return "ping", Finding(connect_verdict(output.value("why") or "timed out"), facts)
    return "ping", Finding(_of_numbers(facts), facts)


def _is_output(output: Output) -> bool:
    certain = output.has("begin", "reply", "unreachable", "expired", "failure", "failed", "title", "statistics")
    return certain or output.count("timeout") >= _ENOUGH


def _of_numbers(facts: dict[str, Fact]) -> Verdict:
    sent, received, loss = facts.get("sent"), facts.get("received"), facts.get("loss")
    if not isinstance(sent, int) or not isinstance(received, int) or sent == 0:
        return Verdict.INCONCLUSIVE
    if received == 0:
        return Verdict.PORT_FILTERED if sent >= _ENOUGH else Verdict.INCONCLUSIVE
    if isinstance(loss, int | float) and loss >= LOSSY:
        return Verdict.LOSSY
    mean = facts.get("rtt_ms")
    return Verdict.SLOW if isinstance(mean, int | float) and mean >= SLOW_MS else Verdict.OK


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    host = output.value("host")
    if host is not None:
        facts["host"] = clean(host)
    address = output.value("address", "begin")
    if address is not None:
        facts["address"] = address
    sent, received = whole(output.value("sent")), whole(output.value("received"))
    replies = output.all("reply")
    if sent is None or received is None:
        received = len(replies)
        sent = received + output.count("timeout", "unreachable", "expired", "failure")
        counted = True
    else:
        counted = False
        if output.has("unreachable") and not replies:
            received = 0  # Windows counts "unreachable" as a reply
    if sent:
        lost = decimal(output.value("loss")) if not counted else None
        loss = 100.0 * (sent - received) / sent if lost is None or received == 0 else lost
        facts |= {"sent": sent, "received": received, "loss": numbers(loss)}
    mean = decimal(output.value("mean"))
    times = [ms for mark in replies if (ms := decimal(mark.values.get("ms"))) is not None]
    if mean is None and times:
        mean = sum(times) / len(times)
    if mean is not None:
        facts["rtt_ms"] = numbers(mean)
    teller = next((m.values.get("from") for m in output.all("unreachable", "expired")), None)
    if teller:
        facts["from"] = clean(teller)
    said = output.value("said") or output.value("why")
    if said:
        facts["why"] = said.lower()
    return facts


PING: Final = Tool("ping", (*_SIGNS, _WINDOWS_TABLE), judge)
