"""Methods about chats: who is in them, forum topics, typing, leaving.

Decides rights and the life of topics. Called by `methods.py`.
"""

from bot.sandbox.access import reachable_chat, require, target
from bot.sandbox.params import Params
from bot.sandbox.people import Chat, ChatKind, Member, Status, Topic
from bot.sandbox.wire import Json, bad_request
from bot.sandbox.world import Typing, World

TOPIC_NAME_LIMIT = 128
ICON_COLORS = frozenset({7322096, 16766590, 13338331, 9367192, 16749490, 16478047})
"""core.telegram.org/bots/api#createforumtopic"""

ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"}
    | {"choose_sticker", "find_location", "record_video_note", "upload_video_note"}
)


def get_chat(world: World, params: Params) -> Json:
    """Return all about a chat."""
    return reachable_chat(world, params).to_full_json()


def get_chat_member(world: World, params: Params) -> Json:
    """Return what a user is to a chat."""
    chat = reachable_chat(world, params)
    user = world.users.get(params.whole("user_id"))
    if user is None:
        raise bad_request("user not found")
    if chat.person is not None:
        status = Status.MEMBER if user.id in {world.bot.id, chat.id} else Status.LEFT
        return Member(user, status).to_json()
    return chat.member(user).to_json()


def get_chat_administrators(world: World, params: Params) -> Json:
    """Return who rules a group, bots left out except this one."""
    chat = reachable_chat(world, params)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    return [m.to_json() for m in chat.members.values() if m.status in {Status.CREATOR, Status.ADMINISTRATOR}]


def get_chat_member_count(world: World, params: Params) -> Json:
    """Return how many are in a chat."""
    chat = reachable_chat(world, params)
    return 2 if chat.person is not None else sum(m.status.present for m in chat.members.values())


def leave_chat(world: World, params: Params) -> Json:
    """Leave a group; the bot is told that it left."""
    chat = reachable_chat(world, params)
    if chat.kind is ChatKind.PRIVATE:
        raise bad_request("chat member status can't be changed in private chats")
    before = chat.member(world.bot)
    chat.members[world.bot.id] = after = Member(world.bot, Status.LEFT)
    world.tell_membership(chat, world.bot, before, after)
    return True


def send_chat_action(world: World, params: Params) -> Json:
    """Show "typing" or the like."""
    where = target(world, params)
    action = params.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.typing.append(Typing(where.chat.id, where.thread_id, action, world.now()))
    world.bell.ring()
    return True


def _forum(world: World, params: Params, reason: str) -> Chat:
    chat = reachable_chat(world, params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    require(chat, world, "can_manage_topics", reason)
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    topic = chat.topics.get(params.whole("message_thread_id"))
    if topic is None:
        raise bad_request("TOPIC_ID_INVALID")
    return topic


def create_forum_topic(world: World, params: Params) -> Json:
    """Open a topic; the service message that opens it has the topic's id."""
    chat = _forum(world, params, " to create a topic")
    name = params.text("name").strip()[:TOPIC_NAME_LIMIT]
    if not name:
        raise bad_request("name must be non-empty")
    color = params.whole("icon_color")
    if color and color not in ICON_COLORS:
        raise bad_request("invalid icon color specified")
    return world.open_topic(chat, world.bot, name, color, params.text("icon_custom_emoji_id")).to_json()


def edit_forum_topic(world: World, params: Params) -> Json:
    """Rename a topic, with the service message that tells of it."""
    chat = _forum(world, params, " to edit the topic")
    topic = _topic(chat, params)
    name = params.text("name").strip()[:TOPIC_NAME_LIMIT] or topic.name
    emoji = params.text("icon_custom_emoji_id", topic.icon_custom_emoji_id)
    if (name, emoji) == (topic.name, topic.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    edited = {"name": name} if name != topic.name else {}
    if emoji != topic.icon_custom_emoji_id:
        edited["icon_custom_emoji_id"] = emoji
    topic.name, topic.icon_custom_emoji_id = name, emoji
    world.post(chat, world.bot, thread_id=topic.id, service={"forum_topic_edited": edited})
    return True


def _set_closed(world: World, params: Params, *, closed: bool) -> Json:
    chat = _forum(world, params, " to close or open the topic")
    topic = _topic(chat, params)
    if topic.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.post(chat, world.bot, thread_id=topic.id, service={service: {}})
    return True


def close_forum_topic(world: World, params: Params) -> Json:
    """Close a topic."""
    return _set_closed(world, params, closed=True)


def reopen_forum_topic(world: World, params: Params) -> Json:
    """Open a closed topic again."""
    return _set_closed(world, params, closed=False)


def delete_forum_topic(world: World, params: Params) -> Json:
    """Delete a topic with its messages."""
    chat = _forum(world, params, " to delete the topic")
    world.drop_topic(chat, _topic(chat, params))
    return True


def get_user_profile_photos(world: World, params: Params) -> Json:
    """Return no photos: nobody here has one."""
    if params.whole("user_id") not in world.users:
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}


def get_forum_topic_icon_stickers(_world: World, _params: Params) -> Json:
    """Return no stickers."""
    return []


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "sendChatAction": send_chat_action,
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
    "getForumTopicIconStickers": get_forum_topic_icon_stickers,
    "getUserProfilePhotos": get_user_profile_photos,
}
