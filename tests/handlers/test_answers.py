from bot.sandbox import Person
from tests.handlers.stand import Staff, Stand

BUTTONS = ["✅ Помогло", "❌ Не помогло", "🙋 Позвать человека"]


async def test_one_question_is_answered_however_it_is_written(stand: Stand) -> None:
    spellings = [
        "ошибка 7001",
        "7001",
        "Код ошибки: 7OO1",
        "error 7001!",
        "№7001",
        "кончилась бумага",
        "ПРИНТЕР ПРОСИТ БУМАГУ",
        "ghbynth ghjcbn ,evfue",
        "printer prosit bumagu",
        "лоток пустой 🙏",
    ]
    answers = await stand.answers_to(spellings)
    expected = ["Кончилась бумага\n\nПоложите бумагу в лоток 1 & закройте <крышку>."]
    assert answers == dict.fromkeys(spellings, expected)


async def test_an_answer_is_recorded_with_its_reasons(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    await stand.reply(ann)
    [(kind, article, candidates, reasons, revision)] = await stand.rows(
        "SELECT kind, article, candidates, reasons, kb FROM decisions"
    )
    assert (kind, article) == ("answer", "acme-paper")
    assert '"id":"acme-paper","score":0.97' in candidates
    assert "7001" in reasons
    assert revision == stand.running._holder.current.library.revision
    said = await stand.rows("SELECT direction, kind, text, telegram_id IS NOT NULL FROM messages ORDER BY rowid")
    assert said == [
        ("in", "text", "ошибка 7001", 1),
        ("out", "text", "Кончилась бумага\n\nПоложите бумагу в лоток 1 & закройте <крышку>.", 1),
    ]


async def test_it_helped(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7001")
    pressed = await ann.presses("Помогло")
    assert await stand.toast(pressed) == "Спасибо, записал"
    assert (await stand.reply(ann)).text == "Отлично, рад, что получилось! Если что-то ещё, пишите."
    assert await stand.rows("SELECT article, verdict FROM feedback") == [("acme-paper", "helped")]
    assert staff.messages == []


async def test_not_helped_leads_to_the_next_candidate_and_then_to_a_person(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    await ann.says("ошибка 7010, печатает бледно")
    assert await stand.titles(ann) == ["Бледная печать"]
    pressed = await ann.presses("Не помогло")
    assert await stand.toast(pressed) == "Понял, ищем дальше"
    [second] = await stand.replies(ann)
    assert second.text.startswith("Жаль. Попробуем ещё вот это:\n\nЛампа сканера не горит")
    assert second.button_texts == BUTTONS
    await ann.presses("Не помогло")
    assert await stand.titles(ann) == [
        "Больше подходящих статей у меня нет.",
        (
            "Передал специалисту ваш вопрос и всё, что мы уже проверили. Повторять ничего не придётся. "
            "Ответят здесь, в Telegram."
        ),
    ]
    assert staff.messages == [
        (
            "🟪 #1 Анна\n"
            "Почему: статьи не помогли\n"
            "Язык: ru\n"
            "Коды: 7010\n\n"
            "Вопрос: ошибка 7010, печатает бледно\n\n"
            "Показано:\n"
            "• Бледная печать (acme-ink, 0.97) ❌ не помогло\n"
            "• Лампа сканера не горит (bolt-lamp, 0.97) ❌ не помогло\n\n"
            "Разговор:\n"
            "👤 ошибка 7010, печатает бледно\n"
            "🤖 Бледная печать Решение «Бледная печать».\n"
            "🤖 Жаль. Попробуем ещё вот это: Лампа сканера не горит Решение «Лампа сканера не горит»."
        )
    ]


async def test_articles_about_the_bot_are_no_next_candidate(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001 как пользоваться ботом")
    await ann.presses("Не помогло")
    titles = await stand.titles(ann)
    await ann.presses("Не помогло")
    titles += await stand.titles(ann)
    assert [title for title in titles if title in {"Что умеет бот", "Позвать человека"}] == []
    assert await stand.rows("SELECT count(*) FROM shown WHERE article IN ('how-to-use', 'call-a-human')") == [(0,)]


async def test_not_helped_in_words_goes_on_too(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7001")
    await stand.quiet()
    await ann.says("не помогло")
    await stand.quiet()
    await ann.says("не помогло")
    await stand.quiet()
    assert [card.partition("\n")[0] for card in staff.cards] == ["🟪 #1 Анна"]
    assert await stand.rows("SELECT count(*) FROM shown WHERE article = 'acme-paper'") == [(1,)]


async def test_close_candidates_are_offered_and_one_is_chosen(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7010")
    asked = await stand.reply(ann)
    assert asked.text == "Хочу ответить точно. Что из этого ближе?"
    assert asked.button_texts == [
        "📄 Бледная печать",
        "📄 Лампа сканера не горит",
        "🤷 Ничего из этого",
        "🙋 Позвать человека",
    ]
    await ann.presses("Лампа сканера")
    chosen = await stand.reply(ann)
    assert chosen.text == "Лампа сканера не горит\n\nРешение «Лампа сканера не горит»."
    assert chosen.button_texts == BUTTONS
    assert await stand.rows("SELECT article, how FROM shown") == [("bolt-lamp", "option")]


async def test_a_choice_made_ends_the_count_of_unclear_messages(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("ошибка 7010")
    await ann.presses("Бледная печать")
    await stand.quiet()
    await ann.says("абракадабра кракозябра")
    assert (await stand.reply(ann)).text.startswith("Не уверен, что понял")
    assert staff.messages == []


async def test_none_of_these_asks_for_other_words_and_then_calls_a_person(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    await ann.says("ошибка 7010")
    await ann.presses("Ничего из этого")
    noted = await stand.reply(ann)
    assert noted.text.startswith("Понял, не то. Опишите, пожалуйста, другими словами")
    assert noted.button_texts == ["🙋 Позвать человека"]
    await ann.says("абракадабра кракозябра")
    assert (await stand.reply(ann)).text.startswith("Кажется, я вас не понимаю, и мучить вопросами не буду. Передал")
    assert len(staff.cards) == 1
    assert "Вопрос: абракадабра кракозябра" in staff.last
    assert "Почему: бот дважды не понял" in staff.last


async def test_the_second_unclear_message_goes_to_a_person(stand: Stand, staff: Staff) -> None:
    pairs = [
        ("абракадабра кракозябра", "как сварить борщ"),
        ("ошибка 7010", "абракадабра кракозябра"),
        ("ошибка 7777", "..."),
        ("абракадабра кракозябра", "ошибка 7010"),
    ]
    for place, (first, second) in enumerate(pairs):
        customer = stand.sandbox.user()
        await customer.says(first)
        await stand.reply(customer)
        assert len(staff.cards) == place
        await customer.says(second)
        assert (await stand.reply(customer)).text.startswith("Кажется, я вас не понимаю")
        assert len(staff.cards) == place + 1
        assert f"Вопрос: {second}" in staff.last
        assert f"👤 {first}" in staff.last
        assert f"👤 {second}" in staff.last


async def test_an_answer_between_two_unclear_messages_begins_the_count_anew(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    for said in ("абракадабра кракозябра", "ошибка 7001", "абракадабра кракозябра"):
        await ann.says(said)
        await stand.quiet()
    assert (await stand.reply(ann)).text.startswith("Не уверен, что понял")
    assert staff.messages == []


async def test_an_unclear_message_of_last_week_does_not_count(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("абракадабра кракозябра")
    await stand.quiet()
    stand.clock.ahead = 7 * 24 * 3600
    await ann.says("как сварить борщ")
    assert (await stand.reply(ann)).text.startswith("Не уверен, что понял")
    assert staff.messages == []


async def test_an_unknown_code_is_said_to_be_unknown_and_listed(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7003")
    told = await stand.reply(ann)
    assert told.html.startswith("Кода <b>7003</b> в моей базе нет, поэтому гадать не буду. Вот похожие коды")
    assert "📄 Кончилась бумага" in told.button_texts
    assert "📄 Бумага застряла" in told.button_texts
    assert told.button_texts[-1] == "🙋 Позвать человека"
    assert await stand.rows("SELECT code FROM unknown_codes") == [("7003",)]
    await ann.presses("Бумага застряла")
    assert (await stand.reply(ann)).text.startswith("Бумага застряла")


async def test_an_unknown_code_without_neighbours_has_no_guesses(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 5555")
    told = await stand.reply(ann)
    assert told.text == (
        "Кода 5555 в моей базе нет, поэтому гадать не буду. Пришлите текст ошибки целиком или позовите человека."
    )
    assert told.button_texts == ["🙋 Позвать человека"]


async def test_two_problems_in_one_message_get_two_answers(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001 и ещё ошибка 8004")
    first, second = await stand.texts(ann)
    assert first.startswith("Кончилась бумага\n\n")
    assert second.startswith("И про второе:\n\nСканер не виден по USB\n\n")
    assert await stand.rows("SELECT article, how FROM shown ORDER BY rowid") == [
        ("acme-paper", "answer"),
        ("bolt-cable", "also"),
    ]


async def test_small_talk(stand: Stand) -> None:
    expected = {
        "привет": ["Здравствуйте! Напишите, что случилось, или пришлите код ошибки."],
        "Добрый день!": ["Здравствуйте! Напишите, что случилось, или пришлите код ошибки."],
        "спасибо": ["Пожалуйста! Если что-то ещё, я здесь."],
        "пока": ["До свидания! Если что, возвращайтесь."],
        "что ты умеешь": ["Что умеет бот\n\nРешение «Что умеет бот»."],
        "...": ["Не вижу здесь вопроса. Напишите, что случилось, или пришлите код ошибки."],
        "🙂🙂": ["Не вижу здесь вопроса. Напишите, что случилось, или пришлите код ошибки."],
    }
    assert await stand.answers_to(list(expected)) == expected


async def test_the_same_dialogue_in_english(stand: Stand, bob: Person, staff: Staff) -> None:
    await bob.says("hello")
    assert (await stand.reply(bob)).text == "Hello! Tell me what happened, or send an error code."
    await bob.says("error 7010")
    asked = await stand.reply(bob)
    assert asked.text == "I want to get it right. Which of these is closer?"
    assert asked.button_texts == ["📄 Pale print", "📄 Scanner lamp is off", "🤷 None of these", "🙋 Call a person"]
    await bob.presses("Pale print")
    assert (await stand.reply(bob)).text == "Pale print\n\nSolution of Pale print."
    await bob.presses("It did not help")
    assert (await stand.reply(bob)).text.startswith("Sorry about that. Let us try this:\n\nScanner lamp is off")
    await bob.presses("It did not help")
    assert await stand.titles(bob) == [
        "I have no more articles that fit.",
        (
            "I have passed your question on to a specialist, with everything we have checked. You will not have to "
            "repeat anything. They will answer here, in Telegram."
        ),
    ]
    assert "Язык: en" in staff.last
    await bob.says("thank you")
    assert await stand.replies(bob) == []
    assert staff.last == "👤 thank you"


async def test_a_related_article_is_one_press_away(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    await ann.presses("Бумага застряла")
    assert (await stand.reply(ann)).text.startswith("Бумага застряла\n\n")
    assert await stand.rows("SELECT article, how FROM shown ORDER BY rowid") == [
        ("acme-paper", "answer"),
        ("acme-jam", "link"),
    ]
