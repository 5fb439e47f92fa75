import random
import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.conversations.key_context import leaves_a_question
from bot.conversations.key_doctor import State, examine
from bot.conversations.key_halves import half_of, joined
from bot.conversations.key_words import sentences
from bot.conversations.redact import Redactor
from bot.kb.article import KeyFormat
from bot.kb.markdown import visible_text

MIKO = KeyFormat(
    kind="key", prefix="MIKO", groups=(5, 5, 5, 5), where={"ru": "в разделе «Лицензия»", "en": "under Licence"}
)
COUPON = KeyFormat(
    kind="coupon", prefix="MIKOUPD", groups=(5, 5, 5, 5), where={"ru": "в поле «Купон»", "en": "in the coupon field"}
)
FORMATS = [MIKO, COUPON]
REDACTOR = Redactor(FORMATS, b"0123456789abcdef0123456789abcdef")
KEY = "MIKO-AB1CD-2EF3G-H4JK5-LM6N7"
KNOWN = (
    "MIKO-XXXXX-XXXXX-XXXXX-XXXXX (регистрационный номер), MIKOUPD-XXXXX-XXXXX-XXXXX-XXXXX (купон)",
    "MIKO-XXXXX-XXXXX-XXXXX-XXXXX (registration number), MIKOUPD-XXXXX-XXXXX-XXXXX-XXXXX (coupon)",
)
RIGHT = (
    "✅ Регистрационный номер MIKO-…M6N7 записан верно: 28 символов.",
    "✅ Registration number MIKO-…M6N7 is written correctly: 28 characters.",
)
ADVICE = (
    " В программе введите его без этого: латинскими буквами и с обычными дефисами.",
    " In the program, enter it without that: Latin letters and plain hyphens.",
)
CUT_OFF = (
    (
        " Он обрывается на конце строки: похоже, при копировании потерялся конец. Пришлите следующим сообщением остаток"
        " или весь номер целиком."
    ),
    (
        " It breaks off at the end of the line: the end seems to have been lost in copying. Send the rest as your next"
        " message, or the whole number."
    ),
)


def said(text: str, language: str = "ru") -> str:
    advice = examine(text, FORMATS)
    return "" if advice is None else visible_text(sentences(advice, language))


@pytest.mark.parametrize(
    ("written", "russian", "english"),
    [
        (KEY.lower(), "строчные буквы", "small letters"),
        ("MIKO-AB1CD-2EF3G-H4JK5-LМ6N7", "буква М кириллицей", "the Cyrillic letter М"),
        ("MIKO-АB1СD-2EF3G-H4JK5-LM6N7", "буквы А, С кириллицей", "the Cyrillic letters А, С"),
        ("MIKO-ΑB1CD-2EF3G-H4JK5-LM6N7", "буква Α греческая", "the Greek letter Α"),
        (KEY.replace("-", "–"), "длинные тире вместо дефисов", "long dashes instead of hyphens"),
        (KEY.replace("-", ""), "нет дефисов между группами", "missing hyphens between the groups"),
        (KEY.replace("-", " "), "пробелы", "spaces"),
        ("MIKO-AB1CD-2EF3G-\nH4JK5-LM6N7", "перенос строки", "a line break"),
        ("MIKO-AB1CD-2EF3G-H4J\nK5-LM6N7", "перенос строки", "a line break"),
        (f"«{KEY}»", "кавычки", "quotation marks"),
        ("MIKO-AB\u200b1CD-2EF3G-H4JK5-LM6N7", "невидимые символы", "invisible characters"),
        ("MIKO-AB1C-D2EF3G-H4JK5-LM6N7", "дефисы не на своих местах", "hyphens in the wrong places"),
        ("MIKO/AB1CD/2EF3G/H4JK5/LM6N7", "лишние знаки", "stray marks"),
        ("ＭＩＫＯ-AB1CD-2EF3G-H4JK5-LM6N7", "широкие буквы", "wide letters"),
    ],
)
def test_a_right_key_is_confirmed_by_its_tail_and_what_was_mended_is_named(
    written: str, russian: str, english: str
) -> None:
    assert said(written) == f"{RIGHT[0]} Исправил сам: {russian}.{ADVICE[0]}"
    assert said(written, "en") == f"{RIGHT[1]} I corrected: {english}.{ADVICE[1]}"


@pytest.mark.parametrize(
    ("written", "russian", "english"),
    [
        (KEY, RIGHT[0], RIGHT[1]),
        (
            "MIKO-AB1CD-2EF3G-H4JK-LM6N7",
            "В регистрационном номере MIKO-… 27 символов из 28. Третья группа из 4 знаков, а должно быть 5.",
            "The registration number MIKO-… has 27 characters of 28. The third group has 4 characters instead of 5.",
        ),
        (
            "MIKO-AB1-2EF3G-H4JK-LM6N не подходит",
            (
                "В регистрационном номере MIKO-… 24 символа из 28. Первая группа из 3 знаков, а должно быть 5."
                " Третья группа из 4 знаков, а должно быть 5. Четвёртая группа из 4 знаков, а должно быть 5."
            ),
            (
                "The registration number MIKO-… has 24 characters of 28. The first group has 3 characters instead of 5."
                " The third group has 4 characters instead of 5. The fourth group has 4 characters instead of 5."
            ),
        ),
        (
            "MIKO-AB1CD-2EF3G-H4JK55-LM6N7",
            "В регистрационном номере MIKO-… 29 символов вместо 28. Третья группа из 6 знаков, а должно быть 5.",
            (
                "The registration number MIKO-… has 29 characters instead of 28. The third group has 6 characters"
                " instead of 5."
            ),
        ),
        (
            "MIKO-AB1CD-2EF3G-H4JK5-LM6 не работает",
            "В регистрационном номере MIKO-… 26 символов из 28. Четвёртая группа из 3 знаков, а должно быть 5.",
            "The registration number MIKO-… has 26 characters of 28. The fourth group has 3 characters instead of 5.",
        ),
        (
            "MIKO-AB1CD-2EF3G-H4JK5",
            "В регистрационном номере MIKO-… 22 символа из 28. Групп 3 вместо 4." + CUT_OFF[0],
            "The registration number MIKO-… has 22 characters of 28. There are 3 groups instead of 4." + CUT_OFF[1],
        ),
        (
            "мой ключ MIKO-AB1CD-",
            "В регистрационном номере MIKO-… 10 символов из 28. Групп 1 вместо 4." + CUT_OFF[0],
            "The registration number MIKO-… has 10 characters of 28. There is 1 group instead of 4." + CUT_OFF[1],
        ),
        (
            "MIKO-AB1CD-2EF3G-H4JK5-LM6N7-Q1W2E",
            (
                "В регистрационном номере MIKO-… 34 символа вместо 28. Групп 5 вместо 4: лишняя, возможно, от соседнего"
                " текста."
            ),
            (
                "The registration number MIKO-… has 34 characters instead of 28. There are 5 groups instead of 4:"
                " one too"
                " many, perhaps from the text beside it."
            ),
        ),
        (
            "MIKOAB1CD2EF3GH4JK5LM6N",
            "В регистрационном номере MIKO-… 27 символов из 28. Исправил сам: нет дефисов между группами.",
            "The registration number MIKO-… has 27 characters of 28. I corrected: missing hyphens between the groups.",
        ),
        (
            "MIKO-AB1ЖD-2EF3G-H4JK5-LM6N7",
            (
                "В регистрационном номере MIKO-… чужие знаки. Знак Ж в номере не встречается: там только"
                " латинские буквы"
                " и цифры."
            ),
            (
                "The registration number MIKO-… holds characters that do not belong there. The character Ж does"
                " not occur"
                " in a number: it has only Latin letters and digits."
            ),
        ),
        (
            "MIKOUPD-AB1CD-2EF3G-H4JK5-LM",
            "В купоне MIKOUPD-… 28 символов из 31. Четвёртая группа из 2 знаков, а должно быть 5.",
            "The coupon MIKOUPD-… has 28 characters of 31. The fourth group has 2 characters instead of 5.",
        ),
        (
            "DEMO-AB1CD-2EF3G-H4JK5-LM6N7",
            f"Начало DEMO- мне не знакомо: это номер другого продукта или опечатка. Знаю такие: {KNOWN[0]}.",
            (
                "I do not know the beginning DEMO-: it is a number of another product, or a typo. I know these: "
                f"{KNOWN[1]}."
            ),
        ),
        (
            "MKIO-AB1CD-2EF3G-H4JK5-LM6N7",
            "Похоже на регистрационный номер, но начало написано с опечаткой: должно быть MIKO-.",
            "It looks like a registration number, but there is a typo at the beginning: it must be MIKO-.",
        ),
        (
            "AB1CD-2EF3G-H4JK5-LM6N7",
            (
                "Похоже на номер без начала: по группам длина верная, но впереди не хватает приставки. Бывают такие: "
                f"{KNOWN[0]}."
            ),
            (
                "It looks like a number without its beginning: the groups have the right length, but the prefix is"
                f" missing. There are these: {KNOWN[1]}."
            ),
        ),
        (
            "AB1CD-2EF3G-H4JK5-LM6N7-Q1W2E",
            f"Похоже на номер, но это не наш: групп 5, а приставки нет. Наши выглядят так: {KNOWN[0]}.",
            f"It looks like a number, but not one of ours: 5 groups and no prefix. Ours look like this: {KNOWN[1]}.",
        ),
        (
            "MIKO-ХХХХХ-ХХХХХ-ХХХХХ-ХХХХХ",
            "MIKO-XXXXX-XXXXX-XXXXX-XXXXX — это образец, а не номер: вместо X в настоящем стоят буквы и цифры.",
            "MIKO-XXXXX-XXXXX-XXXXX-XXXXX is a sample, not a number: the real one has letters and digits instead of X.",
        ),
        (
            "MIKOUPD-*****-*****-*****-*****",
            "MIKOUPD-XXXXX-XXXXX-XXXXX-XXXXX — это образец, а не номер: вместо X в настоящем стоят буквы и цифры.",
            (
                "MIKOUPD-XXXXX-XXXXX-XXXXX-XXXXX is a sample, not a number: the real one has letters and digits instead"
                " of X."
            ),
        ),
        (
            "MIKOUPD-AB1CD-2EF3G-H4JK5-LM6N7 где ввести этот ключ?",
            (
                "✅ Купон MIKOUPD-…M6N7 записан верно: 31 символ. Это купон, а не регистрационный номер."
                " Купон вводят в поле «Купон»."
            ),
            (
                "✅ Coupon MIKOUPD-…M6N7 is written correctly: 31 characters. This is a coupon, not a"
                " registration number."
                " A coupon is entered in the coupon field."
            ),
        ),
        (
            f"купон {KEY} не активируется",
            f"{RIGHT[0]} Это регистрационный номер, а не купон. Регистрационный номер вводят в разделе «Лицензия».",
            f"{RIGHT[1]} This is a registration number, not a coupon. A registration number is entered under Licence.",
        ),
        (
            f"куда вводить {KEY}",
            f"{RIGHT[0]} Регистрационный номер вводят в разделе «Лицензия».",
            f"{RIGHT[1]} A registration number is entered under Licence.",
        ),
    ],
)
def test_what_is_wrong_is_said_exactly(written: str, russian: str, english: str) -> None:
    assert said(written) == russian
    assert said(written, "en") == english


def test_several_keys_are_told_one_by_one_each_once_and_no_more_than_three() -> None:
    keys = [
        KEY,
        KEY.lower(),
        "MIKO-QW1ER-2EF3G-H4JK5-LM6N8",
        "MIKO-AB1CD-2EF3G-H4JK5",
        "MIKOUPD-AS1DF-2EF3G-H4JK5-LM6N9",
    ]
    assert said(", ".join(keys)).split("\n\n") == [
        RIGHT[0],
        "✅ Регистрационный номер MIKO-…M6N8 записан верно: 28 символов.",
        "В регистрационном номере MIKO-… 22 символа из 28. Групп 3 вместо 4.",
        "И ещё ключей в сообщении: 1. Пришлите их по одному, если нужно проверить.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ошибка 1058, MikoPBX-2024.1.114, miko-no-free-seat",
        "MIKO-PBX-2024 и MIKO-CTI-CLIENT стоят на 192.168.100.200",
        "MIKO\nкупон уже был активирован ранее (2041)",
        "МИКО-панель-телефонии не работает, микопбх 2024",
        "git clone https://git.example/miko/mikopbx-core-2024-docker",
        "lm.miko.ru:443 и lic.mikopbx.com закрыты",
        "обновил MIKO-V2024 вчера",
        "ответ MIKO-…M6N7 и ‹password›",
        "session 3f2504e0-4f89-11d3-9a0c-0305e82c3301 captured: 48",
        "",
    ],
)
def test_ordinary_words_are_no_attempts(text: str) -> None:
    assert examine(text, FORMATS) is None


def test_without_formats_nothing_is_a_key() -> None:
    assert examine(KEY, []) is None


@pytest.mark.parametrize("split", [*range(10, 28)])
@pytest.mark.parametrize("prefix", ["MIKO", "МИКО", "miko"])
def test_a_key_split_over_two_messages_is_put_together_and_hidden(prefix: str, split: int) -> None:
    written = prefix + KEY[4:]
    first, second = f"мой ключ {written[:split]}", f"{written[split:]} не подходит"
    advice = examine(first, FORMATS)
    assert advice is not None
    half = half_of(first, advice)
    assert half is not None
    whole = joined(half, second, FORMATS)
    assert whole is not None
    assert REDACTOR.clean(whole) == "MIKO-…M6N7 не подходит"


@pytest.mark.parametrize("second", ["не работает", "что дальше?", KEY, "да", "2008", "ошибка 12345"])
def test_what_does_not_complete_a_key_is_left_as_it_is(second: str) -> None:
    assert joined("MIKO-AB1CD-2EF3G", second, FORMATS) is None


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("LM6N7", "В регистрационном номере MIKO-… 22 символа из 28. Групп 3 вместо 4."),
        ("2EF3G-H4JK5-LM6N7", "В регистрационном номере MIKO-… 34 символа вместо 28. Групп 5 вместо 4"),
    ],
)
def test_two_messages_that_make_no_right_key_are_judged_together(second: str, told: str) -> None:
    whole = joined("MIKO-AB1CD-2EF3G", second, FORMATS)
    assert whole is not None
    assert said(whole)[: len(told)] == told


@pytest.mark.parametrize(
    ("redacted", "left"),
    [
        ("MIKO-…M6N7", False),
        ("Здравствуйте, вот мой ключ: MIKO-…M6N7. Спасибо!", False),
        ("here is my licence key MIKO-…M6N7, please check", False),
        ("MIKO-…M6N7 не захватывает фичу", True),
        ("MIKO-…M6N7 2008", True),
        ("MIKO-…M6N7 пишет что срок истёк", True),
    ],
)
def test_whether_a_question_is_left(redacted: str, left: object) -> None:
    assert leaves_a_question(redacted) is left


# Properties.

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
ALIKE = str.maketrans("ABEKMHOPCTX", "АВЕКМНОРСТХ")
BACK = {alike: chr(plain) for plain, alike in ALIKE.items()}
JOINTS = ["-", " ", "\n", "–", "—", "-\n", " - ", "_", ".", "", '"-"', "%2D"]
SPELLINGS = ["plain", "lower", "alike", "zero"]


@st.composite
def written_keys(draw: st.DrawFn) -> tuple[list[str], str]:
    prefix = draw(st.sampled_from(["MIKO", "MIKOUPD"]))
    groups = [draw(st.text(ALPHABET, min_size=5, max_size=5)) for _ in range(4)]
    chance = random.Random(draw(st.integers(0, 2**32)))
    parts = [prefix, *groups]
    for spelling in draw(st.lists(st.sampled_from(SPELLINGS), max_size=2)):
        match spelling:
            case "lower":
                parts = [part.lower() for part in parts]
            case "alike":
                parts = ["".join(c.translate(ALIKE) if chance.random() < 0.5 else c for c in part) for part in parts]
            case "zero":
                parts = ["\u200b".join(part) for part in parts]
    return groups, draw(st.sampled_from(JOINTS)).join(parts)


@settings(max_examples=120, deadline=None)
@given(
    written_keys(),
    st.sampled_from(["", "мой ключ ", "купон: «", "куда вводить "]),
    st.sampled_from(["", " не работает", "», ошибка 1058", "\nспасибо"]),
)
def test_a_sentence_never_holds_more_than_the_tail_and_a_right_key_is_hidden_whole(
    key: tuple[list[str], str], before: str, after: str
) -> None:
    groups, written = key
    assume(all(len(set(group)) > 2 for group in groups))
    text = before + written + after
    advice = examine(text, FORMATS)
    assert advice is not None
    for language in ("ru", "en"):
        told = visible_text(sentences(advice, language)).upper()
        words = re.findall(r"[0-9A-Z]+", told)
        assert [group for group in groups for word in words if group in word] == []
        assert written.upper() not in told
    stored = re.findall(r"[0-9A-Z]+", REDACTOR.clean(text).upper().translate(BACK).replace("\u200b", ""))
    assert [group for group in groups for word in stored if group in word] == []
    assert "".join(groups) not in repr(advice)


@settings(max_examples=120, deadline=None)
@given(st.text(st.sampled_from("MIKOUPD-–_ \nабхАХX12345AB1CD…*«»%&;."), max_size=80))
def test_any_text_is_taken_and_every_note_has_its_sentence(text: str) -> None:
    advice = examine(text, FORMATS)
    if advice is None:
        return
    assert all(0 <= note.start < note.end <= len(text) for note in advice.notes)
    assert all((note.state is State.RIGHT) == (note.masked is not None) for note in advice.notes)
    for language in ("ru", "en"):
        assert sentences(advice, language).strip() != ""
    half = half_of(text, advice)
    assert half is None or half in text


def test_the_longest_message_takes_bounded_time() -> None:
    for unit in ("MIKO-AB1CD ", "MIKO", f"{KEY} ", "M I K O ", "AB1CD-", "MIKO-XXXXX-"):
        began = time.process_time()
        advice = examine((unit * 20_000)[:100_000], FORMATS)
        assert time.process_time() - began < 4
        assert advice is None or len(advice.notes) <= 3
