import time

import pytest

from bot.matching.normalize import MAX_CHARS, clean, fold, sentences, without_noise, words


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Не   работает\tлицензия \n\n совсем ", "Не работает лицензия\nсовсем"),
        ("ошибка — 1058 – «да»", 'ошибка - 1058 - "да"'),
        ("при\u200bвет\ufeff", "привет"),
        ("мя\u00adгкий", "мягкий"),
        ("п\u0301р\u0327и\u0334вет", "привет"),
        ("й ё и\u0306 е\u0308", "й ё й ё"),
        ("помогите 🙏🙏 срочно ❗️", "помогите срочно ❗".replace("❗", "").strip()),
        ("１０５８ ﬁx", "1058 fix"),
        ("№ 2051", "# 2051"),
        ("\u202eпривет\u202c", "привет"),
        ("\x00\x07abc\x7f", "abc"),
        ("🙂🙂🙂", ""),
        ("", ""),
    ],
)
def test_clean_keeps_what_counts(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ещё ЁЛКА", "еще елка"),
        ("ошибкa с латинской a", "ошибка с латинской a"),
        ("лицензия cрок", "лицензия срок"),
        ("МIKO", "miko"),
        ("e-mail", "e-mail"),
    ],
)
def test_fold_makes_words_comparable(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("рег-номер не пришёл", ["рег", "номер", "не", "пришел"]),
        ("ошибка1058", ["ошибка", "1058"]),
        ("lic.miko.ru:443", ["lic", "miko", "ru", "443"]),
        ("1с8", ["1", "с", "8"]),
        ("_под_черк_", ["под", "черк"]),
        ("...", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(fold(clean(text))) == found


def test_words_of_noise_are_short() -> None:
    assert words("а" * 500) == ["а" * 40]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ключ MIKO-AAAAA-BBBBB-CCCCC-11111 неверный", ["ключ", "miko", "неверный"]),
        ("купон MIKOUPD-AAAAA-BBBBB-CCCCC-11111", ["купон", "mikoupd"]),
        ("звоните +7 900 000-00-00 после 12.03.2026", ["звоните", "после"]),
        ("12:30:11.058#ERR: server", ["server"]),
        ("дата 01.01.1970 странная", ["дата", "01", "01", "1970", "странная"]),
    ],
)
def test_noise_is_left_out_of_the_search(text: str, left: list[str]) -> None:
    assert words(fold(without_noise(clean(text)))) == left


def test_sentences() -> None:
    assert sentences("Добрый день! Не работает lic.miko.ru.\nЧто делать?") == [
        "Добрый день",
        "Не работает lic.miko.ru",
        "Что делать",
    ]


@pytest.mark.parametrize("piece", ["a", "а1", "\u0301", "🙂", "a-", "1.", "\u202e", "x\u0336", "ﷺ", "\n", "aб"])
def test_a_huge_text_is_cut_and_quick(piece: str) -> None:
    began = time.perf_counter()
    cleaned = clean(piece * 200_000)
    assert len(cleaned) <= MAX_CHARS
    words(fold(without_noise(cleaned)))
    assert time.perf_counter() - began < 2
