from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.sandbox import Person, Sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    api = TelegramAPIServer.from_base(sandbox.base_url)
    session = AiohttpSession(api=api, timeout=10)
    yield Bot(sandbox.token, session=session)
    # Not the session's own `close`, which waits a quarter of a second after each test.
    await (await session.create_session()).close()


@pytest.fixture
def ann(sandbox: Sandbox) -> Person:
    return sandbox.user("Анна", username="ann", started=True)
