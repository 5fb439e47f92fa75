from pathlib import Path

import pytest

from bot.kb.loader import load
from bot.matching.matcher import Matcher, Turn
from bot.weights.ready import ready

KB = Path(__file__).parents[2] / "kb"


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return ready(load(KB))


@pytest.mark.parametrize(
    "text",
    [
        "оператор",
        "Оператор!!!",
        "оператора",
        "позовите оператора",
        "позови человека",
        "соедините с оператором",
        "соедини меня с живым человеком",
        "хочу поговорить с менеджером",
        "хочу говорить с человеком а не с ботом",
        "мне нужен специалист",
        "нужен живой оператор",
        "можно поговорить с живым человеком?",
        "можно человека",
        "дайте человека",
        "переключите на оператора",
        "переключи на специалиста",
        "переведите на техподдержку",
        "есть тут живые люди?",
        "есть кто живой",
        "тут есть кто-нибудь живой?",
        "ты бот? позови человека",
        "хватит робота, дайте человека",
        "бот бесполезный, соедините с поддержкой",
        "свяжите меня с инженером",
        "свяжите с техподдержкой",
        "хочу оператора",
        "хочу пообщаться с сотрудником поддержки",
        "пусть мне перезвонят",
        "перезвоните мне",
        "вызовите специалиста",
        "подключите оператора к чату",
        "нужна помощь живого человека",
        "нужна помощь специалиста",
        "где оператор",
        "ответьте кто-нибудь",
        "кто-нибудь ответит?",
        "консультант",
        "менеджер",
        "живой человек",
        "человек",
        "позовите вашего начальника",
        "хочу пожаловаться, соедините с руководителем",
        "опиратор",
        "опператор",
        "jgthfnjh",
        "gjpjdbnt xtkjdtrf",
        "operator",
        "pozovite operatora",
        "soedinite s operatorom",
        "human",
        "human please",
        "agent",
        "talk to a human",
        "i want to talk to a real person",
        "connect me with support",
        "can I speak to someone",
        "can i talk to an agent?",
        "get me a human being",
        "live agent",
        "speak to representative",
        "let me talk to somebody",
        "I need a real person not a bot",
        "transfer me to an operator",
        "is there a human here",
        "stop bot, human now",
        "call a person",
        "не хочу общаться с роботом",
        "я хочу с человеком поговорить",
        "мне бы с живым специалистом поговорить",
        "надоел бот, хочу человека",
        "соедините пожалуйста с сотрудником",
        "Добрый день, соедините с оператором пожалуйста",
        "с кем можно поговорить о проблеме",
        "позовите кого-нибудь из поддержки",
        "переведи на человека",
        "ошибка 1058, позовите оператора",
        "ничего не понял, позовите специалиста",
        "бот не понимает, мне нужен человек",
        "хочу живого оператора на линию",
        "дайте мне нормальную техподдержку",
        "свяжите меня с вашей поддержкой",
        "хватит гонять по кругу, дайте человека",
        "с роботом разговаривать не буду",
        "let me speak with a real support engineer",
        "get me a person",
        "есть живые?",
        "нужна консультация специалиста",
        "я устал от бота",
        "нужна помощь человека",
        "ваш бот тупой, переключите на человека",
        "this bot is useless, human please",
        "когда ответит живой человек",
        "позвоните мне",
        "давайте человека",
        "нужно поговорить с живым человеком по поводу лицензии",
        "по лицензии нужен специалист, позовите",
        "не могу разобраться, позовите инженера",
        "мне нужен человек который разбирается в лицензиях",
        "operator pls",
        "nado pogovorit s chelovekom",
        "хочу чтобы мне ответил человек",
        "пусть ответит человек",
        "i'd like to talk to someone from support",
        "can a human help me",
        "speak to support",
        "give me support agent",
    ],
)
def test_a_person_is_called(matcher: Matcher, text: str) -> None:
    decision = matcher.ask(text)
    assert (decision.kind.value, decision.article) == ("escalate", "call-a-human")


@pytest.mark.parametrize(
    "text",
    [
        "как связаться с отделом продаж",
        "на какую почту писать в поддержку",
        "телефон техподдержки клеверенс",
        "оператор не видит карточку клиента при звонке",
        "у оператора нет звука",
        "как перевести звонок на оператора",
        "менеджер не может войти в панель",
        "новый сотрудник не видит телефонию",
        "человек звонит а имя кракозябрами",
        "нужна лицензия на второго менеджера",
        "сколько операторов можно подключить по лицензии",
        "customer card does not open for the operator",
        "how to contact sales",
        "support email address",
        "куда написать про лицензии",
        "специалист сказал сбросить привязку, как",
        "поддержка просит логи",
        "можно подключить еще одного человека к журналу",
        "агент обновления не запускается",
        "хочу подключить еще одного сотрудника к журналу",
        "нужен еще один терминал",
        "можно оператору открыть журнал",
        "дайте ссылку на licdiag",
        "новому сотруднику нужна лицензия",
        "хочу перевести панель на другого пользователя",
        "не могу позвонить из 1с",
        "нужна лицензия для менеджера",
        "support says to run licdiag",
        "i need a licence for a new agent",
        "agent cannot hear the customer",
        "как вас зовут",
        "бот какие у тебя функции",
        "есть кто знает что такое licdiag",
    ],
)
def test_people_in_a_question_call_nobody(matcher: Matcher, text: str) -> None:
    assert matcher.ask(text).kind.value != "escalate"


@pytest.mark.parametrize(
    ("text", "smalltalk"),
    [
        ("привет", "greeting"),
        ("Добрый день!", "greeting"),
        ("здравствуйте, коллеги", "greeting"),
        ("ghbdtn", "greeting"),
        ("privet", "greeting"),
        ("hi there", "greeting"),
        ("спасибо", "thanks"),
        ("спасибо большое, помогло", "thanks"),
        ("thanks a lot!", "thanks"),
        ("спс", "thanks"),
        ("пока", "bye"),
        ("до свидания", "bye"),
        ("bye", "bye"),
        ("что ты умеешь", "capabilities"),
        ("Привет! Что ты умеешь?", "capabilities"),
        ("помощь", "capabilities"),
        ("what can you do", "capabilities"),
        ("кто ты", "capabilities"),
    ],
)
def test_small_talk_is_told_apart(matcher: Matcher, text: str, smalltalk: str) -> None:
    decision = matcher.ask(text)
    assert (decision.kind.value, decision.smalltalk) == ("smalltalk", smalltalk)
    assert decision.article == ("how-to-use" if smalltalk == "capabilities" else None)


@pytest.mark.parametrize(
    ("text", "kind", "article"),
    [
        ("привет, ошибка 1058", "answer", "miko-1058"),
        ("jib,rf 1058", "answer", "miko-1058"),
        ("oshibka 2011", "answer", "miko-2011"),
        ("Server return code 2008: No free license features seat.\nError 1051", "guide", "miko-no-free-seat"),
        ("1058 решили, теперь 2011", "answer", "miko-2011"),
        ("ошибка 2033", "unknown_code", None),
        ("заказ 2026 когда привезёте", "unsure", None),
        ("🙂🙂🙂", "unsure", None),
        ("?!", "unsure", None),
        ("", "unsure", None),
        ("спасибо, но не помогло", "unsure", None),
        ("какая завтра погода", "unsure", None),
    ],
)
def test_decisions(matcher: Matcher, text: str, kind: str, article: str | None) -> None:
    decision = matcher.ask(text)
    assert (decision.kind.value, decision.article) == (kind, article)


@pytest.mark.parametrize(
    ("text", "entry"),
    [("что делает фича 48", "48"), ("зачем нужна фича 33", "33"), ("abxf 31", "31"), ("фича 77", None)],
)
def test_a_feature_number_picks_its_row(matcher: Matcher, text: str, entry: str | None) -> None:
    decision = matcher.ask(text)
    assert (decision.kind.value, decision.article, decision.entry) == ("answer", "miko-features", entry)


def test_two_open_codes_are_both_answered(matcher: Matcher) -> None:
    decision = matcher.ask("ошибки 1058 и 2011")
    assert (decision.article, decision.also) == ("miko-1058", ("miko-2011",))


def test_an_unknown_code_offers_its_neighbours(matcher: Matcher) -> None:
    assert "miko-2023" in matcher.ask("ошибка 2033").options


def test_what_did_not_help_is_not_offered_again(matcher: Matcher) -> None:
    first = matcher.ask("перенесли атс на другой сервер, лицензия слетела")
    again = matcher.ask("не помогло", conversation=[Turn("перенесли атс на другой сервер", first.article)])
    assert first.article == "miko-reset-binding"
    assert again.article != "miko-reset-binding"
    assert "miko-reset-binding" not in again.options
    assert again.reasons[0] == "product miko"


def test_the_first_failure_leads_to_related_articles_and_the_second_to_a_person(matcher: Matcher) -> None:
    turns = [Turn("ошибка 1058", "miko-1058")]
    first = matcher.ask("не помогло", conversation=turns)
    second = matcher.ask("и это не помогло", conversation=[*turns, Turn("не помогло")])
    assert (first.kind.value, first.options[0]) == ("clarify", "miko-lost-key")
    assert (second.kind.value, second.article) == ("escalate", "call-a-human")


def test_a_bare_follow_up_may_be_about_the_last_answer(matcher: Matcher) -> None:
    decision = matcher.ask("а где это письмо искать", conversation=[Turn("ошибка 1058", "miko-1058")])
    assert decision.options[0] == "miko-1058"


def test_two_articles_in_vain_call_a_person(matcher: Matcher) -> None:
    turns = [Turn("ошибка 1058", "miko-1058"), Turn("не помогло", "miko-lost-key")]
    decision = matcher.ask("опять не помогло", conversation=turns)
    assert (decision.kind.value, decision.article) == ("escalate", "call-a-human")


def test_the_language_is_the_one_written(matcher: Matcher) -> None:
    assert matcher.ask("my coupon does not work", language="ru").language == "en"
    assert matcher.ask("купон не работает", language="en").language == "ru"
    assert matcher.ask("ghbdtn", language="en").language == "ru"
    assert matcher.ask("1058", language="en").language == "en"
    assert matcher.ask("1058").language == "ru"
