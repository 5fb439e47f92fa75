import time
from pathlib import Path

import pytest

from bot.cli_run import _clock
from bot.clock import ShiftedClock, SystemClock
from bot.settings import load_settings

NEEDED = {"BOT_TOKEN": "123456789:AAE-abcdefghijklmnopqrstuvwxyz01234", "SECRET_KEY": "k" * 32}
TEST_MODE = {"TEST_MODE": "1", "TELEGRAM_API_BASE": "http://127.0.0.1:8081"}


def ahead(clock: ShiftedClock) -> float:
    return round(clock.now() - time.time(), 1)


def test_the_offset_is_read_at_each_look(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = ShiftedClock(file)
    assert ahead(clock) == 0.0
    for written, expected in (("3600", 3600.0), ("-86400\n", -86400.0), (" 1.5 ", 1.5), ("", 0.0)):
        file.write_text(written, encoding="ascii")
        assert ahead(clock) == expected
    file.unlink()
    assert ahead(clock) == 0.0


@pytest.mark.parametrize("written", [b"soon", b"1h", b"\xff\xfe", b"1,5", b"nan", b"inf", b"-inf", b"1e308"])
def test_what_is_no_offset_counts_as_none(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "offset"
    file.write_bytes(written)
    assert ahead(ShiftedClock(file)) == 0.0


def test_the_clock_is_moved_in_test_mode_only(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    file.write_text("60", encoding="ascii")
    moved = load_settings({**NEEDED, **TEST_MODE, "TEST_CLOCK_FILE": str(file)}, env_file=None)
    assert isinstance(_clock(moved), ShiftedClock)
    assert isinstance(_clock(load_settings(NEEDED, env_file=None)), SystemClock)
