"""The line to the Bot API: one call out, one answer back, as Telegram gave it.

aiogram builds the requests, so that they look on the wire as its own do; the answers are read here, raw, because an
answer that a library cannot parse must not look like a call that failed, and an update it cannot parse must not stop
the others (aiogram issues 1840, 1587).
"""

import inspect
import ssl
from collections.abc import Mapping
from typing import Any

import aiogram.methods
import aiohttp
import certifi
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import TelegramMethod
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from pydantic import ValidationError

from bot.outbox.answer import BAD_REQUEST, Answer, NoAnswerError
from bot.telegram.documents import with_files

CALL_SECONDS = 20.0

_LOST = (
    TimeoutError,
    aiohttp.ClientError,
    OSError,
    ValueError,
    # What a proxy does wrong is none of aiohttp's own errors, and one that hangs up early is an EOFError.
    EOFError,
    ProxyError,
    ProxyConnectionError,
    ProxyTimeoutError,
)

METHODS: Mapping[str, type[TelegramMethod[Any]]] = {
    cls.__api_method__: cls
    for _, cls in inspect.getmembers(aiogram.methods, inspect.isclass)
    if issubclass(cls, TelegramMethod) and cls is not TelegramMethod
}


def make_bot(token: str, base: str, proxy: str | None) -> Bot:
    """Return aiogram's bot for a token, speaking to the Bot API server at `base`, through `proxy` where one is set."""
    session = AiohttpSession(proxy=proxy, api=TelegramAPIServer.from_base(base))
    if proxy is not None:
        # aiogram drops its certificates where a proxy is set, and a machine without its own would trust nobody.
        session._connector_init["ssl"] = trusted()  # noqa: SLF001 - it has no public way in
    return Bot(token, session=session)


def trusted() -> ssl.SSLContext:
    """Return what every line to Telegram trusts: the certificates that aiogram brings along."""
    return ssl.create_default_context(cafile=certifi.where())


class Api:
    """Calls methods by name with JSON parameters. Raises only `NoAnswerError`; everything else is an `Answer`."""

    def __init__(self, bot: Bot) -> None:
        if not isinstance(bot.session, AiohttpSession):
            raise TypeError("Api needs a bot made by make_bot")
        self._bot = bot
        self._session = bot.session

    async def call(self, name: str, parameters: Mapping[str, Any], seconds: float = CALL_SECONDS) -> Answer:
        """Carry out one call and return Telegram's answer; `NoAnswerError` where none came within `seconds`."""
        try:
            form = self._session.build_form_data(self._bot, METHODS[name](**with_files(parameters)))
        except (KeyError, ValidationError) as error:
            return Answer(ok=False, code=BAD_REQUEST, description=f"not a valid call of {name}: {type(error).__name__}")
        try:
            client = await self._session.create_session()
            url = self._session.api.api_url(token=self._bot.token, method=name)
            async with client.post(url, data=form, timeout=aiohttp.ClientTimeout(total=seconds)) as response:
                said = await response.json(content_type=None)
        except _LOST as error:
            # The exception's own text may hold the URL and with it the token.
            raise NoAnswerError(f"no answer to {name}: {type(error).__name__}") from None
        return _read(name, response.status, said)

    async def close(self) -> None:
        """Close the connections."""
        # Not the session's own `close`: behind aiohttp's it waits 250 ms for what aiohttp itself waits for by now.
        client = await self._session.create_session()
        await client.close()


def _read(name: str, status: int, said: object) -> Answer:
    if not isinstance(said, dict) or "ok" not in said:
        raise NoAnswerError(f"the answer to {name} ({status}) was not the Bot API's")
    told = said.get("parameters")
    parameters = told if isinstance(told, dict) else {}
    return Answer(
        ok=bool(said["ok"]),
        result=said.get("result"),
        code=int(said.get("error_code") or status),
        description=str(said.get("description") or ""),
        retry_after=float(parameters.get("retry_after") or 0),
        migrate_to=parameters.get("migrate_to_chat_id"),
    )
