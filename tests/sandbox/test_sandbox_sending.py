import io

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MediaUnion,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)

from bot.sandbox import Person, Sandbox, Status


def keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=t, callback_data=d)] for t, d in buttons])


async def test_get_me_names_the_bot(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username, me.can_join_groups) == (True, "diagnost_sandbox_bot", True)


async def test_html_becomes_entities_in_utf16_units(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "😀 <b>Ключ</b> &amp; <code>1058</code>", parse_mode="HTML")
    assert sent.text == "😀 Ключ & 1058"
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [("bold", 3, 4), ("code", 10, 4)]
    assert ann.replies[-1].html == "😀 <b>Ключ</b> &amp; <code>1058</code>"


async def test_a_message_keeps_its_buttons(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "?", reply_markup=keyboard(("Помогло", "h:1"), ("Не помогло", "n:1")))
    assert ann.replies[-1].button_texts == ["Помогло", "Не помогло"]
    assert sent.reply_markup is not None
    assert sent.reply_markup.inline_keyboard[1][0].callback_data == "n:1"


async def test_files_go_up_and_come_down(bot: Bot, ann: Person) -> None:
    sent = await bot.send_document(ann.id, BufferedInputFile(b"log line", "tool.log"), caption="вот")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("tool.log", "вот")
    into = io.BytesIO()
    await bot.download(sent.document.file_id, into)
    assert into.getvalue() == b"log line"
    again = await bot.send_document(ann.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_id == sent.document.file_id
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(ann.id, sent.document.file_id)


async def test_an_album_is_separate_messages_of_one_group(bot: Bot, ann: Person) -> None:
    media: list[MediaUnion] = [
        InputMediaPhoto(media=BufferedInputFile(b"x%d" % n, f"{n}.jpg"), caption=f"c{n}") for n in range(2)
    ]
    sent = await bot.send_media_group(ann.id, media)
    assert [m.caption for m in sent] == ["c0", "c1"]
    assert sent[0].media_group_id
    assert sent[0].media_group_id == sent[1].media_group_id


async def test_every_sending_method_is_parsed_by_aiogram(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    upload = BufferedInputFile(b"content", "file.bin")
    assert (await bot.send_photo(ann.id, upload)).photo
    assert (await bot.send_voice(ann.id, upload)).voice
    assert (await bot.send_video(ann.id, upload)).video
    assert (await bot.send_audio(ann.id, upload)).audio
    assert (await bot.send_sticker(ann.id, upload)).sticker
    assert (await bot.send_animation(ann.id, upload)).animation
    assert (await bot.send_video_note(ann.id, upload)).video_note
    assert (await bot.send_location(ann.id, 55.75, 37.62)).location
    assert (await bot.send_contact(ann.id, "+70000000000", "Иван")).contact
    text = await bot.send_message(ann.id, "раз")
    assert (await bot.forward_message(ann.id, ann.id, text.message_id)).forward_origin
    copied = await bot.copy_message(ann.id, ann.id, text.message_id)
    assert sandbox.messages(ann.id)[-1].id == copied.message_id
    both = [text.message_id, copied.message_id]
    assert len(await bot.copy_messages(ann.id, ann.id, both)) == 2
    assert len(await bot.forward_messages(ann.id, ann.id, both)) == 2
    assert await bot.send_chat_action(ann.id, "typing")
    assert sandbox.world.typing[-1].action == "typing"


async def test_edits_change_text_and_buttons_and_refuse_no_change(bot: Bot, ann: Person) -> None:
    sent = await bot.send_message(ann.id, "Ищу…", reply_markup=keyboard(("Стоп", "s")))
    await bot.edit_message_text("Нашла", chat_id=ann.id, message_id=sent.message_id)
    assert (ann.replies[-1].text, ann.replies[-1].buttons) == ("Нашла", ())
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("Нашла", chat_id=ann.id, message_id=sent.message_id)
    await bot.edit_message_reply_markup(chat_id=ann.id, message_id=sent.message_id, reply_markup=keyboard(("Ещё", "m")))
    assert ann.replies[-1].button_texts == ["Ещё"]
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("?", chat_id=ann.id, message_id=999)
    theirs = await ann.says("моё")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("?", chat_id=ann.id, message_id=theirs.id)


async def test_captions_are_edited_where_there_is_one(bot: Bot, ann: Person) -> None:
    photo = await bot.send_photo(ann.id, BufferedInputFile(b"1", "a.jpg"), caption="было")
    await bot.edit_message_caption(chat_id=ann.id, message_id=photo.message_id, caption="стало")
    assert ann.replies[-1].text == "стало"
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("?", chat_id=ann.id, message_id=photo.message_id)
    text = await bot.send_message(ann.id, "т")
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=ann.id, message_id=text.message_id, caption="?")


async def test_deleting(bot: Bot, ann: Person) -> None:
    first, second = await bot.send_message(ann.id, "1"), await bot.send_message(ann.id, "2")
    assert await bot.delete_message(ann.id, first.message_id)
    assert await bot.delete_messages(ann.id, [first.message_id, second.message_id])
    assert ann.messages == []
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(ann.id, first.message_id)


async def test_replies_to_lost_messages(bot: Bot, ann: Person) -> None:
    theirs = await ann.says("вопрос")
    sent = await bot.send_message(ann.id, "ответ", reply_parameters=ReplyParameters(message_id=theirs.id))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "вопрос"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(ann.id, "?", reply_parameters=ReplyParameters(message_id=999))
    lenient = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(ann.id, "всё равно", reply_parameters=lenient)).reply_to_message is None


@pytest.mark.parametrize(
    ("emoji", "accepted"), [("👌", True), ("💔", True), ("❤", True), ("✅", False), ("❌", False), ("🤷‍♀", True)]
)
async def test_reactions_come_from_telegrams_list(bot: Bot, ann: Person, emoji: str, accepted: bool) -> None:
    theirs = await ann.says("!")
    if accepted:
        await bot.set_message_reaction(ann.id, theirs.id, [ReactionTypeEmoji(emoji=emoji)])
        assert theirs.reactions == (emoji,)
    else:
        with pytest.raises(TelegramBadRequest, match="Bad Request: REACTION_INVALID"):
            await bot.set_message_reaction(ann.id, theirs.id, [ReactionTypeEmoji(emoji=emoji)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        ("   ", "text must be non-empty"),
        ("х" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<config> & key", 'can\'t parse entities: Unsupported start tag "config" at byte offset 0'),
    ],
)
async def test_texts_that_are_refused(bot: Bot, ann: Person, text: str, reason: str) -> None:
    with pytest.raises(TelegramBadRequest) as caught:
        await bot.send_message(ann.id, text, parse_mode="HTML")
    assert caught.value.message == f"Bad Request: {reason}"
    assert ann.replies == []


async def test_the_longest_text_counts_after_entities(bot: Bot, ann: Person) -> None:
    assert (await bot.send_message(ann.id, f"<b>{'х' * 4096}</b>", parse_mode="HTML")).text == "х" * 4096
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(ann.id, BufferedInputFile(b"1", "a"), caption="х" * 1025)


async def test_bad_entities_are_refused(bot: Bot, ann: Person) -> None:
    beyond = MessageEntity(type="bold", offset=2, length=9)
    with pytest.raises(TelegramBadRequest, match="ENTITY_BOUNDS_INVALID"):
        await bot.send_message(ann.id, "текст", entities=[beyond], parse_mode=None)
    inside = MessageEntity(type="bold", offset=0, length=5)
    sent = await bot.send_message(ann.id, "текст", entities=[inside], parse_mode=None)
    assert (sent.entities or [])[0].type == "bold"


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        (InlineKeyboardButton(text="ж", callback_data="ж" * 33), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton(text="x", callback_data=""), "BUTTON_DATA_INVALID"),
        (InlineKeyboardButton(text="x", url="not a link"), "BUTTON_URL_INVALID"),
        (InlineKeyboardButton(text="x"), "Text buttons are unallowed in the inline keyboard"),
        (InlineKeyboardButton(text=" ", callback_data="1"), "inline keyboard button text must be non-empty"),
        (InlineKeyboardButton(text="x", copy_text=CopyTextButton(text="y" * 257)), "BUTTON_COPY_TEXT_INVALID"),
    ],
)
async def test_buttons_that_are_refused(bot: Bot, ann: Person, button: InlineKeyboardButton, reason: str) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_message(ann.id, "?", reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]))


async def test_callback_data_of_64_bytes_is_accepted(bot: Bot, ann: Person) -> None:
    await bot.send_message(ann.id, "?", reply_markup=keyboard(("да", "ж" * 32)))
    assert ann.replies[-1].buttons[0].callback == "ж" * 32


async def test_who_cannot_be_written_to(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    stranger = sandbox.user("Пётр")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(stranger.id, "?")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "?")
    sandbox.blocks(ann)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(ann.id, "?")
    sandbox.blocks(ann, blocked=False)
    ann.user.deactivated = True
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(ann.id, "?")


async def test_groups_that_threw_the_bot_out(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    forum = sandbox.forum(members=[ann])
    sandbox.set_bot(forum, Status.KICKED, by=ann)
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await bot.send_message(forum.id, "?")
    sandbox.set_bot(forum, Status.ADMINISTRATOR, by=ann)
    assert (await bot.send_message(forum.id, "снова")).text == "снова"
    assert await bot.leave_chat(forum.id)
    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(forum.id, "?")


async def test_an_upgraded_group_names_its_new_id(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    group = sandbox.group(members=[ann])
    new = sandbox.upgrade(group, ann)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(group.id, "?")
    assert caught.value.migrate_to_chat_id == new.id
    assert (await bot.send_message(new.id, "здесь")).chat.type == "supergroup"


async def test_the_life_of_a_topic(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    forum = sandbox.forum(members=[ann])
    topic = await bot.create_forum_topic(forum.id, "🟪 Анна")
    thread = topic.message_thread_id
    assert (await bot.send_message(forum.id, "карточка", message_thread_id=thread)).is_topic_message
    assert await bot.edit_forum_topic(forum.id, thread, name="⬛ Анна")
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.edit_forum_topic(forum.id, thread, name="⬛ Анна")
    assert await bot.close_forum_topic(forum.id, thread)
    assert await bot.reopen_forum_topic(forum.id, thread)
    services = [set(m.service) for m in sandbox.messages(forum, thread) if m.service]
    assert services == [
        {"forum_topic_created"},
        {"forum_topic_edited"},
        {"forum_topic_closed"},
        {"forum_topic_reopened"},
    ]
    assert await bot.delete_forum_topic(forum.id, thread)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum.id, "?", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum.id, "?", message_thread_id=1)


async def test_topics_need_rights_and_a_forum(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    forum = sandbox.forum(members=[ann])
    thread = (await bot.create_forum_topic(forum.id, "A")).message_thread_id
    forum.topics[thread].closed = True
    sandbox.set_bot(forum, Status.MEMBER, by=ann)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await bot.send_message(forum.id, "?", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(forum.id, "B")
    sandbox.set_forum(forum, on=False)
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(forum.id, "B")
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(forum.id, "?", message_thread_id=thread)


async def test_chats_and_members_are_parsed(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    forum = sandbox.forum("Поддержка", [ann])
    assert (await bot.get_chat(forum.id)).is_forum is True
    assert (await bot.get_chat(ann.id)).first_name == "Анна"
    me = await bot.get_chat_member(forum.id, sandbox.world.bot.id)
    assert me.status == "administrator"
    assert getattr(me, "can_manage_topics", None) is True
    assert {m.user.id for m in await bot.get_chat_administrators(forum.id)} == {ann.id, sandbox.world.bot.id}
    assert await bot.get_chat_member_count(forum.id) == 2
    stranger = sandbox.user("Б")
    assert (await bot.get_chat_member(forum.id, stranger.id)).status == "left"
    assert (await bot.get_user_profile_photos(ann.id)).total_count == 0


async def test_pins(bot: Bot, sandbox: Sandbox, ann: Person) -> None:
    forum = sandbox.forum(members=[ann])
    sent = await bot.send_message(forum.id, "важно")
    assert await bot.pin_chat_message(forum.id, sent.message_id)
    assert forum.pinned == [sent.message_id]
    assert await bot.unpin_chat_message(forum.id, message_id=sent.message_id)
    sandbox.set_bot(forum, Status.MEMBER, by=ann)
    with pytest.raises(TelegramBadRequest, match="not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(forum.id, sent.message_id)


async def test_commands_are_kept_per_scope_and_language(bot: Bot, ann: Person) -> None:
    start = BotCommand(command="start", description="Начать")
    private = BotCommandScopeAllPrivateChats()
    assert await bot.set_my_commands([start], scope=private, language_code="ru")
    kept = await bot.get_my_commands(scope=private, language_code="ru")
    assert [(c.command, c.description) for c in kept] == [("start", "Начать")]
    assert await bot.get_my_commands(scope=private) == []
    assert await bot.set_my_commands([start], scope=BotCommandScopeChat(chat_id=ann.id))
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Старт", description="x")])
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.set_my_commands([start], scope=BotCommandScopeChat(chat_id=5))
    assert await bot.delete_my_commands(scope=private, language_code="ru")
    assert await bot.get_my_commands(scope=private, language_code="ru") == []


async def test_descriptions_fall_back_to_the_default_language(bot: Bot) -> None:
    await bot.set_my_description("Описание")
    await bot.set_my_short_description("Short", language_code="en")
    assert (await bot.get_my_description(language_code="en")).description == "Описание"
    assert (await bot.get_my_short_description(language_code="en")).short_description == "Short"
    assert (await bot.get_my_name()).name == "Diagnost"
