import pytest

from bot.diagnostics.reading.read import read
from bot.diagnostics.two_sided import VARIABLES, Conclusion, arguments, two_sided, verdict_key
from bot.diagnostics.verdict import Finding, Side, Verdict
from bot.i18n import LANGUAGES, label
from tests.reading.samples import BOOK

HOST = "lic.miko.ru"
OURS = (
    Finding(Verdict.OK, {"host": HOST, "addresses": ("203.0.113.7",)}),
    Finding(Verdict.OK, {"host": HOST, "port": 443, "stage": "tcp", "address": "203.0.113.7"}),
    Finding(Verdict.OK, {"host": HOST, "port": 443, "stage": "tls"}),
    Finding(Verdict.PORT_FILTERED, {"host": "lm.miko.ru", "port": 443}),
)
DOWN = (OURS[0], Finding(Verdict.PORT_FILTERED, {"host": HOST, "port": 443}))
EXPIRED = (*OURS[:2], Finding(Verdict.TLS_EXPIRED, {"host": HOST, "port": 443}))
NAMELESS = (Finding(Verdict.DNS_NO_NAME, {"host": HOST}),)
UNSURE = (Finding(Verdict.INCONCLUSIVE, {"host": HOST}),)

REFUSED = "nc: connect to lic.miko.ru (203.0.113.7) port 443 (tcp) failed: Connection refused"
SILENT = "curl: (28) Failed to connect to lic.miko.ru port 443 after 21047 ms: Could not connect to server"
NO_NAME = "ping: bad address 'lic.miko.ru'"
HIJACK = "Server: r\nAddress: 192.168.1.1\n\nName: lic.miko.ru\nAddress: 192.168.1.1"
OTHER = "Server: r\nAddress: 192.168.1.1\n\nName: lic.miko.ru\nAddress: 198.51.100.66"
OPENED = "* Connected to lic.miko.ru (203.0.113.7) port 443\n*  issuer: O=Kaspersky Lab\n*  SSL certificate verify ok."
DATE = "* Connected to lic.miko.ru (203.0.113.7) port 443\n* SSL certificate problem: certificate has expired"
EARLY = "* Connected to lic.miko.ru (203.0.113.7) port 443\n* SSL certificate problem: certificate is not yet valid"
SELF = "* Connected to lic.miko.ru (203.0.113.7) port 443\n* SSL certificate problem: self-signed certificate"
PROXY = "curl https://lic.miko.ru\ncurl: (56) CONNECT tunnel failed, response 407"
FINE = "* Connected to lic.miko.ru (203.0.113.7) port 443\n*  SSL certificate verify ok.\n< HTTP/1.1 200 OK"
ERROR = "* Connected to lic.miko.ru (203.0.113.7) port 443\n< HTTP/1.1 502 Bad Gateway"
LOST = "PING lic.miko.ru (203.0.113.7): 56 data bytes\n10 packets transmitted, 7 packets received, 30% packet loss"
ROUTE = "From 10.0.0.5 icmp_seq=1 Destination Host Unreachable\n--- lic.miko.ru ping statistics ---"
SEATS = "10:00:00.001#ERR: Server return code 2008: No free license features seat."
CUT = "*   Trying 203.0.113.7:443..."
TALK = "у нас ошибка 2011, пинг идёт"


@pytest.mark.parametrize(
    ("ours", "pasted", "conclusion", "side"),
    [
        (OURS, REFUSED, Conclusion.CUSTOMER_PORT, Side.CUSTOMER),
        (OURS, SILENT, Conclusion.CUSTOMER_PORT, Side.CUSTOMER),
        (OURS, ROUTE, Conclusion.CUSTOMER_ROUTE, Side.CUSTOMER),
        (OURS, NO_NAME, Conclusion.CUSTOMER_DNS, Side.CUSTOMER),
        (OURS, HIJACK, Conclusion.DNS_DIFFERS, Side.CUSTOMER),
        (OURS, OTHER, Conclusion.DNS_DIFFERS, Side.CUSTOMER),
        (OURS, OPENED, Conclusion.TLS_INTERCEPTED, Side.CUSTOMER),
        (OURS, DATE, Conclusion.CUSTOMER_CLOCK, Side.CUSTOMER),
        (OURS, EARLY, Conclusion.CUSTOMER_CLOCK, Side.CUSTOMER),
        (OURS, SELF, Conclusion.CUSTOMER_TRUST, Side.CUSTOMER),
        (OURS, PROXY, Conclusion.CUSTOMER_PROXY, Side.CUSTOMER),
        (OURS, LOST, Conclusion.CUSTOMER_LINE, Side.CUSTOMER),
        (OURS, ERROR, Conclusion.OTHER_ANSWER, Side.CUSTOMER),
        (OURS, FINE, Conclusion.BOTH_FINE, Side.LICENCE),
        (OURS, SEATS, Conclusion.LICENCE, Side.LICENCE),
        (OURS, CUT, Conclusion.CANNOT_TELL, Side.UNKNOWN),
        (OURS, TALK, Conclusion.CANNOT_TELL, Side.UNKNOWN),
        (DOWN, SILENT, Conclusion.SERVER_DOWN, Side.VENDOR),
        (DOWN, FINE, Conclusion.OURS_ONLY, Side.VENDOR),
        (NAMELESS, SILENT, Conclusion.CUSTOMER_ONLY, Side.UNKNOWN),
        (NAMELESS, ROUTE, Conclusion.CUSTOMER_ONLY, Side.UNKNOWN),
        (NAMELESS, NO_NAME, Conclusion.SERVER_DOWN, Side.VENDOR),
        (DOWN, NO_NAME, Conclusion.CUSTOMER_DNS, Side.CUSTOMER),
        (DOWN, OPENED, Conclusion.TLS_INTERCEPTED, Side.CUSTOMER),
        (EXPIRED, DATE, Conclusion.SERVER_CERTIFICATE, Side.VENDOR),
        (UNSURE, SILENT, Conclusion.CUSTOMER_ONLY, Side.UNKNOWN),
        (UNSURE, FINE, Conclusion.CANNOT_TELL, Side.UNKNOWN),
        ((), REFUSED, Conclusion.CUSTOMER_ONLY, Side.UNKNOWN),
        ((), PROXY, Conclusion.CUSTOMER_PROXY, Side.CUSTOMER),
    ],
)
def test_both_ends(ours: tuple[Finding, ...], pasted: str, conclusion: Conclusion, side: Side) -> None:
    both = two_sided(ours, read(pasted, BOOK), BOOK)
    assert (both.conclusion, both.side) == (conclusion, side)
    for language in LANGUAGES:
        assert "none" not in label(language, both.key, **both.arguments)


def test_sentence_of_the_issue() -> None:
    both = two_sided(OURS, read(REFUSED, BOOK), BOOK)
    assert label("ru", both.key, **both.arguments) == (
        "С нашей стороны lic.miko.ru отвечает, с вашей порт 443 закрыт: проверьте брандмауэр или прокси."
    )
    assert two_sided(OURS, read(SILENT, BOOK), BOOK).article == "miko-1011-1014"
    assert two_sided(DOWN, read(SILENT, BOOK), BOOK).article is None


def test_who_opens_the_connection_is_named() -> None:
    both = two_sided(OURS, read(OPENED, BOOK), BOOK)
    assert "«O=Kaspersky Lab»" in label("ru", both.key, **both.arguments)


def test_wrong_address_is_named() -> None:
    both = two_sided(OURS, read(OTHER, BOOK), BOOK)
    assert both.arguments["address"] == "198.51.100.66"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_sentence_with_and_without_facts(verdict: Verdict, language: str) -> None:
    bare = label(language, verdict_key(verdict), **arguments(Finding(verdict)))
    told = label(language, verdict_key(verdict), **dict.fromkeys(VARIABLES, "X1"))
    for sentence in (bare, told):
        assert sentence.endswith(".")
        assert "none" not in sentence
        assert "  " not in sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_every_conclusion_has_a_sentence(conclusion: Conclusion, language: str) -> None:
    key = f"two-sided-{conclusion.value.replace('_', '-')}"
    for value in ("none", "X1"):
        sentence = label(language, key, **dict.fromkeys(VARIABLES, value))
        assert sentence.endswith(".")
        assert "none" not in sentence
        assert "  " not in sentence
