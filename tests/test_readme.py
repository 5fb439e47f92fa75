"""The README's dialogues are scripts: each is played against the real bot, exactly as a reader would play it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DIALOGUES = [script for script in re.findall(r"```yaml\n(.*?)```", README, flags=re.DOTALL) if "as: customer" in script]


def test_there_are_dialogues_in_both_languages() -> None:
    assert len(DIALOGUES) >= 3
    assert any("what does" in script for script in DIALOGUES)


@pytest.mark.parametrize("number", range(len(DIALOGUES)))
def test_a_dialogue_goes_as_the_readme_says(number: int, tmp_path: Path) -> None:
    script = tmp_path / "dialogue.yaml"
    script.write_text(DIALOGUES[number], encoding="utf-8")
    command = [sys.executable, "-m", "bot.cli", "chat", "--script", str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_of_the_shell_is_in_the_readme_or_the_help() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    for command in ("run", "chat", "demo", "kb"):
        assert re.search(rf"\b{command}\b", done.stdout)
        assert re.search(rf"\b{command}\b", README)


def test_the_table_of_faults_is_the_one_that_was_tried() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "tests.diagnostics.faults"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() in README
