"""Nobody who was not declared is contacted, in whatever spelling; counted where they listen."""

# ruff: noqa: E501 - spellings in a row

from collections.abc import AsyncIterator

import pytest

from bot.clock import SystemClock
from bot.diagnostics.run import Runner
from bot.diagnostics.target import Allowed, Reach
from bot.diagnostics.verdict import Verdict
from bot.kb.checks import ProductChecks
from tests.diagnostics.twins import TWIN, Listeners, Zone, forbidden, name_server, reply, says, silent, tcp_server

HOST = "lic.test.example"


@pytest.fixture
async def victims() -> AsyncIterator[Listeners]:
    async with forbidden() as listeners:
        yield listeners


def http(url: str) -> ProductChecks:
    check = {"id": "it", "kind": "http", "url": url, "title": {"en": "It"}, "timeout": 0.5}
    return ProductChecks.model_validate({"checks": [check]})


def tcp(host: str, port: int) -> ProductChecks:
    check = {"id": "it", "kind": "tcp", "host": host, "port": port, "title": {"en": "It"}, "timeout": 0.5}
    return ProductChecks.model_validate({"checks": [check]})


def runner(names_port: int, *allowed: str) -> Runner:
    return Runner(Reach(Allowed.of(allowed), ("127.0.0.1", names_port)), SystemClock())


SPELLINGS = (
    "127.0.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1",
    "localhost", "a.localhost", "0.0.0.0", "0", "127.0.0.1.",
)  # fmt: skip


PLAIN = ("127.0.0.1", "localhost", "a.localhost", "0.0.0.0")  # names and addresses as they should be written


@pytest.mark.parametrize("host", PLAIN)
async def test_a_declared_address_of_this_machine_is_not_contacted(host: str, victims: Listeners) -> None:
    async with name_server({}) as names:
        run = await runner(names.port).run(http(f"http://{host}:{victims.port}/"), "it")

    assert victims.contacts == 0
    assert run.results[0].finding.verdict is Verdict.DNS_HIJACK


@pytest.mark.parametrize(
    "host",
    [
        *(host for host in SPELLINGS if host not in PLAIN),
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
    ],
)
async def test_other_spellings_of_it_are_no_address_to_ask_at(host: str, victims: Listeners) -> None:
    async with name_server({}) as names:
        with pytest.raises(ValueError, match=r"no host name|no plain IPv4"):
            await runner(names.port).run(http(f"http://{host}:{victims.port}/"), "it")

    assert victims.contacts == 0


@pytest.mark.parametrize("host", [host for host in SPELLINGS if not host.endswith(".")])
async def test_nor_over_a_check_of_its_port(host: str, victims: Listeners) -> None:
    async with name_server({}) as names:
        run = await runner(names.port).run(tcp(host, victims.port), "it")

    assert victims.contacts == 0
    assert run.results[0].finding.verdict in {Verdict.INCONCLUSIVE, Verdict.DNS_HIJACK}


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "::ffff:7f00:1", "0.0.0.0", "::", "64:ff9b::7f00:1", "2002:7f00:1::"]
)
async def test_nor_a_name_that_leads_there(address: str, victims: Listeners) -> None:
    async with name_server({HOST: Zone((address,))}) as names:
        run = await runner(names.port, f"{TWIN}/32").run(tcp(HOST, victims.port), "it")

    assert victims.contacts == 0
    assert run.results[0].finding.verdict is Verdict.DNS_HIJACK


@pytest.mark.parametrize("host", [*SPELLINGS, "[::1]", "[::ffff:127.0.0.1]", f"{HOST}@127.0.0.1", f"127.0.0.1\\@{HOST}", f"127.0.0.1#@{HOST}", f"127.0.0.1%2523@{HOST}", "ⓛocalhost", "127。0。0。1"])  # fmt: skip
async def test_no_redirect_leads_there(host: str, victims: Listeners) -> None:
    location = f"http://{host}:{victims.port}/".encode()
    answer = reply("302 Found").replace(b"\r\n\r\n", b"\r\nLocation: " + location + b"\r\n\r\n")
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(says(answer)) as port:
        run = await runner(names.port, f"{TWIN}/32").run(http(f"http://{HOST}:{port}/"), "it")

    assert victims.contacts == 0
    assert run.results[0].finding.verdict is Verdict.HTTP_ERROR


async def test_an_answer_that_changes_leads_nowhere_new() -> None:
    checks = ProductChecks.model_validate(
        {
            "checks": [
                {"id": "all", "kind": "group", "checks": ["dns", "tcp", "http"], "title": {"en": "All"}},
                {"id": "dns", "kind": "dns", "host": HOST, "title": {"en": "Name"}},
                {"id": "tcp", "kind": "tcp", "host": HOST, "port": 1, "title": {"en": "Port"}},
                {"id": "http", "kind": "http", "url": f"http://{HOST}:1/", "title": {"en": "Page"}},
            ]
        }
    )
    answer = reply("302 Found", b"", "Location: /again")
    async with tcp_server(says(answer)) as port, forbidden(port) as victims:
        declared = ProductChecks.model_validate_json(
            checks.model_dump_json().replace(":1/", f":{port}/").replace('"port":1', f'"port":{port}')
        )
        async with name_server({HOST: Zone((TWIN,), then=("127.0.0.1",))}) as names:
            asking = runner(names.port, "127.0.0.0/8")
            run = await asking.run(declared, "all")
            again = await asking.run(declared, "tcp")

    assert victims.contacts == 0
    assert names.asked == {(HOST, "A"): 1, (HOST, "AAAA"): 1}
    assert [result.finding.verdict for result in run.results] == [Verdict.OK, Verdict.OK, Verdict.HTTP_ERROR]
    assert run.results[2].finding.facts["why"] == "redirect_loop"
    assert again.results[0].finding.facts["address"] == TWIN


async def test_the_listeners_do_count() -> None:
    # That the zeros above mean something.
    async with forbidden() as victims, name_server({HOST: Zone(("127.0.0.1",))}) as names:
        run = await runner(names.port, HOST).run(tcp(HOST, victims.port), "it")

    assert victims.contacts == 1
    assert run.results[0].finding.facts["address"] == "127.0.0.1"


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, victims: Listeners) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{victims.port}")
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(says(reply("200 OK"))) as port:
        run = await runner(names.port, f"{TWIN}/32").run(http(f"http://{HOST}:{port}/"), "it")

    assert victims.contacts == 0
    assert run.results[0].finding.verdict is Verdict.OK


async def test_a_silent_listener_costs_no_more_than_the_deadline() -> None:
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(silent) as port:
        run = await runner(names.port, f"{TWIN}/32").run(http(f"http://{HOST}:{port}/"), "it")

    assert 450 < run.results[0].elapsed_ms < 800
