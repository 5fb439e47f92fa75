"""The closed word lists of `talk.py`: greetings, thanks, calls for a person, follow-ups, in both languages.

Words stand here in any form and are compared by stem; sayings are parted by `|` and compared stem by stem. Nothing here
is shown to anybody: what the bot says stands in the Fluent files.
"""

import re

from bot.matching import morphology
from bot.matching.lexicon import FILLERS

Saying = tuple[str, ...]

MIN_REPAIRABLE = 3
"""Letters of a word that others may be repaired to."""


def stem(word: str) -> str:
    """Return the stem of a word, or the word itself where next to nothing would be left of it: "ау" is not "а"."""
    found = morphology.stem(word)
    return found if len(found) > 1 else word


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.split())


def _whole(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _sayings(text: str) -> frozenset[Saying]:
    return frozenset(tuple(stem(word) for word in said.replace("'", " ").split()) for said in text.split("|"))


GREETING = _stems(
    """
    привет приветик приветствую здравствуйте здравствуй здрасте здрасьте здрасти здорово хай салют ку хеллоу
    алло але ау добрый доброе доброго доброй день дня утро утра вечер вечера ночи суток времени hi hello hey
    good morning afternoon evening greetings howdy there друзья коллеги ребята уважаемые бот bot всем ассаламу
    алейкум dear team утречко утречка вечерок вечерочек денек денечек хелло йо хэй салам шалом дарова здаров
    здравия желаю доброго добренького добрейшего hiya heya yo sup gday folks guys everyone all уважаемый снова
    опять ваш приветы хаюшки чмоки милый дорогой дорогие боты мир вам
    """
)
GREETING_CORE = _stems(
    """
    привет приветик приветствую здравствуйте здравствуй здрасте здрасьте здрасти здорово хай салют ку хеллоу
    алло ау добрый доброе доброго доброй hi hello hey howdy greetings good утречко вечерок хелло салам шалом
    дарова hiya heya yo ассаламу здравия добренького добрейшего хаюшки
    """
)
THANKS = _stems(
    """
    спасибо спс спасиб спасибки пасиб пасибо благодарю благодарим благодарность thanks thank thx ty tnx cheers
    сенкс сенкью мерси благодарствую пасибки спасибочки спасибище респект appreciate appreciated danke gracias
    ta молодец молодцы красавчик красавцы умница умнички legend thanx thankyou рахмет дякую
    """
)
THANKS_EXTRA = _stems(
    """
    большое огромное вам тебе вас заранее всем помогло помог помогли помогла получилось заработало разобрался
    разобралась разобрались решено решил решили все супер отлично класс круто очень выручили выручил бот за
    помощь ответ понял понятно ок хорошо you so much a lot very helped works worked solved it that great for
    your help многое дело работает теперь дай дал бог здоровья огромное огромнейшее душевное от души и за то
    что я мне нас нам очень быстро оперативно оперативность понятно поддержку работу внимание человеческое
    искренне сердца всего вашу ваш ваша бота ребята ура заработала заработали получилась починилось помогает
    вы ты просто лучшие лучший лучшая молодец молодцы умница красавчик красавцы супер огонь бомба пожалуйста
    mate man guys bro buddy dear brilliant awesome perfect excellent amazing fantastic lovely nice one legend
    is are was works now all good job great sorted appreciate really kind me problem solved by the again
    million bunch ton of cool fine ok
    """
)
DONE = _stems(
    """
    помогло получилось заработало разобрался разобрались супер класс отлично понятно понял ок окей ok okay
    ясно хорошо helped solved заработала заработали починилось поняла поняли принято ладно угу ага океюшки оки
    супер готово сделано норм нормально брилиант ура прекрасно замечательно великолепно сорян cool great
    perfect done roger alright understood brilliant awesome excellent nice sorted works worked yep yeah
    ясненько понятненько пон k kk okey окау гуд огонь договорились сработало заработал
    """
)
BYE = _stems(
    """
    пока бай досвидания свидания прощайте прощай bye goodbye всего доброго хорошего удачи счастливо чао покеда
    бывай бывайте cya ciao farewell
    """
)
BYE_EXTRA = _stems(
    """
    до всего вам вечера дня good всем see you later спокойной ночи встречи завтра связи скорой созвона take
    care have a nice day one now talk soon и вам тебе бот спасибо вечерочка денечка
    """
)
PEOPLE = _stems(
    """
    оператор человек люди людьми человеком специалист менеджер сотрудник консультант инженер живой живого
    живым живая техподдержка поддержка суппорт саппорт начальник начальство руководитель старший консультация
    human person agent operator representative specialist manager consultant someone somebody staff people
    engineer support
    """
)
ALONE = _stems(
    """
    оператор человек людей специалист менеджер консультант живой сотрудник human agent operator representative
    person
    """
)
CALLS = _stems(
    """
    позовите позвать соедините соединить соединяй пригласите пригласить свяжите связать дайте давайте дай
    переключите переключить переведите перевести зовите нужен нужна нужны хочу хотел хотелось поговорить
    говорить разговаривать пообщаться общаться связаться можно требую вызовите вызвать передайте надо need
    want call get give connect talk speak transfer reach chat escalate
    """
)
CALLS_STRONGLY = _stems(
    """
    позовите позови позвать соедините соедини соединить пригласите свяжите переключите переключи зовите
    вызовите требую нужен дайте дай давайте хочу хотел поговорить разговаривать пообщаться general transfer
    talk speak get give need want connect
    """
)
ROBOT = _stems(
    """
    робот роботом роботами робота бот бота ботом ботами ботов машина машиной железяка bot robot machine
    автоответчик
    """
)
AGAINST = _stems(
    """
    хватит надоел надоело достал устал не без нет вместо хочу бесполезный тупой глупый not no don stop without
    instead useless stupid
    """
)
CALL_EXTRA = _stems(
    """
    пусть уже мне нам ваш ваших вашего вами нормального нормальный обычный компетентный реальный настоящий
    грамотный срочно линию нибудь кто кого разговор ответит свободного технический технической отдела смысл
    толку понимаешь понимает помогает помощь консультация из вас живых будет буду позвонит свяжется сюда чат
    чате к на мной нами лучше прямо сразу один одного бы же real please live living being to with of from help
    your service team customer line able anyone now instead rather actual
    """
)
PLACES = _stems(
    """
    продаж почта почту почте email мейл мыло телефон адрес контакты контакт sales mail phone номер офис сайт
    """
)
ANSWERS = _stems(
    """
    ответьте ответит ответят ответь отзовитесь есть
    """
)
WHOEVER = _stems(
    """
    кто нибудь кто-то живой живые люди anybody anyone someone
    """
)
SPEAKS = _stems(
    """
    поговорить пообщаться говорить talk speak
    """
)
WITH_WHOM = _stems(
    """
    кем whom
    """
)
QUESTION = _stems(
    """
    как куда where how
    """
)
FILLER_STEMS = frozenset(stem(word) for word in FILLERS)
CALLS_BACK: frozenset[str] = _whole(
    """
    перезвоните перезвонит перезвонят перезвони позвоните позвонит позвонят наберите свяжитесь callback
    """
)
"""Whole words, for their stems are in every question about calls."""

CONNECTS: frozenset[str] = _whole("подключите подключи подключайте")
"""The same: "подключить" is what customers do with telephones."""

_ASKS_BOT = """
    что ты умеешь | что умеешь | что вы умеете | что умеет бот | что умеет этот бот | что ты можешь | что бот
    может | что может бот | что может этот бот | чем ты можешь помочь | чем можешь помочь | чем вы можете
    помочь | ты кто | кто ты | кто ты такой | вы кто | ты бот | ты робот | вы бот | вы робот | это бот | это
    робот | как тобой пользоваться | как пользоваться ботом | как пользоваться | как с тобой работать | как
    работает бот | какие вопросы можно задавать | о чем тебя можно спросить | что тебя можно спросить |
    возможности | возможности бота | помощь | помоги | помогите | хелп | help | help me | справка | инструкция
    | меню | команды | начать | старт | start | menu | commands | what can you do | what do you do | who are
    you | what are you | are you a bot | are you a robot | how do you work | how do i use you | how to use |
    how to use you | how to use this bot | how does this work | how does it work | как это работает | what can
    i ask | what can i ask you | what else can you do | что еще умеешь | что еще ты умеешь | на что ты
    способен | какие у тебя функции | что ты знаешь | расскажи о себе | с чем ты можешь помочь | с чем
    поможешь | чем поможешь
    """
CAPABILITIES = _sayings(_ASKS_BOT)

SMALL_SAYINGS = _sayings(
    """
    как дела | как ты | как поживаешь | как жизнь | как сам | как настроение | how are you | how is it going |
    how do you do | what s up | whats up | good day | как дела бот | привет как дела | привет как ты | доброе
    утречко
    """
)
"""Courtesies of words that are no courtesy by themselves."""

WORKS_SAYINGS = _sayings(
    """
    все работает | теперь работает | теперь все работает | уже работает | уже все работает | it works | it
    works now | all good | all good now | got it | that s it | that is it | no problem | все хорошо | все ок |
    все супер | вопрос снят | вопрос решен | вопрос закрыт | проблема решена | вопросов нет | больше вопросов
    нет | нет вопросов | все понятно | уже разобрались | сам разобрался | само прошло | never mind | nevermind
    | sorted now | that helped | that worked | дай бог здоровья | дай вам бог здоровья | да | да спасибо | нет
    спасибо | no thanks | no thank you | god bless you
    """
)

BYE_SAYINGS = _sayings(
    """
    see you | see you later | see you soon | see you have a nice day | have a nice day | до встречи | до
    завтра | до связи | на связи | всего наилучшего | спокойной ночи | talk soon | talk to you later
    """
)

ANGRY = re.compile(
    r"(?:бля|блять|бляд\w*|сук[аиу]|хуй\w*|хуе\w*|хуи\w*|пизд\w*|еба\w*|ебл\w*|заеб\w*|наху\w*|нафиг|нахер|хрен\w*"
    r"|мудак\w*|мудил\w*|урод\w*|идиот\w*|дебил\w*|тупы[ей]|тупица|тупой|тупая|козл\w*|дерьм\w*|говн\w*|жоп\w*"
    r"|задолбал\w*|достали|бесит\w*|ненавижу|позор\w*|отстой|безобрази\w*|кошмар|ужас|ужасн\w*|издевает\w*"
    r"|сволоч\w*|твари|придурк\w*|лохи|мошенник\w*|жулик\w*|беспредел"
    r"|fuck\w*|shit\w*|crap|bullshit|damn|stupid|idiots?|morons?|sucks?|wtf|terrible|awful|horrible|worst|hate"
    r"|ridiculous|pathetic|rubbish|scam\w*|garbage)\Z"
)
"""Abuse and anger; where nothing else is said, there is no question to answer."""

ANGRY_EXTRA = _stems(
    """
    ты вы вас ваш ваша ваше ваши у вам эти это этот эта все всё вся как какой какая какие какое просто уже
    меня нам нас мне опять снова что за тут там бот робот программа софт контора компания поддержка сервис
    техподдержка служба ничего никто не работает работаете помогает отвечает полный полная такой такие нет
    сколько можно да ну и а же вот достали реально you your is are this that it so what the a an bot program
    software support company service i me of piece total such absolutely really nothing works never been with
    me just fed up ever
    """
)

_FAILED = """
    не помогло | не помогает | не помог | не помогла | не помогли | не работает все равно | не сработало | не
    получилось | не получается | не вышло | это не помогло | все равно не работает | тоже не работает | то же
    самое | тоже самое | без изменений | без толку | бесполезно | не то | это не то | не подходит | не подошло
    | уже пробовал | уже пробовали | уже пробовала | пробовал уже | пробовали уже | пробовал | пробовали | уже
    делал | уже делали | делал уже | делали уже | уже сделал | уже сделали | сделал все | сделали все | все
    сделал | все сделали | все это сделал | а если не помогло | если не помогло | если не поможет | и что
    дальше | что дальше | дальше что | а дальше | что теперь | что еще | что еще можно | что еще попробовать |
    не решило | не решилось | проблема осталась | ошибка осталась | осталось | ничего не изменилось | didn't
    help | did not help | does not help | doesn't help | not helped | no help | not helpful | still not
    working | still doesn't work | still the same | same error | same problem | the same | already tried |
    tried that | tried it | i tried | already did | did that | what next | what else | now what | if it does
    not help | it didn't work | didn't work | doesn't work | nothing changed | no change | не катит | фигня |
    мимо | не прошло | по прежнему | по-прежнему не работает | все еще не работает | все так же | не сработал
    | не сработала | результата нет | эффекта нет | ноль эффекта | ноль результата | нет результата | так и не
    заработало | not resolved | still broken | still failing | still happening | no luck | that failed | not
    fixed
    """
NOT_HELPED = tuple(sorted(_sayings(_FAILED), key=lambda said: (-len(said), said)))
"""Longest first, so that the rest of the message is what none of them says."""

_CALLING = """
    привет здравствуйте спасибо благодарю пока оператор оператора оператору человека человек человеком
    специалиста специалист специалистом менеджера менеджер менеджером консультанта консультант сотрудника
    сотрудник позовите позови соедините соедини свяжите переключите живого живой живым поддержка поддержкой
    техподдержка техподдержкой робот роботом
    """
COURTESY_WORDS = _whole(
    """
    добрый доброе доброго добрая утро вечер здравствуйте приветствую спасибо благодарю огромное большое
    пожалуйста надоело перезвонит перезвоните позвоните нормального нормальный живого сотрудника помогите
    подскажите ответьте разговаривать поговорить хочу нужен требую понятно отлично заработало получилось помогло
    thanks thank hello please there morning evening agent speak talk human person someone real need
    """
)
"""Words of courtesies and calls as they are mostly written, for the speller."""

REPAIRABLE = frozenset(
    word
    for word in f"{_ASKS_BOT} {_FAILED} {_CALLING}".replace("'", " ").split()
    if len(word) >= MIN_REPAIRABLE and word.isalpha()
)
"""Words that the speller may repair to besides the knowledge base's own."""
