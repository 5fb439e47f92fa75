"""A key in a message: what the customer hears, what is checked with whom, and that the key itself stays nowhere."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.diagnostics import probe_key
from bot.kb.watch import LibraryHolder
from bot.sandbox import FaultKind, Message, Person
from bot.sandbox.gateway import EXPIRED, GOOD, LicenceGateway
from bot.triage import Prepared
from tests.diagnostics.twins import silent, tcp_server
from tests.handlers.desk_talk import Desk
from tests.handlers.small_kb import write_small_kb
from tests.handlers.stand import Stand, hold

CHECKS = """\
verdicts: {licence_expired: acme-ink}
checks:
  - id: acme-key
    kind: key
    title: {ru: Ключ, en: Key}
    timeout: 1
    request: {url_env: ACME_GATEWAY, path: /license.api/getlicenseinfo, form: {key: "{key}"}}
    answer: json-urlencoded-xml
    unwrap: $.result
    facts:
      code: {json_path: $.error, pattern: '\\d{4}'}
      products: {xml_path: .//product, each: {name: name, expired: expired}}
    rules:
      - when: code != none
        verdict: server_code
      - when: any(p.expired != "" and p.expired < today for p in products)
        verdict: licence_expired
        text: {ru: "срок «{p.name}» вышел.", en: "the term of {p.name} is over."}
      - when: len(products) > 0
        verdict: ok
"""
FORMATS = """\
key_formats:
  - {kind: key, prefix: MIKO, groups: [5, 5, 5, 5]}
  - {kind: coupon, prefix: MIKOUPD, groups: [5, 5, 5, 5], article: acme-jam}
"""
UNKNOWN = "MIKO-N0TTO-B5EEN-ANYWH-3R3XY"
SPOKEN = "✅ Регистрационный номер MIKO-…RY11 записан верно: 28 символов."
KEPT = (
    "🔐 Номер держу зашифрованным не дольше 15 минут, на случай проверки; потом останутся только последние знаки. "
    "Он открывает личный кабинет, поэтому сообщение лучше удалить."
)
NOT_KEPT = (
    "🔐 Номер целиком я не сохранил, только последние знаки. Он открывает личный кабинет, поэтому сообщение лучше "
    "удалить."
)
AGAIN = "Номер у меня уже стёрт: я держу его не больше 15 минут. Пришлите ключ ещё раз."
CHECK, CONSENT, REFUSE = "🔎 Проверить ключ", "✅ Да, отправить на проверку", "✖️ Нет, не отправлять"
DELETE = "🗑 Удалить сообщение с ключом"
PERSON = "🙋 Позвать человека"


@pytest.fixture(scope="module")
def kb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_small_kb(tmp_path_factory.mktemp("keys") / "kb")
    product = root / "acme" / "_product.yaml"
    head, _, rest = product.read_text(encoding="utf-8").partition("key_formats:\n")
    product.write_text(head + FORMATS + rest.partition("\n")[2], encoding="utf-8")
    (root / "acme" / "_checks.yaml").write_text(CHECKS, encoding="utf-8")
    code = root / "acme" / "acme-jam.yaml"
    code.write_text(code.read_text(encoding="utf-8").replace('codes: ["7002"]', 'codes: ["2009"]'), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def kb_holder(kb_template: Path) -> LibraryHolder[Prepared]:
    return hold(kb_template)


@pytest.fixture
async def gateway(stand: Stand) -> AsyncIterator[LicenceGateway]:
    """Return a licence gateway that the stand's bot may ask."""
    running = LicenceGateway()
    await points_at(stand, await running.start())
    yield running
    await running.stop()


async def points_at(stand: Stand, address: str) -> None:
    stand.plan = replace(stand.plan, environment={"ACME_GATEWAY": address})
    await stand.restart()


async def hears(stand: Stand, person: Person, count: int) -> list[str]:
    """Wait until the person was written `count` messages in all, and return them."""
    await stand.until(lambda: len(person.replies) >= count)
    await stand.quiet()
    texts = [reply.text for reply in person.replies]
    assert len(texts) == count, texts
    return texts


async def is_nowhere(stand: Stand, key: str) -> None:
    """Stop the bot once its sweep has been, and look for the key's groups in all that it left behind."""
    stand.clock.ahead += 901
    await stand.restart()
    async with asyncio.timeout(5):
        while await stand.rows("SELECT count(*) FROM waiting_keys") != [(0,)]:  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
    await stand.stop()
    stored, told = stand.bytes_on_disk(), "\n".join([*stand.sent_texts(), stand.log.getvalue()])
    for group in key.split("-")[1:]:
        for spelling in (group, group.lower()):
            assert spelling.encode() not in stored
            assert spelling not in told


def is_gone(message: Message) -> bool:
    return message.deleted


async def test_from_the_key_to_the_article(stand: Stand, ann: Person, gateway: LicenceGateway) -> None:
    await ann.says(f"вот мой ключ {EXPIRED}")
    said = await stand.reply(ann)
    assert said.text == SPOKEN.replace("RY11", "RY22") + "\n\n" + KEPT
    assert said.button_texts == [CHECK, DELETE, PERSON]
    await ann.presses(CHECK)
    assert (await stand.reply(ann)).text == (
        "Проверю номер MIKO-…RY22 на сервере лицензий 127.0.0.1. Для этого номер целиком уйдёт туда без шифрования. "
        "У себя я его не оставлю: сотру сразу после проверки. Отправить?"
    )
    assert gateway.asked == []
    await ann.presses(CONSENT)
    texts = await hears(stand, ann, 4)
    assert texts[2:] == [
        "⏳ Проверяю номер MIKO-…RY22, это займёт несколько секунд.",
        "❌ Номер MIKO-…RY22: срок «Bitrix24» вышел.",
    ]
    assert ann.replies[-1].button_texts == ["📄 Бледная печать", PERSON]
    assert [asked.key for asked in gateway.asked] == [EXPIRED]
    await ann.presses("📄 Бледная печать")
    assert await stand.titles(ann) == ["Бледная печать"]
    await is_nowhere(stand, EXPIRED)


@pytest.mark.parametrize(
    ("key", "russian", "button"),
    [
        (GOOD, "✅ Номер MIKO-…RY11: сервер лицензий его знает, нарушений не вижу.", None),
        (UNKNOWN, "❌ Номер MIKO-…R3XY: сервер лицензий ответил кодом 2009.", "📄 Бумага застряла"),
    ],
)
async def test_other_verdicts(
    stand: Stand, ann: Person, gateway: LicenceGateway, key: str, russian: str, button: str | None
) -> None:
    await ann.says(key.lower())
    await stand.quiet()
    await ann.presses(CHECK)
    await stand.quiet()
    await ann.presses(CONSENT)
    assert (await hears(stand, ann, 4))[-1] == russian
    assert ann.replies[-1].button_texts == [each for each in (button, PERSON) if each is not None]
    assert [asked.key for asked in gateway.asked] == [key]


async def test_a_question_beside_the_key_is_answered_after_it(
    stand: Stand, ann: Person, bob: Person, gateway: LicenceGateway
) -> None:
    await ann.says(f"{GOOD} кончилась бумага 7001")
    assert await stand.titles(ann) == [SPOKEN, "Кончилась бумага"]
    await bob.says(f"out of paper, my key is {GOOD}, error 7001")
    assert await stand.titles(bob) == [
        "✅ Registration number MIKO-…RY11 is written correctly: 28 characters.",
        "Out of paper",
    ]
    assert gateway.asked == []


async def test_no_is_no(stand: Stand, ann: Person, gateway: LicenceGateway) -> None:
    await ann.says(GOOD)
    await stand.quiet()
    await ann.presses(CHECK)
    await stand.quiet()
    await ann.presses(REFUSE)
    assert (await stand.reply(ann)).text == "Хорошо, никуда не отправляю. Номер стёр."
    await ann.presses(CHECK)
    assert (await stand.reply(ann)).text == AGAIN
    await ann.presses(CONSENT)
    assert (await stand.reply(ann)).text == AGAIN
    assert gateway.asked == []
    await is_nowhere(stand, GOOD)


async def test_a_restart_in_between_loses_nothing_and_a_quarter_of_an_hour_does(
    stand: Stand, ann: Person, bob: Person, gateway: LicenceGateway
) -> None:
    await ann.says(GOOD)
    await bob.says(GOOD)
    await stand.quiet()
    await stand.restart()
    await ann.presses(CHECK)
    await stand.quiet()
    await stand.restart()
    await ann.presses(CONSENT)
    assert (await hears(stand, ann, 4))[-1] == "✅ Номер MIKO-…RY11: сервер лицензий его знает, нарушений не вижу."
    stand.clock.ahead = 901
    await bob.presses("🔎 Check the key")
    assert (await stand.texts(bob)) == [
        "I have erased the number: I keep it for 15 minutes at the most. Send the key again."
    ]
    assert len(gateway.asked) == 1
    await is_nowhere(stand, GOOD)


async def test_a_gateway_that_cannot_be_reached_says_nothing_of_the_key(
    stand: Stand, ann: Person, gateway: LicenceGateway
) -> None:
    await gateway.stop()
    await ann.says(GOOD)
    await stand.quiet()
    await ann.presses(CHECK)
    await stand.quiet()
    await ann.presses(CONSENT)
    assert (await hears(stand, ann, 4))[-1] == (
        "❔ Номер MIKO-…RY11 проверить не удалось: сервер лицензий не принимает соединений. Это ничего не говорит о "
        "самом номере. Сроки и места видны вам в личном кабинете."
    )


async def test_a_defect_of_ours_is_told_and_holds_no_key(
    stand: Stand, ann: Person, gateway: LicenceGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_check: object, key: str, *_: object) -> None:
        raise RuntimeError(key)

    monkeypatch.setattr(probe_key, "check_key", breaks)
    await ann.says(GOOD)
    await stand.quiet()
    await ann.presses(CHECK)
    await stand.quiet()
    await ann.presses(CONSENT)
    assert (await hears(stand, ann, 4))[-1].startswith("❔ Номер MIKO-…RY11 проверить не удалось: что-то пошло не так.")
    assert gateway.asked == []
    assert "RuntimeError" in stand.log.getvalue()
    await is_nowhere(stand, GOOD)


async def test_a_silent_gateway_keeps_nobody_else_waiting(
    stand: Stand, ann: Person, bob: Person, gateway: LicenceGateway
) -> None:
    async with tcp_server(silent, address="127.0.0.1") as port:
        await points_at(stand, f"http://127.0.0.1:{port}")
        people = [ann, *(stand.sandbox.user(f"Кто-то {n}") for n in range(8))]
        for word in (GOOD, CHECK, CONSENT):
            for person in people:
                await (person.says(word) if word == GOOD else person.presses(word))
            await stand.quiet()
        await bob.says("7001")
        assert await stand.titles(bob) == ["Out of paper"]
        assert (await stand.rows("SELECT count(*) FROM waiting_keys"))[0][0] >= 4
        for person in people:
            assert (await hears(stand, person, 4))[-1].startswith(
                "❔ Номер MIKO-…RY11 проверить не удалось: сервер лицензий не ответил вовремя."
            )
    assert gateway.asked == []


async def test_without_a_gateway_the_bot_says_what_it_cannot_do(stand: Stand, ann: Person) -> None:
    await ann.says(GOOD)
    said = await stand.reply(ann)
    assert said.text.split("\n\n") == [
        SPOKEN,
        (
            "Сам номер по базе производителя я проверить не могу: доступ к серверу лицензий не настроен. Могу "
            "проверить, верно ли он записан, и доступен ли сервер. Сроки, места и привязки видны вам в личном кабинете."
        ),
        NOT_KEPT,
    ]
    assert said.button_texts == [DELETE, PERSON]


async def test_a_key_in_two_messages(stand: Stand, ann: Person, gateway: LicenceGateway) -> None:
    await ann.says(f"ключ {GOOD[:19]}")
    first = await stand.reply(ann)
    assert first.text.startswith("В регистрационном номере MIKO-… 19 символов из 28.")
    assert "Пришлите остаток следующим сообщением: начало держу зашифрованным две минуты, потом сотру." in first.text
    await ann.says(GOOD[19:])
    assert (await stand.reply(ann)).text.split("\n\n") == ["Сложил из двух сообщений.", SPOKEN, KEPT]
    await ann.presses(DELETE)
    assert (await stand.reply(ann)).text == "🗑 Сообщение с ключом удалено из нашего чата."
    assert [message.text for message in ann.messages if not message.by_bot] == []
    await ann.presses(CHECK)
    await stand.quiet()
    await ann.presses(CONSENT)
    await stand.until(lambda: len(gateway.asked) == 1)
    await stand.until(lambda: ann.replies[-1].text.startswith("✅ Номер"))
    assert [asked.key for asked in gateway.asked] == [GOOD]
    await stand.quiet()
    await is_nowhere(stand, GOOD)


async def test_a_key_in_three_messages_and_one_of_letters_only(stand: Stand, ann: Person, bob: Person) -> None:
    await ann.says("ключ MIKO-GD0D1")
    assert (await stand.reply(ann)).text.endswith(
        "🔐 Пришлите остаток следующим сообщением: начало держу зашифрованным две минуты, потом сотру. "
        "Он открывает личный кабинет, поэтому сообщение лучше удалить."
    )
    await ann.says("DEM0A-KEY01")
    assert (await stand.reply(ann)).text.startswith(
        "Сложил из двух сообщений.\n\nВ регистрационном номере MIKO-… 22 символа из 28. Групп 3 вместо 4."
    )
    await ann.says("TRY11")
    assert (await stand.reply(ann)).text.startswith(f"Сложил из двух сообщений.\n\n{SPOKEN}")
    await bob.says("MIKO QWERT ASDFG ZXCVB POIUY")
    assert (await stand.titles(bob))[0].startswith("✅ Registration number MIKO-…OIUY is written correctly")
    await is_nowhere(stand, "MIKO-DEM0A-KEY01-TRY11")


async def test_the_other_half_comes_too_late(stand: Stand, ann: Person) -> None:
    await ann.says(GOOD[:22])
    await stand.quiet()
    stand.clock.ahead = 121
    await ann.says(GOOD[22:])
    await stand.quiet()
    assert "Сложил" not in ann.replies[-1].text


async def test_the_message_is_deleted_or_the_customer_told_why_not(stand: Stand, ann: Person, bob: Person) -> None:
    own = await ann.says(f"пароль: qwerty12, ключ {GOOD}")
    said = (await stand.reply(ann)).text
    assert said.split("\n\n")[-1] == "Пароль из сообщения я не сохранил."
    stand.sandbox.fail("deleteMessage", FaultKind.ERROR, code=400, description="Bad Request: message can't be deleted")
    await ann.presses(DELETE)
    assert (await stand.reply(ann)).text == (
        "Не получилось: Telegram даёт боту удалять сообщения только 48 часов. Удалите его сами: нажмите на сообщение и "
        "выберите «Удалить»."
    )
    stand.sandbox.fail("deleteMessage", FaultKind.HTML_502)
    await ann.presses(DELETE)
    assert (await stand.reply(ann)).text == (
        "Не получилось: Telegram не ответил. Нажмите кнопку ещё раз или удалите сообщение сами."
    )
    assert not is_gone(own)
    await ann.presses(DELETE)
    assert (await stand.reply(ann)).text == "🗑 Сообщение с ключом удалено из нашего чата."
    assert is_gone(own)
    await ann.presses(DELETE)
    assert (await stand.reply(ann)).text == "Этого сообщения в чате уже нет."
    await bob.says(GOOD)
    await stand.quiet()
    await bob.presses("🗑 Delete the message with the key")
    assert (await stand.reply(bob)).text == "🗑 The message with the key is deleted from our chat."
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_wrong_key_mended_by_an_edit(stand: Stand, ann: Person) -> None:
    message = await ann.says(GOOD[:-1])
    assert (await stand.titles(ann)) == [
        "В регистрационном номере MIKO-… 27 символов из 28. Четвёртая группа из 4 знаков, а должно быть 5."
    ]
    stand.sandbox.edits(message, GOOD)
    assert (await stand.titles(ann)) == [SPOKEN]


async def test_beside_a_person_the_message_can_be_deleted_too(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    own = await ann.says(f"ключ {GOOD}")
    said = await stand.reply(ann)
    assert said.text.startswith("🔐 Похоже, в сообщении был секрет")
    assert said.button_texts == [DELETE]
    await ann.presses(DELETE)
    assert (await stand.reply(ann)).text == "🗑 Сообщение с ключом удалено из нашего чата."
    assert is_gone(own)
    assert desk.lines(topic) == ["👤 ключ MIKO-…RY11"]
    await is_nowhere(stand, GOOD)
