"""Servers that answer nonsense: every probe comes to a verdict, within its time, and raises nothing."""

import random

import pytest

from bot.clock import SystemClock
from bot.diagnostics.run import Limits, Runner
from bot.diagnostics.target import Allowed, Reach
from bot.diagnostics.verdict import Verdict
from bot.kb.checks import ProductChecks
from tests.diagnostics.twins import TWIN, Behaviour, Zone, greets, name_server, reply, says, tcp_server

HOST = "lic.test.example"
ANSWERED = {Verdict.HTTP_ERROR, Verdict.SERVICE_DOWN, Verdict.PROXY_DENIED, Verdict.SLOW}


def declared(kind: str, port: int) -> ProductChecks:
    check: dict[str, object] = {"id": "it", "kind": kind, "title": {"en": "It"}, "timeout": 0.5}
    if kind == "http":
        check |= {
            "url": f"http://{HOST}:{port}/",
            "expect": {"body": "never said", "json_path": "$..a", "xml_path": ".//a"},
        }
    else:
        check |= {"host": HOST, "port": port}
    return ProductChecks.model_validate({"checks": [check]})


async def verdict_of(kind: str, behaviour: Behaviour) -> Verdict:
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(behaviour) as port:
        runner = Runner(Reach(Allowed.of([f"{TWIN}/32"]), ("127.0.0.1", names.port)), SystemClock(), Limits(total=2))
        return (await runner.run(declared(kind, port), "it")).results[0].finding.verdict


@pytest.mark.parametrize("seed", range(20))
async def test_random_bytes_instead_of_an_answer(seed: int) -> None:
    source = random.Random(seed)
    noise = source.randbytes(source.randrange(1, 3000))

    assert await verdict_of("http", says(noise)) in ANSWERED
    assert await verdict_of("tls", greets(noise)) is Verdict.SERVICE_DOWN
    assert await verdict_of("tcp", greets(noise)) is Verdict.OK


@pytest.mark.parametrize("seed", range(30))
async def test_a_right_answer_with_wrong_bytes_in_it(seed: int) -> None:
    source = random.Random(seed)
    answer = bytearray(reply("200 OK", b'{"a": [1, "b"]}', "Content-Type: application/json; charset=utf-8", "X-Y: z"))
    for _ in range(source.randrange(1, 6)):
        answer[source.randrange(len(answer))] = source.randrange(256)

    assert await verdict_of("http", says(bytes(answer))) in ANSWERED


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Type: text/html; charset=punycode",),
        ("Content-Type: text/html; charset=base64",),
        ("Content-Type: text/html; charset=\x01",),
        ("Content-Type: ; ; ;", "Content-Type: a/b"),
        ("Content-Encoding: gzip",),
        ("Content-Encoding: gzip, deflate, br, zstd",),
        ("Transfer-Encoding: chunked",),
        ("Transfer-Encoding: gzip",),
        ("X: " + "y" * 70_000,),
        tuple(f"X{number}: y" for number in range(2_000)),
    ],
)
async def test_headers_that_lie(lines: tuple[str, ...]) -> None:
    assert await verdict_of("http", says(reply("200 OK", b"x" * 20_000, *lines))) in ANSWERED


@pytest.mark.parametrize("status", ["101 Switching", "204 No Content", "304 Not Modified", "999 Strange", "200"])
async def test_strange_statuses(status: str) -> None:
    assert await verdict_of("http", says(f"HTTP/1.1 {status}\r\n\r\n".encode())) in ANSWERED


@pytest.mark.parametrize("length", ["-1", "99999999999999999999", "1, 2", "abc", "+5", "0x10"])
async def test_lengths_that_lie(length: str) -> None:
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nbody".encode()
    assert await verdict_of("http", says(answer)) in ANSWERED
