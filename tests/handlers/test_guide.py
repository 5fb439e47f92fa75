"""Guided fixes as a customer sees them: step after step in one message, whatever comes in between."""

from pathlib import Path
from typing import Any

import pytest

from bot.guides import store
from bot.kb.watch import LibraryHolder
from bot.sandbox import Message, Person
from bot.telegram import middlewares
from bot.telegram.talk import Kit, StepCheck, Talk
from bot.triage import Prepared
from tests.handlers.desk_talk import Desk
from tests.handlers.guide_kb import LONG, write_guide_kb
from tests.handlers.small_kb import path_of
from tests.handlers.stand import Staff, Stand, hold

DAY = 24 * 3600.0
TAIL = ["↩️ Назад", "🙋 Человек"]


@pytest.fixture(scope="module")
def kb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_guide_kb(tmp_path_factory.mktemp("guides") / "kb")


@pytest.fixture(scope="module")
def kb_holder(kb_template: Path) -> LibraryHolder[Prepared]:
    return hold(kb_template)


async def opened(stand: Stand, person: Person, article_id: str = "acme-jam") -> Message:
    """Begin the steps of an article from the button under it, and return the message that shows them."""
    await person.says(f"/start {article_id}")
    await person.presses("По шагам" if person.user.language_code == "ru" else "Step by step")
    return await stand.reply(person)


async def pressed(stand: Stand, person: Person, *buttons: str) -> Message:
    """Press these buttons of the steps, one after the other, and return the message that shows them."""
    for button in buttons:
        await person.presses(button)
        await stand.quiet()
    return next(message for message in reversed(person.replies) if message.text.startswith("🧭"))


async def test_steps_go_on_in_one_message(stand: Stand, ann: Person) -> None:
    guide = await opened(stand, ann)
    assert guide.html == (
        "🧭 <b>Бумага застряла</b>\nРешение «Бумага застряла».\n\n<b>Шаг 1 из 4</b>\n\n"
        f"Выключите принтер &amp; подождите.\n\n<pre>{LONG}</pre>"
    )
    assert guide.button_texts == ["📋 poweroff --now", "✅ Помогло", "➡️ Дальше", "🙋 Человек", "📄 Всё сразу"]
    assert guide.buttons[0].copies == "poweroff --now"
    before = len(ann.replies)
    after = await pressed(stand, ann, "Дальше")
    assert after.id == guide.id
    assert after.html == "🧭 Бумага застряла\n<b>Шаг 2 из 4</b>\n\nОткройте &lt;крышку&gt;."
    assert after.button_texts == ["✅ Помогло", "➡️ Дальше", "❌ Не получилось", *TAIL]
    assert (await pressed(stand, ann, "Дальше")).text.endswith("Вытяните лист.")
    assert (await pressed(stand, ann, "Назад", "Назад")).html == guide.html
    last = await pressed(stand, ann, "Дальше", "Дальше", "Дальше")
    assert last.text == "🧭 Бумага застряла\nШаг 4 из 4\n\nПротрите ролик."
    assert last.button_texts == ["✅ Помогло", "❌ Не получилось", *TAIL]
    assert len(ann.replies) == before
    assert [call.description for call in stand.sandbox.calls if call.outcome == "400"] == []


async def test_staff_see_which_step_solves(stand: Stand, desk: Desk, ann: Person) -> None:
    await opened(stand, ann)
    await pressed(stand, ann, "Дальше", "Помогло")
    await desk.writes(desk.oleg, "/stats")
    assert stand.staff.last.endswith("Какой шаг решает, 30 дней:\n• Бумага застряла — шаг 2: 1")


async def test_a_sure_decision_begins_at_the_first_step(stand: Stand, ann: Person, bob: Person) -> None:
    await ann.says("ошибка 7002")
    assert (await stand.reply(ann)).text.startswith("🧭 Бумага застряла\nРешение «Бумага застряла».\n\nШаг 1 из 4\n")
    assert await stand.rows("SELECT article, how FROM shown") == [("acme-jam", "guide")]
    await ann.presses("Всё сразу")
    whole = await stand.reply(ann)
    assert whole.text == "Бумага застряла\n\nРешение «Бумага застряла»."
    assert "🧭 По шагам" in whole.button_texts
    await bob.says("error 7001")
    assert (await stand.reply(bob)).text.startswith("Out of paper")


async def test_helped_is_feedback_and_ends_the_steps(stand: Stand, ann: Person) -> None:
    await opened(stand, ann)
    guide = await pressed(stand, ann, "Дальше")
    await ann.presses("Помогло", guide)
    await stand.quiet()
    assert [message.text for message in ann.replies[-2:]] == [
        "🧭 Бумага застряла\n✅ Помогло на шаге 2.",
        "Отлично, рад, что получилось! Если что-то ещё, пишите.",
    ]
    assert ann.replies[-2].button_texts == []
    assert await stand.rows("SELECT article, verdict FROM feedback") == [("acme-jam", "helped")]
    assert await stand.rows("SELECT state FROM guide_runs") == [("solved",)]
    tally = await stand.running._database.read(lambda db: store.tally(db, 0))
    assert [(each.step, each.pressed, each.count) for each in tally] == [
        ("lid", "helped", 1),
        ("lid", "shown", 1),
        ("power", "next", 1),
        ("power", "shown", 1),
    ]


async def test_the_card_says_what_was_tried(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7002")
    guide = await stand.reply(ann)
    await ann.says("ошибка 8004")
    await stand.quiet()
    for button in ("Дальше", "Дальше", "Не получилось", "Человек"):
        await ann.presses(button, guide)
        await stand.quiet()
    assert "Вопрос: ошибка 7002\n" in staff.last
    assert "\n• Бумага застряла (acme-jam, 0.97)\n" in staff.last
    assert "\n• Бледная печать (acme-ink" in staff.last
    assert "\nШаги (acme-jam): 1 ✅ 2 ✅ 3 ❌\nШаги (acme-ink): 1 ⏸\n\nРазговор:\n" in staff.last
    assert "Почему: попросил сам" in staff.last
    assert "👤 ❌ Не получилось\n" in staff.last
    assert guide.text == (
        "🧭 Бледная печать\n🙋 Остановились на шаге 1: дальше поможет специалист, пройденное он видит."
    )
    assert ann.replies[-1].text.startswith("Передал специалисту ваш вопрос")


async def test_the_last_step_that_fails_goes_to_a_person(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7002")
    await pressed(stand, ann, "Дальше", "Дальше", "Дальше", "Не получилось")
    assert "Почему: статьи не помогли" in staff.last
    assert "Шаги (acme-jam): 1 ✅ 2 ✅ 3 ✅ 4 ❌" in staff.last
    assert "(acme-jam, 0.97) ❌ не помогло" in staff.last
    assert await stand.rows("SELECT state FROM guide_runs") == [("person",)]


async def test_a_failure_may_lead_to_an_article_without_steps(stand: Stand, ann: Person) -> None:
    guide = await opened(stand, ann)
    await pressed(stand, ann, "Дальше", "Не получилось")
    assert [message.text.partition("\n")[0] for message in ann.replies[-2:]] == [
        "🧭 Бумага застряла",
        "Кончилась бумага",
    ]
    assert guide.text == "🧭 Бумага застряла\n➡️ Дальше — отдельная статья, она ниже."
    assert guide.button_texts == ["🧭 Вернуться к шагам"]
    await ann.presses("Вернуться к шагам")
    assert (await stand.replies(ann))[-1].text.startswith("🧭 Бумага застряла\nШаг 2 из 4")
    assert guide.button_texts == []


async def test_circles_end_with_a_person(stand: Stand, ann: Person, staff: Staff) -> None:
    await opened(stand, ann, "acme-ink")
    guide = await pressed(stand, ann, *["Не получилось", "Дальше"] * 2)
    assert guide.text.startswith("🧭 Бледная печать\nШаг 1 из 2")
    await pressed(stand, ann, "Не получилось", "Дальше")
    assert "Почему: статьи не помогли" in staff.last


async def test_a_restart_and_a_day_later_the_steps_go_on(stand: Stand, ann: Person) -> None:
    guide = await opened(stand, ann)
    await pressed(stand, ann, "Дальше")
    await stand.restart()
    stand.clock.ahead = DAY
    assert (await pressed(stand, ann, "Дальше")).id == guide.id
    assert guide.text.startswith("🧭 Бумага застряла\nШаг 3 из 4")
    assert await stand.rows("SELECT count(DISTINCT conversation_id) FROM guide_presses") == [(1,)]


async def test_a_question_in_between_is_answered_and_going_back_offered_once(stand: Stand, ann: Person) -> None:
    old = await opened(stand, ann)
    await pressed(stand, ann, "Дальше")
    await ann.says("ошибка 8004")
    answer, offer = await stand.replies(ann)
    assert answer.text.startswith("Сканер не виден по USB")
    assert offer.text == "Вернуться к шагам? Бумага застряла, вы остановились на шаге 2 из 4."
    await ann.says("ошибка 8003")
    assert await stand.titles(ann) == ["Лампа сканера не горит"]
    await ann.presses("Вернуться к шагам")
    again = (await stand.replies(ann))[-1]
    assert again.id != old.id
    assert again.text == "🧭 Бумага застряла\nШаг 2 из 4\n\nОткройте <крышку>."
    await ann.presses("Дальше", again)
    await stand.quiet()
    assert again.text.startswith("🧭 Бумага застряла\nШаг 3 из 4")
    assert old.button_texts == []
    await ann.says("ошибка 8004")
    assert len(await stand.texts(ann)) == 2


async def test_two_presses_at_once_make_one_step(stand: Stand, ann: Person) -> None:
    guide = await opened(stand, ann)
    payload = next(button.callback for button in guide.buttons if button.text == "➡️ Дальше")
    assert payload is not None
    first, second = (stand.sandbox.sends_callback(ann, guide, payload) for _ in range(2))
    assert await stand.toast(second) == "Уже сделано: сейчас шаг 2 из 4."
    assert first.answer == ""
    assert guide.text.startswith("🧭 Бумага застряла\nШаг 2 из 4")
    assert await stand.rows("SELECT count(*) FROM guide_presses WHERE pressed = 'next'") == [(1,)]


async def test_an_outdated_message_says_where_the_steps_are(stand: Stand, ann: Person, bob: Person) -> None:
    old = await opened(stand, ann)
    payload = next(button.callback for button in old.buttons if button.text == "➡️ Дальше")
    copy = f"{(payload or '').rpartition(':')[0]}:0"
    await pressed(stand, ann, "Дальше")
    await ann.says("ошибка 8004")
    await ann.presses("Вернуться к шагам")
    await stand.quiet()
    told = stand.sandbox.sends_callback(ann, old, payload or "")
    assert await stand.toast(told) == "Шаги продолжаются в сообщении ниже: шаг 2 из 4."
    assert await stand.toast(stand.sandbox.sends_callback(bob, old, payload or "")) == (
        "This button is for somebody else."
    )
    assert (await stand.toast(stand.sandbox.sends_callback(ann, old, copy))).startswith("Эта кнопка уже не действует")
    await pressed(stand, ann, "Помогло")
    over = stand.sandbox.sends_callback(ann, old, payload or "")
    assert await stand.toast(over) == "Эти шаги уже закончены. Напишите вопрос ещё раз, и начнём заново."
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_an_open_ticket_stops_the_steps(stand: Stand, ann: Person, desk: Desk) -> None:
    del desk
    guide = await opened(stand, ann)
    await pressed(stand, ann, "Дальше")
    await ann.says("/human помогите")
    await stand.quiet()
    assert await stand.toast(await ann.presses("Дальше", guide)) == "Вопросом занимается специалист, шаги остановил"
    await stand.quiet()
    assert guide.text.startswith("🧭 Бумага застряла\n🙋 Остановились на шаге 2")
    assert guide.button_texts == []
    await ann.presses("По шагам")
    assert (await stand.reply(ann)).text.startswith("Вашим вопросом уже занимается специалист")


async def test_without_staff_the_steps_stay(stand: Stand, ann: Person) -> None:
    await stand.without_staff()
    guide = await opened(stand, ann)
    await pressed(stand, ann, "Дальше", "Человек")
    assert ann.replies[-1].text.startswith("Честно скажу")
    assert guide.text.startswith("🧭 Бумага застряла\nШаг 2 из 4")
    assert (await pressed(stand, ann, "Дальше")).text.startswith("🧭 Бумага застряла\nШаг 3 из 4")


async def test_an_edited_article_goes_on_where_it_can(stand: Stand, kb: Path, ann: Person) -> None:
    await opened(stand, ann)
    guide = await pressed(stand, ann, "Дальше")
    path = path_of(kb, "acme-jam")
    edited = path.read_text(encoding="utf-8").replace("id: lid", "id: hatch").replace("<крышку>", "лючок")
    await stand.saves(path, edited, lambda: steps_of(stand) == ["power", "hatch", "pull", "roller"])
    await ann.presses("Дальше", guide)
    await stand.quiet()
    assert guide.text == (
        "ℹ️ Инструкцию только что поправили, поэтому продолжим отсюда.\n\n"
        "🧭 Бумага застряла\nШаг 2 из 4\n\nОткройте лючок."
    )
    withdrawn = edited.replace("status: live", "status: shadow")
    await stand.saves(path, withdrawn, lambda: is_hidden(stand))
    await ann.presses("Дальше", guide)
    await stand.quiet()
    assert guide.text == "🧭 Этой инструкции больше нет."
    assert ann.replies[-1].text.startswith("Эту инструкцию убрали")
    assert ann.replies[-1].button_texts == ["🙋 Позвать человека"]


def steps_of(stand: Stand) -> list[str]:
    return [step.id for step in stand.holder.current.library.articles["acme-jam"].steps]


def is_hidden(stand: Stand) -> bool:
    return stand.holder.current.library.articles["acme-jam"].status == "shadow"


async def test_a_message_that_cannot_be_edited_is_sent_anew(stand: Stand, ann: Person) -> None:
    guide = await opened(stand, ann)
    stand.sandbox.fail("editMessageText", code=400, description="Bad Request: message can't be edited")
    await ann.presses("Дальше", guide)
    again = await stand.reply(ann)
    assert again.id != guide.id
    assert again.text == "🧭 Бумага застряла\nШаг 2 из 4\n\nОткройте <крышку>."
    old = next(button.callback for button in guide.buttons if button.text == "➡️ Дальше")
    assert await stand.toast(stand.sandbox.sends_callback(ann, guide, old or "")) == (
        "Шаги продолжаются в сообщении ниже: шаг 2 из 4."
    )
    await ann.presses("Дальше", again)
    await stand.quiet()
    assert again.text.startswith("🧭 Бумага застряла\nШаг 3 из 4")
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_step_starts_its_check(stand: Stand, ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    wishes: list[StepCheck] = []

    async def start(talk: Talk, wish: StepCheck) -> bool:
        del talk
        wishes.append(wish)
        return len(wishes) == 1

    def kit(*parts: Any, **named: Any) -> Kit:
        return Kit(*parts, **{**named, "start_check": start})

    monkeypatch.setattr(middlewares, "Kit", kit)
    await opened(stand, ann)
    guide = await pressed(stand, ann, "Дальше", "Дальше")
    assert guide.button_texts[0] == "🔎 Проверить"
    assert await stand.toast(await ann.presses("Проверить")) == "Проверяю, результат будет ниже"
    assert await stand.toast(await ann.presses("Проверить")) == "Проверка уже идёт, подождите немного."
    assert [(wish.check, wish.article, wish.step) for wish in wishes] == [("acme-site", "acme-jam", "pull")] * 2
    await stand.running._database.write(store.note_check(wishes[0].run_id, "ok", stand.clock.now()))
    assert await stand.rows("SELECT step, pressed FROM guide_presses WHERE pressed LIKE 'check%'") == [
        ("pull", "check"),
        ("pull", "check"),
        ("pull", "check:ok"),
    ]


async def test_english_customers_get_english_steps(stand: Stand, bob: Person, staff: Staff) -> None:
    guide = await opened(stand, bob)
    assert guide.text.startswith(
        "🧭 Paper jam\nSolution of Paper jam.\n\nStep 1 of 4\n\nSwitch the printer off & wait."
    )
    after = await pressed(stand, bob, "Next")
    assert after.button_texts == ["✅ It helped", "➡️ Next", "❌ Did not work", "↩️ Back", "🙋 A person"]
    await pressed(stand, bob, "A person")
    assert guide.text.startswith("🧭 Paper jam\n🙋 Stopped at step 2")
    assert len(staff.cards) == 1


async def test_a_second_guide_leaves_the_first_to_be_gone_on_with(stand: Stand, ann: Person) -> None:
    await opened(stand, ann)
    await pressed(stand, ann, "Дальше")
    await ann.says("бледная печать")
    assert (await stand.reply(ann)).text.startswith("🧭 Бледная печать")
    await ann.presses("Помогло")
    assert [text.partition(",")[0] for text in await stand.texts(ann)][-1] == "Вернуться к шагам? Бумага застряла"


async def test_steps_whose_message_was_deleted_go_on_in_a_new_one(stand: Stand, ann: Person) -> None:
    guide = await opened(stand, ann)
    stand.sandbox.deletes(guide)
    stand.sandbox.presses(ann, guide, "Дальше")
    assert (await stand.reply(ann)).text == "🧭 Бумага застряла\nШаг 2 из 4\n\nОткройте <крышку>."
    assert (await pressed(stand, ann, "Дальше")).text.startswith("🧭 Бумага застряла\nШаг 3 из 4")


async def test_words_for_the_buttons_are_the_buttons(stand: Stand, ann: Person, bob: Person, staff: Staff) -> None:
    old = await opened(stand, ann)
    await ann.says("Готово!")
    assert (await stand.replies(ann))[-1].text.startswith("🧭 Бумага застряла\nШаг 2 из 4")
    assert [button.callback for button in old.buttons] == []
    await ann.says("Назад")
    assert (await stand.replies(ann))[-1].text.startswith("🧭 Бумага застряла\nРешение")
    await ann.says("не получилось")
    assert (await stand.replies(ann))[-1].text.startswith("🧭 Бумага застряла\nШаг 2 из 4")
    await ann.says("Помогло, спасибо")
    assert (await stand.replies(ann))[-1].text.startswith("Отлично, рад, что получилось!")
    assert await stand.rows("SELECT pressed FROM guide_presses WHERE pressed != 'shown'") == [
        ("next",),
        ("back",),
        ("next",),
        ("helped",),
    ]
    await ann.says("готово")
    assert "🧭" not in "".join(await stand.texts(ann))
    await opened(stand, bob)
    await bob.says("error 8004")
    await stand.quiet()
    await bob.says("it helped")
    assert await stand.rows("SELECT count(*) FROM guide_presses WHERE pressed = 'helped'") == [(1,)]
    assert staff.cards == []


async def test_steps_about_something_else_lead_to_the_next_candidate_or_a_person(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    await ann.says("ошибка 7002")
    guide = await stand.reply(ann)
    assert guide.button_texts[-1] == "🤷 Не мой случай"
    await ann.presses("Не мой случай", guide)
    await stand.quiet()
    assert guide.text == "🧭 Бумага застряла\n🤷 Не ваш случай, ищем дальше."
    assert await stand.rows("SELECT article, verdict FROM feedback") == [("acme-jam", "not_helped")]
    assert await stand.rows("SELECT state FROM guide_runs ORDER BY rowid DESC LIMIT 1") == [("not_mine",)]
    assert "Почему: статьи не помогли" in staff.last
