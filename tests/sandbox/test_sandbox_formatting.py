import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import Entity, as_html, utf16_length
from bot.sandbox.formatting import styled
from bot.sandbox.html_text import parse_html
from bot.sandbox.wire import Refused


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("ключ <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ж<b>x</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("x < y", 'Unsupported start tag "" at byte offset 2'),
        ("<script>", 'Unsupported start tag "script" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ],
)
def test_html_outside_the_subset_is_refused_at_its_byte(html: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_html(html)
    assert caught.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>a<i>b</i></b>", "ab", (Entity("bold", 0, 2), Entity("italic", 1, 1))),
        (
            '<a href="https://a.example/?x=1&amp;y=2">l</a>',
            "l",
            (Entity("text_link", 0, 1, "https://a.example/?x=1&y=2"),),
        ),
        ('<pre><code class="language-sh">ls</code></pre>', "ls", (Entity("pre", 0, 2, language="sh"),)),
        ("<code>x</code>", "x", (Entity("code", 0, 1),)),
        ("<blockquote expandable>q</blockquote>", "q", (Entity("expandable_blockquote", 0, 1),)),
        ("a &lt;b&gt; &#1078; &#x1F600; &nbsp; & c", "a <b> ж 😀 &nbsp; & c", ()),
        ("<b></b>x", "x", ()),
        ("<B>x</B>", "x", (Entity("bold", 0, 1),)),
    ],
)
def test_html_that_telegram_understands(html: str, text: str, entities: tuple[Entity, ...]) -> None:
    read = parse_html(html)
    assert (read.text, read.entities) == (text, entities)


def test_blank_edges_are_cut_and_entities_move() -> None:
    found = styled("\n <b>x</b> \n", "HTML", None)
    assert (found.text, found.entities) == ("x", (Entity("bold", 0, 1),))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    read = parse_html(escaped)
    assert read.text == text
    assert as_html(read) == escaped


@given(st.text(alphabet="<>/ab=\"' &;#x1😀\n"))
def test_any_text_is_read_or_refused(html: str) -> None:
    try:
        read = parse_html(html)
    except Refused:
        return
    assert all(e.offset + e.length <= utf16_length(read.text) for e in read.entities)
