"""Runs: all checks at once, each question asked once, causes shown once, stopped when asked."""

import asyncio
import errno
from collections.abc import Awaitable, Callable

import pytest

from bot.clock import SystemClock
from bot.diagnostics import probe_http
from bot.diagnostics.outcome import Run, RunStatus, State
from bot.diagnostics.probe_tcp import socket_verdict
from bot.diagnostics.run import Limits, Runner, UnknownCheckError
from bot.diagnostics.target import Allowed, Reach
from bot.diagnostics.verdict import Finding, Verdict
from bot.kb.checks import ProductChecks
from tests.diagnostics.twins import (
    TWIN,
    Behaviour,
    NameServer,
    Zone,
    black_hole,
    closed_port,
    name_server,
    reply,
    resets_later,
    says,
    silent,
    tcp_server,
)

HOST = "lic.test.example"


def declare(*checks: dict[str, object], **more: object) -> ProductChecks:
    titled = [{"title": {"en": str(check["id"]).upper()}, "timeout": 1.0, **check} for check in checks]
    return ProductChecks.model_validate({"checks": titled, **more})


def dns(check_id: str, host: str = HOST) -> dict[str, object]:
    return {"id": check_id, "kind": "dns", "host": host}


def tcp(check_id: str, port: int, host: str = HOST, timeout: float = 1.0) -> dict[str, object]:
    return {"id": check_id, "kind": "tcp", "host": host, "port": port, "timeout": timeout}


def tls(check_id: str, port: int) -> dict[str, object]:
    return {"id": check_id, "kind": "tls", "host": HOST, "port": port}


def http(check_id: str, port: int) -> dict[str, object]:
    return {"id": check_id, "kind": "http", "url": f"https://{HOST}:{port}/"}


def group(check_id: str, *members: str) -> dict[str, object]:
    return {"id": check_id, "kind": "group", "checks": members}


def runner(names: NameServer, limits: Limits | None = None) -> Runner:
    return Runner(Reach(Allowed.of([f"{TWIN}/32"]), ("127.0.0.1", names.port)), SystemClock(), limits)


def verdicts(run: Run) -> dict[str, tuple[Verdict, object]]:
    return {
        result.check_id: (result.finding.verdict, result.finding.facts.get("cause") or result.finding.facts.get("why"))
        for result in run.results
    }


def counting(behaviour: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> tuple[list[int], Behaviour]:
    contacts: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        contacts.append(1)
        await behaviour(writer)

    return contacts, serve


async def waits(writer: asyncio.StreamWriter) -> None:
    del writer
    await asyncio.Event().wait()


async def test_a_name_that_is_gone_is_bad_once_and_the_rest_could_not_be_checked() -> None:
    checks = declare(
        group("all", "dns", "tcp", "tls", "http"), dns("dns"), tcp("tcp", 443), tls("tls", 443), http("http", 443)
    )
    async with name_server({}) as names:
        run = await runner(names).run(checks, "all")

    assert verdicts(run) == {
        "dns": (Verdict.DNS_NO_NAME, None),
        "tcp": (Verdict.INCONCLUSIVE, "dns"),
        "tls": (Verdict.INCONCLUSIVE, "dns"),
        "http": (Verdict.INCONCLUSIVE, "dns"),
    }
    assert run.worst is run.results[0]
    assert names.asked == {(HOST, "A"): 1, (HOST, "AAAA"): 1}


async def test_a_closed_port_is_bad_once() -> None:
    async with name_server({HOST: Zone((TWIN,))}) as names:
        with closed_port() as port:
            checks = declare(
                group("all", "dns", "tcp", "tls", "http"),
                dns("dns"),
                tcp("tcp", port),
                tls("tls", port),
                http("http", port),
            )
            run = await runner(names).run(checks, "all")

    assert verdicts(run) == {
        "dns": (Verdict.OK, None),
        "tcp": (Verdict.PORT_REFUSED, None),
        "tls": (Verdict.INCONCLUSIVE, "tcp"),
        "http": (Verdict.INCONCLUSIVE, "tcp"),
    }


@pytest.mark.parametrize(("behaviour", "why"), [(silent, "timeout"), (resets_later, "reset")])
async def test_a_handshake_that_comes_to_nothing_is_bad_once(behaviour: Behaviour, why: str) -> None:
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(behaviour) as port:
        checks = declare(
            group("all", "tcp", "tls", "http"),
            tcp("tcp", port),
            {**tls("tls", port), "timeout": 0.5},
            {**http("http", port), "timeout": 0.5},
        )
        run = await runner(names).run(checks, "all")

    assert verdicts(run) == {
        "tcp": (Verdict.OK, None),
        "tls": (Verdict.SERVICE_DOWN, why),
        "http": (Verdict.INCONCLUSIVE, "tls"),
    }


async def test_a_failure_that_no_other_check_asks_for_is_shown_where_it_was_found() -> None:
    async with name_server({HOST: Zone((TWIN,))}) as names:
        with closed_port() as port, closed_port() as other:
            checks = declare(group("all", "tcp", "http"), tcp("tcp", other), http("http", port))
            run = await runner(names).run(checks, "all")

    assert verdicts(run) == {"tcp": (Verdict.PORT_REFUSED, None), "http": (Verdict.PORT_REFUSED, None)}


async def test_verdicts_lead_to_articles_the_checks_own_first() -> None:
    checks = declare(
        group("all", "one", "two", "three"),
        dns("one"),
        {**dns("two", "b.test.example"), "verdicts": {"dns_no_name": "own-article"}},
        dns("three", "c.test.example"),
        verdicts={"dns_no_name": "product-article"},
    )
    async with name_server({"c.test.example": Zone(("8.8.8.8",))}) as names:
        run = await runner(names).run(checks, "all")

    assert [result.article for result in run.results] == ["product-article", "own-article", None]


async def test_groups_of_groups_run_each_check_once_and_no_key() -> None:
    checks = declare(
        group("all", "inner", "key", "a"),
        group("inner", "b", "a"),
        dns("a"),
        dns("b"),
        {"id": "key", "kind": "key", "request": {"url": "https://a.example/"}},
    )
    async with name_server({HOST: Zone(("8.8.8.8",))}) as names:
        run = await runner(names).run(checks, "all")
        with pytest.raises(UnknownCheckError):
            await runner(names).run(checks, "key")
        with pytest.raises(UnknownCheckError):
            await runner(names).run(checks, "nothing")

    assert [result.check_id for result in run.results] == ["b", "a"]
    assert (run.title, run.status) == ({"en": "ALL"}, RunStatus.DONE)


async def test_progress_is_told_and_a_consequence_after_its_cause() -> None:
    told: list[tuple[str, State, Verdict | None]] = []

    def hear(check_id: str, state: State, finding: Finding | None) -> None:
        told.append((check_id, state, finding.verdict if finding else None))

    async with name_server({HOST: Zone((TWIN,))}) as names:
        with black_hole() as port:
            checks = declare(
                group("all", "tls", "tcp"), tcp("tcp", port, timeout=0.3), {**tls("tls", port), "timeout": 0.2}
            )
            await runner(names).run(checks, "all", hear)

    assert told == [
        ("tls", State.RUNNING, None),
        ("tcp", State.RUNNING, None),
        ("tls", State.DONE, Verdict.INCONCLUSIVE),
        ("tcp", State.DONE, Verdict.PORT_FILTERED),
    ]


async def test_a_recent_finding_is_not_asked_for_again() -> None:
    contacts, serve = counting(waits)
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(serve) as port:
        asking = runner(names)
        first = await asking.run(declare(tcp("a", port)), "a")
        second = await asking.run(declare(tcp("b", port)), "b")

    assert sum(contacts) == 1
    assert first.results[0].finding == second.results[0].finding
    assert second.results[0].check_id == "b"


async def test_an_old_finding_is() -> None:
    contacts, serve = counting(waits)
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(serve) as port:
        asking = runner(names, Limits(kept=0))
        for _ in range(3):
            await asking.run(declare(tcp("a", port)), "a")

    assert sum(contacts) == 3


async def test_what_could_not_be_checked_is_asked_anew() -> None:
    async with name_server({HOST: Zone((TWIN,))}, mute=True) as names:
        asking = runner(names)
        checks = declare({**dns("a"), "timeout": 0.2})
        first = await asking.run(checks, "a")
        names.mute = False
        second = await asking.run(checks, "a")

    assert verdicts(first) == {"a": (Verdict.INCONCLUSIVE, "own_dns")}
    assert verdicts(second) == {"a": (Verdict.OK, None)}


async def test_a_hundred_customers_at_once_ask_once() -> None:
    contacts, serve = counting(waits)
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(serve) as port:
        asking = runner(names)
        checks = declare(tcp("a", port))
        runs = await asyncio.gather(*(asking.run(checks, "a") for _ in range(100)))

    assert sum(contacts) == 1
    assert {run.results[0].finding.verdict for run in runs} == {Verdict.OK}
    assert names.asked == {(HOST, "A"): 1, (HOST, "AAAA"): 1}


async def test_stopping_one_run_leaves_the_others_their_answer() -> None:
    stop = asyncio.Event()
    async with name_server({HOST: Zone((TWIN,))}) as names:
        with black_hole() as port:
            asking = runner(names)
            checks = declare(group("all", "dns", "tcp"), dns("dns"), tcp("tcp", port, timeout=0.5))

            def hear(check_id: str, state: State, finding: Finding | None) -> None:
                del finding
                if (check_id, state) == ("dns", State.DONE):
                    stop.set()

            stopped, other = await asyncio.gather(asking.run(checks, "all", hear, stop), asking.run(checks, "all"))

    assert stopped.status is RunStatus.CANCELLED
    assert verdicts(stopped) == {"dns": (Verdict.OK, None), "tcp": (Verdict.INCONCLUSIVE, "stopped")}
    assert stopped.ended - stopped.started < 0.3
    assert other.status is RunStatus.DONE
    assert verdicts(other) == {"dns": (Verdict.OK, None), "tcp": (Verdict.PORT_FILTERED, None)}


async def test_a_bell_that_rings_after_the_end_changes_nothing() -> None:
    async with name_server({HOST: Zone(("8.8.8.8",))}) as names:
        run = await runner(names).run(declare(dns("a")), "a", stop=asyncio.Event())

    assert (run.status, verdicts(run)) == (RunStatus.DONE, {"a": (Verdict.OK, None)})


async def test_a_cancelled_run_ends_at_once_and_the_next_asks_for_itself() -> None:
    asking_now = asyncio.Event()

    def hear(check_id: str, state: State, finding: Finding | None) -> None:
        del check_id, state, finding
        asking_now.set()

    async with name_server({HOST: Zone((TWIN,))}) as names:
        with black_hole() as port:
            asking = runner(names)
            checks = declare(tcp("a", port, timeout=0.3))
            async with asyncio.TaskGroup() as tasks:
                first = tasks.create_task(asking.run(checks, "a", hear))
                second = tasks.create_task(asking.run(checks, "a"))
                await asking_now.wait()
                first.cancel()

    assert first.cancelled()
    assert verdicts(second.result()) == {"a": (Verdict.PORT_FILTERED, None)}


async def test_the_whole_has_an_end() -> None:
    async with name_server({HOST: Zone((TWIN,))}) as names:
        with black_hole() as port:
            checks = declare(group("all", "dns", "tcp"), dns("dns"), tcp("tcp", port, timeout=5.0))
            run = await runner(names, Limits(total=0.2)).run(checks, "all")

    assert verdicts(run) == {"dns": (Verdict.OK, None), "tcp": (Verdict.INCONCLUSIVE, "deadline")}
    assert run.ended - run.started < 0.6


async def test_no_more_probes_at_a_time_than_the_limit() -> None:
    now: list[int] = [0]
    most: list[int] = [0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        now[0] += 1
        most[0] = max(most[0], now[0])
        await reader.read()
        now[0] -= 1

    hosts = [f"h{number}.test.example" for number in range(9)]
    async with name_server(dict.fromkeys(hosts, Zone((TWIN,)))) as names, tcp_server(serve) as port:
        checks = declare(
            group("all", *(f"c{number}" for number in range(9))),
            *(tcp(f"c{number}", port, host) for number, host in enumerate(hosts)),
        )
        run = await runner(names, Limits(probes=3)).run(checks, "all")

    assert {result.finding.verdict for result in run.results} == {Verdict.OK}
    # The server may hear of an end after the next beginning.
    assert 3 <= most[0] <= 4


async def test_checks_run_side_by_side() -> None:
    hosts = [f"h{number}.test.example" for number in range(8)]
    async with name_server(dict.fromkeys(hosts, Zone((TWIN,)))) as names:
        with black_hole() as port:
            checks = declare(
                group("all", *(f"c{number}" for number in range(8))),
                *(tcp(f"c{number}", port, host, 0.3) for number, host in enumerate(hosts)),
            )
            run = await runner(names).run(checks, "all")

    assert {result.finding.verdict for result in run.results} == {Verdict.PORT_FILTERED}
    # One after another they would take eight times as long; the figure is `make bench`'s to measure.
    assert run.ended - run.started < 1.5


async def test_a_name_with_ipv6_addresses_only() -> None:
    async with (
        name_server({HOST: Zone(("::1",))}) as names,
        tcp_server(says(reply("200 OK")), address="::1") as port,
    ):
        checks = declare(
            group("all", "tcp", "http"), tcp("tcp", port), {**http("http", port), "url": f"http://{HOST}:{port}/"}
        )
        run = await Runner(Reach(Allowed.of(["::1/128"]), ("127.0.0.1", names.port)), SystemClock()).run(checks, "all")

    assert verdicts(run) == {"tcp": (Verdict.OK, None), "http": (Verdict.OK, None)}
    assert run.results[1].finding.facts["address"] == "::1"


async def test_a_family_without_a_listener_is_made_up_for_by_the_other() -> None:
    async with (
        name_server({HOST: Zone((TWIN, "::1"))}) as names,
        tcp_server(says(reply("200 OK")), address="::1") as port,
    ):
        checks = declare(
            group("all", "tcp", "http"), tcp("tcp", port), {**http("http", port), "url": f"http://{HOST}:{port}/"}
        )
        allowed = Allowed.of(["::1/128", f"{TWIN}/32"])
        run = await Runner(Reach(allowed, ("127.0.0.1", names.port)), SystemClock()).run(checks, "all")

    assert verdicts(run) == {"tcp": (Verdict.OK, None), "http": (Verdict.OK, None)}


async def test_what_takes_long_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe_http, "SLOW_MS", 30.0)

    async def thinks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        await says(reply("200 OK"))(reader, writer)

    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(thinks) as port:
        checks = declare({**http("http", port), "url": f"http://{HOST}:{port}/"})
        run = await runner(names).run(checks, "http")

    assert verdicts(run) == {"http": (Verdict.SLOW, None)}


async def test_the_declaration_itself_may_allow_a_private_address() -> None:
    async with name_server({HOST: Zone((TWIN,))}) as names:
        bare = Runner(Reach(nameserver=("127.0.0.1", names.port)), SystemClock())
        refused = await bare.run(declare(dns("a")), "a")
        allowed = await bare.run(declare(dns("a"), allow_private=[HOST]), "a")

    assert verdicts(refused) == {"a": (Verdict.DNS_HIJACK, "private")}
    assert verdicts(allowed) == {"a": (Verdict.OK, None)}


@pytest.mark.parametrize(
    ("number", "verdict", "word"),
    [
        (errno.ECONNREFUSED, Verdict.PORT_REFUSED, "refused"),
        (errno.ECONNRESET, Verdict.PORT_REFUSED, "reset"),
        (errno.ETIMEDOUT, Verdict.PORT_FILTERED, ""),
        (errno.EHOSTUNREACH, Verdict.UNREACHABLE, ""),
        (errno.ENETUNREACH, Verdict.UNREACHABLE, ""),
        (errno.EPERM, Verdict.INCONCLUSIVE, "own_network"),
        (errno.EMFILE, Verdict.INCONCLUSIVE, "own_machine"),
        (None, Verdict.INCONCLUSIVE, "own_machine"),
    ],
)
def test_what_the_socket_layer_says(number: int | None, verdict: Verdict, word: str) -> None:
    assert socket_verdict(number) == (verdict, word)
