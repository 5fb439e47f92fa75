from bot.sandbox import Person
from tests.handlers.stand import Stand

BETWEEN = "печатает бледно лампа не горит"


async def test_the_program_is_asked_where_the_articles_are_of_different_ones(stand: Stand, ann: Person) -> None:
    await ann.says(BETWEEN)
    asked = await stand.reply(ann)
    assert asked.text == "Какая программа: Принтер Акме или Сканер Болт?"
    assert asked.button_texts == ["Принтер Акме", "Сканер Болт", "🤷 Ничего из этого", "🙋 Позвать человека"]


async def test_the_program_chosen_narrows_the_question_asked_before(stand: Stand, ann: Person) -> None:
    await ann.says(BETWEEN)
    await ann.presses("Сканер Болт")
    reply = await stand.reply(ann)
    assert "Лампа сканера не горит" in "\n".join([reply.text, *reply.button_texts])
    assert "Какая программа" not in reply.text
    assert "📄 Бледная печать" not in reply.button_texts


async def test_the_program_is_not_asked_for_twice(stand: Stand, ann: Person) -> None:
    await ann.says(BETWEEN)
    await ann.presses("Сканер Болт")
    await stand.reply(ann)
    await ann.says("не горит лампа, бледно")
    assert not any("Какая программа" in text for text in await stand.texts(ann))


async def test_in_english(stand: Stand, bob: Person) -> None:
    await bob.says("prints too light lamp is off")
    assert (await stand.reply(bob)).text.startswith("Which program is it: ")
