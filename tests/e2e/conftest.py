"""The real process, as `diagnost run` starts it, against a Bot API server that lives in the test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.process import BotProcess
from tests.handlers.small_kb import article, write_small_kb

FAST = {
    "LIMIT_OVERALL_PER_SECOND": "9999",
    "LIMIT_CHAT_PER_SECOND": "9999",
    "LIMIT_GROUP_PER_MINUTE": "9999",
}
PROBLEMS = [f"Задача номер {number:02}" for number in range(1, 21)]
"""Titles of articles, each with a code of its own: 6101 to 6120."""


def code_of(problem: str) -> str:
    return str(6100 + int(problem[-2:]))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def numbered_kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_small_kb(tmp_path_factory.mktemp("numbered") / "kb")
    for problem in PROBLEMS:
        name = f"acme-task-{problem[-2:]}"
        text = article(name, problem, f"Task number {problem[-2:]}", codes=f'"{code_of(problem)}"')
        (root / "acme" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
async def bot(sandbox: Sandbox, tmp_path: Path, numbered_kb: Path) -> AsyncIterator[BotProcess]:
    forum = sandbox.forum("Поддержка")
    process = BotProcess(sandbox, tmp_path / "bot", staff_chat=forum.id, settings={"KB_DIR": str(numbered_kb), **FAST})
    yield process
    await process.kill()
