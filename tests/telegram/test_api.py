"""The line to the Bot API: answers are read raw, and the token never gets out."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.outbox.answer import NoAnswerError
from bot.sandbox import FaultKind, Sandbox
from bot.telegram.api import METHODS, Api, make_bot

TOKEN = "123456789:AAE-an-invented-token-of-a-test"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    api = Api(make_bot(sandbox.token, sandbox.base_url, None))
    yield api
    await api.close()


async def served(body: str, status: int, content_type: str) -> TestServer:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(text=body, status=status, content_type=content_type)

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", handle)
    server = TestServer(application)
    await server.start_server()
    return server


async def test_an_answer_comes_back_as_telegram_gave_it(api: Api, sandbox: Sandbox) -> None:
    ann = sandbox.user("Анна", started=True)
    answer = await api.call("sendMessage", {"chat_id": ann.id, "text": "<b>x</b> &amp;", "parse_mode": "HTML"})
    assert answer.ok
    assert answer.result["text"] == "x &"
    assert answer.result["chat"]["id"] == ann.id
    assert ann.replies[0].html == "<b>x</b> &amp;"


async def test_a_refusal_is_an_answer(api: Api, sandbox: Sandbox) -> None:
    stranger = sandbox.user()
    answer = await api.call("sendMessage", {"chat_id": 5, "text": "x"})
    assert (answer.ok, answer.code, answer.description) == (False, 400, "Bad Request: chat not found")
    answer = await api.call("sendMessage", {"chat_id": stranger.id, "text": "x"})
    assert (answer.ok, answer.code) == (False, 403)
    sandbox.flood("sendMessage", 7)
    answer = await api.call("sendMessage", {"chat_id": 5, "text": "x"})
    assert (answer.code, answer.retry_after) == (429, 7.0)


async def test_a_group_that_moved_says_where_to(api: Api, sandbox: Sandbox) -> None:
    owner = sandbox.user()
    group = sandbox.group("Старая", [owner])
    new = sandbox.upgrade(group, owner)
    answer = await api.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert (answer.ok, answer.code, answer.migrate_to) == (False, 400, new.id)


@pytest.mark.parametrize("kind", [FaultKind.HTML_502, FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER])
async def test_no_answer_of_the_bot_api_is_no_answer(api: Api, sandbox: Sandbox, kind: FaultKind) -> None:
    ann = sandbox.user(started=True)
    sandbox.fail("sendMessage", kind)
    with pytest.raises(NoAnswerError) as caught:
        await api.call("sendMessage", {"chat_id": ann.id, "text": "x"})
    assert sandbox.token not in repr(caught.value) + str(caught.value.__cause__) + str(caught.value.args)
    assert "sendMessage" in str(caught.value)


async def test_a_slow_answer_is_no_answer(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail("getMe", FaultKind.DELAY, delay=5.0)
    with pytest.raises(NoAnswerError, match=r"^no answer to getMe: TimeoutError$|^no answer to getMe: \w*Timeout\w*$"):
        await api.call("getMe", {}, seconds=0.05)


@pytest.mark.parametrize(
    ("body", "status", "content_type"),
    [
        ("<html>502</html>", 502, "text/html"),
        ("", 200, "application/json"),
        ("null", 200, "application/json"),
        ("[1]", 200, "application/json"),
        ('"ok"', 200, "application/json"),
        ('{"result": 1}', 200, "application/json"),
        ('{"ok": tru', 200, "application/json"),
        ("\x00\x01", 200, "application/octet-stream"),
    ],
)
async def test_what_is_not_the_bot_apis_is_no_answer(body: str, status: int, content_type: str) -> None:
    server = await served(body, status, content_type)
    api = Api(make_bot(TOKEN, str(server.make_url("")).rstrip("/"), None))
    try:
        with pytest.raises(NoAnswerError) as caught:
            await api.call("getMe", {})
    finally:
        await api.close()
        await server.close()
    assert TOKEN.partition(":")[2] not in repr(caught.value)


async def test_json_under_another_content_type_is_an_answer() -> None:
    server = await served('{"ok": true, "result": [{"update_id": 1, "nonsense": {}}]}', 200, "text/plain")
    api = Api(make_bot(TOKEN, str(server.make_url("")).rstrip("/"), None))
    answer = await api.call("getUpdates", {})
    await api.close()
    await server.close()
    assert answer.result == [{"update_id": 1, "nonsense": {}}]


async def test_nobody_listens_and_the_token_stays_unsaid() -> None:
    server = await served("", 200, "text/plain")
    base = str(server.make_url("")).rstrip("/")
    await server.close()
    api = Api(make_bot(TOKEN, base, None))
    with pytest.raises(NoAnswerError) as caught:
        await api.call("getMe", {})
    await api.close()
    assert str(caught.value).startswith("no answer to getMe: Client")
    assert caught.value.__suppress_context__
    assert TOKEN not in str(caught.value)


async def test_a_call_that_cannot_be_built_is_refused_without_being_made(api: Api, sandbox: Sandbox) -> None:
    unknown = await api.call("sendMesage", {"chat_id": 1})
    assert (unknown.ok, unknown.code, unknown.description) == (False, 400, "not a valid call of sendMesage: KeyError")
    broken = await api.call("sendMessage", {"chat_id": [], "text": None})
    assert (broken.ok, broken.code) == (False, 400)
    assert sandbox.calls == []


async def test_a_wrong_token_is_an_answer(sandbox: Sandbox) -> None:
    api = Api(make_bot(TOKEN, sandbox.base_url, None))
    answer = await api.call("getMe", {})
    await api.close()
    assert (answer.ok, answer.code) == (False, 401)


def test_methods_are_named_as_telegram_spells_them() -> None:
    used = {"sendMessage", "editMessageReplyMarkup", "answerCallbackQuery", "leaveChat", "getUpdates", "setMyCommands"}
    assert used <= set(METHODS)
