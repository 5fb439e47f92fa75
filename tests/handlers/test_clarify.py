import shutil
from pathlib import Path

import pytest

from bot.sandbox import Person
from tests.handlers.small_kb import article, path_of
from tests.handlers.stand import Stand

BETWEEN = "лист зажевало"


@pytest.fixture
def kb(kb_template: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(kb_template, tmp_path / "kb"))
    symptoms = ("лист зажевало, замятие бумаги", "a sheet is stuck, paper jam")
    text = article("bolt-jam", "Лист застрял в сканере", "Sheet stuck in the scanner", symptoms=symptoms)
    path_of(root, "bolt-jam").write_text(text, encoding="utf-8")
    return root


pytestmark = pytest.mark.usefixtures("kb")


async def test_the_program_is_asked_where_the_articles_are_of_different_ones(stand: Stand, ann: Person) -> None:
    await ann.says(BETWEEN)
    asked = await stand.reply(ann)
    assert asked.text in {
        "Какая программа: Принтер Акме или Сканер Болт?",
        "Какая программа: Сканер Болт или Принтер Акме?",
    }
    assert sorted(asked.button_texts) == ["Принтер Акме", "Сканер Болт", "🙋 Позвать человека", "🤷 Ничего из этого"]


async def test_the_program_chosen_answers_the_question_asked_before(stand: Stand, ann: Person) -> None:
    await ann.says(BETWEEN)
    await ann.presses("Сканер Болт")
    assert await stand.titles(ann) == ["Лист застрял в сканере"]


async def test_the_program_chosen_is_not_asked_for_again(stand: Stand, ann: Person) -> None:
    await ann.says(BETWEEN)
    await ann.presses("Сканер Болт")
    await stand.reply(ann)
    await ann.says("замятие бумаги")
    assert await stand.titles(ann) == ["Лист застрял в сканере"]


async def test_in_english(stand: Stand, bob: Person) -> None:
    await bob.says("a sheet is stuck")
    assert (await stand.reply(bob)).text.startswith("Which program is it: ")
