"""`kb doctor`: every fault is found at its place, and a good knowledge base is left alone."""

from pathlib import Path

import pytest

from bot.authoring.doctor.examine import Examination, examine
from bot.authoring.doctor.finding import CHECKS, Finding, Severity
from bot.kb.loader import load
from tests.kb.kb_folder import KbFolder

HEALTHY = """\
id: acme-{name}
product: acme
updated: 2026-11-22
codes: [{codes}]
title:
  ru: {title_ru}
  en: {title_en}
symptoms:
  ru: [{ru}]
  en: [{en}]
answer:
  ru: {answer}
  en: Restart it.
related: [{related}]
"""

PAPER = ("кончилась бумага", "принтер просит бумагу", "нет листов в лотке", "лоток пустой", "бумага закончилась утром")
PAPER_EN = ("out of paper", "tray is empty", "printer asks for sheets", "no sheets left", "paper ran out")
LAMP = ("лампа сканера погасла", "сканер не светит", "тёмный скан", "подсветка стекла пропала", "чёрная картинка скана")
LAMP_EN = ("scanner lamp is off", "dark scan", "the glass is not lit", "black image from scanner", "no light inside")


@pytest.fixture
def kb(tmp_path: Path) -> KbFolder:
    folder = KbFolder(tmp_path / "kb")
    (folder.root / "acme/acme-1.yaml").unlink()
    article(folder, "paper", PAPER, PAPER_EN, related="acme-lamp")
    article(folder, "lamp", LAMP, LAMP_EN, related="acme-paper", titles=("Лампа сканера", "Scanner lamp"))
    return folder


def article(
    folder: KbFolder,
    name: str,
    ru: tuple[str, ...],
    en: tuple[str, ...],
    *,
    titles: tuple[str, str] = ("Бумага кончилась", "Paper is out"),
    codes: str = "",
    answer: str = "Перезапустите.",
    related: str = "",
) -> None:
    folder.write(
        f"acme/acme-{name}.yaml",
        HEALTHY.format(
            name=name,
            codes=codes,
            title_ru=titles[0],
            title_en=titles[1],
            ru=", ".join(f'"{each}"' for each in ru),
            en=", ".join(f'"{each}"' for each in en),
            answer=answer,
            related=related,
        ),
    )


def examined(folder: KbFolder, *questions: str) -> Examination:
    return examine(load(folder.root), folder.root, questions)


def found(folder: KbFolder, check: str, *questions: str) -> list[Finding]:
    return [each for each in examined(folder, *questions).findings if each.check == check]


def test_a_healthy_knowledge_base_has_no_findings(kb: KbFolder) -> None:
    result = examined(kb)
    assert [str(each) for each in result.findings] == []
    assert result.phrases == 24
    assert [(each.id, each.symptoms, each.answered.of) for each in result.articles] == [
        ("acme-lamp", {"ru": 5, "en": 5}, 10),
        ("acme-paper", {"ru": 5, "en": 5}, 10),
    ]


def test_the_same_phrase_in_two_articles_and_twice_in_one(kb: KbFolder) -> None:
    article(kb, "lamp", (*LAMP, "лоток пустой", LAMP[0]), LAMP_EN, related="acme-paper", titles=("Лампа", "Lamp"))
    twins = found(kb, "near-twin")
    assert [(each.severity, each.file, each.line, each.col) for each in twins] == [
        (Severity.WARNING, "acme/acme-lamp.yaml", 9, 121),
    ]
    assert twins[0].told == (
        "«лоток пустой» is also a phrase of `acme-paper` («лоток пустой»): no matcher can tell them apart"
    )
    (twice,) = found(kb, "twice")
    assert (twice.severity, twice.told, twice.line) == (Severity.NOTE, "«лампа сканера погасла» stands here twice", 9)


def test_a_phrase_that_is_nearly_anothers(kb: KbFolder) -> None:
    article(kb, "lamp", (*LAMP, "принтера просит бумагу"), LAMP_EN, related="acme-paper", titles=("Лампа", "Lamp"))
    (twin,) = [each for each in found(kb, "near-twin") if "просит" in each.told]
    assert twin.severity is Severity.WARNING
    article(kb, "lamp", (*LAMP, "принтер снова просит бумагу"), LAMP_EN, related="acme-paper", titles=("Лампа", "Lamp"))
    (near,) = found(kb, "near-twin")
    assert (near.severity, near.article) == (Severity.NOTE, "acme-lamp")


def test_an_article_that_takes_anothers_questions(kb: KbFolder) -> None:
    near = tuple(f"{each} снова" for each in PAPER)
    article(kb, "again", near, tuple(f"{each} again" for each in PAPER_EN), titles=("Снова", "Again"))
    steals = found(kb, "steals")
    assert {(each.article, each.severity) for each in steals} >= {("acme-again", Severity.WARNING)}
    assert "`acme-paper` takes " in next(each.told for each in steals if each.article == "acme-again")


def test_too_few_phrases_and_no_word_of_its_own(kb: KbFolder) -> None:
    article(kb, "poor", ("нет бумаги", "лоток сканера"), ("empty glass", "no paper", "scanner tray", "out of light"))
    few = found(kb, "few-phrases")
    assert [(each.severity, each.told, each.line) for each in few] == [
        (Severity.WARNING, "2 symptoms in `ru`", 9),
        (Severity.NOTE, "4 symptoms in `en`", 10),
    ]
    (bare,) = found(kb, "no-own-word")
    assert (bare.article, bare.line, bare.severity) == ("acme-poor", 9, Severity.NOTE)


def test_synonyms_without_effect(kb: KbFolder) -> None:
    kb.write("_synonyms.yaml", "бумага: [бумаги, листва, пож]\nкартридж: [тонер]\nлампа: [сегодня, лампада]\n")
    idle = found(kb, "synonym-idle")
    assert [(each.severity.value, each.line, each.col) for each in idle] == [("warning", 2, 11), ("note", 1, 10)]
    assert idle[0].told == "`картридж` is in no article, so its synonyms (тонер) lead nowhere"
    assert idle[1].told == "the synonym `бумаги` is another form of `бумага`, which is known without it"
    (common,) = found(kb, "synonym-common")
    assert (common.line, common.col) == (3, 9)
    unheard = [each for each in found(kb, "synonym-idle", "кончилась листва", "лампада") if "questions" in each.told]
    assert [each.told for each in unheard] == [
        "the synonym `бумаги` is in none of the 2 questions",
        "the synonym `пож` is in none of the 2 questions",
        "the synonym `тонер` is in none of the 2 questions",
        "the synonym `сегодня` is in none of the 2 questions",
    ]


def test_names_that_mean_something_else(kb: KbFolder) -> None:
    kb.write("bolt/_product.yaml", "id: bolt\nnames: {ru: Болт, en: Bolt}\naliases: [error, лампа, болтик]\n")
    told = [(each.file, each.line, each.col, each.severity) for each in found(kb, "alias-common")]
    assert told == [
        ("bolt/_product.yaml", 3, 11, Severity.WARNING),
        ("bolt/_product.yaml", 3, 18, Severity.WARNING),
    ]


def test_codes_of_several_articles_and_codes_named_without_being_had(kb: KbFolder) -> None:
    kb.write("bolt/_product.yaml", "id: bolt\nnames: {ru: Болт, en: Bolt}\naliases: []\n")
    article(kb, "paper", PAPER, PAPER_EN, codes='"7001"', related="acme-lamp")
    article(
        kb,
        "ink",
        ("бледная печать", "краска кончается", "полосы", "светлый оттиск", "тонер высох"),
        ("pale print", "ink is low", "stripes", "light toner", "faded page"),
        codes='"7002"',
        answer="Если выходит ошибка 7001, нажмите сброс. Ошибка 9999 значит другое.",
        titles=("Бледно", "Pale"),
    )
    text = (kb.root / "acme/acme-paper.yaml").read_text(encoding="utf-8")
    other = text.replace("product: acme", "product: bolt").replace("acme-paper", "bolt-paper").replace("бумаг", "лент")
    kb.write("bolt/bolt-paper.yaml", other.replace("acme-lamp", "acme-ink"))
    (shared,) = found(kb, "code-shared")
    assert (shared.told, shared.line) == ("the code 7001 is also claimed by `bolt-paper`", 4)
    unclaimed = found(kb, "code-unclaimed")
    assert [(each.article, each.line, each.told) for each in unclaimed] == [
        ("acme-ink", 12, "the text names the error code 9999, which no article has"),
    ]


def test_long_titles_and_articles_nobody_leads_to(kb: KbFolder) -> None:
    article(
        kb, "alone", ("скрепка застряла", "a", "b", "c", "d"), ("clip", "e", "f", "g", "h"), titles=("т" * 59, "Clip")
    )
    (long,) = found(kb, "long-title")
    assert (long.line, long.told) == (6, "the title has 59 characters; a button shows 58 of them")
    (alone,) = found(kb, "unrelated")
    assert (alone.file, alone.line) == ("acme/acme-alone.yaml", 1)


def test_a_symptom_that_leads_to_another_article(kb: KbFolder) -> None:
    article(kb, "lamp", LAMP, LAMP_EN, codes='"7003"', related="acme-paper", titles=("Лампа", "Lamp"))
    article(kb, "paper", (*PAPER, "ошибка 7003 и нет бумаги"), PAPER_EN, related="acme-lamp")
    (away,) = found(kb, "not-own")
    assert (away.severity, away.file, away.line) == (Severity.WARNING, "acme/acme-paper.yaml", 9)
    assert away.told.startswith(
        "«ошибка 7003 и нет бумаги» comes to answer acme-lamp, not to its own article (code 7003"
    )


def test_every_check_has_a_heading_and_warnings_stand_first(kb: KbFolder) -> None:
    article(kb, "poor", ("нет бумаги",), ("empty",), titles=("т" * 59, "x"))
    severities = [each.severity for each in examined(kb).findings]
    assert severities == sorted(severities, key=lambda each: each is not Severity.WARNING)
    assert {each.check for each in examined(kb).findings} <= set(CHECKS)


def test_staff_articles_and_those_switched_off_are_not_looked_at(kb: KbFolder) -> None:
    path = kb.root / "acme/acme-lamp.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "audience: staff\n", encoding="utf-8")
    assert [each.id for each in examined(kb).articles] == ["acme-paper"]
