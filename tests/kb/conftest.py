"""Fixtures of the knowledge-base tests."""

from pathlib import Path

import pytest

from tests.kb.kb_folder import KbFolder


@pytest.fixture
def kb(tmp_path: Path) -> KbFolder:
    return KbFolder(tmp_path / "kb")
