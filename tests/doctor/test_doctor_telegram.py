"""Telegram's side, against the sandbox over HTTP: each fault of a set-up is seen once, with what mends it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.doctor.checks import webhook
from bot.doctor.finding import Finding, Status
from bot.outbox.answer import Answer, NoAnswerError
from bot.sandbox import Chat, FaultKind, Person, Sandbox
from bot.sandbox import Status as Membership
from bot.telegram.api import Api, make_bot
from tests.doctor.surgery import Surgery
from tests.proxy.proxies import listening

FAULT, OK, WARNING, UNKNOWN = Status.FAULT, Status.OK, Status.WARNING, Status.UNKNOWN


def is_told(finding: Finding, status: Status, found: str, mend: str = "") -> None:
    assert finding.status is status, finding
    assert found in finding.found
    assert mend in finding.mend
    assert bool(finding.mend) >= (status in {FAULT, WARNING})


async def test_a_sound_set_up_has_nothing_to_mend(surgery: Surgery) -> None:
    found = await surgery.telegram()
    assert {each.status for each in found.findings} == {OK}
    assert {each.mend for each in found.findings} == {""}
    assert found["token"].found == "@diagnost_sandbox_bot (Diagnost)"
    is_told(found["line"], OK, "127.0.0.1: DNS ")
    assert found["proxy"].found == "not set; Telegram is reached directly"
    assert found["webhook"].found == "none is set, as polling needs it; 0 updates wait"
    assert found["staff"].found == "“Поддержка”: Topics are on"
    assert found["rights"].found == "the bot is an administrator and has what it needs"
    assert found["privacy"].found == "on, which does not matter: an administrator gets every message"
    assert found["managers"].found == "1 set"


async def test_the_doctor_changes_nothing_at_telegram(surgery: Surgery, sandbox: Sandbox, boss: Person) -> None:
    await boss.says("ждёт бота")
    before = list(sandbox.world.queue.pending_ids)
    found = await surgery.telegram(running=False)
    is_told(found["poller"], OK, "updates wait for the bot and nobody else takes them")
    assert sandbox.world.queue.pending_ids == before
    assert sandbox.world.queue.confirmed == []
    assert {call.method for call in sandbox.calls} == {
        "getMe",
        "getWebhookInfo",
        "getChat",
        "getChatMember",
        "getUpdates",
    }
    assert all("offset" not in call.params for call in sandbox.calls_of("getUpdates"))
    assert sandbox.world.queue.allowed == ()


# Token and line


async def test_a_refused_token(surgery: Surgery, sandbox: Sandbox) -> None:
    found = await surgery.telegram(token="4242424242:another-token")
    is_told(found["token"], FAULT, "Telegram refuses the token (401)", "@BotFather")
    assert "It has 13 characters after the colon where Telegram's have 35" in found["token"].mend
    is_told(found["webhook"], UNKNOWN, "not looked at, for the token is refused")
    assert sandbox.calls == []


async def test_an_address_that_is_no_bot_api(surgery: Surgery) -> None:
    found = await surgery.telegram(api_base=f"{surgery.setup.api_base}/sandbox")
    is_told(found["token"], UNKNOWN, "gave no answer of the Bot API to getMe", "TELEGRAM_API_BASE")


async def test_telegrams_own_trouble_is_not_ours(surgery: Surgery, sandbox: Sandbox) -> None:
    sandbox.fail("getMe", times=None, code=502, description="Bad Gateway")
    sandbox.flood("getWebhookInfo", 7)
    found = await surgery.telegram()
    is_told(found["token"], UNKNOWN, "Telegram has trouble of its own (502)", "again in a minute")
    is_told(found["webhook"], UNKNOWN, "Telegram asks for 7 s of patience", "again in a minute")


async def test_a_slow_first_byte_is_named(surgery: Surgery, sandbox: Sandbox) -> None:
    sandbox.fail("getMe", FaultKind.DELAY, delay=1.1)
    found = await surgery.telegram()
    is_told(found["line"], WARNING, "slowest is first byte of getMe", "Set TELEGRAM_PROXY")
    assert "TELEGRAM_API_BASE" in found["line"].mend


async def test_nobody_at_the_address(surgery: Surgery, unused_tcp_port: int) -> None:
    found = await surgery.telegram(api_base=f"http://127.0.0.1:{unused_tcp_port}", staff_chat=None, manager_ids=())
    is_told(found["line"], UNKNOWN, "127.0.0.1 cannot be reached: TCP connect: the connection was refused", "network")
    assert found.statuses(FAULT) == set()
    assert found.statuses(WARNING) == {"staff", "managers"}
    assert found["token"].found == "not looked at, for Telegram cannot be reached"


async def test_a_name_that_nobody_knows(surgery: Surgery) -> None:
    found = await surgery.telegram(api_base="http://no-such-name.invalid")
    is_told(found["line"], UNKNOWN, "no-such-name.invalid cannot be reached: DNS: the name", "name server")


async def test_what_answers_is_not_http(surgery: Surgery) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-invented\r\n")

    async with listening(greet) as port:
        found = await surgery.telegram(api_base=f"http://127.0.0.1:{port}")
    is_told(found["line"], FAULT, "what answers there is not HTTP", "Check TELEGRAM_API_BASE")


# Webhook and second poller


async def at_telegram(sandbox: Sandbox, method: str, **parameters: object) -> None:
    api = Api(make_bot(sandbox.token, sandbox.base_url, None))
    try:
        assert (await api.call(method, parameters)).ok
    finally:
        await api.close()


async def test_a_webhook_left_set_while_polling(surgery: Surgery, sandbox: Sandbox) -> None:
    await at_telegram(sandbox, "setWebhook", url="http://127.0.0.1:9/path-with-hunter2")
    found = await surgery.telegram(running=False)
    is_told(found["webhook"], FAULT, "left set to 127.0.0.1, so polling gets nothing", "it takes the webhook away")
    assert "hunter2" not in str(found)
    is_told(found["poller"], OK, "nobody can poll while a webhook is set")


async def test_no_webhook_in_webhook_mode(surgery: Surgery) -> None:
    found = await surgery.telegram(webhook_url="https://bot.example.com/telegram")
    is_told(found["webhook"], FAULT, "not set, so nothing comes in", "Start the bot")
    is_told(found["poller"], OK, "does not poll in webhook mode")


async def test_another_webhook_than_ours(surgery: Surgery, sandbox: Sandbox) -> None:
    await at_telegram(sandbox, "setWebhook", url="http://127.0.0.1:9/theirs")
    found = await surgery.telegram(webhook_url="https://bot.example.com/telegram")
    is_told(found["webhook"], FAULT, "set to 127.0.0.1, which is not WEBHOOK_URL", "Restart the bot")


async def test_a_webhook_whose_deliveries_fail(
    surgery: Surgery, sandbox: Sandbox, boss: Person, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/telegram"
    await at_telegram(sandbox, "setWebhook", url=url)
    is_told((await surgery.telegram(webhook_url=url))["webhook"], OK, "set to WEBHOOK_URL; 0 updates wait")
    await boss.says("не дойдёт")
    async with asyncio.timeout(10):
        while sandbox.api.webhook.failure is None:  # noqa: ASYNC110 - the sandbox rings no bell for it
            await asyncio.sleep(0.02)
    found = await surgery.telegram(webhook_url=url)
    is_told(found["webhook"], FAULT, "deliveries fail: Connection failed", "WEBHOOK_LISTEN from the internet")
    assert "1 updates wait" in found["webhook"].found


@pytest.mark.parametrize(
    ("waiting", "error_age", "status", "found"),
    [
        (0, None, OK, "set to WEBHOOK_URL; 0 updates wait"),
        (0, 60, FAULT, "deliveries fail: Wrong response from the webhook: 401 Unauthorized; 0 updates wait"),
        (0, 7200, OK, "set to WEBHOOK_URL; 0 updates wait"),
        (3, 7200, FAULT, "deliveries fail: Wrong response from the webhook: 401 Unauthorized; 3 updates wait"),
        (150, None, WARNING, "set; 150 updates wait"),
    ],
)
def test_an_old_failure_counts_only_while_updates_wait(
    waiting: int, error_age: int | None, status: Status, found: str
) -> None:
    url, now = "https://bot.example.com/telegram", 1_000_000.0
    info: dict[str, object] = {"url": url, "pending_update_count": waiting}
    if error_age is not None:
        info |= {"last_error_date": int(now) - error_age}
        info |= {"last_error_message": "Wrong response from the webhook: 401 Unauthorized"}
    finding = webhook(Answer(ok=True, result=info), url, now)
    assert (finding.status, finding.found) == (status, found)


@asynccontextmanager
async def another_poller(sandbox: Sandbox, *, confirms: bool = False) -> AsyncIterator[None]:
    """Poll like a second instance: ask again a moment after each conflict, confirm what came where asked to."""
    api = Api(make_bot(sandbox.token, sandbox.base_url, None))

    async def poll() -> None:
        offset: dict[str, int] = {}
        while True:
            try:
                answer = await api.call("getUpdates", {"timeout": 20, **offset}, 30.0)
            except NoAnswerError:
                return
            if answer.ok and confirms:
                offset = {"offset": answer.result[-1]["update_id"] + 1} if answer.result else offset
            await asyncio.sleep(0.2)

    async with asyncio.TaskGroup() as tasks:
        polling = tasks.create_task(poll())
        await sandbox.polled()
        yield
        polling.cancel()
    await api.close()


async def test_a_second_poller(surgery: Surgery, sandbox: Sandbox) -> None:
    async with another_poller(sandbox):
        found = await surgery.telegram(running=False)
    is_told(found["poller"], FAULT, "another program takes this bot's updates", "Stop the other program")


async def test_a_second_poller_that_takes_what_waits(surgery: Surgery, sandbox: Sandbox, boss: Person) -> None:
    await boss.says("раз")
    looking = asyncio.get_running_loop().create_task(surgery.telegram(running=False))
    await sandbox.polled()
    async with another_poller(sandbox, confirms=True):
        found = await looking
    is_told(found["poller"], FAULT, "another program takes this bot's updates", "revoke the token")


async def test_nobody_else_polls(surgery: Surgery) -> None:
    found = await surgery.telegram(running=False)
    is_told(found["poller"], OK, "nobody else asks Telegram for this bot's updates")


async def test_a_bot_that_runs_here_is_not_disturbed(surgery: Surgery, sandbox: Sandbox) -> None:
    found = await surgery.telegram(running=True)
    is_told(found["poller"], OK, "is running and was not disturbed")
    assert sandbox.calls_of("getUpdates") == []


# People


async def test_no_staff_group(surgery: Surgery) -> None:
    found = await surgery.telegram(staff_chat=None)
    is_told(found["staff"], WARNING, "nobody can be called", "STAFF_CHAT_ID")
    is_told(found["rights"], OK, "not needed")
    is_told(found["privacy"], OK, "it matters only once there is a staff group")


async def test_a_staff_chat_that_is_not_there(surgery: Surgery) -> None:
    found = await surgery.telegram(staff_chat=-1009999999999)
    is_told(found["staff"], FAULT, "cannot see the chat that STAFF_CHAT_ID names", "begins with -100")
    is_told(found["rights"], UNKNOWN, "see the line of the staff group")
    is_told(found["privacy"], UNKNOWN, "it is not known whether the bot is an administrator")


async def test_thrown_out_of_the_staff_group(surgery: Surgery, sandbox: Sandbox, forum: Chat, boss: Person) -> None:
    sandbox.set_bot(forum, Membership.KICKED, boss)
    found = await surgery.telegram()
    is_told(found["staff"], FAULT, "thrown out", "Add the bot to the group again")


async def test_a_group_that_got_a_new_id(surgery: Surgery, sandbox: Sandbox, boss: Person) -> None:
    old = sandbox.group("Старая", [boss])
    new = sandbox.upgrade(old, boss)
    found = await surgery.telegram(staff_chat=old.id)
    is_told(found["staff"], FAULT, "became a supergroup and has a new id", f"Set STAFF_CHAT_ID={new.id}")


async def test_a_person_instead_of_a_group(surgery: Surgery, boss: Person) -> None:
    found = await surgery.telegram(staff_chat=boss.id)
    is_told(found["staff"], FAULT, "STAFF_CHAT_ID names a private, not a group", "id of a group")


async def test_topics_are_off(surgery: Surgery, sandbox: Sandbox, forum: Chat) -> None:
    sandbox.set_forum(forum, on=False)
    found = await surgery.telegram()
    is_told(found["staff"], WARNING, "Topics are off", "Switch on Topics")
    is_told(found["rights"], OK, "has what it needs")


@pytest.mark.parametrize(
    ("right", "status", "lost", "mend"),
    [
        ("can_manage_topics", FAULT, "cannot open a topic for each customer", "“Manage topics”"),
        ("can_pin_messages", WARNING, "cannot pin the card of a ticket", "“Pin messages”"),
        ("can_delete_messages", WARNING, "cannot clear away its own service messages", "“Delete messages”"),
    ],
)
async def test_a_right_is_missing(
    surgery: Surgery, sandbox: Sandbox, right: str, status: Status, lost: str, mend: str
) -> None:
    kept = {"can_manage_chat", "can_manage_topics", "can_pin_messages", "can_delete_messages"} - {right}
    group = sandbox.forum("Линия", rights=kept)
    found = await surgery.telegram(staff_chat=group.id)
    is_told(found["rights"], status, f"{right} is missing: the bot {lost}", mend)


async def test_a_plain_member_with_privacy_mode_on(surgery: Surgery, sandbox: Sandbox) -> None:
    group = sandbox.forum("Линия", rights=None)
    found = await surgery.telegram(staff_chat=group.id)
    is_told(found["rights"], FAULT, "may not open topics", "Make the bot an administrator")
    is_told(found["privacy"], FAULT, "what staff write does not reach it", "/setprivacy")


async def test_a_plain_member_with_privacy_mode_off(surgery: Surgery, sandbox: Sandbox) -> None:
    sandbox.world.privacy_mode = False
    group = sandbox.forum("Линия", rights=None, topics=False)
    found = await surgery.telegram(staff_chat=group.id)
    is_told(found["rights"], WARNING, "may not pin cards", "Make the bot an administrator")
    is_told(found["privacy"], OK, "off: the bot reads every message")


async def test_no_managers_and_managers_who_never_started_the_bot(surgery: Surgery) -> None:
    is_told((await surgery.telegram(manager_ids=()))["managers"], WARNING, "MANAGER_IDS is not set", "MANAGER_IDS")
    found = await surgery.telegram(manager_ids=(surgery.setup.manager_ids[0], 990_000_001))
    is_told(found["managers"], WARNING, "the bot cannot write to 990000001", "presses Start")


async def test_a_server_that_does_not_answer_costs_ten_seconds_at_most(surgery: Surgery, sandbox: Sandbox) -> None:
    sandbox.fail("getChat", FaultKind.DROP_BEFORE, times=None)
    began = time.monotonic()
    found = await surgery.telegram()
    assert time.monotonic() - began < 10
    is_told(found["staff"], UNKNOWN, "Telegram gave no answer", "again in a minute")
