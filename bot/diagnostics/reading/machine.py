"""What a machine says of itself: a clock that is wrong or not set, a command that is not there.

Decides that a missing command is an output that proves nothing. Facts: `offset_s`, `synchronised`, `command`.
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import Judged, Output, Tool, sign
from bot.diagnostics.reading.values import decimal, whole
from bot.diagnostics.reading.verdicts import numbers
from bot.diagnostics.verdict import Fact, Finding, Verdict

WRONG_BY_S: Final = 300.0
"""Seconds from which a clock is called wrong: what certificates and tickets usually forgive."""
_BUILT: Final = 2024
"""A year before this one is not now."""

_COMMANDS: Final = (
    r"(?P<command>ping|tracert|traceroute|tracepath|nslookup|dig|host|curl|wget|openssl|telnet|nc|ncat|mtr|netstat|ss|licdiag(?:\.exe)?"
    r"|aprotect|test-netconnection|tnc|resolve-dnsname|get-nettcpconnection|invoke-webrequest|nmap)"
)
_CLOCK: Final = (
    sign("offset", r"(?:^|\s|,)o:\s?(?P<offset>[+-]?\d{1,12}[.,]\d{1,9})s", "o:"),
    sign("offset", r"\d\d:\d\d:\d\d,\s(?P<offset>[+-]\d{1,12}[.,]\d{1,9})s", "s"),
    sign(
        "offset",
        r"(?:step|adjust) time server\s+\S{3,60}\s+offset\s+(?P<offset>[+-]?\d{1,12}[.,]\d{1,9})\s+sec",
        "time server",
    ),
    sign(
        "offset",
        r"system time\s*:\s*(?P<offset>\d{1,12}[.,]\d{1,9})\s+seconds\s+(?:slow|fast)\s+of\s+ntp",
        "system time",
    ),
    sign("offset", r"phase offset\s*:\s*(?P<offset>[+-]?\d{1,12}[.,]\d{1,9})s", "phase offset"),
    sign("status", r"system clock synchronized:\s*(?P<state>yes|no)", "system clock"),
    sign("local", r"local time:\s*(?:[a-z]{3}\s+)?(?P<year>\d{4})-\d\d-\d\d", "local time"),
    sign(
        "fault",
        r"(?P<fault>the computer did not resync because|синхронизация не выполнена"
        r"|компьютер не выполнил синхронизацию)",
        "did not resync",
        "синхронизаци",
    ),
    sign("unset", r"(?:leap indicator|индикатор помех)\s*:\s*3", "leap indicator", "индикатор помех"),
    sign("none", r"ntpdate\[\d{1,7}\]:\s*no server suitable for synchronization found", "no server suitable"),
)
_SHELL: Final = (
    sign(
        "absent",
        rf"['\"]?{_COMMANDS}['\"]?\s+(?:is not recognized as an internal or external command"
        rf"|не является внутренней или внешней)",
        "is not recognized",
        "не является внутренней",
    ),
    sign(
        "absent",
        rf"(?:the term|имя)\s+['\"]{_COMMANDS}['\"]\s+(?:is not recognized as the name|не распознано как имя)",
        "is not recognized",
        "не распознано",
    ),
    sign(
        "absent",
        rf"(?<!\w)-?(?:bash|sh|ash|zsh|dash)(?:\[\d{{1,7}}\])?:\s+(?:line\s+\d{{1,5}}:\s+"
        rf"|строка\s+\d{{1,5}}:\s+|\d{{1,5}}:\s+)?{_COMMANDS}:\s+(?:command not found|not found"
        rf"|команда не найдена|не найдено)",
        "not found",
        "не найден",
    ),
    sign("absent", rf"zsh:\s+command not found:\s+{_COMMANDS}", "command not found"),
)


def judge_clock(output: Output, book: Book) -> Judged | None:
    """Return whether the clock is wrong; a clock that merely cannot be set proves nothing."""
    del book
    facts: dict[str, Fact] = {}
    offsets = [number for mark in output.all("offset") if (number := decimal(mark.values["offset"])) is not None]
    if offsets:
        widest = max(offsets, key=abs)
        facts["offset_s"] = numbers(widest)
        return "clock", Finding(Verdict.TLS_CLOCK if abs(widest) >= WRONG_BY_S else Verdict.OK, facts)
    year = whole(output.value("year"))
    state = output.value("state")
    if state is not None:
        facts["synchronised"] = state.lower() == "yes"
        wrong = year is not None and year < _BUILT
        if wrong:
            return "clock", Finding(Verdict.TLS_CLOCK, facts)
        return "clock", Finding(Verdict.OK if facts["synchronised"] else Verdict.INCONCLUSIVE, facts)
    if output.has("fault", "none", "unset"):
        return "clock", Finding(Verdict.TLS_CLOCK, facts)
    return None


def judge_shell(output: Output, book: Book) -> Judged | None:
    """Return that the command asked for is not there: nothing was checked."""
    del book
    return "shell", Finding(Verdict.INCONCLUSIVE, {"command": (output.value("command") or "").lower(), "why": "absent"})


CLOCK: Final = Tool("clock", _CLOCK, judge_clock)
SHELL: Final = Tool("shell", _SHELL, judge_shell)
