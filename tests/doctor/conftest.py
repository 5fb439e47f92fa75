from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Chat, Person, Sandbox
from tests.doctor.surgery import Surgery, sound_setup
from tests.kb.kb_folder import KbFolder


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
def boss(sandbox: Sandbox) -> Person:
    return sandbox.user("Ирина", started=True)


@pytest.fixture
def forum(sandbox: Sandbox) -> Chat:
    return sandbox.forum("Поддержка")


@pytest.fixture
def kb(tmp_path: Path) -> KbFolder:
    return KbFolder(tmp_path / "kb")


@pytest.fixture
def surgery(sandbox: Sandbox, tmp_path: Path, kb: KbFolder, forum: Chat, boss: Person) -> Surgery:
    return Surgery(sound_setup(sandbox, tmp_path, kb.root, forum.id, boss.id))
