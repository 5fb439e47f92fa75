"""A key check over real HTTPS on loopback: the sandbox's licence gateway, and servers that behave badly."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
import trustme

from bot.diagnostics.key_rules import Judged
from bot.diagnostics.key_setup import ABOUT_THE_KEY, ReadyCheck, ready
from bot.diagnostics.probe_key import check_key
from bot.diagnostics.target import Allowed, Reach
from bot.diagnostics.verdict import Verdict
from bot.kb import DEFAULT_KB
from bot.kb.checks import ProductChecks
from bot.kb.loader import load
from bot.sandbox.gateway import EXHAUSTED, EXPIRED, GOOD, REFUSED, LicenceGateway, licence_info
from tests.diagnostics.faults import HOST, Authorities
from tests.diagnostics.twins import (
    Behaviour,
    Listeners,
    Zone,
    black_hole,
    closed_port,
    drips,
    forbidden,
    name_server,
    pours,
    reply,
    resets,
    says,
    tcp_server,
)

TODAY = date(2026, 11, 22)
TWIN = "127.0.0.2"
NEVER = "MIKO-N0TTO-B5EEN-ANYWH-3R3XY"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return Authorities(tmp_path_factory.mktemp("roots"))


@pytest.fixture(scope="module")
def checks() -> ProductChecks:
    return load(DEFAULT_KB).checks["miko"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a test asks from: the shipped check, and the operator's settings."""

    checks: ProductChecks
    reach: Reach

    def check(self, port: int, *, host: str = HOST, scheme: str = "https", seconds: float = 2.0) -> ReadyCheck:
        found = ready("miko", self.checks, {"MIKO_LICENCE_GATEWAY": f"{scheme}://{host}:{port}"}, self.reach)
        assert found is not None
        return replace(found, check=found.check.model_copy(update={"timeout": seconds}))

    async def ask(self, port: int, key: str = NEVER, **more: object) -> Judged:
        return await check_key(self.check(port, **more), key, self.reach, TODAY)  # type: ignore[arg-type]  # as `check` has them


@asynccontextmanager
async def placed(
    checks: ProductChecks, authorities: Authorities, zone: Zone | None = None, *allowed: str
) -> AsyncIterator[Place]:
    zones = {HOST: zone or Zone([TWIN]), "other.test.example": Zone([TWIN])}
    async with name_server(zones) as names:
        yield Place(checks, Reach(Allowed.of(allowed or (HOST,)), ("127.0.0.1", names.port), authorities.file))


@pytest.fixture
async def place(checks: ProductChecks, authorities: Authorities) -> AsyncIterator[Place]:
    async with placed(checks, authorities) as found:
        yield found


@asynccontextmanager
async def serving(authorities: Authorities, behaviour: Behaviour) -> AsyncIterator[int]:
    async with tcp_server(behaviour, tls=authorities.issue("good")) as port:
        yield port


def outcome(judged: Judged) -> tuple[str, object]:
    return judged.finding.verdict.value, judged.finding.facts.get("why")


async def test_the_whole_way_over_https(checks: ProductChecks, authorities: Authorities) -> None:
    gateway = LicenceGateway(today=TODAY)
    async with placed(checks, authorities, Zone(["127.0.0.1"])) as place:
        address = await gateway.start(tls=authorities.issue("good"))
        try:
            port = int(address.rpartition(":")[2])
            found = [(await place.ask(port, key)).finding.verdict for key in (GOOD, EXPIRED, EXHAUSTED, REFUSED, NEVER)]
        finally:
            await gateway.stop()
    assert found == [Verdict.OK, Verdict.LICENCE_EXPIRED, Verdict.NO_SEAT, Verdict.KEY_INVALID, Verdict.KEY_INVALID]
    assert [asked.key for asked in gateway.asked] == [GOOD, EXPIRED, EXHAUSTED, REFUSED, NEVER]
    # The key is in the body alone.
    for asked in gateway.asked:
        assert (asked.path, asked.query) == ("/license.api/getlicenseinfo", "")
        assert asked.content_type == "application/x-www-form-urlencoded"
        assert [value for value in asked.headers.values() if asked.key in value] == []


async def test_a_server_code_comes_with_an_http_fault_too(place: Place, authorities: Authorities) -> None:
    body = json.dumps({"error": "(2026) Your license key is invalid"}).encode()
    async with serving(authorities, says(reply("500 Internal Server Error", body))) as port:
        judged = await place.ask(port)
    assert (judged.finding.verdict, judged.article) == (Verdict.KEY_INVALID, "miko-2026")


GOOD_BODY = json.dumps(licence_info(GOOD, TODAY)).encode()


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("wrong content type, right content", reply("200 OK", GOOD_BODY, "Content-Type: image/png"), ("ok", None)),
        ("a page", reply("200 OK", b"<html>Log in</html>", "Content-Type: text/html"), ("inconclusive", "answer")),
        ("nothing", reply("200 OK"), ("inconclusive", "answer")),
        ("garbage bytes", reply("200 OK", bytes(range(256)) * 4), ("inconclusive", "answer")),
        ("unknown charset", reply("200 OK", GOOD_BODY, "Content-Type: application/json; charset=zz"), ("ok", None)),
        ("a fault of the server", reply("503 Unavailable", b"busy"), ("service_down", "status")),
        ("a good answer with a fault", reply("502 Bad Gateway", GOOD_BODY), ("service_down", "status")),
        ("not found", reply("404 Not Found", b"no"), ("http_error", "status")),
        ("no HTTP", b"SSH-2.0-OpenSSH\r\n\r\n", ("http_error", "protocol")),
        ("cut short", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", ("http_error", "protocol")),
    ],
)
async def test_answers_that_are_none(
    place: Place, authorities: Authorities, name: str, answer: bytes, expected: tuple[str, object]
) -> None:
    async with serving(authorities, says(answer)) as port:
        judged = await place.ask(port)
    assert outcome(judged) == expected, name
    assert NEVER not in repr(judged)


async def test_a_slow_drip_ends_at_the_deadline(place: Place, authorities: Authorities) -> None:
    began = time.monotonic()
    async with serving(authorities, drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"{")) as port:
        judged = await place.ask(port, seconds=0.6)
    assert outcome(judged) == ("inconclusive", "timeout")
    assert time.monotonic() - began < 1.5


async def test_a_body_of_ten_megabytes_is_not_taken(place: Place, authorities: Authorities) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"
    async with serving(authorities, pours(head, b"x" * 100_000, 100)) as port:
        judged = await place.ask(port)
    assert outcome(judged) == ("inconclusive", "too_large")


@pytest.mark.parametrize("code", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_no_redirect_takes_a_key_along(place: Place, authorities: Authorities, code: str) -> None:
    async with forbidden() as victims:
        for target in (f"https://127.0.0.1:{victims.port}/x", "http://169.254.169.254/latest", f"https://{HOST}/again"):
            async with serving(authorities, says(reply(code, b"", f"Location: {target}"))) as port:
                judged = await place.ask(port)
            assert outcome(judged) == ("http_error", "redirect_refused")
    assert victims.contacts == 0


@pytest.fixture
def refusing() -> Iterator[int]:
    with closed_port() as port:
        yield port


async def test_what_the_network_does_says_nothing_about_the_key(
    place: Place, authorities: Authorities, refusing: int
) -> None:
    found = [await place.ask(refusing)]
    with black_hole() as port:
        found.append(await place.ask(port, seconds=0.4))
    async with tcp_server(resets) as port:
        found.append(await place.ask(port))
    found += [await place.ask(1, host="missing.test.example")]
    for kind in ("expired", "wrong name", "self-signed"):
        async with tcp_server(says(b""), tls=authorities.issue(kind)) as port:
            found.append(await place.ask(port))
    assert [judged.finding.verdict.value for judged in found] == [
        "port_refused",
        "port_filtered",
        "service_down",
        "dns_no_name",
        "tls_expired",
        "tls_wrong_name",
        "tls_untrusted",
    ]
    assert {judged.finding.verdict for judged in found} & ABOUT_THE_KEY == set()


async def test_a_certificate_that_does_not_verify_gets_no_key(place: Place) -> None:
    heard: list[bytes] = []

    async def listen(reader: object, writer: object) -> None:
        del writer
        heard.append(await reader.read(65536))  # type: ignore[attr-defined]  # asyncio's reader

    foreign = Authorities.__new__(Authorities)
    foreign.good = trustme.CA()
    async with tcp_server(listen, tls=foreign.good_for(HOST)) as port:
        judged = await place.ask(port)
    assert judged.finding.verdict.value.startswith("tls_")
    assert [content for content in heard if NEVER.encode() in content] == []


async def test_a_name_whose_address_changes_leads_nowhere_new(
    checks: ProductChecks, authorities: Authorities, victims: Listeners
) -> None:
    # First the twin, which is allowed by its network; from the second look-up on this machine, which is not.
    zone = Zone([TWIN], then=["127.0.0.1"])
    async with (
        placed(checks, authorities, zone, f"{TWIN}/32") as place,
        tcp_server(says(reply("200 OK", GOOD_BODY)), tls=authorities.issue("good"), port=victims.port),
    ):
        first = await place.ask(victims.port, GOOD)
        second = await place.ask(victims.port, GOOD)
    assert first.finding.verdict is Verdict.OK
    assert outcome(second) == ("dns_hijack", "private")
    assert victims.contacts == 0


@pytest.fixture
async def victims() -> AsyncIterator[Listeners]:
    async with forbidden() as listeners:
        yield listeners


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::ffff:127.0.0.1"]
)
async def test_a_name_that_leads_to_a_private_address_is_refused_unless_allowed(
    checks: ProductChecks, authorities: Authorities, victims: Listeners, address: str
) -> None:
    async with placed(checks, authorities, Zone([address]), "unrelated.example") as place:
        judged = await place.ask(victims.port)
    assert outcome(judged) == ("dns_hijack", "private")
    assert victims.contacts == 0


async def test_an_address_that_the_operator_wrote_down_is_allowed_and_no_other(checks: ProductChecks) -> None:
    gateway = LicenceGateway(today=TODAY)
    address = await gateway.start()
    try:
        found = ready("miko", checks, {"MIKO_LICENCE_GATEWAY": address}, Reach())
        assert found is not None
        judged = await check_key(found, GOOD, Reach(), TODAY)
        port = int(address.rpartition(":")[2])
        bare = replace(found, url=f"http://127.0.0.2:{port}/x")
        elsewhere = await check_key(bare, GOOD, Reach(), TODAY)
    finally:
        await gateway.stop()
    assert judged.finding.verdict is Verdict.OK
    assert outcome(elsewhere) == ("inconclusive", "undeclared")


async def test_secrets_go_in_their_headers_and_nowhere_else(authorities: Authorities, tmp_path: Path) -> None:
    del tmp_path
    request = {
        "url": f"https://{HOST}/keys",
        "headers": {"X-Key": "k {key}"},
        "secret_env": {"Authorization": "GATE_TOKEN"},
    }
    heard: list[bytes] = []

    async def listen(reader: object, writer: object) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))  # type: ignore[attr-defined]  # asyncio's reader
        writer.write(reply("200 OK", b'{"state": "live"}'))  # type: ignore[attr-defined]  # and its writer
        await writer.drain()  # type: ignore[attr-defined]

    declared = {
        "id": "it",
        "kind": "key",
        "title": {"en": "It"},
        "facts": {"state": {"json_path": "$.state"}},
        "rules": [{"when": "state == 'live'", "verdict": "ok"}],
    }
    async with tcp_server(listen, tls=authorities.issue("good")) as port:
        request["url"] = f"https://{HOST}:{port}/keys"
        checks = ProductChecks.model_validate({"checks": [{**declared, "request": request}]})
        async with name_server({HOST: Zone([TWIN])}) as names:
            reach = Reach(Allowed.of([HOST]), ("127.0.0.1", names.port), authorities.file)
            found = ready("it", checks, {"GATE_TOKEN": "Bearer very-secret"}, reach)
            assert found is not None
            judged = await check_key(found, GOOD, reach, TODAY)
    assert judged.finding.verdict is Verdict.OK
    lines = heard[0].decode().split("\r\n")
    assert lines[0] == "POST /keys HTTP/1.1"
    assert [line for line in lines if GOOD in line or "very-secret" in line] == [
        f"X-Key: k {GOOD}",
        "Authorization: Bearer very-secret",
    ]
