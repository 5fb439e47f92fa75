"""Error pages of browsers, as text: Chrome, Edge, Yandex, Opera, Firefox, Safari, Internet Explorer; proxies' pages.

Decides from the page's code or from its sentences. People also speak of these codes, so one code or sentence in prose
is a page only where it names a product's host or where nothing else is said. Facts: `host`, `code`, `status`, `issuer`.
"""

import re
from typing import Final

from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.marks import Judged, Mark, Output, Tool, sign
from bot.diagnostics.reading.values import NAME, clean, whole
from bot.diagnostics.reading.verdicts import connect_verdict, status_verdict
from bot.diagnostics.verdict import Fact, Finding, Verdict

NEAR: Final = 200
"""How far from a code the product's host may stand to belong to it, in characters."""
_ALONE: Final = 40

CODES: Final = {
    "ERR_NAME_NOT_RESOLVED": Verdict.DNS_NO_NAME,
    "DNS_PROBE_FINISHED_NXDOMAIN": Verdict.DNS_NO_NAME,
    "DNS_PROBE_POSSIBLE": Verdict.DNS_NO_NAME,
    "ERR_NAME_RESOLUTION_FAILED": Verdict.DNS_SERVER_FAULT,
    "ERR_DNS_SERVER_FAILED": Verdict.DNS_SERVER_FAULT,
    "ERR_DNS_MALFORMED_RESPONSE": Verdict.DNS_SERVER_FAULT,
    "DNS_PROBE_FINISHED_BAD_CONFIG": Verdict.DNS_SERVER_FAULT,
    "DNS_PROBE_FINISHED_BAD_SECURE_CONFIG": Verdict.DNS_SERVER_FAULT,
    "ERR_DNS_TIMED_OUT": Verdict.DNS_TIMEOUT,
    "DNS_PROBE_STARTED": Verdict.DNS_TIMEOUT,
    "DNS_PROBE_FINISHED_NO_INTERNET": Verdict.UNREACHABLE,
    "ERR_INTERNET_DISCONNECTED": Verdict.UNREACHABLE,
    "ERR_ADDRESS_UNREACHABLE": Verdict.UNREACHABLE,
    "ERR_NETWORK_CHANGED": Verdict.UNREACHABLE,
    "ERR_NETWORK_ACCESS_DENIED": Verdict.PORT_FILTERED,
    "ERR_CONNECTION_TIMED_OUT": Verdict.PORT_FILTERED,
    "ERR_TIMED_OUT": Verdict.PORT_FILTERED,
    "ERR_CONNECTION_FAILED": Verdict.PORT_FILTERED,
    "ERR_CONNECTION_REFUSED": Verdict.PORT_REFUSED,
    "ERR_CONNECTION_RESET": Verdict.PORT_REFUSED,
    "ERR_CONNECTION_CLOSED": Verdict.PORT_REFUSED,
    "ERR_CONNECTION_ABORTED": Verdict.PORT_REFUSED,
    "ERR_SSL_PROTOCOL_ERROR": Verdict.PORT_REFUSED,
    "ERR_EMPTY_RESPONSE": Verdict.SERVICE_DOWN,
    "ERR_CERT_AUTHORITY_INVALID": Verdict.TLS_UNTRUSTED,
    "ERR_CERT_INVALID": Verdict.TLS_UNTRUSTED,
    "ERR_CERT_REVOKED": Verdict.TLS_UNTRUSTED,
    "ERR_CERT_WEAK_SIGNATURE_ALGORITHM": Verdict.TLS_UNTRUSTED,
    "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED": Verdict.TLS_UNTRUSTED,
    "ERR_SSL_VERSION_OR_CIPHER_MISMATCH": Verdict.TLS_UNTRUSTED,
    "ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN": Verdict.TLS_INTERCEPTED,
    "ERR_CERT_KNOWN_INTERCEPTION_BLOCKED": Verdict.TLS_INTERCEPTED,
    "ERR_CERT_COMMON_NAME_INVALID": Verdict.TLS_WRONG_NAME,
    "ERR_CERT_DATE_INVALID": Verdict.TLS_EXPIRED,
    "ERR_PROXY_CONNECTION_FAILED": Verdict.PROXY_DENIED,
    "ERR_TUNNEL_CONNECTION_FAILED": Verdict.PROXY_DENIED,
    "ERR_PROXY_AUTH_REQUESTED": Verdict.PROXY_DENIED,
    "ERR_PROXY_AUTH_UNSUPPORTED": Verdict.PROXY_DENIED,
    "ERR_PROXY_CERTIFICATE_INVALID": Verdict.PROXY_DENIED,
    "ERR_MANDATORY_PROXY_CONFIGURATION_FAILED": Verdict.PROXY_DENIED,
    "ERR_BLOCKED_BY_ADMINISTRATOR": Verdict.PROXY_DENIED,
    "ERR_ACCESS_DENIED": Verdict.PROXY_DENIED,
    "ERR_CACHE_ACCESS_DENIED": Verdict.PROXY_DENIED,
    "ERR_CONNECT_FAIL": Verdict.PORT_FILTERED,
    "ERR_DNS_FAIL": Verdict.DNS_NO_NAME,
    "PR_CONNECT_RESET_ERROR": Verdict.PORT_REFUSED,
    "PR_END_OF_FILE_ERROR": Verdict.PORT_REFUSED,
    "SSL_ERROR_RX_RECORD_TOO_LONG": Verdict.PORT_REFUSED,
    "SSL_ERROR_BAD_CERT_DOMAIN": Verdict.TLS_WRONG_NAME,
    "SSL_ERROR_UNRECOGNIZED_NAME_ALERT": Verdict.TLS_WRONG_NAME,
    "SEC_ERROR_EXPIRED_CERTIFICATE": Verdict.TLS_EXPIRED,
    "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE": Verdict.TLS_EXPIRED,
    "SEC_ERROR_OCSP_FUTURE_RESPONSE": Verdict.TLS_CLOCK,
    "SEC_ERROR_OCSP_OLD_RESPONSE": Verdict.TLS_CLOCK,
    "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE": Verdict.TLS_CLOCK,
    "MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE": Verdict.TLS_CLOCK,
    "MOZILLA_PKIX_ERROR_MITM_DETECTED": Verdict.TLS_INTERCEPTED,
    "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT": Verdict.TLS_UNTRUSTED,
    "SEC_ERROR_UNKNOWN_ISSUER": Verdict.TLS_UNTRUSTED,
    "SEC_ERROR_UNTRUSTED_ISSUER": Verdict.TLS_UNTRUSTED,
    "SEC_ERROR_BAD_SIGNATURE": Verdict.TLS_UNTRUSTED,
    "SSL_ERROR_NO_CYPHER_OVERLAP": Verdict.TLS_UNTRUSTED,
    "SSL_ERROR_UNSUPPORTED_VERSION": Verdict.TLS_UNTRUSTED,
    "INET_E_RESOURCE_NOT_FOUND": Verdict.DNS_NO_NAME,
    "INET_E_DOWNLOAD_FAILURE": Verdict.PORT_FILTERED,
    "INET_E_CONNECTION_TIMEOUT": Verdict.PORT_FILTERED,
    "DLG_FLAGS_INVALID_CA": Verdict.TLS_UNTRUSTED,
    "DLG_FLAGS_SEC_CERT_CN_INVALID": Verdict.TLS_WRONG_NAME,
    "DLG_FLAGS_SEC_CERT_DATE_INVALID": Verdict.TLS_EXPIRED,
}
"""What browsers and proxies print in capitals, and what each means. Any other code of these families says little."""

_N: Final = r"не\s?уда(?:ется|ётся|лось)"
_SIGNS: Final = (
    sign(
        "code",
        r"(?<![\w-])(?:net::)?(?P<code>(?:ERR|DNS_PROBE|PR|SSL_ERROR|SEC_ERROR|MOZILLA_PKIX_ERROR|INET_E"
        r"|DLG_FLAGS)_[A-Z_]{3,60})",
        "err_",
        "dns_probe",
        "pr_",
        "_error_",
        "inet_e",
        "dlg_flags",
    ),
    sign("http", r"HTTP ERROR\s+(?P<status>[45]\d\d)|ошибка HTTP\s+(?P<status>[45]\d\d)", "http error", "ошибка http"),
    sign(
        "http",
        r"<title>\s*(?P<status>[45]\d\d)\s+[\w ]{3,40}</title>|(?m:^\s*(?P<status>50[234])\s+(?:bad gateway"
        r"|service (?:temporarily )?unavailable|gateway time-?out)\s*$)",
        "<title>",
        "bad gateway",
        "unavailable",
        "gateway time",
    ),
    sign(
        "served",
        r"(?<![\w.])(?P<status>50[234])\s+(?:bad gateway|service (?:temporarily )?unavailable|gateway time-?out)\s+"
        r"(?:nginx|openresty|angie|apache)/\d",
        "nginx/",
        "openresty/",
        "angie/",
        "apache/",
    ),
    sign(
        "title",
        rf"{_N} получить доступ к (?:сайту|этой странице)|{_N} открыть (?:эту )?страницу"
        rf"|{_N} отобразить эту страницу|{_N} установить соединение с сайтом|this site can't be reached"
        rf"|this page isn't working|can't reach this page|this page can't be displayed|страница недоступна"
        rf"|сайт не отвечает|{_N} подключиться к сайту|this webpage is not available|веб-страница недоступна",
        "получить доступ",
        "страниц",
        "be reached",
        "isn't working",
        "reach this page",
        "be displayed",
        "с сайтом",
        "сайт не отвечает",
        "к сайту",
        "not available",
    ),
    sign(
        "unsafe",
        r"(?:ваше )?подключение не защищено|your connection (?:is not|isn't) (?:private|secure)"
        r"|соединение не защищено|небезопасное соединение|невозможно установить безопасное соединение"
        r"|did not connect: potential security issue|вероятная угроза безопасности"
        r"|warning: potential security risk ahead|this connection is not private"
        r"|не смог установить безопасное соединение",
        "не защищено",
        "connection",
        "безопасн",
        "security",
    ),
    sign(
        "absent",
        rf"(?:{_N} найти (?:ip-адрес сервера|dns-адрес сервера)|{_N} найти dns-адрес"
        rf"|не удаётся найти dns address)\s+(?P<host>{NAME})",
        "найти",
    ),
    sign("absent", rf"(?P<host>{NAME})'s (?:server )?(?:ip|dns) address could(?: not|n't) be found", "address could"),
    sign(
        "absent",
        rf"{_N} найти (?:этот )?сайт|having trouble finding that site|server not found|сервер не найден"
        rf"|can't find the server|{_N} найти сервер|we can't connect to the server at\s+(?P<host>{NAME})"
        rf"|мы не можем подключиться к серверу\s+(?P<host>{NAME})",
        "найти",
        "finding that site",
        "not found",
        "не найден",
        "the server",
        "к серверу",
    ),
    sign(
        "slow",
        rf"превышено время ожидания ответа от сайта\s+(?P<host>{NAME})"
        rf"|время ожидания ответа от сервера\s+(?P<host>{NAME})\s+истекло"
        rf"|(?P<host>{NAME}) took too long to respond"
        rf"|the server at\s+(?P<host>{NAME})\s+is taking too long to respond|the connection has timed out"
        rf"|время ожидания соединения истекло|превышено время ожидания соединения"
        rf"|сайт\s+(?P<host>{NAME})\s+(?:слишком долго не отвечает|не отвечает слишком долго)"
        rf"|слишком долго не отвеча(?:л|ет)",
        "время ожидания",
        "too long",
        "has timed out",
        "слишком долго",
    ),
    sign(
        "refused",
        rf"сайт\s+(?P<host>{NAME})\s+не позволяет установить соединение|(?P<host>{NAME}) refused to connect"
        rf"|(?P<host>{NAME}) отклонил запрос на подключение|firefox (?:can't establish a connection to"
        rf"|не может установить соединение с) (?:the server at|сервером)\s+(?P<host>{NAME})|can't (?:connect to"
        rf"|open) the server|{_N} установить соединение с сервером|попытка соединения не удалась",
        "не позволяет",
        "refused to connect",
        "отклонил запрос",
        "firefox",
        "the server",
        "с сервером",
        "попытка соединения",
    ),
    sign(
        "cut",
        rf"the connection was reset|соединение (?:было )?сброшено"
        rf"|сайт\s+(?P<host>{NAME})\s+неожиданно разорвал соединение"
        rf"|(?P<host>{NAME}) unexpectedly closed the connection|подключение (?:было )?сброшено"
        rf"|безопасное соединение не установлено|secure connection failed",
        "was reset",
        "сброшено",
        "разорвал",
        "unexpectedly closed",
        "не установлено",
        "connection failed",
    ),
    sign(
        "silent",
        rf"(?P<host>{NAME}) didn't send any data|сайт\s+(?P<host>{NAME})\s+не отправил данных",
        "any data",
        "не отправил",
    ),
    sign(
        "offline",
        r"нет подключения к интернету|no internet(?: connection)?|вы не подключены к интернету"
        r"|you're not connected|вы не в сети|you are not connected to the internet",
        "нет подключения",
        "no internet",
        "не подключены",
        "not connected",
        "не в сети",
    ),
    sign(
        "proxy",
        r"прокси-сервер отказывает(?:ся)? (?:принимать )?соединения?|the proxy server is refusing connections"
        r"|there is something wrong with the proxy server|на прокси-сервере возникла проблема"
        r"|проблемы? с прокси-сервером",
        "прокси",
        "proxy",
    ),
    sign(
        "clock",
        r"(?:ваши |системные )?часы (?:спешат|отстают)|your clock is (?:ahead|behind)"
        r"|неправильно (?:установлен[ыо] )?(?:дата и время|время на)|your computer (?:thinks it is"
        r"|clock is set to)|на (?:вашем )?(?:компьютере|устройстве) (?:установлен[ыо] )?неверн\w{2,3} (?:дата"
        r"|время)|дата и время на вашем (?:компьютере|устройстве)",
        "часы",
        "clock",
        "дата",
        "время",
        "thinks it is",
    ),
    sign(
        "squid",
        r"(?:the following error was encountered while trying to retrieve the url|при (?:получении"
        r"|обработке) url\s[^\n]{0,100}произошла следующая ошибка)",
        "retrieve the url",
        "следующая ошибка",
    ),
    sign(
        "barred",
        r"access denied\.|access control configuration prevents|доступ (?:запрещ[её]н|закрыт)[.!]?"
        r"|отказано в доступе",
        "access denied",
        "access control",
        "доступ",
        "отказано",
    ),
    sign(
        "squid_why",
        r"the system returned:\s*(?:\(\d{1,4}\)\s*)?(?P<why>[\w ]{5,60})"
        r"|unable to determine ip address from host name",
        "system returned",
        "determine ip address",
    ),
    sign(
        "advice",
        r"проверьте,? (?:подключение|настройки прокси|нет ли опечат)|checking the (?:connection|proxy)|try:\s"
        r"|попробуйте (?:сделать следующее|ещ[её] раз|следующее)|check if there is a typo|проверка подключения"
        r"|выполните диагностику|running windows network diagnostics"
        r"|firefox (?:настроен на использование прокси|is configured to use a proxy)"
        r"|злоумышленники могут пытаться похитить|attackers might be trying to steal|код ошибки\s*:"
        r"|error code\s*:",
        "проверьте",
        "checking the",
        "try:",
        "попробуйте",
        "typo",
        "диагностик",
        "diagnostics",
        "похитить",
        "steal",
        "код ошибки",
        "error code",
        "проверка",
        "настроен на",
        "configured to",
    ),
)
_SENTENCES: Final = (
    ("clock", Verdict.TLS_CLOCK),
    ("proxy", Verdict.PROXY_DENIED),
    ("absent", Verdict.DNS_NO_NAME),
    ("slow", Verdict.PORT_FILTERED),
    ("refused", Verdict.PORT_REFUSED),
    ("cut", Verdict.PORT_REFUSED),
    ("silent", Verdict.SERVICE_DOWN),
    ("offline", Verdict.UNREACHABLE),
)
_NAMED: Final = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


def judge(output: Output, book: Book) -> Judged | None:
    """Return what the page says, or None where somebody only speaks of such pages."""
    facts, near = _facts(output, book)
    codes = [code for mark in output.all("code") if (code := _code(mark)) is not None]
    # A status that a server's own line follows is the whole page.
    if not output.has("served") and not _is_page(output, codes, near=near):
        return None
    if output.has("squid"):
        return "browser", Finding(_proxy_page(output, codes), facts)
    status = whole(output.value("status"))
    if output.has("clock"):
        return "browser", Finding(Verdict.TLS_CLOCK, facts)
    if codes:
        facts["code"] = codes[0]
        return "browser", Finding(CODES[codes[0]], facts)
    if status is not None:
        facts["status"] = status
        return "browser", Finding(status_verdict(status), facts)
    fallback = Verdict.TLS_UNTRUSTED if output.has("unsafe") else Verdict.INCONCLUSIVE
    return "browser", Finding(next((v for kind, v in _SENTENCES if output.has(kind)), fallback), facts)


def _is_page(output: Output, codes: list[str], *, near: bool) -> bool:
    if output.has("squid"):
        return output.has("barred", "squid_why") or bool(codes)
    told = {mark.kind for mark in output.marks} - {"advice", "barred", "squid_why", "code"}
    specific = any("host" in mark.values for mark in output.marks)
    if codes:
        alone = (
            len(output.whole.strip()) <= len(codes[0]) + _ALONE
            and "?" not in output.whole
            and _says_little(output.whole, codes[0])
        )
        return bool(told) or near or alone or output.has("advice")
    if told <= {"http"}:
        title = any("<title>" in mark.text.lower() for mark in output.all("http"))
        return bool(told) and (title or output.has("title", "advice") or near)
    if len(told) > 1:
        return specific or output.has("advice") or near or len(told) > 2  # noqa: PLR2004 - a page's heading, reason and more
    if told in ({"proxy"}, {"clock"}):
        return output.has("advice")
    return specific and bool(told & {"slow", "absent", "refused", "cut", "silent"})


def _says_little(text: str, code: str) -> bool:
    """Tell whether nothing but the code and how pages introduce it is there."""
    rest = text.upper().replace(code, "").replace("NET::", "")
    rest = re.sub(r"КОД ОШИБКИ|ERROR CODE|ОШИБКА|ERROR|[\s:.()\"'!-]", "", rest)
    return not rest


def _proxy_page(output: Output, codes: list[str]) -> Verdict:
    why = output.value("why")
    if output.has("barred") or (codes and CODES[codes[0]] is Verdict.PROXY_DENIED):
        return Verdict.PROXY_DENIED
    if why is not None:
        return connect_verdict(why)
    return Verdict.DNS_NO_NAME if output.has("squid_why") else Verdict.PROXY_DENIED


def _code(mark: Mark) -> str | None:
    code = mark.values["code"].upper()
    return code if code in CODES else None


def _facts(output: Output, book: Book) -> tuple[dict[str, Fact], bool]:
    """Return the facts, and whether one of the products' hosts stands near."""
    facts: dict[str, Fact] = {}
    host = next((m.values["host"] for m in output.marks if "." in m.values.get("host", "")), None)
    if host is not None:
        facts["host"] = clean(host)
    around = output.whole[max(0, output.start - NEAR) : output.end + NEAR]
    named = [clean(match.group()) for match in _NAMED.finditer(around)]
    ours = next((name for name in named if book.knows(name)), None)
    if ours is not None:
        facts.setdefault("host", ours)
    return facts, ours is not None


BROWSER: Final = Tool("browser", _SIGNS, judge)
