"""What customers are given to run: one line a host, only declared names, in a copy button where it fits."""

import pytest

from bot.diagnostics import plan
from bot.diagnostics.commands import HOSTS, Place, System, lines, places
from bot.kb import DEFAULT_KB
from bot.kb.checks import ProductChecks
from bot.kb.loader import load

CHECKS = ProductChecks.model_validate(
    {
        "checks": [
            {"id": "all", "kind": "group", "title": {"en": "All"}, "checks": ["dns", "tcp", "tls", "page", "raw"]},
            {"id": "dns", "kind": "dns", "title": {"en": "1"}, "host": "a.example"},
            {"id": "tcp", "kind": "tcp", "title": {"en": "2"}, "host": "a.example", "port": 443},
            {"id": "tls", "kind": "tls", "title": {"en": "3"}, "host": "a.example", "port": 8443},
            {"id": "page", "kind": "http", "title": {"en": "4"}, "url": "http://b.example/x?y=$(z)"},
            {"id": "raw", "kind": "tcp", "title": {"en": "5"}, "host": "a.example", "port": 5038},
        ]
    }
)


def test_each_host_stands_once_with_its_ports() -> None:
    assert places(plan.leaves(CHECKS, "all")) == (
        Place("a.example", secure=(443, 8443), plain=(5038,)),
        Place("b.example", plain=(80,)),
    )


@pytest.mark.parametrize(
    ("system", "line"),
    [
        (
            System.CMD,
            (
                "nslookup a.example & ping -n 4 a.example & curl -sSv -m 15 -o NUL https://a.example/"
                ' & powershell -Command "Test-NetConnection a.example -Port 5038"'
            ),
        ),
        (
            System.POWERSHELL,
            (
                "Resolve-DnsName a.example; Test-NetConnection a.example -Port 443;"
                " Test-NetConnection a.example -Port 5038; curl.exe -sSv -m 15 -o NUL https://a.example/"
            ),
        ),
        (
            System.LINUX,
            (
                "nslookup a.example; ping -c 4 a.example; curl -sSv -m 15 -o /dev/null https://a.example/;"
                " timeout 15 openssl s_client -connect a.example:443 -servername a.example </dev/null;"
                " nc -zv -w 5 a.example 5038"
            ),
        ),
    ],
)
def test_the_line_of_each_system(system: System, line: str) -> None:
    (found,) = lines(system, [Place("a.example", (443,), (5038,))])
    assert (found.host, found.text, found.fits_a_button) == ("a.example", line, True)


def test_no_more_hosts_than_anybody_runs_and_long_lines_fit_no_button() -> None:
    many = [Place(f"h{n}.example", (443,)) for n in range(HOSTS + 2)]
    assert [line.host for line in lines(System.CMD, many)] == [f"h{n}.example" for n in range(HOSTS)]
    (long,) = lines(System.LINUX, [Place("very-long-name." + "x" * 40 + ".example", (443, 8443))])
    assert not long.fits_a_button


def test_nothing_but_declared_hosts_and_numbers_gets_into_a_line() -> None:
    for system in System:
        for line in lines(system, places(plan.leaves(CHECKS, "all"))):
            assert "$" not in line.text
            assert "?" not in line.text


@pytest.mark.parametrize("system", System)
def test_shipped_products_have_lines_that_fit_a_button(system: System) -> None:
    library = load(DEFAULT_KB)
    for product, declared in library.checks.items():
        if declared.default is not None:
            found = lines(system, places(plan.leaves(library.checks_of(product), declared.default)))
            assert found
            assert all(line.fits_a_button for line in found)
