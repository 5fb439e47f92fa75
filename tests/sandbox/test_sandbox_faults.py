import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiohttp import ClientSession, FormData

from bot.sandbox import FaultKind, Limits, Person, Sandbox


async def test_an_injected_error_is_used_up(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.fail("send*", code=400, description="Bad Request: message thread not found")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(ann.id, "раз")
    await bot.send_message(ann.id, "два")
    assert [m.text for m in ann.replies] == ["два"]
    assert [(c.outcome, c.fault) for c in sandbox.calls_of("sendMessage")] == [("400", "error"), ("ok", "")]


async def test_faults_of_one_chat_leave_others_alone(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    boris = sandbox.user("Борис", started=True)
    sandbox.fail("sendMessage", chat=ann, times=None)
    await bot.send_message(boris.id, "ему")
    for _ in range(2):
        with pytest.raises(TelegramServerError):
            await bot.send_message(ann.id, "ей")
    sandbox.clear_faults()
    assert (await bot.send_message(ann.id, "ей")).text == "ей"


async def test_a_429_names_its_seconds(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.flood("sendMessage", 7)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(ann.id, "раз")
    assert caught.value.retry_after == 7


async def test_a_page_instead_of_json(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.fail("sendMessage", FaultKind.HTML_502)
    with pytest.raises(ClientDecodeError):
        await bot.send_message(ann.id, "раз")
    assert ann.replies == []


@pytest.mark.parametrize(("kind", "carried_out"), [(FaultKind.DROP_BEFORE, 0), (FaultKind.DROP_AFTER, 1)])
async def test_lost_connections(bot: Bot, ann: Person, sandbox: Sandbox, kind: FaultKind, carried_out: int) -> None:
    sandbox.fail("sendMessage", kind)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ann.id, "раз")
    assert len(ann.replies) == carried_out
    (call,) = sandbox.calls_of("sendMessage")
    assert (call.outcome, call.carried_out) == ("lost", bool(carried_out))


async def test_a_delayed_call_goes_on_after_its_caller_left(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.fail("sendMessage", FaultKind.DELAY, delay=0.3)
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(ann.id, "раз", request_timeout=0.05)  # type: ignore[arg-type]
    assert (await ann.hears("раз")).text == "раз"


async def test_flood_control_per_chat_and_group(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.limit(Limits(chat_burst=2, group_per_minute=3, overall_per_second=100))
    for text in ("1", "2"):
        await bot.send_message(ann.id, text)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(ann.id, "3")
    assert caught.value.retry_after == 1
    sandbox.limit(Limits(chat_burst=100, group_per_minute=3, overall_per_second=100))
    forum = sandbox.forum(members=[ann])
    await bot.create_forum_topic(forum.id, "A")
    for text in ("1", "2"):
        await bot.send_message(forum.id, text)
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(forum.id, "3")
    assert 55 <= caught.value.retry_after <= 60
    assert [m.text for m in sandbox.messages(forum) if m.text] == ["1", "2"]


async def test_unknown_methods_and_wrong_tokens(sandbox: Sandbox) -> None:
    async with ClientSession() as session:
        async with session.post(f"{sandbox.base_url}/bot{sandbox.token}/sendNothing") as answer:
            assert (answer.status, await answer.json()) == (
                404,
                {"ok": False, "error_code": 404, "description": "Not Found"},
            )
        async with session.post(f"{sandbox.base_url}/bot1:wrong/getMe") as answer:
            assert (answer.status, await answer.json()) == (
                401,
                {"ok": False, "error_code": 401, "description": "Unauthorized"},
            )


async def test_parameters_come_in_four_ways(ann: Person, sandbox: Sandbox) -> None:
    url = f"{sandbox.base_url}/bot{sandbox.token}/SENDMESSAGE"
    multipart = FormData(default_to_multipart=True)
    multipart.add_field("chat_id", str(ann.id))
    multipart.add_field("text", "multipart")
    async with ClientSession() as session:
        await session.post(url, data=multipart)
        await session.post(url, data={"chat_id": str(ann.id), "text": "form"})
        await session.post(url, json={"chat_id": ann.id, "text": "json"})
        await session.get(url, params={"chat_id": str(ann.id), "text": "query"})
        async with session.post(url, data=b"{", headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 400
    assert [m.text for m in ann.replies] == ["multipart", "form", "json", "query"]
