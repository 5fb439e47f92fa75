"""A customer and the staff, both ways: the topic with its card, every kind of message, notes, commands, the close."""

import pytest

from bot.sandbox import Person
from tests.handlers.desk_talk import CLOSED, DONE, KEY, REOPENED, TAKEN, Desk, heard, shown
from tests.handlers.stand import Stand


async def test_a_request_opens_a_topic_with_a_pinned_card(stand: Stand, ann: Person, desk: Desk) -> None:
    await ann.says(f"ключ {KEY}, ошибка 7001")
    await ann.presses("Не помогло")
    await ann.presses("Позвать человека")
    await stand.quiet()
    topic = desk.topic(ann)
    assert desk.name(topic) == "🟪 #1 Анна"
    card = desk.card(topic)
    assert card.text.startswith(
        "🟪 #1 Анна\nПочему: статьи не помогли\nЯзык: ru\nКоды: 7001\nКлючи: ACME-…P4QR\n\n"
        "Вопрос: ключ ACME-…P4QR, ошибка 7001\n\nПоказано:\n• Кончилась бумага (acme-paper, 0.97) ❌ не помогло\n\n"
        "Разговор:\n👤 ключ ACME-…P4QR, ошибка 7001\n"
        "🤖 ✅ Регистрационный номер ACME-…P4QR записан верно: 28 символов."
    )
    assert card.button_texts == ["✋ Беру", "✅ Закрыть", "❓ Почему"]
    assert desk.chat.pinned == [card.id]
    assert desk.lines(topic) == []
    assert await desk.refusals() == {}


async def test_the_card_names_what_the_bot_was_unsure_of(stand: Stand, ann: Person, desk: Desk) -> None:
    await ann.says("ошибка 7010")
    await ann.says("абракадабра кракозябра")
    await stand.quiet()
    card = desk.card(desk.topic(ann)).text
    assert "Почему: бот дважды не понял" in card
    assert "Без ответа:\n• clarify: acme-ink 0." in card
    assert ", bolt-lamp 0." in card
    assert "\n• unsure: " in card


async def test_everything_goes_both_ways_in_order(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await ann.says("вот <b>что</b> & видно")
    desk.sandbox.sends_photo(ann, b"screen")
    desk.sandbox.sends_file(ann, "document", b"log", name="касса.log", caption="журнал")
    desk.sandbox.sends_voice(ann)
    desk.sandbox.sends_album(ann, [b"1", b"2"], caption="ещё два")
    desk.sandbox.sends_location(ann)
    desk.sandbox.sends_sticker(ann)
    await ann.says("/vypiska нужна?")
    await stand.quiet()
    assert [line.strip() for line in desk.lines(topic)] == [
        "👤 вот <b>что</b> & видно",
        "[photo]",
        "[document] журнал",
        "[voice]",
        "[photo] ещё два",
        "[photo]",
        "[location]",
        "[sticker]",
        "👤 /vypiska нужна?",
    ]
    await desk.writes(desk.ira, "Здравствуйте, <сейчас> & посмотрим", topic)
    for kind, caption in (("photo", "сюда"), ("document", ""), ("voice", ""), ("video", "так")):
        desk.sandbox.sends_file(desk.ira, kind, b"\x01", caption=caption, chat=desk.chat, topic=topic)
    await desk.writes(desk.oleg, "и ещё", topic)
    assert heard(ann) == [
        TAKEN,
        "Здравствуйте, <сейчас> & посмотрим",
        "[photo] сюда",
        "[document]",
        "[voice]",
        "[video] так",
        "и ещё",
    ]
    theirs = [message for message in desk.written(topic) if not message.by_bot]
    assert [message.reactions for message in theirs] == [("👌",)] * 6
    assert await desk.refusals() == {}


async def test_a_long_message_arrives_whole(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    text = " ".join(f"слово{number}<&>" for number in range(1000))[:4096]
    await ann.says(text)
    await stand.quiet()
    first, second = desk.lines(topic)
    assert first.removeprefix("👤 ") + " " + second.removeprefix("👤 ") == text


async def test_replies_point_at_what_they_answer_on_both_sides(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    asked = await ann.says("какой из двух?")
    await ann.says("и ещё вот")
    await stand.quiet()
    copy = next(message for message in desk.written(topic) if message.text == "👤 какой из двух?")
    await desk.writes(desk.ira, "левый", topic, reply_to=copy)
    answer = next(reply for reply in ann.replies if reply.text == "левый")
    assert answer.reply_to is asked
    await ann.says("точно левый?", reply_to=answer)
    await stand.quiet()
    again = desk.written(topic)[-1]
    assert again.text == "👤 точно левый?"
    assert again.reply_to is not None
    assert (again.reply_to.text, again.reply_to.sender.first_name) == ("левый", "Ира")


async def test_notes_stay_inside(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await desk.writes(desk.ira, "/ клиент сердится", topic)
    await desk.writes(desk.ira, "/\nи спешит", topic)
    await desk.writes(desk.ira, f"/note ключ {KEY}", topic)
    await desk.writes(desk.ira, "/note", topic)
    for caption in ("/ только для своих", "/note тоже", "/foo"):
        desk.sandbox.sends_file(desk.ira, "photo", b"1", caption=caption, chat=desk.chat, topic=topic)
    await stand.quiet()
    assert heard(ann) == []
    assert desk.lines(topic)[:2] == [
        "📝 Записал, клиент этого не видит.",
        "Напишите заметку после команды: /note текст",
    ]
    await desk.writes(desk.oleg, "/info", topic)
    card, notes = desk.lines(topic)[-2:]
    assert card.startswith("🟪 #1 Анна\n")
    assert notes == (
        "Заметки:\n🧑‍💼 клиент сердится\n🧑‍💼 и спешит\n🧑‍💼 ключ ACME-…P4QR\n🧑‍💼 только для своих\n🧑‍💼 тоже"
    )


async def test_info_has_what_was_said_since_and_the_card_has_not(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await ann.says("позже сказано")
    await stand.quiet()
    await desk.writes(desk.ira, "отвечаю", topic)
    assert "позже сказано" not in desk.card(topic).text
    assert "Взял: Ира" in desk.card(topic).text
    await desk.writes(desk.ira, "/info", topic)
    assert desk.lines(topic)[-1].endswith("👤 позже сказано\n🤖 " + TAKEN + "\n🧑‍💼 отвечаю")


@pytest.mark.parametrize("command", ["/foo", "/Закрыть", "/взять сейчас", "/help", "/HELP"])
async def test_a_command_is_never_sent_to_the_customer(ann: Person, desk: Desk, command: str) -> None:
    topic = await desk.opens(ann)
    await desk.writes(desk.ira, command, topic)
    assert heard(ann) == []
    assert desk.lines(topic)[-1].startswith("В теме обращения\nОбычное сообщение уходит клиенту.")
    assert "✋ Беру" in desk.card(topic).button_texts


async def test_a_path_is_no_command(ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await desk.writes(desk.ira, "/var/log/kassa.log пришлите", topic)
    assert heard(ann) == [TAKEN, "/var/log/kassa.log пришлите"]


async def test_commands_outside_a_topic_do_nothing(stand: Stand, ann: Person, desk: Desk) -> None:
    await desk.opens(ann)
    for command in ("/take", "/close", "/note x", "/info"):
        await desk.writes(desk.ira, command)
        assert stand.staff.last == "Это не тема обращения: здесь такая команда ничего не делает."
    await desk.writes(desk.ira, "болтаем о своём")
    assert heard(ann) == []
    assert await stand.rows("SELECT state FROM tickets") == [("new",)]


async def test_taking_is_told_once_and_closing_too(ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    assert await desk.presses(desk.ira, "Беру", topic) == "Обращение ваше"
    await desk.writes(desk.ira, "раз", topic)
    await desk.writes(desk.oleg, "два", topic)
    await desk.writes(desk.oleg, "/take", topic)
    assert desk.lines(topic)[-1] == "Его уже взял Ира"
    await desk.writes(desk.oleg, "/close", topic)
    assert heard(ann) == [TAKEN, "раз", "два", CLOSED]
    assert desk.lines(topic)[-1] == "⬛ Олег закрыл обращение."
    assert desk.card(topic).text.startswith("⬛ #1 Анна\n")
    assert desk.card(topic).button_texts == ["🟪 Открыть снова", "❓ Почему"]
    assert desk.name(topic) == "⬛ #1 Анна"
    assert desk.chat.topics[topic].closed
    await desk.writes(desk.oleg, "/close", topic)
    assert desk.lines(topic)[-1] == "Обращение уже закрыто"
    assert heard(ann)[-1] == CLOSED


async def test_the_customer_is_told_in_english(bob: Person, desk: Desk) -> None:
    topic = await desk.opens(bob, "the till does not print")
    await desk.presses(desk.ira, "Беру", topic)
    await desk.presses(desk.ira, "Закрыть", topic)
    assert [reply.text for reply in bob.replies[1:]] == [
        "A specialist is looking at your question now. Write here, they will see it all.",
        "The specialist has closed your ticket. If anything is left, just write: I will answer or call a person again.",
    ]


async def test_a_language_chosen_while_a_person_has_it_is_followed(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await ann.says("/language")
    await ann.presses("English")
    await stand.quiet()
    await desk.writes(desk.ira, "/close", topic)
    assert heard(ann)[-1].startswith("The specialist has closed your ticket.")


async def test_the_first_reply_takes(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await desk.writes(desk.oleg, "смотрю", topic)
    assert heard(ann) == [TAKEN, "смотрю"]
    assert await stand.rows("SELECT state, taken_name FROM tickets") == [("taken", "Олег")]
    assert desk.lines(topic) == ["✋ Олег взял обращение."]
    assert desk.card(topic).button_texts == ["✅ Закрыть", "❓ Почему"]


async def test_a_closed_ticket_hears_nothing_until_it_is_opened_again(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await desk.writes(desk.ira, "/close", topic)
    late = await desk.writes(desk.ira, "вдогонку", topic)
    assert desk.lines(topic)[-1] == (
        "Обращение закрыто, клиенту ничего не отправлено. Чтобы ответить, откройте его снова: /take"
    )
    assert late.reactions == ()
    await desk.writes(desk.oleg, "/take", topic)
    await desk.writes(desk.oleg, "вернулся", topic)
    assert heard(ann) == [CLOSED, REOPENED, "вернулся"]
    assert desk.name(topic) == "🟪 #1 Анна"
    assert not desk.chat.topics[topic].closed
    await desk.presses(desk.oleg, "Закрыть", topic)
    assert await desk.presses(desk.ira, "Открыть снова", topic) == "Обращение ваше"
    assert await stand.rows("SELECT state, taken_name FROM tickets") == [("taken", "Ира")]


async def test_after_the_close_the_bot_answers_and_a_new_request_is_a_new_ticket(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    first = await desk.opens(ann)
    await desk.writes(desk.ira, "/close", first)
    await ann.says("спасибо")
    await ann.says("ошибка 7001")
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies[-2:]] == [
        "Пожалуйста! Если что-то ещё, я здесь.",
        "Кончилась бумага",
    ]
    await ann.presses("Позвать человека")
    await stand.quiet()
    second = desk.topic(ann)
    assert second != first
    assert desk.name(second) == "🟪 #2 Анна"
    await desk.writes(desk.ira, "/take", first)
    assert desk.lines(first)[-1].startswith("Открыть снова нельзя: у клиента уже есть другое")
    await ann.says("в новое")
    await stand.quiet()
    assert desk.lines(second) == ["👤 в новое"]


async def test_while_a_person_has_it_the_bot_adds_no_answers(stand: Stand, ann: Person, desk: Desk) -> None:
    await ann.says("ошибка 7010, печатает бледно")
    await ann.says("/human")
    await stand.quiet()
    said = len(ann.replies)
    await ann.says("ошибка 7001")
    await ann.says("оператор")
    await ann.says("привет")
    await stand.quiet()
    assert len(ann.replies) == said
    await ann.presses("Не помогло")
    await stand.quiet()
    assert [reply.text for reply in ann.replies[said:]] == [
        "Ваш вопрос уже у специалиста. Хотите что-то добавить — просто напишите."
    ]
    assert desk.lines(desk.topic(ann)) == ["👤 ошибка 7001", "👤 оператор", "👤 привет"]


async def test_an_edit_is_passed_on_once(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    message = await ann.says("ошибка 7001")
    await stand.quiet()
    desk.sandbox.edits(message, "ошибка 7002")
    desk.sandbox.edits(message, "ошибка 7002")
    await stand.quiet()
    assert desk.lines(topic) == ["👤 ошибка 7001", "✏️ Клиент исправил сообщение: ошибка 7002"]
    edited = desk.written(topic)[-1]
    assert edited.reply_to is not None
    assert edited.reply_to.text == "👤 ошибка 7001"
    assert [shown(reply) for reply in ann.replies] == [DONE]


async def test_a_ticket_outlives_a_restart_and_the_end_of_its_conversation(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    topic = await desk.opens(ann)
    await stand.restart()
    await ann.says("после запуска")
    await stand.quiet()
    stand.clock.ahead += 13 * 3600
    await ann.says("на другой день")
    await stand.quiet()
    await desk.writes(desk.ira, "доброе утро", topic)
    assert desk.lines(topic) == ["👤 после запуска", "👤 на другой день", "✋ Ира взял обращение."]
    assert heard(ann) == [TAKEN, "доброе утро"]
    assert await stand.rows("SELECT count(*) FROM conversations") == [(1,)]
