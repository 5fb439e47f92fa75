"""What the tests of reading need: tesseract itself, and a stand-in where its behaviour is the point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ocr.tesseract import find_tesseract, missing_languages


@pytest.fixture(scope="session")
def tesseract() -> str:
    found = find_tesseract()
    if found is None or missing_languages(found) != ():
        pytest.skip("tesseract with rus and eng is not installed")
    return found


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Return a maker of programs that stand in tesseract's place: a shell script's body to its path."""

    def make(body: str) -> str:
        path = tmp_path / "tesseract"
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    return make
