"""The settings, read once from the environment and `.env`: what each may be, and all that is wrong at once.

Decides names, defaults and the rules between settings; keeps the secret key's file. It connects to nothing: `bot.cli`
and `bot.app` read it and hand values on. A fault never repeats what was written, for people put a token in a wrong
line and faults reach the screen and the log. `.env.example` says the same in words; a test holds both equal.
"""

import os
import re
import secrets
import ssl
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from rapidfuzz.distance import OSA

from bot.kb.checks import network

TELEGRAM: Final = "https://api.telegram.org"
MIN_SECRET: Final = 32
"""Fewest characters of the secret key."""

_SLIPS = 2  # an unknown name this near to one of ours is a misspelling


class BotMode(StrEnum):
    """How updates come in."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class LogFormat(StrEnum):
    """`console` is for a person at a terminal, `json` for a collector."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important line that is still written."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server of ours listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the settings: which, what, and what it should look like. Holds no value anybody wrote."""

    name: str
    wrong: str
    example: str

    def __str__(self) -> str:
        return f"{self.name}: {self.wrong}; it should look like {self.example}"


class SettingsFault(Exception):  # noqa: N818 - what is wrong is called a fault everywhere here
    """The settings cannot be used; `faults` holds everything that is wrong."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def _matching(pattern: str, wrong: str) -> BeforeValidator:
    compiled = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, str) and compiled.fullmatch(value) is None:
            raise ValueError(wrong)
        return value

    return BeforeValidator(check)


def _url(*schemes: str, port_needed: bool = False) -> BeforeValidator:
    """Check scheme, host and port of an address; a slash at its end is dropped."""

    def check(value: object) -> object:
        if not isinstance(value, str):
            return value
        wrong = f"is not an address that starts with {' or '.join(s + '://' for s in schemes)}"
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError(wrong) from None
        if not parts.hostname or port == 0 or parts.scheme not in schemes or re.search(r"\s", value):
            raise ValueError(wrong)
        if port_needed and port is None:
            raise ValueError("names no port")
        return value.rstrip("/")

    return BeforeValidator(check)


def _listen(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", value)
    if match is None or not 0 < int(match[2]) < 2**16:
        raise ValueError("is not a host and a port joined by a colon")
    return Listen(match[1].strip("[]"), int(match[2]))


def _ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    if re.fullmatch(r"\s*[1-9][0-9]{0,18}\s*(,\s*[1-9][0-9]{0,18}\s*)*,?\s*", value) is None:
        raise ValueError("is not a list of Telegram user ids with commas between")
    return tuple(dict.fromkeys(int(part) for part in value.split(",") if part.strip()))


def _private(value: object) -> object:
    if not isinstance(value, str):
        return value
    words = tuple(dict.fromkeys(word.strip().lower() for word in value.split(",") if word.strip()))
    for word in words:
        try:
            network(word)
        except ValueError:
            raise ValueError("is not a list of host names and networks with commas between") from None
    return words


def _roots(value: object) -> object:
    if isinstance(value, str):
        try:
            ssl.create_default_context(cafile=value)
        except OSError:  # ssl's own errors are such too
            raise ValueError("names no file of certificates that can be read") from None
    return value


def _switch(value: object) -> object:
    if value in {"0", "1"}:
        return value == "1"
    if isinstance(value, str):
        raise ValueError("is neither 1 nor 0")  # noqa: TRY004 - the value is wrong, not its type
    return value


def _level(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


Url = Annotated[str, _url("http", "https")]
GroupId = Annotated[int, _matching(r"-[1-9][0-9]{0,18}", "is not the id of a group, a negative whole number")]
Address = Annotated[Listen, BeforeValidator(_listen)]
Rate = Annotated[
    float, _matching(r"[0-9]{1,4}(\.[0-9]{1,3})?", "is not a number above 0, at most 9999"), Field(gt=0, le=9999)
]


def _about(text: str, example: str, default: Any = None) -> Any:
    return Field(default=default, description=text, examples=[example])


class Settings(BaseSettings):
    """All settings; a field is called as its variable, in lower case. Made by `load_settings` only."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", case_sensitive=True, hide_input_in_errors=True)

    bot_token: Annotated[
        SecretStr, _matching(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,100}", "is not a number, a colon and a key")
    ] = Field(description="From @BotFather.", examples=["123456789:AAE-abcdefghijklmnopqrstuvwxyz01234"])
    telegram_api_base: Url = _about("The Bot API server.", "http://127.0.0.1:8081", TELEGRAM)
    telegram_proxy: Annotated[SecretStr, _url("socks5", "socks4", "http", port_needed=True)] | None = _about(
        "The way to Telegram.", "socks5://user:password@proxy.example:1080"
    )
    bot_mode: BotMode = _about("How updates come in.", "polling or webhook", BotMode.POLLING)
    webhook_url: Url | None = _about("Where Telegram sends updates.", "https://bot.example.com/telegram")
    webhook_secret: (
        Annotated[SecretStr, _matching(r"[A-Za-z0-9_-]{1,256}", "is not 1 to 256 of A-Z a-z 0-9 _ -")] | None
    ) = _about("Proves that an update comes from Telegram.", "a-long-random-word_42")
    webhook_listen: Address | None = _about("Where the bot waits for updates.", "0.0.0.0:8080")
    health_listen: Address | None = _about("Where /healthz, /readyz and /metrics answer.", "127.0.0.1:8081")
    database_path: Path = _about("The database.", "var/diagnost.sqlite3", Path("var/diagnost.sqlite3"))
    kb_dir: Path | None = _about("The knowledge base; the one shipped where not set.", "/srv/diagnost/kb")
    cache_dir: Path | None = _about("Learned weights.", "/var/cache/diagnost")
    secret_key: Annotated[SecretStr, Field(min_length=MIN_SECRET)] | None = _about(
        "Encrypts what waits, keys the hashes.", f"{MIN_SECRET} or more random characters"
    )
    secret_key_file: Path | None = _about("A file that holds the secret key.", "var/secret.key")
    staff_chat_id: GroupId | None = _about("The group of the staff.", "-1001234567890")
    staff_l2_chat_id: GroupId | None = _about("The group of the second line.", "-1001234567891")
    manager_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_ids)] = _about(
        "Telegram ids of the managers.", "123456789,987654321", ()
    )
    default_language: Annotated[str, _matching(r"[a-z]{2}", "is not a language code of two small letters")] = _about(
        "For customers whose language is unknown.", "ru", "ru"
    )
    log_format: LogFormat = _about("For a person or for a collector.", "console or json", LogFormat.CONSOLE)
    log_level: Annotated[LogLevel, BeforeValidator(_level)] = _about(
        "The least important line written.", "DEBUG, INFO, WARNING or ERROR", LogLevel.INFO
    )
    limit_overall_per_second: Rate = _about("Messages to all chats.", "30", 30.0)
    limit_chat_per_second: Rate = _about("Messages to one chat.", "1", 1.0)
    limit_group_per_minute: Rate = _about("Messages to one group.", "20", 20.0)
    diag_allow_private: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_private)] = _about(
        "Declared hosts that checks may reach at private addresses.", "gateway.lan,10.1.2.0/24", ()
    )
    diag_nameserver: Address | None = _about("The name server that checks ask.", "192.168.1.1:53")
    diag_ca_file: Annotated[Path, BeforeValidator(_roots)] | None = _about(
        "More roots for checks of certificates.", "/etc/ssl/own-ca.pem"
    )
    test_mode: Annotated[bool, BeforeValidator(_switch)] = _about("Only for tests.", "1", default=False)
    test_clock_file: Path | None = _about("A file with an offset of the clock in seconds.", "/tmp/offset")  # noqa: S108 - an example in words

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take nothing but what `load_settings` read, so that a test's environment is all there is."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


NAMES: Final = tuple(name.upper() for name in Settings.model_fields)
"""The names as they stand in the environment, in the order of `.env.example`."""


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; the environment wins over the file, and an empty value counts as not set.

    Raises `SettingsFault` with everything that is wrong, the secret key's file included.
    """
    written, faults = _read_file(env_file)
    faults += _misspelled(written)
    values = written | dict(os.environ if environ is None else environ)
    given = {name: values[name].strip() for name in NAMES if values.get(name, "").strip()}
    settings = None
    try:
        settings = Settings(**{name.lower(): value for name, value in given.items()})  # type: ignore[arg-type]  # all are text before they are checked
    except ValidationError as error:
        faults += [_fault(str(each["loc"][0]).upper(), each["type"], each["msg"]) for each in error.errors()]
    broken = {fault.name for fault in faults}
    faults += [fault for fault in _between(given) if fault.name not in broken]
    if "SECRET_KEY_FILE" in given and "SECRET_KEY" not in given:
        faults += _file_faults(Path(given["SECRET_KEY_FILE"]))
    if settings is None or faults:
        raise SettingsFault(tuple(faults))
    return settings


def read_environment(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> dict[str, str]:
    """Return what the environment and the file hold besides our settings: what declared checks may name."""
    written, _ = _read_file(env_file)
    values = written | dict(os.environ if environ is None else environ)
    return {name: value for name, value in values.items() if name not in NAMES}


def load_some(
    names: Iterable[str], environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> Settings:
    """Read these settings only, for commands that need no bot: the others keep their defaults, token and key are none.

    Raises `SettingsFault` with what is wrong with these.
    """
    written, faults = _read_file(env_file)
    values = written | dict(os.environ if environ is None else environ)
    given = {name: values[name].strip() for name in names if values.get(name, "").strip()}
    if not faults:
        try:
            return Settings(
                bot_token=SecretStr("0:none"),
                secret_key=SecretStr("-" * MIN_SECRET),
                **{name.lower(): value for name, value in given.items()},  # type: ignore[arg-type]  # as above
            )
        except ValidationError as error:
            faults += [_fault(str(each["loc"][0]).upper(), each["type"], each["msg"]) for each in error.errors()]
    raise SettingsFault(tuple(faults))


def read_secret(settings: Settings) -> bytes:
    """Return the secret key, from the setting or its file. Raises `SettingsFault` where the file cannot be used."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    if settings.secret_key_file is None:
        raise SettingsFault((_example("SECRET_KEY", "is not set"),))
    if faults := _file_faults(settings.secret_key_file):
        raise SettingsFault(tuple(faults))
    return settings.secret_key_file.read_bytes().strip()


def create_secret_file(path: Path) -> None:
    """Write a new random secret key to `path`, readable by its owner only; a file that is there stays as it is.

    The file appears whole or not at all, whoever else creates it at the same moment. Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _read_file(path: Path | None) -> tuple[dict[str, str], list[Fault]]:
    if path is None or not path.exists():
        return {}, []
    try:
        # Windows editors put a byte order mark first, which would become a part of the first name.
        source = DotEnvSettingsSource(Settings, env_file=path, env_file_encoding="utf-8-sig", case_sensitive=True)
    except (OSError, UnicodeDecodeError) as error:
        wrong = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read ({error.strerror})"
        return {}, [Fault(str(path), wrong, "a text file of lines NAME=value")]
    return {name: value for name, value in source.env_vars.items() if value is not None}, []


def _misspelled(written: Mapping[str, str]) -> list[Fault]:
    """Name what stands in the file and is nearly one of ours; the rest is somebody else's (secrets of checks)."""
    faults = []
    for name in written:
        if name in NAMES:
            continue
        nearest = min(NAMES, key=lambda ours: OSA.distance(name.upper(), ours))
        if OSA.distance(name.upper(), nearest) <= _SLIPS:
            faults.append(Fault(name, "is not a setting", f"{nearest}=…, if that is meant"))
    return faults


def _example(name: str, wrong: str) -> Fault:
    examples = Settings.model_fields[name.lower()].examples
    return Fault(name, wrong, str(examples[0]) if examples else "")


def _fault(name: str, kind: str, message: str) -> Fault:
    match kind:
        case "missing":
            wrong = "is not set"
        case "value_error":
            wrong = message.removeprefix("Value error, ")
        case "too_short" | "string_too_short":
            wrong = f"is shorter than {MIN_SECRET} characters"
        case "enum":
            wrong = "is none of the words it may be"
        case _:
            wrong = "has the wrong form"
    return _example(name, wrong)


def _between(given: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with settings taken together, whatever is wrong with each of them."""
    if given.get("BOT_MODE") == BotMode.WEBHOOK:
        for name in ("WEBHOOK_URL", "WEBHOOK_SECRET", "WEBHOOK_LISTEN"):
            if name not in given:
                yield _example(name, "is not set, but BOT_MODE is webhook")
    own_server = not _is_telegram(given.get("TELEGRAM_API_BASE", TELEGRAM))
    if not own_server and given.get("WEBHOOK_URL", "https:").startswith("http:"):
        yield _example("WEBHOOK_URL", "starts with http://, and Telegram sends updates to https:// only")
    if "SECRET_KEY" in given and "SECRET_KEY_FILE" in given:
        yield _example("SECRET_KEY_FILE", "is set and SECRET_KEY is too; one of them is enough, and it")
    if "SECRET_KEY" not in given and "SECRET_KEY_FILE" not in given:
        yield _example("SECRET_KEY", "is not set, and SECRET_KEY_FILE is not either")
    test_mode = given.get("TEST_MODE") == "1"
    if "TEST_CLOCK_FILE" in given and not test_mode:
        yield Fault("TEST_CLOCK_FILE", "is set without TEST_MODE=1", "nothing outside tests")
    if test_mode and not own_server:
        yield Fault("TEST_MODE", "is 1, and TELEGRAM_API_BASE is Telegram's own server", "0 with Telegram's own server")


def _is_telegram(base: str) -> bool:
    try:
        host = (urlsplit(base).hostname or "").rstrip(".")
    except ValueError:
        return False
    return host == "telegram.org" or host.endswith(".telegram.org")


def _file_faults(path: Path) -> list[Fault]:
    try:
        mode = path.stat().st_mode
        secret = path.read_bytes().strip()
    except FileNotFoundError:
        return [_example("SECRET_KEY_FILE", "names a file that is not there")]
    except OSError as error:
        return [_example("SECRET_KEY_FILE", f"names a file that cannot be read ({error.strerror})")]
    faults = []
    if os.name == "posix" and stat.S_IMODE(mode) & (stat.S_IRWXG | stat.S_IRWXO):
        faults.append(Fault("SECRET_KEY_FILE", "names a file that others may read or write", "mode 0600 (chmod 600)"))
    if len(secret) < MIN_SECRET:
        faults.append(Fault("SECRET_KEY_FILE", "names a file that is too short", f"{MIN_SECRET} or more characters"))
    return faults
