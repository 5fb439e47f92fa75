"""The chat in the terminal: three sides of one dialogue, typed with keys or piped in, a line a message.

Decides keys, commands and what is shown; what messages look like is `render.py`, who is there `stage.py`. Called by
`bot/cli_chat.py`. A line that is a number no greater than the count of buttons under the newest message presses that
button; any other line is written as it is (so the bare code 1058 is a message), and a backslash before it makes even
`1` a message.
"""

import asyncio
import contextlib
import io
import os
import shutil
import stat
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.shortcuts import print_formatted_text
from rich.console import Console, RenderableType
from rich.text import Text

from bot.sandbox.process import BotDidNotStartError
from bot.sandbox.render import drawn_message, printable, unwrapped, wrapped
from bot.sandbox.stage import REPLY_SECONDS, Side, Stage
from bot.sandbox.transcript import BOT, EDITED, LABELS, Transcript, shown_text
from bot.sandbox.world import Event, EventKind

GREETING = {
    "ru": (
        "Это демонстрация: настоящий бот говорит с локальным сервером вместо Telegram. Пишите как клиент.\n"
        "  1…9 Enter  нажать кнопку под последним сообщением (\\1 — написать «1»)\n"
        "  F2 F3 F4   вы — клиент, сотрудник, менеджер (или :c :s :m)\n"
        "  :photo ФАЙЛ [подпись]   :t [номер] тема группы   :restart убить бота и поднять   :q выход"
    ),
    "en": (
        "This is a demonstration: the real bot talks to a local server instead of Telegram. Write as a customer.\n"
        "  1…9 Enter  press a button under the newest message (\\1 writes “1”)\n"
        "  F2 F3 F4   you are the customer, staff, a manager (or :c :s :m)\n"
        "  :photo FILE [caption]   :t [number] topic of the group   :restart kill and start the bot   :q quit"
    ),
}
_SIDE_KEYS = {":c": Side.CUSTOMER, ":s": Side.STAFF, ":m": Side.MANAGER}
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TYPING_SECONDS = 5.0
_STAFF_REPLY_SECONDS = 3.0


class Quit(Exception):  # noqa: N818 - not an error: the person is done
    """The person wants out."""


class Terminal:
    """One chat. `interactive`: keys and a prompt; else lines from a pipe, each awaited."""

    def __init__(self, stage: Stage, transcript: Transcript, *, language: str, interactive: bool) -> None:
        self._stage = stage
        self._transcript = transcript
        self._language = language
        self._interactive = interactive
        self._side = Side.CUSTOMER
        self._shown = 0
        self._waiting_since: float | None = None
        self._toasted: str = ""
        self._unseen: dict[Side, list[Event]] = {side: [] for side in Side}

    # What is seen

    def _print(self, what: RenderableType) -> None:
        if not self._interactive:
            Console(highlight=False).print(what, soft_wrap=True)
            return
        drawn = io.StringIO()
        width = shutil.get_terminal_size().columns
        Console(file=drawn, force_terminal=True, color_system="256", width=width, highlight=False).print(what)
        print_formatted_text(ANSI(drawn.getvalue()), end="")

    def _tell(self, text: str) -> None:
        self._print(Text(text, style="dim"))

    def greet(self) -> None:
        """Say what this is and which keys there are, the customer's language first."""
        for language in sorted(GREETING, key=lambda known: known != self._language):
            self._print(Text(GREETING[language] + "\n", style="dim"))

    def catch_up(self) -> None:
        """Show what happened since the last time: this side's chat wholly, of others one line."""
        journal = self._stage.sandbox.journal
        while self._shown < len(journal):
            event = journal[self._shown]
            self._shown += 1
            side = self._stage.side_of(event.chat_id)
            if event.kind is EventKind.DELETED or side is None:
                continue
            if side is self._side:
                self._show(event)
            elif event.message.by_bot and not event.message.service:
                self._unseen[side].append(event)
                key = {Side.CUSTOMER: "F2 :c", Side.STAFF: "F3 :s", Side.MANAGER: "F4 :m"}[side]
                first = printable(event.styled.text.partition("\n")[0])[:60]
                self._tell(f"  ⇢ {LABELS[self._language][side]} ({key}): {first}")
        self._show_toast()

    def _show_toast(self) -> None:
        pressed = self._stage.last_press
        if pressed is not None and pressed.answer and pressed.id != self._toasted:
            self._toasted = pressed.id
            self._print(Text(f"  ⚑ {printable(pressed.answer)}", style="italic yellow"))

    def _show(self, event: Event) -> None:
        message = event.message
        own = message.sender.id == self._stage.person(self._side).id
        if own and self._interactive:
            return
        name = BOT[self._language] if message.by_bot else printable(message.sender.first_name)
        header = Text(name, style="bold green" if message.by_bot else "bold blue")
        topic = message.chat.topics.get(message.thread_id or 0)
        if topic is not None:
            header.append(f" · {printable(topic.name)} (:t {topic.id})", "dim")
        if event.kind is EventKind.EDITED:
            header.append(f" ({EDITED[self._language]})", "dim")
        carried = shown_text(message, "", self._language)
        parts = drawn_message(header, event.styled, message.buttons, carried)
        self._print(wrapped(parts) if self._interactive else unwrapped(parts))

    def _switch(self, side: Side) -> None:
        self._side = side
        self._tell(f"— {LABELS[self._language][side]}: {printable(self._stage.chat(side).title or 'Diagnost')} —")
        unseen, self._unseen[side] = self._unseen[side], []
        for event in unseen:
            self._show(event)

    # What is typed

    def _take(self, line: str) -> bool:
        """Carry out one line; return whether the bot may be expected to reply."""
        text = line.strip()
        if not text:
            return False
        word, _, rest = text.partition(" ")
        if word in _SIDE_KEYS:
            self._switch(_SIDE_KEYS[word])
            return False
        match word:
            case ":q":
                raise Quit
            case ":help" | ":h":
                self.greet()
                return False
            case ":t":
                self._choose_topic(rest.strip())
                return False
            case ":photo":
                return self._photo(rest.strip())
        return self._press(int(text)) if self._is_button(text) else self._say(text)

    def _say(self, text: str) -> bool:
        self._stage.say(self._side, text.removeprefix("\\"))
        return True

    def _is_button(self, text: str) -> bool:
        if not text.isdecimal() or len(text) > 1:
            return False
        message = self._stage.with_buttons(self._side)
        return message is not None and 0 < int(text) <= len(message.buttons)

    def _press(self, number: int) -> bool:
        message = self._stage.with_buttons(self._side)
        if message is None:
            return False
        button = message.buttons[number - 1]
        if button.url or button.copies:
            self._tell(f"  → {printable(button.url or button.copies or '')}")
            return False
        self._transcript.pressed(self._side, button.text)
        if self._interactive:
            self._tell(f"  → {printable(button.text)}")
        self._stage.press(self._side, number if button.callback is not None else button.text)
        return True

    def _photo(self, rest: str) -> bool:
        name, _, caption = rest.partition(" ")
        try:
            self._stage.send_photo(self._side, Path(name).expanduser(), caption.strip())
        except OSError as error:
            self._tell(f"{name or ':photo'}: {error.strerror}")
            return False
        return True

    def _choose_topic(self, rest: str) -> None:
        topics = self._stage.forum.topics
        if rest.isdecimal() and (int(rest) in topics or int(rest) == 0):
            self._stage.topic = int(rest)
        chosen = self._stage.staff_topic()
        for topic in topics.values():
            mark = "▶" if topic.id == chosen else " "
            self._tell(f"{mark} :t {topic.id}  {printable(topic.name)}")
        if chosen is None:
            self._tell("▶ :t 0  General")

    # Running

    async def _line(self, line: str) -> bool:
        if line.strip() == ":restart":
            self._tell("kill -9 …")
            await self._stage.bot.restart()
            self._transcript.restarted()
            return False
        return self._take(line)

    async def run_piped(self) -> None:
        """Take a line a message from standard input; after each wait for the replies."""
        async for line in _piped_lines():
            before = self._side
            expected = await self._line(line)
            self.catch_up()
            if expected:
                limit = _STAFF_REPLY_SECONDS if before is Side.STAFF else REPLY_SECONDS
                await self._stage.settle(before, limit)
            self.catch_up()
        await self._stage.until_quiet()
        self.catch_up()

    async def run_keys(self) -> None:
        """Take lines from a person at a terminal until :q, Ctrl-D or Ctrl-C."""
        keys = KeyBindings()
        for key, side in (("f2", Side.CUSTOMER), ("f3", Side.STAFF), ("f4", Side.MANAGER)):
            keys.add(key)(self._key(side))
        session: PromptSession[str] = PromptSession(
            self._prompt, key_bindings=keys, bottom_toolbar=self._toolbar, refresh_interval=0.2
        )
        with patch_stdout(raw=True):
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch())
                try:
                    while True:
                        line = await session.prompt_async()
                        await self._typed(line)
                except (EOFError, KeyboardInterrupt, Quit):
                    return
                finally:
                    watching.cancel()

    def _key(self, side: Side) -> "_SwitchKey":
        return _SwitchKey(self, side)

    def switch(self, side: Side) -> None:
        """Change sides, as the keys do."""
        self._switch(side)

    async def _typed(self, line: str) -> None:
        try:
            if await self._line(line):
                self._waiting_since = time.monotonic()
        except (ValueError, BotDidNotStartError) as error:
            self._tell(str(error))

    async def _watch(self) -> None:
        """Show what the bot does while the person types."""
        while True:
            self.catch_up()
            if self._waiting_since is not None and self._stage.visible(self._side):
                self._waiting_since = None
            count = len(self._stage.sandbox.journal)
            with contextlib.suppress(TimeoutError):
                await self._stage.sandbox.bell.wait_for(lambda seen=count: self._changed(seen), 1.0)  # type: ignore[misc]

    def _changed(self, seen: int) -> bool:
        pressed = self._stage.last_press
        toast = pressed is not None and bool(pressed.answer) and pressed.id != self._toasted
        return toast or len(self._stage.sandbox.journal) > seen

    def _prompt(self) -> str:
        return f"{LABELS[self._language][self._side]} › "

    def _toolbar(self) -> str:
        if not self._stage.bot.alive:
            return {"ru": " бот не работает: :restart", "en": " the bot is not running: :restart"}[self._language]
        if self._is_typing():
            mark = _SPINNER[int(time.monotonic() * 8) % len(_SPINNER)]
            return f" {mark} " + {"ru": "бот печатает…", "en": "the bot is typing…"}[self._language]
        return {
            "ru": " F2 клиент · F3 сотрудник · F4 менеджер · :help · :q",
            "en": " F2 customer · F3 staff · F4 manager · :help · :q",
        }[self._language]

    def _is_typing(self) -> bool:
        waiting = self._waiting_since is not None and time.monotonic() - self._waiting_since < REPLY_SECONDS
        shown = self._stage.sandbox.world.typing[-1:]
        return waiting or any(
            t.chat_id == self._stage.chat(self._side).id and time.time() - t.at < _TYPING_SECONDS for t in shown
        )


class _SwitchKey:
    """A key that changes sides."""

    def __init__(self, terminal: Terminal, side: Side) -> None:
        self._terminal = terminal
        self._side = side

    def __call__(self, event: KeyPressEvent) -> None:
        self._terminal.switch(self._side)
        event.app.invalidate()


async def _piped_lines() -> AsyncIterator[str]:
    """Yield the lines of standard input; a pipe is read without a thread, so that Ctrl-C ends at once."""
    kind = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        for line in sys.stdin:
            yield line.rstrip("\n")
        return
    reader = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while raw := await reader.readline():
        yield raw.decode("utf-8", "replace").rstrip("\r\n")
