"""The JSON Schemas: committed ones are the generated ones, and they know the YAML form."""

from pathlib import Path

from bot.kb import DEFAULT_KB
from bot.kb.schema import dumps, schemas, write


def test_the_committed_schemas_are_the_generated_ones() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in (DEFAULT_KB / "_schema").glob("*")}
    assert committed == {name: dumps(schema) for name, schema in schemas(("ru", "en")).items()}


def test_languages_are_properties() -> None:
    article = schemas(("ru", "en"))["article.json"]
    match article:
        case {"properties": {"title": {"properties": title, "required": required, "additionalProperties": False}}}:
            assert title == {"ru": {"minLength": 1, "type": "string"}, "en": {"minLength": 1, "type": "string"}}
            assert required == ["ru", "en"]
        case _:
            raise AssertionError(article)


def test_an_entry_has_its_texts_beside_its_key() -> None:
    match schemas(("ru",))["article.json"]:
        case {"$defs": {"Entry": {"properties": properties, "required": required}}}:
            assert properties == {
                "key": {"type": ["string", "integer"]},
                "ru": {"type": "string", "minLength": 1},
            }
            assert required == ["key", "ru"]
        case other:
            raise AssertionError(other)


def test_mandatory_keys_of_an_article() -> None:
    assert schemas(("ru",))["article.json"]["required"] == ["id", "product", "updated", "title", "symptoms", "answer"]


def test_an_optional_key_is_no_null_and_an_unquoted_code_is_fine() -> None:
    match schemas(("ru",))["article.json"]:
        case {"$defs": {"Step": {"properties": {"check": check}}}, "properties": {"codes": {"items": code}}}:
            assert check == {"minLength": 1, "type": "string"}
            assert code == {"pattern": "^[0-9A-Z]{1,12}(-[0-9A-Z]{1,12})?$", "type": ["string", "integer"]}
        case other:
            raise AssertionError(other)


def test_writing(tmp_path: Path) -> None:
    written = write(tmp_path / "deep/er", ("en",))
    assert [path.name for path in written] == [
        "article.json", "product.json", "checks.json", "kb.json", "synonyms.json",
    ]  # fmt: skip
    assert (
        written[0].read_text(encoding="utf-8").startswith('{\n  "$schema": "http://json-schema.org/draft-07/schema#"')
    )
