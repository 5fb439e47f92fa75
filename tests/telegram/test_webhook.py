import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlite_utils import Database as Db
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.clock import SystemClock
from bot.outbox.sender import TokenRefusedError
from bot.sandbox import Sandbox
from bot.storage.database import Database
from bot.storage.vault import Vault
from bot.telegram.api import Api, make_bot
from bot.telegram.webhook import SECRET_HEADER, Webhook, WebhookAddressError, WebhookPlan

SECRET = "a-long-random-word_42"
DEADLINE = 10.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while not look():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


def accepted(db: Db) -> list[int]:
    return [update_id for (update_id,) in db.execute("SELECT update_id FROM inbox ORDER BY seq")]


def payloads(db: Db) -> list[bytes]:
    return [payload for (payload,) in db.execute("SELECT payload FROM inbox ORDER BY seq")]


@dataclass(slots=True)
class Answered:
    status: int
    body: bytes
    retry_after: str | None


@dataclass(slots=True)
class Door:
    webhook: Webhook
    database: Database
    vault: Vault
    url: str
    client: aiohttp.ClientSession
    woken: list[str] = field(default_factory=list)

    async def post(
        self,
        body: bytes | str | io.BytesIO,
        *,
        secret: str | None = SECRET,
        path: str = "/telegram?bot=1",
        method: str = "POST",
    ) -> Answered:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with self.client.request(method, self.url + path, data=body, headers=headers) as answer:
            return Answered(answer.status, await answer.read(), answer.headers.get("Retry-After"))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    api = Api(make_bot(sandbox.token, sandbox.base_url, None))
    yield api
    await api.close()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    yield database
    await database.close()


@pytest.fixture
async def door(api: Api, database: Database) -> AsyncIterator[Door]:
    port = free_port()
    vault = Vault(b"a-secret-for-tests-of-more-than-32-characters")
    plan = WebhookPlan(f"http://127.0.0.1:{port}/telegram?bot=1", SECRET, ("127.0.0.1", port))
    woken: list[str] = []
    webhook = Webhook(
        plan,
        api,
        database,
        vault,
        SystemClock(),
        after_commit=lambda: woken.append("woken"),
        first_pause=0.01,
    )
    await webhook.start()
    async with aiohttp.ClientSession() as client:
        yield Door(webhook, database, vault, f"http://127.0.0.1:{port}", client, woken)
    await webhook.close()


UPDATE = {"update_id": 7, "message": {"chat": {"id": 55}, "text": "не работает"}}


async def test_an_update_is_committed_before_it_is_acknowledged(door: Door) -> None:
    answer = await door.post(json.dumps(UPDATE))

    assert answer == Answered(200, b"", None)
    assert await door.database.read(accepted) == [7]
    assert door.vault.open((await door.database.read(payloads))[0]) == UPDATE
    assert door.woken == ["woken"]


async def test_a_repeated_update_is_acknowledged_and_ignored(door: Door) -> None:
    answers = [await door.post(json.dumps(UPDATE)) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert await door.database.read(accepted) == [7]


WRONG_SECRETS = (
    None,
    "",
    "a-long-random-word_4",
    "a-long-random-word_42x",
    "секрет",
    "A" * 4000,
)


async def test_without_the_secret_nothing_gets_in_and_nothing_is_told(door: Door) -> None:
    for secret in WRONG_SECRETS:
        assert await door.post(json.dumps(UPDATE), secret=secret) == Answered(403, b"", None)
        assert await door.database.read(accepted) == []


WRONG_PATHS = (
    "/",
    "/telegram",
    "/telegram/?bot=1",
    "/telegram?bot=2",
    "/TELEGRAM?bot=1",
    "/telegram?bot=1&x",
    "/x/telegram?bot=1",
)


async def test_only_the_expected_path_is_there(door: Door) -> None:
    for path in WRONG_PATHS:
        assert await door.post(json.dumps(UPDATE), path=path) == Answered(404, b"", None)
        assert await door.post(json.dumps(UPDATE), path=path, secret=None) == Answered(404, b"", None)
        assert await door.database.read(accepted) == []


WRONG_METHODS = (
    "GET",
    "HEAD",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
)


async def test_only_post_is_there(door: Door) -> None:
    for method in WRONG_METHODS:
        assert await door.post(json.dumps(UPDATE), method=method) == Answered(404, b"", None)
        assert await door.database.read(accepted) == []


NO_UPDATES = (
    "",
    "{",
    "null",
    "[]",
    '"update_id"',
    "{}",
    '{"update_id": "7"}',
    '{"update_id": 7.0}',
    '{"update_id": true}',
    '{"update_id": -7}',
    '{"update_id": 9223372036854775808}',
    '{"update_id": ' + "9" * 5000 + "}",
    "[" * 200_000,
    b"\xff\xfe{",
)


async def test_what_is_no_update_is_refused_and_stops_nobody(door: Door) -> None:
    for body in NO_UPDATES:
        assert await door.post(body) == Answered(400, b"", None), body[:40]
        assert (await door.post(json.dumps(UPDATE))).status == 200
        assert await door.database.read(accepted) == [7]


@pytest.mark.parametrize(
    "body",
    [
        '{"update_id": 7, "message": {"text": "\\ud800"}}',
        '{"update_id": 7, "message": {"chat": {"id": 1e400}}}',
        '{"update_id": 7, "message": {"chat": {"id": 99999999999999999999999}}}',
        '{"update_id": 7, "message": null, "odd": [[[[]]]]}',
    ],
)
async def test_an_update_of_any_shape_is_stored(door: Door, body: str) -> None:
    assert (await door.post(body)).status == 200
    assert await door.database.read(accepted) == [7]


async def test_a_body_of_one_megabyte_is_taken_and_a_larger_one_refused(door: Door) -> None:
    frame = len(json.dumps({"update_id": 8, "pad": ""}))
    fitting = json.dumps({"update_id": 8, "pad": "x" * (1024 * 1024 - frame)})
    assert len(fitting) == 1024 * 1024

    assert (await door.post(io.BytesIO(fitting.encode()))).status == 200
    assert await door.post(io.BytesIO(f"{fitting} ".encode())) == Answered(413, b"", None)


async def test_a_large_body_of_unknown_length_is_refused_too(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 65536

    headers = {SECRET_HEADER: SECRET}
    async with door.client.post(f"{door.url}/telegram?bot=1", data=chunks(), headers=headers) as answer:
        assert (answer.status, await answer.read()) == (413, b"")


async def test_storage_that_cannot_take_it_makes_telegram_repeat(door: Door) -> None:
    def fill(db: Db) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    large = json.dumps({"update_id": 9, "pad": "x" * 200_000})
    await door.database.write(fill)
    with capture_logs() as logs:
        for _ in range(3):
            assert await door.post(large) == Answered(503, b"", "2")
        assert await door.database.read(accepted) == []
        assert await door.database.check() is None  # a small page still fits
        assert (await door.post(large)).status == 503
        await door.database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone())
        assert (await door.post(large)).status == 200
    assert [entry["event"] for entry in logs] == [
        "storage.unavailable",
        "storage.available",
        "storage.unavailable",
        "storage.available",
    ]
    assert await door.database.read(accepted) == [9]


async def test_many_at_once_are_all_stored(door: Door) -> None:
    bodies = [json.dumps({"update_id": n, "message": {"chat": {"id": n % 5}}}) for n in range(1, 101)]
    async with asyncio.TaskGroup() as tasks:
        posted = [tasks.create_task(door.post(body)) for body in bodies]
    assert {task.result().status for task in posted} == {200}
    assert sorted(await door.database.read(accepted)) == list(range(1, 101))


async def test_the_webhook_is_set_with_everything_it_needs(door: Door, sandbox: Sandbox) -> None:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(door.webhook.run())
        await until(lambda: door.webhook.fault is None)
        door.webhook.stop()
        await running
    [call] = sandbox.calls_of("setWebhook")
    assert call.params["url"] == f"{door.url}/telegram?bot=1"
    assert call.params["secret_token"] == SECRET
    assert json.loads(str(call.params["allowed_updates"])) == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
    assert str(call.params.get("drop_pending_updates", "false")).lower() == "false"
    assert sandbox.calls_of("deleteWebhook") == []


async def test_setting_it_fails_until_it_works(door: Door, sandbox: Sandbox) -> None:
    sandbox.fail("setWebhook", times=2)
    sandbox.fail("setWebhook", times=1, code=400, description="Bad Request: bad webhook: Failed to resolve host")
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(door.webhook.run())
            await until(lambda: door.webhook.fault is None)
            assert (await door.post(json.dumps(UPDATE))).status == 200
            door.webhook.stop()
            await running
    assert [entry["event"] for entry in logs] == ["webhook.not_set"] * 3 + ["webhook.set"]
    assert len(sandbox.calls_of("setWebhook")) == 4


async def test_a_refused_token_ends_it(door: Door, sandbox: Sandbox) -> None:
    sandbox.fail("setWebhook", code=401, description="Unauthorized")
    with pytest.raises(TokenRefusedError, match=r"Telegram refuses the bot's token \(401\); check BOT_TOKEN"):
        await door.webhook.run()
    with pytest.raises(aiohttp.ClientConnectionError):
        await door.post(json.dumps(UPDATE))


async def test_a_webhook_that_somebody_took_away_is_set_again(
    door: Door, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telegram.webhook.LOOK_AGAIN_SECONDS", 0.01)

    def lost(logs: list[EventDict]) -> bool:
        return [entry["event"] for entry in logs if entry["event"] != "webhook.not_seen"][-2:] == [
            "webhook.lost",
            "webhook.set",
        ]

    with capture_logs() as logs:
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(door.webhook.run())
            await until(lambda: door.webhook.fault is None)
            sandbox.api.webhook.url = ""
            await until(lambda: lost(logs))
            door.webhook.stop()
            await running
    assert sandbox.api.webhook.url == f"{door.url}/telegram?bot=1"


async def test_stopping_closes_the_door_and_leaves_the_webhook_set(door: Door, sandbox: Sandbox) -> None:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(door.webhook.run())
        await until(lambda: door.webhook.fault is None)
        door.webhook.stop()
        await running
    with pytest.raises(aiohttp.ClientConnectionError):
        await door.post(json.dumps(UPDATE))
    assert sandbox.api.webhook.url == f"{door.url}/telegram?bot=1"


async def test_a_stop_does_not_wait_for_a_telegram_that_does_not_answer(door: Door, sandbox: Sandbox) -> None:
    sandbox.fail("setWebhook", times=None, delay=0.0, code=500)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(door.webhook.run())
        await until(lambda: len(sandbox.calls_of("setWebhook")) > 1)
        door.webhook.stop()
        async with asyncio.timeout(2):
            await running
    assert door.webhook.fault is not None


async def test_an_address_in_use_has_a_name(door: Door, api: Api, database: Database) -> None:
    port = int(door.url.rpartition(":")[2])
    plan = WebhookPlan(door.url, SECRET, ("127.0.0.1", port))
    second = Webhook(plan, api, database, door.vault, SystemClock(), after_commit=lambda: None)
    with pytest.raises(WebhookAddressError, match="address already in use"):
        await second.start()
    await second.close()
