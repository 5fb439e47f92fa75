"""The bot that ours is compared with: aiogram as its manual begins, polling, echoing, remembering nothing.

It acknowledges before it handles, so a crash loses what was in flight; it is the ceiling of what aiogram can do here.
Runs as its own process, `python -m tests.bench.echo TOKEN BASE`.
"""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message


async def echo(message: Message) -> None:
    """Say the same."""
    await message.answer(message.text or "?")


async def main(token: str, base: str) -> None:
    """Poll until a signal comes."""
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(base)))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo)
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
