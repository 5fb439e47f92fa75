"""The doctor through real proxies: it says what is wrong with one, and never its password."""

import asyncio
from pathlib import Path

import certifi
import pytest

from bot.doctor.finding import Finding, Status
from bot.sandbox import Sandbox
from tests.doctor.surgery import Found, Surgery
from tests.proxy.proxies import PASSWORD, USER, Kind, Proxy, listening, proxy
from tests.proxy.tls import make_certificate, tls_door

BOTH = pytest.mark.parametrize("kind", list(Kind))


def fault_of(found: Found) -> Finding:
    assert "hunter2" not in str(found)
    assert USER not in str(found)
    assert found["proxy"].status is Status.FAULT
    assert found["token"].found == "not looked at, for Telegram cannot be reached"
    return found["proxy"]


@BOTH
async def test_a_proxy_that_works(surgery: Surgery, kind: Kind) -> None:
    async with proxy(kind, locked=True) as middle:
        found = await surgery.telegram(proxy=middle.url(USER, PASSWORD))
        assert found["proxy"].found == f"{middle.url()} passes connections on"
    assert found["line"].status is Status.OK
    assert "through the proxy" in found["line"].found
    assert found["token"].found == "@diagnost_sandbox_bot (Diagnost)"
    assert "hunter2" not in str(found)


@BOTH
@pytest.mark.parametrize("user", [USER, ""])
async def test_a_wrong_password_or_none(surgery: Surgery, kind: Kind, user: str) -> None:
    async with proxy(kind, locked=True) as middle:
        found = fault_of(await surgery.telegram(proxy=middle.url(user, "wrong-hunter2")))
    assert found.found == f"{middle.url()} refuses the user and password, or wants some"
    assert found.mend.startswith("Correct user and password in TELEGRAM_PROXY")


@BOTH
async def test_a_dead_proxy(surgery: Surgery, kind: Kind, unused_tcp_port: int) -> None:
    dead = Proxy(kind, port=unused_tcp_port)
    found = await surgery.telegram(proxy=dead.url(USER, PASSWORD))
    assert fault_of(found).found == f"{dead.url()} is not reachable: TCP connect: the connection was refused"
    assert found["proxy"].mend.startswith("Start the proxy, correct its address in TELEGRAM_PROXY")
    assert found["line"].found == "not measured: see the line of the proxy"


@BOTH
async def test_a_proxy_that_cannot_reach_telegram(surgery: Surgery, kind: Kind) -> None:
    async with proxy(kind, reaches=False) as middle:
        found = fault_of(await surgery.telegram(proxy=middle.url()))
    assert found.found == f"{middle.url()} works, but cannot reach Telegram"
    assert found.mend.endswith("use another proxy.")


async def test_an_http_proxy_without_connect(surgery: Surgery) -> None:
    async with proxy(Kind.HTTP, connects=False) as middle:
        found = fault_of(await surgery.telegram(proxy=middle.url()))
    assert found.found == f"{middle.url()} does not carry out CONNECT"


async def test_a_web_server_is_not_a_socks_proxy(surgery: Surgery) -> None:
    async def web(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with listening(web) as port:
        found = fault_of(await surgery.telegram(proxy=f"socks5://127.0.0.1:{port}"))
    assert found.found == f"socks5://127.0.0.1:{port} does not speak the protocol that TELEGRAM_PROXY names"
    assert found.mend.startswith("Check scheme and port in TELEGRAM_PROXY")


@pytest.mark.parametrize("url", ["https://operator:hunter2@127.0.0.1:1080", "socks5://operator:hunter2@127.0.0.1"])
async def test_a_proxy_that_cannot_be_used(surgery: Surgery, url: str) -> None:
    found = fault_of(await surgery.telegram(proxy=url))
    assert found.found == "TELEGRAM_PROXY cannot be used: a port is missing, or the scheme is not known"
    assert found.mend.startswith("Write TELEGRAM_PROXY as socks5://user:password@host:port")


@BOTH
async def test_tls_through_a_proxy_is_timed_and_a_strange_certificate_is_named(
    surgery: Surgery, sandbox: Sandbox, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    port = int(sandbox.base_url.rpartition(":")[2])
    async with tls_door(certificate, port) as base, proxy(kind) as middle:
        found = await surgery.telegram(api_base=base, proxy=middle.url())
        assert found["line"].status is Status.FAULT
        assert "TLS: its certificate is not trusted (self-signed certificate)" in found["line"].found
        assert found["line"].mend.startswith("Something on the way opens the encryption")
        assert found["proxy"].status is Status.OK
        monkeypatch.setattr(certifi, "where", lambda: str(certificate))
        found = await surgery.telegram(api_base=base, proxy=middle.url())
    assert found["line"].status is Status.OK
    assert "TLS " in found["line"].found
    assert found["token"].status is Status.OK
