"""Loading a directory: what comes out, and every fault with its place."""
# ruff: noqa: E501 - a row of a table, change and fault, is read as one line

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.kb.article import Article
from bot.kb.faults import Fault, KnowledgeBaseFaults
from bot.kb.loader import load
from tests.kb.kb_folder import ARTICLE, KbFolder


def test_a_sound_directory(kb: KbFolder) -> None:
    kb.article(
        "acme-2",
        ("codes: []", 'codes: [007, "1011-1014"]'),
        more="related: [acme-1]\nentries: [{key: 48, ru: да, en: yes}]\n",
    )
    kb.write("_synonyms.yaml", "лицензия: [лицуха, Ключик]\n")
    kb.write("_desk.yaml", "zone: UTC\nroles: {staff: [7, 8]}\n")
    kb.write("_replies/hello.yaml", "- hello\n")
    kb.write("_schema/article.json", "{}")
    kb.write("general/hi.yaml", ARTICLE.format(id="hi").replace("product: acme", "product: general"))
    library = load(kb.root)
    assert list(library.articles) == ["acme-1", "acme-2", "hi"]
    assert library.articles["acme-2"].codes == ("007", "1011-1014")
    assert library.articles["acme-2"].entries[0].key == "48"
    assert library.articles["acme-2"].entries[0].text == {"ru": "да", "en": "yes"}
    assert library.products["acme"].aliases == ("акмешка",)
    assert library.synonyms == {"лицуха": "лицензия", "ключик": "лицензия"}
    assert library.head.languages == ("ru", "en")
    assert library.desk.roles.staff == (7, 8)


def test_rules_of_the_desk_that_are_wrong_are_named(kb: KbFolder) -> None:
    kb.write("_desk.yaml", "roles:\n  staff: [7, Ira]\n")
    with pytest.raises(KnowledgeBaseFaults) as caught:
        load(kb.root)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("_desk.yaml", 2)


def test_the_revision_tells_contents_and_names(kb: KbFolder) -> None:
    first = load(kb.root).revision
    assert first == load(kb.root).revision
    assert first.startswith("sha256:")
    path = kb.article("acme-1", ("Restart it.", "Restart it!"))
    assert load(kb.root).revision != first
    path.write_text(ARTICLE.format(id="acme-1"))
    assert load(kb.root).revision == first


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("codes: []", "kodes: []"), "5:1: unknown key `kodes`; did you mean `codes`?"),
        (("codes: []", "qqqqqq: 1"), "5:1: unknown key `qqqqqq`"),
        (("updated: 2026-11-22\n", ""), "1:1: the key `updated` is missing"),
        (("2026-11-22", "22.11.2026"), "3:10: `updated` is a date such as 2026-11-22, found the text `22.11.2026`"),
        (("2026-11-22", "1700006400"), "3:10: `updated` is a date such as 2026-11-22, found the text `1700006400`"),
        (("2026-11-22", "2026-02-30"), "3:10: `updated` is a date such as 2026-11-22, found the text `2026-02-30`"),
        (("codes: []", "codes: 1058"), "5:8: `codes` is a list ([…] or lines with a dash), found the text `1058`"),
        (("codes: []", "codes:"), "5:7: `codes` is a list ([…] or lines with a dash), found nothing"),
        (("codes: []", "codes: [10-58-1]"), "5:9: found the text `10-58-1`; a code is 1 to 12 digits or capital Latin letters, a range looks like 1011-1014"),
        (("codes: []", "codes: [1014-1011]"), "5:9: the range `1014-1011` runs backwards; write 1011-1014"),
        (("codes: []", "codes: [1-999999999999]"), "5:9: the range `1-999999999999` stands for more than 1000 codes"),
        (("codes: []", "codes: [1011-1014, 1012]"), "5:20: the code `1012` of this product already stands earlier in this list"),
        (("codes: []", "status: offf"), "5:9: `status` is `live`, `shadow` or `off`, found the text `offf`"),
        (("id: acme-1", "id: acme-2"), "1:5: the id `acme-2` differs from the file's name `acme-1`"),
        (("product: acme", "product: emca"), "2:10: the product `emca` differs from the folder `acme`"),
        (("  en: A title\n", ""), "6:1: the language `en` is missing in `title`"),
        (("  en: A title\n", "  eng: A title\n"), "8:3: `eng` is not a language (two lower-case letters); did you mean `en`?"),
        (("title:\n  ru: Заголовок\n  en: A title", "title: Заголовок"), "6:8: `title` is made of keys and values, found the text `Заголовок`"),
        (("A title", '""'), "8:7: `title.en` is empty"),
        (("A title", "[a]"), "8:7: `title.en` is a text, found a list"),
        (("[does not work]", "[]"), "11:7: no symptom here; write the way people ask for this article"),
        (("[does not work]", "does not work"), "11:7: `en` is a list ([…] or lines with a dash), found the text `does not work`"),
        (("  en: [does not work]\n", ""), "9:1: the language `en` is missing in `symptoms`"),
        (("  en: Restart it.\n", ""), "12:1: the language `en` is missing in `answer`"),
        (("Restart it.", "a <b>b</b>"), "14:7: HTML (<b>) is not supported; write `\\<` for the character itself"),
        (("Restart it.", "|\n    one\n\n    ![x](y)"), "17:5: an image is not supported; write a link"),
        (("Restart it.", "|\n\n    ![x](y)"), "16:5: an image is not supported; write a link"),
        (("Restart it.", "x" * 3794), "14:7: title and text together have 3801 characters; one message holds 3800"),
        (("codes: []", "related: [acme-1]"), "5:11: the article leads to itself"),
        (("codes: []", "related: [acme-11]"), "5:11: there is no article `acme-11`; did you mean `acme-1`?"),
        (("codes: []", "checks: [ping]"), "5:10: the check `ping` is not declared in acme/_checks.yaml"),
        (("codes: []", "entries: [{key: 1, ru: a, en: b}, {key: 1, ru: a, en: b}]"), "5:41: the entry `1` stands here twice"),
        (("codes: []", "entries: [{key: 1, ru: a}]"), "5:11: the language `en` is missing in item 1 of `entries`"),
        (("codes: []", "entries: [{key: 1, ru: a, en: b, text: c}]"), "5:34: unknown key `text`; an entry has `key` and one text for each language"),
        (("codes: []", "entries: [{ru: a, en: b}]"), "5:11: the key `key` is missing"),
        (("codes: []", "entries: [{key: 1, ru: a, en: <br>}]"), "5:31: HTML (<br>) is not supported; write `\\<` for the character itself"),
        (("codes: []", "numbers: [{kind: feature, values: [1, 2, 1]}]"), "5:42: the feature `1` stands here twice"),
        (("codes: []", "numbers: [{kind: feature, value: [1]}]"), "5:27: unknown key `value`; did you mean `values`?"),
    ],
)  # fmt: skip
def test_one_fault_of_an_article(kb: KbFolder, change: tuple[str, str], fault: str) -> None:
    kb.article("acme-1", change)
    assert f"acme/acme-1.yaml:{fault}" in kb.faults()


@pytest.mark.parametrize(
    ("text", "fits"),
    [("x" * 3793, True), ("😀" * 1896 + "x", True), ("😀" * 1897, False), ("**" + "x" * 3793 + "**", True)],
)
def test_length_counts_what_telegram_counts(kb: KbFolder, text: str, fits: bool) -> None:
    kb.article("acme-1", ("Restart it.", f'"{text}"'))
    assert (kb.faults() == []) is fits


_STEPS = """\
steps:
  - {id: one, text: {ru: а, en: a}, on_success: %s, on_failure: two}
  - {id: two, text: {ru: а, en: a}, on_success: one, on_failure: %s}
"""


@pytest.mark.parametrize(
    ("success", "failure", "faults"),
    [
        ("end", "person", []),
        ("two", "acme-2", []),
        ("two", "one", ["16:5: no way leads out of the step `one`: let one of its loop end, or go to a person", "17:5: no way leads out of the step `two`: let one of its loop end, or go to a person"]),
        ("nowhere", "person", ["16:49: `nowhere` is no step, article, `end` or `person`"]),
        ("end", "acme-1", ["17:66: the article leads to itself"]),
        ("end", "acme-3", ["17:66: the article `acme-3` is switched off (status: off)"]),
    ],
)  # fmt: skip
def test_steps_lead_somewhere(kb: KbFolder, success: str, failure: str, faults: list[str]) -> None:
    kb.article("acme-1", more=_STEPS % (success, failure))
    kb.article("acme-2")
    kb.article("acme-3", more="status: off\n")
    assert kb.faults() == [f"acme/acme-1.yaml:{fault}" for fault in faults]


_CHECKS = """\
checks:
  - {id: ping-host, kind: tcp, host: lic.example.com, port: 443, title: {ru: Порт, en: Port}}
"""


def test_a_step_that_stands_twice_and_an_unknown_check(kb: KbFolder) -> None:
    kb.write("acme/_checks.yaml", _CHECKS)
    kb.article(
        "acme-1",
        more="steps:\n- {id: a, text: {ru: а, en: a}, check: ping-hots}\n- {id: a, text: {ru: а, en: a}, check: ping-host}\n",
    )
    assert kb.faults() == [
        "acme/acme-1.yaml:16:40: the check `ping-hots` is not declared in acme/_checks.yaml; did you mean `ping-host`?",
        "acme/acme-1.yaml:17:8: the step `a` stands here twice",
    ]


def test_ids_and_codes_stand_once(kb: KbFolder) -> None:
    kb.article("acme-1", ("codes: []", "codes: [1011-1014]"))
    kb.article("acme-2", ("codes: []", "codes: [5, 1012]"))
    kb.write("zeta/_product.yaml", "id: zeta\nnames: {ru: З, en: Z}\n")
    kb.write(
        "zeta/acme-1.yaml",
        ARTICLE.format(id="acme-1").replace("product: acme", "product: zeta").replace("codes: []", "codes: [5]"),
    )
    assert kb.faults() == [
        "acme/acme-2.yaml:5:12: the code `1012` of this product already stands in acme/acme-1.yaml",
        "zeta/acme-1.yaml:1:5: the id `acme-1` is already taken by acme/acme-1.yaml",
    ]


def test_products(kb: KbFolder) -> None:
    kb.write(
        "acme/_product.yaml",
        "id: akme\nnames: {ru: Акме}\naliases: [акмешка, Акмешка]\nhosts: [{name: a.ru, ports: [70000]}]\n",
    )
    kb.write("zeta/_product.yaml", "id: zeta\nnames: {ru: З, en: Z}\naliases: [акме]\nkey_format: []\n")
    kb.write("bare/bare-1.yaml", ARTICLE.format(id="bare-1").replace("product: acme", "product: bare"))
    assert kb.faults() == [
        "acme/_product.yaml:1:5: the id `akme` differs from the folder `acme`",
        "acme/_product.yaml:2:1: the language `en` is missing in `names`",
        "acme/_product.yaml:3:20: the alias `Акмешка` is already used in acme/_product.yaml",
        "acme/_product.yaml:4:30: item 1 of `hosts.ports` is a whole number between 1 and 65535, found the text `70000`",
        "bare/_product.yaml:1:1: this file is missing; it names the product of this folder",
        "zeta/_product.yaml:3:11: the alias `акме` is already used in acme/_product.yaml",
        "zeta/_product.yaml:4:1: unknown key `key_format`; did you mean `key_formats`?",
    ]


def test_synonyms(kb: KbFolder) -> None:
    kb.write("_synonyms.yaml", "ключ: [ключик, Ключ]\nлицензия: [лицуха, КЛЮЧИК]\nтелефон: труба\nкасса: [[a]]\n")
    assert kb.faults() == [
        "_synonyms.yaml:1:16: `Ключ` is the article's word itself",
        "_synonyms.yaml:2:20: `КЛЮЧИК` already stands for `ключ`",
        "_synonyms.yaml:3:10: `телефон` needs a list of words ([…])",
        "_synonyms.yaml:4:9: a synonym is a word",
    ]


def test_stray_files_are_faults_and_droppings_are_not(kb: KbFolder) -> None:
    for name in (
        ".DS_Store",
        "acme/.acme-1.yaml.swp",
        "acme/acme-1.yaml~",
        "acme/4913",
        "acme/#acme-1.yaml#",
        "x.swp",
        ".git/x",
    ):
        kb.write(name, "x")
    assert kb.faults() == []
    for name in (
        "notes.txt",
        "acme/a.yml",
        "acme/pic.png",
        "acme/_stray.yaml",
        "acme/deep/x.yaml",
        "Bad_Name/x.yaml",
        "_replies/x.txt",
    ):
        kb.write(name, "x")
    assert kb.faults() == [
        "Bad_Name:1:1: this folder does not belong here; a product's folder is lower-case words joined by hyphens",
        "_replies/x.txt:1:1: this file does not belong here; only .yaml files do",
        "acme/_stray.yaml:1:1: names that begin with _ are reserved; here for _checks.yaml, _product.yaml",
        "acme/a.yml:1:1: the file's name ends in .yml; rename it to .yaml",
        "acme/deep:1:1: a folder inside a folder does not belong here",
        "acme/pic.png:1:1: this file does not belong here; only .yaml files do",
        "notes.txt:1:1: this file does not belong here; the top holds _desk.yaml, _kb.yaml, _synonyms.yaml",
    ]


def test_all_faults_of_all_files_at_once(kb: KbFolder) -> None:
    kb.article("acme-1", ("codes: []", "kodes: []"), ("  en: A title\n", ""), ("Restart it.", "<br>"))
    kb.article("acme-2", ("codes: []", "related: [acme-1, acme-3, acme-4]"), ("2026-11-22", "soon"))
    kb.write("acme/acme-3.yaml", "id: [")
    kb.write("acme/acme-5.yaml", b"id: \xff")
    kb.write("acme/acme-6.yaml", "")
    kb.write("acme/acme-7.yaml", "- a list\n")
    kb.write("acme/acme-8.yaml", "a:\n\t- b\n")
    assert kb.faults() == [
        "acme/acme-1.yaml:5:1: unknown key `kodes`; did you mean `codes`?",
        "acme/acme-1.yaml:6:1: the language `en` is missing in `title`",
        "acme/acme-1.yaml:13:7: HTML (<br>) is not supported; write `\\<` for the character itself",
        "acme/acme-2.yaml:3:10: `updated` is a date such as 2026-11-22, found the text `soon`",
        "acme/acme-2.yaml:5:27: there is no article `acme-4`; did you mean `acme-1`?",
        "acme/acme-3.yaml:2:1: not YAML: while parsing a flow node, did not find expected node content",
        "acme/acme-5.yaml:1:1: not UTF-8: byte 0xff at offset 4; save the file as UTF-8",
        "acme/acme-6.yaml:1:1: the file is empty",
        "acme/acme-7.yaml:1:1: expected keys and values, found a list",
        "acme/acme-8.yaml:2:1: tab in the indentation; use spaces",
    ]


def test_a_large_file_is_refused_by_its_size(kb: KbFolder) -> None:
    with (kb.root / "acme/acme-9.yaml").open("wb") as file:
        file.truncate(10_000_000)
    assert kb.faults() == ["acme/acme-9.yaml:1:1: the file has 10000000 bytes; at most 1000000 are read"]


@pytest.mark.parametrize(
    ("head", "faults"),
    [
        ("name: T\nlanguages: [ru]\ndefault: en\n", ["_kb.yaml:3:10: `en` is not among `languages`"]),
        ("name: T\nlanguages: [ru, ru]\ndefault: ru\n", ["_kb.yaml:2:12: `ru` is listed twice"]),
        ("name: T\nlanguages: [rus]\ndefault: ru\n", ["_kb.yaml:2:13: found the text `rus`; a language is two lower-case letters, such as ru"]),
        ("name: T\nlanguages: []\ndefault: ru\n", ["_kb.yaml:2:12: `languages` is empty; it needs at least 1"]),
        ("languages: [ru]\ndefault: ru\nkind: matching\n", ["_kb.yaml:1:1: the key `name` is missing", "_kb.yaml:3:7: `kind` is `complete` or `matching-only`, found the text `matching`"]),
    ],
)  # fmt: skip
def test_the_head(kb: KbFolder, head: str, faults: list[str]) -> None:
    kb.write("_kb.yaml", head)
    assert kb.faults() == faults


def test_no_head_no_files_no_directory(kb: KbFolder, tmp_path: Path) -> None:
    (kb.root / "_kb.yaml").unlink()
    assert kb.faults() == ["_kb.yaml:1:1: this file is missing; it names the languages"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(KnowledgeBaseFaults) as caught:
        load(empty)
    assert caught.value.faults == (
        Fault(".", 1, 1, f"the directory {empty} is empty; a knowledge base begins with _kb.yaml"),
    )
    with pytest.raises(KnowledgeBaseFaults, match="there is no directory"):
        load(tmp_path / "none")
    with pytest.raises(KnowledgeBaseFaults, match="cannot be read: Not a directory"):
        load(kb.root / "acme/acme-1.yaml")


def test_only_listed_languages_are_mandatory_and_more_are_welcome(kb: KbFolder) -> None:
    kb.write("_kb.yaml", "name: T\nlanguages: [en]\ndefault: en\n")
    assert kb.faults() == []


def test_a_matching_only_knowledge_base_needs_no_answers(kb: KbFolder) -> None:
    path = kb.article("acme-1")
    path.write_text(ARTICLE.format(id="acme-1").partition("answer:")[0])
    assert kb.faults() == ["acme/acme-1.yaml:1:1: the language `ru` is missing in `answer`", "acme/acme-1.yaml:1:1: the language `en` is missing in `answer`"][::-1]  # fmt: skip
    kb.write("_kb.yaml", "name: T\nlanguages: [ru, en]\ndefault: ru\nkind: matching-only\n")
    assert kb.faults() == []


def test_a_dangling_link_is_a_fault(kb: KbFolder) -> None:
    (kb.root / "acme/acme-2.yaml").symlink_to(kb.root / "gone")
    assert kb.faults() == ["acme/acme-2.yaml:1:1: the file cannot be read: No such file or directory"]


def test_a_pipe_does_not_hang_the_loading(kb: KbFolder) -> None:
    os.mkfifo(kb.root / "acme/acme-2.yaml")
    assert kb.faults() == ["acme/acme-2.yaml:1:1: this is no file that can be read"]


_PLAIN = st.recursive(
    st.sampled_from(["", "x", "1058", "1-9", "ru", "end", "acme-1", "<b>", "2026-11-22", "70000"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["ru", "en", "key", "text", "id", "kind", "values", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_ARTICLE_KEYS = st.sampled_from([*Article.model_fields, "copy", "oops"])


@given(st.dictionaries(_ARTICLE_KEYS, _PLAIN, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_whatever_an_article_holds_is_loaded_or_told_in_words(kb: KbFolder, article: dict[str, object]) -> None:
    text = json.dumps({"id": "acme-1", "product": "acme", **article}, ensure_ascii=False, indent=1)
    kb.write("acme/acme-1.yaml", text)
    for fault in kb.found():
        assert 1 <= fault.line <= text.count("\n") + 1
        assert fault.file == "acme/acme-1.yaml"
        assert "Input should" not in fault.message


def test_two_thousand_articles_load_in_seconds(kb: KbFolder) -> None:
    kb.write("_kb.yaml", "name: T\nlanguages: [ru, en]\ndefault: ru\nkind: matching-only\n")
    for number in range(2000):
        kb.article(f"acme-{number}")
    start = time.perf_counter()
    assert len(load(kb.root).articles) == 2000
    assert time.perf_counter() - start < 10
