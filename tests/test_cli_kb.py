"""`diagnost kb …` as it is called from a shell."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli_kb import kb_app
from bot.cli_kb_ask import Malformed, Question, read_question
from bot.kb.schema import dumps, schemas
from bot.matching.matcher import Turn
from tests.kb.kb_folder import KbFolder


@pytest.fixture
def kb(tmp_path: Path) -> KbFolder:
    folder = KbFolder(tmp_path / "kb")
    folder.article("acme-1058", ("codes: []", 'codes: ["1058"]'), ("A title", "Printer is silent"))
    return folder


def call(kb: KbFolder, *words: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(kb_app, [words[0], "--kb", str(kb.root), *words[1:]], input=stdin)


def test_check_of_a_sound_knowledge_base(kb: KbFolder) -> None:
    result = call(kb, "check")
    assert (result.exit_code, result.stdout) == (0, f"{kb.root}: 2 articles, 1 products, no faults\n")


def test_check_prints_every_fault_with_its_place(kb: KbFolder) -> None:
    kb.article("acme-1", ("title:", "titel:"))
    kb.write("notes.txt", "x")
    result = call(kb, "check")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "acme/acme-1.yaml:1:1: the key `title` is missing",
        "acme/acme-1.yaml:6:1: unknown key `titel`; did you mean `title`?",
        "notes.txt:1:1: this file does not belong here; the top holds _desk.yaml, _kb.yaml, _synonyms.yaml",
        f"{kb.root}: 3 faults",
    ]


def test_the_directory_comes_from_the_environment(kb: KbFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_DIR", str(kb.root))
    result = CliRunner().invoke(kb_app, ["check"])
    assert result.stdout == f"{kb.root}: 2 articles, 1 products, no faults\n"


def test_schema_prints_the_article_and_writes_all(kb: KbFolder, tmp_path: Path) -> None:
    assert call(kb, "schema").stdout == dumps(schemas(("ru", "en"))["article.json"])
    result = call(kb, "schema", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "article.json", "checks.json", "kb.json", "product.json", "synonyms.json",
    ]  # fmt: skip


def test_new_writes_a_sound_article_once(kb: KbFolder) -> None:
    path = kb.root / "acme/acme-new.yaml"
    result = call(kb, "new", "acme-new")
    assert (result.exit_code, result.stdout) == (0, f"{path}: now replace each TODO, then run `diagnost kb check`\n")
    assert call(kb, "check").exit_code == 0
    path.write_text("mine")
    again = call(kb, "new", "acme-new")
    assert (again.exit_code, again.stderr) == (2, f"{path} exists already; nothing was written\n")
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("new", "Bad_Id"), "`Bad_Id` is no id: lower-case words joined by hyphens, at most 48 characters"),
        (("new", "x" * 49), f"`{'x' * 49}` is no id: lower-case words joined by hyphens, at most 48 characters"),
        (("new", "a", "--product", "nope"), "there is no product `nope`; there are acme"),
        (("ask",), "give a question, --image or --jsonl"),
        (("ask", "a", "--jsonl"), "give a question, --image or --jsonl"),
        (("ask", "a", "--product", "nope"), "there is no product `nope`; there are acme"),
    ],
)
def test_wrong_use(kb: KbFolder, words: tuple[str, ...], message: str) -> None:
    result = call(kb, *words)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message + "\n")


def test_wrong_options_are_wrong_use(kb: KbFolder) -> None:
    assert call(kb, "check", "--nope").exit_code == 2
    assert CliRunner().invoke(kb_app, ["nope"]).exit_code == 2


def test_ask_json_has_the_shape_of_the_contract(kb: KbFolder) -> None:
    result = call(kb, "ask", "error 1058", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert list(answer) == [
        "decision", "article", "entry", "also", "candidates", "codes", "options", "language", "form", "repairs",
        "reasons", "kb", "weights", "elapsed_ms",
    ]  # fmt: skip
    assert (answer["decision"], answer["article"]) == ("answer", "acme-1058")
    assert answer["codes"] == [{"text": "1058", "value": "1058", "known": True, "kind": "error"}]


def test_ask_tells_a_person_why(kb: KbFolder) -> None:
    result = call(kb, "ask", "error 1058")
    assert result.exit_code == 0
    for shown in (
        r"decision +answer",
        r"article +acme-1058: Printer is silent",
        r"code +1058 read as 1058 \(error, an article has it\)",
        r"because +\S+",
    ):
        assert re.search(shown, result.stdout), (shown, result.stdout)


def test_ask_of_a_broken_knowledge_base(kb: KbFolder) -> None:
    kb.write("notes.txt", "x")
    result = call(kb, "ask", "x", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("notes.txt:1:1: this file does not belong here")


def test_json_lines_are_answered_in_order(kb: KbFolder) -> None:
    result = call(
        kb, "ask", "--jsonl", stdin='{"text": "1058"}\n{"text": "ошибка 9999"}\n{"text": "1058", "conversation": ["a"]}'
    )
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["decision"] for answer in answers] == ["answer", "unknown_code", "answer"]


def test_a_malformed_line_is_told_on_its_line(kb: KbFolder) -> None:
    lines = b'{"text": "1058"}\nno json\n\xff\n\n{"text": "1058"}\n'
    result = call(kb, "ask", "--jsonl", stdin=lines)
    assert result.exit_code == 1
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer.get("article") or answer["error"] for answer in answers] == [
        "acme-1058",
        "line 2: not JSON: Expecting value at column 1",
        "line 3: not UTF-8",
        "line 4: not JSON: Expecting value at column 1",
        "acme-1058",
    ]


def test_a_question_with_everything() -> None:
    line = '{"text": "ё", "product": "acme", "language": null, "conversation": ["a", {"text": "b", "article": "c"}]}'
    assert read_question(line.encode(), "other", "en") == Question("ё", "acme", "en", (Turn("a", None), Turn("b", "c")))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", 'expected an object such as {"text": "…"}'),
        ("{}", "the key 'text' is missing"),
        ('{"text": 5}', "'text' is a text"),
        ('{"text": "\\ud800"}', "'text' holds half a character (a lone surrogate)"),
        ('{"text": "a", "texts": "b"}', "unknown key 'texts'; known are text, product, language, conversation"),
        ('{"text": "a", "language": 5}', "'language' is a text"),
        ('{"text": "a", "conversation": "b"}', "'conversation' is a list of earlier messages"),
        (
            '{"text": "a", "conversation": [5]}',
            "an item of 'conversation' is a text or an object with 'text' and 'article'",
        ),
        ("[" * 100_000, "not JSON: nested too deeply or a number too long"),
    ],
)
def test_malformed_questions(line: str, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_question(line.encode())
    assert str(caught.value) == message


def test_ask_tells_how_the_question_was_read_and_what_each_view_gave(kb: KbFolder) -> None:
    result = call(kb, "ask", "ghbynth ytr pfukjdjr")
    for shown in (
        r"form +typed in the other layout",
        r"repairs +",
        r"best +acme-",
        r"runner-up +acme-",
        r"thresholds +answered from 0\.\d+, asked from 0\.\d+",
        r"weights +sha256:",
        r"views: learned \d+ % \(-?\d\.\d\d\), phrase \d+ %",
    ):
        assert re.search(shown, result.stdout), (shown, result.stdout)


def questions(kb: KbFolder, text: str) -> str:
    path = kb.root.parent / "questions.tsv"
    path.write_text(text, encoding="utf-8")
    return str(path)


LABELLED = "query\texpected\tkind\nerror 1058\tacme-1058\tcode\nкак испечь хлеб\t\toos\nошибка 1058\tacme-1\tcode\n"


def test_eval_prints_the_figures(kb: KbFolder) -> None:
    result = call(kb, "eval", questions(kb, LABELLED))
    assert result.exit_code == 0
    for shown in (
        r"acme-1 → acme-1058, 1, 1: ошибка 1058",
        r"code +2 +50\.0 +100\.0 +50\.0 +50\.0",
        r"oos +0 .* 1 +100\.0",
        r"right first +50\.0 +1 of 2 \(9\.5–90\.5\)",
        r"out of scope, rejected +100\.0 +1 of 1",
    ):
        assert re.search(shown, result.stdout), (shown, result.stdout)


def test_eval_holds_the_figures_against_minimums(kb: KbFolder) -> None:
    file = questions(kb, LABELLED)
    assert call(kb, "eval", file, "--min-right", "50", "--min-rejected", "100", "--max-wrong", "50").exit_code == 0
    below = call(kb, "eval", file, "--min-right", "50.1", "--max-wrong", "49")
    assert below.exit_code == 1
    assert below.stderr.splitlines() == [
        "right first: 50.00 %, below the 50.1 % asked for",
        "not wrong with confidence: 50.00 %, below the 51 % asked for",
    ]
    only = call(kb, "eval", questions(kb, "error 1058\tacme-1058\n"), "--min-rejected", "1")
    assert (only.exit_code, only.stderr) == (3, "out of scope rejected: there is no such question in the file\n")


def test_eval_json_and_report(kb: KbFolder, tmp_path: Path) -> None:
    html = tmp_path / "report.html"
    result = call(kb, "eval", questions(kb, LABELLED), "--json", "--errors", "--html", str(html))
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert told["total"]["right_at_1"]["count"] == 1
    assert [each["query"] for each in told["errors"]] == ["ошибка 1058"]
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    nowhere = call(kb, "eval", questions(kb, LABELLED), "--html", str(tmp_path / "absent/x.html"))
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")


def test_eval_of_a_faulty_file(kb: KbFolder) -> None:
    file = questions(kb, "a\tacme-2\tk\n\tacme-1\tk\n")
    result = call(kb, "eval", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        f"{file}:1:3: there is no article `acme-2`; did you mean `acme-1`?",
        f"{file}:2:1: the question is empty",
    ]
    assert call(kb, "eval", "absent.tsv").stderr == "there is no file absent.tsv\n"
    assert call(kb, "eval", "absent.tsv").exit_code == 2
    assert call(kb, "eval", file, "--min-right", "101").exit_code == 2


def test_doctor_tells_warnings_and_counts_notes(kb: KbFolder) -> None:
    result = call(kb, "doctor")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert any(
        re.match(r"acme/acme-1\.yaml:\d+:\d+: warning: 1 symptom in `ru`; write at least 5", line) for line in lines
    )
    assert "note: articles that no other leads to: 2" in lines
    assert re.fullmatch(r"2 articles, 8 phrases: \d+ warnings, \d+ notes", lines[-1])
    assert any(": note: no article has this one" in line for line in call(kb, "doctor", "--notes").stdout.splitlines())


def test_doctor_json_and_report(kb: KbFolder, tmp_path: Path) -> None:
    html = tmp_path / "report.html"
    result = call(kb, "doctor", "--json", "--html", str(html))
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["warnings"] == sum(each["severity"] == "warning" for each in told["findings"]) > 0
    assert [each["id"] for each in told["articles"]] == ["acme-1", "acme-1058"]
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")
    absent = call(kb, "doctor", "--questions", "absent.tsv")
    assert (absent.exit_code, absent.stderr) == (2, "there is no file absent.tsv\n")
