"""The one script that a customer runs on Linux or MikoPBX, made for a product from what it declares.

Decides which hosts, ports, paths and expected statuses stand in the form `script/diagnost-check.sh`, and in which
language it speaks. Only declared names get in, and each is checked once more, for it becomes part of a shell program;
nothing that a customer typed is ever at hand here. Pure; called by `handlers/diagnose.py`. What the script prints is
read by `reading/block.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

from bot import i18n
from bot.diagnostics.plan import Leaf, leaves
from bot.kb.checks import DnsCheck, HttpCheck, KeyCheck, ProductChecks, TcpCheck, TlsCheck, host_and_port, host_fault

FILE_NAME: Final = "diagnost-check.sh"
MOST_HOSTS: Final = 6
"""So many have room in one block; a product that declares more gets the first ones."""
MOST_PORTS: Final = 3
"""Of one host, for the same reason."""

_FORM: Final = files("bot.diagnostics").joinpath("script", FILE_NAME).read_text(encoding="utf-8")
_PLACE: Final = re.compile(r"(?ms)^#@ filled in by the bot\n.*?^#@ end\n")
_PATH: Final = re.compile(r"/[A-Za-z0-9/_.~-]{0,100}")
_PRODUCT: Final = re.compile(r"[a-z0-9-]{1,32}")
_HTTPS: Final = 443
_WORDS: Final = (
    ("T_START", "script-start"),
    ("T_NAME", "script-name"),
    ("T_PORT", "script-port"),
    ("T_CERTIFICATE", "script-certificate"),
    ("T_ANSWER", "script-answer"),
    ("T_PING", "script-ping"),
    ("T_ROUTE", "script-route"),
    ("T_GOOD", "script-good"),
    ("T_BAD", "script-bad"),
    ("T_UNKNOWN", "script-unknown"),
    ("T_DONE", "script-done"),
    ("T_NO_ROOM", "script-no-room"),
)


class NotForAShellError(ValueError):
    """A declared name cannot stand in a shell program."""


@dataclass(slots=True)
class _Port:
    secure: bool = False
    path: str = ""
    statuses: tuple[int, ...] = ()


@dataclass(slots=True)
class _Target:
    host: str
    ports: dict[int, _Port] = field(default_factory=dict)


def script_for(product_checks: ProductChecks, product_id: str, language: str) -> str:
    """Return the script for a product: what its default check asks comes first, then what else it declares.

    Raises `NotForAShellError` where nothing is declared, or a name in it is none.
    """
    if not _PRODUCT.fullmatch(product_id):
        raise NotForAShellError(f"product {product_id!r}")
    targets = _targets(product_checks)
    if not targets:
        raise NotForAShellError(f"{product_id} declares nothing to check")
    rows = "\n".join(_row(each) for each in targets)
    words = "\n".join(f"{name}={_quoted(i18n.label(language, key))}" for name, key in _WORDS)
    filled = f"PRODUCT={product_id}\nTARGETS='{rows}'\n{words}\n"
    return _PLACE.sub(lambda _: filled, _FORM, count=1)


def can_be_scripted(product_checks: ProductChecks) -> bool:
    """Tell whether the product declares anything that a script could check."""
    return any(True for _ in _leaves(product_checks))


def _targets(checks: ProductChecks) -> list[_Target]:
    found: dict[str, _Target] = {}
    for leaf in _leaves(checks):
        host, number = _place(leaf)
        if host not in found and len(found) == MOST_HOSTS:
            continue
        target = found.setdefault(host, _Target(host))
        if number is None or (number not in target.ports and len(target.ports) == MOST_PORTS):
            continue
        port = target.ports.setdefault(number, _Port(secure=number == _HTTPS))
        match leaf:
            case TlsCheck():
                port.secure = True
            case HttpCheck():
                port.secure = port.secure or leaf.url.startswith("https:")
                # One request a port; the default check's comes first.
                if not port.path:
                    port.path, port.statuses = _path(leaf.url), leaf.expect.status
            case DnsCheck() | TcpCheck():
                pass
    return list(found.values())


def _leaves(checks: ProductChecks) -> Iterator[Leaf]:
    if checks.default is not None:
        yield from leaves(checks, checks.default)
    for check in checks.checks:
        if not isinstance(check, KeyCheck):
            yield from leaves(checks, check.id)


def _place(leaf: Leaf) -> tuple[str, int | None]:
    match leaf:
        case DnsCheck():
            return leaf.host, None
        case TcpCheck() | TlsCheck():
            return leaf.host, leaf.port
        case HttpCheck():
            return host_and_port(leaf.url)


def _row(target: _Target) -> str:
    """Return `host port:tls:path:statuses …` as the form reads it."""
    if host_fault(target.host) is not None or len(target.host) > 100:  # noqa: PLR2004 - a block has room for these
        raise NotForAShellError(f"host {target.host!r}")
    ports = [
        f"{number:d}:{'y' if port.secure else 'n'}:{port.path}:{','.join(f'{each:d}' for each in port.statuses)}"
        for number, port in target.ports.items()
    ]
    return " ".join([target.host, *ports])


def _path(url: str) -> str:
    """Return the path of a declared address, or `/` where it holds what a shell or a block would trip over."""
    rest = url.partition("://")[2]
    path = "/" + rest.partition("/")[2]
    return path if _PATH.fullmatch(path) else "/"


def _quoted(text: str) -> str:
    """Return the text in single quotes, in which a shell reads nothing but letters."""
    return "'" + text.replace("'", "’") + "'"
