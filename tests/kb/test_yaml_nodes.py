"""YAML from events: strings with positions, and what is refused."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.kb import yaml_nodes
from bot.kb.yaml_nodes import Flaw, Mapping, Scalar, Sequence, decode, parse


def test_every_scalar_is_a_string_with_its_place() -> None:
    node, flaws = parse("a: 0123\nb: [no, 1.0]\nc:\n  d: |\n    x\n    y\n")
    assert flaws == ()
    assert node == Mapping(
        {
            "a": (Scalar("a", 1, 1), Scalar("0123", 1, 4)),
            "b": (Scalar("b", 2, 1), Sequence([Scalar("no", 2, 5), Scalar("1.0", 2, 9)], 2, 4)),
            "c": (
                Scalar("c", 3, 1),
                Mapping({"d": (Scalar("d", 4, 3), Scalar("x\ny\n", 4, 6, literal=True))}, 4, 3),
            ),
        },
        1,
        1,
    )


@pytest.mark.parametrize(
    ("text", "flaws"),
    [
        ("a: &x 1\nb: 2", [(1, 4, "an anchor (&x) is not allowed; write the text out where it is needed")]),
        ("a: 1\nb: *x", [(2, 4, "an alias (*x) is not allowed; write the text out")]),
        ("a: !!int 1", [(1, 4, "a tag (tag:yaml.org,2002:int) is not allowed; quote a text that begins with !")]),
        ("a: 1\nb: 2\na: 3", [(3, 1, "the key `a` stands here twice; first in line 1")]),
        (
            "a:\n\tb: 1\n \tc: 2",
            [(2, 1, "tab in the indentation; use spaces"), (3, 2, "tab in the indentation; use spaces")],
        ),
        ("a: 1\n---\nb: 1", [(2, 1, "a second document begins here; one file holds one document")]),
        ("# nothing\n", [(1, 1, "the file is empty: it holds only comments")]),
        ("%YAML 1.1\n---\na: 1", [(1, 1, "a YAML directive (%…) is not allowed")]),
        ('a: "x\\0"', [(1, 4, "control character U+0000, written as an escape; remove it")]),
        ("? [a]\n: b", [(1, 3, "a key has to be a word, not a list or a mapping")]),
    ],
)
def test_what_is_refused(text: str, flaws: list[tuple[int, int, str]]) -> None:
    assert [tuple(flaw) for flaw in parse(text)[1]] == flaws


def test_a_syntax_error_is_one_flaw() -> None:
    node, flaws = parse("a: &x 1\nb: b: c\nd: [")
    assert node is None
    assert [(flaw.line, flaw.col) for flaw in flaws] == [(2, 5)]
    assert flaws[0].message.startswith("not YAML: mapping values are not allowed")


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{" * 100_000, "- " * 100_000, "? " * 100_000, "a: [" + "[" * 99_999])
def test_a_nesting_bomb_is_refused_at_once(bomb: str) -> None:
    start = time.perf_counter()
    node, flaws = parse(bomb)
    assert node is None
    assert [flaw.message for flaw in flaws] == ["nested deeper than 20 levels"]
    assert time.perf_counter() - start < 5


def test_too_many_values() -> None:
    assert parse("[" + "1, " * 60_000 + "]")[1] == (Flaw(1, 149_999, "more than 50000 values in one file"),)


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw(1, 1, "the file is empty")),
        (b" \n\n", Flaw(1, 1, "the file is empty")),
        (b"a: 1\nb: \xff", Flaw(2, 1, "not UTF-8: byte 0xff at offset 8; save the file as UTF-8")),
        (b"\xef\xbb\xbfa\xff", Flaw(1, 1, "not UTF-8: byte 0xff at offset 4; save the file as UTF-8")),
        (b"a: 1\nb: \x00", Flaw(2, 4, "control character U+0000; remove it")),
    ],
)
def test_bytes_that_are_no_text(content: bytes, flaw: Flaw) -> None:
    assert decode(content) == flaw


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1") == "a: 1"


def test_the_pure_python_parser_does_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "_PARSER", yaml.SafeLoader)
    assert parse("a: [1]") == (Mapping({"a": (Scalar("a", 1, 1), Sequence([Scalar("1", 1, 5)], 1, 4))}, 1, 1), ())
    assert parse("[" * 1000)[1][0].message == "nested deeper than 20 levels"


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#%@,? \n\t0ё"), max_size=60))
def test_any_text_gives_a_node_or_flaws_inside_the_text(text: str) -> None:
    node, flaws = parse(text)
    assert node is not None or flaws
    assert all(1 <= flaw.line <= text.count("\n") + 2 and flaw.col >= 1 and flaw.message for flaw in flaws)
