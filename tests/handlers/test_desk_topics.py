"""What happens to topics and groups: deleted, closed by hand, not to be had, moved, shut out, one too many."""

import asyncio
from dataclasses import replace

import pytest

from bot.sandbox import FaultKind, Person, Status
from tests.handlers.desk_talk import CLOSED, DONE, TAKEN, Desk, heard, shown
from tests.handlers.stand import Stand

HISTORY = "Прежняя тема пропала, вот что было в разговоре:"


async def test_a_deleted_topic_comes_back_with_card_and_history(stand: Stand, ann: Person, desk: Desk) -> None:
    old = await desk.opens(ann)
    await ann.says("первое")
    await stand.quiet()
    await desk.writes(desk.ira, "ответ", old)
    desk.sandbox.deletes_topic(desk.chat, old)
    await ann.says("второе")
    desk.sandbox.sends_photo(ann, caption="третье")
    await ann.says("четвёртое")
    await stand.quiet()
    new = desk.topic(ann)
    assert new != old
    assert desk.card(new).text.startswith("🟪 #1 Анна\n")
    assert "Взял: Ира" in desk.card(new).text
    assert desk.card(new).button_texts == ["✅ Закрыть", "❓ Почему"]
    assert desk.chat.pinned[-1] == desk.card(new).id
    assert desk.lines(new) == [
        HISTORY,
        f"🤖 {DONE}\n👤 первое\n🤖 {TAKEN}\n🧑‍💼 ответ",
        "👤 второе",
        "[photo] третье",
        "👤 четвёртое",
    ]
    await desk.writes(desk.ira, "снова тут", new)
    assert heard(ann) == [TAKEN, "ответ", "снова тут"]
    assert len(desk.chat.topics) == 1
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_topic_deleted_again_and_again_has_one_card_and_one_history(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    await desk.opens(ann)
    for said in ("раз", "два", "три"):
        desk.sandbox.deletes_topic(desk.chat, desk.topic(ann))
        await ann.says(said)
        await stand.quiet()
    topic = desk.topic(ann)
    assert desk.lines(topic) == [HISTORY, f"🤖 {DONE}\n👤 раз\n👤 два", "👤 три"]
    assert len(desk.chat.topics) == 1


async def test_a_topic_deleted_while_many_write_loses_and_doubles_nothing(
    stand: Stand, ann: Person, bob: Person, desk: Desk
) -> None:
    await desk.opens(ann)
    theirs = await desk.opens(bob)
    for round_ in range(5):
        desk.sandbox.deletes_topic(desk.chat, desk.topic(ann))
        for number in range(10):
            await ann.says(f"сообщение {round_}-{number}")
            await bob.says(f"message {round_}-{number}")
            if number % 3 == 0:
                await asyncio.sleep(0)
        await stand.quiet()
        lines = desk.lines(desk.topic(ann))
        assert lines[-10:] == [f"👤 сообщение {round_}-{number}" for number in range(10)]
        assert "\n".join(lines).count(f"сообщение {round_}-") == 10
    assert desk.lines(theirs) == [f"👤 message {round_}-{number}" for round_ in range(5) for number in range(10)]


async def test_a_ticket_closed_and_its_topic_deleted_stays_gone(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    desk.sandbox.fail("sendMessage", FaultKind.ERROR, chat=desk.chat, times=None)
    desk.sandbox.says(desk.ira, "/close", chat=desk.chat, topic=topic)
    await ann.hears(CLOSED)
    desk.sandbox.deletes_topic(desk.chat, topic)
    desk.sandbox.clear_faults()
    await stand.quiet()
    assert desk.chat.topics == {}
    assert heard(ann) == [CLOSED]
    again = await desk.opens(ann, "снова не печатает")
    assert desk.name(again) == "🟪 #2 Анна"


async def test_a_topic_closed_by_hand_is_still_written_in(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    desk.chat.topics[topic].closed = True
    await ann.says("ещё здесь")
    await stand.quiet()
    await desk.writes(desk.ira, "и я", topic)
    assert desk.lines(topic)[0] == "👤 ещё здесь"
    assert heard(ann) == [TAKEN, "и я"]


async def test_a_topic_closed_by_hand_that_we_may_not_open_goes_on_flat(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    first = await ann.says("первое")
    await stand.quiet()
    desk.chat.topics[topic].closed = True
    desk.sandbox.set_bot(desk.chat, Status.ADMINISTRATOR, desk.ira, {"can_pin_messages"})
    await ann.says("второе", reply_to=first)
    await ann.says("третье")
    await stand.quiet()
    assert desk.lines() == ["#1 Анна:\n👤 второе", "#1 Анна:\n👤 третье"]
    await desk.writes(desk.ira, "ответ", reply_to=desk.card())
    await desk.writes(desk.ira, "ещё", reply_to=desk.written()[0])
    assert heard(ann) == [TAKEN, "ответ", "ещё"]


async def test_in_a_group_without_topics_replies_do_it(stand: Stand, ann: Person, bob: Person, desk: Desk) -> None:
    await desk.moves_to(desk.sandbox.forum("Без тем", topics=False))
    for customer in (ann, bob):
        await customer.says("/human касса не печатает")
        await stand.quiet()
    hers, his = (message for message in desk.written() if message.button_texts)
    assert (hers.text[:9], his.text[:8]) == ("🟪 #1 Анна", "🟪 #2 Bob")
    await ann.says("x" * 4096)
    desk.sandbox.sends_photo(bob, caption="вот")
    await bob.says("и ещё")
    await stand.quiet()
    texts = [shown(message) for message in desk.written() if not message.button_texts]
    assert sorted(text[:18] for text in texts) == [
        "#1 Анна:\n👤 " + "x" * 7,
        "#1 Анна:\n👤 " + "x" * 7,
        "#2 Bob:\n👤 и ещё",
        "[photo] вот",
    ]
    assert sum(text.count("x") for text in texts) == 4096
    photo = next(message for message in desk.written() if message.attachment is not None)
    assert photo.reply_to is his
    await desk.writes(desk.ira, "Анне", reply_to=hers)
    await desk.writes(desk.oleg, "Бобу", reply_to=photo)
    await desk.writes(desk.oleg, "/close", reply_to=his)
    await desk.writes(desk.ira, "никому")
    assert [reply.text for reply in ann.replies[1:]] == [TAKEN, "Анне"]
    assert [reply.text[:15] for reply in bob.replies[1:]] == ["A specialist is", "Бобу", "The specialist "]
    assert desk.chat.topics == {}


async def test_without_the_right_to_make_topics_replies_do_it(stand: Stand, ann: Person, desk: Desk) -> None:
    desk.sandbox.set_bot(desk.chat, Status.ADMINISTRATOR, desk.ira, {"can_pin_messages"})
    await ann.says("/human касса не печатает")
    await ann.says("ещё")
    await stand.quiet()
    assert desk.chat.topics == {}
    assert desk.chat.pinned == [desk.card().id]
    assert desk.lines() == ["#1 Анна:\n👤 ещё"]
    await desk.writes(desk.ira, "вижу", reply_to=desk.written()[-1])
    assert heard(ann) == [TAKEN, "вижу"]


async def test_topics_switched_off_under_an_open_ticket(stand: Stand, ann: Person, desk: Desk) -> None:
    await desk.opens(ann)
    desk.sandbox.set_forum(desk.chat, on=False)
    await ann.says("где вы?")
    await stand.quiet()
    assert desk.lines()[-1] == "#1 Анна:\n👤 где вы?"
    await desk.writes(desk.ira, "здесь", reply_to=desk.card())
    assert heard(ann) == [TAKEN, "здесь"]


async def test_a_group_that_becomes_a_supergroup_under_an_open_ticket_is_followed(
    stand: Stand, ann: Person, bob: Person, desk: Desk
) -> None:
    await desk.moves_to(desk.sandbox.group("Поддержка", [desk.ira]))
    for customer in (ann, bob):
        await customer.says("/human касса не печатает")
        await stand.quiet()
    new = desk.sandbox.upgrade(desk.chat, desk.ira)
    stand.staff.chat = new
    await ann.says("слышно?")
    await stand.quiet()
    hers, his = (message for message in desk.written() if message.button_texts)
    # Numbers of messages begin anew there: each still leads to its own customer.
    for message in desk.written():
        await desk.writes(desk.oleg, f"ответ на {message.id}", reply_to=message)
    mine = [reply.text for reply in ann.replies if reply.text.startswith("ответ")]
    others = [reply.text for reply in bob.replies if reply.text.startswith("ответ")]
    assert f"ответ на {his.id}" not in mine
    assert f"ответ на {hers.id}" in mine
    assert others == [f"ответ на {his.id}"]
    await stand.restart()
    await desk.writes(desk.ira, "после запуска", reply_to=hers)
    assert ann.replies[-1].text == "после запуска"
    assert "#1 Анна:\n👤 слышно?" in [message.text for message in desk.written()]


@pytest.mark.parametrize("status", [Status.KICKED, Status.LEFT])
async def test_shut_out_of_the_group_everything_waits_and_nothing_is_lost(
    stand: Stand, ann: Person, bob: Person, desk: Desk, status: Status
) -> None:
    bob.user.wrote = True
    stand.plan = replace(stand.plan, manager_ids=(bob.id,))
    await stand.restart()
    stand.running._sender._backoff_longest = 0.05
    topic = await desk.opens(ann)
    desk.sandbox.set_bot(desk.chat, status, desk.ira)
    await bob.hears("⚠️ Бота удалили из группы сотрудников")
    await ann.says("раз")
    desk.sandbox.sends_photo(ann, caption="два")
    carl = desk.sandbox.user("Карл")
    await carl.says("/human всё встало")
    await carl.hears("Передал специалисту")
    await ann.says("три")
    calls = len(desk.sandbox.calls)
    await stand.until(lambda: len(desk.sandbox.calls) > calls + 3)
    desk.sandbox.set_bot(desk.chat, Status.ADMINISTRATOR, desk.ira)
    await stand.quiet()
    assert desk.lines(topic) == ["👤 раз", "[photo] два", "👤 три"]
    assert desk.card(desk.topic(carl)).text.startswith("🟪 #2 Карл")
    assert bob.replies[-1].text == "✅ Бот снова в группе сотрудников, отложенные сообщения уходят туда."
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_floods_of_the_group_lose_and_reorder_nothing(stand: Stand, ann: Person, bob: Person, desk: Desk) -> None:
    people = [ann, bob, *(desk.sandbox.user(f"Клиент-{number}") for number in range(4))]
    desk.sandbox.fail(
        "*", chat=desk.chat, times=12, code=429, description="Too Many Requests", parameters={"retry_after": 0.01}
    )
    for person in people:
        await person.says("/human касса не печатает")
    for number in range(4):
        for person in people:
            await person.says(f"часть {number}")
        desk.sandbox.fail(
            "*Message", chat=desk.chat, times=3, code=429, description="Too Many", parameters={"retry_after": 0.01}
        )
    await stand.quiet()
    assert len(desk.chat.topics) == len(people)
    for person in people:
        assert desk.lines(desk.topic(person)) == [f"👤 часть {number}" for number in range(4)]


async def test_a_topic_made_by_a_call_whose_answer_got_lost_is_named_and_works(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    desk.sandbox.fail("createForumTopic", FaultKind.DROP_AFTER)
    await ann.says("/human касса не печатает")
    await ann.says("вторая строка")
    await stand.quiet()
    orphan, topic = sorted(desk.chat.topics)
    assert desk.written(orphan) == []
    assert sorted(desk.lines(topic)) == [
        (
            f"Для обращения #1 по сбою создана лишняя тема #{orphan}. Пишите здесь; написанное там тоже дойдёт до "
            "клиента."
        ),
        "👤 вторая строка",
    ]
    written = await desk.writes(desk.ira, "отсюда тоже", orphan)
    assert heard(ann) == [TAKEN, "отсюда тоже"]
    assert written.reactions == ("👌",)
    await ann.says("куда придёт?")
    await stand.quiet()
    assert desk.lines(topic)[-1] == "👤 куда придёт?"
    await desk.writes(desk.ira, "/close", orphan)
    assert heard(ann)[-1] == CLOSED
    assert desk.chat.topics[topic].closed


async def test_a_topic_nobody_told_us_of_is_known_by_how_it_began(ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    unheard = desk.sandbox.world.open_topic(desk.chat, desk.sandbox.world.bot, "🟪 #1 Анна")
    desk.sandbox.world.queue.drop_all()
    foreign = desk.sandbox.world.open_topic(desk.chat, desk.ira.user, "Обед #1")
    for made, said in ((unheard, "из забытой"), (foreign, "о еде")):
        began = next(message for message in desk.sandbox.messages(desk.chat) if message.id == made.id)
        await desk.writes(desk.ira, said, made.id, reply_to=began)
    assert heard(ann) == [TAKEN, "из забытой"]
    assert desk.lines(topic)[0] == "✋ Ира взял обращение."


async def test_two_requests_at_the_same_moment_make_one_topic(stand: Stand, ann: Person, desk: Desk) -> None:
    await ann.says("/human раз")
    await ann.says("/human два")
    await ann.says("оператор")
    await stand.quiet()
    assert len(desk.chat.topics) == 1
    assert desk.lines(desk.topic(ann)) == ["👤 /human два", "👤 оператор"]


async def test_a_customer_who_blocked_the_bot_is_named_and_can_come_back(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await desk.presses(desk.ira, "Беру", topic)
    desk.sandbox.blocks(ann)
    await stand.quiet()
    written = await desk.writes(desk.ira, "вы тут?", topic)
    assert written.reactions == ("💔",)
    told = desk.written(topic)[-1]
    assert told.text == "💔 Не доставлено: клиент заблокировал бота или удалил аккаунт."
    assert told.reply_to is written
    desk.sandbox.blocks(ann, blocked=False)
    await ann.says("вернулась")
    await stand.quiet()
    again = await desk.writes(desk.ira, "рады", topic)
    assert again.reactions == ("👌",)
    assert heard(ann) == [TAKEN, "рады"]
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_reply_that_staff_took_back_before_it_went_out_is_named(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    desk.sandbox.fail("copyMessage", FaultKind.ERROR, chat=ann, times=None)
    reply = desk.sandbox.says(desk.ira, "ой", chat=desk.chat, topic=topic)
    await stand.until(lambda: bool(desk.sandbox.calls_of("copyMessage")))
    desk.sandbox.deletes(reply)
    desk.sandbox.clear_faults()
    await stand.quiet()
    assert desk.lines(topic)[-1] == "💔 Не доставлено: Bad Request: message to copy not found"
    assert heard(ann) == [TAKEN]


async def test_what_was_written_in_a_topic_that_is_gone_meanwhile_still_has_its_customer(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    old = await desk.opens(ann)
    dead = desk.chat.topics.pop(old)
    await ann.says("тема умерла")
    await stand.quiet()
    new = desk.topic(ann)
    desk.chat.topics[old] = dead
    written = await desk.writes(desk.ira, "а у меня она видна", old)
    assert heard(ann) == [TAKEN, "а у меня она видна"]
    assert written.reactions == ("👌",)
    await ann.says("дошло")
    await stand.quiet()
    assert desk.lines(new)[-1] == "👤 дошло"
