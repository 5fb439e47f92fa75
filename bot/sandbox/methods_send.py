"""Methods that put a new message into a chat: texts, files, albums, copies, forwards.

Decides what of a call becomes a message and which texts are refused; where it goes is `access.py`. Called by
`methods.py`.
"""

from collections.abc import Callable, Mapping

from bot.sandbox.access import Target, chat_of, message_of, require, target
from bot.sandbox.attachments import CAPTIONED, album_id, attach, contact, location
from bot.sandbox.entities import NO_TEXT, StyledText, utf16_length
from bot.sandbox.formatting import CAPTION_LIMIT, TEXT_LIMIT, styled
from bot.sandbox.keyboards import checked_markup
from bot.sandbox.messages import Attachment, Message
from bot.sandbox.params import Params
from bot.sandbox.wire import Json, JsonObject, bad_request
from bot.sandbox.world import World

ALBUM_SIZES = range(2, 11)
MANY_LIMIT = 100


def body_text(params: Params) -> StyledText:
    """Return the text of a call; raise for an empty or too long one."""
    raw = params.text("text")
    found = styled(raw, params.text("parse_mode"), params.json("entities"))
    if not found.text:
        raise bad_request("message text is empty" if not raw else "text must be non-empty")
    if utf16_length(found.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return found


def body_caption(params: Params) -> StyledText:
    """Return the caption of a call, perhaps empty; raise for a too long one."""
    found = styled(params.text("caption"), params.text("parse_mode"), params.json("caption_entities"))
    if utf16_length(found.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return found


def _post(
    world: World,
    params: Params,
    text: StyledText,
    attachment: Attachment | None = None,
    *,
    where: Target | None = None,
    group: str = "",
    origin: JsonObject | None = None,
) -> Message:
    goes = where or target(world, params)
    return world.post(
        goes.chat,
        world.bot,
        text,
        attachment=attachment,
        markup=checked_markup(params.json("reply_markup")),
        reply_to=goes.reply_to,
        thread_id=goes.thread_id,
        media_group_id=group,
        origin=origin,
    )


def send_message(world: World, params: Params) -> Json:
    """Put a text into a chat."""
    where = target(world, params)
    return _post(world, params, body_text(params), where=where).to_json()


def _sends(kind: str) -> Callable[[World, Params], Json]:
    def send(world: World, params: Params) -> Json:
        where = target(world, params)
        caption = body_caption(params) if kind in CAPTIONED else NO_TEXT
        attachment = attach(world, params, params.text(kind), kind, kind)
        return _post(world, params, caption, attachment, where=where).to_json()

    return send


def send_location(world: World, params: Params) -> Json:
    """Put a point on the map into a chat."""
    return _post(world, params, NO_TEXT, location(params.real("latitude"), params.real("longitude"))).to_json()


def send_contact(world: World, params: Params) -> Json:
    """Put a contact into a chat."""
    phone, name = params.text("phone_number"), params.text("first_name")
    if not phone or not name:
        raise bad_request(f"{'first_name' if phone else 'phone_number'} is empty")
    return _post(world, params, NO_TEXT, contact(phone, name, params.text("last_name"))).to_json()


def send_media_group(world: World, params: Params) -> Json:
    """Put an album into a chat: messages of one media_group_id."""
    where = target(world, params)
    items = params.listing("media")
    if len(items) not in ALBUM_SIZES:
        raise bad_request("media group must include from 2 to 10 items")
    ready: list[tuple[StyledText, Attachment]] = []
    for item in items:
        if not isinstance(item, Mapping) or item.get("type") not in CAPTIONED:
            raise bad_request("can't parse InputMedia: type must be specified")
        kind = str(item["type"])
        attachment = attach(world, params, str(item.get("media") or ""), kind, kind)
        ready.append((body_caption(Params(item)), attachment))
    group = album_id()
    return [_post(world, params, text, attached, where=where, group=group).to_json() for text, attached in ready]


def _copy(world: World, params: Params, source: Message, where: Target) -> Message:
    if source.service:
        raise bad_request("message can't be copied")
    text = source.styled
    if source.attachment is not None and params.has("caption"):
        text = body_caption(params)
    return _post(world, params, text, source.attachment, where=where)


def _origin(source: Message) -> JsonObject:
    return source.origin or {"type": "user", "date": source.date, "sender_user": source.sender.to_json()}


def copy_message(world: World, params: Params) -> Json:
    """Put a copy of a message into a chat, without naming its sender."""
    where = target(world, params)
    source = message_of(world, params, chat_of(world, params.text("from_chat_id")), "copy")
    return {"message_id": _copy(world, params, source, where).id}


def forward_message(world: World, params: Params) -> Json:
    """Forward a message."""
    where = target(world, params)
    source = message_of(world, params, chat_of(world, params.text("from_chat_id")), "forward")
    if source.service:
        raise bad_request("message can't be forwarded")
    return _post(world, params, source.styled, source.attachment, where=where, origin=_origin(source)).to_json()


def _many(world: World, params: Params, verb: str) -> list[Message]:
    ids = params.wholes("message_ids")
    if not 0 < len(ids) <= MANY_LIMIT:
        raise bad_request("message identifiers are not specified" if not ids else "too many messages to process")
    if sorted(set(ids)) != ids:
        raise bad_request("message identifiers must be in a strictly increasing order")
    source = chat_of(world, params.text("from_chat_id"))
    found = [m for m in (world.find(source, number) for number in ids) if m is not None and not m.service]
    if not found:
        raise bad_request(f"there are no messages to {verb}")
    return found


def copy_messages(world: World, params: Params) -> Json:
    """Copy several messages; those that are gone are left out."""
    where = target(world, params)
    return [{"message_id": _copy(world, params, m, where).id} for m in _many(world, params, "copy")]


def forward_messages(world: World, params: Params) -> Json:
    """Forward several messages; those that are gone are left out."""
    where = target(world, params)
    return [
        {"message_id": _post(world, params, m.styled, m.attachment, where=where, origin=_origin(m)).id}
        for m in _many(world, params, "forward")
    ]


def pin_chat_message(world: World, params: Params) -> Json:
    """Pin a message, with the service message that tells of it."""
    where = target(world, params)
    require(where.chat, world, "can_pin_messages", " to manage pinned messages in the chat")
    message = message_of(world, params, where.chat, "pin")
    where.chat.pinned.append(message.id)
    world.post(
        where.chat, world.bot, thread_id=message.thread_id, service={"pinned_message": message.to_json(nested=True)}
    )
    return True


def unpin_chat_message(world: World, params: Params) -> Json:
    """Unpin a message, the newest pinned one where none is named."""
    chat = target(world, params).chat
    require(chat, world, "can_pin_messages", " to manage pinned messages in the chat")
    number = params.whole("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    return True


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": _sends("photo"),
    "sendDocument": _sends("document"),
    "sendVoice": _sends("voice"),
    "sendVideo": _sends("video"),
    "sendAudio": _sends("audio"),
    "sendSticker": _sends("sticker"),
    "sendAnimation": _sends("animation"),
    "sendVideoNote": _sends("video_note"),
    "sendLocation": send_location,
    "sendContact": send_contact,
    "sendMediaGroup": send_media_group,
    "copyMessage": copy_message,
    "copyMessages": copy_messages,
    "forwardMessage": forward_message,
    "forwardMessages": forward_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
