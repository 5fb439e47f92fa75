import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversations.events import Line, Story, Unsure
from bot.i18n import Html
from bot.kb.article import KnowledgeBase
from bot.kb.library import Library
from bot.kb.markdown import utf16_length, visible_text
from bot.telegram.render import MESSAGE_UNITS, cut, fits, history_chunks, pieces, shorten, ticket_card
from bot.tickets.ticket import State, Ticket

LIBRARY = Library(KnowledgeBase(name="x", languages=("ru", "en"), default="ru"), {}, {}, "sha256:0")

FOREIGN = st.text(st.sampled_from("<>&;\"'\n\t 😀ы/bpre{}$\ue000\ue001\u202e0"), max_size=40).map(lambda s: s * 20)
LINES = st.lists(st.builds(Line, st.sampled_from(["in", "out"]), st.just("text"), FOREIGN, st.just(0.0)), max_size=20)
IDS = st.lists(st.text(st.sampled_from("ab<-&"), min_size=1, max_size=48), unique=True, max_size=12)


class Balance(HTMLParser):
    """Fails on a tag that Telegram would refuse: one not of its list, not closed, or closed in the wrong order."""

    ALLOWED = frozenset({"b", "i", "code", "pre", "a", "blockquote", "u", "s"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        assert tag in self.ALLOWED, tag
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def balanced(text: str) -> bool:
    parser = Balance()
    parser.feed(text)
    parser.close()
    return parser.open == []


@st.composite
def stories(draw: st.DrawFn) -> Story:
    shown = tuple(draw(IDS))
    return Story(
        tuple(draw(LINES)),
        shown,
        dict.fromkeys(shown[::2], 0.5),
        tuple(draw(IDS)),
        dict.fromkeys(shown[::3], "not_helped"),
        tuple(draw(IDS)),
        tuple(Unsure("unsure", ((article_id, 0.25),)) for article_id in draw(IDS)),
    )


def ticket(name: str, reason: str, question: str, state: State = State.NEW) -> Ticket:
    return Ticket(7, 1, "c", "ru", name, reason, question, state, 0.0, taken_by=2, taken_name=name)


@settings(max_examples=40, deadline=None)
@given(FOREIGN, FOREIGN, stories(), st.sampled_from(State))
def test_a_card_always_fits_and_is_balanced(name: str, question: str, story: Story, state: State) -> None:
    card = ticket_card(ticket(name, "asked", question, state), story, LIBRARY)
    assert utf16_length(visible_text(card)) <= 4096
    assert balanced(card)
    assert card.startswith("⬛ <b>#7 " if state is State.CLOSED else "🟪 <b>#7 ")


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_a_history_fits_and_keeps_every_line(lines: list[Line]) -> None:
    chunks = history_chunks(lines, "ru")
    assert all(fits(chunk) and balanced(chunk) for chunk in chunks)
    assert sum(chunk.count("👤 ") + chunk.count("🤖 ") for chunk in chunks) == len(lines)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("a😀 \n"), max_size=80), st.integers(2, 30))
def test_pieces_fit_and_lose_nothing(text: str, units: int) -> None:
    found = pieces(text, units)
    assert "".join(found) == text
    assert max(utf16_length(piece) for piece in found) <= units


def test_pieces_are_cut_between_words() -> None:
    assert pieces("один два три", 9) == ["один два ", "три"]
    assert pieces("", 9) == [""]


def test_a_card_of_the_longest_story_keeps_its_end() -> None:
    lines = tuple(Line("in", "text", f"{number} " + "😀" * 400, 0.0) for number in range(14))
    card = ticket_card(ticket("Анна", "unclear", "вопрос " * 1000), Story(lines, (), {}, (), {}, ()), LIBRARY)
    assert "👤 13 😀" in card
    assert "👤 0 😀" not in card
    assert "Вопрос:</b> вопрос вопрос" in card


TAGGED = st.recursive(
    st.text(st.sampled_from("aя😀\n &"), max_size=60).map(lambda s: s.replace("&", "&amp;")),
    lambda inner: st.tuples(st.sampled_from(["b", "i", "code", "pre"]), inner, inner).map(
        lambda each: f"<{each[0]}>{each[1]}</{each[0]}>\n{each[2]}"
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(TAGGED, st.integers(1, 60))
def test_shortened_text_fits_and_is_balanced(text: str, times: int) -> None:
    whole = Html("\n\n".join([text] * times))
    short = shorten(whole)
    assert utf16_length(visible_text(short)) <= 4096
    assert balanced(short)
    if fits(whole):
        assert short == whole


@settings(max_examples=3, deadline=None)
@given(TAGGED)
def test_a_tag_over_many_paragraphs_is_never_cut_open(text: str) -> None:
    short = shorten(Html(f"<pre>{text}" + "\n\nстрока & текст".replace("&", "&amp;") * 400 + "</pre>"))
    assert utf16_length(visible_text(short)) <= 4096
    assert balanced(short)


def test_a_single_endless_line_goes_out_plain_and_cut() -> None:
    short = shorten(Html("<b>" + "&lt;" * 9000 + "</b>"))
    assert re.fullmatch(r"(&lt;)+…", short)
    assert utf16_length(visible_text(short)) <= 4096
    assert utf16_length(visible_text(short)) > 3500


@pytest.mark.parametrize(
    ("text", "units", "expected"),
    [("абв", 3, "абв"), ("абвг", 3, "аб…"), ("аб г", 4, "аб г"), ("аб где", 4, "аб…"), ("", 1, "")],
)
def test_cut(text: str, units: int, expected: str) -> None:
    assert cut(text, units) == expected


def test_the_limit_is_telegrams() -> None:
    assert MESSAGE_UNITS == 4096
    assert fits("<b>" + "a" * 4096 + "</b>")
    assert not fits("a" * 4095 + "😀")
