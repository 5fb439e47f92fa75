"""What goes wrong: repeats, poison, failing handlers, Telegram's faults, blocked customers, broken knowledge bases."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox import FaultKind, Person
from bot.sandbox.wire import JsonObject
from handlers import question
from tests.handlers.small_kb import path_of
from tests.handlers.stand import Staff, Stand

APOLOGY = (
    "Простите, у меня внутренняя ошибка, и на это сообщение я ответить не смог. Сотрудники уже знают. "
    "Попробуйте написать ещё раз или позовите человека: /human."
)
ANSWER = "Кончилась бумага"


async def test_two_first_messages_at_the_same_moment_begin_one_conversation(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    await ann.says("/human")
    await ann.says("ошибка 7002")
    assert await stand.titles(ann) != []
    assert [reply.text[:16] for reply in ann.replies] == ["Кончилась бумага", "Передал специали"]
    assert await stand.rows("SELECT count(*), count(DISTINCT user_id) FROM conversations") == [(1, 1)]
    assert len(stand.staff.cards) == 1
    assert stand.staff.last == "👤 ошибка 7002"


async def test_many_customers_at_the_same_moment_each_in_order(stand: Stand) -> None:
    people = [stand.sandbox.user(f"Клиент {number}") for number in range(8)]
    for code in ("7001", "7002", "8004", "8003"):
        for person in people:
            await person.says(f"ошибка {code}")
    await stand.quiet()
    titles = [[reply.text.partition("\n")[0] for reply in person.replies] for person in people]
    assert titles == [["Кончилась бумага", "Бумага застряла", "Сканер не виден по USB", "Лампа сканера не горит"]] * 8


async def test_a_repeated_update_is_answered_once(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    await stand.quiet()
    await ann.presses("Помогло")
    await stand.quiet()
    for update_id in stand.sandbox.world.queue.issued_ids:
        stand.sandbox.repeat_update(update_id)
    await stand.quiet()
    await stand.restart()
    for update_id in stand.sandbox.world.queue.issued_ids:
        stand.sandbox.repeat_update(update_id)
    await stand.quiet()
    assert [reply.text.partition("\n")[0].partition(",")[0] for reply in ann.replies] == [ANSWER, "Отлично"]


def poison(person: Person) -> JsonObject:
    person.user.wrote = True
    chat: JsonObject = {"id": person.id, "type": "private"}
    return {
        "message": {"message_id": {"not": "a number"}, "date": "никогда", "chat": chat, "from": person.user.to_json()}
    }


async def test_an_update_that_cannot_be_parsed_is_put_aside_and_told(stand: Stand, ann: Person, staff: Staff) -> None:
    update_id = stand.sandbox.push_update(poison(ann))
    await ann.says("ошибка 7001")
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies] == [APOLOGY, ANSWER]
    assert staff.messages == [
        (
            f"⚠️ Сообщение клиента Анна не обработано после трёх попыток (update {update_id}). Клиенту отправлены "
            "извинения, сообщение лежит в dead letters."
        )
    ]
    [(origin, origin_id, reason, sealed)] = await stand.rows(
        "SELECT origin, origin_id, reason, payload FROM dead_letters"
    )
    assert (origin, origin_id) == ("inbox", update_id)
    assert reason.startswith("unreadable: ")
    assert "никогда".encode() not in sealed


async def test_updates_of_no_customer_that_cannot_be_parsed_stop_nothing(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    huge: JsonObject = {"id": 10**30, "is_bot": False, "first_name": "x"}
    bodies: list[JsonObject] = [
        {"message": {}},
        {"message": None},
        {"message": "text"},
        {"callback_query": {"id": 5}},
        {"my_chat_member": {"chat": {"id": "x"}}},
        {"message": {"chat": {"id": 10**30, "type": "private"}, "from": huge}},
    ]
    for body in bodies:
        stand.sandbox.push_update(body)
    stand.sandbox.push_update({"something_new": {"a": 1}})
    stand.sandbox.push_update({})
    await ann.says("ошибка 7001")
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies] == [ANSWER]
    dead = await stand.rows("SELECT count(*) FROM dead_letters")
    assert len(staff.messages) == dead[0][0]
    assert len(bodies) - 1 <= dead[0][0] <= len(bodies) + 2


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_handler_that_always_raises_ends_in_one_apology(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    customer = stand.sandbox.user("<3", language=language)
    attempts: list[str] = []
    real = question.understand

    async def understand(talk: object, words: str, product: str | None = None) -> object:
        if "взорвись" in words:
            attempts.append(words)
            raise RuntimeError("so it did")
        return await real(talk, words, product)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(question, "understand", understand)
    await customer.says("взорвись, пожалуйста")
    await customer.says("ошибка 7001")
    await stand.quiet()
    assert len(attempts) == 3
    apology = {"ru": APOLOGY[:34], "en": "Sorry, something broke on my side "}[language]
    assert [reply.text[:34] == apology for reply in customer.replies] == [True, False]
    assert stand.log.getvalue().count('"event": "update.failed"') == 3
    assert "взорвись" not in stand.log.getvalue()
    assert [text.partition(" не обработано")[0] for text in stand.staff.messages] == ["⚠️ Сообщение клиента <3"]
    assert await stand.rows("SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state") == [
        ("dead", 1),
        ("done", 1),
    ]
    [(reason,)] = await stand.rows("SELECT reason FROM dead_letters")
    assert reason.startswith("RuntimeError in tests.handlers.test_trouble:")
    assert "взорвись" not in reason


async def test_a_press_whose_handler_raises_is_answered_too(
    stand: Stand, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.says("ошибка 7001")
    screen = await stand.reply(ann)

    def explode(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("handlers.feedback._record", explode)
    pressed = stand.sandbox.presses(ann, screen, "Помогло")
    assert await stand.toast(pressed) == "Эта кнопка уже не действует. Напишите вопрос ещё раз, отвечу заново."
    assert await stand.texts(ann) == [APOLOGY]
    monkeypatch.undo()
    again = stand.sandbox.presses(ann, screen, "Помогло")
    assert await stand.toast(again) == "Спасибо, записал"


async def test_a_failed_attempt_leaves_nothing_behind(
    stand: Stand, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []
    real = question._show

    def show(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]  # passed through
        attempts.append(1)
        if len(attempts) < 3:
            raise RuntimeError("after everything was said")

    monkeypatch.setattr(question, "_show", show)
    await ann.says("ошибка 7001")
    assert await stand.titles(ann) == [ANSWER]
    assert len(attempts) == 3
    assert await stand.rows("SELECT count(*) FROM decisions") == [(1,)]
    assert await stand.rows("SELECT count(*) FROM messages") == [(2,)]


@pytest.mark.parametrize(
    ("kind", "copies"),
    [(FaultKind.HTML_502, 1), (FaultKind.DROP_BEFORE, 1), (FaultKind.ERROR, 1), (FaultKind.DROP_AFTER, 2)],
)
async def test_an_answer_gets_through_faults(stand: Stand, ann: Person, kind: FaultKind, copies: int) -> None:
    stand.sandbox.fail("sendMessage", kind, chat=ann, times=1)
    stand.sandbox.fail("getUpdates", FaultKind.HTML_502, times=1)
    await ann.says("ошибка 7001")
    await ann.says("ошибка 7002")
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies] == [ANSWER] * copies + ["Бумага застряла"]
    assert await stand.rows("SELECT state, count(*) FROM outbox WHERE chat_id = ? GROUP BY state", [ann.id]) == [
        ("sent", 2)
    ]


async def test_updates_whose_handing_over_was_lost_are_handed_over_again(stand: Stand, ann: Person) -> None:
    stand.sandbox.fail("getUpdates", FaultKind.DROP_AFTER, times=2)
    await ann.says("ошибка 7001")
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies] == [ANSWER]


async def test_a_flood_pauses_one_chat_and_keeps_its_order(stand: Stand, ann: Person, bob: Person) -> None:
    stand.sandbox.flood("sendMessage", 1, chat=ann)
    await ann.says("ошибка 7001")
    await ann.says("ошибка 7002")
    await stand.sandbox.wait_for(lambda: any(call.outcome == "429" for call in stand.sandbox.calls))
    await bob.says("error 7001")
    await stand.sandbox.wait_for(lambda: bool(bob.replies))
    assert ann.replies == []
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies] == [ANSWER, "Бумага застряла"]


async def test_refused_formatting_goes_out_plain(stand: Stand, ann: Person) -> None:
    stand.sandbox.fail(
        "sendMessage", chat=ann, code=400, description="Bad Request: can't parse entities: Unsupported start tag"
    )
    await ann.says("ошибка 7001")
    answer = await stand.reply(ann)
    assert answer.text == "Кончилась бумага\n\nПоложите бумагу в лоток 1 & закройте <крышку>."
    assert answer.entities == ()
    assert len(answer.buttons) == 4


async def test_a_customer_who_blocks_the_bot_and_comes_back(stand: Stand, ann: Person, bob: Person) -> None:
    await ann.says("ошибка 7001")
    await stand.quiet()
    stand.sandbox.blocks(ann)
    await stand.quiet()
    assert await stand.rows("SELECT unreachable_why FROM users WHERE id = ?", [ann.id]) == [("blocked the bot",)]
    await bob.says("error 7001")
    assert await stand.titles(bob) == ["Out of paper"]
    stand.sandbox.blocks(ann, blocked=False)
    await stand.quiet()
    assert await stand.rows("SELECT unreachable_since FROM users WHERE id = ?", [ann.id]) == [(None,)]
    await ann.says("ошибка 7002")
    assert await stand.titles(ann) == ["Бумага застряла"]


async def test_a_customer_who_blocks_the_bot_before_the_answer(stand: Stand, ann: Person) -> None:
    await stand.stop()
    await ann.says("ошибка 7001")
    stand.sandbox.blocks(ann)
    stand.sandbox.world.queue._pending.pop()
    await stand.start()
    await stand.quiet()
    [(why,)] = await stand.rows("SELECT unreachable_why FROM users WHERE id = ?", [ann.id])
    assert why == "Forbidden: bot was blocked by the user"
    stand.sandbox.blocks(ann, blocked=False)
    await ann.says("ошибка 7002")
    assert await stand.titles(ann) == ["Бумага застряла"]
    assert await stand.rows("SELECT unreachable_since FROM users WHERE id = ?", [ann.id]) == [(None,)]
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_saved_edit_is_answered_with_and_a_broken_one_is_told(
    stand: Stand, kb: Path, ann: Person, staff: Staff
) -> None:
    path = path_of(kb, "acme-jam")
    sound = path.read_text(encoding="utf-8")
    changed = sound.replace("Решение «Бумага застряла».", "Откройте заднюю крышку.")
    await stand.saves(path, changed, lambda: "заднюю" in answer_in(stand))
    await ann.says("ошибка 7002")
    assert (await stand.reply(ann)).text == "Бумага застряла\n\nОткройте заднюю крышку."
    await stand.saves(path, sound.replace("title:", "titel:"), lambda: bool(staff.messages))
    assert staff.last.startswith("⚠️ База знаний не обновлена, работает прежняя версия. Ошибок: ")
    assert "acme/acme-jam.yaml:" in staff.last
    await ann.says("ошибка 7002")
    assert (await stand.reply(ann)).text == "Бумага застряла\n\nОткройте заднюю крышку."
    await stand.saves(path, sound, lambda: len(staff.messages) == 2)
    assert staff.last == "✅ База знаний снова читается и обновлена."
    await ann.says("ошибка 7002")
    assert (await stand.reply(ann)).text == "Бумага застряла\n\nРешение «Бумага застряла»."


def answer_in(stand: Stand) -> str:
    return stand.holder.current.library.articles["acme-jam"].answer["ru"]


async def test_a_knowledge_base_with_very_many_faults_does_not_silence_the_bot(
    stand: Stand, kb: Path, ann: Person, staff: Staff
) -> None:
    broken = f"id: {'<b>&' * 400}\nanswer: [{'x' * 500}]\n"
    for number in range(60):
        path_of(kb, f"acme-broken-{number}").write_text(broken, encoding="utf-8")
    await stand.saves(path_of(kb, "acme-broken-60"), broken, lambda: bool(staff.messages))
    assert len(staff.last.encode("utf-16-le")) // 2 <= 4096
    await ann.says("ошибка 7001")
    assert await stand.titles(ann) == [ANSWER]


async def test_without_a_staff_chat_the_managers_hear_the_alarm(stand: Stand, ann: Person, bob: Person) -> None:
    bob.user.wrote = True
    stand.plan = replace(stand.plan, staff_chat=None, manager_ids=(bob.id,))
    await stand.restart()
    update_id = stand.sandbox.push_update(poison(ann))
    await stand.quiet()
    assert [text for text in (reply.text for reply in bob.replies) if f"update {update_id}" in text] != []
