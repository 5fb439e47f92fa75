"""A file that a customer sent, brought here: its bytes, or the reason why not.

Decides how large a file may be, how long it may take and when one more attempt is worth it. Raises nothing whose text
could hold the token, which stands in the address of every file. Called by `handlers/screenshot.py`.
"""

import asyncio
from contextlib import aclosing
from enum import Enum, auto
from typing import Any

import aiohttp
from aiogram import Bot
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.outbox.answer import BAD_REQUEST, Answer, NoAnswerError
from bot.telegram.api import Api

SECONDS = 20.0
CALL_SECONDS = 10.0
PAUSES = (0.0, 0.5)
LONGEST_WAIT = 3.0
"""Seconds of patience that Telegram may ask for; a longer wait would be noticed."""

CHUNK = 64 * 1024

_LOST = (
    TimeoutError,
    aiohttp.ClientError,
    OSError,
    EOFError,
    ProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
)


class Missing(Enum):
    """Why there are no bytes."""

    TOO_BIG = auto()
    LOST = auto()
    """Telegram did not give it."""


async def fetch(bot: Bot, file_id: str, most: int) -> bytes | Missing:
    """Return the content of a file, at most `most` bytes of it."""
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            answer = await Api(bot).call("getFile", {"file_id": file_id}, CALL_SECONDS)
        except NoAnswerError:
            continue
        if not answer.ok:
            if answer.code == BAD_REQUEST:
                return Missing.TOO_BIG if "too big" in answer.description else Missing.LOST
            await asyncio.sleep(min(answer.retry_after, LONGEST_WAIT))
            continue
        path, size = _described(answer)
        if size > most:
            return Missing.TOO_BIG
        try:
            async with asyncio.timeout(SECONDS):
                return await _content(bot, path, most)
        except _LOST:
            # Not told on: the text of these holds the address, and with it the token.
            continue
    return Missing.LOST


def _described(answer: Answer) -> tuple[str, int]:
    file: Any = answer.result if isinstance(answer.result, dict) else {}
    return str(file.get("file_path") or ""), int(file.get("file_size") or 0)


async def _content(bot: Bot, path: str, most: int) -> bytes | Missing:
    url = bot.session.api.file_url(bot.token, path)
    content = bytearray()
    stream = bot.session.stream_content(url=url, timeout=int(SECONDS), chunk_size=CHUNK, raise_for_status=True)
    async with aclosing(stream) as chunks:
        async for chunk in chunks:
            content += chunk
            if len(content) > most:
                return Missing.TOO_BIG
    return bytes(content)
