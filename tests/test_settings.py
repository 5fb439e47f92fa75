import re
from itertools import pairwise
from pathlib import Path

import pytest

from bot.settings import (
    NAMES,
    BotMode,
    Fault,
    Listen,
    LogFormat,
    LogLevel,
    Settings,
    SettingsFault,
    create_secret_file,
    load_settings,
    read_secret,
)

TOKEN = "123456789:AAE-invented-token-of-a-test-0123456"
SECRET = "an invented secret of forty characters.."
NEEDED = {"BOT_TOKEN": TOKEN, "SECRET_KEY": SECRET}
EXAMPLE = Path(__file__).parent.parent / ".env.example"


def load(**more: str) -> Settings:
    return load_settings(NEEDED | more, env_file=None)


def faults(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsFault) as caught:
        load_settings(environ, env_file=env_file)
    return [str(fault) for fault in caught.value.faults]


def test_two_settings_are_enough_and_the_rest_has_defaults() -> None:
    settings = load()

    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.telegram_api_base == "https://api.telegram.org"
    assert settings.bot_mode is BotMode.POLLING
    assert settings.database_path == Path("var/diagnost.sqlite3")
    assert settings.kb_dir is None
    assert settings.default_language == "ru"
    assert settings.log_format is LogFormat.CONSOLE
    assert settings.log_level is LogLevel.INFO
    assert settings.manager_ids == ()
    assert settings.test_mode is False
    assert (settings.limit_overall_per_second, settings.limit_chat_per_second) == (30, 1)
    assert settings.limit_group_per_minute == 20
    assert read_secret(settings) == b"an invented secret of forty characters.."


def test_every_setting_is_read() -> None:
    settings = load(
        TELEGRAM_API_BASE="http://127.0.0.1:8081/",
        TELEGRAM_PROXY="socks5://user:pass@proxy.example:1080",
        BOT_MODE="webhook",
        WEBHOOK_URL="https://bot.example.com/telegram",
        WEBHOOK_SECRET="word_42-x",
        WEBHOOK_LISTEN="0.0.0.0:8080",
        HEALTH_LISTEN="[::1]:9090",
        DATABASE_PATH="/srv/x.sqlite3",
        KB_DIR="/srv/kb",
        CACHE_DIR="/srv/cache",
        STAFF_CHAT_ID="-1001234567890",
        STAFF_L2_CHAT_ID="-1001234567891",
        MANAGER_IDS="1, 2,2 ,3",
        DEFAULT_LANGUAGE="en",
        LOG_FORMAT="json",
        LOG_LEVEL="debug",
        LIMIT_OVERALL_PER_SECOND="25.5",
        LIMIT_CHAT_PER_SECOND="2",
        LIMIT_GROUP_PER_MINUTE="15",
        TEST_MODE="1",
        TEST_CLOCK_FILE="/run/offset",
    )

    assert settings.telegram_api_base == "http://127.0.0.1:8081"
    assert settings.telegram_proxy is not None
    assert settings.telegram_proxy.get_secret_value() == "socks5://user:pass@proxy.example:1080"
    assert settings.bot_mode is BotMode.WEBHOOK
    assert settings.webhook_url == "https://bot.example.com/telegram"
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.get_secret_value() == "word_42-x"
    assert settings.webhook_listen == Listen("0.0.0.0", 8080)
    assert settings.health_listen == Listen("::1", 9090)
    assert (settings.database_path, settings.kb_dir) == (Path("/srv/x.sqlite3"), Path("/srv/kb"))
    assert settings.cache_dir == Path("/srv/cache")
    assert (settings.staff_chat_id, settings.staff_l2_chat_id) == (-1001234567890, -1001234567891)
    assert settings.manager_ids == (1, 2, 3)
    assert settings.default_language == "en"
    assert (settings.log_format, settings.log_level) == (LogFormat.JSON, LogLevel.DEBUG)
    assert (settings.limit_overall_per_second, settings.limit_chat_per_second) == (25.5, 2)
    assert settings.limit_group_per_minute == 15
    assert settings.test_mode is True
    assert settings.test_clock_file == Path("/run/offset")


def test_all_faults_come_at_once_and_each_says_what_it_should_be() -> None:
    assert faults({"BOT_MODE": "webhook", "STAFF_CHAT_ID": "my group", "HEALTH_LISTEN": "8081", "TEST_MODE": "1"}) == [
        "BOT_TOKEN: is not set; it should look like 123456789:AAE-abcdefghijklmnopqrstuvwxyz01234",
        "HEALTH_LISTEN: is not a host and a port joined by a colon; it should look like 127.0.0.1:8081",
        "STAFF_CHAT_ID: is not the id of a group, a negative whole number; it should look like -1001234567890",
        "WEBHOOK_URL: is not set, but BOT_MODE is webhook; it should look like https://bot.example.com/telegram",
        "WEBHOOK_SECRET: is not set, but BOT_MODE is webhook; it should look like a-long-random-word_42",
        "WEBHOOK_LISTEN: is not set, but BOT_MODE is webhook; it should look like 0.0.0.0:8080",
        "SECRET_KEY: is not set, and SECRET_KEY_FILE is not either; it should look like 32 or more random characters",
        str(Fault("TEST_MODE", "is 1, and TELEGRAM_API_BASE is Telegram's own server", "0 with Telegram's own server")),
    ]


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("BOT_TOKEN", "hunter2hunter2", "is not a number, a colon and a key"),
        ("BOT_TOKEN", "123456:AA hunter2", "is not a number, a colon and a key"),
        ("TELEGRAM_API_BASE", "api.hunter2.org", "is not an address that starts with http:// or https://"),
        ("TELEGRAM_API_BASE", "http://hunter2:99999", "is not an address that starts with http:// or https://"),
        ("TELEGRAM_API_BASE", "http://[hunter2", "is not an address that starts with http:// or https://"),
        (
            "TELEGRAM_PROXY",
            "ftp://u:hunter2@x",
            "is not an address that starts with socks5:// or socks4:// or http://",
        ),
        ("TELEGRAM_PROXY", "socks5://u:hunter2@proxy.example", "names no port"),
        ("BOT_MODE", "hunter2", "is none of the words it may be"),
        ("WEBHOOK_URL", "hunter2", "is not an address that starts with http:// or https://"),
        ("WEBHOOK_URL", "http://hunter2", "starts with http://, and Telegram sends updates to https:// only"),
        ("WEBHOOK_SECRET", "hunter2 & co", "is not 1 to 256 of A-Z a-z 0-9 _ -"),
        ("WEBHOOK_SECRET", "hunter2" * 37, "is not 1 to 256 of A-Z a-z 0-9 _ -"),
        ("WEBHOOK_LISTEN", "hunter2:0", "is not a host and a port joined by a colon"),
        ("WEBHOOK_LISTEN", "hunter2:70000", "is not a host and a port joined by a colon"),
        ("SECRET_KEY", "hunter2", "is shorter than 32 characters"),
        ("STAFF_CHAT_ID", "1001234567890", "is not the id of a group, a negative whole number"),
        ("STAFF_L2_CHAT_ID", "-100hunter2", "is not the id of a group, a negative whole number"),
        ("MANAGER_IDS", "1,hunter2", "is not a list of Telegram user ids with commas between"),
        ("MANAGER_IDS", "1,-2", "is not a list of Telegram user ids with commas between"),
        ("DEFAULT_LANGUAGE", "hunter2", "is not a language code of two small letters"),
        ("LOG_FORMAT", "hunter2", "is none of the words it may be"),
        ("LOG_LEVEL", "hunter2", "is none of the words it may be"),
        ("LIMIT_OVERALL_PER_SECOND", "hunter2", "is not a number above 0, at most 9999"),
        ("LIMIT_CHAT_PER_SECOND", "0", "has the wrong form"),
        ("TEST_MODE", "hunter2", "is neither 1 nor 0"),
        ("TEST_CLOCK_FILE", "/hunter2", "is set without TEST_MODE=1"),
        ("SECRET_KEY_FILE", "/hunter2", "is set and SECRET_KEY is too; one of them is enough, and it"),
    ],
)
def test_a_fault_names_the_setting_and_never_what_was_written(name: str, value: str, wrong: str) -> None:
    found = faults(NEEDED | {name: value})

    assert len(found) == 1
    assert found[0].startswith(f"{name}: {wrong}; it should look like ")
    assert "hunter2" not in found[0]


def test_secrets_are_not_shown_by_the_settings_themselves() -> None:
    shown = repr(load(TELEGRAM_PROXY="socks5://u:hunter2@x:1", WEBHOOK_SECRET="hunter2"))

    assert TOKEN not in shown
    assert SECRET not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("base", ["https://api.telegram.org", "https://API.telegram.org./", "http://x.telegram.org:80"])
def test_test_mode_refuses_telegrams_own_servers(base: str) -> None:
    found = faults(NEEDED | {"TEST_MODE": "1", "TELEGRAM_API_BASE": base})

    assert [fault.split(":")[0] for fault in found] == ["TEST_MODE"]


def test_test_mode_starts_against_another_server() -> None:
    assert load(TEST_MODE="1", TELEGRAM_API_BASE="http://telegram.org.example:81").test_mode is True


def test_the_environment_wins_over_the_file_and_empty_is_not_set(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"BOT_TOKEN={TOKEN}\nSECRET_KEY='{SECRET}'\nLOG_LEVEL=ERROR\nLOG_FORMAT=\n# c\nMANAGER_IDS=7\n")

    settings = load_settings({"LOG_LEVEL": "WARNING", "MANAGER_IDS": " "}, env_file)

    assert settings.log_level is LogLevel.WARNING
    assert settings.log_format is LogFormat.CONSOLE
    assert settings.manager_ids == ()


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(f"\ufeffBOT_TOKEN={TOKEN}\r\nSECRET_KEY={SECRET.replace(' ', '_')}\r\n".encode())

    assert load_settings({}, env_file).bot_token.get_secret_value() == TOKEN


def test_a_file_that_is_not_utf_8_is_a_fault(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes("KB_DIR=/база".encode("cp1251"))

    assert faults(NEEDED, env_file) == [
        f"{env_file}: is not UTF-8; it should look like a text file of lines NAME=value"
    ]


def test_a_misspelled_name_in_the_file_is_named_and_strange_ones_are_not(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(
        "BOT_TOKN=x\nstaff_chat_id=1\nMIKO_API_TOKEN=1\nPATH_TO_ALL=2\nHTTP_PROXY=3\nSECRET_KEYFILE=4\n"
    )

    assert faults(NEEDED | {"BOT_TOKE": "x"}, env_file) == [
        "BOT_TOKN: is not a setting; it should look like BOT_TOKEN=…, if that is meant",
        "staff_chat_id: is not a setting; it should look like STAFF_CHAT_ID=…, if that is meant",
        "SECRET_KEYFILE: is not a setting; it should look like SECRET_KEY_FILE=…, if that is meant",
    ]


def test_the_secret_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret.key"

    create_secret_file(path)
    first = path.read_bytes()
    create_secret_file(path)

    assert path.read_bytes() == first
    assert len(first.strip()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    settings = load_settings({"BOT_TOKEN": TOKEN, "SECRET_KEY_FILE": str(path)}, env_file=None)
    assert read_secret(settings) == first.strip()


@pytest.mark.parametrize(
    ("content", "mode", "wrong"),
    [
        ("short", 0o600, ["names a file that is too short"]),
        (SECRET, 0o640, ["names a file that others may read or write"]),
        (SECRET, 0o602, ["names a file that others may read or write"]),
        ("short\n" + " " * 40, 0o604, ["names a file that others may read or write", "names a file that is too short"]),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_a_fault(
    tmp_path: Path, content: str, mode: int, wrong: list[str]
) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content)
    path.chmod(mode)

    with pytest.raises(SettingsFault) as caught:
        load_settings({"BOT_TOKEN": TOKEN, "SECRET_KEY_FILE": str(path)}, env_file=None)

    assert [(f.name, f.wrong) for f in caught.value.faults] == [("SECRET_KEY_FILE", w) for w in wrong]
    assert "short\n" not in str(caught.value)


def test_a_secret_file_that_is_gone_or_a_folder_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    create_secret_file(path)
    settings = load_settings({"BOT_TOKEN": TOKEN, "SECRET_KEY_FILE": str(path)}, env_file=None)
    path.unlink()

    with pytest.raises(SettingsFault) as caught:
        read_secret(settings)

    assert caught.value.faults == (Fault("SECRET_KEY_FILE", "names a file that is not there", "var/secret.key"),)
    assert faults({"BOT_TOKEN": TOKEN, "SECRET_KEY_FILE": str(tmp_path)}) == [
        "SECRET_KEY_FILE: names a file that cannot be read (Is a directory); it should look like var/secret.key"
    ]


def test_the_example_file_names_every_setting_in_order_and_nothing_else() -> None:
    named = re.findall(r"^([A-Z0-9_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert tuple(named) == NAMES


def test_the_example_file_holds_the_defaults() -> None:
    assert load_settings(NEEDED, EXAMPLE) == load()


def test_every_default_that_is_not_empty_stands_in_the_example_file() -> None:
    written = dict(re.findall(r"^([A-Z0-9_]+)=(.+)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))

    for name in NAMES:
        default = Settings.model_fields[name.lower()].get_default()
        needs_a_line = default not in {None, ()} and name != "BOT_TOKEN"
        assert (name in written) == needs_a_line


def test_every_setting_of_the_example_file_has_a_comment_before_it() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()

    for before, line in pairwise(lines):
        assert not re.match(r"[A-Z0-9_]+=", line) or before.startswith("# ")
