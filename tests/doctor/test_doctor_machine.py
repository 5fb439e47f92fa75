"""The machine's side on real files and ports: database, secret, knowledge base, disk, addresses."""

import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.doctor import machine_checks as checks
from bot.doctor.finding import Status
from bot.doctor.waiting import in_thread
from bot.health import HealthServer
from bot.sandbox import Sandbox
from bot.storage.database import Database
from bot.storage.vault import Vault, check_secret
from tests.doctor.surgery import SECRET, Surgery
from tests.kb.kb_folder import KbFolder

FAULT, OK, WARNING, UNKNOWN = Status.FAULT, Status.OK, Status.WARNING, Status.UNKNOWN
MB = 1024 * 1024


@pytest.fixture
async def database(surgery: Surgery) -> AsyncIterator[Database]:
    opened = await Database.open(surgery.setup.database_path)
    await check_secret(opened, Vault(SECRET))
    yield opened
    await opened.close()


async def test_before_the_first_start(surgery: Surgery) -> None:
    found = await surgery.machine()
    assert {each.status for each in found.findings} == {OK}
    path = surgery.setup.database_path
    assert found["database"].found == f"{path} is not there yet; the first start creates it"
    assert found["secret"].found == "set; the database holds nothing yet that it could fit"
    assert found["kb"].found.endswith("kb: 1 articles, no faults")
    assert found["disk"].found.endswith(f"free at {path.parent.parent}")
    assert not path.parent.exists()


async def test_beside_a_running_bot(surgery: Surgery, database: Database) -> None:
    found = await surgery.machine()
    assert found["secret"].found == "opens what the database holds"
    assert found["database"].status is OK
    assert "sound" in found["database"].found
    assert "a running bot holds it" in found["database"].found
    await database.write(lambda db: db.execute("INSERT INTO meta (key, value) VALUES ('after', x'00')"))


async def test_after_the_bot_nothing_is_left_behind_and_nothing_is_changed(surgery: Surgery) -> None:
    path = surgery.setup.database_path
    database = await Database.open(path)
    await check_secret(database, Vault(SECRET))
    await database.close()
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    found = await surgery.machine()
    assert "no bot holds it now" in found["database"].found
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before


async def test_another_secret(surgery: Surgery, database: Database) -> None:
    found = await surgery.machine(secret=b"another-invented-secret-of-some-length")
    assert (found["secret"].status, found["secret"].found) == (FAULT, "the database was begun with another secret")
    assert "Give back the secret" in found["secret"].mend
    assert found["database"].status is OK
    assert database.path == surgery.setup.database_path


async def test_a_file_that_is_no_database(surgery: Surgery) -> None:
    path = surgery.setup.database_path
    path.parent.mkdir()
    path.write_bytes(b"this is not SQLite" * 100)
    found = await surgery.machine()
    assert (found["database"].status, found["secret"].status) == (FAULT, UNKNOWN)
    assert "cannot be read: file is not a database" in found["database"].found
    assert "restore a backup" in found["database"].mend


async def test_a_damaged_database(surgery: Surgery) -> None:
    path = surgery.setup.database_path
    database = await Database.open(path)
    await database.close()
    torn = bytearray(path.read_bytes())
    for page in range(2, len(torn) // 4096):
        torn[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    path.write_bytes(torn)
    found = await surgery.machine()
    assert found["database"].status is FAULT
    assert "damaged" in found["database"].found or "malformed" in found["database"].found
    assert "backup" in found["database"].mend


async def test_a_database_of_a_newer_diagnost(surgery: Surgery, database: Database) -> None:
    await database.write(
        lambda db: db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('diagnost', 'm9999_later', '')"
        )
    )
    found = await surgery.machine()
    assert found["database"].found == "a newer diagnost made it (it has m9999_later)"
    assert "Install that version again" in found["database"].mend


async def test_a_database_of_another_program_stays_as_it_is(surgery: Surgery) -> None:
    path = surgery.setup.database_path
    path.parent.mkdir()
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE orders (id INTEGER)")
    theirs.close()
    before = path.read_bytes()
    found = await surgery.machine()
    assert found["database"].found == f"{path} belongs to another program"
    assert "a file of the bot's own" in found["database"].mend
    assert path.read_bytes() == before


async def test_a_folder_that_is_a_file(surgery: Surgery, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = await surgery.machine(database_path=tmp_path / "file" / "diagnost.sqlite3")
    assert found["database"].status is FAULT
    assert f"{tmp_path / 'file'} is not a folder" in found["database"].found
    assert "DATABASE_PATH" in found["database"].mend


async def test_a_folder_that_cannot_be_written(surgery: Surgery) -> None:
    found = await surgery.machine(database_path=Path("/proc/self/diagnost.sqlite3"))
    assert found["database"].status is FAULT
    assert "the folder /proc/self cannot be written to" in found["database"].found


async def test_a_broken_knowledge_base(surgery: Surgery, kb: KbFolder) -> None:
    kb.article("acme-2", ("  en: [does not work]", "  en: []"), ("tags: []", "tagz: []"))
    found = await surgery.machine()
    assert found["kb"].status is FAULT
    assert "faults, first: acme/acme-2.yaml:" in found["kb"].found
    assert "`diagnost kb check`" in found["kb"].mend
    gone = await surgery.machine(kb_dir=kb.root / "nowhere")
    assert gone["kb"].status is FAULT
    assert "1 fault, first: .:1:1:" in gone["kb"].found


async def test_health_listen_free_and_taken_by_another(
    surgery: Surgery, sandbox: Sandbox, unused_tcp_port: int
) -> None:
    address = ("127.0.0.1", unused_tcp_port)
    free = await surgery.machine(health_listen=address)
    assert free["health"].found == f"127.0.0.1:{unused_tcp_port} is free for the bot"
    silent = await surgery.machine(health_listen=address, running=True)
    assert silent["health"].found == f"the bot runs, but nothing answers at 127.0.0.1:{unused_tcp_port}"
    assert silent["health"].mend.startswith("Restart the bot")
    taken = await surgery.machine(health_listen=("127.0.0.1", int(sandbox.base_url.rpartition(":")[2])))
    assert taken["health"].status is FAULT
    assert "is taken by another program" in taken["health"].found
    assert "give HEALTH_LISTEN another port" in taken["health"].mend


async def test_health_listen_of_a_running_bot(surgery: Surgery, unused_tcp_port: int) -> None:
    said: list[str | None] = [None]

    async def telegram() -> str | None:
        return said[0]

    server = HealthServer(("127.0.0.1", unused_tcp_port), {"telegram": telegram})
    await server.start()
    try:
        ready = await surgery.machine(health_listen=("127.0.0.1", unused_tcp_port), running=True)
        assert ready["health"].found == f"127.0.0.1:{unused_tcp_port} answers: ready"
        said[0] = "Telegram has not answered for 95 s"
        ill = await surgery.machine(health_listen=("0.0.0.0", unused_tcp_port), running=True)
        assert ill["health"].status is WARNING
        assert ill["health"].found.endswith("answers: not ready: telegram: Telegram has not answered for 95 s")
        other = await surgery.machine(health_listen=("127.0.0.1", unused_tcp_port), running=False)
        assert other["health"].status is FAULT
    finally:
        await server.stop()


async def test_an_address_that_is_not_ours(surgery: Surgery) -> None:
    found = await surgery.machine(health_listen=("192.0.2.1", 8081))
    assert found["health"].status is FAULT
    assert "192.0.2.1:8081 cannot be had" in found["health"].found


async def test_webhook_listen(surgery: Surgery, sandbox: Sandbox, unused_tcp_port: int) -> None:
    taken = ("127.0.0.1", int(sandbox.base_url.rpartition(":")[2]))
    url = "https://bot.example.com/telegram"
    found = await surgery.machine(webhook_url=url, webhook_listen=taken)
    assert found["webhook_listen"].status is FAULT
    assert "give WEBHOOK_LISTEN another port" in found["webhook_listen"].mend
    runs = await surgery.machine(webhook_url=url, webhook_listen=taken, running=True)
    assert "is taken, as it must be while the bot runs" in runs["webhook_listen"].found
    silent = await surgery.machine(webhook_url=url, webhook_listen=("127.0.0.1", unused_tcp_port), running=True)
    assert silent["webhook_listen"].status is FAULT


async def test_a_file_that_hangs_does_not_hold_the_doctor_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(TimeoutError):
        await in_thread(pipe.read_bytes, 0.1)
    (left_behind,) = [each for each in threading.enumerate() if each.name == "diagnost-doctor"]
    assert left_behind.daemon
    pipe.open("wb").close()
    left_behind.join(5)
    assert not left_behind.is_alive()


async def test_what_a_thread_raises_is_raised(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await in_thread((tmp_path / "none").read_bytes, 5.0)


@pytest.mark.parametrize(("free", "status"), [(50 * MB, FAULT), (500 * MB, WARNING), (5000 * MB, OK)])
def test_room_on_the_disk(free: int, status: Status) -> None:
    found = checks.disk(Path("/srv"), free)
    assert found.status is status
    assert (status is OK) or "Free some space" in found.mend


def test_a_log_that_is_never_folded_back() -> None:
    look = checks.DatabaseLook(Path("bot.db"), exists=True, checked=True, size=MB, wal=300 * MB)
    found = checks.database(look)
    assert found.status is WARNING
    assert "log 300.0 MB" in found.found
    assert "Restart the bot" in found.mend


@pytest.mark.parametrize(
    ("python", "sqlite", "status", "mend"),
    [
        ((3, 11, 7), (3, 40, 1), OK, ""),
        ((3, 10, 12), (3, 40, 1), FAULT, "Install Python 3.11 or newer."),
        ((3, 11, 7), (3, 34, 1), FAULT, "Use a Python whose SQLite is 3.37 or newer."),
    ],
)
def test_versions(python: tuple[int, int, int], sqlite: tuple[int, int, int], status: Status, mend: str) -> None:
    found = checks.python(python, sqlite)
    assert (found.status, found.mend) == (status, mend)
