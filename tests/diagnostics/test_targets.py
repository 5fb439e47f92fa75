"""Which hosts, ports and addresses may be contacted."""

# ruff: noqa: E501 - spellings in a row

from ipaddress import ip_address

import pytest

from bot.diagnostics.target import Allowed, Policy, Reach, is_public, literal
from bot.diagnostics.verdict import Verdict
from bot.kb.checks import VERDICTS, ProductChecks, host_and_port, host_fault

HOST = "lic.test.example"


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::808:808", "100::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:a00:1::", "2002:c0a8:1::1",
        "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1", "5f00::1", "4000::1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2a00:1450:4010::8a", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_what_is(address: str) -> None:
    assert is_public(ip_address(address))


def policy(*entries: str) -> Policy:
    return Policy(frozenset({HOST}), frozenset({(HOST, 443)}), Allowed.of(entries))


@pytest.mark.parametrize(
    ("entry", "address", "admitted"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("fd00::/8", "fd12::1", True),
        ("fd00::/8", "10.1.2.3", False),
        (HOST, "10.1.2.3", True),
        (HOST, "127.0.0.1", True),
        (HOST, "::1", True),
        (HOST, "fd00::1", True),
        ("other.test.example", "10.1.2.3", False),
        (HOST, "169.254.169.254", False),
        (HOST, "fe80::1", False),
        (HOST, "0.0.0.0", False),
        (HOST, "224.0.0.1", False),
        (HOST, "240.0.0.1", False),
        (HOST, "::ffff:169.254.169.254", False),
        ("169.254.169.254/32", "169.254.169.254", True),
    ],
)
def test_the_operator_allows_by_name_or_by_network(entry: str, address: str, admitted: bool) -> None:
    assert policy(entry).admits_address(HOST, ip_address(address)) is admitted


def test_only_declared_names_and_ports() -> None:
    declared = ProductChecks.model_validate(
        {
            "checks": [
                {"id": "a", "kind": "dns", "host": "name.test.example", "title": {}},
                {"id": "b", "kind": "tcp", "host": "a.test.example", "port": 22, "title": {}},
                {"id": "c", "kind": "http", "url": "https://b.test.example/x", "title": {}},
                {"id": "d", "kind": "tls", "host": "c.test.example", "title": {}},
                {"id": "g", "kind": "group", "checks": ["a", "b"], "title": {}},
            ]
        }
    )
    made = Policy.of(declared, Reach())

    assert made.ports == {("a.test.example", 22), ("b.test.example", 443), ("c.test.example", 443)}
    assert made.admits_host("name.test.example")
    assert not made.admits_port("name.test.example", 443)
    assert not made.admits_port("b.test.example", 22)
    assert not made.admits_host("test.example")
    assert made.plus("http://gateway.lan:8222/x").admits_port("gateway.lan", 8222)


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "127.0.0.256", "1.2.3", "a.0x1", "x.1", "-a.example", "a..b", "a.example.", "A.example", "a_b-.example", "a" * 64 + ".example", ""],
)  # fmt: skip
def test_spellings_that_are_no_host(host: str) -> None:
    assert host_fault(host) is not None
    assert not Policy(frozenset({host}), frozenset()).admits_host(host)


def test_spellings_that_are() -> None:
    assert [host_fault(host) for host in ("lic.miko.ru", "127.0.0.1", "localhost", "_dmarc.x.ru", "3com.ru")] == [
        None
    ] * 5
    assert literal("127.0.0.1") == ip_address("127.0.0.1")
    assert literal("localhost") == literal("a.localhost") == ip_address("127.0.0.1")
    assert literal("lic.miko.ru") is None


@pytest.mark.parametrize(
    "url",
    ["https://", "ftp://a.example/", "https://a@b.example/", "https://a.example:0/", "https://a.example:99999/", "https://[::1]/", "https://a.example\\@b.example/", "https://2130706433/", "https://a.example /", "//a.example/", "https:a.example"],
)  # fmt: skip
def test_addresses_that_nobody_is_asked_at(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        host_and_port(url)


def test_host_and_port_of_an_address() -> None:
    assert host_and_port("https://lic.miko.ru/protect/v1/ping") == ("lic.miko.ru", 443)
    assert host_and_port("http://lic.miko.ru:8222") == ("lic.miko.ru", 8222)


def test_what_the_operator_writes_wrongly() -> None:
    for entry in ("10.0.0.1/8", "gate way", "1.2.3", "*.lan"):
        with pytest.raises(ValueError, match="neither a host name nor a network"):
            Allowed.of([entry])


def test_the_knowledge_base_knows_all_verdicts() -> None:
    assert tuple(verdict.value for verdict in Verdict) == VERDICTS
