import pytest

from bot.sandbox import Person
from tests.handlers.stand import Stand

GREETING = {
    "ru": "Здравствуйте! 👋 Я Диагност: помогаю с лицензиями и подключением: Принтер Акме, Сканер Болт.",
    "en": "Hello! 👋 I am Diagnost: I help with licences and connection of Acme printer, Bolt scanner.",
}
BUTTONS = {
    "ru": ["❓ Что вы умеете", "🙋 Позвать человека", "🌐 English"],
    "en": ["❓ What can you do", "🙋 Call a person", "🌐 Русский"],
}


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_start_greets_with_buttons(stand: Stand, language: str) -> None:
    customer = stand.sandbox.user("Ким", language=language)
    await customer.says("/start")
    hello = await stand.reply(customer)
    assert hello.text.partition("\n")[0] == GREETING[language]
    assert hello.button_texts == BUTTONS[language]


async def test_the_first_language_is_the_clients(stand: Stand) -> None:
    greeted = {"ru": "ru", "uk": "ru", "kk": "ru", "en-GB": "en", "de": "ru", "": "ru"}
    customers = {client: stand.sandbox.user("Ким", language=client) for client in greeted}
    for customer in customers.values():
        await customer.says("/start")
    await stand.quiet()
    heard = {client: customer.replies[0].text.partition("\n")[0] for client, customer in customers.items()}
    assert heard == {client: GREETING[language] for client, language in greeted.items()}


async def test_start_with_an_article_opens_it(stand: Stand, ann: Person) -> None:
    await ann.says("/start acme-paper")
    opened = await stand.reply(ann)
    assert (
        opened.html
        == "<b>Кончилась бумага</b>\n\nПоложите бумагу в <code>лоток 1</code> &amp; закройте &lt;крышку&gt;."
    )
    assert opened.button_texts == ["✅ Помогло", "❌ Не помогло", "🙋 Позвать человека", "📄 Бумага застряла"]
    assert await stand.rows("SELECT article, how FROM shown") == [("acme-paper", "link")]


async def test_start_with_a_code_opens_its_article(stand: Stand) -> None:
    answers = await stand.answers_to(["/start 7001", "/start 7OO1", "/start   7001  "])
    assert [texts[0].partition("\n")[0] for texts in answers.values()] == ["Кончилась бумага"] * 3


async def test_start_with_anything_else_greets(stand: Stand) -> None:
    junk = ["acme-retired", "no-such-article", "9999", "____", "-", "кириллица", "a" * 64, "a" * 200, "<b>&", "привет"]
    answers = await stand.answers_to([f"/start {payload}" for payload in junk])
    assert [[text.partition("\n")[0] for text in texts] for texts in answers.values()] == [[GREETING["ru"]]] * 10


async def test_a_fresh_start_forgets_that_the_last_message_was_unclear(stand: Stand, ann: Person) -> None:
    await ann.says("абракадабра кракозябра")
    await ann.says("/start")
    await stand.quiet()
    await ann.says("абракадабра кракозябра")
    assert (await stand.reply(ann)).text.startswith("Не уверен, что понял")


async def test_what_can_you_do_shows_the_article_without_asking_whether_it_helped(stand: Stand, ann: Person) -> None:
    await ann.says("/start")
    await ann.presses("Что вы умеете")
    shown = await stand.reply(ann)
    assert shown.text == "Что умеет бот\n\nРешение «Что умеет бот»."
    assert shown.button_texts == ["🙋 Позвать человека"]


async def test_each_command_answers_in_both_languages(stand: Stand) -> None:
    begins = {
        "/help": ("Напишите вопрос обычными", "Ask in plain words, typo"),
        "/privacy": ("Что я храню\n\n• Вашу пере", "What I store\n\n• Our conv"),
        "/cancel": ("Отменять нечего. Напишит", "There is nothing to canc"),
        "/language": ("На каком языке вам удобн", "Which language suits you"),
        "/nonsense": ("Напишите вопрос обычными", "Ask in plain words, typo"),
        "/help@diagnost_sandbox_bot": ("Напишите вопрос обычными", "Ask in plain words, typo"),
    }
    for language, place in (("ru", 0), ("en", 1)):
        answers = await stand.answers_to(list(begins), language)
        heard = {command: [text[:24] for text in texts] for command, texts in answers.items()}
        assert heard == {command: [texts[place]] for command, texts in begins.items()}


async def test_help_names_every_command_of_the_menu(stand: Stand, ann: Person) -> None:
    await ann.says("/help")
    text = (await stand.reply(ann)).text
    assert [name for name in ("/human", "/language", "/cancel", "/privacy", "/help") if name not in text] == []


async def test_the_language_is_switched_by_its_buttons_and_remembered(stand: Stand, ann: Person) -> None:
    await ann.says("/language")
    assert (await stand.reply(ann)).button_texts == ["🇷🇺 Русский", "🇬🇧 English"]
    await ann.presses("English")
    assert (await stand.reply(ann)).text == "Done, let us speak English."
    await stand.restart()
    await ann.says("ошибка 7002")
    assert (await stand.reply(ann)).text == "Paper jam\n\nSolution of Paper jam."
    await ann.says("/language")
    await stand.quiet()
    await ann.presses("Русский")
    assert (await stand.reply(ann)).text == "Готово, говорим по-русски."
    await ann.says("7002")
    assert (await stand.reply(ann)).text == "Бумага застряла\n\nРешение «Бумага застряла»."


async def test_a_chosen_language_holds_whatever_language_the_question_is_in(stand: Stand, ann: Person) -> None:
    await ann.says("/language")
    await ann.presses("Русский")
    await stand.quiet()
    await ann.says("printer asks for paper")
    assert (await stand.reply(ann)).text.startswith("Кончилась бумага")


async def test_a_question_in_english_is_answered_in_english(stand: Stand, ann: Person) -> None:
    await ann.says("printer asks for paper")
    answer = await stand.reply(ann)
    assert answer.html == "<b>Out of paper</b>\n\nPut paper into <code>tray 1</code> &amp; close the &lt;lid&gt;."
    assert answer.button_texts[0] == "✅ It helped"
    await ann.presses("It helped")
    assert (await stand.reply(ann)).text.startswith("Great, I am glad it worked!")
    await ann.says("кончилась бумага")
    assert (await stand.reply(ann)).text.startswith("Кончилась бумага")


async def test_a_few_foreign_words_do_not_change_the_language(stand: Stand, ann: Person) -> None:
    await ann.says("paper jam")
    assert (await stand.reply(ann)).text.startswith("Бумага застряла")


async def test_cancel_forgets_that_the_last_message_was_unclear(stand: Stand, ann: Person) -> None:
    await ann.says("абракадабра кракозябра")
    await stand.quiet()
    await ann.says("/cancel")
    assert (await stand.reply(ann)).text == "Хорошо, начнём сначала. Что случилось?"
    await ann.says("абракадабра кракозябра")
    assert (await stand.reply(ann)).text.startswith("Не уверен, что понял")


async def test_a_path_is_not_a_command(stand: Stand, ann: Person) -> None:
    await ann.says("/var/log/printer.log: кончилась бумага, принтер просит бумагу")
    assert (await stand.reply(ann)).text.startswith("Кончилась бумага")


async def test_the_menu_and_the_description_are_set_in_both_languages(stand: Stand) -> None:
    await stand.sandbox.wait_for(lambda: len(stand.sandbox.calls_of("setMyShortDescription")) == 3)
    await stand.quiet()
    profile = stand.sandbox.world.profile
    names = {key: [command["command"] for command in commands] for key, commands in profile.commands.items()}  # type: ignore[call-overload, index]  # JSON
    expected = ["start", "help", "diag", "human", "language", "cancel", "privacy"]
    assert sorted(names.values()) == [expected, expected, expected]
    assert set(profile.descriptions) == {"", "ru", "en"}
    assert profile.descriptions["en"].startswith("I help with licences")
    assert set(profile.short_descriptions) == {"", "ru", "en"}


async def test_updates_that_came_while_the_bot_was_down_are_answered(stand: Stand, ann: Person) -> None:
    await stand.stop()
    await ann.says("ошибка 7001")
    await stand.start()
    assert await stand.titles(ann) == ["Кончилась бумага"]
    drops = [call.params.get("drop_pending_updates") for call in stand.sandbox.calls_of("deleteWebhook")]
    assert set(map(str, drops)) == {"false"}
