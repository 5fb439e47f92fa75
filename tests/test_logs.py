import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientResponseError, web
from aiohttp.test_utils import TestServer

from bot.logs import LineHandler, configure, get_logger

TOKEN = "123456789:AAE-invented-token-of-a-test-0123456"
OTHER_TOKEN = "987654321:BBF_another_invented_token_0123456789"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    for handler in [h for h in root.handlers if isinstance(h, LineHandler)]:
        root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def log_to(form: str, level: str = "INFO", *secrets: str) -> io.StringIO:
    stream = io.StringIO()
    configure(form, level, [TOKEN, *secrets], stream)
    return stream


def test_an_event_is_one_line_of_json() -> None:
    out = log_to("json")
    structlog.contextvars.bind_contextvars(update_id=7)

    get_logger("bot.inbox").info("update_stored", chat="h:12", text="привет\nмир", n=1.5, sure=True, none=None)

    assert out.getvalue().count("\n") == 1
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "update_stored",
        "logger": "bot.inbox",
        "level": "info",
        "update_id": 7,
        "chat": "h:12",
        "text": "привет\nмир",
        "n": 1.5,
        "sure": True,
        "none": None,
    }


def test_an_event_is_a_line_for_a_person() -> None:
    out = log_to("console")

    get_logger("bot.app").warning("started", mode="polling")

    assert out.getvalue().split(" ", 1)[1].split() == ["[warning", "]", "started", "[bot.app]", "mode=polling"]


def test_the_level_holds_and_libraries_are_quiet() -> None:
    out = log_to("json")

    get_logger("bot").debug("hidden")
    logging.getLogger("aiogram.dispatcher").info("hidden")
    logging.getLogger("httpx").info("hidden")
    logging.getLogger("aiohttp.access").info("hidden")
    logging.getLogger("another").info("seen %s", 1)
    logging.getLogger("aiogram.dispatcher").warning("seen %s", 2)

    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["seen 1", "seen 2"]


def test_configuring_again_replaces_the_first() -> None:
    first = log_to("json")
    second = log_to("json", "ERROR")

    get_logger("bot").warning("hidden")
    get_logger("bot").error("seen")

    assert first.getvalue() == ""
    assert second.getvalue().count("seen") == 1


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_masked_wherever_they_stand(form: str) -> None:
    out = log_to(form, "INFO", 'se"cret/пароль', "abc")

    class Thing:
        def __repr__(self) -> str:
            return f"Thing({TOKEN})"

    get_logger("bot").error(
        f"token {TOKEN}",
        url=f"https://api.telegram.org/file/bot{OTHER_TOKEN}/photos/1.jpg",
        quoted="/bot123456789%3AAAE-invented-token-of-a-test-0123456/getMe",
        half="AAE-invented-token-of-a-test-0123456",
        nested={"a": [{"b": (TOKEN, Thing())}], TOKEN: 1},
        thing=Thing(),
        raw=TOKEN.encode(),
        proxy="socks5://user:hunter2@10.0.0.1:1080",
        own='se"cret/пароль',
        own_quoted="se%22cret%2F%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C",
        own_in_json=json.dumps({"p": 'se"cret/пароль'}),
        key="MIKO-AB1CD-2EF3G-H4JK5-LM6N7 и demoupd%2Dab1cd%2d2ef3g%2Dh4jk5%2Dlm6n7",
        short="abc",
    )

    written = out.getvalue()
    for secret in ("AAE-inv", "BBF_ano", "hunter2", "cret", "AB1CD", "ab1cd", "LM6N7", "lm6n7"):
        assert secret not in written.replace("‹secret›", "")
    assert written.count("‹secret›") == 13
    assert "/file/bot‹secret›/photos/1.jpg" in written
    assert "socks5://‹secret›@10.0.0.1:1080" in written
    assert "‹key› и ‹key›" in written
    assert "abc" in written


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_with_its_causes_is_masked(form: str) -> None:
    out = log_to(form)

    def breaks() -> None:
        raise OSError(f"Can not write request body for http://h/bot{TOKEN}/getUpdates")

    def fetches() -> None:
        try:
            breaks()
        except OSError as error:
            raise RuntimeError(f"fetching {OTHER_TOKEN}") from error

    try:
        fetches()
    except RuntimeError:
        get_logger("bot").exception("failed")
        logging.getLogger("aiogram").exception("failed %s", TOKEN)

    assert "AAE-inv" not in out.getvalue()
    assert "BBF_ano" not in out.getvalue()
    assert out.getvalue().count("RuntimeError: fetching ‹secret›") == 2
    assert out.getvalue().count("http://h/bot‹secret›/getUpdates") == 2


@pytest.mark.parametrize("form", ["json", "console"])
async def test_aiograms_own_failed_download_does_not_show_the_token(form: str) -> None:
    out = log_to(form)

    async with TestServer(web.Application()) as server:
        api = TelegramAPIServer.from_base(str(server.make_url("/")).rstrip("/"))
        async with Bot(TOKEN, session=AiohttpSession(api=api)) as bot:
            with pytest.raises(ClientResponseError) as caught:
                await bot.download_file("photos/1.jpg")
    logging.getLogger("aiogram.dispatcher").error("Failed to fetch - %s", caught.value, exc_info=caught.value)
    get_logger("bot.telegram").error("download_failed", error=caught.value, exc_info=caught.value)

    assert TOKEN in str(caught.value)
    assert "AAE-inv" not in out.getvalue()
    assert out.getvalue().count("/file/bot‹secret›/photos/1.jpg") == 4


def test_a_broken_logging_call_does_not_print_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    out = log_to("json")
    record = logging.LogRecord("another", logging.WARNING, "x.py", 3, "%d", (TOKEN,), None)

    for handler in logging.getLogger().handlers:
        if isinstance(handler, LineHandler):
            handler.handle(record)

    assert out.getvalue() == ""
    assert capsys.readouterr().err == "a log line could not be written: another x.py:3\n"


def test_warnings_are_lines_too() -> None:
    out = log_to("json")

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"odd {TOKEN}", UserWarning, stacklevel=1)

    assert json.loads(out.getvalue())["logger"] == "py.warnings"
    assert "AAE-inv" not in out.getvalue()
