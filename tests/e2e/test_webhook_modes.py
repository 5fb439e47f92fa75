"""Polling and webhook with the real process: each takes over from the other and loses nothing."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.cli_run import _run
from bot.clock import SystemClock
from bot.sandbox import Sandbox
from bot.telegram.webhook import WebhookPlan
from tests.e2e.bots import SECRET, Bot, free_port
from tests.handlers.small_kb import write_small_kb
from tests.handlers.stand import plan_for


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_kb(tmp_path_factory.mktemp("modes") / "kb")


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


async def test_polling_then_webhook_then_polling_loses_nothing(sandbox: Sandbox, tmp_path: Path, kb: Path) -> None:
    bot = Bot(sandbox, tmp_path / "bot", kb, "polling")
    ann = sandbox.user("Анна")
    paper, jam, lamp = "Кончилась бумага", "Бумага застряла", "Лампа сканера не горит"

    def said() -> list[str]:
        return [message.text.partition("\n")[0] for message in ann.replies]

    async def hears(*titles: str) -> None:
        await sandbox.wait_for(lambda: len(said()) >= len(titles), 20)
        assert said() == list(titles)

    try:
        await bot.start()
        await ann.says("7001")
        await hears(paper)
        await bot.quiet()
        await bot.kill()

        await ann.says("7002")
        bot.switch("webhook")
        await bot.start()
        await hears(paper, jam)
        assert sandbox.api.webhook.url == bot.webhook_url
        await ann.says("8003")
        await hears(paper, jam, lamp)
        for update_id in sandbox.world.queue.issued_ids:
            sandbox.repeat_update(update_id)
        sandbox.bell.ring()
        async with aiohttp.ClientSession() as stranger:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}):
                async with stranger.post(bot.webhook_url, json={"update_id": 1}, headers=headers) as answer:
                    assert (answer.status, await answer.read()) == (403, b"")
        await bot.quiet()
        await bot.kill()

        await ann.says("7001")
        await bot.start()
        await hears(paper, jam, lamp, paper)
        assert await bot.terminate() == 0
        assert sandbox.api.webhook.url == bot.webhook_url

        await ann.says("7002")
        bot.switch("polling")
        await bot.start()
        await hears(paper, jam, lamp, paper, jam)
        assert sandbox.api.webhook.url == ""
        assert [call.outcome for call in sandbox.calls_of("getUpdates") if call.outcome == "409"] == []
        await bot.quiet()
        assert await bot.terminate() == 0

        deleted = [call.params.get("drop_pending_updates") for call in sandbox.calls_of("deleteWebhook")]
        assert {str(dropped).lower() for dropped in deleted} == {"false"}
        with contextlib.closing(sqlite3.connect(bot.settings["DATABASE_PATH"])) as db:
            rows = db.execute("SELECT update_id, state FROM inbox ORDER BY seq").fetchall()
        assert rows == [(update_id, "done") for update_id in sandbox.world.queue.issued_ids]
        assert "a-long-random-word_42" not in bot.logs()
    finally:
        await bot.quiet()
        await bot.kill()


async def test_a_refused_token_and_a_taken_address_end_the_program_with_a_sentence(
    sandbox: Sandbox, tmp_path: Path, kb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, port = "https://bot.example.com/telegram", free_port()
    plan = plan_for(sandbox, tmp_path, kb, None)
    sandbox.fail("*", times=None, code=401, description="Unauthorized")
    with capture_logs():
        refused = await _run(replace(plan, webhook=WebhookPlan(url, SECRET, ("127.0.0.1", port))), SystemClock())
    assert refused == 2
    assert capsys.readouterr().err == "BOT_TOKEN: Telegram refuses the bot's token (401); check BOT_TOKEN\n"

    taken = int(sandbox.base_url.rpartition(":")[2])
    with capture_logs():
        refused = await _run(replace(plan, webhook=WebhookPlan(url, SECRET, ("127.0.0.1", taken))), SystemClock())
    assert refused == 2
    said = capsys.readouterr().err
    assert said.startswith("WEBHOOK_LISTEN: ")
    assert "address already in use" in said
