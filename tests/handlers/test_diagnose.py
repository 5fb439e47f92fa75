"""Checks as a customer sees them: begun, shown, ended, broken off, and put together with what they paste."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.diagnostics.target import Allowed, Reach
from bot.kb.watch import LibraryHolder
from bot.sandbox import FaultKind, Message, Person
from bot.triage import Prepared
from tests.diagnostics.twins import TWIN, NameServer, Zone, name_server, tcp_server
from tests.handlers.small_kb import path_of, write_small_kb
from tests.handlers.stand import Staff, Stand, hold

HOST = "lic.acme.example"
PORT = 44310
"""Declared once for the module, so that the knowledge base is read once."""

CHECKS = f"""\
default: acme-all
verdicts: {{port_refused: acme-ink, port_filtered: acme-ink, dns_no_name: acme-jam}}
checks:
  - id: acme-all
    kind: group
    title: {{ru: Серверы Акме, en: Acme servers}}
    checks: [acme-name, acme-port]
  - {{id: acme-name, kind: dns, host: {HOST}, timeout: 3, title: {{ru: Имя, en: Name}}}}
  - {{id: acme-port, kind: tcp, host: {HOST}, port: {PORT}, timeout: 3, title: {{ru: Порт, en: Port}}}}
"""
BOLT_CHECKS = """\
default: bolt-name
checks:
  - {id: bolt-name, kind: dns, host: bolt.example, timeout: 3, title: {ru: Имя Болта, en: Name of Bolt}}
"""
PING = f"""\
Обмен пакетами с {HOST} [127.0.0.2] с 32 байтами данных:
Превышен интервал ожидания для запроса.
Превышен интервал ожидания для запроса.

Статистика Ping для 127.0.0.2:
    Пакетов: отправлено = 2, получено = 0, потеряно = 2
    (100% потерь)
"""


@dataclass(slots=True)
class World:
    names: NameServer
    accepted: list[int]
    gate: asyncio.Event


@pytest.fixture(scope="module")
def kb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_small_kb(tmp_path_factory.mktemp("checks") / "kb")
    (root / "acme" / "_checks.yaml").write_text(CHECKS, encoding="utf-8")
    (root / "bolt" / "_checks.yaml").write_text(BOLT_CHECKS, encoding="utf-8")
    path = path_of(root, "acme-ink")
    path.write_text(path.read_text(encoding="utf-8") + "checks: [acme-all]\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def kb_holder(kb_template: Path) -> LibraryHolder[Prepared]:
    return hold(kb_template)


@pytest.fixture
async def world(stand: Stand) -> AsyncIterator[World]:
    accepted: list[int] = []
    gate = asyncio.Event()
    gate.set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(1)
        await reader.read()
        writer.close()

    zones = {HOST: Zone((TWIN,)), "bolt.example": Zone(("93.184.216.34",))}
    async with name_server(zones) as names, tcp_server(accept, port=PORT):
        reach = Reach(Allowed.of([f"{TWIN}/32"]), ("127.0.0.1", names.port))
        stand.plan = replace(stand.plan, reach=reach)
        await stand.restart()
        stand.running._diagnosing.interval = 0.05
        yield World(names, accepted, gate)


async def ended(stand: Stand, person: Person) -> Message:
    """Wait for the end of the person's run and return the message that shows it."""

    def found() -> Message | None:
        for message in reversed(person.replies):
            if message.text.startswith("🔎") and not any("✖️" in each for each in message.button_texts):
                return message
        return None

    await stand.until(lambda: found() is not None)
    await stand.quiet()
    message = found()
    assert message is not None
    return message


async def test_a_check_from_the_button_under_an_article(stand: Stand, world: World, ann: Person) -> None:
    await ann.says("/start acme-ink")
    article = await stand.reply(ann)
    assert article.button_texts[2] == "🔎 Проверить связь"
    await ann.presses("Проверить связь")
    message = await ended(stand, ann)
    lines = message.text.split("\n")
    assert lines[0] == "🔎 Серверы Акме: проверил с нашей стороны."
    assert [line.partition(" · ")[0] for line in lines[1:3]] == ["✅ Имя", "✅ Порт"]
    assert lines[4].startswith("С нашей стороны всё отвечает.")
    assert message.button_texts == [
        "📄 Бледная печать",
        "🪟 Windows (cmd)",
        "🪟 PowerShell",
        "🐧 Linux, MikoPBX (SSH)",
        "🙋 Позвать человека",
    ]
    assert await stand.rows("SELECT status, check_id FROM diagnostic_runs") == [("done", "acme-all")]
    assert world.accepted == [1]
