"""A knowledge base of a few articles with exact codes, so that dialogue tests know which article must come."""

from pathlib import Path

HEAD = """\
name: Учебная
languages: [ru, en]
default: ru
"""

ACME = """\
id: acme
names: {ru: Принтер Акме, en: Acme printer}
aliases: [акме, acme]
key_formats:
  - {kind: key, prefix: ACME, groups: [5, 5, 5, 5]}
contacts:
  - kind: email
    value: help@acme.example
    purpose: {ru: Поддержка <принтеров> & сканеров, en: Support of <printers> & scanners}
"""

BOLT = """\
id: bolt
names: {ru: Сканер Болт, en: Bolt scanner}
aliases: [болт, bolt]
"""

ARTICLE = """\
id: {id}
product: {product}
updated: 2026-11-22
codes: [{codes}]
title:
  ru: "{ru}"
  en: "{en}"
symptoms:
  ru: [{symptoms_ru}]
  en: [{symptoms_en}]
answer:
  ru: |
    {answer_ru}
  en: |
    {answer_en}
related: [{related}]
status: {status}
"""


def product_of(article_id: str) -> str:
    first = article_id.partition("-")[0]
    return first if first in {"acme", "bolt"} else "general"


def article(
    article_id: str,
    ru: str,
    en: str,
    *,
    codes: str = "",
    symptoms: tuple[str, str] = ("", ""),
    answers: tuple[str, str] = ("", ""),
    related: str = "",
    status: str = "live",
) -> str:
    return ARTICLE.format(
        id=article_id,
        product=product_of(article_id),
        codes=codes,
        ru=ru,
        en=en,
        symptoms_ru=symptoms[0] or ru.lower(),
        symptoms_en=symptoms[1] or en.lower(),
        answer_ru=answers[0] or f"Решение «{ru}».",
        answer_en=answers[1] or f"Solution of {en}.",
        related=related,
        status=status,
    )


ARTICLES = {
    "acme-paper": article(
        "acme-paper",
        "Кончилась бумага",
        "Out of paper",
        codes='"7001"',
        symptoms=(
            "кончилась бумага, нет бумаги в лотке, принтер просит бумагу, лоток пустой",
            "out of paper, the tray is empty, printer asks for paper, no paper in the tray",
        ),
        answers=("Положите бумагу в `лоток 1` & закройте <крышку>.", "Put paper into `tray 1` & close the <lid>."),
        related="acme-jam",
    ),
    "acme-jam": article(
        "acme-jam",
        "Бумага застряла",
        "Paper jam",
        codes='"7002"',
        symptoms=(
            "бумага застряла, замятие бумаги, лист зажевало, принтер жуёт бумагу",
            "paper jam, a sheet is stuck, the printer chews paper",
        ),
        related="acme-paper",
    ),
    "acme-ink": article(
        "acme-ink",
        "Бледная печать",
        "Pale print",
        codes='"7010"',
        symptoms=(
            "бледная печать, печатает бледно, краска кончается, полосы на листе",
            "pale print, prints too light, ink is running low, stripes on the page",
        ),
    ),
    "bolt-lamp": article(
        "bolt-lamp",
        "Лампа сканера не горит",
        "Scanner lamp is off",
        codes='"7010", "8003"',
        symptoms=(
            "лампа не горит, сканер не светит, тёмный скан, чёрный скан",
            "lamp is off, the scanner does not light up, dark scan, black scan",
        ),
    ),
    "bolt-cable": article(
        "bolt-cable",
        "Сканер не виден по USB",
        "Scanner not found on USB",
        codes='"8004"',
        symptoms=(
            "компьютер не видит сканер, сканер не виден по usb, устройство не найдено",
            "computer does not see the scanner, scanner not found on usb, device not found",
        ),
    ),
    "acme-retired": article("acme-retired", "Старый барабан", "Old drum", status="off"),
    "how-to-use": article(
        "how-to-use",
        "Что умеет бот",
        "What the bot can do",
        symptoms=("что ты умеешь, как пользоваться ботом", "what can you do, how to use the bot"),
    ),
    "call-a-human": article(
        "call-a-human",
        "Позвать человека",
        "Call a person",
        symptoms=("позовите человека, оператор, нужен живой человек", "operator, i want a human, call a person"),
    ),
}


def write_small_kb(root: Path) -> Path:
    for name, text in {"_kb.yaml": HEAD, "acme/_product.yaml": ACME, "bolt/_product.yaml": BOLT}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "general").mkdir(exist_ok=True)
    for article_id, text in ARTICLES.items():
        path_of(root, article_id).write_text(text, encoding="utf-8")
    return root


def path_of(root: Path, article_id: str) -> Path:
    return root / product_of(article_id) / f"{article_id}.yaml"
