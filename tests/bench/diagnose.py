"""What eight checks cost beside the slowest of them alone, and what 200 customers' runs cost an ordinary answer.

*Well*: two hosts, each with name, port, TLS and HTTPS, whose servers take their time to answer. *Hole*: one of the
ports swallows everything, so that the slowest check is its own deadline. Each round asks a new runner twice, for the
group and for the slowest member alone: nothing is kept from one to the other. The ordinary answer is a question to the
matcher on the same event loop, timed from when it was due, with and without the customers. *Of one product*: all ask
about the same servers, as customers do. *Of 200 products*: nothing is shared, and the loop also carries the servers.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from bot.clock import SystemClock
from bot.diagnostics.run import Runner
from bot.diagnostics.target import Allowed, Reach
from bot.diagnostics.verdict import Verdict
from bot.kb import DEFAULT_KB
from bot.kb.checks import ProductChecks
from bot.kb.loader import load
from bot.matching.matcher import Matcher
from bot.weights.ready import ready
from tests.bench import results
from tests.bench.bots import NotMeasuredError
from tests.bench.results import Line, percentile
from tests.diagnostics.faults import Authorities
from tests.diagnostics.twins import TWIN, Behaviour, NameServer, Zone, black_hole, name_server, reply, tcp_server

HOSTS = ("lic.test.example", "lm.test.example")
ANSWER_SECONDS = 0.4
"""How long the servers think about a request."""
HOLE_SECONDS = 1.0
CUSTOMERS = 200
QUESTIONS = 150
EVERY = 0.02
"""Seconds between two ordinary questions."""
QUESTION = "ошибка 1058 после замены диска"


def run(rounds: int) -> list[Line]:
    """Measure everything; raises `NotMeasuredError` where a check does not find what it should."""
    with tempfile.TemporaryDirectory() as folder:
        authorities = Authorities(Path(folder))
        sides = [asyncio.run(_costs(authorities, rounds, hole=hole)) for hole in (False, True)]
        shared, apart, alone = asyncio.run(_answers(authorities, rounds))
    lines = []
    for name, (whole, slowest) in zip(("well", "hole"), sides, strict=True):
        over = tuple(ours - theirs for ours, theirs in zip(whole, slowest, strict=True))
        what = f"8 checks, {name}: the whole run"
        lines.append(Line("diagnose", what, "ms", tuple(whole), "its slowest alone", tuple(slowest)))
        lines.append(Line("diagnose", f"8 checks, {name}: above the slowest (aim: 300)", "ms", over))
    for name, busy in (("one product", shared), (f"{CUSTOMERS} products", apart)):
        what = f"answer, p99, {CUSTOMERS} customers of {name} (aim: twice)"
        lines.append(Line("diagnose", what, "ms", tuple(busy), "nobody checks", tuple(alone)))
    return lines


async def _costs(authorities: Authorities, rounds: int, *, hole: bool) -> tuple[list[float], list[float]]:
    """Return milliseconds of the whole run and of its slowest check alone, one a round."""
    tls = authorities.good_for(*HOSTS)
    whole: list[float] = []
    alone: list[float] = []
    with ExitStack() as stack:
        swallowing = stack.enter_context(black_hole()) if hole else None
        async with name_server(dict.fromkeys(HOSTS, Zone((TWIN,)))) as names, tcp_server(_thinks, tls=tls) as port:
            checks = _declared(HOSTS, port, swallowing)
            slowest = "c1-tcp" if hole else "c0-http"
            for _ in range(rounds):
                for check, times in (("all", whole), (slowest, alone)):
                    begun = perf_counter()
                    found = await _runner(names, authorities).run(checks, check)
                    times.append(1000 * (perf_counter() - begun))
                    bad = [each.check_id for each in found.results if each.finding.verdict is not Verdict.OK]
                    if bad and not hole:
                        raise NotMeasuredError(f"not well: {', '.join(bad)}")
    return whole, alone


async def _answers(authorities: Authorities, rounds: int) -> tuple[list[float], list[float], list[float]]:
    """Return the p99 of an ordinary answer in milliseconds: customers of one product, of many, none; one a round."""
    matcher = ready(load(DEFAULT_KB))
    matcher.ask(QUESTION)
    crowd = [tuple(f"h{side}.c{number}.test.example" for side in range(2)) for number in range(CUSTOMERS)]
    zones = dict.fromkeys([host for pair in crowd for host in pair], Zone((TWIN,)))
    tls = authorities.good_for(*(f"*.c{number}.test.example" for number in range(CUSTOMERS)))
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    async with name_server(zones) as names, tcp_server(_thinks, tls=tls) as port:
        products = [_declared(pair, port, None) for pair in crowd]
        for _ in range(rounds):
            for place, checks in enumerate((products[:1] * CUSTOMERS, products, [])):
                runner = _runner(names, authorities)
                async with asyncio.TaskGroup() as tasks:
                    for each in checks:
                        tasks.create_task(runner.run(each, "all"))
                    times[place].append(await _ask(matcher))
    return times


async def _ask(matcher: Matcher) -> float:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    due = loop.time()
    for _ in range(QUESTIONS):
        due += EVERY
        await asyncio.sleep(max(0.0, due - loop.time()))
        matcher.ask(QUESTION)
        times.append(1000 * (loop.time() - due))
        due = max(due, loop.time() - EVERY)
    return percentile(times, 0.99)


def _runner(names: NameServer, authorities: Authorities) -> Runner:
    reach = Reach(Allowed.of([f"{TWIN}/32"]), ("127.0.0.1", names.port), authorities.file)
    return Runner(reach, SystemClock())


def _declared(hosts: Sequence[str], port: int, swallowing: int | None) -> ProductChecks:
    checks: list[dict[str, object]] = []
    for place, host in enumerate(hosts):
        one = swallowing if swallowing is not None and place else port
        seconds = HOLE_SECONDS if one == swallowing else 8.0
        checks += [
            {"id": f"c{place}-dns", "kind": "dns", "host": host},
            {"id": f"c{place}-tcp", "kind": "tcp", "host": host, "port": one, "timeout": seconds},
            {"id": f"c{place}-tls", "kind": "tls", "host": host, "port": one, "timeout": seconds},
            {"id": f"c{place}-http", "kind": "http", "url": f"https://{host}:{one}/", "timeout": seconds},
        ]
    members = [check["id"] for check in checks]
    declared: list[dict[str, object]] = [{"id": "all", "kind": "group", "checks": members}, *checks]
    return ProductChecks.model_validate({"checks": [{"title": {"en": "It"}, **check} for check in declared]})


def _serves() -> Behaviour:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(ANSWER_SECONDS)
        writer.write(reply("200 OK"))
        await writer.drain()

    return serve


_thinks = _serves()


def main() -> int:
    """Measure five rounds and print the table."""
    results.show(run(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
    return 0


if __name__ == "__main__":
    sys.exit(main())
