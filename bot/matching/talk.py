"""Recognises what is not a question about the product: greetings, thanks, "what can you do", "a person, please".

Decides by closed lists over stems, and only when nothing else is in the message ("привет, ошибка 1058" is a question).
Also recognises follow-ups such as "не помогло", which mean the article just answered. Called by `matcher.py` with the
repaired words of the message, so that layout, transliteration and slips are already mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.matching.lexicon import FILLERS
from bot.matching.morphology import stem


class Talk(StrEnum):
    """What a message is besides a question."""

    GREETING = "greeting"
    THANKS = "thanks"
    CAPABILITIES = "capabilities"
    BYE = "bye"
    PERSON = "person"
    NOT_HELPED = "not_helped"
    NOTHING = "nothing"


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.split())


_GREETING = _stems(
    "привет приветик приветствую здравствуйте здравствуй здрасте здрасьте здрасти здорово хай салют ку хеллоу алло але ау добрый "
    "доброе доброго доброй день дня утро утра вечер вечера ночи суток времени hi hello hey good morning afternoon evening greetings "
    "howdy there друзья коллеги ребята уважаемые бот bot всем ассаламу алейкум dear team"
)
_THANKS = _stems(
    "спасибо спс спасиб спасибки пасиб пасибо благодарю благодарим благодарность thanks thank thx ty tnx cheers сенкс сенкью "
    "мерси"
)
_THANKS_EXTRA = _stems(
    "большое огромное вам тебе вас заранее всем помогло помог помогли помогла получилось заработало разобрался разобралась разобрались "
    "решено решил решили все супер отлично класс круто очень выручили выручил бот за помощь ответ понял понятно ок хорошо "
    "you so much a lot very helped works worked solved it that great for your help многое дело работает теперь"
)
_DONE = _stems(
    "помогло получилось заработало разобрался разобрались супер класс отлично понятно понял ок окей ok okay ясно хорошо helped solved"
)
_BYE = _stems("пока бай досвидания свидания прощайте прощай bye goodbye всего доброго хорошего удачи счастливо чао")
_BYE_EXTRA = _stems("до всего вам вечера дня good всем see you later спокойной ночи")
_ASKS_BOT = (
    "что ты умеешь", "что умеешь", "что вы умеете", "что умеет бот", "что умеет этот бот", "что ты можешь", "что бот может",
    "что может бот", "что может этот бот", "чем ты можешь помочь", "чем можешь помочь", "чем вы можете помочь", "ты кто",
    "кто ты", "кто ты такой", "вы кто", "ты бот", "ты робот", "вы бот", "вы робот", "это бот", "это робот", "как тобой пользоваться",
    "как пользоваться ботом", "как пользоваться", "как с тобой работать", "как работает бот", "какие вопросы можно задавать",
    "о чем тебя можно спросить", "что тебя можно спросить", "возможности", "возможности бота", "помощь", "помоги", "помогите",
    "хелп", "help", "help me", "справка", "инструкция", "меню", "команды", "начать", "старт", "start", "menu", "commands",
    "what can you do", "what do you do", "who are you", "what are you", "are you a bot", "are you a robot", "how do you work",
    "how do i use you", "how to use", "how to use you", "how to use this bot", "how does this work", "how does it work", "как это работает",
    "what can i ask", "what can i ask you", "what else can you do", "что еще умеешь", "что еще ты умеешь", "на что ты способен",
    "какие у тебя функции", "что ты знаешь", "расскажи о себе", "с чем ты можешь помочь", "с чем поможешь", "чем поможешь",
)  # fmt: skip
_CAPABILITIES = frozenset(tuple(stem(word) for word in said.split()) for said in _ASKS_BOT)

_PEOPLE = _stems(
    "оператор человек люди людьми человеком специалист менеджер сотрудник консультант инженер живой живого живым живая "
    "техподдержка поддержка суппорт саппорт начальник начальство руководитель старший консультация "
    "human person agent operator representative specialist manager consultant someone somebody staff people engineer support"
)
_ALONE = _stems(
    "оператор человек людей специалист менеджер консультант живой сотрудник human agent operator representative person"
)
_CALLS = _stems(
    "позовите позвать соедините соединить соединяй пригласите пригласить свяжите связать дайте давайте дай переключите переключить "
    "переведите перевести зовите нужен нужна нужны хочу хотел хотелось поговорить говорить разговаривать пообщаться общаться "
    "связаться можно требую вызовите вызвать передайте надо need want call get give connect talk speak transfer reach chat escalate"
)
_CALLS_STRONGLY = _stems(
    "позовите позови позвать соедините соедини соединить пригласите свяжите переключите переключи зовите вызовите требую "
    "нужен дайте дай давайте хочу хотел поговорить разговаривать пообщаться general transfer talk speak get give need want connect"
)
_CALLS_BACK = frozenset(
    "перезвоните перезвонит перезвонят перезвони позвоните позвонит позвонят наберите свяжитесь callback".split()
)
_ROBOT = _stems(
    "робот роботом роботами робота бот бота ботом ботами ботов машина машиной железяка bot robot machine автоответчик"
)
_AGAINST = _stems(
    "хватит надоел надоело достал устал не без нет вместо хочу бесполезный тупой глупый not no don stop without instead useless stupid"
)
_CALL_EXTRA = _stems(
    "пусть уже мне нам ваш ваших вашего вами нормального нормальный обычный компетентный реальный настоящий грамотный срочно линию "
    "нибудь кто кого разговор ответит свободного технический технической отдела смысл толку понимаешь понимает помогает помощь "
    "консультация из вас живых будет буду позвонит свяжется сюда чат чате к на мной нами лучше прямо сразу один одного бы же "
    "real please live living being to with of from help your service team customer line able anyone now instead rather actual"
)
_PLACES = _stems(
    "продаж почта почту почте email мейл мыло телефон адрес контакты контакт sales mail phone номер офис сайт"
)
_ANSWERS = _stems("ответьте ответит ответят ответь отзовитесь есть")
_WHOEVER = _stems("кто нибудь кто-то живой живые люди anybody anyone someone")
_SPEAKS = _stems("поговорить пообщаться говорить talk speak")
_WITH_WHOM = _stems("кем whom")
_QUESTION = _stems("как куда where how")
_REACH = 3

_NOT_HELPED = (
    "не помогло", "не помогает", "не помог", "не помогла", "не помогли", "не работает все равно", "не сработало", "не получилось", "не получается",
    "не вышло", "это не помогло", "все равно не работает", "тоже не работает", "то же самое", "тоже самое", "без изменений", "без толку",
    "бесполезно", "не то", "это не то", "не подходит", "не подошло", "уже пробовал", "уже пробовали", "уже пробовала", "пробовал уже", "пробовали уже", "пробовал",
    "пробовали", "уже делал", "уже делали", "делал уже", "делали уже", "уже сделал", "уже сделали", "сделал все", "сделали все",
    "все сделал", "все сделали", "все это сделал", "а если не помогло", "если не помогло", "если не поможет", "и что дальше",
    "что дальше", "дальше что", "а дальше", "что теперь", "что еще", "что еще можно", "что еще попробовать", "не решило", "не решилось", "проблема осталась",
    "ошибка осталась", "осталось", "ничего не изменилось", "didn't help", "did not help", "does not help", "doesn't help",
    "not helped", "no help", "not helpful", "still not working", "still doesn't work", "still the same", "same error", "same problem", "the same",
    "already tried", "tried that", "tried it", "i tried", "already did", "did that", "what next", "what else", "now what",
    "if it does not help", "it didn't work", "didn't work", "doesn't work", "nothing changed", "no change", "не катит", "фигня", "мимо",
)  # fmt: skip
_NOT_HELPED_STEMS = tuple(
    sorted(
        {tuple(stem(word) for word in said.replace("'", " ").split()) for said in _NOT_HELPED},
        key=lambda said: (-len(said), said),
    )
)
_FILLER_STEMS = frozenset(stem(word) for word in FILLERS)

WORDS: frozenset[str] = frozenset(
    word
    for said in (
        *_ASKS_BOT,
        *_NOT_HELPED,
        "привет здравствуйте спасибо благодарю пока оператор оператора оператору человека человек человеком специалиста специалист "
        "специалистом менеджера менеджер менеджером консультанта консультант сотрудника сотрудник позовите позови соедините соедини "
        "свяжите переключите живого живой живым поддержка поддержкой техподдержка техподдержкой робот роботом",
    )
    for word in said.replace("'", " ").split()
    if len(word) > 2  # noqa: PLR2004 - short words are too like others to be a repair
)
"""Words that the speller may repair to besides the knowledge base's own."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What kind of talk a message is, and the words left when the talk is taken out."""

    talk: Talk
    rest: tuple[str, ...]


def hear(words: Sequence[str]) -> Heard:
    """Return what a message of repaired words is, apart from a question about the product."""
    stems = [stem(word) for word in words]
    topic = [word for word, root in zip(words, stems, strict=True) if root not in _FILLER_STEMS]
    if not words:
        return Heard(Talk.NOTHING, ())
    if tuple(stems) in _CAPABILITIES or tuple(_without_greeting(stems)) in _CAPABILITIES:
        return Heard(Talk.CAPABILITIES, ())
    if _asks_for_person(words, stems):
        return Heard(Talk.PERSON, ())
    rest = _not_helped_rest(words, stems)
    if rest is not None:
        return Heard(Talk.NOT_HELPED, rest)
    present = set(stems)
    if present & _THANKS and present <= _THANKS | _THANKS_EXTRA | _GREETING | _BYE | _BYE_EXTRA | _FILLER_STEMS:
        return Heard(Talk.THANKS, ())
    if present & _DONE and present <= _THANKS_EXTRA | _DONE:
        return Heard(Talk.THANKS, ())
    if present & _BYE and present <= _BYE | _BYE_EXTRA:
        return Heard(Talk.BYE, ())
    if present & _GREETING and present <= _GREETING | _FILLER_STEMS and len(stems) <= 12 and not _is_question(stems):
        return Heard(Talk.GREETING, ())
    return Heard(Talk.NOTHING, tuple(topic))


def _is_question(stems: Sequence[str]) -> bool:
    return False if set(stems) & _stems("привет здравствуйте hi hello добрый доброе good hey") else len(stems) > 2  # noqa: PLR2004


def _without_greeting(stems: Sequence[str]) -> list[str]:
    return [root for root in stems if root not in _GREETING or root in {"бот", "bot"}]


def _asks_for_person(words: Sequence[str], stems: Sequence[str]) -> bool:
    present = set(stems)
    if present & _PLACES or present & _QUESTION:
        return False
    if _calls_person(stems):
        return True
    known = (
        _WITH_WHOM
        | _ANSWERS
        | _PEOPLE
        | _CALLS
        | _CALLS_STRONGLY
        | _ROBOT
        | _AGAINST
        | _CALL_EXTRA
        | _FILLER_STEMS
        | _GREETING
        | _THANKS
    )
    if any(root not in known and word not in _CALLS_BACK for word, root in zip(words, stems, strict=True)):
        return False
    return bool(
        (not _CALLS_BACK.isdisjoint(words) and "не" not in words)
        or (present & _SPEAKS and present & _WITH_WHOM)
        or (present & _ANSWERS and present & _WHOEVER and len(stems) > 1 and present & (_PEOPLE | _WHOEVER))
        or (present & _ALONE and len(stems) <= _REACH)
        or (present & _PEOPLE and present & _CALLS)
        or (present & _ROBOT and present & _AGAINST and present & (_CALLS | _AGAINST))
    )


def _calls_person(stems: Sequence[str]) -> bool:
    """Say whether a call ("дайте", "need") stands just before or after a person, with nothing of a topic between."""
    between = _CALL_EXTRA | _FILLER_STEMS | _PEOPLE | _CALLS
    calls = [at for at, root in enumerate(stems) if root in _CALLS_STRONGLY]
    people = [at for at, root in enumerate(stems) if root in _PEOPLE]
    for call in calls:
        for person in people:
            first, last = sorted((call, person))
            if 0 < last - first <= _REACH + (first == call) and all(
                root in between for root in stems[first + 1 : last]
            ):
                return first == call or last == len(stems) - 1
    return False


def _not_helped_rest(words: Sequence[str], stems: Sequence[str]) -> tuple[str, ...] | None:
    for said in _NOT_HELPED_STEMS:
        size = len(said)
        for at in range(len(stems) - size + 1):
            if tuple(stems[at : at + size]) == said:
                rest = [
                    *zip(words[:at], stems[:at], strict=True),
                    *zip(words[at + size :], stems[at + size :], strict=True),
                ]
                return tuple(word for word, root in rest if root not in _FILLER_STEMS)
    return None
