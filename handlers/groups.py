"""Chats that are not a customer's: the staff's group, groups and channels we do not serve, customers who block us."""

import logging

import structlog
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import ChatMemberUnion, ChatMemberUpdated, Message

from bot.conversations import store
from bot.i18n import say
from bot.outbox import store as outbox
from bot.outbox.store import Call
from bot.telegram.desk import Desk
from bot.telegram.talk import Kit, tell

log = structlog.get_logger(__name__)

PRESENT = frozenset({ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED})
BASIC_GROUP_FLOOR = -1_000_000_000_000
"""Basic groups have ids above this, supergroups and channels below."""


async def private_membership(event: ChatMemberUpdated, kit: Kit) -> None:
    """Note that a customer blocked the bot, or let it in again."""
    if event.new_chat_member.status == ChatMemberStatus.KICKED:
        kit.effects.add(store.mark_unreachable(event.chat.id, "blocked the bot", kit.now))
    else:
        kit.effects.add(store.mark_reachable(event.chat.id))


async def group_membership(event: ChatMemberUpdated, kit: Kit) -> None:
    """Leave every group and channel but the staff's, with one polite line."""
    chat = event.chat
    arrived = event.new_chat_member.status in PRESENT and event.old_chat_member.status not in PRESENT
    if chat.id == kit.staff_chat:
        _staff_chat_changed(event, kit)
        return
    if not arrived:
        return
    if kit.staff_chat is not None and kit.staff_chat > BASIC_GROUP_FLOOR and chat.type == ChatType.SUPERGROUP:
        # It may be the staff's own group, just made a supergroup: Telegram tells us of the new id separately.
        log.warning("group.kept", why="the staff's chat is a basic group, and this may be what it has become")
        return
    if chat.type != ChatType.CHANNEL or event.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR:
        tell(kit, chat.id, say(kit.prepared.library.default_language, "group-goodbye"))
    kit.effects.add(outbox.post(Call(chat.id, "leaveChat", {"chat_id": chat.id}), kit.vault, kit.now))


def _staff_chat_changed(event: ChatMemberUpdated, kit: Kit) -> None:
    """Tell the managers that the staff cannot be reached, or can again; what waits for that is the sender's."""
    before, after = (_may_write(member) for member in (event.old_chat_member, event.new_chat_member))
    if before is after:
        return
    key = "desk-let-in" if after else "desk-shut-out"
    log.log(logging.INFO if after else logging.ERROR, "group.staff_chat_changed", reachable=after)
    for manager in kit.manager_ids:
        tell(kit, manager, say(kit.prepared.library.default_language, key))


def _may_write(member: ChatMemberUnion) -> bool:
    return member.status in PRESENT and bool(getattr(member, "can_send_messages", True))


async def migrated(message: Message, kit: Kit) -> None:
    """Follow the staff's group to its new id."""
    # The sender has begun to follow already, so the kit may name the new id.
    if message.migrate_to_chat_id is not None and kit.staff_chat in {message.chat.id, message.migrate_to_chat_id}:
        kit.effects.add(outbox.moved(message.chat.id, message.migrate_to_chat_id))
        desk = Desk(message.migrate_to_chat_id, kit.prepared.library, kit.vault, kit.now)
        kit.effects.add(desk.begin_again)
