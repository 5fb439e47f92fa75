"""Files of labelled questions: every way to write one, and every fault with its place."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.questions_file import Question, QuestionFaults, parse, read
from bot.kb import DEFAULT_KB
from bot.kb.library import Library
from bot.kb.loader import load


def test_a_file_as_the_saved_ones_are(library: Library) -> None:
    text = (
        "query\texpected\tkind\n"
        "нет бумаги\tacme-paper\tplain\n"
        "7010 светло\tacme-ink|bolt-lamp\tcode\n"
        "погода\t\toos\n"
        "позовите\tescalate\tperson\n"
        "a⏎b\tacme-jam, acme-ink\n"
    )
    assert parse(text, "q.tsv", library) == (
        Question("нет бумаги", ("acme-paper",), "plain", line=2),
        Question("7010 светло", ("acme-ink", "bolt-lamp"), "code", line=3),
        Question("погода", (), "oos", line=4),
        Question("позовите", ("escalate",), "person", line=5),
        Question("a\nb", ("acme-jam", "acme-ink"), "?", line=6),
    )


def test_no_header_comments_blank_lines_and_windows_ends(library: Library) -> None:
    text = (
        "# a comment\r\n#another\r\n\r\nлампа\tbolt-lamp\tplain\r\n"
        "#ERR: 7001\tacme-paper\tlog\r\n\t\t\r\n# x\tacme-ink\r\n"
    )
    assert parse(text, "q.tsv", library) == (
        Question("лампа", ("bolt-lamp",), "plain", line=4),
        Question("#ERR: 7001", ("acme-paper",), "log", line=5),
    )


def test_columns_in_another_order_with_language_and_product(library: Library) -> None:
    text = "Kind\tquery\tproduct\tlanguage\texpected\nk\tdark\tbolt\ten\tbolt-lamp\nk\tlight\t\t\t\n"
    assert parse(text, "q.tsv", library) == (
        Question("dark", ("bolt-lamp",), "k", "en", "bolt", 2),
        Question("light", (), "k", None, None, 3),
    )


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('"a\tb"', "a\tb"),
        ('"a ""b"" c"', 'a "b" c'),
        ('"a\nb"', "a\nb"),
        ('"a" b', '"a" b'),
        ('say "x"', 'say "x"'),
        (r"C:\temp\new", r"C:\temp\new"),
        ('"', '"'),
        ('"open', '"open'),
    ],
)
def test_quotes_and_backslashes(cell: str, shown: str, library: Library) -> None:
    first, second = parse(f'{cell}\tacme-ink\tk\n"next"\tacme-jam\tk\n', "q.tsv", library)
    assert (first.text, first.expected, second.text) == (shown, ("acme-ink",), "next")
    assert second.line == 2 + cell.count("\n")


def faults(text: str, library: Library, *, as_json: bool = False) -> list[str]:
    with pytest.raises(QuestionFaults) as caught:
        parse(text, "q.tsv", library, as_json=as_json)
    return [str(fault) for fault in caught.value.faults]


def test_all_faults_at_once_with_their_places(library: Library) -> None:
    text = (
        "query\texpected\tkind\tlanguage\tproduct\n"
        "a\tacme-papper\tk\n"
        " \tacme-ink\tk\n"
        "only a question\n"
        "a\tacme-ink\tk\tde\tbold\n"
        "a\tacme-ink\tk\ten\tacme\tmore\n"
    )
    assert faults(text, library) == [
        "q.tsv:2:3: there is no article `acme-papper`; did you mean `acme-paper`?",
        "q.tsv:3:1: the question is empty",
        "q.tsv:4:1: only one column; a tab and the expected ids have to follow the question",
        "q.tsv:5:14: `de` is no language of this knowledge base: ru, en",
        "q.tsv:5:17: there is no product `bold`; did you mean `bolt`?",
        "q.tsv:6:22: 6 columns where there are 5; quote a question that holds a tab",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "q.tsv:1:1: there is no question in this file"),
        ("# nothing\n\n", "q.tsv:1:1: there is no question in this file"),
        ("query\tkind\na\tb\n", "q.tsv:1:1: the column `expected` is missing"),
        ("query\texpected\tsort\n", "q.tsv:1:16: unknown column `sort`"),
        ("query\texpected\tkind\tkind\n", "q.tsv:1:21: the column `kind` stands here twice"),
    ],
)
def test_faults_of_the_whole(text: str, fault: str, library: Library) -> None:
    assert faults(text, library) == [fault]


def test_json_lines(library: Library) -> None:
    text = (
        '{"query": "a", "expected": ["acme-ink", "acme-jam"], "kind": "k"}\n\n'
        '{"text": "b\\tc", "expected": "", "product": "acme"}'
    )
    assert parse(text, "q.jsonl", library) == (
        Question("a", ("acme-ink", "acme-jam"), "k", line=1),
        Question("b\tc", (), "?", None, "acme", 3),
    )


def test_faults_of_json_lines(library: Library) -> None:
    text = '{"query": "a"}\n[]\n{\n{"query": 1, "expected": ""}\n{"query": "\\ud800", "expected": ""}\n{"querry": ""}\n'
    assert faults(text, library, as_json=True) == [
        "q.tsv:1:1: the key `expected` is missing",
        'q.tsv:2:1: expected an object such as {"query": "…", "expected": ["…"]}',
        "q.tsv:3:2: not JSON: Expecting property name enclosed in double quotes",
        "q.tsv:4:1: `query` is a text",
        "q.tsv:5:1: `query` holds half a character (a lone surrogate)",
        "q.tsv:6:1: unknown key `querry`; did you mean `query`?",
    ]


def test_a_file_is_read_with_its_mark_and_refused_where_it_is_no_text(tmp_path: Path, library: Library) -> None:
    path = tmp_path / "q.tsv"
    path.write_bytes(b"\xef\xbb\xbfa\tacme-ink\n")
    assert read(path, library) == (Question("a", ("acme-ink",), "?", line=1),)
    path.write_bytes(b"a\tacme-ink\n\xff\t\n")
    with pytest.raises(QuestionFaults, match=r"q\.tsv:2:1: not UTF-8; save the file as UTF-8"):
        read(path, library)
    with pytest.raises(QuestionFaults, match="1:1: the file cannot be read: No such file or directory"):
        read(tmp_path / "absent", library)


@pytest.mark.parametrize("name", ["dev", "test", "held_out"])
def test_the_saved_questions_can_be_read_whole(name: str) -> None:
    path = Path(__file__).parents[1] / "questions" / f"{name}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(read(path, load(DEFAULT_KB))) == len(lines) - 1


@given(st.text(st.sampled_from('ab"\t\n\r#\\⏎{ \x00'), max_size=40))
def test_any_text_gives_questions_or_faults(text: str) -> None:
    with contextlib.suppress(QuestionFaults):
        assert all(question.text.strip() for question in parse(text, "q", _NONE))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="⏎\r\0"), min_size=1), min_size=1))
def test_whatever_is_quoted_comes_back(texts: list[str]) -> None:
    kept = [text for text in texts if text.strip()]
    if kept:
        written = "".join(f'"{text.replace(chr(34), chr(34) * 2)}"\t\tk\n' for text in kept)
        assert [question.text for question in parse(f"query\texpected\tkind\n{written}", "q", _NONE)] == kept


_NONE = load(DEFAULT_KB)
