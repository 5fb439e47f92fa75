"""What has to hold for a key check beyond the shape of its fields: no key in an address, sound paths and conditions.

Decides each key check by itself; whether the articles exist is told with those of all checks. Called when the
knowledge base is loaded, which gives each complaint its line. Pure.
"""

import re
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Final, TypeAlias
from xml.etree import ElementPath
from xml.etree.ElementTree import Element

from bot.kb.checks import KeyCheck, KeyFact, KeyRequest
from bot.kb.conditions import ConditionFault, Shape, parse

Where: TypeAlias = tuple[str | int, ...]
"""Keys and places in lists from the check to the fault."""

PLACE: Final = "{key}"
"""What stands for the key in a declared request."""

PARENT: Final = "../"
"""In `each`: the attribute of the element around the item."""


def shape_of(facts: Mapping[str, KeyFact]) -> Shape:
    """Return the names that the rules of a check may use."""
    return {name: frozenset(fact.each) if fact.each else None for name, fact in facts.items()}


def check_key(check: KeyCheck) -> Iterator[tuple[Where, str]]:
    """Yield all that is wrong with a key check by itself: where, and what."""
    yield from _request(check.request)
    for name, fact in check.facts.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield ("facts", name), f"`{name}` is no name of a fact: small letters, digits and `_`"
        yield from _fact(("facts", name), fact, check.answer)
    if check.answer == "json-urlencoded-xml" and check.unwrap is None:
        yield ("answer",), "`unwrap` has to say where in the JSON the XML stands"
    if check.unwrap is not None and (fault := _json_fault(check.unwrap)):
        yield ("unwrap",), fault
    if not check.rules:
        yield ("rules",), "a key check without rules comes to nothing"
    shape = shape_of(check.facts)
    for place, rule in enumerate(check.rules):
        try:
            condition = parse(rule.when, shape)
        except ConditionFault as error:
            yield ("rules", place, "when"), f"`when`: {error}"
            continue
        names = {name for name, parts in shape.items() if parts is None}
        names |= {f"{item}.{part}" for item, parts in condition.witnesses.items() for part in parts}
        for language, text in rule.text.items():
            yield from ((("rules", place, "text", language), message) for message in _text(text, names))


def _request(request: KeyRequest) -> Iterator[tuple[Where, str]]:
    if (request.url is None) == (request.url_env is None):
        yield ("request",), "a request has either `url` or `url_env`"
    if request.path is not None and re.search(r"[{}]|(?i:%7b)", request.path):
        yield ("request", "path"), "a key must not stand in an address, for addresses are logged; use `form` or `body`"
    if request.form and request.body is not None:
        yield ("request",), "a request has either `form` or `body`"
    texts = [*request.headers.values(), *request.form.values(), request.body or ""]
    if not any(PLACE in text for text in texts):
        yield ("request",), f"the key stands nowhere: write `{PLACE}` in `form`, `body` or `headers`"
    for name in {*request.headers} & {*request.secret_env}:
        yield ("request", "secret_env", name), f"the header `{name}` stands in `headers` too"
    for holder, names in (("headers", request.headers), ("secret_env", request.secret_env)):
        for name in names:
            if not re.fullmatch(r"[A-Za-z0-9-]{1,64}", name):
                yield ("request", holder, name), f"`{name}` is no name of a header"


def _fact(where: Where, fact: KeyFact, answer: str) -> Iterator[tuple[Where, str]]:
    if (fact.json_path is None) == (fact.xml_path is None):
        yield where, "a fact has either `json_path` or `xml_path`"
    for kind, path, other in (("json_path", fact.json_path, "xml"), ("xml_path", fact.xml_path, "json")):
        if path is None:
            continue
        if answer == other:
            yield (*where, kind), f"the answer is {other.upper()}, so a `{kind}` finds nothing in it"
        if fault := _json_fault(path) if kind == "json_path" else _xml_fault(path):
            yield (*where, kind), fault
    for name in fact.each:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield (*where, "each", name), f"`{name}` is no name: small letters, digits and `_`"
    if fact.pattern is not None:
        try:
            re.compile(fact.pattern)
        except re.error as error:
            yield (*where, "pattern"), f"this is no regular expression: {error}"


def _json_fault(path: str) -> str | None:
    import jsonpath  # noqa: PLC0415 - it takes long to import, and few checks need it

    try:
        jsonpath.compile(path)
    except (jsonpath.JSONPathError, ValueError) as error:
        return f"this is no JSONPath: {str(error).partition(chr(10))[0]}"
    return None


def _xml_fault(path: str) -> str | None:
    try:
        list(ElementPath.iterfind(Element("x"), path))
    except (SyntaxError, KeyError, TypeError, ValueError, StopIteration) as error:
        return f"this is no path in XML: {error if isinstance(error, SyntaxError) else 'it cannot be read'}"
    return None


def _text(text: str, names: set[str]) -> Iterator[str]:
    try:
        fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
    except ValueError as error:
        yield f"`text`: {error}"
        return
    for field in fields:
        if field not in names:
            yield f"`text`: `{{{field}}}` is not known here; there are {', '.join(sorted(names)) or 'none'}"
