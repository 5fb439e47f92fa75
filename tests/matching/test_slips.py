import pytest

from bot.matching.slips import is_slip, squeezed, without_runs


@pytest.mark.parametrize(
    ("written", "meant", "slip"),
    [
        ("лицнезия", "лицензия", True),
        ("лиццензия", "лицензия", True),
        ("лмцензия", "лицензия", True),
        ("лецензия", "лицензия", True),
        ("license", "licence", True),
        ("coupom", "coupon", True),
        ("ключ", "жлюч", False),
        ("logs", "losg", True),
        ("long", "losg", False),
        ("ключи", "ключ", False),
    ],
)
def test_a_likely_slip_is_told_from_another_word(written: str, meant: str, slip: bool) -> None:
    assert is_slip(written, meant) is slip


def test_runs_of_a_letter_are_shortened() -> None:
    assert (squeezed("нномерр"), without_runs("помогиииите"), without_runs("длинный")) == (
        "номер",
        "помогите",
        "длинный",
    )
