"""Checks as a customer sees them: begun, shown, ended, broken off, and put together with what they paste."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.diagnostics.target import Allowed, Reach
from bot.kb.watch import LibraryHolder
from bot.sandbox import Message, Person
from bot.triage import Prepared
from tests.diagnostics.twins import TWIN, NameServer, Zone, name_server, reply, tcp_server
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
    checks: [acme-name, acme-port, acme-page]
  - {{id: acme-name, kind: dns, host: {HOST}, timeout: 3, title: {{ru: Имя, en: Name}}}}
  - {{id: acme-port, kind: tcp, host: {HOST}, port: {PORT}, timeout: 3, title: {{ru: Порт, en: Port}}}}
  - {{id: acme-page, kind: http, url: "http://{HOST}:{PORT}/", timeout: 9, title: {{ru: Страница, en: Page}}}}
"""
HOSTS = f"""\
hosts:
  - {{name: {HOST}, ports: [{PORT}]}}
"""
BOLT_CHECKS = """\
default: bolt-name
checks:
  - {id: bolt-name, kind: dns, host: bolt.example, timeout: 3, title: {ru: Имя Болта, en: Name of Bolt}}
"""
CANCEL, ENGLISH_CANCEL = "✖️ Отмена", "✖️ Cancel"
PERSON = "🙋 Позвать человека"
SYSTEMS = ["🪟 Windows (cmd)", "🪟 PowerShell", "🐧 Linux, MikoPBX (SSH)"]
KEY = "ACME-7KD2M-9XQ4T-B6NHW-3R8YC"
PING = f"""\
Обмен пакетами с {HOST} [127.0.0.2] с 32 байтами данных:
Превышен интервал ожидания для запроса.
Превышен интервал ожидания для запроса.

Статистика Ping для 127.0.0.2:
    Пакетов: отправлено = 2, получено = 0, потеряно = 2
    (100% потерь)
"""


REFUSAL = f"curl: (28) Failed to connect to {HOST} port {PORT} after 15002 ms: Timed out\n"
STEPS = """\
steps:
  - id: look
    text: {ru: "Посмотрите на связь.", en: "Look at the connection."}
    check: acme-port
"""


@dataclass(slots=True)
class World:
    """The twins: whom the name server tells of, requests of the page, and whether it may answer."""

    names: NameServer
    requests: list[float]
    gate: asyncio.Event


@pytest.fixture(scope="module")
def kb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_small_kb(tmp_path_factory.mktemp("checks") / "kb")
    (root / "acme" / "_checks.yaml").write_text(CHECKS, encoding="utf-8")
    product = root / "acme" / "_product.yaml"
    product.write_text(product.read_text(encoding="utf-8") + HOSTS, encoding="utf-8")
    (root / "bolt" / "_checks.yaml").write_text(BOLT_CHECKS, encoding="utf-8")
    path = path_of(root, "acme-ink")
    path.write_text(path.read_text(encoding="utf-8") + "checks: [acme-all]\n", encoding="utf-8")
    path = path_of(root, "acme-jam")
    path.write_text(path.read_text(encoding="utf-8") + STEPS, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def kb_holder(kb_template: Path) -> LibraryHolder[Prepared]:
    return hold(kb_template)


@pytest.fixture
async def world(stand: Stand) -> AsyncIterator[World]:
    requests: list[float] = []
    gate = asyncio.Event()
    gate.set()

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1):
            requests.append(asyncio.get_running_loop().time())
            await gate.wait()
            writer.write(reply("200 OK", b"here"))
            await writer.drain()
        writer.close()

    async with name_server({HOST: Zone((TWIN,))}) as names, tcp_server(page, port=PORT):
        reach = Reach(Allowed.of([f"{TWIN}/32"]), ("127.0.0.1", names.port))
        stand.plan = replace(stand.plan, reach=reach)
        await restarted(stand)
        yield World(names, requests, gate)
        gate.set()


async def restarted(stand: Stand) -> None:
    await stand.restart()
    stand.running._diagnosing.interval = 0.05


def shown(person: Person, sign: str = "🔎") -> Message:
    return next(message for message in reversed(person.replies) if message.text.startswith(sign))


def is_over(message: Message) -> bool:
    return CANCEL not in message.button_texts and ENGLISH_CANCEL not in message.button_texts


async def ended(stand: Stand, person: Person, sign: str = "🔎") -> Message:
    """Wait for the end of a person's run and return the message that shows it."""
    await stand.quiet()
    await stand.until(lambda: any(each.text.startswith(sign) and is_over(each) for each in person.replies[-1:]))
    await stand.quiet()
    return shown(person, sign)


def signs(message: Message) -> list[str]:
    return [line.partition(" · ")[0] for line in message.text.split("\n")[1:4]]


async def underway(stand: Stand, person: Person, world: World, say: str = "/diag acme") -> Message:
    """Begin a run that waits for the page."""
    world.gate.clear()
    await person.says("/start acme-ink")
    await person.says(say)
    await stand.until(lambda: bool(world.requests))
    await stand.quiet()
    return shown(person)


async def test_a_check_from_the_button_under_an_article(stand: Stand, world: World, ann: Person) -> None:
    await ann.says("/start acme-ink")
    assert (await stand.reply(ann)).button_texts[2] == "🔎 Проверить связь"
    await ann.presses("Проверить связь")
    message = await ended(stand, ann)
    assert message.text.split("\n")[0] == "🔎 Серверы Акме: проверил с нашей стороны."
    assert signs(message) == ["✅ Имя", "✅ Порт", "✅ Страница"]
    assert message.text.split("\n")[5].startswith("С нашей стороны всё отвечает. Теперь посмотрим с вашей")
    assert message.button_texts == ["📄 Бледная печать", *SYSTEMS, PERSON]
    assert await stand.rows("SELECT status, check_id FROM diagnostic_runs") == [("done", "acme-all")]
    assert await stand.rows("SELECT check_id, verdict FROM diagnostic_findings ORDER BY place") == [
        ("acme-name", "ok"),
        ("acme-port", "ok"),
        ("acme-page", "ok"),
    ]
    assert len(world.requests) == 1


async def test_diag_asks_which_product_unless_the_conversation_tells(stand: Stand, world: World, bob: Person) -> None:
    del world
    await bob.says("/diag")
    asked = await stand.reply(bob)
    assert asked.text == "Which servers shall I check the connection to?"
    assert asked.button_texts == ["Acme printer", "Bolt scanner", "🙋 Call a person"]
    await bob.presses("Acme printer")
    message = await ended(stand, bob)
    assert message.text.split("\n")[0] == "🔎 Acme servers: checked from our side."
    await bob.says("/start acme-paper")
    await stand.quiet()
    await bob.says("/diag")
    assert (await ended(stand, bob)).text.startswith("🔎 Acme servers: checked")


async def test_a_fault_is_told_once_and_what_hangs_on_it_is_not_called_bad(
    stand: Stand, world: World, ann: Person
) -> None:
    world.names.zones = {}
    await ann.says("/start acme-ink")
    await ann.presses("Проверить связь")
    message = await ended(stand, ann)
    assert signs(message) == ["❌ Имя", "❔ Порт: до этого не дошло", "❔ Страница: до этого не дошло"]
    assert message.text.split("\n")[5:] == [f"❌ Имя {HOST} не находится: DNS говорит, что такого нет."]
    assert message.button_texts == [
        "📄 Бумага застряла",
        "📄 Бледная печать",
        "🔁 Повторить",
        "💻 Проверить со своей стороны",
        PERSON,
    ]
    await ann.presses("Проверить со своей стороны")
    assert (await stand.reply(ann)).button_texts == [*SYSTEMS, PERSON]


async def test_what_could_not_be_checked_is_not_bad(stand: Stand, world: World, ann: Person) -> None:
    world.names.mute = True
    await ann.says("/start acme-ink")
    await ann.presses("Проверить связь")
    message = await ended(stand, ann)
    assert "❌" not in message.text
    assert signs(message)[0].startswith("❔ Имя: не удалось проверить")
    assert message.text.split("\n")[5].startswith("Проверить сейчас не удалось, и это ничего не говорит о сервере.")
    assert "🔁 Повторить" in message.button_texts


async def test_the_list_is_edited_while_the_run_goes_on(stand: Stand, world: World, ann: Person) -> None:
    message = await underway(stand, ann, world)
    await stand.until(lambda: "✅ Порт" in message.text)
    assert signs(message) == ["✅ Имя", "✅ Порт", "⏳ Страница"]
    assert message.button_texts == [CANCEL]
    world.gate.set()
    assert (await ended(stand, ann)).id == message.id
    assert signs(message) == ["✅ Имя", "✅ Порт", "✅ Страница"]
    edits = stand.sandbox.calls_of("editMessageText")
    assert all(later.at - earlier.at >= 0.045 for earlier, later in pairwise(edits))
    assert len([line for line in await stand.rows("SELECT text FROM messages") if "⏳" in line[0]]) == 1


async def test_cancel_ends_a_run_and_its_button_is_stale_then(stand: Stand, world: World, ann: Person) -> None:
    message = await underway(stand, ann, world)
    payload = message.buttons[0].callback or ""
    assert await stand.toast(await ann.presses(CANCEL)) == "Останавливаю проверку"
    await ended(stand, ann)
    assert message.text.split("\n")[0] == "🔎 Серверы Акме: проверка остановлена."
    assert signs(message)[2] == "❔ Страница: не успел"
    assert message.button_texts == ["🔁 Повторить", PERSON]
    over = stand.sandbox.sends_callback(ann, message, payload)
    assert await stand.toast(over) == "Эта проверка уже закончена."
    assert await stand.rows("SELECT status FROM diagnostic_runs") == [("cancelled",)]
    world.gate.set()
    await ann.presses("Повторить")
    assert signs(await ended(stand, ann))[2] == "✅ Страница"


async def test_one_run_at_a_time(stand: Stand, world: World, ann: Person) -> None:
    message = await underway(stand, ann, world)
    await ann.says("/diag")
    busy = await stand.reply(ann)
    assert busy.text == "☝️ Проверка уже идёт, она здесь. Дождитесь её или отмените."
    assert busy.reply_to is message
    article = next(each for each in ann.replies if each.text.startswith("Бледная печать"))
    twice = [await ann.presses("Проверить связь", article) for _ in range(2)]
    assert [await stand.toast(each) for each in twice] == [
        "Проверка уже идёт, она ниже. Дождитесь её или отмените."
    ] * 2
    await ann.says("ошибка 7001")
    assert "Кончилась бумага" in await stand.titles(ann)
    assert await stand.rows("SELECT count(*) FROM diagnostic_runs") == [(1,)]


async def test_two_presses_at_once_begin_one_run(stand: Stand, world: World, ann: Person) -> None:
    world.gate.clear()
    await ann.says("/start acme-ink")
    article = await stand.reply(ann)
    payload = article.buttons[2].callback or ""
    first, second = (stand.sandbox.sends_callback(ann, article, payload) for _ in range(2))
    assert (await stand.toast(first), (await stand.toast(second))[:19]) == ("", "Проверка уже идёт, ")
    assert await stand.rows("SELECT count(*) FROM diagnostic_runs") == [(1,)]


async def test_a_restart_in_the_middle(stand: Stand, world: World, ann: Person, bob: Person) -> None:
    message = await underway(stand, ann, world)
    await bob.says("/start acme-ink")
    await bob.presses("Check the connection")
    await stand.quiet()
    await restarted(stand)
    await stand.until(lambda: message.text.startswith("🔎 Проверка прервана"))
    await stand.quiet()
    assert message.text == "🔎 Проверка прервана: меня перезапустили. Повторить?"
    assert message.button_texts == ["🔁 Повторить"]
    assert shown(bob).text == "🔎 The check was interrupted: I was restarted. Try again?"
    assert await stand.rows("SELECT DISTINCT status FROM diagnostic_runs") == [("interrupted",)]
    world.gate.set()
    await ann.presses("Повторить")
    assert signs(await ended(stand, ann)) == ["✅ Имя", "✅ Порт", "✅ Страница"]


async def test_faults_of_edits_do_not_hide_the_end(stand: Stand, world: World, ann: Person) -> None:
    stand.sandbox.flood("editMessageText", 1, times=1)
    message = await underway(stand, ann, world)
    world.gate.set()
    await ended(stand, ann)
    assert signs(message) == ["✅ Имя", "✅ Порт", "✅ Страница"]
    stand.sandbox.fail("editMessageText", code=400, description="Bad Request: message can't be edited", times=None)
    await ann.says("/diag")
    await stand.until(lambda: "проверил" in ann.replies[-1].text)
    await stand.quiet()
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_an_edit_that_waits_is_overtaken_by_the_end(stand: Stand, world: World, ann: Person) -> None:
    world.gate.clear()
    await ann.says("/start acme-ink")
    await stand.quiet()
    stand.sandbox.flood("editMessageText", 1)
    await ann.presses("Проверить связь")
    await stand.until(lambda: any(call.outcome == "429" for call in stand.sandbox.calls_of("editMessageText")))
    world.gate.set()
    await ended(stand, ann)
    edits = [str(call.params["text"]) for call in stand.sandbox.calls_of("editMessageText") if call.ok]
    assert [text.partition(": ")[2].partition("\n")[0] for text in edits] == ["проверил с нашей стороны."]


async def test_a_message_taken_away_meanwhile_is_sent_anew(stand: Stand, world: World, ann: Person) -> None:
    message = await underway(stand, ann, world)
    stand.sandbox.deletes(message)
    world.gate.set()
    await stand.until(lambda: "проверил" in ann.replies[-1].text)
    assert ann.replies[-1].id != message.id


async def test_two_hundred_customers_share_one_flight(stand: Stand, world: World) -> None:
    people = [stand.sandbox.user(f"Клиент {n}") for n in range(200)]
    for person in people:
        await person.says("/start acme-ink")
    await stand.quiet()
    for person in people:
        await person.says("/diag")
    async with asyncio.timeout(60):
        while await stand.rows("SELECT count(*) FROM diagnostic_runs WHERE status = 'done'") != [(200,)]:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.05)
    await stand.quiet()
    assert all(shown(person).text.startswith("🔎 Серверы Акме: проверил") for person in people)
    assert len(world.requests) == 1
    assert world.names.asked[HOST, "A"] == 1


async def test_words_begin_a_check(stand: Stand, world: World, ann: Person) -> None:
    del world
    await ann.says("бледная печать, проверьте связь с сервером")
    message = await ended(stand, ann)
    assert message.versions[0].text.startswith("Похоже, дело в связи: сразу проверю серверы.\n\n🔎 Серверы Акме: ")
    assert message.text.startswith("🔎 Серверы Акме: проверил")
    assert await stand.rows("SELECT kind, article FROM decisions") == [("diagnose", "acme-ink")]


async def test_a_step_of_a_guide_begins_its_check(stand: Stand, world: World, ann: Person) -> None:
    del world
    await ann.says("/start acme-jam")
    await ann.presses("По шагам")
    await stand.quiet()
    assert await stand.toast(await ann.presses("🔎 Проверить")) == "Проверяю, результат будет ниже"
    message = await ended(stand, ann)
    assert message.text.split("\n")[:2][0] == "🔎 Порт: проверил с нашей стороны."
    assert await stand.rows("SELECT pressed FROM guide_presses WHERE pressed LIKE 'check%'") == [
        ("check",),
        ("check:ok",),
    ]


async def test_commands_for_each_system(stand: Stand, world: World, ann: Person, bob: Person) -> None:
    del world
    await ann.says("/start acme-ink")
    await ann.presses("Проверить связь")
    await ended(stand, ann)
    for system, begins in {"Windows (cmd)": "nslookup", "PowerShell": "Resolve-DnsName", "Linux": "nslookup"}.items():
        await ann.presses(system, shown(ann))
        told = await stand.reply(ann)
        assert told.buttons[0].text == f"📋 {HOST}"
        assert (told.buttons[0].copies or "").startswith(f"{begins} {HOST}")
        assert (told.buttons[0].copies or "") in told.text
        assert told.text.endswith("Потом пришлите сюда весь вывод, текстом или файлом .txt: я сам пойму, что там.")
    await bob.says("/start acme-ink")
    await bob.presses("Check the connection")
    await ended(stand, bob)
    await bob.presses("PowerShell", shown(bob))
    assert (await stand.reply(bob)).text.startswith("Open PowerShell")


async def test_the_script_is_sent_as_a_file_and_its_block_is_read(stand: Stand, world: World, ann: Person) -> None:
    del world
    await ann.says("/start acme-ink")
    await ann.presses("Проверить связь")
    await ended(stand, ann)
    await ann.presses("Linux", shown(ann))
    await stand.quiet()
    stand.sandbox.fail("sendDocument", code=500)
    await ann.presses("Всё одним скриптом")
    sent = await stand.reply(ann)
    assert sent.attachment is not None
    assert sent.attachment.file is not None
    script = sent.attachment.file.content
    assert (sent.attachment.file.name, script[:10], HOST.encode() in script) == (
        "diagnost-check.sh",
        b"#!/bin/sh\n",
        True,
    )
    assert sent.text.startswith("Скопируйте файл на MikoPBX или любой Linux и выполните: sh diagnost-check.sh.")
    await ann.says("--- DIAGNOST 1 ---\n1,os,id=linux,c=00;\n2,dns,h=a,c=11;\n--- 2,1,1,1 ---")
    told = "Блок по дороге изменился, не сходятся строки: 1, 2. Пришлите его ещё раз, лучше файлом."
    assert (await stand.reply(ann)).text == told


# The customer's end.


async def test_pasted_output_is_put_together_with_our_side(stand: Stand, world: World, ann: Person) -> None:
    await ann.says(REFUSAL)
    message = await ended(stand, ann, "📋")
    assert message.text == (
        f"📋 Прочитал вывод curl ({HOST}).\n❌ {HOST} не отвечает на порту {PORT}. "
        "Похоже, запросы теряются в брандмауэре или прокси."
        f"\n\n↔️ С нашей стороны {HOST} отвечает, с вашей порт {PORT} закрыт: проверьте брандмауэр или прокси."
    )
    assert message.button_texts == ["📄 Бледная печать", PERSON]
    assert await stand.rows("SELECT tool, verdict, side FROM readings") == [("curl", "port_filtered", "customer")]
    assert await stand.rows("SELECT look FROM diagnostic_chats") == [("compare",)]
    await ann.says(REFUSAL)
    assert (await stand.reply(ann)).text == message.text
    assert await stand.rows("SELECT count(*) FROM diagnostic_runs") == [(1,)]
    assert len(world.requests) == 1


async def test_a_run_ends_with_both_ends_where_output_came_meanwhile(stand: Stand, world: World, ann: Person) -> None:
    message = await underway(stand, ann, world)
    await ann.says(REFUSAL)
    assert (await stand.reply(ann)).text.endswith(
        "Проверка с нашей стороны уже идёт: в её конце сведу оба конца вместе."
    )
    world.gate.set()
    await stand.until(lambda: "↔️" in message.text)
    assert f"↔️ С нашей стороны {HOST} отвечает, с вашей порт {PORT} закрыт" in message.text


async def test_a_question_beside_output_is_answered_too(stand: Stand, world: World, ann: Person) -> None:
    del world
    await ann.says(f"кончилась бумага, нет бумаги в лотке\n{REFUSAL}")
    await stand.until(lambda: any("↔️" in each.text for each in ann.replies))
    await stand.quiet()
    assert [message.text.partition("\n")[0] for message in ann.replies] == [
        f"📋 Прочитал вывод curl ({HOST}).",
        "Кончилась бумага",
    ]


async def test_output_about_somebody_elses_host_asks_nobody(stand: Stand, world: World, bob: Person) -> None:
    await bob.says(REFUSAL.replace(HOST, "other.example"))
    told = await stand.reply(bob)
    assert told.text.startswith("📋 I have read the output of curl (other.example).\n❌")
    assert world.names.asked == {}
    assert await stand.rows("SELECT count(*) FROM diagnostic_runs") == [(0,)]


async def test_an_attached_log_is_read(stand: Stand, world: World, ann: Person) -> None:
    del world
    stand.sandbox.sends_file(ann, "document", PING.encode("cp866"), name="вывод.TXT")
    message = await ended(stand, ann, "📋")
    assert message.text.startswith(f"📋 Прочитал вывод ping ({HOST}).\n❌")
    for content, said in {
        b"": "Файл пустой.",
        "добрый день".encode(): "Файл прочитал, но вывода знакомых мне программ в нём нет.",
        b"x" * 1_000_001: "Файл больше одного мегабайта.",
    }.items():
        stand.sandbox.sends_file(ann, "document", content, name="a.log")
        assert (await stand.reply(ann)).text.startswith(said)
    assert await stand.rows("SELECT DISTINCT kind, text FROM messages WHERE direction = 'in'") == [("file", "")]


async def test_a_key_beside_output_stays_nowhere(stand: Stand, world: World, ann: Person) -> None:
    del world
    stand.sandbox.sends_file(ann, "document", f"{PING}\n{KEY}".encode(), name="a.log")
    await stand.until(lambda: any(each.text.startswith("🔐") for each in ann.replies))
    await ann.says(f"{PING}\nключ {KEY}")
    await stand.quiet()
    assert not [text for text in stand.sent_texts() if KEY in text]
    assert KEY.encode() not in stand.bytes_on_disk()


async def test_the_staff_see_what_was_found(stand: Stand, world: World, ann: Person, staff: Staff) -> None:
    world.names.zones = {}
    await ann.says("/start acme-ink")
    await ann.presses("Проверить связь")
    await ended(stand, ann)
    await ann.says(REFUSAL)
    await stand.quiet()
    await ann.presses("Позвать человека", shown(ann, "📋"))
    await stand.quiet()
    card = staff.cards[-1].split("\n")
    assert [line for line in card if line.startswith(("Проверки:", "Со стороны клиента:"))] == [
        "Проверки: ❌ Имя; ❔ 2",
        f"Со стороны клиента: curl {HOST} — port_filtered",
    ]
    await ann.says("/diag")
    await ended(stand, ann)
    assert staff.last.startswith("🔎 Проверка acme-all:\n❌ Имя")


async def test_the_figures_name_what_fails_today(stand: Stand, world: World, ann: Person, staff: Staff) -> None:
    member = stand.sandbox.user("Ира")
    stand.sandbox.join(staff.chat, member)
    world.names.zones = {}
    await ann.says("/start acme-ink")
    await ann.presses("Проверить связь")
    await ended(stand, ann)
    stand.sandbox.says(member, "/stats", chat=staff.chat)
    await stand.quiet()
    assert staff.last.split("\n")[-1].startswith("❌ Не проходят проверки: Имя (dns_no_name, с ")
    assert staff.last.endswith(", клиентов: 1)")


async def test_a_server_down_for_both_is_told_to_the_staff_once(
    stand: Stand, world: World, ann: Person, bob: Person, staff: Staff
) -> None:
    world.names.zones = {HOST: Zone(("127.0.0.3",))}
    stand.plan = replace(stand.plan, reach=replace(stand.plan.reach, allowed=Allowed.of(["127.0.0.3/32"])))
    await restarted(stand)
    for person in (ann, bob):
        await person.says(REFUSAL)
    await stand.until(lambda: all("↔️" in "".join(reply.text for reply in each.replies) for each in (ann, bob)))
    await stand.quiet()
    down = f"Сейчас {HOST} не отвечает как надо ни вам, ни нам."
    assert down in shown(ann, "📋").text
    told = [text for text in staff.messages if text.startswith("🚨")]
    assert len(told) == 1
    assert f"Клиенту сказано: «{down}" in told[0]
