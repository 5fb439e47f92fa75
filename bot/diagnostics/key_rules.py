"""From a licence gateway's answer to facts, and from facts to a verdict, an article and a sentence. Pure.

Decides how an answer is read (JSON, XML, or XML that was URL-encoded into JSON) and which declared rule is the first to
hold. It knows no vendor: paths, names and rules stand in `_checks.yaml`. What cannot be read, or is not of the kind
that the rules take it for, is `inconclusive`: nothing is guessed. Called by `probe_key.py`. Facts of a finding: the
single facts of the check, the parts of the item a rule is about (`product.expired`), and `why` (`answer`, `no_rule`).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import Formatter
from typing import Final
from urllib.parse import unquote, unquote_plus
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.diagnostics.verdict import Fact, Finding, Verdict
from bot.kb.checks import KeyCheck, KeyFact, KeyRule
from bot.kb.conditions import Item, Plain, UnclearError, Value, as_date, evaluate, parse
from bot.kb.key_checks import PARENT, shape_of

CODE: Final = "code"
"""The fact that holds the server's code, where a check declares one by this name."""

_MOST_ITEMS: Final = 500
_LONGEST: Final = 120
"""Characters of a fact that is a text; longer ones are no names and no dates."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class UnreadableError(Exception):
    """The answer is not what the check declares it to be."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer comes to; `article` is the rule's own, `text` maps language to a sentence, empty where none."""

    finding: Finding
    article: str | None
    text: Mapping[str, str]


def judge(check: KeyCheck, text: str, today: date) -> Judged:
    """Return what the first rule that holds makes of an answer's text."""
    try:
        facts = read(check, text)
    except UnreadableError:
        return _unclear("answer")
    single = {name: value for name, value in facts.items() if isinstance(value, str | int | float)}
    shape = shape_of(check.facts)
    for rule in check.rules:
        try:
            witnesses = evaluate(parse(rule.when, shape), facts, today)
        except UnclearError:
            return _unclear("answer")
        if witnesses is not None:
            shown: dict[str, Plain] = {**single, **_flat(witnesses)}
            finding = Finding(Verdict(rule.verdict), dict(_facts(shown)))
            return Judged(finding, rule.article or check.verdicts.get(rule.verdict), _sentences(rule, shown))
    return _unclear("no_rule")


def read(check: KeyCheck, text: str) -> dict[str, Value]:
    """Return the facts of an answer; one that is not there is None, a list that is not there is empty.

    Raises `UnreadableError`.
    """
    tree: object = None
    root: Element | None = None
    if check.answer == "xml":
        root = _xml(text)
    else:
        tree = _json(text)
        if check.answer == "json-urlencoded-xml" and check.unwrap is not None:
            wrapped = _first(check.unwrap, tree)
            # An answer that is an error has nothing to unwrap.
            root = _xml(_unescaped(wrapped)) if isinstance(wrapped, str) and wrapped.strip() else None
    if tree is None and root is None:
        raise UnreadableError("nothing in it")
    return {name: _fact(fact, tree, root) for name, fact in check.facts.items()}


def _unclear(why: str) -> Judged:
    return Judged(Finding(Verdict.INCONCLUSIVE, {"stage": "key", "why": why}), None, {})


# Reading.


def _json(text: str) -> object:
    for each in (text, text.replace("\\n", "").replace('\\"', '"')):
        # Second, as the vendor's own clients do: gateways have been seen to escape what needed no escape.
        try:
            tree: object = json.loads(each.lstrip("\ufeff"))
        except (ValueError, RecursionError):
            continue
        if isinstance(tree, dict | list):
            return tree
    raise UnreadableError("no JSON")


def _unescaped(text: str) -> str:
    """Undo URL encoding; where spaces are written as %20, a plus is a plus."""
    return unquote(text) if "%20" in text else unquote_plus(text)


def _xml(text: str) -> Element:
    try:
        root: Element = fromstring(text.strip().lstrip("\ufeff"))
    except (ParseError, DefusedXmlException, ValueError, RecursionError):
        raise UnreadableError("no XML") from None
    return root


def _first(path: str, tree: object) -> object:
    return next(iter(_all(path, tree)), None)


def _all(path: str, tree: object) -> Sequence[object]:
    if not isinstance(tree, dict | list):
        return ()
    import jsonpath  # noqa: PLC0415 - it takes long to import, and only a key check needs it

    try:
        return jsonpath.findall(path, tree)[: _MOST_ITEMS + 1]
    except (jsonpath.JSONPathError, RecursionError):
        return ()


def _fact(fact: KeyFact, tree: object, root: Element | None) -> Value:
    if fact.json_path is not None:
        found = _all(fact.json_path, tree)
        if fact.each:
            return _bounded([{name: _json_part(each, path) for name, path in fact.each.items()} for each in found])
        return _matched(fact, _plain(found[0] if found else None))
    if root is None or fact.xml_path is None:
        return () if fact.each else None
    elements = _elements(root, fact.xml_path)
    if fact.each:
        around = {child: parent for parent in root.iter() for child in parent}
        return _bounded([{n: _xml_part(each, p, around) for n, p in fact.each.items()} for each in elements])
    if not elements:
        return None
    return _matched(fact, _plain(elements[0].get(fact.attribute) if fact.attribute else elements[0].text))


def _bounded(items: list[dict[str, Plain]]) -> Sequence[Item]:
    if len(items) > _MOST_ITEMS:
        raise UnreadableError("too many")
    return tuple(items)


def _elements(root: Element, path: str) -> list[Element]:
    found = root.findall(path)
    return [root] if not found and path == root.tag else found


def _json_part(item: object, path: str) -> Plain:
    for key in path.split("/"):
        item = item.get(key) if isinstance(item, dict) else None
    return _plain(item)


def _xml_part(element: Element, path: str, around: Mapping[Element, Element]) -> Plain:
    if path.startswith(PARENT):
        outer = around.get(element)
        return _xml_part(outer, path.removeprefix(PARENT), around) if outer is not None else None
    if path in element.attrib:
        return _plain(element.get(path))
    inner = element.find(path)
    return _plain(inner.text) if inner is not None else None


def _matched(fact: KeyFact, value: Plain) -> Plain:
    if fact.pattern is None or value is None:
        return value
    match = re.search(fact.pattern, str(value)[: 10 * _LONGEST])
    if match is None:
        return None
    return match[1] if match.re.groups else match[0]


def _plain(value: object) -> Plain:
    """Return a single value; of a text what can be shown of it."""
    if isinstance(value, bool | int | float):
        return value
    if not isinstance(value, str):
        return None
    return "".join(char for char in value.strip() if char.isprintable())[:_LONGEST]


# Saying.


def _flat(witnesses: Mapping[str, Item]) -> dict[str, Plain]:
    return {f"{item}.{part}": value for item, parts in witnesses.items() for part, value in parts.items()}


def _facts(shown: Mapping[str, Plain]) -> Iterator[tuple[str, Fact]]:
    for name, value in shown.items():
        if value is not None:
            yield name, value


def _sentences(rule: KeyRule, shown: Mapping[str, Plain]) -> dict[str, str]:
    return {language: _filled(text, shown, language) for language, text in rule.text.items()}


def _filled(text: str, shown: Mapping[str, Plain], language: str) -> str:
    """Put facts into a sentence by name only: nothing of the text is evaluated."""
    out: list[str] = []
    for literal, name, _, _ in Formatter().parse(text):
        out.append(literal)
        if name is not None:
            value = shown.get(name)
            out.append("—" if value in {None, ""} else _worded(str(value), language))
    return "".join(out)


def _worded(value: str, language: str) -> str:
    """Write a date the way the language does; everything else stays."""
    if not _DATE.fullmatch(value[:10]) or len(value) > 25:  # noqa: PLR2004 - a date with a time behind it
        return value
    try:
        day = as_date(value)
    except UnclearError:
        return value
    return day.strftime("%d.%m.%Y") if language == "ru" else day.isoformat()
