"""The bot's own line to the Bot API through real proxies: what it says arrives, what goes wrong is no answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import certifi
import pytest

from bot.outbox.answer import NoAnswerError
from bot.sandbox import Sandbox
from bot.telegram.api import Api, make_bot
from tests.proxy.proxies import PASSWORD, USER, Kind, Proxy, listening, proxy
from tests.proxy.tls import make_certificate, tls_door

BOTH = pytest.mark.parametrize("kind", list(Kind))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


async def said_through(sandbox: Sandbox, url: str, base: str = "") -> list[str]:
    ann = sandbox.user("Анна", started=True)
    api = Api(make_bot(sandbox.token, base or sandbox.base_url, url))
    try:
        answer = await api.call("sendMessage", {"chat_id": ann.id, "text": "через посредника"}, 5.0)
        assert answer.ok
    finally:
        await api.close()
    return [message.text for message in ann.replies]


async def lost_through(sandbox: Sandbox, url: str, seconds: float = 5.0) -> str:
    api = Api(make_bot(sandbox.token, sandbox.base_url, url))
    try:
        with pytest.raises(NoAnswerError) as caught:
            await api.call("getMe", {}, seconds)
    finally:
        await api.close()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    for secret in (PASSWORD, "hunter2", sandbox.token, sandbox.token.partition(":")[2]):
        assert secret not in str(caught.value)
    return str(caught.value)


def target(sandbox: Sandbox) -> str:
    return sandbox.base_url.removeprefix("http://")


@BOTH
@pytest.mark.parametrize("locked", [False, True])
async def test_a_message_goes_out_through_it(sandbox: Sandbox, kind: Kind, locked: bool) -> None:
    async with proxy(kind, locked=locked) as middle:
        url = middle.url(USER, PASSWORD) if locked else middle.url()
        assert await said_through(sandbox, url) == ["через посредника"]
        assert middle.passed == [target(sandbox)]
        assert middle.refused == 0


@BOTH
@pytest.mark.parametrize(("user", "password"), [(USER, "wrong-hunter2"), ("", "")])
async def test_a_wrong_password_and_none_are_no_answer(sandbox: Sandbox, kind: Kind, user: str, password: str) -> None:
    async with proxy(kind, locked=True) as middle:
        assert await lost_through(sandbox, middle.url(user, password)) == "no answer to getMe: ProxyError"
        assert (middle.passed, middle.refused) == ([], 1)
    assert sandbox.calls == []


@BOTH
async def test_a_dead_proxy_is_no_answer(sandbox: Sandbox, kind: Kind, unused_tcp_port: int) -> None:
    url = Proxy(kind, port=unused_tcp_port).url(USER, PASSWORD)
    assert await lost_through(sandbox, url) == "no answer to getMe: ProxyConnectionError"


@BOTH
async def test_a_proxy_that_cannot_reach_telegram_is_no_answer(sandbox: Sandbox, kind: Kind) -> None:
    async with proxy(kind, reaches=False) as middle:
        assert await lost_through(sandbox, middle.url()) == "no answer to getMe: ProxyError"


@BOTH
async def test_a_proxy_that_says_nothing_is_no_answer_in_time(sandbox: Sandbox, kind: Kind) -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        said = await lost_through(sandbox, Proxy(kind, port=port).url(USER, PASSWORD), 0.3)
    assert said.startswith("no answer to getMe: ")
    assert said.endswith("TimeoutError")


@pytest.mark.parametrize(("kind", "error"), [(Kind.SOCKS5, "IncompleteReadError"), (Kind.HTTP, "ProxyError")])
async def test_a_proxy_that_hangs_up_is_no_answer(sandbox: Sandbox, kind: Kind, error: str) -> None:
    async def rude(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)

    async with listening(rude) as port:
        assert await lost_through(sandbox, Proxy(kind, port=port).url()) == f"no answer to getMe: {error}"


async def test_an_http_proxy_without_connect_is_no_answer(sandbox: Sandbox) -> None:
    async with proxy(Kind.HTTP, connects=False) as middle:
        assert await lost_through(sandbox, middle.url()) == "no answer to getMe: ProxyError"
        assert middle.refused == 1


async def test_a_proxy_of_the_other_kind_is_no_answer(sandbox: Sandbox) -> None:
    async with proxy(Kind.HTTP) as middle:
        url = middle.url().replace("http://", "socks5://")
        assert (await lost_through(sandbox, url, 1.0)).startswith("no answer to getMe: ")


@BOTH
async def test_the_certificates_that_come_along_are_trusted_through_a_proxy_too(
    sandbox: Sandbox, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    port = int(sandbox.base_url.rpartition(":")[2])
    async with tls_door(certificate, port) as base, proxy(kind) as middle:
        assert (await untrusting(sandbox, base, middle)).startswith("no answer to getMe: ")
        monkeypatch.setattr(certifi, "where", lambda: str(certificate))
        assert await said_through(sandbox, middle.url(), base) == ["через посредника"]


async def untrusting(sandbox: Sandbox, base: str, middle: Proxy) -> str:
    api = Api(make_bot(sandbox.token, base, middle.url()))
    try:
        with pytest.raises(NoAnswerError) as caught:
            await api.call("getMe", {}, 5.0)
    finally:
        await api.close()
    return str(caught.value)
