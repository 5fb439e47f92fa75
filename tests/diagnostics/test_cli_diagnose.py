"""`diagnost diagnose` and `doctor --network` against twins on loopback: what is printed, and the exit code."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli_diagnose import diagnose
from bot.diagnostics.target import Allowed, Reach
from bot.doctor.finding import Status
from bot.doctor.reach import look
from bot.settings import Settings, SettingsFault, load_settings, load_some
from tests.diagnostics.twins import TWIN, NameServer, Zone, closed_port, name_server, reply, says, tcp_server
from tests.kb.kb_folder import KbFolder

HOST = "lic.test.example"
CHECKS = """\
default: all
verdicts: {{port_refused: acme-1}}
checks:
  - {{id: all, kind: group, checks: [name, port], title: {{ru: Всё, en: All of it}}}}
  - {{id: name, kind: dns, host: lic.test.example, timeout: 0.5, title: {{ru: Имя, en: The name}}}}
  - {{id: port, kind: tcp, host: lic.test.example, port: {port}, timeout: 1, title: {{ru: Порт, en: The port}}}}
  - {{id: page, kind: http, url: "http://lic.test.example:{port}/", title: {{ru: Страница, en: The page}}}}
  - id: key
    kind: key
    title: {{ru: Ключ, en: Key}}
    request: {{url: "http://lic.test.example:{port}/", body: "{{{{key}}}}"}}
    facts: {{status: {{json_path: $.status}}}}
    rules: [{{when: 'status == "ok"', verdict: ok}}]
"""


@dataclass(slots=True)
class Place:
    kb: KbFolder
    names: NameServer
    port: int

    async def runs(self, check: str | None = None, *, as_json: bool = False, product: str = "acme") -> int:
        return await asyncio.to_thread(diagnose, product, check, as_json=as_json, kb=self.kb.root, language="en")


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.chdir(tmp_path)
    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(says(reply("200 OK"))) as port:
        kb = KbFolder(tmp_path / "kb")
        kb.write("acme/_checks.yaml", CHECKS.format(port=port))
        monkeypatch.setenv("DIAG_ALLOW_PRIVATE", f"{TWIN}/32")
        monkeypatch.setenv("DIAG_NAMESERVER", f"127.0.0.1:{names.port}")
        yield Place(kb, names, port)


@contextmanager
def nobody_there(place: Place) -> Iterator[None]:
    with closed_port() as port:
        place.kb.write("acme/_checks.yaml", CHECKS.format(port=port))
        yield


async def test_all_is_well(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert await place.runs() == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines] == [["All", "of", "it"], ["✅", "The", "name"], ["✅", "The", "port"]]
    assert TWIN in lines[1]


async def test_a_fault_is_shown_with_its_article(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with nobody_there(place):
        assert await place.runs() == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["✅", "❌"]
    assert f"The connection to {HOST} was refused or reset." in lines[2]
    assert "how=refused" in lines[2]
    assert lines[2].rstrip().endswith("→ acme-1")


async def test_the_same_for_machines(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    with nobody_there(place):
        assert await place.runs(as_json=True) == 1
    found = json.loads(capsys.readouterr().out)

    assert {key: found[key] for key in ("product", "check", "title", "status", "verdict", "article")} == {
        "product": "acme",
        "check": "all",
        "title": "All of it",
        "status": "done",
        "verdict": "port_refused",
        "article": "acme-1",
    }
    assert [(each["id"], each["verdict"], each["light"], each["article"]) for each in found["results"]] == [
        ("name", "ok", "good", None),
        ("port", "port_refused", "bad", "acme-1"),
    ]
    assert found["results"][0]["facts"]["addresses"] == [TWIN]


async def test_one_check(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert await place.runs("page") == 0
    assert "status=200" in capsys.readouterr().out


async def test_what_could_not_be_checked_is_no_fault(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.names.mute = True
    assert await place.runs("name") == 3
    line = capsys.readouterr().out.splitlines()[1]
    assert line.startswith("❔")
    assert "not checked: this machine's name server does not answer" in line


@pytest.mark.parametrize(
    ("product", "check", "said"),
    [
        ("acem", None, "there is no product `acem`; there are acme\n"),
        ("acme", "prot", "`acme` declares no check `prot`; there are all, name, port, page\n"),
        ("acme", "key", "`key` needs a licence key, which is asked for in the chat only\n"),
    ],
)
async def test_wrong_use(
    place: Place, capsys: pytest.CaptureFixture[str], product: str, check: str | None, said: str
) -> None:
    assert await place.runs(check, product=product) == 2
    assert capsys.readouterr().err == said


async def test_a_product_without_checks(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    (place.kb.root / "acme/_checks.yaml").unlink()
    assert await place.runs() == 2
    assert capsys.readouterr().err == "`acme` declares no checks in acme/_checks.yaml\n"


async def test_wrong_settings(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DIAG_ALLOW_PRIVATE", "10.0.0.1/8")
    monkeypatch.setenv("DIAG_CA_FILE", "/nowhere")
    assert await place.runs() == 2
    assert capsys.readouterr().err == (
        "DIAG_ALLOW_PRIVATE: is not a list of host names and networks with commas between;"
        " it should look like gateway.lan,10.1.2.0/24\n"
        "DIAG_CA_FILE: names no file of certificates that can be read; it should look like /etc/ssl/own-ca.pem\n"
    )


def test_the_shell_knows_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.cli import app  # noqa: PLC0415 - it takes long, and one test needs it

    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["diagnose", "--product", "nothing"])
    assert done.exit_code == 2
    assert "there is no product `nothing`" in done.output


async def test_the_doctor_looks_where_it_is_asked_to(place: Place) -> None:
    reach = Reach(Allowed.of([f"{TWIN}/32"]), ("127.0.0.1", place.names.port))
    [fine] = await look(place.kb.root, reach)
    with nobody_there(place):
        [bad] = await look(place.kb.root, reach)
    place.names.mute = True
    [unseen] = await look(place.kb.root, reach)

    assert (fine.id, fine.status, fine.found) == (
        "reach",
        Status.OK,
        "Checks of Acme from this machine: all 2 are fine.",
    )
    assert (bad.status, bad.found) == (Status.WARNING, "Checks of Acme from this machine: port (port_refused).")
    assert unseen.status is Status.UNKNOWN


def settings(**more: str) -> Settings:
    needed = {"BOT_TOKEN": "1:invented-token", "SECRET_KEY": "an invented secret of forty characters.."}
    return load_settings(needed | more, env_file=None)


def test_settings_of_diagnostics(tmp_path: Path) -> None:
    made = settings(DIAG_ALLOW_PRIVATE="Gateway.lan, 10.0.0.0/8,,fd00::/8", DIAG_NAMESERVER="[::1]:5353")
    assert made.diag_allow_private == ("gateway.lan", "10.0.0.0/8", "fd00::/8")
    assert made.diag_nameserver is not None
    assert (made.diag_nameserver.host, made.diag_nameserver.port) == ("::1", 5353)
    assert (settings().diag_allow_private, settings().diag_nameserver, settings().diag_ca_file) == ((), None, None)
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    with pytest.raises(SettingsFault, match="names no file of certificates"):
        settings(DIAG_CA_FILE=str(empty))


def test_some_settings_need_no_token() -> None:
    made = load_some(("DIAG_ALLOW_PRIVATE",), {"DIAG_ALLOW_PRIVATE": "a.lan", "BOT_MODE": "nonsense"}, env_file=None)
    assert made.diag_allow_private == ("a.lan",)
    with pytest.raises(SettingsFault, match="BOT_MODE"):
        load_some(("BOT_MODE",), {"BOT_MODE": "nonsense"}, env_file=None)
