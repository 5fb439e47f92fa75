"""JSON Schemas of the knowledge base's files in their YAML form, for editors that complete and check while typing.

Decides how the models of `article.py` look to an editor: languages as properties, an entry's texts beside its key,
codes also unquoted (the loader reads every scalar as a string). Whether a knowledge base is sound is `loader.py`'s to
say. `diagnost kb schema` prints and writes them; the copies under `kb/_schema/` are kept equal by a test.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from pydantic import BaseModel

from bot.kb.article import Article, KnowledgeBase, Product
from bot.kb.checks import ProductChecks

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
SCHEMA_FOLDER: Final = "_schema"
_DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_LANGUAGE: Final = "^[a-z]{2}$"


def schemas(languages: Sequence[str]) -> dict[str, dict[str, Json]]:
    """Return file name (`article.json`) to schema, for a knowledge base in these languages."""
    article = _from_model(Article, "An article", languages)
    required = article["required"]
    if isinstance(required, list):
        required.append("answer")
    return {
        "article.json": article,
        "product.json": _from_model(Product, "A product", languages),
        "checks.json": _from_model(ProductChecks, "Declared checks of a product", languages),
        "kb.json": _from_model(KnowledgeBase, "The head of a knowledge base", languages),
        "synonyms.json": _synonyms(),
    }


def write(directory: Path, languages: Sequence[str]) -> list[Path]:
    """Write all schemas into `directory`, which is made where it is missing; return the files."""
    directory.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, schema in schemas(languages).items():
        path = directory / name
        path.write_text(dumps(schema), encoding="utf-8")
        written.append(path)
    return written


def dumps(schema: Mapping[str, Json]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _from_model(model: type[BaseModel], title: str, languages: Sequence[str]) -> dict[str, Json]:
    made: Json = json.loads(json.dumps(model.model_json_schema(by_alias=True)))
    shaped = _shape(made, languages)
    if not isinstance(shaped, dict):
        raise TypeError(f"the schema of {model.__name__} is no object")
    return {"$schema": _DIALECT, **shaped, "title": title}


def _shape(node: Json, languages: Sequence[str]) -> Json:  # noqa: PLR0911 - one return for each shape
    """Turn pydantic's schema into the one of the YAML form."""
    if isinstance(node, list):
        return [_shape(item, languages) for item in node]
    if not isinstance(node, dict):
        return node
    # pydantic's titles only repeat the keys; a property may be called `title`, and then it is no text.
    named = {key: value for key, value in node.items() if key != "title" or not isinstance(value, str)}
    shaped = {key: _shape(value, languages) for key, value in named.items()}
    match shaped:
        case {"anyOf": [dict() as text, {"type": "null"}]}:
            # A key that may be left out; an empty one is a fault for the loader.
            return text
        case {"properties": {"key": dict(), "text": dict()}}:
            return _entry(languages)
        case {"type": "object", "additionalProperties": dict() as text}:
            shaped.pop("additionalProperties")
            return {**shaped, **_localised(text, languages)}
        case {"type": "string", "pattern": str()}:
            # An editor reads an unquoted 1058 as a number; for us it is the same text.
            return {**shaped, "type": ["string", "integer"]}
    return shaped


def _localised(text: dict[str, Json], languages: Sequence[str]) -> dict[str, Json]:
    # A list of phrases is empty by mistake only.
    shown: dict[str, Json] = {**text, "minItems": 1} if text.get("type") == "array" else text
    return {
        "properties": dict.fromkeys(languages, shown),
        "patternProperties": {_LANGUAGE: shown},
        "required": list(languages),
        "additionalProperties": False,
    }


def _entry(languages: Sequence[str]) -> dict[str, Json]:
    text: dict[str, Json] = {"type": "string", "minLength": 1}
    localised = _localised(text, languages)
    properties: dict[str, Json] = {"key": {"type": ["string", "integer"]}, **dict.fromkeys(languages, text)}
    return {
        **localised,
        "type": "object",
        "description": "One row of the article's table: its key, and a text for each language.",
        "properties": properties,
        "required": ["key", *languages],
    }


def _synonyms() -> dict[str, Json]:
    words: dict[str, Json] = {
        "type": "array",
        "description": "The words people use instead; each may stand in this file once.",
        "items": {"type": ["string", "integer"], "minLength": 1},
        "uniqueItems": True,
    }
    return {
        "$schema": _DIALECT,
        "title": "Synonyms",
        "description": "A word the articles use, and the words people use for it.",
        "type": "object",
        "additionalProperties": words,
    }
