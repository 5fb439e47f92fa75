import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.diagnostics.reading.decode import LONGEST, decode, mend
from bot.diagnostics.reading.gateway import MOST, products_of
from bot.diagnostics.reading.marks import MOST_MARKS, MOST_OUTPUTS
from bot.diagnostics.reading.read import TOOLS, Reading, read
from bot.diagnostics.two_sided import two_sided
from bot.diagnostics.verdict import Verdict
from tests.reading.samples import BOOK, TODAY, prose, samples

TEXTS = [sample.text for sample in samples()]
JUNK = st.text(max_size=12) | st.sampled_from(
    ["\n", " ", "\x00", "\u200b", "> ", "* ", "\x1b[1m", "%3C", '"', "|", "100%"]
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + draw(JUNK) + text[end:]
    return text


def check(text: str) -> Reading:
    reading = read(text, BOOK, today=TODAY)
    assert reading.to_json()["verdict"] == reading.verdict.value
    assert (reading.verdict is Verdict.NOT_DIAGNOSTIC) == (reading.tools == ())
    for tool in reading.tools:
        assert 0 <= tool.start <= tool.end <= len(text)
    two_sided((), reading, BOOK)
    return reading


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    check(decode(content))


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(text)
    mend(text)
    products_of(text)


@settings(max_examples=200, deadline=None)
@given(mutated())
def test_damaged_outputs(text: str) -> None:
    check(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(TEXTS + prose()), max_size=5), st.sampled_from(["\n", " ", "\n\n"]))
def test_several_outputs(texts: list[str], joint: str) -> None:
    check(joint.join(texts))


def calls(work: Callable[[], object]) -> int:
    count = 0

    def seen(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def test_work_grows_no_faster_than_the_text() -> None:
    for line in (
        "Reply from 203.0.113.7: bytes=32 time=12ms TTL=54\n",
        "10:22:31.611#ERR: Error 1051: x\n",
        "1 * * * ",
    ):
        few = calls(partial(read, line * 40, BOOK))
        many = calls(partial(read, line * 400, BOOK))
        assert many < few * 20, line


def test_no_pattern_runs_over_blanks_without_end() -> None:
    patterns = [sign.pattern.pattern for tool in TOOLS for sign in tool.signs]
    assert len(patterns) > 150
    assert [pattern for pattern in patterns if r"\s+" in pattern or r"\s*" in pattern] == []


def test_counts_are_capped() -> None:
    many = read("Reply from 203.0.113.7: bytes=32 time=12ms TTL=54\n" * (MOST_MARKS + 500), BOOK)
    assert many.main is not None
    assert many.main.facts["received"] == MOST_MARKS
    heads = read("ping: bad address 'lic.miko.ru'\n" * 200, BOOK)
    assert len(heads.tools) == MOST_OUTPUTS
    assert len(products_of("<product id='1'>" * 2000)) == MOST
    assert len(decode(b"x" * (LONGEST + 10))) == LONGEST
