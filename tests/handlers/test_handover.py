import pytest

from bot.sandbox import Person
from tests.handlers.stand import Staff, Stand

DONE = (
    "Передал специалисту ваш вопрос и всё, что мы уже проверили. Повторять ничего не придётся. Ответят здесь, "
    "в Telegram."
)
ASK = "Зову человека. Напишите одним сообщением, что случилось: передам сразу."
ALREADY = "Ваш вопрос уже у специалиста. Хотите что-то добавить — просто напишите."
KEY = "ACME-AB1CD-EF2GH-JK3LM-NP4QR"


@pytest.mark.parametrize("call", ["/human", "оператор", "позовите человека", "button"])
async def test_a_person_is_called_in_the_middle_and_gets_the_question(
    stand: Stand, ann: Person, staff: Staff, call: str
) -> None:
    await ann.says("ошибка 7001")
    await stand.quiet()
    if call == "button":
        await ann.presses("Позвать человека")
    else:
        await ann.says(call)
    assert (await stand.reply(ann)).text == DONE
    assert len(staff.messages) == 1
    assert staff.last.startswith(
        "🟪 #1 Анна\nПочему: попросил сам\nЯзык: ru\nКоды: 7001\n\nВопрос: ошибка 7001\n\n"
        "Показано:\n• Кончилась бумага (acme-paper, 0.97)\n\nРазговор:\n👤 ошибка 7001\n🤖 Кончилась бумага "
    )
    assert await stand.rows("SELECT reason, question, announced FROM handovers") == [("asked", "ошибка 7001", 1)]


async def test_the_words_that_call_a_person_stand_in_the_card(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7001")
    await stand.quiet()
    await ann.says("позовите оператора")
    await stand.quiet()
    assert staff.last.endswith("\n👤 позовите оператора")


async def test_a_person_is_called_before_any_question(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human")
    assert (await stand.reply(ann)).text == ASK
    assert len(staff.cards) == 1
    assert "Вопрос: пока не задан" in staff.last
    await ann.says("Не печатает чеки, ошибка 7001")
    assert await stand.texts(ann) == ["Передал и это специалисту."]
    assert staff.messages[1:] == ["👤 Не печатает чеки, ошибка 7001"]
    assert "Вопрос: Не печатает чеки, ошибка 7001" in staff.cards[0]
    await ann.says("/human")
    assert (await stand.reply(ann)).text == ALREADY
    assert len(staff.cards) == 1


async def test_a_question_sent_with_the_command_is_not_asked_for_again(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human касса не печатает после обновления")
    assert (await stand.reply(ann)).text == DONE
    assert "Вопрос: касса не печатает после обновления" in staff.last
    assert len(staff.messages) == 1


async def test_a_word_that_is_no_question_does_not_end_the_wait_for_it(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human")
    await stand.quiet()
    for impatient in ("оператор!", "позовите человека", "алло", "здравствуйте"):
        await ann.says(impatient)
        assert await stand.texts(ann) == []
        assert staff.last == f"👤 {impatient}"
        assert "Вопрос: пока не задан" in staff.cards[0]
    await ann.says("не печатает касса")
    assert await stand.texts(ann) == ["Передал и это специалисту."]
    assert staff.last == "👤 не печатает касса"
    assert "Вопрос: не печатает касса" in staff.cards[0]
    assert len(staff.cards) == 1


async def test_a_picture_with_a_caption_is_the_question_too(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human")
    await stand.quiet()
    stand.sandbox.sends_photo(ann, caption="вот что на экране кассы")
    assert await stand.texts(ann) == ["Передал и это специалисту."]
    assert staff.last == "вот что на экране кассы"
    assert "Вопрос: вот что на экране кассы" in staff.cards[0]


async def test_a_second_call_makes_no_second_card(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7001")
    for call in ("/human", "оператор", "/human"):
        await ann.says(call)
        await stand.quiet()
    assert (await stand.reply(ann)).text == ALREADY
    assert staff.last == "👤 оператор"
    assert len(staff.cards) == 1


async def test_two_calls_before_any_question_make_one_card(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human")
    await ann.says("/human")
    await stand.quiet()
    assert len(staff.cards) == 1
    await ann.says("касса не печатает")
    await stand.quiet()
    assert staff.last == "👤 касса не печатает"


async def test_a_new_question_goes_to_the_same_person(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7001")
    await ann.says("/human")
    await ann.says("ошибка 8004")
    await ann.says("/human ещё и 7002")
    await stand.quiet()
    assert len(staff.cards) == 1
    assert staff.messages[1:] == ["👤 ошибка 8004", "👤 /human ещё и 7002"]
    assert [reply.text[:16] for reply in ann.replies] == ["Кончилась бумага", "Передал специали"]


async def test_a_card_holds_masked_keys_and_never_the_key(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says(f"ключ {KEY}, ошибка 7001")
    await ann.presses("Позвать человека")
    await stand.quiet()
    assert "Ключи: ACME-…P4QR" in staff.last
    assert "Вопрос: ключ ACME-…P4QR, ошибка 7001" in staff.last
    assert KEY.encode() not in stand.bytes_on_disk()
    assert [text for text in stand.sent_texts() if KEY in text] == []


async def test_a_key_in_the_very_message_that_calls_a_person_is_in_the_card(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    await ann.says("абракадабра кракозябра")
    await stand.quiet()
    await ann.says(f"абракадабра {KEY} ошибка 5555")
    await stand.quiet()
    assert "Ключи: ACME-…P4QR" in staff.last
    assert "Коды: 5555" in staff.last


async def test_with_no_staff_chat_the_customer_is_told_so_with_addresses(stand: Stand, ann: Person) -> None:
    await stand.without_staff()
    await ann.says("ошибка 7001")
    await ann.presses("Позвать человека")
    told = await stand.reply(ann)
    assert told.text == (
        "Честно скажу: к боту сейчас не подключён чат сотрудников, живого человека я позвать не могу. "
        "Вопрос сохранил. Вот куда обратиться напрямую:\n\nПринтер Акме\n"
        "• help@acme.example — Поддержка <принтеров> & сканеров"
    )
    assert await stand.rows("SELECT question, announced FROM handovers") == [("ошибка 7001", 0)]
    await ann.says("/human")
    assert (await stand.reply(ann)).text == told.text


async def test_with_no_staff_chat_english_is_honest_too(stand: Stand, bob: Person) -> None:
    await stand.without_staff()
    await bob.says("/human")
    assert (await stand.reply(bob)).text.endswith(
        "Here is where to turn directly:\n\nAcme printer\n• help@acme.example — Support of <printers> & scanners"
    )


async def test_cancel_does_not_take_the_person_away(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human")
    await stand.quiet()
    await ann.says("/cancel")
    assert (await stand.reply(ann)).text == ASK
    await ann.says("ошибка 7001")
    assert await stand.texts(ann) == ["Передал и это специалисту."]
    assert staff.last == "👤 ошибка 7001"


async def test_the_wait_for_a_question_outlives_a_restart(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("/human")
    await stand.quiet()
    await stand.restart()
    await ann.says("касса не печатает")
    await stand.quiet()
    assert staff.last == "👤 касса не печатает"


async def test_a_card_of_a_long_story_fits_one_message(stand: Stand, ann: Person, staff: Staff) -> None:
    for number in range(12):
        await ann.says(f"ошибка 7001 {number} " + "😀<&>" * 700)
    await ann.says("/human")
    await stand.quiet()
    assert len(staff.cards) == 1
    assert len(staff.last.encode("utf-16-le")) // 2 <= 4096
