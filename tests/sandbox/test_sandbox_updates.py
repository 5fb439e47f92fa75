import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update
from aiohttp import ClientSession, web

from bot.sandbox import Person, Sandbox, Status


async def test_updates_stay_until_an_offset_confirms_them(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    for text in ("раз", "два", "три"):
        await ann.says(text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["раз", "два"]
    assert [u.update_id for u in await bot.get_updates(limit=2)] == [u.update_id for u in first]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["три"]
    assert sandbox.world.queue.confirmed == [u.update_id for u in first]


async def test_a_negative_offset_counts_from_the_end(bot: Bot, ann: Person) -> None:
    for text in ("раз", "два", "три"):
        await ann.says(text)
    assert [u.message.text for u in await bot.get_updates(offset=-1) if u.message] == ["три"]
    assert len(await bot.get_updates()) == 1


async def test_a_long_poll_wakes_at_once(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    async with asyncio.TaskGroup() as tasks:
        polled = tasks.create_task(bot.get_updates(timeout=5))
        await sandbox.wait_for(lambda: sandbox.api.polling.waiting == 1)
        await ann.says("привет")
    assert [u.message.text for u in polled.result() if u.message] == ["привет"]


async def test_a_second_poller_ends_the_first(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    async def first() -> str:
        with pytest.raises(TelegramConflictError) as caught:
            await bot.get_updates(timeout=5)
        return caught.value.message

    async with asyncio.TaskGroup() as tasks:
        older = tasks.create_task(first())
        await sandbox.wait_for(lambda: sandbox.api.polling.waiting == 1)
        newer = tasks.create_task(bot.get_updates(timeout=5))
        await older
        await ann.says("кому?")
    assert older.result() == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert len(newer.result()) == 1


async def test_only_wanted_kinds_are_queued(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    await bot.get_updates(allowed_updates=["message"])
    message = await ann.says("раз")
    sandbox.edits(message, "два")
    sandbox.blocks(ann)
    assert [u.event_type for u in await bot.get_updates()] == ["message"]


async def test_everything_people_do_is_parsed_by_aiogram(bot: Bot, sandbox: Sandbox) -> None:
    ann, boris = sandbox.user("<3", language="en"), sandbox.user("Борис")
    forum = sandbox.forum(members=[boris])
    said = await ann.says("/start 1058")
    sandbox.edits(said, "исправила")
    sandbox.sends_photo(ann, caption="вот")
    sandbox.sends_voice(ann)
    sandbox.sends_sticker(ann)
    sandbox.sends_location(ann)
    sandbox.sends_contact(ann)
    sandbox.sends_album(ann, caption="ключ")
    for kind in ("document", "video", "audio", "animation", "video_note"):
        sandbox.sends_file(ann, kind)
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Помогло", callback_data="h")]])
    await bot.send_message(ann.id, "?", reply_markup=markup)
    await ann.presses("Помогло")
    sandbox.blocks(ann)
    sandbox.blocks(ann, blocked=False)
    sandbox.set_bot(forum, Status.ADMINISTRATOR, by=boris, rights=[])
    sandbox.set_bot(forum, Status.KICKED, by=boris)
    sandbox.set_bot(forum, Status.ADMINISTRATOR, by=boris)
    topic = await bot.create_forum_topic(forum.id, "Анна")
    await boris.says("отвечаю", chat=forum, topic=topic.message_thread_id)
    await bot.close_forum_topic(forum.id, topic.message_thread_id)
    group = sandbox.group(members=[boris])
    sandbox.upgrade(group, boris)
    raw = sandbox.world.queue.batch(0, 100)
    parsed = [Update.model_validate(update) for update in raw]
    assert {u.event_type for u in parsed} == {"message", "edited_message", "callback_query", "my_chat_member"}
    answered = next(u.message for u in parsed if u.message and u.message.text == "отвечаю")
    assert (answered.message_thread_id, answered.is_topic_message) == (topic.message_thread_id, True)
    command = parsed[0].message
    assert command is not None
    assert [(e.type, e.offset, e.length) for e in command.entities or []] == [("bot_command", 0, 6)]
    kinds = [u.message.content_type for u in parsed if u.message]
    assert kinds[1:7] == ["photo", "voice", "sticker", "location", "contact", "photo"]
    assert "forum_topic_created" in kinds


async def test_presses_are_answered_until_too_old(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="y")]])
    await bot.send_message(ann.id, "?", reply_markup=markup)
    pressed = await ann.presses(1)
    update = (await bot.get_updates())[-1]
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.id) == ("y", pressed.id)
    await bot.answer_callback_query(pressed.id, "Спасибо")
    assert pressed.answer == "Спасибо"
    sandbox.expires(pressed)
    with pytest.raises(
        TelegramBadRequest, match="query is too old and response timeout expired or query ID is invalid"
    ):
        await bot.answer_callback_query(pressed.id)


async def test_an_update_can_come_twice_and_malformed(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    await ann.says("раз")
    (update,) = await bot.get_updates()
    assert await bot.get_updates(offset=update.update_id + 1) == []
    sandbox.repeat_update(update.update_id)
    assert [u.update_id for u in await bot.get_updates(offset=update.update_id + 1)] == [update.update_id]
    poison = sandbox.push_update({"message": {"message_id": "not a number"}})
    async with ClientSession() as session, session.get(f"{sandbox.base_url}/bot{sandbox.token}/getUpdates") as answer:
        assert (await answer.json())["result"] == [{"update_id": poison, "message": {"message_id": "not a number"}}]


async def test_privacy_mode_hides_what_people_say_in_groups(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    group = sandbox.group(members=[ann])
    await ann.says("между собой", chat=group)
    await ann.says("/help", chat=group)
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["/help"]
    sandbox.world.privacy_mode = False
    await ann.says("теперь слышно", chat=group)
    assert [u.message.text for u in await bot.get_updates() if u.message] == ["/help", "теперь слышно"]


async def test_a_webhook_is_retried_with_its_secret_and_shuts_polling_out(bot: Bot, ann: Person) -> None:
    seen: list[tuple[str, int]] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.json()
        seen.append((request.headers["X-Telegram-Bot-Api-Secret-Token"], body["update_id"]))
        if len(seen) == 1:
            return web.Response(status=500)
        return web.json_response({"method": "sendMessage", "chat_id": ann.id, "text": "из ответа"})

    app = web.Application()
    app.router.add_post("/hook", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        await bot.set_webhook(url, secret_token="s3cret-for-tests")
        await ann.says("раз")
        await ann.hears("из ответа")
        first, second = seen
        assert first == second
        assert first[0] == "s3cret-for-tests"
        assert (await bot.get_webhook_info()).url == url
        with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert (await bot.get_webhook_info()).url == ""
        assert await bot.get_updates() == []
    finally:
        await runner.cleanup()


async def test_dropping_pending_updates(bot: Bot, ann: Person) -> None:
    await ann.says("раз")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []
