"""Chats that are not a customer's: the bot says one line and leaves, and listens to nobody there."""

from dataclasses import replace

import pytest

from bot.sandbox import Chat, ChatKind, Person, Sandbox, Status
from bot.sandbox.wire import JsonObject
from tests.handlers.stand import Staff, Stand

GOODBYE = "Здравствуйте! Я отвечаю только в личных сообщениях: напишите мне туда. А отсюда выхожу, чтобы не мешать."


def place(sandbox: Sandbox, kind: ChatKind, owner: Person) -> Chat:
    return sandbox.world.add_group("Чужие", kind=kind, members=[owner.user])


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ChatKind.GROUP, Status.MEMBER),
        (ChatKind.SUPERGROUP, Status.MEMBER),
        (ChatKind.SUPERGROUP, Status.ADMINISTRATOR),
        (ChatKind.CHANNEL, Status.ADMINISTRATOR),
    ],
)
async def test_added_to_a_foreign_chat_the_bot_says_one_line_and_leaves(
    stand: Stand, ann: Person, kind: ChatKind, status: Status
) -> None:
    chat = place(stand.sandbox, kind, ann)
    stand.sandbox.set_bot(chat, status, ann)
    await stand.quiet()
    assert [message.text for message in stand.sandbox.messages(chat) if message.by_bot and message.text] == [GOODBYE]
    assert not chat.member(stand.sandbox.world.bot).status.present
    assert stand.staff.messages == []


async def test_added_twice_the_bot_leaves_twice(stand: Stand, ann: Person) -> None:
    chat = place(stand.sandbox, ChatKind.SUPERGROUP, ann)
    for _ in range(2):
        stand.sandbox.set_bot(chat, Status.MEMBER, ann)
        await stand.quiet()
        assert not chat.member(stand.sandbox.world.bot).status.present
    assert len([message for message in stand.sandbox.messages(chat) if message.text == GOODBYE]) == 2


async def test_a_chat_where_the_bot_may_not_write_is_left_all_the_same(stand: Stand, ann: Person) -> None:
    chat = place(stand.sandbox, ChatKind.SUPERGROUP, ann)
    stand.sandbox.fail(
        "sendMessage",
        chat=chat,
        times=None,
        code=400,
        description="Bad Request: not enough rights to send text messages to the chat",
    )
    stand.sandbox.set_bot(chat, Status.MEMBER, ann)
    await stand.quiet()
    assert not chat.member(stand.sandbox.world.bot).status.present


async def test_thrown_out_or_promoted_the_bot_says_nothing(stand: Stand, ann: Person) -> None:
    forum = stand.staff.chat
    stand.sandbox.join(forum, ann, Status.ADMINISTRATOR)
    stand.sandbox.set_bot(forum, Status.MEMBER, ann)
    stand.sandbox.set_bot(forum, Status.ADMINISTRATOR, ann)
    stand.sandbox.set_bot(forum, Status.KICKED, ann)
    stand.sandbox.set_bot(forum, Status.ADMINISTRATOR, ann)
    await stand.quiet()
    assert stand.sandbox.calls_of("leaveChat") == []
    assert forum.member(stand.sandbox.world.bot).status is Status.ADMINISTRATOR


async def test_questions_in_a_foreign_group_are_not_answered(stand: Stand, ann: Person) -> None:
    chat = place(stand.sandbox, ChatKind.SUPERGROUP, ann)
    stand.sandbox.fail("leaveChat", times=None, code=400, description="Bad Request: chat not found")
    stand.sandbox.set_bot(chat, Status.ADMINISTRATOR, ann)
    await stand.quiet()
    await ann.says("ошибка 7001", chat=chat)
    await ann.says("/human", chat=chat)
    await ann.says("/start@diagnost_sandbox_bot", chat=chat)
    assert await stand.replies(ann) == []
    assert [message.text for message in stand.sandbox.messages(chat) if message.by_bot] == [GOODBYE]
    assert await stand.rows("SELECT count(*) FROM users") == [(0,)]


def said(sender: JsonObject, chat: JsonObject, **fields: object) -> JsonObject:
    body: JsonObject = {"message_id": 1, "date": 1_700_000_000, "chat": chat, "from": sender, "text": "ошибка 7001"}
    return {**body, **fields}  # type: ignore[dict-item]  # JSON written by the test


async def test_bots_channels_and_anonymous_administrators_are_ignored(stand: Stand, ann: Person) -> None:
    robot: JsonObject = {"id": 777, "is_bot": True, "first_name": "Робот"}
    anonymous: JsonObject = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    group = stand.staff.chat.to_json()
    channel: JsonObject = {"id": -1_001_999_999_999, "type": "channel", "title": "Канал"}
    private: JsonObject = {"id": 777, "type": "private", "first_name": "Робот"}
    before = len(stand.sandbox.calls_of("sendMessage"))
    for update in (
        {"message": said(robot, private)},
        {"edited_message": said(robot, private)},
        {"message": said(anonymous, group, sender_chat=group)},
        {"message": said(ann.user.to_json(), group, sender_chat=channel)},
        {"channel_post": said(robot, channel, sender_chat=channel)},
        {"edited_channel_post": said(robot, channel, sender_chat=channel)},
    ):
        stand.sandbox.push_update(update)  # type: ignore[arg-type]  # JSON written by the test
    await stand.quiet()
    assert len(stand.sandbox.calls_of("sendMessage")) == before
    assert await stand.rows("SELECT count(*) FROM users") == [(0,)]
    assert await stand.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", 6)]


async def test_the_staff_group_became_a_supergroup(stand: Stand, ann: Person, bob: Person) -> None:
    basic = stand.sandbox.group("Поддержка", [ann])
    stand.plan = replace(stand.plan, staff_chat=basic.id)
    stand.staff = Staff(stand.sandbox, basic)
    await stand.restart()
    await bob.says("error 7001")
    await bob.says("/human")
    await stand.quiet()
    assert len(stand.staff.cards) == 1
    new = stand.sandbox.upgrade(basic, ann)
    await stand.quiet()
    stand.staff = Staff(stand.sandbox, new)
    await ann.says("ошибка 7002")
    await ann.says("/human")
    await stand.quiet()
    assert [card.partition("\n")[0] for card in stand.staff.cards] == ["🟪 #1 Bob", "🟪 #2 Анна"]
    await stand.restart()
    await bob.says("error 8004")
    await stand.quiet()
    assert stand.staff.last == "#1 Bob:\n👤 error 8004"
    refused = {call.method: call.description for call in stand.sandbox.calls if call.outcome == "400"}
    assert refused == {
        "createForumTopic": "Bad Request: the chat is not a forum",
        "pinChatMessage": "Bad Request: not enough rights to manage pinned messages in the chat",
    }
    assert stand.sandbox.calls_of("leaveChat") == []


async def test_the_staff_group_became_a_supergroup_and_nobody_told_the_bot(stand: Stand, ann: Person) -> None:
    basic = stand.sandbox.group("Поддержка", [ann])
    stand.plan = replace(stand.plan, staff_chat=basic.id)
    await stand.stop()
    new = stand.sandbox.upgrade(basic, ann)
    stand.sandbox.world.queue.drop_all()
    await stand.start()
    await ann.says("ошибка 7002")
    await ann.says("/human")
    await stand.quiet()
    assert [text.startswith("🟪 #1 Анна") for text in Staff(stand.sandbox, new).messages] == [True]
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]
