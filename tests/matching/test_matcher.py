import json
import time
from datetime import date
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.kb.article import Article, Audience, Entry, KnowledgeBase, Numbers, Product, Status
from bot.kb.library import Library
from bot.matching.decision import Decision, Kind
from bot.matching.matcher import Matcher, Turn

PHRASES = {
    "a-lost-key": ["потерял ключ", "где найти регистрационный номер", "забыли номер лицензии", "lost my key"],
    "a-no-sound": [
        "нет звука при звонке",
        "собеседник меня не слышит",
        "односторонняя слышимость",
        "no sound in calls",
    ],
    "a-trial": ["как получить триал", "пробный период закончился", "хочу попробовать бесплатно", "get a trial"],
    "a-coupon": ["куда ввести купон", "купон не принимается", "как активировать купон", "coupon is refused"],
    "b-device": ["терминал не видит сервер", "тсд не подключается", "терминал не в сети", "device is offline"],
    "b-lost-key": ["потерял ключ терминала", "где ключ терминала", "код активации терминала"],
    "call-a-human": ["позовите оператора", "хочу поговорить с человеком", "нужен специалист", "talk to a human"],
    "how-to-use": ["что ты умеешь", "как пользоваться ботом", "чем ты можешь помочь", "what can you do"],
}


def article(article_id: str, product: str, phrases: list[str], **fields: object) -> Article:
    values: dict[str, object] = {
        "id": article_id,
        "product": product,
        "updated": date(2026, 11, 22),
        "title": {"ru": phrases[0]},
        "symptoms": {"ru": tuple(phrases[1:])},
    }
    return Article.model_validate(values | fields)


def library(*more: Article) -> Library:
    products = {"a": "a", "b": "b", "c": "general", "h": "general"}
    made = [article(key, products[key[0]], phrases) for key, phrases in PHRASES.items()]
    made.append(article("a-1058", "a", ["почта уже занята", "email занят"], codes=("1058",)))
    made.append(article("a-2011", "a", ["срок лицензии истёк", "лицензия истекла"], codes=("2011",)))
    made.append(article("b-2011", "b", ["сервер терминалов не отвечает на запрос"], codes=("2011",)))
    rows = (Entry(key="48", text={"ru": "открывает журнал"}), Entry(key="Профи", text={"ru": "полный набор"}))
    numbers = (Numbers(kind="feature", values=("48",)),)
    made.append(article("a-features", "a", ["что такое фича", "таблица фич и тарифов"], entries=rows, numbers=numbers))
    made.extend(more)
    head = KnowledgeBase(name="t", languages=("ru", "en"), default="ru")
    names = {
        "a": Product(id="a", names={"ru": "Альфа"}, aliases=("альфач",)),
        "b": Product(id="b", names={"ru": "Бета"}, aliases=("бетка",)),
    }
    by_id = {a.id: a for a in sorted(made, key=lambda a: a.id)}
    return Library(head, by_id, names, "sha256:1", {"глушняк": "нет звука"})


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(library())


def told(decision: Decision) -> str:
    return json.dumps(decision.to_json(0.0), ensure_ascii=False)


def test_the_json_has_the_names_of_the_contract_in_their_order(matcher: Matcher) -> None:
    assert list(matcher.ask("потерял ключ").to_json(1.5)) == [
        "decision",
        "article",
        "entry",
        "also",
        "candidates",
        "codes",
        "options",
        "language",
        "form",
        "repairs",
        "reasons",
        "kb",
        "weights",
        "elapsed_ms",
    ]


@pytest.mark.parametrize("text", ["", "купон", "ошибка 1058", "позовите оператора", "погода завтра", "привет"])
def test_there_are_at_least_five_candidates_sorted(matcher: Matcher, text: str) -> None:
    candidates = matcher.ask(text).candidates
    assert len(candidates) >= 5
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    assert all(0.0 <= c.score <= 1.0 for c in candidates)


def test_equal_candidates_stand_in_the_order_of_their_ids(matcher: Matcher) -> None:
    ids = [c.id for c in matcher.ask("").candidates]
    assert ids == sorted(ids)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("нет звука при звонке", "a-no-sound"),
        ("глушняк при звонке", "a-no-sound"),
        ("как активировать купон", "a-coupon"),
        ("как аткивировать купн", "a-coupon"),
        ("rfr frnbdbhjdfnm regjy", "a-coupon"),
        ("kak aktivirovat kupon", "a-coupon"),
        ("терминал не видит сервер", "b-device"),
    ],
)
def test_words_lead_to_the_article(matcher: Matcher, text: str, first: str) -> None:
    assert matcher.ask(text).candidates[0].id == first


def test_a_code_is_answered_and_explained(matcher: Matcher) -> None:
    decision = matcher.ask("ошибка 1O58")
    assert (decision.kind, decision.article) == (Kind.ANSWER, "a-1058")
    assert [(c.text, c.value, c.known, c.kind) for c in decision.codes] == [("1o58", "1058", True, "error")]
    assert decision.reasons == ("code 1058 named in an error context",)
    assert decision.candidates[0].why == "code 1058"


def test_a_code_of_two_products_is_settled_by_the_product_or_asked(matcher: Matcher) -> None:
    assert matcher.ask("ошибка 2011", product="b").article == "b-2011"
    assert matcher.ask("ошибка 2011", product="a").article == "a-2011"
    assert matcher.ask("бетка ошибка 2011").article == "b-2011"
    asked = matcher.ask("2011")
    assert (asked.kind, asked.options) == (Kind.CLARIFY, ("a-2011", "b-2011"))


def test_the_product_of_the_conversation_narrows(matcher: Matcher) -> None:
    turns = [Turn("терминал не видит сервер", "b-device")]
    assert matcher.ask("потерял ключ").candidates[0].id == "a-lost-key"
    assert matcher.ask("потерял ключ", conversation=turns).candidates[0].id == "b-lost-key"


def test_a_row_is_picked_by_number_and_by_word(matcher: Matcher) -> None:
    assert matcher.ask("фича 48").entry == "48"
    assert matcher.ask("48").entry == "48"
    decision = matcher.ask("что за фича профи в таблице фич и тарифов")
    assert (decision.candidates[0].id, decision.entry if decision.article else "профи") != ("a-features", None)


@pytest.mark.parametrize(
    "fields", [{"status": Status.OFF}, {"status": Status.SHADOW}, {"audience": Audience.STAFF}], ids=str
)
def test_what_is_not_for_customers_never_comes_out(fields: dict[str, object]) -> None:
    hidden = article("a-secret", "a", ["сброс пароля кассы", "забыли пароль кассы"], codes=("3003",), **fields)
    decision = Matcher(library(hidden)).ask("забыли пароль кассы")
    assert "a-secret" not in told(decision).replace("shadow article a-secret", "")
    assert Matcher(library(hidden)).ask("ошибка 3003").kind is Kind.UNKNOWN_CODE


def test_a_shadow_article_is_recorded() -> None:
    shadow = article("a-shadow", "a", ["сброс пароля кассы", "забыли пароль кассы"], status=Status.SHADOW)
    reasons = Matcher(library(shadow)).ask("забыли пароль кассы").reasons
    assert any(reason.startswith("shadow article a-shadow would have come first") for reason in reasons)


def test_an_empty_knowledge_base_is_unsure() -> None:
    head = KnowledgeBase(name="t", languages=("ru",), default="ru")
    decision = Matcher(Library(head, {}, {}, "sha256:0")).ask("не работает")
    assert (decision.kind, decision.candidates) == (Kind.UNSURE, ())


def test_equal_questions_get_equal_bytes_from_two_matchers_and_many_threads(matcher: Matcher) -> None:
    texts = ["купон не принимается", "ошибка 2011", "нет звука", "ghbdtn", "терминал", "kupon", "потерял ключ"] * 5
    expected = [told(Matcher(library()).ask(text)) for text in texts[:7]] * 5
    found: list[list[str]] = []

    def run() -> None:
        found.append([told(matcher.ask(text)) for text in texts])

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


_ALPHABET = st.text(
    st.sampled_from("абвлицензия купон ключ 0123456789 oОlI.,:;!?-()[]№#'\"\n\tqwertyghbdtn\u0301\u200b🙂ё%$_/\\|")
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.text(), _ALPHABET), st.lists(st.builds(Turn, st.text(), st.sampled_from([None, "a-trial", "gone"])))
)
def test_any_text_gets_a_decision(matcher: Matcher, text: str, turns: list[Turn]) -> None:
    decision = matcher.ask(text, conversation=turns)
    assert len(decision.candidates) >= 5
    json.loads(told(decision))
    if decision.kind is Kind.ANSWER:
        assert decision.article is not None


@pytest.mark.parametrize(
    "text",
    [
        "а" * 10_000,
        "1" * 10_000,
        "1058 " * 2_500,
        "a-1" * 4_000,
        "a." * 5_000,
        "(" * 10_000,
        "ghbdtn " * 1_500,
        "ya sh ch " * 1_500,
        "\u0301а" * 5_000,
        "ю,б." * 2_500,
        "\u202eтекст" * 2_000,
        "купнон лицезния аткивация " * 400,
        "f,h,j." * 2_000,
        "MIKO-AAAAA-" * 900,
        "12:30:11.058#ERR: Error 9999: " * 300,
        "🙂" * 10_000,
        "-" * 10_000,
        "2 0 1 1 " * 1_500,
        "две тысячи одиннадцать " * 450,
        "и " * 5_000,
        ">\n" * 5_000,
        "От:\n" * 3_000,
        "8-" * 5_000,
        "\ud800" * 5_000,
        "\x00" * 5_000 + "ошибка 2011",
        "([" * 5_000,
        "{\n" * 4_000,
        "a@b.c " * 1_600,
        "пробовал перезагрузить, " * 400,
        ", также ошибка" * 700,
    ],
    ids=lambda text: text[:8],
)
def test_ten_thousand_characters_take_bounded_time(matcher: Matcher, text: str) -> None:
    began = time.process_time()
    matcher.ask(text)
    assert time.process_time() - began < 0.5
