import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ECHO = [sys.executable, str(Path(__file__).with_name("echo_bot.py"))]
PROGRAM = (
    "import sys; from pathlib import Path; from bot.sandbox import session; "
    "sys.exit(session.talk(language='ru', transcript=Path('said.txt'), greet=False, command=sys.argv[1:]))"
)
ROOT = str(Path(__file__).resolve().parents[2])
DEADLINE = 40.0


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": ROOT, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}


def command() -> list[str]:
    return [sys.executable, "-c", PROGRAM, *ECHO]


PIPED = """\
Анна
  1058
Бот
  Вы сказали: 1058
  [1] Помогло
  [2] Нет
Бот (изменил)
  Нажато h
  ⚑ Записал
Анна
  1
Бот
  Вы сказали: 1
  [1] Помогло
  [2] Нет
Анна
  3
Бот
  Вы сказали: 3
  [1] Помогло
  [2] Нет
Анна
  html
Бот
  жирно 😀 код
"""


def test_piped_lines_are_messages_presses_and_wait_for_replies(tmp_path: Path) -> None:
    done = subprocess.run(
        command(),
        input=b"1058\n1\n\\1\n3\n\nhtml\n",
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=DEADLINE,
        check=False,
    )
    assert done.stdout.decode() == PIPED
    assert done.returncode == 0
    assert (tmp_path / "said.txt").read_text(encoding="utf-8").startswith("Клиент: 1058\nБот: Вы сказали: 1058\n")


def test_staff_sees_its_chat_and_a_missing_photo_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        command(),
        input=b"call\n:s\n:t\n:photo none.jpg\n:q\nnever said\n",
        capture_output=True,
        cwd=tmp_path,
        env=environment(),
        timeout=DEADLINE,
        check=False,
    )
    assert done.stdout.decode() == (
        "Анна\n  call\n  ⇢ Сотрудник (F3 :s): Карточка\nБот\n  Передал\n"
        "— Сотрудник: Поддержка —\nБот\n  Карточка\n▶ :t 0  General\nnone.jpg: No such file or directory\n"
    )
    assert done.returncode == 0


class Screen:
    """A terminal with the chat in it."""

    def __init__(self, folder: Path) -> None:
        self._fd, inner = pty.openpty()
        self.process = subprocess.Popen(
            command(), stdin=inner, stdout=inner, stderr=inner, cwd=folder, env=environment(), start_new_session=True
        )
        os.close(inner)
        self.seen = ""

    def type(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def until(self, text: str) -> None:
        end = time.monotonic() + DEADLINE
        while text not in self.seen:
            left = end - time.monotonic()
            assert left > 0, f"{text!r} did not appear in:\n{self.seen}"
            if select.select([self._fd], [], [], left)[0]:
                try:
                    raw = os.read(self._fd, 65536)
                except OSError:
                    raw = b""
                assert raw, f"the chat ended before {text!r}:\n{self.seen}"
                self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw.decode("utf-8", "replace"))

    def exit_code(self) -> int:
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and select.select([self._fd], [], [], DEADLINE)[0]:
            try:
                if not os.read(self._fd, 65536):
                    break
            except OSError:
                break
        return self.process.wait(DEADLINE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._fd)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    shown = Screen(tmp_path)
    yield shown
    shown.close()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("key", ["\x03", "\x04", ":q\r"], ids=["ctrl-c", "ctrl-d", ":q"])
def test_a_chat_with_keys_ends_cleanly(screen: Screen, key: str) -> None:
    screen.until("Клиент ›")
    bot = children(screen.process.pid)
    assert len(bot) == 1
    screen.type("1058\r")
    screen.until("[2] Нет")
    screen.type("1\r")
    screen.until("Записал")
    screen.type("\x1bOR")
    screen.until("Сотрудник ›")
    screen.type(key)
    assert screen.exit_code() == 0
    assert not Path(f"/proc/{bot[0]}").exists()


def test_sigterm_stops_the_bot_too(screen: Screen) -> None:
    screen.until("Клиент ›")
    (bot,) = children(screen.process.pid)
    os.kill(screen.process.pid, signal.SIGTERM)
    assert screen.exit_code() == 0
    assert not Path(f"/proc/{bot}").exists()


def test_a_killed_bot_is_brought_back(screen: Screen) -> None:
    screen.until("Клиент ›")
    (bot,) = children(screen.process.pid)
    screen.type(":restart\r")
    screen.until("kill -9")
    screen.type("снова\r")
    screen.until("Вы сказали: снова")
    assert children(screen.process.pid) != [bot]
