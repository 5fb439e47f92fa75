from datetime import date

import pytest

from bot.kb.article import Article, KnowledgeBase, Numbers
from bot.kb.library import Library
from bot.matching.codes import CodeBook
from bot.matching.normalize import clean, fold

CODES = {
    "m-1011-1014": ("1011-1014",),
    "m-1058": ("1058",),
    "m-1059": ("1059",),
    "m-seat": ("1051", "2008"),
    "m-2009": ("2009",),
    "m-2011": ("2011",),
    "m-2022": ("2022",),
    "m-2023": ("2023",),
    "m-2026": ("2026",),
    "m-2037": ("2037",),
    "m-2040": ("2040",),
    "m-2041": ("2041",),
    "m-2051": ("2051",),
    "m-2057": ("2057",),
    "m-alpha": ("E404X",),
    "m-letters": ("NOLIC",),
}


def article(article_id: str, codes: tuple[str, ...] = (), numbers: tuple[Numbers, ...] = ()) -> Article:
    return Article(
        id=article_id,
        product="m",
        updated=date(2026, 11, 22),
        codes=codes,
        numbers=numbers,
        title={"ru": article_id},
        symptoms={"ru": ()},
    )


@pytest.fixture(scope="module")
def book() -> CodeBook:
    articles = {key: article(key, codes) for key, codes in CODES.items()}
    features = Numbers(kind="feature", values=("1", "31", "32", "33", "42", "43", "46", "47", "48", "49", "52"))
    articles["m-features"] = article("m-features", numbers=(features,))
    head = KnowledgeBase(name="t", languages=("ru",), default="ru")
    library = Library(head, dict(sorted(articles.items())), {}, "sha256:0")
    return CodeBook(library, sorted(articles))


def found(book: CodeBook, text: str) -> list[tuple[str, bool, str]]:
    mentions = book.find(fold(clean(text)), {}).mentions
    return [(m.found.value, m.found.known, m.found.kind) for m in mentions]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1058", "1058"),
        ("1058?", "1058"),
        ("(2011)", "2011"),
        ("2026?", "2026"),
        ("[2023]", "2023"),
        ("«2009»", "2009"),
        ("ошибка 1058", "1058"),
        ("ошибка: 1058", "1058"),
        ("ошибка:1058", "1058"),
        ("Ошибка №2051", "2051"),
        ("ошибка № 2051", "2051"),
        ("ошибка #2051", "2051"),
        ("код 2040", "2040"),
        ("код ошибки 2040", "2040"),
        ("код=2040", "2040"),
        ("номер ошибки 2041", "2041"),
        ("ошибка номер 2008", "2008"),
        ("error 1059", "1059"),
        ("Error 1051: Нет свободной лицензии.", "1051"),
        ("err1058", "1058"),
        ("err 1058", "1058"),
        ("ERR-1058", "1058"),
        ("error_1058", "1058"),
        ("code:2057", "2057"),
        ("ошибка1058", "1058"),
        ("1058ошибка", "1058"),
        ("код2011", "2011"),
        ("1058 ошибка что делать", "1058"),
        ("1O58", "1058"),
        ("1О58", "1058"),
        ("l058", "1058"),
        ("I058", "1058"),
        ("ошибка 2OO8", "2008"),
        ("код 2О22", "2022"),
        ("ошибка 2О4l", "2041"),
        ("１０５８", "1058"),
        ("ошибка 10 58", "1058"),
        ("ошибка 10-58", "1058"),
        ("10 58", "1058"),
        ("10-58", "1058"),
        ("2 0 4 1", "2041"),
        ("ошибка 2 0 4 1", "2041"),
        ("вылезла ошибка 2023, журнал не открывается", "2023"),
        ("пишет (2023) Недоступно для данной лицензии", "2023"),
        ("выдаёт 2026 при вводе ключа", "2026"),
        ("у меня 1058, что делать", "1058"),
        ("что значит 2022", "2022"),
        ("что такое 2009?", "2009"),
        ("купон ввожу, а он 2037", "2037"),
        ("1012 вылезло при запуске", "1012"),
        ("1011-1014", "1011-1014"),
        ("ошибки 1011 - 1014", "1011-1014"),
        ("ошибка 1011–1014", "1011-1014"),
        ("Server return code 2008: No free license features seat.", "2008"),
        ("12:30:11.058#ERR: Server return code 2008: No free seat", "2008"),
        ("ошибка 2011.Что делать", "2011"),
        ("ошибка 2011.", "2011"),
        ("<error>2011</error>", "2011"),
        ('{"error": "(2026) Your license key is invalid"}', "2026"),
        ("ошибка e404x", "E404X"),
        ("E404X", "E404X"),
        ("ошибка NOLIC", "NOLIC"),
        ("в 2023 ошибка 1058", "1058"),
        ("ошибка 2057 на внутреннем", "2057"),
        ("что делать с 2023", "2023"),
        ("MIKO-AAAAA-BBBBB-CCCCC-11111 ошибка 2009", "2009"),
        ("в личном кабинете 2008", "2008"),
        ("8 (495) 111-22-33 наш телефон, ошибка 2022", "2022"),
        ("на порту 8222 ошибка 1013", "1013"),
        ("windows server 2019 пишет ошибку 1058", "1058"),
    ],
)
def test_a_code_is_found_however_it_is_written(book: CodeBook, text: str, value: str) -> None:
    assert found(book, text) == [(value, True, "error")]


@pytest.mark.parametrize(
    "text",
    [
        "в 2023 году всё работало",
        "с 2023 года пользуемся",
        "купили лицензию в 2022 г.",
        "2023-й год",
        "2023 год",
        "январь 2023",
        "в 2022 купили ключ",
        "до 2026 года действует",
        "оплачено по декабрь 2026",
        "12.03.2026",
        "2026-03-12",
        "03.2026",
        "12/03/2026 14:20",
        "ошибка появилась 12.03.2023",
        "порт 1011 закрыт",
        "порты 4222, 1058",
        "lic.miko.ru:1058",
        "10.0.0.1:2008",
        "192.168.20.11",
        "внутренний 1011 не звонит",
        "добавочный 2008",
        "доб. 2008",
        "доб 2008 не отвечает",
        "номер 2008 не отвечает",
        "абонент 1059 недоступен",
        "extension 2011",
        "ext. 2011",
        "не могу набрать 1058",
        "8 495 123-10-58",
        "+7 (495) 201-10-58",
        "+7 495 2011 058",
        "201-10-58",
        "89161058201",
        "заказ 2026",
        "заказ № 2026",
        "номер заказа 2026",
        "счёт №2011",
        "счет-фактура 2011",
        "договор 2008",
        "накладная 1058",
        "заявка 2040 когда ответите",
        "order 2023",
        "invoice #2011",
        "ticket 2051",
        "2040 руб",
        "2040 рублей",
        "2057р",
        "цена 2040",
        "стоит 2040",
        "$2040",
        "2040 ₽",
        "2011 звонков",
        "2008 пользователей",
        "1058 шт",
        "1058 мс",
        "2009 штук",
        "версия 2022",
        "версия 2024.1.2011",
        "MikoPBX 2024.1",
        "v2023",
        "windows server 2008",
        "windows server 2022",
        "excel 2011",
        "office 2009",
        "1.5.2",
        "10:58",
        "в 10:58 упало",
        "10:58:20",
        "кабинет 1011",
        "каб. 1011",
        "комната 2008",
        "1С",
        "MIKO-AAAAA-B2008-C1058-11111",
        "XIAOMI-M2010J19SY-O-AXI15A6",
        "session 00000000000020080000000000001058",
        "e1a2b3c4-2008-1058-2011-aabbccddeeff",
        "звонок на 20 11 не прошёл",
        "встреча 10 58",
        "2",
        "20",
        "тсд 2.0",
        "",
    ],
)
def test_a_number_that_is_something_else_is_no_code(book: CodeBook, text: str) -> None:
    assert found(book, text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ошибка 1060", "1060"),
        ("1060", "1060"),
        ("(2033)", "2033"),
        ("код ошибки 3010", "3010"),
        ("Server return code 2061", "2061"),
        ("error 404", "404"),
        ("ошибка 2O33", "2033"),
        ("ошибка2007", "2007"),
    ],
)
def test_an_unknown_code_is_said_to_be_unknown(book: CodeBook, text: str, value: str) -> None:
    assert found(book, text) == [(value, False, "error")]


@pytest.mark.parametrize("text", ["у нас 1234 абонента", "1234", "777", "мне 35 лет", "123456", "ошибка в 5 местах"])
def test_a_number_of_another_shape_is_not_even_an_unknown_code(book: CodeBook, text: str) -> None:
    assert found(book, text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("фича 48", ["48"]),
        ("что делает фича №48", ["48"]),
        ("48 фича", ["48"]),
        ("48-я фича", ["48"]),
        ("feature 33", ["33"]),
        ("feature (33)", ["33"]),
        ("фичи 48 и 49", ["48", "49"]),
        ("лицензия 49", ["49"]),
        ("46 и 47 чем различаются эти фичи", ["46", "47"]),
        ("№52 в списке функций это что", ["52"]),
    ],
)
def test_a_feature_number_is_told_from_an_error_code(book: CodeBook, text: str, values: list[str]) -> None:
    assert found(book, text) == [(value, True, "feature") for value in values]


def test_an_unknown_feature_number_leads_to_the_features_article(book: CodeBook) -> None:
    mentions = book.find("фича 77", {}).mentions
    assert [(m.found.value, m.found.known, m.articles) for m in mentions] == [("77", False, ("m-features",))]


@pytest.mark.parametrize(
    ("text", "still_open", "over"),
    [
        ("1058 решили, теперь 2011", ["2011"], ["1058"]),
        ("была 1058, а сейчас 1059", ["1059"], ["1058"]),
        ("вместо 1058 теперь 2011", ["2011"], ["1058"]),
        ("теперь 2011 вместо 1058", ["2011"], ["1058"]),
        ("после 1058 появилась 2011", ["2011"], ["1058"]),
        ("раньше была ошибка 2008, теперь ошибка 2011", ["2011"], ["2008"]),
        ("ошибку 1058 исправили. Теперь вылезла 2023", ["2023"], ["1058"]),
        ("1058 is fixed, now 2011", ["2011"], ["1058"]),
        ("ошибки 1058 и 2011", ["1058", "2011"], []),
        ("1058 не решили, ещё и 2011", ["1058", "2011"], []),
        ("ошибка 1058 и ошибка 2040", ["1058", "2040"], []),
    ],
)
def test_the_code_still_open_is_told_from_the_one_that_is_over(
    book: CodeBook, text: str, still_open: list[str], over: list[str]
) -> None:
    mentions = book.find(fold(clean(text)), {}).mentions
    assert [m.found.value for m in mentions if not m.over] == still_open
    assert [m.found.value for m in mentions if m.over] == over


@pytest.mark.parametrize(
    ("value", "articles"),
    [
        ("2032", ("m-2023", "m-2037", "m-2022")),
        ("1085", ("m-1058",)),
        ("1050", ("m-seat", "m-1058", "m-1059")),
        ("9999", ()),
    ],
)
def test_codes_one_slip_away_are_offered(book: CodeBook, value: str, articles: tuple[str, ...]) -> None:
    assert book.near(value) == articles


def test_a_number_that_the_phrases_use_is_left_to_the_search(book: CodeBook) -> None:
    assert book.find("ошибка 400", {"400": 1}).mentions == ()


def test_it_is_said_why_a_number_was_refused(book: CodeBook) -> None:
    reading = book.find("порт 1058, код 2008", {})
    assert reading.reasons == ("1058 is read as port, not as a code",)
    assert reading.refused == {"1058"}
