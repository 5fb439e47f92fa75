import pytest

from bot.matching import forms
from bot.matching.normalize import clean
from bot.matching.vocabulary import Vocabulary

PHRASES = [
    "не работает лицензия",
    "ключ не подходит, где взять новый",
    "licdiag показывает ошибку",
    "mikopbx не видит триал",
    "coupon is not accepted",
    "журнал звонков пустой",
    "получен рег номер",
    "позовите оператора",
    "активировать купон",
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary([phrase.replace(",", "").split() for phrase in PHRASES], [], {})


@pytest.mark.parametrize(
    ("text", "name", "read"),
    [
        ("не работает лицензия", "typed", "не работает лицензия"),
        ("ghbdtn", "layout", "привет"),
        ("yt hf,jnftn kbwtypbz", "layout", "не работает лицензия"),
        ("rk.x yt gjl[jlbn", "layout", "ключ не подходит"),
        ("Yt hf,jnftn kbwtypbz!", "layout", "не работает лицензия"),
        ("jgthfnjh", "layout", "оператор"),
        (";ehyfk gecnjq", "layout", "журнал пустой"),
        ("дшсвшфп", "layout", "licdiag"),
        ("сщгзщт шы тще фссузеув", "layout", "coupon is not accepted"),
        ("ne rabotaet licenziya", "translit", "не работает лицензия"),
        ("ne rabotaet litsenziya", "translit", "не работает лицензия"),
        ("gde vzyat klyuch", "translit", "где взять ключ"),
        ("klyuch ne podhodit", "translit", "ключ не подходит"),
        ("kljuch ne podkhodit", "translit", "ключ не подходит"),
        ("zhurnal zvonkov pustoy", "translit", "журнал звонков пустой"),
        ("aktivirovat kupon", "translit", "активировать купон"),
        ("pozovite operatora", "translit", "позовите оператора"),
        ("chto delat", "translit", "что делать"),
        ("ne vidit trial", "translit", "не видит триал"),
        ("coupon is not accepted", "typed", "coupon is not accepted"),
        ("how to get a trial", "typed", "how to get a trial"),
        ("licdiag показывает ошибку", "typed", "licdiag показывает ошибку"),
        ("mikopbx не видит триал", "typed", "mikopbx не видит триал"),
        ("skype не работает", "typed", "skype не работает"),
        ("windows server", "typed", "windows server"),
        ("zebra printer is broken", "typed", "zebra printer is broken"),
        ("лицензия yt работает", "typed", "лицензия yt работает"),
        ("не работает kbwtypbz", "layout", "не работает лицензия"),
        ("1058", "typed", "1058"),
        ("", "typed", ""),
        ("?!", "typed", ""),
    ],
)
def test_the_form_that_makes_known_words_is_chosen(vocabulary: Vocabulary, text: str, name: str, read: str) -> None:
    form = forms.choose(clean(text), vocabulary.knows)
    assert (form.name, " ".join(form.words)) == (name, read)
