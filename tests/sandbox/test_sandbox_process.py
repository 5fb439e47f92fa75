import signal
import stat
import sys
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.process import BotDidNotStartError, BotProcess
from bot.sandbox.script import Player, ScriptError, read_script
from bot.sandbox.stage import Side, open_stage
from bot.sandbox.transcript import Transcript

ECHO = (sys.executable, str(Path(__file__).with_name("echo_bot.py")))


async def test_a_killed_bot_starts_again_where_it_was(sandbox: Sandbox, tmp_path: Path) -> None:
    bot = BotProcess(sandbox, tmp_path, command=ECHO, staff_chat=-100)
    ann = sandbox.user()
    await bot.start()
    try:
        await ann.says("раз")
        await ann.hears("Вы сказали: раз")
        await sandbox.wait_for(lambda: sandbox.world.queue.confirmed)
        first = bot.pid
        await bot.kill()
        assert (bot.alive, bot.returncode) == (False, -signal.SIGKILL)
        await ann.says("два")
        await bot.start()
        assert bot.pid != first
        await ann.hears("Вы сказали: два")
        assert [m.text for m in ann.replies] == ["Вы сказали: раз", "Вы сказали: два"]
        assert await bot.terminate() == 0
    finally:
        await bot.kill()
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


async def test_a_bot_that_does_not_start_shows_its_log(sandbox: Sandbox, tmp_path: Path) -> None:
    bot = BotProcess(sandbox, tmp_path, command=[*ECHO, "--broken"])
    with pytest.raises(BotDidNotStartError, match="ended with code 1") as caught:
        await bot.start()
    assert "this bot does not start" in str(caught.value)
    assert not bot.alive


async def test_settings_of_the_shell_do_not_reach_the_bot(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setenv("BOT_TOKEN", "1:real")
    show = [sys.executable, "-c", "import os; print(os.environ.get('TELEGRAM_PROXY'), os.environ['BOT_TOKEN'][:4])"]
    bot = BotProcess(sandbox, tmp_path, command=show)
    with pytest.raises(BotDidNotStartError):
        await bot.start()
    assert bot.logs() == "None 4242\n"


DIALOGUE = """
- {as: customer, say: "1058"}
- {expect: "вы сказали:  1058"}
- {expect: помогло}
- {press: Помогло}
- {expect: Записал}
- {expect: Нажато h}
- {expect_not: ошибка}
- {restart: true}
- {say: call}
- {expect: Передал}
- {as: staff, expect: Карточка}
- {as: customer, photo: shot.jpg, caption: вот}
- {expect: без текста}
"""

TRANSCRIPT = """\
Клиент: 1058
Бот: Вы сказали: 1058
  [Помогло]  [Нет]
Клиент нажимает: [Помогло]
Бот (изменил): Нажато h
— бот убит и запущен снова —
Клиент: call
Бот → Сотрудник: Карточка
Бот: Передал
Клиент: [вложение: photo] вот
Бот: Вы сказали: без текста
  [Помогло]  [Нет]
"""


def write(folder: Path, script: str) -> Path:
    (folder / "shot.jpg").write_bytes(b"\xff\xd8\xff")
    path = folder / "dialogue.yaml"
    path.write_text(script, encoding="utf-8")
    return path


async def test_a_dialogue_is_played_and_written_down(tmp_path: Path) -> None:
    steps = read_script(write(tmp_path, DIALOGUE))
    async with open_stage(tmp_path / "bot", command=ECHO) as stage:
        transcript = Transcript(stage)
        unmet = await Player(stage, transcript).play(steps)
        assert unmet is None
        assert transcript.text() == TRANSCRIPT
    assert stage.bot.returncode == 0


@pytest.mark.parametrize(
    ("script", "line", "told"),
    [
        (
            "- {say: раз}\n- {expect: Вы сказали}\n- {expect: два}\n",
            3,
            "--- expected\n+++ came\n@@ -1 +1,3 @@\n-два\n+Вы сказали: раз\n+Помогло\n+Нет",
        ),
        ("- {say: silence}\n- {expect: что-то}\n", 2, "--- expected\n+++ came\n@@ -1 +1 @@\n-что-то\n+(nothing came)"),
        (
            "- {say: раз}\n- {press: Позвать}\n",
            2,
            "--- expected\n+++ came\n@@ -1 +1,2 @@\n-a button 'Позвать'\n+Помогло\n+Нет",
        ),
        (
            "- {say: раз}\n- {expect_not: сказали}\n",
            2,
            "--- expected\n+++ came\n@@ -1 +1,3 @@\n-nothing that holds 'сказали'\n+Вы сказали: раз\n+Помогло\n+Нет",
        ),
        ("- {as: staff, say: ответ, topic: Анна}\n", 1, "no topic whose name holds 'Анна'; there are []"),
    ],
)
async def test_what_is_not_as_expected_is_told_as_a_diff(tmp_path: Path, script: str, line: int, told: str) -> None:
    steps = read_script(write(tmp_path, script))
    async with open_stage(tmp_path / "bot", command=ECHO) as stage:
        unmet = await Player(stage, Transcript(stage), deadline=1.0).play(steps)
    assert unmet is not None
    assert (unmet.line, unmet.told) == (line, told)


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("", "1: a script is a list of steps, such as `- {as: customer, say: …}`"),
        ("say: раз", "1: a script is a list of steps, such as `- {as: customer, say: …}`"),
        ("- {say: раз}\n- {shout: два}", "2: unknown key 'shout'"),
        ("- {as: boss, say: раз}", "1: `as` is customer, staff or manager, not 'boss'"),
        ("- {say: раз, press: два}", "1: a step has exactly one of"),
        ("- раз", "1: a step is a mapping"),
        ("- {say: [раз]}", "1: keys and values of a step are plain texts"),
        ("- {say: ''}", "1: 'say' is empty"),
        ("- {photo: none.jpg}", "1: no file 'none.jpg' beside the script"),
        ("- {say: раз\n- {say: два}", "2: "),
    ],
)
def test_a_malformed_script_names_file_and_line(tmp_path: Path, script: str, fault: str) -> None:
    path = write(tmp_path, script)
    with pytest.raises(ScriptError) as caught:
        read_script(path)
    assert str(caught.value).startswith(f"{path}:{fault}")


async def test_staff_and_manager_speak_in_their_chats(tmp_path: Path) -> None:
    async with open_stage(tmp_path, command=ECHO) as stage:
        stage.say(Side.MANAGER, "отчёт")
        assert await stage.settle(Side.MANAGER, quiet=0.2)
        assert stage.visible(Side.MANAGER) == ["Вы сказали: отчёт\nПомогло\nНет"]
        stage.say(Side.STAFF, "в группу")
        assert [m.text for m in stage.sandbox.messages(stage.forum) if not m.by_bot] == ["в группу"]
