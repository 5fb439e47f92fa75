"""One YAML node to one model, with every fault told in words and tied to the key it is about.

Decides how YAML is folded into the models of `article.py` (an entry's texts stand beside its key) and how pydantic's
errors read. A model comes out even of a faulty file, made of its sound keys, so that the other checks can go on and
all faults appear at once. Called by `loader.py`; `locate` gives a complaint its line and column.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.kb import yaml_nodes
from bot.kb.article import Article, Contact, Entry, Host, KeyFormat, Numbers, Step
from bot.kb.checks import PARTS, ProductChecks
from bot.kb.yaml_nodes import Node, Scalar

Path: TypeAlias = tuple[str | int, ...]
"""Keys and places in lists that lead from the top of a file to a node."""
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
"""A node without its positions."""
M = TypeVar("M", bound=BaseModel)

LANGUAGE = re.compile(r"[a-z]{2}")
_SUGGEST_FROM = 60  # rapidfuzz ratio; `sympthoms` has 94, `foo` against anything below 50
_NESTED: Final[Mapping[str, type[BaseModel]]] = {
    "numbers": Numbers,
    "entries": Entry,
    "steps": Step,
    "key_formats": KeyFormat,
    "hosts": Host,
    "contacts": Contact,
}
_PATTERNS: Final = {
    "id": "an id is lower-case words joined by hyphens, such as miko-no-free-seat",
    "related": "an id is lower-case words joined by hyphens, such as miko-no-free-seat",
    "codes": "a code is 1 to 12 digits or capital Latin letters, a range looks like 1011-1014",
    "numbers": "a number is 1 to 6 digits",
    "languages": "a language is two lower-case letters, such as ru",
    "default": "a language is two lower-case letters, such as ru",
    "key_formats": "a prefix is 2 to 12 digits or capital Latin letters",
}
_LAST_PATTERNS: Final = {
    "id": "an id is lower-case words joined by hyphens, such as lic-tls",
    "host": "a host is a name in small letters, such as lic.example.com",
    "url": "an address begins with http:// or https:// and has no spaces",
    "url_env": "a variable is 3 to 64 capital letters, digits and _",
}
"""Of what stands in `_checks.yaml`, by the last key."""
_BOUNDS: Final = {
    "ports": "between 1 and 65535",
    "port": "between 1 and 65535",
    "status": "between 100 and 599",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at `path`. `line` (from 1) is the line inside a text; `at_key` points at the key, not its value."""

    path: Path
    message: str
    line: int = 0
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class Reading(Generic[M]):
    """A model and the complaints about its file. `broken` names top-level keys whose values were left out."""

    model: M | None
    complaints: tuple[Complaint, ...]
    broken: frozenset[str | int] = frozenset()


def read_model(model: type[M], node: Node, fallback: Mapping[str, Plain]) -> Reading[M]:
    """Return the model of a file's node; `fallback` stands in for mandatory keys that are missing or broken."""
    if not isinstance(node, yaml_nodes.Mapping):
        return Reading(None, (Complaint((), f"expected keys and values, found {_kind(node)}"),))
    complaints: list[Complaint] = []
    values = {key: plain(value) for key, (_, value) in node.pairs.items()}
    if model is Article and isinstance(values.get("entries"), list):
        values["entries"] = [
            _fold_entry(entry, ("entries", place), complaints) for place, entry in enumerate(values["entries"])
        ]
    try:
        return Reading(model.model_validate(values), tuple(complaints))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True)
    complaints.extend(_complaint(model, node, detail) for detail in details if not _follows(detail, details))
    broken = frozenset(detail["loc"][0] for detail in details if detail["loc"])
    sound: dict[str, Plain] = {**fallback, **{key: value for key, value in values.items() if key not in broken}}
    try:
        salvaged = model.model_validate(sound)
    except ValidationError:
        salvaged = None
    return Reading(salvaged, tuple(complaints), broken)


def plain(node: Node) -> Plain:
    """Return a node as strings, lists and dicts."""
    match node:
        case Scalar():
            return node.text
        case yaml_nodes.Sequence():
            return [plain(item) for item in node.items]
        case yaml_nodes.Mapping():
            return {key: plain(value) for key, (_, value) in node.pairs.items()}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean …?)` for the nearest known word, or nothing where none is near."""
    found = process.extractOne(word.lower(), list(known), scorer=fuzz.ratio, score_cutoff=_SUGGEST_FROM)
    return f"; did you mean `{found[0]}`?" if found else ""


def locate(text: str, complaints: Iterable[Complaint]) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and message of each complaint about the file with this text."""
    root, _ = yaml_nodes.parse(text)
    for complaint in complaints:
        yield (*_spot(text, root, complaint), complaint.message)


def _spot(text: str, root: Node | None, complaint: Complaint) -> tuple[int, int]:
    if root is None:
        return 1, 1
    spot: Node = root
    key: Scalar | None = None
    for part in complaint.path:
        if isinstance(spot, yaml_nodes.Mapping) and str(part) in spot.pairs:
            key, spot = spot.pairs[str(part)]
        elif isinstance(spot, yaml_nodes.Sequence) and isinstance(part, int) and part < len(spot.items):
            key, spot = None, spot.items[part]
        elif part != "text":
            # An entry's texts stand beside its key, so the models' `text` is not in the file.
            break
    if complaint.at_key and key is not None:
        spot = key
    if complaint.line and isinstance(spot, Scalar) and spot.literal:
        leading = spot.text[: len(spot.text) - len(spot.text.lstrip())]
        line = spot.line + complaint.line + leading.count("\n")
        source = text.split("\n")[line - 1]
        return line, len(source) - len(source.lstrip()) + 1
    return spot.line, spot.col


def _fold_entry(entry: Plain, path: Path, complaints: list[Complaint]) -> Plain:
    if not isinstance(entry, dict):
        return entry
    folded: dict[str, Plain] = {}
    texts: dict[str, Plain] = {}
    for key, value in entry.items():
        if key == "key":
            folded[key] = value
        elif LANGUAGE.fullmatch(key):
            texts[key] = value
        else:
            message = f"unknown key `{key}`; an entry has `key` and one text for each language"
            complaints.append(Complaint((*path, key), message, at_key=True))
    return {**folded, "text": texts}


def _kind(node: Node | None) -> str:
    match node:
        case None:
            return "nothing"
        case Scalar(text=""):
            return "nothing"
        case Scalar():
            return f"the text `{_short(node.text)}`"
        case yaml_nodes.Sequence():
            return "a list"
        case yaml_nodes.Mapping():
            return "keys and values"


def _short(text: str) -> str:
    first = text.strip().partition("\n")[0]
    return first if len(first) <= 40 else f"{first[:39]}…"  # noqa: PLR2004 - as much as reads well in a line


def _complaint(model: type[BaseModel], node: Node, detail: ErrorDetails) -> Complaint:  # noqa: C901, PLR0911, PLR0912 - a table
    path = _path(model, detail["loc"])
    name = str(path[-1]) if path else ""
    context = detail.get("ctx", {})
    found = _kind(_at(node, path))
    match detail["type"]:
        case "extra_forbidden":
            owner = _owner(model, detail["loc"]) if len(path) > 1 else model
            known = [field.alias or name for name, field in owner.model_fields.items()]
            return Complaint(path, f"unknown key `{name}`{nearest(name, known)}", at_key=True)
        case "missing":
            return Complaint(path[:-1], f"the key `{name}` is missing")
        case "tuple_type" | "list_type":
            return Complaint(path, f"`{name}` is a list ([…] or lines with a dash), found {found}")
        case "dict_type" | "mapping_type" | "model_type" | "model_attributes_type":
            return Complaint(path, f"{_named(path)} is made of keys and values, found {found}")
        case "string_type":
            return Complaint(path, f"{_named(path)} is a text, found {found}")
        case "string_too_short":
            return Complaint(path, f"{_named(path)} is empty")
        case "too_short":
            return Complaint(path, f"`{name}` is empty; it needs at least {context['min_length']}")
        case "string_too_long":
            return Complaint(path, f"{_named(path)} is longer than {context['max_length']} characters")
        case "too_long":
            return Complaint(path, f"`{name}` has more than {context['max_length']} items")
        case "string_pattern_mismatch":
            rule = _PATTERNS.get(str(path[0])) or _LAST_PATTERNS.get(name) or f"it has to match {context['pattern']}"
            return Complaint(path, f"found {found}; {rule}")
        case "enum" | "literal_error":
            expected = str(context["expected"]).replace("'", "`")
            return Complaint(path, f"{_named(path)} is {expected}, found {found}")
        case "union_tag_not_found":
            return Complaint(path, "the key `kind` is missing")
        case "union_tag_invalid":
            kinds = str(context["expected_tags"]).replace("'", "`")
            return Complaint(
                (*path, "kind"), f"`kind` is one of {kinds}, found the text `{_short(str(context['tag']))}`"
            )
        case _ if name == "timeout":
            return Complaint(path, f"`timeout` is a number of seconds above 0, at most 15, found {found}")
        case "int_parsing" | "greater_than_equal" | "less_than_equal" | "int_type":
            bounds = next((_BOUNDS[part] for part in map(str, path) if part in _BOUNDS), "between 1 and 12")
            return Complaint(path, f"{_named(path)} is a whole number {bounds}, found {found}")
        case kind if kind.startswith("date"):
            return Complaint(path, f"`{name}` is a date such as 2026-11-22, found {found}")
        case _:
            return Complaint(path, f"{_named(path)}: {detail['msg']}, found {found}")


def _path(model: type[BaseModel], where: tuple[int | str, ...]) -> Path:
    """Return the way to what pydantic complains about; the kind of a check stands in its way, but not in the file."""
    tagged = model is ProductChecks and len(where) > 2 and where[0] == "checks"  # noqa: PLR2004 - checks, place, kind
    return tuple(part for place, part in enumerate(where) if part != "[key]" and not (tagged and place == 2))  # noqa: PLR2004 - as above


def _owner(model: type[BaseModel], where: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the model whose keys are meant where an unknown one stands."""
    if model is ProductChecks:
        return next((PARTS[str(part)] for part in reversed(where[:-1]) if str(part) in PARTS), model)
    return _NESTED.get(str(where[0]), model)


def _follows(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Tell whether a list is only called too short because its items were refused."""
    depth = len(detail["loc"])
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > depth and other["loc"][:depth] == detail["loc"] for other in details
    )


def _named(path: Path) -> str:
    words = [part for part in path if isinstance(part, str)]
    item = f"item {path[-1] + 1} of " if path and isinstance(path[-1], int) else ""
    return f"{item}`{'.'.join(words)}`"


def _at(node: Node, path: Path) -> Node | None:
    spot: Node = node
    for part in path:
        if isinstance(spot, yaml_nodes.Mapping) and str(part) in spot.pairs:
            spot = spot.pairs[str(part)][1]
        elif isinstance(spot, yaml_nodes.Sequence) and isinstance(part, int) and part < len(spot.items):
            spot = spot.items[part]
        elif part != "text":
            return None
    return spot
