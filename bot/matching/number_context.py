"""What the words around a number say it is: an error code, a numbered feature, or something else altogether.

Decides nothing about which article is meant; `codes.py` asks here whether a number in a message may be read as a code.
The nearest telling word decides ("ошибка подключения к порту 8222" is a port), before and after taken in turn. Years,
dates, phones, ports, extensions, orders, prices, amounts, versions and times are refused here, each by its name, so
that the reasons of a decision can say it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum


class Sense(StrEnum):
    """What a number is taken for."""

    ERROR = "error"
    SAID = "said"
    FEATURE = "feature"
    PLAIN = "plain"
    YEAR = "year"
    PORT = "port"
    EXTENSION = "extension"
    ORDER = "order"
    PRICE = "price"
    AMOUNT = "amount"
    VERSION = "version"
    PLACE = "place"


REFUSED = frozenset(
    {Sense.YEAR, Sense.PORT, Sense.EXTENSION, Sense.ORDER, Sense.PRICE, Sense.AMOUNT, Sense.VERSION, Sense.PLACE}
)
"""Senses in which a number is never a code."""


def _starts(patterns: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(patterns.split()) + r")\Z")


_ERROR = _starts(
    r"""
    ошиб[а-я]* ошб[а-я]* ашиб[а-я]* ошыб[а-я]* код кода коде коды кодом кодов кодами коду сбой сбоя error errors
    err eror errror code codes fault fehler исключение exception эррор еррор oshibk[a-z]* osh ош kod kodom
    """
)
_SAYS = _starts(
    r"""
    пиш[а-я]+ выда[а-я]+ выскак[а-я]+ выскоч[а-я]+ вылаз[а-я]+ вылез[а-я]+ вылет[а-я]+ показ[а-я]+ говорит
    ругается появ[а-я]+ возник[а-я]+ отображ[а-я]+ отве[чт][а-я]+ сообщ[а-я]+ дает получ[а-я]+ лезет
    высвеч[а-я]+ высвет[а-я]+ says shows gives get gets getting got returns returned return message failed
    теперь сейчас снова опять вместо делать значит означает такое means mean now instead
    """
)
_FEATURE = _starts(
    r"""
    фич[а-я]* фитч[а-я]* feature features fich[a-z]*
    """
)
_YEAR = _starts(
    r"""
    й ый ом год года году годом годы годов г гг го year years январ[яье] феврал[яье] март[ае]? апрел[яье] мая
    май мае июн[яье] июл[яье] август[ае]? сентябр[яье] октябр[яье] ноябр[яье] декабр[яье] january february march
    april june july august september october november december зим[аоы][йю]? весн[аоы][йю]? осен[иь]ю?
    начал[аое] конц[ае] конца середин[аыые] летом квартал[ае]? полугоди[яе]
    """
)
_PORT = _starts(
    r"""
    порт порта порту порты портов портам портом port ports tcp udp порт[а-я]
    """
)
_EXTENSION = _starts(
    r"""
    внутренн[а-я]+ внутр вн доб добавочн[а-я]+ абонент[а-я]* экстен[а-я]+ extension extensions ext sip сип пир
    peer линия линию линии аппарат[а-я]* телефон[а-я]* тел phone звонил[а-я]* набира[а-я]+ набрать набрал[а-я]*
    dial дозвониться сотрудник сотруднику трубк[а-я]
    """
)
_ORDER = _starts(
    r"""
    заказ[а-я]* счет[а-я]* договор[а-я]* заявк[а-я]* тикет[а-я]* обращени[а-я]+ накладн[а-я]+ чек[а-я]*
    документ[а-я]* акт акта упд инн кпп артикул[а-я]* позици[а-я]+ реализаци[а-я]+ инвойс[а-я]* order invoice
    ticket case contract штрихкод[а-я]* партия партии партию рейс[а-я]* поставк[а-я]+ посылк[а-я]+ трек
    протокол[а-я]* приказ[а-я]* гост id
    """
)
_PRICE = _starts(
    r"""
    руб рубл[а-я]+ р рэ rub usd eur euro dollars? долл[а-я]* тыс тысяч[а-я]* тенге цена цене цену стоит
    стоимост[а-я]+ сумм[а-я]+ оплат[а-я]+ заплат[а-я]+ price costs? paid коп копе[а-я]+ грн ₽ € \$ £ перевели
    баланс[а-я]* скидк[а-я]+
    """
)
_AMOUNT = _starts(
    r"""
    звонк[а-я]+ штук[а-я]* шт пользовател[а-я]+ юзер[а-я]* человек[а-я]? мест места лицензий сотрудник[а-я]+
    минут[а-я]* мин секунд[а-я]* сек мс ms дн[а-я]+ день час часа часов раз раза users? calls? seats days? times
    мб гб кб mb gb kb устройств[а-я]* терминал[а-я]* документов строк[а-я]? записей запис[ьи] процент[а-я]* км
    метр[а-я]* кг pcs people minutes seconds hours? devices items records номеров товар[а-я]* позиций тсд
    клиентов абонентов операторов недел[а-я]+ месяц[а-я]* лет ватт вт px x х %
    """
)
_VERSION = _starts(
    r"""
    windows виндовс винда виндоус server сервер office офис excel эксель word ворд sql exchange studio
    верси[а-я]+ version v ver релиз[а-я]* release сборк[а-я]+ build ред редакци[а-я]+ r autocad photoshop sbs
    rdp модель модели model galaxy php c
    """
)
_PLACE = _starts(
    r"""
    каб кабинет комнат[а-я]+ аудитори[а-я]+ квартир[а-я]+ кв дом дома этаж[а-я]* школ[а-я]+ магазин аптек[а-я]+
    корпус[а-я]* room маршрут[а-я]* автобус[а-я]* поезд[а-я]* ул индекс[а-я]* склад[а-я]* павильон[а-я]*
    стол[а-я]* бокс[а-я]*
    """
)

_BOTH: tuple[tuple[Sense, re.Pattern[str]], ...] = (
    (Sense.ERROR, _ERROR),
    (Sense.FEATURE, _FEATURE),
    (Sense.PORT, _PORT),
    (Sense.EXTENSION, _EXTENSION),
    (Sense.ORDER, _ORDER),
)
_BEFORE = (
    *_BOTH,
    (Sense.VERSION, _VERSION),
    (Sense.PLACE, _PLACE),
    (Sense.PRICE, _PRICE),
    (Sense.YEAR, _YEAR),
    (Sense.SAID, _SAYS),
)
_AFTER = ((Sense.YEAR, _YEAR), (Sense.PRICE, _PRICE), (Sense.AMOUNT, _AMOUNT), *_BOTH, (Sense.PLACE, _PLACE))

_NUMBER_WORD = _starts(
    r"""
    номер[а-я]* number no n num
    """
)
_TIME_PREPOSITION = frozenset(
    {
        "в",
        "с",
        "до",
        "после",
        "от",
        "за",
        "к",
        "на",
        "по",
        "около",
        "примерно",
        "in",
        "since",
        "of",
        "from",
        "until",
        "till",
        "by",
    }
)
_CLIENT_CABINET = _starts(
    r"""
    личн[а-я]+ лк client
    """
)
COMMA = ","
"""Stands among the words before a number where a clause ends."""

_FIRST_YEAR, _LAST_YEAR = 1990, 2036
_REACH_BEFORE, _REACH_AFTER = 3, 2


def sense(value: str, before: Sequence[str], after: Sequence[str]) -> Sense:
    """Return what a number is, given the folded words before it (nearest first) and after it, within its sentence."""
    if COMMA in before:
        # What is said before a comma announces an error still, and nothing else.
        comma = before.index(COMMA)
        before = [word for at, word in enumerate(before) if at < comma or is_error_word(word)]
    for distance in range(max(_REACH_BEFORE, _REACH_AFTER)):
        if distance < min(_REACH_BEFORE, len(before)):
            found = _read(before[distance], _BEFORE)
            if found is Sense.PLACE and distance + 1 < len(before) and _CLIENT_CABINET.match(before[distance + 1]):
                found = None
            if found is not None and (distance == 0 or found not in {Sense.PRICE, Sense.PLACE}):
                return found
        if distance < min(_REACH_AFTER, len(after)):
            found = _read(after[distance], _AFTER)
            if found is not None and (distance == 0 or found is Sense.ERROR):
                return found
    return _weak_sense(value, before, after)


def _weak_sense(value: str, before: Sequence[str], after: Sequence[str]) -> Sense:
    if any(_NUMBER_WORD.match(word) for word in (*before[:1], *after[:1])):
        return Sense.EXTENSION
    year = looks_like_year(value)
    if year and before and before[0] in _TIME_PREPOSITION and any(_is_telling(word) for word in after[:1]):
        return Sense.YEAR
    if year and before and before[0] in {"в", "in", "since", "до", "until", "за", "к"}:
        return Sense.YEAR
    return Sense.PLAIN


def looks_like_year(value: str) -> bool:
    """Say whether a number might be a year somebody writes to support about."""
    return len(value) == 4 and value.isdecimal() and _FIRST_YEAR <= int(value) <= _LAST_YEAR  # noqa: PLR2004 - digits of a year


def _is_telling(word: str) -> bool:
    return word.isalpha() and len(word) > 2  # noqa: PLR2004 - longer than a preposition


def _read(word: str, table: Sequence[tuple[Sense, re.Pattern[str]]]) -> Sense | None:
    return next((found for found, pattern in table if pattern.match(word)), None)


def is_error_word(word: str) -> bool:
    """Say whether a folded word announces an error code."""
    return _ERROR.match(word) is not None


def is_feature_word(word: str) -> bool:
    """Say whether a folded word announces a numbered feature."""
    return _FEATURE.match(word) is not None
