"""Who may do what: staff, managers, and everybody else.

Staff are the members of the staff's group, asked of Telegram and remembered for a while; where `kb/_desk.yaml` names
`roles: staff: […]`, only those of them. Managers are `MANAGER_IDS`, and may do what staff may. Every press and every
command is checked here at the moment it comes in: a former member's old buttons do nothing.
"""

from collections.abc import Callable

from aiogram.types import Message, User

from bot.clock import Clock
from bot.outbox.answer import NoAnswerError
from bot.telegram.api import Api

PRESENT = frozenset({"creator", "administrator", "member"})
REMEMBER_SECONDS = 60.0

ANONYMOUS_ADMIN = 1087968824
"""The user under whose name Telegram shows administrators who write anonymously (Bot API, `Message.sender_chat`)."""


class Roles:
    """Answers for one staff chat. `named` returns the ids that the desk's rules name, empty where they name none."""

    def __init__(
        self,
        api: Api,
        clock: Clock,
        staff_chat: Callable[[], int | None],
        manager_ids: tuple[int, ...],
        named: Callable[[], frozenset[int]],
    ) -> None:
        self._api = api
        self._clock = clock
        self._staff_chat = staff_chat
        self._manager_ids = frozenset(manager_ids)
        self._named = named
        self._known: dict[int, tuple[float, bool]] = {}

    def is_manager(self, user_id: int) -> bool:
        """Return whether this is a manager."""
        return user_id in self._manager_ids

    def is_author(self, message: Message) -> bool:
        """Return whether a message in the staff's chat was written by staff: whoever writes there is a member."""
        if message.sender_chat is not None:
            return message.sender_chat.id == message.chat.id
        user = message.from_user
        return user is not None and not user.is_bot and self._is_named(user.id)

    def _is_named(self, user_id: int) -> bool:
        named = self._named()
        return not named or user_id in named or user_id in self._manager_ids

    async def is_staff(self, user: User) -> bool | None:
        """Return whether this is a member of the staff now; None where Telegram could not be asked."""
        if user.id in self._manager_ids:
            return True
        chat = self._staff_chat()
        if chat is None or user.is_bot or not self._is_named(user.id):
            return False
        until, known = self._known.get(user.id, (0.0, False))
        now = self._clock.now()
        if now < until <= now + REMEMBER_SECONDS:
            return known
        try:
            answer = await self._api.call("getChatMember", {"chat_id": chat, "user_id": user.id})
        except NoAnswerError:
            return None
        if not answer.ok and answer.code >= 429:  # noqa: PLR2004 - a flood or a fault of Telegram's, no word on the user
            return None
        result = answer.result if isinstance(answer.result, dict) else {}
        member = answer.ok and (
            result.get("status") in PRESENT or (result.get("status") == "restricted" and bool(result.get("is_member")))
        )
        self._known[user.id] = (now + REMEMBER_SECONDS, member)
        return member

    def forget(self, user_id: int) -> None:
        """Ask anew next time: the user's membership has changed."""
        self._known.pop(user_id, None)


def author_of(message: Message) -> tuple[int, str]:
    """Return id and name of whoever wrote in the staff's chat."""
    if message.sender_chat is not None or message.from_user is None:
        return ANONYMOUS_ADMIN, message.author_signature or message.chat.title or "admin"
    return message.from_user.id, message.from_user.full_name
