"""The closed word lists of `number_context.py`: which words beside a number say what it is, in both languages.

Each list is made of whole-word patterns over folded words. Nothing is decided here: how far a word reaches, and which
of two wins, stands in `number_context.py`.
"""

import re
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
    PIN = "pin"
    LINE = "line"
    IDENTITY = "identity"


REFUSED = frozenset(Sense) - {Sense.ERROR, Sense.SAID, Sense.FEATURE, Sense.PLAIN}
"""Senses in which a number is never a code."""


def _starts(patterns: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(patterns.split()) + r")\Z")


ERROR = _starts(
    r"""
    ошиб[а-я]* ошб[а-я]* ашиб[а-я]* ошыб[а-я]* оишб[а-я]* ошиюк[а-я]* код кода коде коды кодом кодов кодами коду
    сбой сбоя error errors err eror errror erorr errno errcode errorcode code codes fault fehler исключени[а-я]+
    exception эррор еррор ерор oshib[a-z]* osh ош kod kodom rc retcode exitcode код[а-я]*ошиб[а-я]*
    """
)
CODE_WORD = _starts(r"код кода коде коды кодом кодов code codes kod")
"""Error words that a neighbour may turn into something else: a PIN code, the code of a town."""

OTHER_CODE = _starts(
    r"""
    смс sms пин pin проверочн[а-я]+ одноразов[а-я]+ цифров[а-я]+ qr бар штрих почтов[а-я]+ телефонн[а-я]+
    междугородн[а-я]+ verification confirmation security zip postal promo country area product vendor auth access
    dial login domain подтвержден[а-я]+ товар[а-я]* город[а-я]* домофон[а-я]* двер[а-я]+ клиент[а-я]*
    контрагент[а-я]* регион[а-я]* доступа номенклатур[а-я]+ тнвэд оквэд окпд стран[а-я] замка сейфа
    """
)
SAYS = _starts(
    r"""
    пиш[а-я]+ выда[а-я]+ выскак[а-я]+ выскоч[а-я]+ вылаз[а-я]+ вылез[а-я]+ вылет[а-я]+ показ[а-я]+ говорит
    руга[а-я]+ появ[а-я]+ возник[а-я]+ отображ[а-я]+ отве[чт][а-я]+ сообщ[а-я]+ дает получ[а-я]+ лезет
    выбива[а-я]+ высвеч[а-я]+ высвет[а-я]+ says shows gives get gets getting got returns returned return message
    failed надпись теперь сейчас снова опять вместо делать значит означает такое means mean now instead status
    статус экран[а-я]* окн[а-я]+ выпада[а-я]+ выкид[а-я]+ жалу[а-я]+ displays throws prompts окош[а-я]+ цифр[а-я]+
    табличк[а-я]+ уведомлен[а-я]+ предупрежден[а-я]+ отказ[а-я]* алерт[а-я]* исправить убрать лечить победить fix
    solve
    """
)
FEATURE = _starts(
    r"""
    фич[а-я]* фитч[а-я]* feature features fich[a-z]*
    """
)
YEAR = _starts(
    r"""
    й ый ом м го год года году годом годы годов годах г гг го year years fy copyright январ[яье] феврал[яье]
    март[ае]? апрел[яье] мая май мае июн[яье] июл[яье] август[ае]? сентябр[яье] октябр[яье] ноябр[яье] декабр[яье]
    january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec зим[аоы][йю]? весн[аоы][йю]? осен[иь]ю? лето лета летом summer winter spring autumn
    начал[аое] конц[ае] конец середин[аыые] квартал[ае]? полугоди[яе] сезон[а-я]* season
    """
)
YEAR_BESIDE = _starts(
    r"""
    итог[а-я]* план[а-я]? бюджет[а-я]* календар[а-я]+ новый новым отчет[а-я]* инвентаризаци[а-я]+ олимпиад[а-я]*
    чм выпуск[а-я]* перепис[а-я]+ report reports budget plan calendar inventory edition olympics happy annual q c
    с
    """
)
"""Words that make a year of the number right beside them, and only of one that looks like a year."""

YEAR_BEFORE_PREPOSITION = _starts(
    r"""
    работа[а-я]+ пользу[а-я]+ сотруднич[а-я]+ куп[а-я]+ стоит вами установ[а-я]+ план[а-я]? бюджет[а-я]*
    календар[а-я]+ отчет[а-я]* договор[а-я]* report reports plan budget calendar using customer customers
    """
)
"""Before "с 2009" or "for 2022" they say that it is a year."""

PORT = _starts(
    r"""
    порт порта порту порты портов портам портом портах port ports tcp udp порт[а-я] localhost
    """
)
EXTENSION = _starts(
    r"""
    внутренн[а-я]+ внутр вн доб добавочн[а-я]+ абонент[а-я]* экстен[а-я]+ extension extensions ext sip сип пир
    peer линия линию линии аппарат[а-я]* телефон[а-я]* тел phone звонил[а-я]* набира[а-я]+ набрать набрал[а-я]*
    dial dialing dialling dialed дозвониться дозвонил[а-я]* сотрудник сотруднику трубк[а-я] звоню звонит звоним
    """
)
EXTENSION_BESIDE = _starts(
    r"звонок звонки вызов вызовы call calls calling called очередь очереди queue ivr шлюз транк trunk x"
)
"""The same, but only right beside the number or with a preposition between: журнал звонков 2023 has a code."""

ORDER = _starts(
    r"""
    заказ[а-я]* наряд[а-я]? счет[а-я]* договор[а-я]* заявк[а-я]* тикет[а-я]* обращени[а-я]+ накладн[а-я]+
    чек[а-я]* документ[а-я]* акт акта упд инн кпп окпо бик снилс огрн оквэд артикул[а-я]* позици[а-я]+
    реализаци[а-я]+ инвойс[а-я]* order orders invoice invoices ticket tickets case contract штрихкод[а-я]* партия
    партии партию рейс[а-я]* поставк[а-я]+ посылк[а-я]+ трек протокол[а-я]* приказ[а-я]* постановлени[а-я]+ гост
    фз rfc kb id лот tracking sku
    """
)
PIN = _starts(r"пин пина пинкод[а-я]* pin pins pincode парол[а-я]+ password passwords passcode otp смс sms pwd pass")
IDENTITY = _starts(r"user username login логин[а-я]* uid gid pid ppid tid thread поток процесс[а-я]? process account")
PRICE = _starts(
    r"""
    руб рубл[а-я]+ р рэ rub usd eur euro dollars? долл[а-я]* тыс тысяч[а-я]* тенге цена цене цену стоит
    стоимост[а-я]+ сумм[а-я]+ оплат[а-я]+ заплат[а-я]+ price costs? paid коп копе[а-я]+ грн ₽ € \$ £ перевели
    баланс[а-я]* скидк[а-я]+ гривен сум amount sum total
    """
)
AMOUNT = _starts(
    r"""
    звонк[а-я]+ штук[а-я]* шт пользовател[а-я]+ юзер[а-я]* человек[а-я]? мест места лицензий сотрудник[а-я]+
    минут[а-я]* мин секунд[а-я]* сек мс ms дн[а-я]+ день час часа часов раз раза users? calls? seats days? times
    мб гб кб mb gb kb мегабайт[а-я]* гигабайт[а-я]* устройств[а-я]* терминал(?:а|ов) документ(?:а|ов) строк[аи]?
    запис(?:ей|ь|и) процент[а-я]* км метр[а-я]* кг pcs people minutes seconds sec hours? devices items records
    rows lines files documents messages emails letters customers clients employees contacts products orders
    tickets requests extensions numbers номеров товар(?:а|ов) позиций тсд клиент(?:а|ов) абонент(?:а|ов)
    операторов недел[а-я]+ месяц[а-я]* лет ватт вт px x х % years pages entries
    """
)
VERSION = _starts(
    r"""
    windows виндовс винда виндоус win ws server сервер office офис excel эксель word ворд sql exchange studio vs
    верси[а-я]+ version v ver релиз[а-я]* release сборк[а-я]+ build ред редакци[а-я]+ r autocad photoshop sbs rdp
    модель модели model galaxy php samsung dell canon xerox hp lenovo zebra honeywell bmw предприятие acrobat
    """
)
PLACE = _starts(
    r"""
    каб кабинет комнат[а-я]+ аудитори[а-я]+ квартир[а-я]+ кв дом дома этаж[а-я]* школ[а-я]+ магазин аптек[а-я]+
    корпус[а-я]* room маршрут[а-я]* автобус[а-я]* поезд[а-я]* ул улица индекс[а-я]* склад[а-я]* павильон[а-я]*
    стол[а-я]* бокс[а-я]* ячейк[а-я]+ стеллаж[а-я]* паллет[а-я]+ касса терминал тсд товар[а-я]* desk shelf slot
    warehouse
    """
)
LINE = _starts(
    r"""
    line lines строк[а-я] стр страниц[а-я] page pages глав[а-я] рис рисун[а-я]+ пункт[а-я]? п параграф[а-я]?
    раздел[а-я]? chapter section col column столб[а-я]+
    """
)
NUMBER_WORD = _starts(
    r"""
    номер[а-я]* number no n num
    """
)
CLIENT_CABINET = _starts(
    r"""
    личн[а-я]+ лк client
    """
)
