"""Each fault of the table, made for real on loopback: the right verdict, within its deadline."""

import time

import pytest

from bot.clock import SystemClock
from bot.diagnostics.run import Runner
from bot.diagnostics.target import Allowed, Reach
from bot.kb.checks import ProductChecks
from tests.diagnostics.faults import FAULTS, HOST, Authorities, Fault
from tests.diagnostics.twins import TWIN, Zone, name_server


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return Authorities(tmp_path_factory.mktemp("authorities"))


def declared(fault: Fault, port: int) -> ProductChecks:
    check: dict[str, object] = {"id": "it", "kind": fault.kind, "title": {"ru": "Это"}, "timeout": fault.seconds}
    if fault.kind == "http":
        check |= {"url": f"https://{HOST}:{port}/ping", "expect": dict(fault.expect)}
    else:
        check["host"] = HOST
        if fault.kind != "dns":
            check["port"] = port
    return ProductChecks.model_validate({"checks": [check]})


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
async def test_a_fault_gets_its_verdict(fault: Fault, authorities: Authorities) -> None:
    zone = fault.zone or Zone((TWIN,))
    async with name_server({HOST: zone}, mute=fault.mute) as names, fault.serve(authorities) as port:
        allowed = Allowed.of([f"{TWIN}/32"] if fault.private_allowed else [])
        runner = Runner(Reach(allowed, ("127.0.0.1", names.port), authorities.file), SystemClock())
        began = time.monotonic()
        run = await runner.run(declared(fault, port), "it")
        took = time.monotonic() - began

    finding = run.results[0].finding
    assert (finding.verdict, dict(fault.facts)) == (
        fault.verdict,
        {name: finding.facts.get(name) for name, _ in fault.facts},
    )
    assert took < fault.seconds + 0.5
    assert (took > fault.seconds * 0.65) is fault.waits


def test_the_table_is_long_and_names_each_fault_once() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) == 76
