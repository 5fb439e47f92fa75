"""TEST_CLOCK_FILE with the real process: time moves without waiting, and a clock that jumps back breaks nothing."""

import contextlib
import sqlite3
from pathlib import Path

from bot.sandbox import Sandbox
from tests.e2e.bots import Bot
from tests.handlers.small_kb import write_small_kb

HOUR = 3600
PAPER, JAM, LAMP, CABLE = "Кончилась бумага", "Бумага застряла", "Лампа сканера не горит", "Сканер не виден по USB"


async def test_hours_pass_and_the_clock_jumps_back(tmp_path: Path) -> None:
    offset = tmp_path / "offset"
    kb = write_small_kb(tmp_path / "kb")
    async with Sandbox() as sandbox:
        bot = Bot(sandbox, tmp_path / "bot", kb, "polling", {"TEST_MODE": "1", "TEST_CLOCK_FILE": str(offset)})
        ann = sandbox.user("Анна")
        try:
            await bot.start()
            # Twelve hours of silence begin a new conversation; going back neither ends one nor disturbs the order.
            for hours, question, answer in (
                (0, "7001", PAPER),
                (13, "7002", JAM),
                (-48, "8003", LAMP),
                (-47, "8004", CABLE),
            ):
                offset.write_text(str(hours * HOUR), encoding="ascii")
                await ann.says(question)
                await ann.hears(answer, timeout=20)
            await bot.quiet()
            assert await bot.terminate() == 0
        finally:
            await bot.kill()
        assert [message.text.partition("\n")[0] for message in ann.replies] == [PAPER, JAM, LAMP, CABLE]
        with contextlib.closing(sqlite3.connect(bot.settings["DATABASE_PATH"])) as db:
            said = db.execute(
                "SELECT text, dense FROM (SELECT rowid, text, direction, conversation_id IN"
                " (SELECT conversation_id FROM messages WHERE text = '7001') AS dense FROM messages)"
                " WHERE direction = 'in' ORDER BY rowid"
            ).fetchall()
            assert said == [("7001", 1), ("7002", 0), ("8003", 0), ("8004", 0)]
            assert db.execute("SELECT count(*) FROM conversations").fetchone() == (2,)
            assert db.execute("SELECT count(*) FROM dead_letters").fetchone() == (0,)
        assert '"level": "error"' not in bot.logs()
