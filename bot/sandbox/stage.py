"""The stage of a dialogue: a sandbox, a bot over a fresh database, a customer, a member of staff, a manager.

Decides who is there, in which chat each side speaks, and when the bot has had its say. Called by `script.py` and
`terminal.py`; `bot/cli_chat.py` opens it.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.sandbox.acts import button_payload
from bot.sandbox.gateway import LicenceGateway
from bot.sandbox.messages import Message
from bot.sandbox.people import Chat
from bot.sandbox.person import Person
from bot.sandbox.process import RUN_BOT, BotProcess
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.world import Event, EventKind, Pressed

QUIET_SECONDS = 1.3
"""A bot that made no call for so long has finished: it writes at most once a second into a chat, so a little more."""

REPLY_SECONDS = 20.0

GATEWAY_VARIABLE = "MIKO_LICENCE_GATEWAY"
"""Names the licence gateway to the bot's key check (kb/miko/_checks.yaml)."""


class Side(StrEnum):
    """Who speaks."""

    CUSTOMER = "customer"
    STAFF = "staff"
    MANAGER = "manager"


@dataclass(slots=True)
class Stage:
    """A running sandbox and bot. `topic` is where staff chose to write: 0 is General, None the newest open topic."""

    sandbox: Sandbox
    bot: BotProcess
    customer: Person
    staff: Person
    manager: Person
    forum: Chat
    topic: int | None = None
    last_press: Pressed | None = None

    def person(self, side: Side) -> Person:
        """Return who speaks for that side."""
        return {Side.CUSTOMER: self.customer, Side.STAFF: self.staff, Side.MANAGER: self.manager}[side]

    def chat(self, side: Side) -> Chat:
        """Return where that side speaks: staff in the group, the others with the bot alone."""
        return self.forum if side is Side.STAFF else self.sandbox.chat(self.person(side).id)

    def side_of(self, chat_id: int) -> Side | None:
        """Return the side whose chat it is."""
        return next((side for side in Side if self.chat(side).id == chat_id), None)

    def say(self, side: Side, text: str) -> Message:
        """Write as that side."""
        self.last_press = None
        topic = self.staff_topic() if side is Side.STAFF else None
        return self.sandbox.says(self.person(side), text, chat=self.chat(side), topic=topic)

    def staff_topic(self) -> int | None:
        """Return the topic that staff write in now; None is General, where no topic is open or it was chosen."""
        topics = self.forum.topics
        if self.topic is not None:
            return self.topic if self.topic in topics else None
        return max((topic.id for topic in topics.values() if not topic.closed), default=None)

    def send_photo(self, side: Side, path: Path, caption: str = "") -> Message:
        """Send a picture as that side; raise OSError where it cannot be read."""
        self.last_press = None
        topic = self.staff_topic() if side is Side.STAFF else None
        content = path.read_bytes() or b"\0"
        return self.sandbox.sends_photo(self.person(side), content, caption=caption, chat=self.chat(side), topic=topic)

    def with_buttons(self, side: Side) -> Message | None:
        """Return the newest message of the side's chat that has buttons."""
        return next((m for m in reversed(self.sandbox.messages(self.chat(side))) if m.buttons), None)

    def button_text(self, side: Side, part: str) -> str | None:
        """Return what stands on the newest button whose text holds that part, letter case aside; exact ones first."""
        texts = [t for m in reversed(self.sandbox.messages(self.chat(side))) for t in m.button_texts]
        if part in texts:
            return part
        return next((text for text in texts if part.casefold() in text.casefold()), None)

    def press(self, side: Side, button: str | int) -> Message:
        """Press a button of the newest message that has it; a button of a reply keyboard is written as text.

        Raise ValueError where no message has it.
        """
        messages = [m for m in reversed(self.sandbox.messages(self.chat(side))) if m.buttons]
        for message in messages[:1] if isinstance(button, int) else messages:
            with contextlib.suppress(ValueError):
                button_payload(message, button)
                self.last_press = self.sandbox.presses(self.person(side), message, button)
                return message
            plain = [b.text for b in message.buttons if (b.callback, b.url, b.copies) == (None, None, None)]
            if button in plain:
                self.say(side, str(button))
                return message
        shown = messages[0].button_texts if messages else []
        raise ValueError(f"no button {button!r}; the newest buttons are {shown}")

    def replies(self, side: Side) -> list[Event]:
        """Return what the bot wrote or edited in the side's chat since anyone last acted."""
        return self.sandbox.answers(self.chat(side))

    def visible(self, side: Side) -> list[str]:
        """Return what the side sees since anyone last acted: replies with their buttons, toasts, reactions."""
        seen = ["\n".join([event.styled.text, *event.message.button_texts]) for event in self.replies(side)]
        if self.last_press is not None and self.last_press.answer:
            seen.append(self.last_press.answer)
        newest = [m for m in self.sandbox.messages(self.chat(side)) if not m.by_bot][-1:]
        return [*seen, *(emoji for m in newest for emoji in m.reactions)]

    async def settle(self, side: Side, reply_within: float = REPLY_SECONDS, quiet: float = QUIET_SECONDS) -> bool:
        """Wait for the bot's reply to the side, then until it is quiet; return whether it replied at all."""
        with contextlib.suppress(TimeoutError):
            await self.sandbox.bell.wait_for(lambda: self.visible(side), reply_within)
        await self.until_quiet(quiet)
        return bool(self.visible(side))

    async def until_quiet(self, quiet: float = QUIET_SECONDS, at_most: float = REPLY_SECONDS) -> None:
        """Wait until the bot makes no calls for `quiet` seconds, polls left out; give up after `at_most`."""
        rounds = int(at_most / quiet) + 1
        for _ in range(rounds):
            before = self._activity()
            try:
                await self.sandbox.bell.wait_for(lambda seen=before: self._activity() > seen, quiet)  # type: ignore[misc]
            except TimeoutError:
                return

    def _activity(self) -> int:
        busy = sum(call.method.lower() != "getupdates" for call in self.sandbox.calls)
        return busy + sum(e.kind is not EventKind.DELETED for e in self.sandbox.journal)


@contextlib.asynccontextmanager
async def open_stage(
    folder: Path, *, language: str = "ru", command: Sequence[str] = RUN_BOT, log: Path | None = None
) -> AsyncIterator[Stage]:
    """Open a stage with its files in `folder`, and strike it in the end: the bot, the licence gateway, the sandbox.

    Raise BotDidNotStartError.
    """
    names = ("Анна", "Сергей", "Мария") if language == "ru" else ("Anna", "Sergey", "Maria")
    async with Sandbox() as sandbox:
        customer = sandbox.user(names[0], username="anna", language=language)
        staff = sandbox.user(names[1], username="sergey", language="ru", started=True)
        manager = sandbox.user(names[2], username="maria", language="ru", started=True)
        forum = sandbox.forum("Поддержка" if language == "ru" else "Support desk", [manager, staff])
        gateway = LicenceGateway()
        address = await gateway.start()
        bot = BotProcess(
            sandbox,
            folder,
            staff_chat=forum.id,
            managers=[manager.id],
            command=command,
            settings={GATEWAY_VARIABLE: address},
            log=log,
        )
        try:
            await bot.start()
            yield Stage(sandbox, bot, customer, staff, manager, forum)
        finally:
            await bot.terminate()
            await gateway.stop()
