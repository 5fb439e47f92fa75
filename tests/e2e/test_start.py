"""How the process starts, refuses to start, and says why."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.sandbox import FaultKind, Sandbox
from bot.sandbox.process import BotProcess, create_secret

ROOT = Path(__file__).parents[2]
DEADLINE = 60.0


async def run_to_its_end(folder: Path, settings: Mapping[str, str]) -> tuple[int | None, str]:
    """Run `diagnost run` with these settings and nothing of ours; return the exit code and what it said."""
    await asyncio.to_thread(folder.mkdir)
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "run"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings},
    )
    try:
        async with asyncio.timeout(DEADLINE):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, said.decode()


async def test_missing_and_malformed_settings_are_all_named_at_once(tmp_path: Path) -> None:
    nothing, malformed = await asyncio.gather(
        run_to_its_end(tmp_path / "nothing", {}),
        run_to_its_end(
            tmp_path / "malformed",
            {"BOT_TOKEN": "hunter2", "STAFF_CHAT_ID": "five", "LOG_LEVEL": "LOUD", "SECRET_KEY": "short"},
        ),
    )
    assert nothing[0] == 2
    assert [line.partition(":")[0] for line in nothing[1].splitlines()] == ["BOT_TOKEN", "SECRET_KEY"]
    assert malformed[0] == 2
    named = [line.partition(":")[0] for line in malformed[1].splitlines()]
    assert sorted(named) == ["BOT_TOKEN", "LOG_LEVEL", "SECRET_KEY", "STAFF_CHAT_ID"]
    assert "hunter2" not in malformed[1]


async def test_one_database_one_process_and_one_secret(sandbox: Sandbox, bot: BotProcess, tmp_path: Path) -> None:
    sandbox.fail("getUpdates", FaultKind.DROP_BEFORE, times=1)
    sandbox.fail("setMyCommands", FaultKind.HTML_502, times=1)
    await bot.start()
    code, said = await run_to_its_end(tmp_path / "second", bot.settings)
    assert code == 1
    assert "is in use by another diagnost process; stop that one, or give this one its own DATABASE_PATH" in said
    assert "Traceback" not in said

    ann = sandbox.user("Анна")
    await ann.says("ошибка 7001")
    await ann.hears("Кончилась бумага")
    assert await bot.terminate() == 0

    other = tmp_path / "other.key"
    create_secret(other)
    broken_kb = tmp_path / "kb"
    broken_kb.mkdir()
    (broken_kb / "_kb.yaml").write_text("nonsense: 1\n", encoding="utf-8")
    (wrong_code, wrong_said), (kb_code, kb_said) = await asyncio.gather(
        run_to_its_end(tmp_path / "wrong", {**bot.settings, "SECRET_KEY_FILE": str(other)}),
        run_to_its_end(
            tmp_path / "broken",
            {**bot.settings, "KB_DIR": str(broken_kb), "DATABASE_PATH": str(tmp_path / "broken.sqlite3")},
        ),
    )
    assert wrong_code == 2
    assert "SECRET_KEY: " in wrong_said
    assert "was begun with another secret; give back the old one, or move the file" in wrong_said
    assert "Traceback" not in wrong_said
    assert kb_code == 1
    assert "_kb.yaml:1:" in kb_said
    assert "Traceback" not in kb_said

    everything = bot.logs() + said + wrong_said + kb_said
    assert sandbox.token.partition(":")[2] not in everything
    assert "Traceback" not in bot.logs()
