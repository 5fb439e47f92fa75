import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

PING = (
    "Обмен пакетами с lic.miko.ru [203.0.113.7] с 32 байтами данных:\r\n"
    + "Превышен интервал ожидания для запроса.\r\n" * 4
)
KEY = "MIKO-AB12C-DE34F-GH56J-KL78M"


@pytest.mark.parametrize(
    ("text", "encoding", "code", "verdict"),
    [
        (PING, "cp866", 1, "port_filtered"),
        (PING, "utf-16", 1, "port_filtered"),
        ("lic.miko.ru has address 203.0.113.7", "utf-8", 0, "ok"),
        ("Здравствуйте, не работает лицензия", "cp1251", 0, "not_diagnostic"),
        ("*   Trying 203.0.113.7:443...", "utf-8", 3, "inconclusive"),
    ],
)
def test_file(tmp_path: Path, text: str, encoding: str, code: int, verdict: str) -> None:
    file = tmp_path / "out.txt"
    file.write_bytes(text.encode(encoding))
    result = CliRunner().invoke(app, ["read", str(file), "--json"])
    assert result.exit_code == code
    assert json.loads(result.stdout)["verdict"] == verdict


def test_standard_input_and_a_key_in_it() -> None:
    text = f"licdiag 33 {KEY}\n10:00:00.001#ERR: Server return code 2008: No free license features seat."
    result = CliRunner().invoke(app, ["read", "-", "--json"], input=text.encode())
    shown = json.loads(result.stdout)
    assert (shown["verdict"], shown["article"], shown["side"]) == ("no_seat", "miko-no-free-seat", "licence")
    assert shown["secrets"] == {"keys": 1}
    assert "AB12C" not in result.stdout


def test_for_people() -> None:
    result = CliRunner().invoke(app, ["read", "-"], input=PING.encode("cp866"))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "❌ ping: port_filtered  host=lic.miko.ru  address=203.0.113.7  sent=4  received=0  loss=100",
        "❌ port_filtered, on the side of: customer",
        "   → miko-1011-1014",
    ]


def test_wrong_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["read", str(tmp_path / "none.txt")]).exit_code == 2
    assert CliRunner().invoke(app, ["read", str(tmp_path)]).exit_code == 2
    file = tmp_path / "out.txt"
    file.write_text("x")
    assert CliRunner().invoke(app, ["read", str(file), "--kb", str(tmp_path / "none")]).exit_code == 2
