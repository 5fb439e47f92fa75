"""The texts: both languages say the same things, every key that the code names exists, everything fits Telegram."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from hypothesis import given
from hypothesis import strategies as st

from bot import i18n
from bot.i18n import LANGUAGES, LOCALES, Html, UnknownTextError, keys, label, say
from bot.kb.markdown import utf16_length, visible_text
from bot.telegram.menu import CUSTOMER_COMMANDS

ROOT = Path(__file__).parents[2]


def messages(language: str) -> Iterator[ftl.Message]:
    for path in sorted((LOCALES / language).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ftl.Junk), f"{path.name}: {entry.content!r}"
            if isinstance(entry, ftl.Message):
                yield entry


def variables(node: object) -> set[str]:
    if isinstance(node, ftl.VariableReference):
        return {node.id.name}
    if isinstance(node, list):
        return set().union(*map(variables, node))
    if isinstance(node, ftl.BaseNode):
        return set().union(*(variables(value) for name, value in vars(node).items() if name != "span"))
    return set()


def variants(node: object) -> Iterator[str]:
    """Return the names of the variants that a text knows, in every selector of it."""
    if isinstance(node, ftl.SelectExpression):
        for variant in node.variants:
            yield getattr(variant.key, "name", None) or str(getattr(variant.key, "value", ""))
    if isinstance(node, list):
        for each in node:
            yield from variants(each)
    if isinstance(node, ftl.BaseNode):
        for name, value in vars(node).items():
            if name != "span":
                yield from variants(value)


def test_the_languages_have_the_same_keys_once_each_and_the_same_variables() -> None:
    described = {
        language: sorted((message.id.name, sorted(variables(message))) for message in messages(language))
        for language in LANGUAGES
    }
    assert described["ru"] == described["en"]
    names = [name for name, _ in described["ru"]]
    assert len(names) == len(set(names))
    assert keys("ru") == keys("en") == set(names)


def test_the_languages_choose_by_the_same_words() -> None:
    plurals = {"zero", "one", "two", "few", "many", "other"}
    english = {each.id.name: each for each in messages("en")}
    for russian in messages("ru"):
        theirs = set(variants(english[russian.id.name]))
        assert set(variants(russian)) - plurals == theirs - plurals, russian.id.name


def named_in_code() -> tuple[set[str], set[str]]:
    """Return the keys that the code names, and the beginnings of those that it puts together (`got-`)."""
    whole: set[str] = set()
    begun: set[str] = set()
    for folder in ("bot", "handlers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    whole.add(node.value)
                if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                    begun.add(str(node.values[0].value))
    return whole, begun


CALLS = {"text", "label", "say"}


def keys_asked_for() -> set[str]:
    """Return every literal key in a call of `text`, `label`, `say` and their kin."""
    found: set[str] = set()
    for folder in ("bot", "handlers"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name not in CALLS:
                    continue
                for argument in node.args[:2]:
                    for each in ast.walk(argument):
                        if isinstance(each, ast.Constant) and isinstance(each.value, str) and shaped(each.value):
                            found.add(each.value)
    return found


def shaped(text: str) -> bool:
    return re.fullmatch(r"[a-z]+(-[a-z]+)+", text) is not None


def test_every_key_that_the_code_asks_for_exists() -> None:
    asked = keys_asked_for()
    assert len(asked) > 40
    assert asked - keys("ru") == set()


def test_every_text_is_used() -> None:
    whole, begun = named_in_code()
    beginnings = tuple(each for each in begun if re.fullmatch(r"[a-z]+(-[a-z]+)*-", each))
    unused = {key for key in keys("ru") if key not in whole and not key.startswith(beginnings)}
    assert unused == set()


SAMPLE: dict[str, str | float] = {
    "near": 2,
    "count": 3,
    "score": "0.50",
    "reason": "asked",
    "verdict": "helped",
    "state": "new",
    "hours": 2,
}


def arguments(message: ftl.Message) -> dict[str, str | float]:
    return {name: SAMPLE.get(name, "<x> & y") for name in variables(message)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_sound_html_within_a_message(language: str) -> None:
    for message in messages(language):
        text = say(language, message.id.name, **arguments(message))
        assert 0 < utf16_length(visible_text(text)) <= 4096, message.id.name
        tags = re.findall(r"</?[a-z]+[^>]*>", text)
        opened = [tag for tag in tags if not tag.startswith("</")]
        assert len(tags) == 2 * len(opened), message.id.name
        assert set(tags) <= {"<b>", "</b>", "<code>", "</code>", "<pre>", "</pre>", "<i>", "</i>"}, message.id.name
        assert "{" not in text, message.id.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_and_the_descriptions_fit(language: str) -> None:
    assert len(label(language, "bot-description")) <= 512
    assert len(label(language, "bot-short-description")) <= 120
    for command in CUSTOMER_COMMANDS:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command)
        assert 1 <= len(label(language, f"command-{command}")) <= 256


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_and_buttons_fit_and_hold_no_html(language: str) -> None:
    for message in messages(language):
        key = message.id.name
        if key.endswith(("-toast", "-button")):
            assert utf16_length(label(language, key, **arguments(message))) <= 200, key
        if key.startswith("btn-"):
            assert utf16_length(label(language, key, **arguments(message))) <= 60, key
        if key.startswith(("btn-", "command-", "bot-")) or key.endswith(("-toast", "-button")):
            assert (
                re.search(r"</?[a-z]|&[a-z]+;", label(language, key, **dict.fromkeys(variables(message), "x"))) is None
            )


@given(
    st.text(st.sampled_from("ab<>& \ue000\ue0010123{}$\n"), max_size=30),
    st.text(st.sampled_from("ы<\ue000\ue001019"), max_size=12),
)
def test_arguments_come_through_whole_whatever_they_hold(one: str, other: str) -> None:
    for name, text in ((one, other * 300), (one * 100, other), (one * 100, other * 300)):
        shown = say("ru", "card-number", square="🟪", number=name, name=text)
        assert visible_text(shown) == f"🟪 #{name} {text}"


def test_html_is_not_escaped_twice() -> None:
    assert say("en", "handover-twice", then=Html("<b>x</b>")).endswith("<b>x</b>")
    assert say("en", "handover-twice", then="<b>x</b>").endswith("&lt;b&gt;x&lt;/b&gt;")
    assert label("en", "btn-article", title="<b> & co") == "📄 <b> & co"


def test_a_missing_key_and_a_missing_argument_are_defects_that_raise() -> None:
    with pytest.raises(UnknownTextError, match="ru: no-such-key"):
        say("ru", "no-such-key")
    with pytest.raises(UnknownTextError, match="ru: card-number"):
        say("ru", "card-number")


def test_client_languages() -> None:
    chosen = {code: i18n.client_language(code, "en") for code in ("ru", "RU", "be", "en-GB", "de", "", None)}
    assert chosen == {"ru": "ru", "RU": "ru", "be": "ru", "en-GB": "en", "de": "en", "": "en", None: "en"}
