"""The Markdown subset, its rendering for Telegram and its faults."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.kb.markdown import TAGS, faults, to_html, utf16_length, visible_text


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("a\nb", "a b"),
        ("a  \nb\\\nc", "a\nb\nc"),
        ("a\n\n\nb", "a\n\nb"),
        ("**b** *i* ***bi***", "<b>b</b> <i>i</i> <i><b>bi</b></i>"),
        ("snake_case_name", "snake_case_name"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("**x `c` y**", "<b>x </b><code>c</code><b> y</b>"),
        ("# Head **x**\ntext", "<b>Head x</b>\n\ntext"),
        ("```sh\nping -c 4 <host>\n```", "<pre>ping -c 4 &lt;host&gt;</pre>"),
        ("1. a\n2. b\n   - c\n   - d\n3. e", "1. a\n2. b\n    • c\n    • d\n3. e"),
        ("text\n- a\n- b\n\nafter", "text\n\n• a\n• b\n\nafter"),
        ("5. five\n6. six", "5. five\n6. six"),
        ("> one\n> two", "<blockquote>one two</blockquote>"),
        ("[t](https://a.ru/?x=1&y=2)", '<a href="https://a.ru/?x=1&amp;y=2">t</a>'),
        ('[t](https://a.ru/"x)', '<a href="https://a.ru/%22x">t</a>'),
        (
            "[write](mailto:a@b.ru) [tg](tg://resolve?domain=x)",
            '<a href="mailto:a@b.ru">write</a> <a href="tg://resolve?domain=x">tg</a>',
        ),
        ("[**b** `c`](https://a.ru)", '<a href="https://a.ru"><b>b</b> c</a>'),
        (
            "`<config>` <config> & key &amp; \\<b\\>",
            "<code>&lt;config&gt;</code> &lt;config&gt; &amp; key &amp;amp; &lt;b&gt;",
        ),
        ("'\"", "'&quot;"),
    ],
)
def test_rendering(text: str, rendered: str) -> None:
    assert to_html(text) == rendered
    assert faults(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "a\n\n| a | b |\n|---|---|\n| 1 | 2 |",
            [(3, "a table is not supported; write a list, or rows under `entries`")],
        ),
        ("a\nb <b>x", [(2, "HTML (<b>) is not supported; write `\\<` for the character itself")]),
        ("a<br/>", [(1, "HTML (<br>) is not supported; write `\\<` for the character itself")]),
        ("<!-- note -->", [(1, "HTML (<!--) is not supported; write `\\<` for the character itself")]),
        ("x\n\n![i](https://a.ru/i.png)", [(3, "an image is not supported; write a link")]),
        ("~~x~~", [(1, "~~strikethrough~~ is not supported")]),
        ("a\n\n---\nb", [(3, "a ruled line is not supported; leave an empty line instead")]),
        ("- a\n  - b\n    - c", [(3, "a list inside a list inside a list; one level of nesting is shown")]),
        ("> > a", [(1, "a quote inside a quote; Telegram shows one level")]),
        ("x\n\n```\ncode", [(3, "the code block is not closed; end it with ```")]),
        ("[x](javascript:1)", [(1, "a link to `javascript:1`: an address begins with one of http, https, tg, mailto")]),
        ("[x](https://)", [(1, "a link to `https://`: an address begins with one of http, https, tg, mailto")]),
        ("[](https://a.ru)", [(1, "a link without a text")]),
    ],
)
def test_faults_name_the_line(text: str, found: list[tuple[int, str]]) -> None:
    assert list(faults(text)) == found


def test_code_is_not_looked_into() -> None:
    assert faults("`<b>` `![x](y)`\n\n```\n| a |\n|---|\n<b>\n```") == ()


def test_lengths_are_telegrams() -> None:
    assert utf16_length("aё😀") == 4
    assert visible_text('<b>a</b> &lt;x&gt; <a href="https://x">&amp;</a>') == "a <x> &"


_TAG = re.compile(r'</?([a-z]+)(?: href="[^"<>]*")?>')


def _assert_sound(rendered: str) -> None:
    stack: list[str] = []
    for found in _TAG.finditer(rendered):
        name = found.group(1)
        assert name in TAGS
        if found.group().startswith("</"):
            assert stack.pop() == name
        else:
            assert name not in stack
            assert not {"code", "pre"} & set(stack)
            stack.append(name)
    assert stack == []
    rest = _TAG.sub("", rendered)
    assert "<" not in rest
    assert ">" not in rest
    assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt|quot);)*", rest)


@given(st.text())
@example("*a **b** c*")
def test_any_text_renders_soundly(text: str) -> None:
    _assert_sound(to_html(text))
    faults(text)


_PIECES = (
    "**", "*", "`", "```", "\n", "\n\n", "  ", "- ", "1. ", "> ", "# ", "[x](https://a.ru)", "[", "](tg://x)", "<b>",
    "<config", ">", "&", "&lt;", '"', "~~", "![", "|", "---", "слово", "\\", "_", "    ",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_any_markup_renders_soundly(text: str) -> None:
    _assert_sound(to_html(text))
    faults(text)


@given(st.text(alphabet="абвx<>&\"' ;", min_size=1).filter(lambda text: text.strip() == text))
def test_plain_text_is_escaped_exactly_once(text: str) -> None:
    assert visible_text(to_html(text.replace("<", "\\<").replace(">", "\\>"))) == text
