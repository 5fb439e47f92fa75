"""Look-ups of names: nslookup (Windows, Russian and English, BIND, BusyBox), dig, host, PowerShell's Resolve-DnsName.

Decides from the answer; a resolver that was slow first and answered then has answered. Facts: `host`, `addresses`,
`resolver`, `resolver_address`, `status`, `why`.
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import IP, NAME, address, clean
from bot.diagnostics.reading.verdicts import foreign
from bot.diagnostics.verdict import Fact, Finding, Verdict

_DOMAIN: Final = r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_WHY: Final = (
    r"(?P<why>non-existent domain|nxdomain|server failed|servfail|query refused|refused|no response from server"
    r"|no answer|unspecified error|timed out|timeout|format error|notimp|notauth|no records"
    r"|no internal type[^\n]{0,60})"
)
_SIGNS: Final = (
    sign(
        COMMAND,
        rf"(?<![\w-])(?<!<<>> )(?P<tool>nslookup|dig|host|resolve-dnsname"
        rf"|drill)\s+(?:[-+@][\w=.:-]{{1,40}}\s+){{0,5}}(?:-name\s+)?(?P<host>{_DOMAIN})",
        "nslookup",
        "dig ",
        "host ",
        "resolve-dnsname",
        head=True,
    ),
    sign(
        "server",
        rf"(?:server|сервер|╤хЁтхЁ|dns-сервер)\s*:\s+(?P<resolver>{NAME})\s+address(?:es)?(?: 1)?\s*:\s*(?P<res"
        rf"olver_address>{IP})"
        r"(?:[#:]\d{1,5})?",
        "server",
        "сервер",
        "╤хЁтхЁ",
        head=True,
    ),
    sign(
        "authority",
        r"non-authoritative answer|не заслуживающий доверия ответ|неавторитетный ответ",
        "authoritative",
        "доверия ответ",
        "неавторитетный",
    ),
    sign(
        "answer",
        rf"(?:name|имя|им|╚ь)\s*:\s+(?P<host>{_DOMAIN})\.?\s+address(?:es)?(?: \d{{1,2}})?\s*:\s*"
        rf"(?P<addresses>{IP}(?:(?:\s*,)?\s+(?:address(?: \d{{1,2}})?:\s*)?{IP}){{0,15}})(?!#)",
        "name",
        "имя",
        "им",
        "╚ь",
    ),
    sign("empty", rf"(?:name|имя|им|╚ь)\s*:\s+(?P<host>{_DOMAIN})\s*(?=\n\s*\n|$)", "name", "имя", "╚ь"),
    sign(
        "fault",
        rf"\*{{2,3}}\s+(?:(?P<resolver>{NAME})|server|сервер\w?)?\s*(?:can'?t find|cannot find|не удалось найти"
        rf"|не удается найти"
        rf"|не удаётся найти|не может найти|не находит)\s+(?P<host>{_DOMAIN})\s*:\s*{_WHY}?",
        "t find",
        "cannot find",
        "найти",
        "находит",
        head=False,
    ),
    sign("fault", rf"\*{{2,3}}\s+\S{{1,60}}\s[^\n:*]{{1,40}}\s(?P<host>{_DOMAIN}):\s*{_WHY}", "***", "**"),
    sign(
        "fault",
        rf"nslookup:\s*(?:can'?t resolve\s+'?(?P<host>{_DOMAIN})(?:'?:\s*(?:{_WHY}|name[\w ]{{1,40}}))?)",
        "nslookup:",
    ),
    sign("fault", rf"host\s+(?P<host>{_DOMAIN})\s+not found:\s*\d{{1,2}}\(\s*{_WHY}\s*\)", "not found"),
    sign(
        "timeout",
        r"dns request timed out|timeout was \d{1,3} seconds?|время ожидания \d{1,3} сек",
        "request timed",
        "timeout was",
        "время ожидания",
    ),
    sign(
        "timeout",
        r"\*{3}\s+(?:request to\s+\S{1,100}\s+timed[ -]?out|превышено время ожидания запроса(?:\s+\S{1,100})?"
        r"|истекло время ожидания запроса[^\n*]{0,60}|время ожидания запроса[^\n*]{0,60}истекло)",
        "***",
    ),
    sign(
        "timeout",
        r";;\s*connection timed out;\s*(?:no servers could be reached|trying next)",
        "connection timed out",
    ),
    sign(
        "timeout",
        r";;\s*communications error to\s+(?P<resolver>[^\s#]{1,60})#53:\s*(?:timed out|end of file"
        r"|host unreachable|network unreachable)",
        "communications error",
    ),
    sign(
        "dead",
        r";;\s*communications error to\s+(?P<resolver>[^\s#]{1,60})#53:\s*connection refused",
        "communications error",
    ),
    sign(
        "dead",
        rf"nslookup:\s*write to '?(?P<resolver>{IP})'?:\s*(?:connection refused|network unreachable)",
        "write to",
    ),
    sign("timeout", r"no servers could be reached", "could be reached"),
    sign(
        "no_servers",
        r"default servers are not available|серверы по умолчанию недоступны",
        "default servers",
        "серверы по умолчанию",
    ),
    sign("dig", r";\s*<<>>\s*dig\s+[^\n<]{1,60}<<>>\s*(?P<asked>[^\n;]{0,120})", "<<>>", head=True),
    sign(
        "status",
        r"->>header<<-[^\n]{0,40}?\s*opcode:\s*\w{1,10}\s*,\s*(?:status|rcode):\s*(?P<status>\w{1,12})",
        "header",
    ),
    sign("counts", r"query:\s*1\s*,\s*answer:\s*(?P<answers>\d{1,3})", "answer:"),
    sign("question", rf"question section:\s*;\s*(?P<host>{_DOMAIN})\.?\s+IN\s+(?P<type>\w{{1,8}})", "question section"),
    sign("record", rf"(?<![\w.-])(?P<host>{_DOMAIN})\.\s+\d{{1,8}}\s+IN\s+(?:A|AAAA)\s+(?P<addresses>{IP})", "in"),
    sign("alias", rf"(?<![\w.-])(?P<host>{_DOMAIN})\.\s+\d{{1,8}}\s+IN\s+CNAME\s+(?P<alias>{_DOMAIN})", "cname"),
    sign("record", rf"(?<![\w.-])(?P<host>{_DOMAIN})\s+has (?:IPv6 )?address\s+(?P<addresses>{IP})", "address"),
    sign("footer", r";;\s*server:\s*(?P<resolver>[^\s#(]{1,60})#\d{1,5}", "server:"),
    sign(
        "short",
        rf"dig\s+(?:@\S{{1,60}}\s+)?(?:\+short\s+(?P<host>{_DOMAIN})"
        rf"|(?P<host>{_DOMAIN})\s+(?:A\s+)?\+short)\s+(?P<addresses>{IP}(?:\s+{IP}){{0,15}})",
        "+short",
    ),
    sign(
        "fault",
        rf"resolve-dnsname\s*:\s*(?P<host>{_DOMAIN})\s*:\s*(?:(?P<absent>dns name does not exist"
        rf"|dns-имя не существует|нет записей)"
        r"|(?P<late>this operation returned because the timeout|[^\n]{0,60}время ожидания"
        r"|[^\n]{0,60}тайм-?аут)"
        r"|(?P<broken>dns server failure|ошибка dns-сервера|сбой dns-сервера|dns operation refused"
        r"|[^\n]{0,20}отказ))",
        "resolve-dnsname",
        head=True,
    ),
    sign("table", r"name\s+type\s+ttl\s+section\s+(?:ipaddress|namehost)", "section", head=True),
    sign(
        "row",
        rf"(?<![\w.-])(?P<host>{_DOMAIN})\s+(?:A|AAAA)\s+\d{{1,8}}\s+(?:answer"
        rf"|additional)\s+(?P<addresses>{IP})",
        "answer",
    ),
)
_BROKEN: Final = frozenset(
    {"server failed", "servfail", "query refused", "refused", "unspecified error", "format error", "notimp", "notauth"}
)
_LATE: Final = frozenset({"timed out", "timeout", "no response from server"})
_STATUSES: Final = {
    "NXDOMAIN": Verdict.DNS_NO_NAME,
    "SERVFAIL": Verdict.DNS_SERVER_FAULT,
    "REFUSED": Verdict.DNS_SERVER_FAULT,
    "FORMERR": Verdict.DNS_SERVER_FAULT,
    "NOTIMP": Verdict.DNS_SERVER_FAULT,
    "NOTAUTH": Verdict.DNS_SERVER_FAULT,
}


def judge(output: Output, book: Book) -> Judged | None:
    """Return what the look-up found, or None where it is only spoken of."""
    if output.only_commands() or not _is_output(output):
        return None
    facts = _facts(output)
    return _name(output), Finding(_verdict(output, facts, book), facts)


def _is_output(output: Output) -> bool:
    """Tell whether more than words is there: one "timed out" may stand in any sentence."""
    strong = ("answer", "fault", "dig", "status", "record", "short", "dead", "row", "no_servers", "server")
    return output.has(*strong) or (output.has("timeout") and output.count("timeout", COMMAND) > 1)


def _verdict(output: Output, facts: dict[str, Fact], book: Book) -> Verdict:  # noqa: PLR0911 - one verdict a line
    host = str(facts["host"]) if "host" in facts else None
    found = facts.get("addresses")
    if isinstance(found, tuple) and found:
        return Verdict.DNS_HIJACK if foreign(host, found, book) else Verdict.OK
    status = output.value("status")
    if status is not None and status.upper() in _STATUSES:
        return _STATUSES[status.upper()]
    why = (output.value("why", "fault") or "").lower()
    if output.value("broken") is not None or why in _BROKEN:
        return Verdict.DNS_SERVER_FAULT
    if output.value("late") is not None or why in _LATE:
        return Verdict.DNS_TIMEOUT
    if output.has("fault"):
        return Verdict.DNS_NO_NAME
    if status is not None:
        empty = output.value("answers") == "0" and (output.value("type") or "A").upper() == "A"
        return Verdict.DNS_NO_NAME if empty else Verdict.INCONCLUSIVE
    if output.has("dead"):
        return Verdict.DNS_SERVER_FAULT
    if output.has("timeout", "no_servers"):
        return Verdict.DNS_TIMEOUT
    return Verdict.DNS_NO_NAME if output.has("empty") and output.has("authority", "server") else Verdict.INCONCLUSIVE


def _name(output: Output) -> str:
    if output.has("dig", "status", "short", "footer"):
        return "dig"
    typed = output.value("tool", COMMAND)
    text = " ".join(mark.text for mark in output.marks).lower()
    if output.has("table", "row") or "resolve-dnsname" in text:
        return "resolve-dnsname"
    if "has address" in text or "not found: " in text or typed == "host":
        return "host"
    return typed.lower() if typed is not None else "nslookup"


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    host = output.value("host", "answer", "fault", "question", "short", "empty", "row")
    host = host or output.value("host", "alias", "record", COMMAND) or _asked(output.value("asked"))
    if host:
        facts["host"] = clean(host)
    addresses: dict[str, None] = {}
    for mark in output.all("answer", "record", "short", "row"):
        for word in mark.values.get("addresses", "").replace(",", " ").split():
            if address(word) is not None:
                addresses[word] = None
    if addresses:
        facts["addresses"] = tuple(addresses)
    for name in ("resolver", "resolver_address"):
        value = output.value(name)
        if value:
            facts[name] = clean(value)
    status = output.value("status")
    if status:
        facts["status"] = status.upper()
    why = output.value("why", "fault")
    if why:
        facts["why"] = why.lower()
    return facts


def _asked(words: str | None) -> str | None:
    """Return the name that dig was asked for, from its heading."""
    return next((word for word in (words or "").split() if "." in word and word[0] not in "@+-"), None)


NAMES: Final = Tool("nslookup", _SIGNS, judge, frozenset((COMMAND, "timeout", "dead")))
