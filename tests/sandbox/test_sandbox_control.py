import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiohttp import ClientSession

from bot.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]


class Driver:
    """What another process has: the address and JSON."""

    def __init__(self, base: str, session: ClientSession) -> None:
        self._base = base
        self._session = session

    async def __call__(self, act: str, **fields: Any) -> Any:
        async with self._session.post(f"{self._base}/sandbox/{act}", json=fields) as answer:
            body = await answer.json()
            if answer.status != 200:
                raise ValueError(body["error"])
            return body["result"]


@pytest.fixture
async def drive(sandbox: Sandbox) -> AsyncIterator[Driver]:
    async with ClientSession() as session:
        yield Driver(sandbox.base_url, session)


async def test_a_dialogue_is_driven_from_outside(drive: Driver, bot: Bot, sandbox: Sandbox) -> None:
    ann = (await drive("user", first_name="Анна"))["user"]
    said = await drive("says", user=ann, text="1058")
    assert (said["text"], said["by_bot"], said["chat"]) == ("1058", False, ann)
    (update,) = await bot.get_updates()
    events = (await drive("state"))["events"]
    await bot.send_message(ann, "<b>Ключ</b>", parse_mode="HTML")
    waited = await drive("wait", chat=ann, text="ключ", after=events)
    assert waited["message"]["html"] == "<b>Ключ</b>"
    assert [m["text"] for m in await drive("messages", chat=ann)] == ["1058", "Ключ"]
    await bot.get_updates(offset=update.update_id + 1)
    assert await drive("wait", confirmed=update.update_id) is True
    state = await drive("state")
    assert (state["confirmed"], state["pending"], state["token"]) == ([update.update_id], [], sandbox.token)
    assert [c["outcome"] for c in await drive("calls", method="sendMessage")] == ["ok"]


async def test_buttons_files_edits_and_blocks_from_outside(drive: Driver, bot: Bot) -> None:
    ann = (await drive("user"))["user"]
    photo = await drive("file", user=ann, kind="photo", base64="/9j/", caption="вот")
    assert (photo["attachment"], photo["text"]) == ("photo", "вот")
    said = await drive("says", user=ann, text="раз")
    assert (await drive("edits", chat=ann, message_id=said["message_id"], text="два"))["versions"] == ["раз", "два"]
    markup = {"inline_keyboard": [[{"text": "Да", "callback_data": "y"}]]}
    sent = await bot.send_message(ann, "?", reply_markup=markup)  # type: ignore[arg-type]
    pressed = await drive("presses", user=ann, chat=ann, message_id=sent.message_id, button="Да")
    await bot.answer_callback_query(pressed["callback_query_id"], "Готово")
    assert await drive("answer_of", **pressed) == {"answer": "Готово", "alert": False}
    await drive("blocks", user=ann)
    kinds = [u.event_type for u in await bot.get_updates()]
    assert kinds == ["message", "message", "edited_message", "callback_query", "my_chat_member"]


async def test_faults_from_outside(drive: Driver, bot: Bot) -> None:
    ann = (await drive("user", started=True))["user"]
    await drive("fail", method="sendMessage", kind="drop_after")
    await drive("clear_faults")
    await drive("fail", method="sendMessage", code=403, description="Forbidden: bot was blocked by the user")
    with pytest.raises(Exception, match="bot was blocked by the user"):
        await bot.send_message(ann, "?")
    poison = (await drive("push_update", message={"text": 5}))["update_id"]
    await drive("repeat_update", update_id=poison)
    assert (await drive("state"))["pending"] == [poison]


async def test_forums_from_outside(drive: Driver, bot: Bot) -> None:
    boss = (await drive("user", first_name="Босс"))["user"]
    forum = (await drive("forum", title="Поддержка", members=[boss], chat_id=-1001234567890))["chat"]
    assert forum == -1001234567890
    topic = await bot.create_forum_topic(forum, "Анна")
    await drive("says", user=boss, chat=forum, topic=topic.message_thread_id, text="беру")
    shown = await drive("messages", chat=forum, topic=topic.message_thread_id)
    assert [(m["text"], m["topic_name"]) for m in shown] == [("", "Анна"), ("беру", "Анна")]


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("dance", {}, "no such act"),
        ("says", {"user": 5, "text": "?"}, "no user 5"),
        ("edits", {"chat": 5, "message_id": 1, "text": "?"}, "no chat 5"),
        ("fail", {"kind": "rain"}, "'rain' is not a valid FaultKind"),
        ("wait", {"polls_more_than": 0, "timeout": 0.05}, "the bot did not ask for updates"),
    ],
)
async def test_wrong_acts_are_told(drive: Driver, act: str, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        await drive(act, **fields)


def test_the_sandbox_runs_alone() -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "bot.sandbox", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    with running, running.stdout as told:
        assert re.fullmatch(r"TELEGRAM_API_BASE=http://127\.0\.0\.1:\d+\n", told.readline())
        assert told.readline().startswith("BOT_TOKEN=4242424242:")
        running.terminate()
        assert running.wait(20) == 0
