from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.kb.conditions import ConditionFault, UnclearError, Value, evaluate, parse

SHAPE = {
    "code": None,
    "error": None,
    "products": frozenset({"name", "expired", "trial"}),
    "features": frozenset({"id", "count", "captured"}),
}
FACTS: dict[str, Value] = {
    "code": "2008",
    "error": "(2008) no seat",
    "products": ({"name": "A", "expired": "2027-01-01", "trial": "0"}, {"name": "B", "expired": "2026-03-12"}),
    "features": ({"id": "48", "count": "5", "captured": "5"}, {"id": "33", "count": "10", "captured": "9"}),
}
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("source", "holds"),
    [
        ('code == "2008"', True),
        ("code == 2008", True),
        ('code != "2008"', False),
        ("2000 < code < 3000", True),
        ('"seat" in error', True),
        ('"seat" not in error', False),
        ("error and not false", True),
        ("code == none or true", True),
        ("len(products) == 2 and len(features) > 1", True),
        ("any(p.expired < today for p in products)", True),
        ("any(p.expired < today - 365 for p in products)", False),
        ("any(p.expired < today + 60 for p in products if p.trial == '0')", True),
        ("all(f.captured <= f.count for f in features)", True),
        ("all(f.captured < f.count for f in features)", False),
        # 10 and 9 as numbers; as texts 10 would come first.
        ("any(f.captured >= f.count for f in features if f.id == '33')", False),
        ("any(any(f.id == '48' for f in features) for p in products if p.name == 'B')", True),
        ("any(p.trial == none for p in products)", True),
        ("any(p.trial < 1 and p.name == 'B' for p in products)", False),
        ("code > -5", True),
        ("true", True),
        ("false", False),
    ],
)
def test_conditions(source: str, holds: object) -> None:
    assert (evaluate(parse(source, SHAPE), FACTS, TODAY) is not None) is holds


def test_an_any_names_its_first_witness() -> None:
    condition = parse(
        "any(p.expired < today for p in products) and any(f.captured >= f.count for f in features)", SHAPE
    )
    assert {name: sorted(parts) for name, parts in condition.witnesses.items()} == {
        "p": ["expired", "name", "trial"],
        "f": ["captured", "count", "id"],
    }
    assert evaluate(condition, FACTS, TODAY) == {
        "p": {"name": "B", "expired": "2026-03-12"},
        "f": {"id": "48", "count": "5", "captured": "5"},
    }


def test_what_is_missing_is_none_and_neither_below_nor_above() -> None:
    for source in ("code < 1", "code >= 1", "code == 1", "any(p.name == 'A' for p in products)", "len(features) > 0"):
        assert evaluate(parse(source, SHAPE), {}, TODAY) is None
    assert evaluate(parse("code == none and all(p.name == 'A' for p in products)", SHAPE), {}, TODAY) == {}


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ("code < 5", {"code": "many"}),
        ("code < today", {"code": "soon"}),
        ("any(p.expired < today for p in products)", {"products": ({"expired": "12.03.2026"},)}),
    ],
)
def test_facts_of_another_kind_are_unclear(source: str, facts: dict[str, Value]) -> None:
    with pytest.raises(UnclearError):
        evaluate(parse(source, SHAPE), facts, TODAY)


def test_the_work_of_a_condition_is_bounded() -> None:
    many = tuple({"name": str(n)} for n in range(500))
    source = "any(any(q.name == p.name and p.name == 'x' for q in products) for p in products)"
    with pytest.raises(UnclearError):
        evaluate(parse(source, SHAPE), {"products": many}, TODAY)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("__import__('os').system('true')", "`__import__('os').system('true')` is not allowed in a condition"),
        ("code.__class__", "`code` is no item of a list"),
        ("(lambda: 1)()", "`(lambda: 1)()` is not allowed in a condition"),
        ("[x for x in products]", "`[x for x in products]` is not allowed in a condition"),
        ("code ** 9 ** 9", "`code ** 9 ** 9` is not allowed in a condition"),
        ("f'{code}'", "is not allowed in a condition"),
        ("code is none", "write `== none` instead of `is`"),
        ("True", "`True` is written true"),
        ("kode == 1", "`kode` is not known here; there are code, error, products, features, today"),
        ("any(p.expires < today for p in products)", "`p` has no `expires`; it has expired, name, trial"),
        ("any(p == 1 for p in products)", "`p` is an item: write `p.` and a name of its parts"),
        ("any(c.x for c in code)", "`code` is no list"),
        ("len(code)", "`code` is no list"),
        ("any(code.x for code in products)", "`code` means something else already"),
        ("any(p.name for p in products for q in products)", "`any` goes over one list: any(… for item in list)"),
        ("max(p.name for p in products)", "is not allowed in a condition"),
        ("code ==", "this is no condition: invalid syntax"),
        ("", "this is no condition: invalid syntax"),
        ("(" * 300, "this is no condition: "),
        ("code == 1" + " or code == 1" * 60, "a condition has at most 500 characters"),
        ("today + 40000", "to `today` a number of days is added"),
        ("any(p.name for p in [1])", "`any` goes over one list"),
    ],
)
def test_everything_else_is_refused_with_a_reason(source: str, fault: str) -> None:
    with pytest.raises(ConditionFault) as caught:
        parse(source, SHAPE)
    assert fault in str(caught.value)


WORDS = ["any(", "p.name", " for p in products", ")", "code", "==", " and ", "not ", "'x'", "1", "(", "today", "len"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=10).map("".join) | st.text(max_size=40))
def test_any_text_is_a_condition_or_a_fault(source: str) -> None:
    try:
        condition = parse(source, SHAPE)
    except ConditionFault:
        return
    try:
        evaluate(condition, FACTS, TODAY)
    except UnclearError:
        return
    assert condition.source == source
