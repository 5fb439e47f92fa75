"""What Telegram's answers mean for the people behind the bot: privacy mode, staff group, rights, managers. Pure.

Decides when each matters. Called by `telegram.py`, which asks.
"""

from collections.abc import Mapping

from bot.doctor.checks import no_answer
from bot.doctor.finding import Finding, fault, ok, unknown, warning
from bot.outbox.answer import BAD_REQUEST, FORBIDDEN, SERVER_FAULT, TOO_MANY, UNAUTHORIZED, Answer

NEEDED = {
    "can_manage_topics": "open a topic for each customer",
    "can_pin_messages": "pin the card of a ticket",
    "can_delete_messages": "clear away its own service messages",
}
"""The rights the bot uses in the staff group, and what for; without the first there are no topics."""

TOPICS_RIGHT = "can_manage_topics"
_GROUPS = {"group", "supergroup"}
_NAMES = {
    "can_manage_topics": "Manage topics",
    "can_pin_messages": "Pin messages",
    "can_delete_messages": "Delete messages",
}


def staff_unset() -> tuple[Finding, Finding]:
    """Return the findings for a bot without a staff group."""
    mend = "Put the bot into your staff group and the group's id, a negative number, into STAFF_CHAT_ID."
    found = "STAFF_CHAT_ID is not set: nobody can be called, customers are told so"
    return warning("staff", found, mend), ok("rights", "not needed without a staff group")


def _fields(answer: Answer | None) -> Mapping[str, object]:
    return answer.result if answer is not None and answer.ok and isinstance(answer.result, dict) else {}


def is_forum(chat: Answer | None) -> bool:
    """Return whether the group has topics."""
    return _fields(chat).get("is_forum") is True


def is_admin(member: Answer | None) -> bool:
    """Return whether the bot rules in the group."""
    return _fields(member).get("status") in {"administrator", "creator"}


def staff(chat: Answer | None) -> Finding:
    """Judge the answer to getChat of STAFF_CHAT_ID."""
    if chat is None:
        return no_answer("staff", chat)
    if chat.migrate_to is not None:
        mend = f"Set STAFF_CHAT_ID={chat.migrate_to} and restart the bot."
        return fault("staff", "the group became a supergroup and has a new id", mend)
    if not chat.ok:
        return _unreachable(chat)
    fields = _fields(chat)
    title, kind = f"“{fields.get('title', '?')}”", fields.get("type")
    if kind not in _GROUPS:
        mend = "Set STAFF_CHAT_ID to the id of a group in which your staff are members."
        return fault("staff", f"STAFF_CHAT_ID names a {kind}, not a group", mend)
    if fields.get("is_forum") is not True:
        mend = "Switch on Topics in the group's settings for a topic of its own for each customer."
        return warning("staff", f"{title}: Topics are off, so all tickets share one stream", mend)
    return ok("staff", f"{title}: Topics are on")


def _unreachable(chat: Answer) -> Finding:
    if chat.code in {UNAUTHORIZED, TOO_MANY} or chat.code >= SERVER_FAULT:
        return no_answer("staff", chat)
    if chat.code == FORBIDDEN:
        mend = "Add the bot to the group again and make it an administrator."
        return fault("staff", "the bot is not in the staff group, or was thrown out of it", mend)
    mend = (
        "Add the bot to the group and check the number in STAFF_CHAT_ID: of a supergroup it begins with -100. The bot "
        "can see a group only once it is in it."
    )
    return fault("staff", "the bot cannot see the chat that STAFF_CHAT_ID names", mend)


def rights(chat: Answer | None, member: Answer | None) -> Finding:  # noqa: PLR0911 - a table, from top to bottom
    """Judge the answer to getChatMember of the bot itself in the staff group."""
    fields = _fields(member)
    if not fields:
        if not _fields(chat):
            return unknown("rights", "not looked at: see the line of the staff group")
        return no_answer("rights", member)
    forum = is_forum(chat)
    status = fields.get("status")
    if status == "creator":
        return ok("rights", "the bot owns the group")
    if status != "administrator":
        mend = f"Make the bot an administrator of the group with {_listed(list(NEEDED))}."
        if forum:
            return fault("rights", "the bot is a plain member: it may not open topics", mend)
        return warning("rights", "the bot is a plain member: it may not pin cards", mend)
    missing = [right for right in NEEDED if fields.get(right) is not True and (forum or right != TOPICS_RIGHT)]
    if not missing:
        return ok("rights", "the bot is an administrator and has what it needs")
    lost = "; ".join(f"{right} is missing: the bot cannot {NEEDED[right]}" for right in missing)
    mend = f"In the group's settings, Administrators, give the bot {_listed(missing)}."
    return (fault if TOPICS_RIGHT in missing else warning)("rights", lost, mend)


def _listed(rights: list[str]) -> str:
    names = [f"“{_NAMES[right]}”" for right in rights]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def privacy(me: Answer | None, member: Answer | None, staff_chat: int | None) -> Finding:
    """Say whether privacy mode keeps messages of the staff group from the bot: it does from a plain member only."""
    if not _fields(me):
        return no_answer("privacy", me)
    if _fields(me).get("can_read_all_group_messages") is True:
        return ok("privacy", "off: the bot reads every message of its groups")
    if staff_chat is None:
        return ok("privacy", "on; it matters only once there is a staff group")
    if is_admin(member):
        return ok("privacy", "on, which does not matter: an administrator gets every message")
    if not _fields(member):
        return unknown("privacy", "on, and it is not known whether the bot is an administrator of the staff group")
    mend = (
        "Make the bot an administrator of the staff group; or switch privacy mode off at @BotFather (/setprivacy), "
        "then take the bot out of the group and add it again, for only then does the change count."
    )
    return fault("privacy", "on, and the bot is a plain member: what staff write does not reach it", mend)


def managers(ids: tuple[int, ...], chats: Mapping[int, Answer | None]) -> Finding:
    """Say whether there are managers and whether the bot may write to them. `chats`: the answers to getChat of each."""
    if not ids:
        mend = "Put the Telegram ids of those who answer for the bot into MANAGER_IDS, with commas between."
        return warning("managers", "MANAGER_IDS is not set: nobody has a manager's rights", mend)
    strangers = [
        person for person, chat in chats.items() if chat is not None and not chat.ok and chat.code == BAD_REQUEST
    ]
    if strangers:
        listed = ", ".join(map(str, strangers))
        mend = "Each of them opens the bot and presses Start once; check the numbers, too."
        return warning("managers", f"the bot cannot write to {listed}", mend)
    return ok("managers", f"{len(ids)} set")
