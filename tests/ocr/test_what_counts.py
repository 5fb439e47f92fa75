"""Lines as tesseract gives them, and what of them counts: against the shipped codes, half of which look like years."""

import pytest

from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from bot.matching.picture import Line, PictureBook, sure_lines


@pytest.fixture(scope="module")
def book() -> PictureBook:
    return PictureBook(load(DEFAULT_KB))


CODES = {
    "after the word": (["Ошибка 2011: срок действия лицензии истёк"], ("2011",)),
    "in English": (["License error", "Error code: 2009", "Close"], ("2009",)),
    "in brackets beside trouble": (["Не удалось проверить лицензию (2022).", "ОК"], ("2022",)),
    "under its label": (["Внимание!", "Код ошибки", "2026", "Закрыть"], ("2026",)),
    "under its label with a colon": (["Error code:", "1058"], ("1058",)),
    "under a title": (["Ошибка", "1058 - e-mail уже занят"], ("1058",)),
    "in JSON": (['"error": {"code": 2037,', '"message": "License key not found"},'], ("2037",)),
    "in a log": (["12:44:05 Сбой: код 1011, нет связи с сервером", "12:44:05 Повтор через 30 с"], ("1011",)),
    "in the row of a table": (["Время Модуль Код Сообщение", "10:58:11 CTI 2037 Лицензия не найдена"], ("2037",)),
    "of a stop": (["Служба лицензий не отвечает", "Код остановки: 1012"], ("1012",)),
    "twice": (["Ошибка 2041", "Повтор: ошибка 2041"], ("2041",)),
    "several": (["Ошибка 2022", "Ошибка 1058"], ("2022", "1058")),
    "with the letter O": (["Купон не активирован (2O11)"], ("2011",)),
    "with a Cyrillic O": (["Ошибка 1О58"], ("1058",)),
    "with the letter l": (["Код ошибки: l058"], ("1058",)),
    "with I, S and B": (["Ошибка I0SB"], ("1058",)),
    "with Z": (["Error Z041"], ("2041",)),
    "with brackets mixed up": (["Ключ недействителен [2041)"], ("2041",)),
    "with the word misread": (["Ощибка 2023 при обновлении"], ("2023",)),
    "with the word of two alphabets": (["Oшибкa 2023"], ("2023",)),
    "unknown": (["Ошибка 9876: неизвестная причина"], ("9876",)),
}


@pytest.mark.parametrize(("lines", "codes"), CODES.values(), ids=CODES)
def test_a_code_counts_in_the_company_of_an_error(book: PictureBook, lines: list[str], codes: tuple[str, ...]) -> None:
    assert book.look(lines).codes == codes


TRAPS = {
    "year": ["© 2009–2026 ООО «Ромашка»", "Отчёт за 2022 год", "2026"],
    "date": ["Дата установки: 14.03.2023", "22.11.2026 20:26", "12 марта 2026 г."],
    "clock": ["20:11", "Время 20:22", "20:41:09 ошибок нет"],
    "clock without its colon": ["2011 22.11.2026", "2022"],
    "port": ["Порт 1058", "Port: 2041", "lic.miko.ru:2011"],
    "port beside an error": ["Ошибка соединения с сервером, порт 1058"],
    "phone": ["Тел. 8 (495) 229-20-11", "доб. 1058", "Внутренний номер 1011"],
    "order": ["Заказ № 2011 от 20.08.2022", "Счёт на оплату № 2041", "Order 1058"],
    "money": ["Сумма: 1058 руб.", "Итого 2 022,00 ₽"],
    "version": ["Версия 8.3.2022.1058", "MikoPBX 2024.1.114", "Windows Server 2022", "Office 2011"],
    "address": ["IP 192.168.20.11:2041", "https://192.168.1.20:2011/admin"],
    "amount": ["Подключено клиентов: 2026", "Записей: 1058", "1011 документов"],
    "lone number": ["1058"],
    "number of a document with trouble far away": ["Накладная 2037", "Склад", "Контрагент", "Лицензия не найдена"],
    "code of something else": ["Код товара 2051", "Код клиента: 1058", "Postal code 2022", "Код активации 2011 2041"],
    "code in a card": ["Код: 2051", "Наименование: Молоко", "Код 1011"],
    "code in a catalogue": ["Код Наименование Остаток", "2022 Молоко 3,2 %", "1058 Хлеб", "2041 Сыр"],
    "menu": ["Файл Правка Вид Сервис Окна Справка", "Управление лицензией", "Журнал событий"],
    "noise": ["—", "| |", "", "\x00", "ё̂̂̂", "🙂" * 50, "((((((((", "1" * 300, "ошибка " * 60],
}


@pytest.mark.parametrize("lines", TRAPS.values(), ids=TRAPS)
def test_other_numbers_and_words_of_a_screen_do_not_count(book: PictureBook, lines: list[str]) -> None:
    assert book.look(lines).question == ""


def test_a_known_phrase_counts_and_the_question_is_made_of_it(book: PictureBook) -> None:
    look = book.look(["1С:Предприятие", "Нет свободных лицензий.", "ОК"])
    assert look.articles == ("miko-no-free-seat",)
    assert look.seen == ("Нет свободных лицензий.",)
    assert look.question in {"Нет свободной лицензии", "нет свободных лицензий"}


def test_a_phrase_broken_into_lines_counts(book: PictureBook) -> None:
    look = book.look(["При регистрации сообщает:", "такой адрес электронной", "почты уже используется"])
    assert look.articles == ("miko-1058",)


def test_a_phrase_with_the_opposite_meaning_does_not_count(book: PictureBook) -> None:
    assert book.look(["e-mail ещё не занят"]).articles == ()


def test_free_text_is_no_question(book: PictureBook) -> None:
    letter = ["Добрый день! Подскажите, как мне подключить", "телефон к вашей станции, и сколько это", "стоит?"]
    assert book.look(letter).question == ""


def test_what_was_misread_is_shown_as_it_was_understood(book: PictureBook) -> None:
    assert book.look(["Ошибка 2O11: срок"]).seen == ("Ошибка 2011: срок",)


def test_the_question_holds_nothing_but_what_counts(book: PictureBook) -> None:
    look = book.look(["Иван Петров, карта 4111", "Ошибка 2011: модуль Иванова И. И."])
    assert look.question == "ошибка 2011"


def test_lines_that_were_hardly_read_are_left_out() -> None:
    assert sure_lines([Line("Ошибка 2011", 20.0), Line("Ошибка 1058", 90.0)]) == ["Ошибка 1058"]
