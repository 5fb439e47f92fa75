"""wget (GNU, BusyBox), PowerShell's Invoke-WebRequest, and what .NET programs say of a failed request.

Decides for outputs of the first two wherever they stand, for the words of programs only where they name a product's
host: other programs' logs are nobody's business here. Facts: `host`, `address`, `port`, `status`, `resolver`, `why`.
"""

from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import COMMAND, Judged, Output, Tool, sign
from bot.diagnostics.reading.values import BUSY_NAME, IP, NAME, REASON, UNKNOWN_NAME, clean, host_of_url, whole
from bot.diagnostics.reading.verdicts import chain_verdict, connect_verdict, foreign, status_verdict
from bot.diagnostics.verdict import Fact, Finding, Verdict

_WGET: Final = (
    sign(COMMAND, r"(?<![\w-])wget\s+[^\n]{0,80}?(?P<url>https?://[^\s'\"<>|;]{3,200})", "wget", head=True),
    sign("begin", r"-{2,}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d-{2,}\s+(?P<url>https?://\S{3,200})", "http", head=True),
    sign(
        "no_name",
        rf"wget:\s*(?:unable to resolve host address\s+['\"]?(?P<host>[\w.-]{{1,120}})"
        rf"|не удалось разрешить адрес\s+['\"]?(?P<host>[\w.-]{{1,120}})|bad address\s+'?(?P<host>{NAME}))",
        "wget:",
    ),
    sign(
        "no_name",
        rf"resolving\s+(?P<host>{NAME})\s*(?:\([\w.-]{{1,120}}\))?\s*\.\.\.\s*failed:\s*(?:{UNKNOWN_NAME}"
        rf"|{BUSY_NAME})?",
        "resolving",
    ),
    sign(
        "fail",
        rf"(?:connecting to|подключение к)\s+(?P<host>{NAME})\s*(?:\([\w.-]{{1,120}}\))?\|(?P<address>{IP})\|:("
        rf"?P<port>\d{{1,5}})\s*\.\.\.\s*(?:failed|сбой|ошибка):\s*{REASON}",
        "connecting to",
        "подключение к",
    ),
    sign(
        "fail",
        rf"wget:\s*(?:can't connect to remote host\s*\((?P<address>{IP})\):\s*{REASON}"
        rf"|(?P<late>download timed out)|server returned error:\s*http/[\d.]{{1,3}}\s+(?P<status>\d{{3}}))",
        "wget:",
    ),
    sign(
        "open",
        rf"(?:connecting to|подключение к)\s+(?P<host>{NAME})\s*(?:\([\w.-]{{1,120}}\))?\|(?P<address>{IP})\|:("
        rf"?P<port>\d{{1,5}})\s*\.\.\.\s*(?:connected|соединение установлено)",
        "connecting to",
        "подключение к",
    ),
    sign(
        "status",
        r"(?:http request sent, awaiting response|http-запрос отправлен\. ожидание ответа"
        r"|запрос http отправлен\. ожидание ответа)\s*\.\.\.\s*(?P<status>\d{3})",
        "awaiting response",
        "ожидание ответа",
    ),
    sign(
        "trust",
        rf"error: (?:cannot verify\s+(?P<host>{NAME})'s certificate, issued by\s+['\"](?P<issuer>[^'\"\n]{{1,20"
        rf"0}})|the certificate of\s+['\"]?(?P<host>{NAME})['\"]?\s+(?:is not trusted|has expired"
        rf"|is not yet activated))",
        "error:",
    ),
    sign(
        "trust",
        r"(?P<name>no certificate subject alternative name matches"
        r"|certificate common name .{1,100} doesn't match)",
        "certificate",
    ),
    sign(
        "said",
        r"(?P<said>self-signed certificate encountered|unable to locally verify the issuer's authority"
        r"|issued certificate has expired|issued certificate not yet valid|has expired|is not yet activated)",
        "certificate",
        "issuer",
        "expired",
        "activated",
    ),
)
_DOTNET: Final = (
    sign(
        COMMAND,
        r"(?<![\w-])(?:invoke-webrequest|invoke-restmethod|iwr"
        r"|irm)\s+(?:-\w{1,20}\s+){0,3}['\"]?(?P<url>https?://[^\s'\"<>|;]{3,200})",
        "invoke-",
        "iwr ",
        "irm ",
        head=True,
    ),
    sign(
        "begin",
        r"(?:invoke-webrequest|invoke-restmethod|curl|iwr|irm|wget)\s*:\s(?=\s*[\w(])",
        "invoke-",
        "curl :",
        "curl:",
        "iwr :",
        "irm :",
        "wget :",
        head=True,
    ),
    sign(
        "origin",
        r"(?:webexception|webcmdletwebresponseexception|invokewebrequestcommand|invalidoperation: ?\()",
        "webexception",
        "webresponse",
        "invokewebrequest",
        "invalidoperation",
    ),
    sign(
        "no_name",
        rf"(?:the remote name could not be resolved|не удалось разрешить удаленное имя"
        rf"|невозможно разрешить удаленное имя)\s*:\s*'?(?P<host>{NAME})",
        "remote name",
        "удаленное имя",
    ),
    sign(
        "no_name",
        r"(?:no such host is known|этот хост неизвестен)\.?\s*\(?(?P<host>[\w-]{1,63}\.[\w.-]{1,100}):(?P<"
        r"port>\d{1,5})",
        "such host",
        "хост неизвестен",
    ),
    sign(
        "fail",
        r"(?P<silent>unable to connect to the remote server|невозможно соединиться с удаленным сервером)",
        "remote server",
        "удаленным сервером",
    ),
    sign(
        "fail",
        rf"(?P<refused>actively refused it|отверг запрос на подключение"
        rf"|не установлено,? т\.?к\.? конечный компьютер отверг)\s*\.?\s*(?:\(?(?P<target>{NAME}))?",
        "actively refused",
        "отверг запрос",
    ),
    sign(
        "fail",
        rf"(?P<slow>connected party did not properly respond"
        rf"|от другого компьютера за требуемое время не получен нужный отклик)[^\n]{{0,150}}?(?P<target>{IP}:\d"
        rf"{{1,5}})?",
        "properly respond",
        "нужный отклик",
    ),
    sign(
        "late",
        r"the operation has timed out|время ожидания операции истекло",
        "operation has timed",
        "время ожидания операции",
    ),
    sign(
        "trust",
        r"could not establish trust relationship for the ssl/tls"
        r"|не удалось установить доверительные отношения для защищенного канала"
        r"|the remote certificate is invalid|удаленный сертификат недействителен",
        "trust relationship",
        "доверительные отношения",
        "certificate is invalid",
        "сертификат недействителен",
    ),
    sign(
        "tls",
        r"could not create ssl/tls secure channel|не удалось создать защищенный канал ssl/tls"
        r"|the underlying connection was closed|базовое соединение закрыто"
        r"|the ssl connection could not be established",
        "secure channel",
        "защищенный канал",
        "underlying connection",
        "базовое соединение",
        "ssl connection could",
    ),
    sign(
        "status",
        r"(?:the remote server returned an error|удаленный сервер возвратил ошибку"
        r"|response status code does not indicate success)\s*:\s*\(?(?P<status>\d{3})\)?",
        "returned an error",
        "возвратил ошибку",
        "does not indicate",
    ),
    sign("answer", r"statuscode\s*:\s*(?P<status>\d{3})\s+statusdescription\s*:", "statuscode"),
)


def judge_wget(output: Output, book: Book) -> Judged | None:
    """Return what wget ran into."""
    if output.only_commands() or not output.has("no_name", "fail", "open", "status", "trust", "begin"):
        return None
    if not (output.has("begin", COMMAND, "open", "fail", "no_name") or "wget" in output.whole.lower()):
        return None
    facts = _facts(output)
    return "wget", Finding(_wget(output, facts, book), facts)


def _wget(output: Output, facts: dict[str, Fact], book: Book) -> Verdict:  # noqa: PLR0911 - one verdict a line
    if output.has("no_name"):
        return Verdict.DNS_SERVER_FAULT if output.value("busy") else Verdict.DNS_NO_NAME
    said = " ".join(mark.text.lower() for mark in output.all("trust", "said"))
    if output.has("trust"):
        if output.value("name") is not None:
            return Verdict.TLS_WRONG_NAME
        if "not yet" in said:
            return Verdict.TLS_CLOCK
        if "expired" in said:
            return Verdict.TLS_EXPIRED
        return _untrusted(str(facts.get("issuer", "")), self_signed="self-signed" in said)
    if foreign(str(facts.get("host", "")) or None, [str(facts["address"])] if "address" in facts else [], book):
        return Verdict.DNS_HIJACK
    status = facts.get("status")
    if isinstance(status, int):
        return status_verdict(status)
    if output.has("fail"):
        return connect_verdict(output.value("why") or "timed out")
    return Verdict.OK if output.has("open") else Verdict.INCONCLUSIVE


def _untrusted(issuer: str, *, self_signed: bool) -> Verdict:
    return chain_verdict(19 if self_signed and issuer else 20, issuer or None)


def judge_dotnet(output: Output, book: Book) -> Judged | None:
    """Return what PowerShell's request ran into; the same words without a mark of PowerShell need a product's host."""
    if output.only_commands():
        return None
    facts = _facts(output)
    known = output.has("begin", "origin", COMMAND, "answer") or book.knows(str(facts.get("host", "")))
    if not known or not output.has("no_name", "fail", "late", "trust", "tls", "status", "answer"):
        return None
    return "invoke-webrequest", Finding(_dotnet(output, facts), facts)


def _dotnet(output: Output, facts: dict[str, Fact]) -> Verdict:
    if output.has("no_name"):
        return Verdict.DNS_NO_NAME
    if output.has("trust"):
        return Verdict.TLS_UNTRUSTED
    status = facts.get("status")
    if isinstance(status, int):
        return status_verdict(status)
    if output.value("refused") is not None:
        return Verdict.PORT_REFUSED
    if output.has("fail", "late"):
        return Verdict.PORT_FILTERED
    return Verdict.PORT_REFUSED


def _facts(output: Output) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    url = output.value("url")
    if url is not None:
        facts["host"] = host_of_url(url)
    host = output.value("host")
    if host is not None:
        facts.setdefault("host", clean(host))
    for name in ("address", "issuer"):
        value = output.value(name)
        if value is not None:
            facts[name] = value
    port = whole(output.value("port"))
    if port is not None:
        facts["port"] = port
    statuses = [int(mark.values["status"]) for mark in output.marks if "status" in mark.values]
    if statuses:
        facts["status"] = statuses[-1]
    why = output.value("why")
    if why is not None:
        facts["why"] = why.lower()
    return facts


WGET: Final = Tool("wget", _WGET, judge_wget)
DOTNET: Final = Tool("invoke-webrequest", _DOTNET, judge_dotnet)
