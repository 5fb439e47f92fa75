"""Where a call goes: the chat, topic and message it names, or the refusal that Telegram gives for them.

Decides 400 "chat not found", every 403, dead and closed topics, lost messages. Called by the methods.
"""

from dataclasses import dataclass

from bot.sandbox.messages import Message
from bot.sandbox.params import Params
from bot.sandbox.people import Chat, ChatKind, Status, Topic
from bot.sandbox.wire import BAD_REQUEST, Refused, bad_request, forbidden
from bot.sandbox.world import World

GENERAL_TOPIC = 1


@dataclass(frozen=True, slots=True)
class Target:
    """Where a new message goes."""

    chat: Chat
    thread_id: int | None
    reply_to: Message | None


def chat_of(world: World, reference: str) -> Chat:
    """Return the chat that an id or @username names, readable by the bot or not."""
    if not reference:
        raise bad_request("chat_id is empty")
    if reference.startswith("@"):
        found = next((c for c in world.chats.values() if c.username == reference[1:]), None)
    else:
        try:
            found = world.chats.get(int(reference))
        except ValueError:
            found = None
    if found is None:
        raise bad_request("chat not found")
    return found


def reachable_chat(world: World, params: Params, name: str = "chat_id") -> Chat:
    """Return the chat of a call if the bot is let into it."""
    chat = chat_of(world, params.text(name))
    if chat.migrated_to is not None:
        raise Refused(
            BAD_REQUEST,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    if chat.person is not None:
        return chat
    kind = "group" if chat.kind is ChatKind.GROUP else chat.kind.value
    status = chat.member(world.bot).status
    if status is Status.KICKED:
        raise forbidden(f"bot was kicked from the {kind} chat")
    if status is Status.LEFT:
        raise forbidden(f"bot is not a member of the {kind} chat")
    return chat


def writable_chat(world: World, params: Params) -> Chat:
    """Return the chat of a call if the bot may write into it."""
    chat = reachable_chat(world, params)
    person = chat.person
    if person is not None:
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.wrote:
            raise forbidden("bot can't initiate conversation with a user")
    return chat


def target(world: World, params: Params) -> Target:
    """Return where a sending call goes: chat, living topic, message replied to."""
    chat = writable_chat(world, params)
    thread_id = params.whole("message_thread_id") or None
    topic = topic_to_write(chat, thread_id) if thread_id is not None else None
    reply_to = _replied(world, params, chat)
    if topic is None and reply_to is not None and reply_to.thread_id in chat.topics:
        topic = chat.topics[reply_to.thread_id or 0]
    if topic is not None and topic.closed and not chat.member(world.bot).may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return Target(chat, topic.id if topic else None, reply_to)


def topic_to_write(chat: Chat, thread_id: int) -> Topic:
    """Return the topic; General is refused by number, as Telegram does."""
    topic = chat.topics.get(thread_id) if chat.is_forum and thread_id != GENERAL_TOPIC else None
    if topic is None:
        raise bad_request("message thread not found")
    return topic


def _replied(world: World, params: Params, chat: Chat) -> Message | None:
    reply = params.mapping("reply_parameters")
    if reply is None:
        if not params.has("reply_to_message_id"):
            return None
        reply = {
            "message_id": params.whole("reply_to_message_id"),
            "allow_sending_without_reply": params.flag("allow_sending_without_reply"),
        }
    message_id = reply.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request("can't parse reply parameters JSON object")
    where = chat_of(world, str(reply["chat_id"])) if reply.get("chat_id") else chat
    found = world.find(where, message_id)
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return found


def message_of(world: World, params: Params, chat: Chat, what: str, name: str = "message_id") -> Message:
    """Return a message of the chat; raise "message to {what} not found"."""
    if not params.has(name):
        raise bad_request("message identifier is not specified")
    found = world.find(chat, params.whole(name))
    if found is None:
        raise bad_request(f"message to {what} not found")
    return found


def own_message(world: World, params: Params, chat: Chat) -> Message:
    """Return a message that the bot may edit."""
    if params.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    message = message_of(world, params, chat, "edit")
    if message.sender.id != world.bot.id or message.service or message.origin is not None:
        raise bad_request("message can't be edited")
    return message


def require(chat: Chat, world: World, right: str, reason: str) -> None:
    """Raise "not enough rights …" unless the bot has that right in the chat."""
    if chat.kind is not ChatKind.PRIVATE and not chat.member(world.bot).may(right):
        raise bad_request(f"not enough rights{reason}")
