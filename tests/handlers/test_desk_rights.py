"""Who may do what at the desk: one winner, members only, named members, anonymous administrators, bots, figures."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox import Chat, Person, Status
from bot.sandbox.wire import JsonObject
from tests.handlers.desk_talk import TAKEN, Desk, heard
from tests.handlers.stand import Stand

ANONYMOUS: JsonObject = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
NOT_STAFF = "Это могут только сотрудники."


def written(chat: Chat, sender: JsonObject, text: str, topic: int, number: int, **more: object) -> JsonObject:
    """Return an update that shows a message in a topic as Telegram does for senders that the sandbox does not have."""
    message = {
        "message_id": number,
        "date": 1_790_000_000,
        "chat": chat.to_json(),
        "from": sender,
        "text": text,
        "message_thread_id": topic,
        "is_topic_message": True,
        **more,
    }
    return {"message": message}  # type: ignore[dict-item]  # JSON written by the test


async def test_of_two_presses_at_the_same_moment_one_wins(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    presses = [desk.pressed(who, "Беру", topic) for who in (desk.oleg, desk.ira, desk.oleg)]
    assert [await stand.toast(pressed) for pressed in presses] == [
        "Обращение ваше",
        "Его уже взял Олег",
        "Его уже взял Олег",
    ]
    assert heard(ann) == [TAKEN]
    assert desk.lines(topic) == ["✋ Олег взял обращение."]


async def test_a_stranger_cannot_press_the_card(stand: Stand, ann: Person, bob: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    card = desk.card(topic)
    assert await stand.toast(desk.sandbox.presses(bob, card, "Беру")) == NOT_STAFF
    assert await stand.toast(desk.sandbox.sends_callback(bob, card, "t:1:close")) == NOT_STAFF
    assert await stand.toast(desk.sandbox.sends_callback(ann, card, "t:1:take")) == NOT_STAFF
    await bob.says("ошибка 7001")
    mine = await stand.reply(bob)
    forwarded = desk.sandbox.sends_callback(bob, mine, "t:1:take")
    assert await stand.toast(forwarded) == (
        "This button no longer works. Write your question again and I will answer anew."
    )
    assert await stand.rows("SELECT state FROM tickets") == [("new",)]
    assert heard(ann) == []


@pytest.mark.parametrize(
    "payload", ["t:99:take", "t::take", "t:1:steal", "t:1", "t:²:take", "t:-1:close", "junk", "b:x:1"]
)
async def test_forged_presses_by_staff_do_nothing(stand: Stand, ann: Person, desk: Desk, payload: str) -> None:
    topic = await desk.opens(ann)
    toast = await stand.toast(desk.sandbox.sends_callback(desk.ira, desk.card(topic), payload))
    assert toast == "Эта кнопка уже не действует. Напишите вопрос ещё раз, отвечу заново."
    assert await stand.rows("SELECT state FROM tickets") == [("new",)]
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_who_has_left_the_group_may_press_no_more(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    assert await desk.presses(desk.oleg, "Беру", topic) == "Обращение ваше"
    desk.sandbox.join(desk.chat, desk.oleg, Status.LEFT)
    left: JsonObject = {"left_chat_member": desk.oleg.user.to_json()}
    desk.sandbox.world.post(desk.chat, desk.oleg.user, service=left)
    await stand.quiet()
    assert await desk.presses(desk.oleg, "Закрыть", topic) == NOT_STAFF
    assert await stand.rows("SELECT state FROM tickets") == [("taken",)]


async def test_a_press_that_cannot_be_checked_is_not_obeyed(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    desk.sandbox.fail("getChatMember", times=1)
    assert await desk.presses(desk.ira, "Беру", topic) == "Не смог проверить ваши права, попробуйте ещё раз."
    assert await desk.presses(desk.ira, "Беру", topic) == "Обращение ваше"


async def test_where_members_are_named_the_others_are_not_staff(
    stand: Stand, kb: Path, ann: Person, desk: Desk
) -> None:
    (kb / "_desk.yaml").write_text(f"roles:\n  staff: [{desk.ira.id}]\n", encoding="utf-8")
    await stand.until(lambda: bool(stand.holder.current.library.desk.roles.staff))
    topic = await desk.opens(ann)
    assert await desk.presses(desk.oleg, "Беру", topic) == NOT_STAFF
    await desk.writes(desk.oleg, "не моё дело", topic)
    await desk.writes(desk.oleg, "/close", topic)
    assert heard(ann) == []
    assert desk.lines(topic) == []
    await desk.writes(desk.ira, "моё", topic)
    assert heard(ann) == [TAKEN, "моё"]


async def test_an_anonymous_administrator_is_staff_and_a_channel_or_another_bot_is_not(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    topic = await desk.opens(ann)
    robot: JsonObject = {"id": 778, "is_bot": True, "first_name": "Робот"}
    channel: JsonObject = {"id": -1_001_999_999_999, "type": "channel", "title": "Канал"}
    group = desk.chat.to_json()
    original = await desk.writes(desk.ira, "/ место", topic)
    number = original.id
    for update in (
        written(desk.chat, robot, "я робот", topic, number),
        written(desk.chat, robot, "/close", topic, number),
        written(desk.chat, ANONYMOUS, "из канала", topic, number, sender_chat=channel),
    ):
        desk.sandbox.push_update(update)
    await stand.quiet()
    assert heard(ann) == []
    assert desk.lines(topic) == []
    desk.sandbox.push_update(
        written(desk.chat, ANONYMOUS, "/take", topic, number, sender_chat=group, author_signature="Шеф")
    )
    await stand.quiet()
    assert heard(ann) == [TAKEN]
    assert desk.lines(topic) == ["✋ Шеф взял обращение."]


async def test_figures_are_for_staff_and_managers(stand: Stand, ann: Person, bob: Person, desk: Desk) -> None:
    await ann.says("ошибка 7001")
    await ann.presses("Помогло")
    carl = desk.sandbox.user("Карл")
    await carl.says("ошибка 7010")
    await carl.says("ошибка 5555")
    await stand.quiet()
    for person in (ann, bob):
        await person.says("/stats")
        await stand.quiet()
        assert person.replies[-1].text.startswith(
            {"Анна": "Напишите вопрос обычными", "Bob": "Ask in plain words"}[person.user.first_name]
        )
    stand.clock.ahead += 2 * 24 * 3600
    await bob.says("error 7001")
    await stand.quiet()
    await desk.writes(desk.oleg, "/stats")
    expected = (
        "Сегодня\nВопросов: 1. Ответил сразу: 1, уточнял: 0, не нашёл: 0.\nК людям: 0. Помогло: 0 из 0 оценок.\n"
        "Чаще всего показано:\n• Кончилась бумага — 1\n\n"
        "7 дней\nВопросов: 4. Ответил сразу: 2, уточнял: 1, не нашёл: 1.\nК людям: 1. Помогло: 1 из 1 оценок.\n"
        "Чаще всего показано:\n• Кончилась бумага — 2\nНеизвестные коды: 5555 (1)\n\n"
        "30 дней\nВопросов: 4. Ответил сразу: 2, уточнял: 1, не нашёл: 1.\nК людям: 1. Помогло: 1 из 1 оценок.\n"
        "Чаще всего показано:\n• Кончилась бумага — 2\nНеизвестные коды: 5555 (1)"
    )
    assert stand.staff.last == expected
    await desk.ira.says("/stats")
    await stand.quiet()
    assert desk.ira.replies[-1].text == expected


async def test_figures_for_a_manager_who_is_no_member(stand: Stand, bob: Person, desk: Desk) -> None:
    stand.plan = replace(stand.plan, manager_ids=(bob.id,))
    await stand.restart()
    await bob.says("/stats")
    await stand.quiet()
    assert (
        bob.replies[-1].text
        == "Today\nThere were no questions.\n\n7 days\nThere were no questions.\n\n30 days\nThere were no questions."
    )
