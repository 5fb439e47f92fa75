"""`diagnost doctor` as a process of its own: exit codes, lines, JSON, no secret in any of them, twenty seconds."""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.doctor.checks import line, proxy
from bot.doctor.examine import examine
from bot.doctor.finding import NAMES, Status
from bot.doctor.legs import Leg, Trouble, Walk
from bot.sandbox import Chat, Person, Sandbox
from bot.settings import NAMES as SETTINGS
from bot.storage.database import Database
from tests.doctor.surgery import SECRET, Surgery
from tests.kb.kb_folder import KbFolder
from tests.proxy.proxies import Kind, Proxy

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    code: int | None
    out: str
    err: str
    seconds: float

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    def checks(self) -> dict[str, dict[str, str]]:
        return {each["id"]: each for each in json.loads(self.out)["checks"]}


async def run(folder: Path, *options: str, **settings: str) -> Ran:
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "doctor", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | settings,
    )
    out, err = await process.communicate()
    return Ran(process.returncode, out.decode(), err.decode(), time.monotonic() - began)


async def test_exit_codes_lines_and_json_of_the_command(
    sandbox: Sandbox, forum: Chat, boss: Person, kb: KbFolder, tmp_path: Path, unused_tcp_port: int
) -> None:
    sound = {
        "BOT_TOKEN": sandbox.token,
        "TELEGRAM_API_BASE": sandbox.base_url,
        "SECRET_KEY": SECRET.decode(),
        "KB_DIR": str(kb.root),
        "STAFF_CHAT_ID": str(forum.id),
        "MANAGER_IDS": str(boss.id),
    }
    dead = Proxy(Kind.SOCKS5, port=unused_tcp_port)
    fine, faulty, unreached = await asyncio.gather(
        run(tmp_path, **sound),
        run(tmp_path, "--json", **sound | {"TELEGRAM_PROXY": dead.url("operator", "hunter2-word")}),
        run(tmp_path, **sound | {"TELEGRAM_API_BASE": f"http://127.0.0.1:{unused_tcp_port}"}),
    )

    assert (fine.code, fine.err) == (0, "")
    assert [each.partition(" ")[0] for each in fine.lines] == ["✅"] * len(NAMES)
    assert fine.lines[0] == "✅ token: @diagnost_sandbox_bot (Diagnost)"
    assert "✅ second poller: nobody else asks Telegram for this bot's updates" in fine.lines

    assert (faulty.code, faulty.err) == (1, "")
    checks = faulty.checks()
    assert list(checks) == list(NAMES)
    assert checks["proxy"] == {
        "id": "proxy",
        "status": "fault",
        "found": f"{dead.url()} is not reachable: TCP connect: the connection was refused",
        "mend": "Start the proxy, correct its address in TELEGRAM_PROXY, or empty TELEGRAM_PROXY.",
    }
    assert checks["token"]["status"] == "unknown"
    assert checks["kb"]["status"] == "ok"

    assert (unreached.code, unreached.err) == (3, "")
    assert any(each.startswith("❔ line to Telegram: 127.0.0.1 cannot be reached") for each in unreached.lines)
    assert any(each.startswith("   → Check this machine's network") for each in unreached.lines)

    for ran in (fine, faulty, unreached):
        shown = ran.out + ran.err
        for secret in (sandbox.token, sandbox.token.partition(":")[2], SECRET.decode(), "hunter2"):
            assert secret not in shown


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """No settings but those of the test; what is wrong with settings needs no process of its own."""
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_wrong_settings_are_all_named(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("BOT_TOKEN", "hunter2")
    bare.setenv("STAFF_CHAT_ID", "support")
    ran = CliRunner().invoke(app, ["doctor"])
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert [each.partition(":")[0] for each in ran.stderr.splitlines()] == ["BOT_TOKEN", "STAFF_CHAT_ID", "SECRET_KEY"]
    assert "hunter2" not in ran.output


def test_wrong_settings_for_machines(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("BOT_TOKEN", "1:abc")
    ran = CliRunner().invoke(app, ["doctor", "--json"])
    assert ran.exit_code == 2
    (only,) = json.loads(ran.stdout)["checks"]
    assert (only["id"], only["status"]) == ("settings", "fault")
    assert only["found"] == "SECRET_KEY is not set, and SECRET_KEY_FILE is not either"
    assert only["mend"].startswith("It should look like ")


async def test_each_check_is_told_once_in_order(surgery: Surgery) -> None:
    assert [each.id for each in await examine(surgery.setup)] == list(NAMES)


async def test_a_running_bot_is_seen_and_left_alone(surgery: Surgery, sandbox: Sandbox) -> None:
    database = await Database.open(surgery.setup.database_path)
    try:
        found = {each.id: each for each in await examine(surgery.setup)}
    finally:
        await database.close()
    assert "a running bot holds it" in found["database"].found
    assert "was not disturbed" in found["poller"].found
    assert sandbox.calls_of("getUpdates") == []


async def test_what_another_says_is_masked_too(surgery: Surgery, sandbox: Sandbox) -> None:
    sandbox.fail("getWebhookInfo", code=400, description=f"Bad Request: {sandbox.token}")
    found = {each.id: each for each in await examine(surgery.setup)}
    assert found["webhook"].status is Status.UNKNOWN
    assert "Bad Request: ‹secret›" in found["webhook"].found


def test_the_slowest_leg_decides_what_helps() -> None:
    def told(leg: Leg, *, proxied: bool) -> str:
        times = tuple((each, 2.0 if each is leg else 0.1) for each in Leg)
        found = line(Walk(times), "https://api.telegram.org", proxied=proxied)
        assert found.status is Status.WARNING
        assert f"slowest is {leg}" in found.found
        return found.mend

    assert told(Leg.DNS, proxied=False) == "Give this machine a faster name server."
    assert told(Leg.TLS, proxied=False).startswith("Set TELEGRAM_PROXY, or run your own Bot API server abroad")
    assert told(Leg.PROXY, proxied=True).startswith("Set TELEGRAM_PROXY to a proxy that is nearer")


def test_every_trouble_on_every_leg_is_told_in_a_sentence() -> None:
    for leg in Leg:
        for trouble in Trouble:
            for shown in (None, "socks5://127.0.0.1:1080"):
                walked = Walk((), leg, trouble)
                findings = [line(walked, "https://api.telegram.org", proxied=shown is not None), proxy(walked, shown)]
                assert all(each.found for each in findings)
                assert all(each.mend for each in findings if each.status is Status.FAULT)
                assert {Status.FAULT, Status.UNKNOWN} & {each.status for each in findings}
