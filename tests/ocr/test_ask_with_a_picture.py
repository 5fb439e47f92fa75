"""`diagnost kb ask --image`, and what the doctor says of tesseract. The program itself is a script here."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli_kb import kb_app
from bot.doctor.finding import Status
from bot.doctor.machine_checks import tesseract as judge
from bot.ocr.tesseract import missing_languages
from tests.handlers.small_kb import write_small_kb
from tests.ocr.pictures import dialog, png

Program = Callable[[str], str]
SAID = "\n".join(
    f"5\t1\t1\t1\t{line}\t{place}\t0\t0\t50\t20\t95\t{word}"
    for line, words in enumerate(("Код ошибки 70O1", "Ключ: ACME-AB1CD-EF2GH-JK3LM-NP4QR"))
    for place, word in enumerate(words.split())
)


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "screen.png"
    path.write_bytes(png(dialog()))
    return str(path)


@pytest.fixture
def installed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(program(f"cat > /dev/null\ncat <<'END'\n{SAID}\nEND"))
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(autouse=True)
def small_kb(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_DIR", str(write_small_kb(tmp_path_factory.mktemp("small") / "kb")))


def ask(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(kb_app, ["ask", *words])
    return done.exit_code, done.output


@pytest.mark.usefixtures("installed")
def test_the_decision_comes_with_what_was_read(picture: str) -> None:
    code, output = ask("--image", picture, "--json")
    answer = json.loads(output)
    assert (code, answer["decision"], answer["article"]) == (0, "answer", "acme-paper")
    assert [each["value"] for each in answer["codes"]] == ["7001"]
    told = answer["picture"]
    assert told["elapsed_ms"] > 0
    assert told | {"elapsed_ms": 0} == {
        "lines": ["Код ошибки 70O1", "Ключ: ACME-"],
        "seen": ["Код ошибки 7001"],
        "keys": ["ACME-…P4QR"],
        "failure": None,
        "elapsed_ms": 0,
    }


@pytest.mark.usefixtures("installed")
def test_the_page_for_people_says_what_counts(picture: str) -> None:
    code, output = ask("--image", picture)
    assert code == 0
    assert "\n  Код ошибки 70O1\n  Ключ: ACME-\nwhat counts: Код ошибки 7001\n" in output
    assert "EF2GH" not in output


@pytest.mark.usefixtures("installed")
def test_a_text_beside_the_picture_is_its_caption(picture: str) -> None:
    answer = json.loads(ask("--image", picture, "ошибка 7002", "--json")[1])
    assert (answer["article"], answer["also"]) == ("acme-jam", ["acme-paper"])


@pytest.mark.usefixtures("installed")
def test_what_cannot_be_read_ends_with_3(picture: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "text.png"
    text.write_text("Ошибка 7001", encoding="utf-8")
    code, output = ask("--image", str(text), "--json")
    answer = json.loads(output)
    assert (code, answer["decision"], answer["picture"]["failure"]) == (3, "unsure", "not_an_image")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    code, output = ask("--image", picture)
    assert code == 3
    assert "not read (no_tesseract): apt-get install tesseract-ocr tesseract-ocr-rus" in " ".join(output.split())


def test_a_picture_that_is_not_there_and_a_wrong_use_end_with_2(picture: str) -> None:
    assert ask("--image", "/nowhere/at/all.png")[0] == 2
    assert ask("--image", picture, "--jsonl")[0] == 2


@pytest.mark.parametrize(
    ("path", "missing", "status", "found"),
    [
        ("/usr/bin/tesseract", (), Status.OK, "/usr/bin/tesseract reads them, Russian and English"),
        ("/usr/bin/tesseract", ("rus",), Status.WARNING, "/usr/bin/tesseract lacks the languages rus"),
        ("/usr/bin/tesseract", None, Status.WARNING, "/usr/bin/tesseract does not run"),
        (None, None, Status.WARNING, "tesseract is not installed"),
    ],
)
def test_the_doctor_says_what_mends_it(
    path: str | None, missing: tuple[str, ...] | None, status: Status, found: str
) -> None:
    finding = judge(path, missing)
    assert (finding.status, finding.found.startswith(found)) == (status, True)
    assert ("apt-get install tesseract-ocr tesseract-ocr-rus" in finding.mend) is (status is Status.WARNING)


def test_the_program_is_asked_for_its_languages(program: Program, tmp_path: Path) -> None:
    assert missing_languages(program("echo 'List of available languages (2):'; echo eng; echo osd")) == ("rus",)
    assert missing_languages(program("printf 'eng\\nrus\\n'")) == ()
    assert missing_languages(program("exit 1")) is None
    assert missing_languages(str(tmp_path / "gone")) is None
