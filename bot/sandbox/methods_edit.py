"""Methods that change or answer what is already there: edits, deletions, reactions, presses of buttons.

Decides "message is not modified", what may be deleted, which reactions exist. Called by `methods.py`.
"""

import time
from collections.abc import Mapping

from bot.sandbox.access import message_of, own_message, reachable_chat, writable_chat
from bot.sandbox.attachments import CAPTIONED
from bot.sandbox.entities import StyledText
from bot.sandbox.keyboards import checked_markup, inline_only
from bot.sandbox.messages import Message
from bot.sandbox.methods_send import MANY_LIMIT, body_caption, body_text
from bot.sandbox.params import Params
from bot.sandbox.people import Chat, ChatKind
from bot.sandbox.wire import Json, JsonObject, bad_request
from bot.sandbox.world import CALLBACK_SECONDS, World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
TOAST_LIMIT = 200
DELETABLE_SECONDS = 48 * 3600

REACTIONS = frozenset(
    {
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤‍🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨‍💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷‍♂",
        "🤷",
        "🤷‍♀",
        "😡",
    }
)
"""All that a bot may set (core.telegram.org/bots/api#reactiontypeemoji)."""


def _change(world: World, message: Message, text: StyledText, markup: JsonObject | None) -> Json:
    kept = inline_only(markup)
    if text == message.styled and kept == message.markup:
        raise bad_request(NOT_MODIFIED)
    message.styled = text
    message.markup = message.shown_markup = kept
    world.edited(message)
    return message.to_json()


def edit_message_text(world: World, params: Params) -> Json:
    """Replace the text of a message, and its buttons (none given: none left)."""
    message = own_message(world, params, writable_chat(world, params))
    if message.attachment is not None:
        raise bad_request("there is no text in the message to edit")
    text = body_text(params)
    return _change(world, message, text, checked_markup(params.json("reply_markup")))


def edit_message_caption(world: World, params: Params) -> Json:
    """Replace the caption of a message."""
    message = own_message(world, params, writable_chat(world, params))
    if message.attachment is None or message.attachment.kind not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    caption = body_caption(params)
    return _change(world, message, caption, checked_markup(params.json("reply_markup")))


def edit_message_reply_markup(world: World, params: Params) -> Json:
    """Replace the buttons of a message."""
    message = own_message(world, params, writable_chat(world, params))
    return _change(world, message, message.styled, checked_markup(params.json("reply_markup")))


def _deletable(world: World, chat: Chat, message: Message) -> bool:
    if world.now() - message.date > DELETABLE_SECONDS:
        return False
    own = message.sender.id == world.bot.id
    return own or chat.kind is ChatKind.PRIVATE or chat.member(world.bot).may("can_delete_messages")


def delete_message(world: World, params: Params) -> Json:
    """Delete a message."""
    chat = reachable_chat(world, params)
    message = message_of(world, params, chat, "delete")
    if not _deletable(world, chat, message):
        raise bad_request("message can't be deleted")
    world.delete(message)
    return True


def delete_messages(world: World, params: Params) -> Json:
    """Delete those of the messages that are there and may be deleted."""
    chat = reachable_chat(world, params)
    ids = params.wholes("message_ids")
    if not 0 < len(ids) <= MANY_LIMIT:
        raise bad_request("message identifiers are not specified" if not ids else "too many messages to delete")
    for message in [world.find(chat, number) for number in ids]:
        if message is not None and _deletable(world, chat, message):
            world.delete(message)
    return True


def answer_callback_query(world: World, params: Params) -> Json:
    """Answer a pressed button; late or unknown presses are refused."""
    pressed = world.pressed.get(params.text("callback_query_id"))
    if pressed is None or pressed.expired or time.monotonic() - pressed.at > CALLBACK_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    pressed.answer, pressed.alert = text, params.flag("show_alert")
    world.bell.ring()
    return True


def set_message_reaction(world: World, params: Params) -> Json:
    """Set the bot's reaction, one at most."""
    chat = writable_chat(world, params)
    message = message_of(world, params, chat, "react")
    emojis: list[str] = []
    for item in params.listing("reaction"):
        emoji = item.get("emoji") if isinstance(item, Mapping) and item.get("type") == "emoji" else None
        if emoji not in REACTIONS or not isinstance(emoji, str):
            raise bad_request("REACTION_INVALID")
        emojis.append(emoji)
    if len(emojis) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reactions = tuple(emojis)
    world.bell.ring()
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "setMessageReaction": set_message_reaction,
}
