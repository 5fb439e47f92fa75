"""A small knowledge base for the authors' tools."""

from pathlib import Path

import pytest

from bot.kb.library import Library
from bot.kb.loader import load
from bot.matching.matcher import Matcher
from tests.handlers.small_kb import write_small_kb


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_kb(tmp_path_factory.mktemp("authoring") / "kb")


@pytest.fixture(scope="session")
def library(small_root: Path) -> Library:
    return load(small_root)


@pytest.fixture(scope="session")
def matcher(library: Library) -> Matcher:
    return Matcher(library)
