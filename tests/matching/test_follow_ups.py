from pathlib import Path

import pytest

from bot.kb.loader import load
from bot.matching.decision import Kind
from bot.matching.matcher import Matcher, Turn
from bot.matching.starts import asks_for_check
from bot.matching.tried import without_tried
from bot.weights.ready import ready

KB = Path(__file__).parents[2] / "kb"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return ready(load(KB))


@pytest.mark.parametrize(
    ("asked", "article", "text"),
    [
        ("ошибка 2008", "miko-no-free-seat", "а если не помогло?"),
        ("ошибка 2008", "miko-no-free-seat", "и что дальше"),
        ("ошибка 1012", "miko-1011-1014", "уже пробовал перезагрузить, не помогает"),
        ("ошибка 2008", "miko-no-free-seat", "привязку уже сбрасывал, все равно не хватает лицензий"),
        ("ошибка 2008", "miko-no-free-seat", "so what next?"),
        ("терминал не видит сервер", "clv-terminal-offline", "всё это делал, без толку"),
        ("терминал не видит сервер", "clv-terminal-offline", "по прежнему не видит"),
    ],
)
def test_the_article_just_tried_is_never_offered_again(matcher: Matcher, asked: str, article: str, text: str) -> None:
    decision = matcher.ask(text, conversation=[Turn(asked, article)])
    assert article not in {decision.article, *decision.also}
    if decision.kind is not Kind.UNSURE:
        assert article not in decision.options


def test_a_remedy_named_as_tried_is_not_offered(matcher: Matcher) -> None:
    decision = matcher.ask("антивирус уже отключал, не помогло", conversation=[Turn("ошибка 1012", "miko-1011-1014")])
    assert decision.kind is Kind.CLARIFY
    assert "miko-antivirus" not in decision.options
    assert "miko-1011-1014 did not help" in decision.reasons


def test_what_was_tried_does_not_hide_the_problem(matcher: Matcher) -> None:
    decision = matcher.ask("сервер уже перезагружал, журнал звонков не открывается")
    assert decision.article == "miko-2023"


@pytest.mark.parametrize("text", ["где это нажать?", "а это где?"])
def test_a_message_that_leans_on_the_last_one_leads_back_to_it(matcher: Matcher, text: str) -> None:
    decision = matcher.ask(text, conversation=[Turn("ошибка 2008", "miko-no-free-seat")])
    assert decision.kind is Kind.UNSURE
    assert decision.options[0] == "miko-no-free-seat"


def test_another_product_is_asked_about_in_the_words_of_the_last_question(matcher: Matcher) -> None:
    decision = matcher.ask("а у клеверенса?", conversation=[Turn("потерял ключ", "miko-lost-key")])
    assert "clv-activation-code" in {decision.article, *(candidate.id for candidate in decision.candidates[:3])}
    assert "product cleverence" in decision.reasons


@pytest.mark.parametrize(
    ("folded", "left", "tried"),
    [
        ("уже перезагружал, ключ не подходит", "ключ не подходит", "уже перезагружал"),
        ("пробовал другой ключ. все равно не подходит", "все равно не подходит", "пробовал другой ключ"),
        ("i have already reinstalled it, the key is refused", "the key is refused", "i have already reinstalled it"),
        ("проверил кабель не помогло, нет звука", "нет звука", "проверил кабель не помогло"),
        ("уже регистрировались на этом компьютере", "уже регистрировались на этом компьютере", ""),
        ("ключ не подходит", "ключ не подходит", ""),
    ],
)
def test_clauses_that_tell_what_was_tried_are_told_apart(folded: str, left: str, tried: str) -> None:
    assert without_tried(folded) == (left, tried)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("проверьте связь с сервером лицензий", True),
        ("проверь порт 443", True),
        ("можете проверить доступность сервера", True),
        ("check the license server please", True),
        ("как проверить связь", False),
        ("где проверить порт", False),
        ("проверьте ключ", False),
        ("связь с сервером пропала", False),
    ],
)
def test_a_wish_for_a_check_is_told_from_a_question_about_it(text: str, asks: bool) -> None:
    assert asks_for_check(text.split()) is asks


def test_a_wish_for_a_check_starts_one_of_an_article_that_has_checks(matcher: Matcher) -> None:
    decision = matcher.ask("проверьте связь с сервером лицензий")
    assert (decision.kind, decision.options) == (Kind.DIAGNOSE, ())
    assert decision.article in {"miko-1011-1014", "miko-dns", "miko-false-no-internet"}


def test_a_code_is_answered_even_where_a_check_is_asked_for(matcher: Matcher) -> None:
    assert matcher.ask("проверьте сервер, ошибка 1058").article == "miko-1058"


def test_an_article_with_steps_starts_a_guide(matcher: Matcher) -> None:
    assert (matcher.ask("ошибка 2008").kind, matcher.ask("ошибка 1059").kind) == (Kind.GUIDE, Kind.ANSWER)


def test_a_choice_between_products_asks_for_the_product_once(matcher: Matcher) -> None:
    text = "лицуха на сканере протухла"
    first = matcher.ask(text)
    if first.kind is Kind.CLARIFY and first.products:
        assert matcher.ask(text, product=first.products[0]).products == ()
    assert "products" not in first.to_json(0.0)
