"""The template of a new article."""

import pytest

from bot.kb.loader import load
from bot.kb.template import article_template, place
from tests.kb.kb_folder import KbFolder


@pytest.mark.parametrize("languages", [("ru", "en"), ("en",), ("de", "ru")])
def test_the_template_is_sound_as_it_stands(kb: KbFolder, languages: tuple[str, ...]) -> None:
    kb.write("_kb.yaml", f"name: T\nlanguages: [{', '.join(languages)}]\ndefault: {languages[0]}\n")
    kb.write("acme/_product.yaml", "id: acme\nnames: {ru: А, en: A, de: A}\n")
    (kb.root / "acme/acme-1.yaml").unlink()
    kb.write("acme/acme-new.yaml", article_template("acme-new", "acme", "2026-11-22", languages))
    article = load(kb.root).articles["acme-new"]
    assert tuple(article.title) == languages
    assert all(title.startswith("TODO") for title in article.title.values())


def test_it_names_the_schema_first_and_every_key() -> None:
    text = article_template("acme-new", "acme", "2026-11-22", ("en",))
    assert text.startswith("# yaml-language-server: $schema=../_schema/article.json\n")
    keys = [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()]
    assert keys == [
        "id", "product", "confidence", "source", "updated", "codes", "numbers", "tags", "title", "symptoms", "answer",
        "entries", "steps", "checks", "related", "audience", "status",
    ]  # fmt: skip


def test_where_a_new_article_goes(kb: KbFolder) -> None:
    kb.write("acme-pro/_product.yaml", "x")
    assert place(kb.root, "acme-2", None) == ("acme", kb.root / "acme/acme-2.yaml")
    assert place(kb.root, "acme-pro-2", None) == ("acme-pro", kb.root / "acme-pro/acme-pro-2.yaml")
    assert place(kb.root, "hello", None) == ("general", kb.root / "general/hello.yaml")
    assert place(kb.root, "hello", "acme") == ("acme", kb.root / "acme/hello.yaml")
    with pytest.raises(LookupError, match="there is no product `nope`; there are acme, acme-pro"):
        place(kb.root, "hello", "nope")
