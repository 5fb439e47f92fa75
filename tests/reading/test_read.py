from bot.diagnostics.reading.book import Book, book_of
from bot.diagnostics.reading.decode import decode, mend
from bot.diagnostics.reading.read import read
from bot.diagnostics.verdict import Side, Verdict
from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from tests.reading.samples import BOOK, TODAY

PING = (
    "Обмен пакетами с lic.miko.ru [203.0.113.7] с 32 байтами данных:\n"
    "Превышен интервал ожидания для запроса.\n"
    "Превышен интервал ожидания для запроса.\n"
    "Статистика Ping для 203.0.113.7:\n"
    "    Пакетов: отправлено = 2, получено = 0, потеряно = 2\n"
    "    (100% потерь)"
)
CURL_OK = "curl -v https://lic.miko.ru\n* Connected to lic.miko.ru (203.0.113.7) port 443 (#0)\n< HTTP/1.1 200 OK"


def test_shape_of_the_contract() -> None:
    assert read(PING, BOOK, count=lambda _: (1, 0)).to_json() == {
        "tools": [
            {
                "tool": "ping",
                "facts": {"host": "lic.miko.ru", "address": "203.0.113.7", "sent": 2, "received": 0, "loss": 100},
                "verdict": "port_filtered",
            }
        ],
        "verdict": "port_filtered",
        "article": "miko-1011-1014",
        "side": "customer",
        "secrets": {"keys": 1},
    }


def test_talk_has_the_shape_too() -> None:
    assert read("у нас ошибка 2011, пинг идёт", BOOK).to_json() == {
        "tools": [],
        "verdict": "not_diagnostic",
        "article": None,
        "side": "none",
        "secrets": {"keys": 0},
    }


def test_place_of_an_output_in_the_text() -> None:
    text = f"Здравствуйте!\n> {PING.splitlines()[0]}\n> " + "\n> ".join(PING.splitlines()[1:]) + "\nЧто делать?"
    (tool,) = read(text, BOOK).tools
    assert text[tool.start : tool.end].startswith("Обмен пакетами с lic.miko.ru")
    assert text[tool.start : tool.end].endswith("100%")


def test_place_after_lines_were_mended() -> None:
    broken = "Проверка\n" + PING.splitlines()[1].encode().decode("cp1251", "replace") + "\n" + PING
    reading = read(broken, BOOK)
    assert reading.verdict is Verdict.PORT_FILTERED
    assert broken[reading.tools[0].start :].startswith("Обмен")


def test_a_connection_outweighs_silence_to_ping() -> None:
    reading = read(f"{PING}\n{CURL_OK}", BOOK)
    assert [(tool.tool, tool.finding.verdict) for tool in reading.tools] == [
        ("ping", Verdict.PORT_FILTERED),
        ("curl", Verdict.OK),
    ]
    assert reading.verdict is Verdict.OK


def test_own_host_outweighs_somebody_elses() -> None:
    other = "ping: connect: Network is unreachable"
    ours = "Host lic.miko.ru not found: 3(NXDOMAIN)"
    assert read(f"ping www.example.org\n{other}\n{ours}", BOOK).verdict is Verdict.DNS_NO_NAME


def test_the_licensings_own_answer_outweighs_all() -> None:
    answered = "10:00:00.001#ERR: Server return code 2008: No free license features seat."
    lookup = "** server can't find www.example.org: NXDOMAIN"
    reading = read(f"{PING}\n{lookup}\n{answered}", BOOK)
    assert (reading.verdict, reading.article, reading.side) == (Verdict.NO_SEAT, "miko-no-free-seat", Side.LICENCE)


def test_root_before_consequence() -> None:
    lookup = "** server can't find lic.miko.ru: NXDOMAIN"
    refused = "nc: connect to lm.miko.ru port 443 (tcp) failed: Connection refused"
    assert read(f"{refused}\n{lookup}", BOOK).verdict is Verdict.DNS_NO_NAME


def test_inconclusive_only_where_nothing_else_is_known() -> None:
    cut = "Tracing route to lic.miko.ru [203.0.113.7]\nover a maximum of 30 hops:"
    assert read(cut, BOOK).verdict is Verdict.INCONCLUSIVE
    assert read(f"{cut}\n{CURL_OK}", BOOK).verdict is Verdict.OK


def test_address_that_we_do_not_see() -> None:
    answer = "Server: dns.google\nAddress: 8.8.8.8\n\nName: lic.miko.ru\nAddress: 198.51.100.66"
    known = Book(products=BOOK.products, addresses={"lic.miko.ru": frozenset(("203.0.113.7",))})
    assert read(answer, BOOK).verdict is Verdict.OK
    assert read(answer, known).verdict is Verdict.DNS_HIJACK


def test_term_needs_a_day() -> None:
    reply = '<license companyname="A"><product id="31" name="J" trial="0" expired="2026-03-12"></product></license>'
    assert read(reply, BOOK, today=TODAY).verdict is Verdict.LICENCE_EXPIRED
    assert read(reply, BOOK, today="2026-03-12").verdict is Verdict.OK
    assert read(reply, BOOK).verdict is Verdict.OK


def test_article_without_a_host_is_the_conversations_product() -> None:
    silent = "curl: (28) SSL connection timeout"
    assert read(silent, BOOK).article is None
    assert read(silent, BOOK, product="cleverence").article == "clv-terminal-offline"
    assert read(f"не открывается lic.miko.ru: {silent}", BOOK, product="cleverence").article == "miko-1011-1014"


def test_article_of_the_code_comes_first() -> None:
    line = "10:22:52.480#ERR: Error 1012: Нет ответа от сервера лицензирования."
    assert read(line, BOOK).article == "miko-1011-1014"


def test_a_foreign_host_has_no_article() -> None:
    assert read("ping: www.example.org: Name or service not known", BOOK).article is None


def test_line_broken_by_a_narrow_window() -> None:
    line = "12:00:01.501#ERR: Server return code 2008: No free license features seat."
    words = "x" * 30 + line
    broken = f"{words[:50]}\n{words[50:100]}\n{words[100:]}"
    assert read(broken, BOOK).verdict is Verdict.NO_SEAT


def test_colours_and_nuls_of_a_terminal() -> None:
    content = b"\x1b[32mroot@pbx\x1b[0m:~# ping lic.miko.ru\r\nping: bad address 'lic.miko.ru'\x00\r\n"
    text = decode(content)
    assert text == "root@pbx:~# ping lic.miko.ru\nping: bad address 'lic.miko.ru'\n"
    assert read(text, BOOK).verdict is Verdict.DNS_NO_NAME


def test_text_saved_in_the_wrong_encoding() -> None:
    for wrong, right in (("cp866", "cp1251"), ("cp1251", "cp866")):
        garbled = PING.encode(right).decode(wrong, "ignore")
        assert read(garbled, BOOK).verdict is Verdict.PORT_FILTERED, (wrong, right)
    assert mend("Ответ «да» — обычный текст") == "Ответ «да» — обычный текст"
    assert mend("№ 5 “quoted” – text") == "№ 5 “quoted” – text"


def test_file_cut_inside_a_letter() -> None:
    assert decode("Ответ".encode()[:-1]) == "Отве"


def test_book_of_the_shipped_knowledge_base() -> None:
    book = book_of(load(DEFAULT_KB))
    assert book.products["lic.miko.ru"] == "miko"
    assert book.codes["1013"] == ("miko-1011-1014",)
    assert read(PING, book).article == "miko-1011-1014"
    assert read("** server can't find lic.miko.ru: NXDOMAIN", book).article == "miko-dns"
