"""The conditions of a key check's rules: a small language over the facts of an answer, read without `eval`.

`code == "2026"`, `any(p.expired != "" and p.expired < today for p in products)`, `len(features) > 3 and not error`.
Allowed are comparisons, `in`, `and`, `or`, `not`, `any` and `all` over one list, `len`, texts, numbers, `true`,
`false`, `none`, `today`, and days added to it. Decides what a condition may say and whether it holds; facts come from
`bot.diagnostics.key_rules`, faults of spelling are told by `kb check`. Pure; the work of one condition is bounded.

A missing fact is `none`: it equals only `none` and is neither below nor above anything. Written numbers and dates are
compared as such; where one should be and something else stands, `UnclearError` says that the answer means nothing.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import eq, ge, gt, le, lt, ne
from typing import Final, TypeAlias

Plain: TypeAlias = str | int | float | bool | None
Item: TypeAlias = Mapping[str, Plain]
Value: TypeAlias = "Plain | Sequence[Item]"
Shape: TypeAlias = Mapping[str, frozenset[str] | None]
"""Names of facts; a list's has the names of its items' parts, a single fact's None."""

LONGEST: Final = 500
"""Characters of a condition."""
_MOST_STEPS: Final = 100_000
"""Steps of one evaluation; a list of 500 items within another takes some 250,000, and no rule needs that."""
_LISTS_WITHIN: Final = 2
_WORDS: Final[Mapping[str, Plain]] = {"true": True, "false": False, "none": None}
_TODAY: Final = "today"

_Known: TypeAlias = "Mapping[str, frozenset[str]]"
_ORDERS: Final[Mapping[type[ast.cmpop], Callable[[float, float], bool]]] = {
    ast.Eq: eq,
    ast.NotEq: ne,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}


class ConditionFault(ValueError):  # noqa: N818 - what is wrong is called a fault everywhere here
    """The condition is not one; the text says why."""


class UnclearError(Exception):
    """The facts are of another kind than the condition takes them for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A sound condition. `witnesses` names the parts that a text may use once it holds: variable to names of parts."""

    source: str
    tree: ast.expr = field(repr=False)
    witnesses: Mapping[str, frozenset[str]]


def parse(source: str, facts: Shape) -> Condition:
    """Return the condition that `source` spells over these facts. Raises `ConditionFault`."""
    if len(source) > LONGEST:
        raise ConditionFault(f"a condition has at most {LONGEST} characters")
    try:
        tree = ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ConditionFault(f"this is no condition: {getattr(error, 'msg', 'it cannot be read')}") from None
    witnesses: dict[str, frozenset[str]] = {}
    _check(tree, facts, {}, witnesses)
    return Condition(source, tree, witnesses)


def evaluate(condition: Condition, facts: Mapping[str, Value], today: date) -> Mapping[str, Item] | None:
    """Return what made the condition hold (the first item of each `any`, by its variable), or None.

    Raises `UnclearError` where the facts are not what the condition takes them for, or are too many.
    """
    run = _Run(facts, today)
    return run.witnesses if _truth(run.value(condition.tree, {})) else None


# What may be written.


def _check(node: ast.expr, facts: Shape, bound: _Known, witnesses: dict[str, frozenset[str]]) -> None:  # noqa: C901, PLR0912 - a table of the language
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            if isinstance(value, bool):
                raise ConditionFault(f"`{value}` is written {str(value).lower()}")
        case ast.Name(id=name):
            if name in bound:
                raise ConditionFault(f"`{name}` is an item: write `{name}.` and a name of its parts")
            if name not in facts and name not in _WORDS and name != _TODAY:
                raise ConditionFault(f"`{name}` is not known here; there are {', '.join([*facts, _TODAY])}")
        case ast.Attribute(value=ast.Name(id=item), attr=part):
            if item not in bound:
                raise ConditionFault(f"`{item}` is no item of a list")
            if part not in bound[item]:
                raise ConditionFault(f"`{item}` has no `{part}`; it has {', '.join(sorted(bound[item]))}")
        case ast.BoolOp(values=values):
            for each in values:
                _check(each, facts, bound, witnesses)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            # What is denied bears no witness to anything.
            _check(operand, facts, bound, {})
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            pass
        case ast.BinOp(left=ast.Name(id="today"), op=ast.Add() | ast.Sub(), right=ast.Constant(value=int() as days)):
            if days > 36500:  # noqa: PLR2004 - a hundred years
                raise ConditionFault("to `today` a number of days is added")
        case ast.Compare(left=left, ops=ops, comparators=right):
            for each in (left, *right):
                _check(each, facts, bound, {})
            if any(isinstance(op, ast.Is | ast.IsNot) for op in ops):
                raise ConditionFault("write `== none` instead of `is`")
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)], keywords=[]):
            if facts.get(name) is None:
                raise ConditionFault(f"`{name}` is no list")
        case ast.Call(func=ast.Name(id="any" | "all" as which), args=[ast.GeneratorExp() as each], keywords=[]):
            _check_list(which, each, facts, bound, witnesses)
        case _:
            raise ConditionFault(f"`{ast.unparse(node)[:60]}` is not allowed in a condition")


def _check_list(
    which: str, each: ast.GeneratorExp, facts: Shape, bound: _Known, witnesses: dict[str, frozenset[str]]
) -> None:
    match each.generators:
        case [ast.comprehension(target=ast.Name(id=item), iter=ast.Name(id=name), is_async=0, ifs=tests)]:
            parts = facts.get(name)
        case _:
            raise ConditionFault(f"`{which}` goes over one list: {which}(… for item in list)")
    if parts is None:
        raise ConditionFault(f"`{name}` is no list")
    if item in facts or item in bound or item in _WORDS or item == _TODAY or item in witnesses:
        raise ConditionFault(f"`{item}` means something else already")
    if len(bound) >= _LISTS_WITHIN:
        raise ConditionFault(f"at most {_LISTS_WITHIN} lists within each other")
    inner = {**bound, item: parts}
    if which == "any":
        witnesses[item] = parts
    for test in (each.elt, *tests):
        _check(test, facts, inner, witnesses if which == "any" else {})


# What it comes to.


class _Run:
    """One evaluation."""

    def __init__(self, facts: Mapping[str, Value], today: date) -> None:
        self._facts = facts
        self._today = today
        self._steps = 0
        self.witnesses: dict[str, Item] = {}

    def value(self, node: ast.expr, bound: Mapping[str, Item]) -> object:  # noqa: C901, PLR0911 - a table of the language
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise UnclearError("too many facts")
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._today if name == _TODAY else _WORDS[name] if name in _WORDS else self._facts.get(name)
            case ast.Attribute(value=ast.Name(id=item), attr=part):
                return bound[item].get(part)
            case ast.BoolOp(op=ast.And(), values=values):
                return all(_truth(self.value(each, bound)) for each in values)
            case ast.BoolOp(values=values):
                return any(_truth(self.value(each, bound)) for each in values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not _truth(self.value(operand, bound))
            case ast.UnaryOp(operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.BinOp(op=sign, right=ast.Constant(value=int() as days)):
                return self._today + timedelta(days=days if isinstance(sign, ast.Add) else -days)
            case ast.Compare(left=left, ops=ops, comparators=right):
                values = [self.value(each, bound) for each in (left, *right)]  # type: ignore[misc]
                return all(_compare(op, a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
                return len(self._list(name))
            case ast.Call(func=ast.Name(id=which), args=[ast.GeneratorExp() as each]):
                return self._over(which, each, bound)
        raise UnclearError(type(node).__name__)

    def _list(self, name: str) -> Sequence[Item]:
        found = self._facts.get(name)
        return found if isinstance(found, list | tuple) else ()

    def _over(self, which: str, each: ast.GeneratorExp, bound: Mapping[str, Item]) -> bool:
        [rounds] = each.generators
        match rounds:
            case ast.comprehension(target=ast.Name(id=variable), iter=ast.Name(id=name), ifs=tests):
                pass
            case _:
                raise UnclearError("no list")
        for item in self._list(name):
            inner = {**bound, variable: item}
            if not all(_truth(self.value(test, inner)) for test in tests):
                continue
            holds = _truth(self.value(each.elt, inner))
            if which == "any" and holds:
                self.witnesses[variable] = item
                return True
            if which == "all" and not holds:
                return False
        return which == "all"


def _truth(value: object) -> bool:
    return bool(value)


def _compare(op: ast.cmpop, a: object, b: object) -> bool:
    if isinstance(op, ast.In | ast.NotIn):
        inside = isinstance(a, str) and isinstance(b, str) and a in b
        return inside is isinstance(op, ast.In)
    order = _ORDERS[type(op)]
    bare = a is None or b is None or "" in (a, b)
    if isinstance(op, ast.Eq | ast.NotEq) and (bare or (isinstance(a, str) and isinstance(b, str))):
        return (a == b) is isinstance(op, ast.Eq)
    if bare:
        return False
    if isinstance(a, date) or isinstance(b, date):
        return order(as_date(a).toordinal(), as_date(b).toordinal())
    return order(_number(a), _number(b))


def as_date(value: object) -> date:
    """Return what is written as 2026-03-12, with or without a time behind it. Raises `UnclearError`."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        raise UnclearError("no date") from None


def _number(value: object) -> float:
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(str(value).strip())
    except ValueError:
        raise UnclearError("no number") from None
