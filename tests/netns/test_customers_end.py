import asyncio
import os
import shutil
import ssl
from pathlib import Path

import pytest

from bot.diagnostics.reading.block import read_block
from bot.diagnostics.reading.read import Reading, read
from bot.diagnostics.script_for import script_for
from bot.kb.checks import DnsCheck, HttpCheck, ProductChecks, TcpCheck, TlsCheck
from tests.netns.scenarios import HOST, SCENARIOS, Scenario
from tests.netns.wires import ROUTER, shown, sweep, why_not, wire
from tests.reading.samples import BOOK

PROXY_PORT = 3128
SECONDS = 60.0

TITLE = {"ru": "Сервер", "en": "Server"}
CHECKS = ProductChecks(
    checks=(
        DnsCheck(id="a", kind="dns", title=TITLE, host=HOST),
        TcpCheck(id="b", kind="tcp", title=TITLE, host=HOST, port=443),
        TlsCheck(id="c", kind="tls", title=TITLE, host=HOST),
        HttpCheck(id="d", kind="http", title=TITLE, url=f"https://{HOST}/protect/v1/ping"),
    )
)
COMMANDS = {
    "nslookup": f"nslookup {HOST}",
    "dig": f"dig +time=2 +tries=2 {HOST}",
    "ping": f"ping -c 10 -i 0.2 -W 1 {HOST}",
    "traceroute": f"traceroute -n -m 10 -w 1 {HOST}",
    "curl": f"curl -sSv -m 5 -o /dev/null https://{HOST}/",
    "openssl": f"openssl s_client -connect {HOST}:443 -servername {HOST}",
    "nc": f"nc -zv -w 3 {HOST} 443",
    "wget": f"wget -T 4 -t 1 -O /dev/null https://{HOST}/",
    "busybox nslookup": f"busybox nslookup {HOST}",
    "busybox ping": f"busybox ping -c 4 -W 1 {HOST}",
    "busybox traceroute": f"busybox traceroute -n -m 10 -w 1 {HOST}",
    "busybox wget": f"busybox wget -O /dev/null https://{HOST}/",
}
SHELLS = {
    "sh": ["sh"],
    "bash": ["bash"],
    "busybox sh": ["busybox", "sh"],
    "bare": ["busybox", "sh"],
    "no openssl": ["sh"],
    "wget only": ["busybox", "sh"],
}
Seen = dict[tuple[str, str], str]

MISSING = why_not()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    sweep()
    return asyncio.run(everything(tmp_path_factory.mktemp("netns")))


async def everything(folder: Path) -> Seen:
    script = folder / "diagnost-check.sh"
    script.write_text(script_for(CHECKS, "miko", "ru"), encoding="utf-8")
    roads = roads_of(folder)
    # Made before anybody waits for an answer: they keep the loop busy for a while.
    shown_by = {name: scenario.tls() for name, scenario in SCENARIOS.items()}
    found: Seen = {}
    async with asyncio.TaskGroup() as group:
        for number, (name, scenario) in enumerate(SCENARIOS.items()):
            group.create_task(play(number, name, scenario, script, roads, shown_by[name], found))
    return found


def roads_of(folder: Path) -> dict[str, str]:
    """Return search paths: a machine that has BusyBox, curl and openssl, one without openssl, one with neither."""
    roads: dict[str, str] = {}
    busybox = shutil.which("busybox")
    assert busybox is not None
    for name, extra in (("bare", ("curl", "openssl")), ("wget only", ())):
        road = folder / name.replace(" ", "-")
        road.mkdir()
        for applet in ("sh", "nslookup", "ping", "traceroute", "wget", "nc", "timeout", "tr", "cut"):
            (road / applet).symlink_to(busybox)
        for applet in ("sed", "ssl_client", "date", "head", "uname", "mkdir", "rm", "cat", "sleep"):
            (road / applet).symlink_to(busybox)
        (road / "busybox").symlink_to(busybox)
        for tool in extra:
            (road / tool).symlink_to(str(shutil.which(tool)))
        roads[name] = str(road)
    road = folder / "no-openssl"
    road.mkdir()
    for tool in ("curl", "nslookup", "getent", "tr", "cut", "sed", "date", "head", "uname", "mkdir", "rm"):
        (road / tool).symlink_to(str(shutil.which(tool)))
    for tool in ("sh", "sleep"):
        (road / tool).symlink_to(str(shutil.which(tool)))
    roads["no openssl"] = str(road)
    return roads


async def play(
    number: int,
    name: str,
    scenario: Scenario,
    script: Path,
    roads: dict[str, str],
    tls: ssl.SSLContext | None,
    found: Seen,
) -> None:
    trusted = script.parent / f"{number}.pem"
    trusted.write_bytes(b"".join(ca.cert_pem.bytes() for ca in scenario.trusts))
    environment = {"PATH": os.environ["PATH"], "SSL_CERT_FILE": str(trusted)}
    if scenario.proxy is not None:
        environment["https_proxy"] = f"http://{ROUTER}:{PROXY_PORT}"
    async with wire(number, loops=scenario.loops, hosts=scenario.hosts) as ends:
        await ends.answer_names(scenario.zones)
        if scenario.listens:
            await ends.serve(scenario.behaviour, 443, tls)
        if scenario.proxy is not None:
            await ends.serve(scenario.proxy, PROXY_PORT, address=ROUTER)
        if scenario.rules:
            await asyncio.to_thread(ends.rule, scenario.rules)

        async def use(key: str, command: list[str], surroundings: dict[str, str]) -> None:
            found[name, key] = await ends.run(*command, environment=surroundings, seconds=SECONDS)

        async with asyncio.TaskGroup() as group:
            for shell in scenario.shells:
                road = roads.get(shell, environment["PATH"])
                # The program that enters the namespace is looked for on the same road.
                command = [str(shutil.which("env")), f"PATH={road}", *SHELLS[shell], str(script)]
                command[2] = str(shutil.which(command[2]))
                group.create_task(use(shell, command, environment))
            for tool in scenario.raw:
                group.create_task(use(tool, COMMANDS[tool].split(), environment))


# Without curl and openssl a certificate cannot be looked at: no fault is named.
BLIND = {("open", "wget only"): "inconclusive"}
RUNS = [(name, shell) for name, scenario in SCENARIOS.items() for shell in scenario.shells]
RAW = [(name, tool) for name, scenario in SCENARIOS.items() for tool in scenario.raw]


def understood(text: str) -> Reading:
    return read(text, BOOK)


@pytest.mark.parametrize(("name", "shell"), RUNS)
def test_block_of_the_script(seen: Seen, name: str, shell: str) -> None:
    text = seen[name, shell]
    block = read_block(text)
    assert block is not None, text
    assert block.damage is None, text
    assert len(text[block.start : block.end]) <= 3500
    reading = understood(text)
    expected = BLIND.get((name, shell), SCENARIOS[name].verdict)
    assert (reading.tool, reading.verdict.value) == ("diagnost", expected), text


@pytest.mark.parametrize("name", SCENARIOS)
def test_facts_of_the_block(seen: Seen, name: str) -> None:
    reading = understood(seen[name, "sh"])
    assert reading.main is not None
    facts = reading.main.facts
    for fact, expected in SCENARIOS[name].facts.items():
        told = facts.get(fact)
        # Names of issuers of a test end in a random number.
        same = str(told).startswith(expected) if isinstance(expected, str) else told == expected
        assert same, (fact, told, seen[name, "sh"])


@pytest.mark.parametrize(("name", "tool"), RAW)
def test_raw_output(seen: Seen, name: str, tool: str) -> None:
    text = shown(COMMANDS[tool].split(), seen[name, tool])
    reading = understood(text)
    assert (reading.tool, reading.verdict.value) == (tool.removeprefix("busybox "), SCENARIOS[name].raw[tool]), text


def test_block_tells_nothing_of_the_machine(seen: Seen) -> None:
    for (name, key), text in seen.items():
        block = read_block(text)
        if block is None:
            continue
        told = text[block.start : block.end]
        for secret in ("10.77.0.2", ROUTER, "/tmp", "3128", "SSL_CERT_FILE", ".pem", os.uname().nodename):
            assert secret not in told, (name, key, secret)
