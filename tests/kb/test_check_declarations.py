"""`_checks.yaml`: what is wrong with declared checks, and where."""

# ruff: noqa: E501 - a row of a table, change and fault, is read as one line

from pathlib import Path

import pytest

from bot.kb import DEFAULT_KB
from bot.kb.checks import GroupCheck, HttpCheck, ProductChecks, TcpCheck
from bot.kb.loader import load
from tests.kb.kb_folder import KbFolder

CHECKS = """\
default: all
verdicts:
  dns_no_name: acme-1
allow_private: [10.0.0.0/8, gateway.lan]
checks:
  - id: all
    kind: group
    title: {ru: Всё, en: All}
    checks: [port, ping]
  - id: port
    kind: tcp
    host: lic.example.com
    port: 443
    timeout: 2.5
    title: {ru: Порт, en: Port}
  - id: ping
    kind: http
    url: https://lic.example.com/ping
    title: {ru: Пинг, en: Ping}
    expect: {status: [200], body: pong, json_path: $.a, xml_path: a/b}
    verdicts: {http_error: acme-1}
"""


@pytest.fixture
def kb(tmp_path: Path) -> KbFolder:
    made = KbFolder(tmp_path / "kb")
    made.write("acme/_checks.yaml", CHECKS)
    return made


def test_sound_checks_are_in_the_library(kb: KbFolder) -> None:
    kb.article("acme-1", more="checks: [all, ping]\n")
    library = load(kb.root)

    match library.checks["acme"].checks:
        case (
            GroupCheck(checks=("port", "ping")),
            TcpCheck(port=443, timeout=2.5),
            HttpCheck(url="https://lic.example.com/ping"),
        ):
            pass
        case other:
            raise AssertionError(other)
    assert library.checks["acme"].allow_private == ("10.0.0.0/8", "gateway.lan")
    assert library.checks_of("acme") is library.checks["acme"]
    assert library.checks_of("nothing") == ProductChecks()


def test_general_checks_may_be_started_from_everywhere(kb: KbFolder) -> None:
    kb.write(
        "general/_checks.yaml",
        "verdicts: {dns_no_name: acme-2, slow: acme-2}\nchecks:\n- {id: net, kind: dns, host: a.example, title: {ru: Сеть, en: Net}}\n",
    )
    kb.article("acme-1", more="checks: [net]\n")
    kb.article("acme-2")
    both = load(kb.root).checks_of("acme")

    assert [check.id for check in both.checks] == ["all", "port", "ping", "net"]
    assert both.verdicts == {"dns_no_name": "acme-1", "slow": "acme-2"}
    assert both.default == "all"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("port: 443", "prot: 443"), "13:5: unknown key `prot`; did you mean `port`?"),
        (("port: 443", "port: 0"), "13:11: `checks.port` is a whole number between 1 and 65535, found the text `0`"),
        (("    port: 443\n", ""), "10:5: the key `port` is missing"),
        (("timeout: 2.5", "timeout: 60"), "14:14: `timeout` is a number of seconds above 0, at most 15, found the text `60`"),
        (("timeout: 2.5", "timeout: soon"), "14:14: `timeout` is a number of seconds above 0, at most 15, found the text `soon`"),
        (("kind: tcp", "kind: udp"), "11:11: `kind` is one of `dns`, `tcp`, `tls`, `http`, `key`, `group`, found the text `udp`"),
        (("    kind: tcp\n", ""), "10:5: the key `kind` is missing"),
        (("id: ping", "id: port"), "16:9: the check `port` stands here twice"),
        (("id: port", "id: Port"), "10:9: found the text `Port`; an id is lower-case words joined by hyphens, such as lic-tls"),
        (("checks: [port, ping]", "checks: [port, pong]"), "9:20: there is no check `pong` here; did you mean `ping`?"),
        (("checks: [port, ping]", "checks: [port, port]"), "9:20: `port` stands here twice"),
        (("checks: [port, ping]", "checks: [port, all]"), "9:20: the group `all` holds itself by way of `all`"),
        (("checks: [port, ping]", "checks: []"), "9:13: `checks` is empty; it needs at least 1"),
        (("default: all", "default: al"), "1:10: there is no check `al`; did you mean `all`?"),
        (("dns_no_name: acme-1", "dns_noname: acme-1"), "3:3: there is no verdict `dns_noname`; did you mean `dns_no_name`?"),
        (("dns_no_name: acme-1", "dns_no_name: acme-2"), "3:16: there is no article `acme-2`; did you mean `acme-1`?"),
        (("{http_error: acme-1}", "{http_error: acme-2}"), "21:28: there is no article `acme-2`; did you mean `acme-1`?"),
        (("{http_error: acme-1}", "{http_eror: acme-1}"), "21:16: there is no verdict `http_eror`; did you mean `http_error`?"),
        (("lic.example.com\n", "Lic.example.com\n"), "12:11: found the text `Lic.example.com`; a host is a name in small letters, such as lic.example.com"),
        (("lic.example.com\n", "2130706433\n"), "12:11: `2130706433` is no host: it ends in a number but is no plain IPv4 address"),
        (("lic.example.com\n", "127.1\n"), "12:11: `127.1` is no host: it ends in a number but is no plain IPv4 address"),
        (("https://lic.example.com/ping", "ftp://lic.example.com"), "18:10: found the text `ftp://lic.example.com`; an address begins with http:// or https:// and has no spaces"),
        (("https://lic.example.com/ping", "https://lic.example.com/?key={key}"), "18:10: nothing is filled in here: a key stands in a header or in the body, never in an address"),
        (("https://lic.example.com/ping", "https://bob@lic.example.com/"), "18:10: `https://bob@lic.example.com/` cannot be asked: it holds a name or password before the host"),
        (("https://lic.example.com/ping", "https://[::1]/"), "18:10: `https://[::1]/` cannot be asked: it is no host name in small letters"),
        (("https://lic.example.com/ping", "https:///ping"), "18:10: `https:///ping` cannot be asked: it is no http or https address"),
        (("status: [200]", "status: [2000]"), "20:23: item 1 of `checks.expect.status` is a whole number between 100 and 599, found the text `2000`"),
        (("status: [200]", "state: [200]"), "20:14: unknown key `state`; did you mean `status`?"),
        (("body: pong", "body: '(pong'"), "20:35: this is no regular expression: missing ), unterminated subpattern at position 0"),
        (("xml_path: a/b", "xml_path: 'a['"), "20:67: this is no path that ElementTree knows"),
        (("gateway.lan", "'*.lan'"), "4:29: `*.lan` is neither a host name nor a network"),
        (("10.0.0.0/8", "10.0.0.1/8"), "4:17: `10.0.0.1/8` is neither a host name nor a network"),
        (("{ru: Порт, en: Port}", "{ru: Порт}"), "15:5: the language `en` is missing in `title`"),
        (("{ru: Порт, en: Port}", "{ru: Порт, en: Port, eng: P}"), "15:33: `eng` is not a language (two lower-case letters); did you mean `en`?"),
        (("default: all", "defualt: all"), "1:1: unknown key `defualt`; did you mean `default`?"),
    ],
)  # fmt: skip
def test_one_fault_of_a_declaration(kb: KbFolder, change: tuple[str, str], fault: str) -> None:
    assert change[0] in CHECKS
    kb.write("acme/_checks.yaml", CHECKS.replace(*change, 1))
    assert f"acme/_checks.yaml:{fault}" in kb.faults()


def test_a_jsonpath_that_is_none(kb: KbFolder) -> None:
    kb.write("acme/_checks.yaml", CHECKS.replace("$.a", "'$['"))
    [fault] = kb.faults()
    assert fault.startswith("acme/_checks.yaml:20:52: this is no JSONPath: ")


def test_groups_that_hold_each_other(kb: KbFolder) -> None:
    other = "  - {id: more, kind: group, title: {ru: Ещё, en: More}, checks: [all]}\n"
    kb.write("acme/_checks.yaml", CHECKS.replace("[port, ping]", "[port, more]") + other)
    assert kb.faults() == [
        "acme/_checks.yaml:9:20: the group `all` holds itself by way of `more`",
        "acme/_checks.yaml:22:66: the group `more` holds itself by way of `all`",
    ]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("status: off", "3:16: the article `acme-2` is not shown (status: off)"),
        ("status: shadow", "3:16: the article `acme-2` is not shown (status: shadow)"),
        ("audience: staff", "3:16: the article `acme-2` is for the staff only"),
    ],
)
def test_a_verdict_leads_to_what_a_customer_may_see(kb: KbFolder, line: str, fault: str) -> None:
    kb.article("acme-2", more=f"{line}\n")
    kb.write("acme/_checks.yaml", CHECKS.replace("acme-1", "acme-2", 1))
    assert kb.faults() == [f"acme/_checks.yaml:{fault}"]


def test_a_faulty_declaration_is_not_blamed_on_articles(kb: KbFolder) -> None:
    kb.article("acme-1", more="checks: [port]\n")
    kb.write("acme/_checks.yaml", CHECKS.replace("port: 443", "port: many"))
    assert kb.faults() == [
        "acme/_checks.yaml:13:11: `checks.port` is a whole number between 1 and 65535, found the text `many`"
    ]


def test_shipped_checks_reach_declared_hosts_only() -> None:
    library = load(DEFAULT_KB)
    hosts = {
        product: {check.host for check in checks.checks if check.kind in {"dns", "tcp", "tls"}}
        for product, checks in library.checks.items()
    }
    assert hosts == {
        "miko": {"lic.miko.ru", "lm.miko.ru", "lic.mikopbx.com", "lm.mikopbx.com"},
        "cleverence": {"cleverence.ru", "kb.cleverence.com"},
    }
    assert {host.name for host in library.products["miko"].hosts} == hosts["miko"]
    assert [checks.default for checks in library.checks.values()] == ["clv-sites", "miko-licensing"]
