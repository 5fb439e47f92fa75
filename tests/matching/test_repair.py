import pytest

from bot.matching.repair import Speller
from bot.matching.vocabulary import Vocabulary

PHRASES = [
    "получен рег номер",
    "лицензия не активируется",
    "необходимая активация",
    "купон уже использован",
    "license expired",
    "подключить терминал",
    "журнал звонков",
    "ключ",
]


@pytest.fixture(scope="module")
def speller() -> Speller:
    vocabulary = Vocabulary([phrase.split() for phrase in PHRASES], [], {})
    return Speller(vocabulary.counts, vocabulary.knows, ["спасибо", "return", "не", "black"])


@pytest.mark.parametrize(
    ("words", "mended", "repairs"),
    [
        ("рег номер полчен", "рег номер получен", ("полчен→получен",)),
        ("лицензея", "лицензия", ("лицензея→лицензия",)),
        ("лицнезия", "лицензия", ("лицнезия→лицензия",)),
        ("лицэнзея", "лицензия", ("лицэнзея→лицензия",)),
        ("купн", "купон", ("купн→купон",)),
        ("lisense", "license", ("lisense→license",)),
        ("expierd", "expired", ("expierd→expired",)),
        ("необходимаяактивация", "необходимая активация", ("необходимаяактивация→необходимая активация",)),
        ("регномер", "рег номер", ("регномер→рег номер",)),
        ("принтер не работает", "принтер не работает", ()),
        ("копон", "купон", ("копон→купон",)),
        ("кпн", "кпн", ()),
        ("zebra", "zebra", ()),
        ("выхухоль", "выхухоль", ()),
        ("жрнл", "жрнл", ()),
        ("", "", ()),
        ("лиццензия", "лицензия", ("лиццензия→лицензия",)),
        ("лииицеензия", "лицензия", ("лииицеензия→лицензия",)),
        ("нне", "не", ("нне→не",)),
        ("ли цензия", "лицензия", ("ли цензия→лицензия",)),
        ("терми нал", "терминал", ("терми нал→терминал",)),
        ("спассибо", "спасибо", ("спассибо→спасибо",)),
        ("retrun", "return", ("retrun→return",)),
        ("слысибо", "слысибо", ()),
        ("журнвл", "журнал", ("журнвл→журнал",)),
        ("активвация", "активация", ("активвация→активация",)),
        ("рег номер", "рег номер", ()),
        ("не активируется", "не активируется", ()),
    ],
)
def test_slips_are_mended_and_words_left_alone(
    speller: Speller, words: str, mended: str, repairs: tuple[str, ...]
) -> None:
    found, told = speller.repair(words.split())
    assert (" ".join(found), told) == (mended, repairs)


def test_pasted_noise_costs_a_bounded_number_of_look_ups(speller: Speller) -> None:
    noise = [f"абвгд{'жзикл'[n % 5]}{'мнопр'[n // 5 % 5]}{'стуфх'[n // 25 % 5]}ъъ" for n in range(125)]
    mended, repairs = speller.repair(noise)
    assert mended == tuple(noise)
    assert repairs == ()
