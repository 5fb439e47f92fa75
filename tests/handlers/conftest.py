"""The stand of dialogue tests: the bot with a small knowledge base, a customer or two, a staff group."""

import copy
import logging
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from bot.kb.watch import LibraryHolder
from bot.logs import LineHandler, configure
from bot.sandbox import Person, Sandbox
from bot.triage import Prepared
from tests.handlers.desk_talk import Desk
from tests.handlers.small_kb import write_small_kb
from tests.handlers.stand import Staff, Stand, close, hold, plan_for


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def kb_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_kb(tmp_path_factory.mktemp("small") / "kb")


@pytest.fixture
def kb(kb_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kb_template, tmp_path / "kb"))


@pytest.fixture(scope="session")
def kb_holder(kb_template: Path) -> LibraryHolder[Prepared]:
    return hold(kb_template)


@pytest.fixture
async def stand(
    sandbox: Sandbox,
    kb_template: Path,
    kb_holder: LibraryHolder[Prepared],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Stand]:
    """Return the running stand. A test that changes the knowledge base asks for `kb` too and gets one of its own."""
    own = request.getfixturevalue("kb") if "kb" in request.fixturenames else None
    forum = sandbox.forum("Поддержка")
    plan = plan_for(sandbox, tmp_path, own or kb_template, forum.id)
    holder = hold(own) if own is not None else copy.copy(kb_holder)
    stand = Stand(sandbox, plan, Staff(sandbox, forum), holder)
    level = logging.getLogger().level
    configure("json", "INFO", [sandbox.token], stand.log)
    await stand.start()
    yield stand
    await close(stand)
    for handler in [each for each in logging.getLogger().handlers if isinstance(each, LineHandler)]:
        logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def staff(stand: Stand) -> Staff:
    return stand.staff


@pytest.fixture
def ann(stand: Stand) -> Person:
    return stand.sandbox.user("Анна", username="ann")


@pytest.fixture
def bob(stand: Stand) -> Person:
    return stand.sandbox.user("Bob", language="en")


@pytest.fixture
def desk(stand: Stand) -> Desk:
    """Return the desk, with Ира and Олег in the staff's group."""
    return Desk(stand, stand.sandbox.user("Ира"), stand.sandbox.user("Олег"))
