"""Reads a pasted or attached text: which tools' outputs are in it, what each says, what all of them come to.

Decides nothing about tools (their modules), the script's block (`block.py`) or weight (`weigh.py`); it puts the steps
in order. Called by `diagnost read`, by the chat and by `two_sided.py`'s callers. Pure, never raises, bounded by
`text.LONGEST`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.diagnostics.reading import block_findings, gateway
from bot.diagnostics.reading.block import read_block
from bot.diagnostics.reading.book import Book
from bot.diagnostics.reading.browser import BROWSER
from bot.diagnostics.reading.connections import CONNECTIONS
from bot.diagnostics.reading.curl import CURL
from bot.diagnostics.reading.gateway import GATEWAY
from bot.diagnostics.reading.journal import EVENT, PBX
from bot.diagnostics.reading.licdiag import LICDIAG
from bot.diagnostics.reading.machine import CLOCK, SHELL
from bot.diagnostics.reading.marks import outputs
from bot.diagnostics.reading.names import NAMES
from bot.diagnostics.reading.openssl import OPENSSL
from bot.diagnostics.reading.ping import PING
from bot.diagnostics.reading.sockets import NC, NMAP, TELNET, TNC
from bot.diagnostics.reading.text import Prepared, prepare, unwrapped
from bot.diagnostics.reading.trace import MTR, ROUTE
from bot.diagnostics.reading.web import DOTNET, WGET
from bot.diagnostics.reading.weigh import side_of, weightiest
from bot.diagnostics.verdict import Fact, Finding, Side, Verdict

TOOLS: Final = (
    LICDIAG,
    PING,
    ROUTE,
    MTR,
    NAMES,
    CURL,
    WGET,
    DOTNET,
    OPENSSL,
    NC,
    TELNET,
    TNC,
    NMAP,
    CONNECTIONS,
    BROWSER,
    GATEWAY,
    PBX,
    EVENT,
    CLOCK,
    SHELL,
)

_VENDORS: Final = dict.fromkeys(("licdiag", "gateway", "aprotect", "mikopbx", "1c"), "miko")
"""Tools that only one vendor has, and its product."""

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class ReadTool:
    """One output found at `text[start:end]` of what was pasted."""

    tool: str
    finding: Finding
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one text.

    `main` is the finding that speaks for all; `article` the id it leads to. `keys` and `secrets` count what has to be
    hidden before the text goes anywhere: licence keys and coupons, and passwords and tokens.
    """

    tools: tuple[ReadTool, ...]
    verdict: Verdict
    article: str | None
    side: Side
    main: Finding | None = None
    tool: str | None = None
    keys: int = 0
    secrets: int = 0

    @property
    def is_diagnostic(self) -> bool:
        """Tell whether the text holds any tool's output."""
        return self.verdict is not Verdict.NOT_DIAGNOSTIC

    def to_json(self) -> dict[str, Json]:
        """Return the shape of CONTRACTS, "read"."""
        secrets: dict[str, Json] = {"keys": self.keys}
        if self.secrets:
            secrets["other"] = self.secrets
        return {
            "tools": [
                {"tool": each.tool, "facts": _json(each.finding.facts), "verdict": each.finding.verdict.value}
                for each in self.tools
            ],
            "verdict": self.verdict.value,
            "article": self.article,
            "side": self.side.value,
            "secrets": secrets,
        }


CountSecrets = Callable[[str], tuple[int, int]]
"""Returns how many licence keys and coupons, and how many other secrets a text holds."""


def read(
    text: str, book: Book, *, today: str = "", product: str | None = None, count: CountSecrets | None = None
) -> Reading:
    """Return what is understood of a text.

    `today` is an ISO date, without which no dated term can be over; `product` the one that is spoken of, for the
    article where the text names no host of a product.
    """
    own: tuple[ReadTool, ...] = ()
    block = read_block(text)
    if block is not None:
        found = block_findings.findings(block, book)
        own = tuple(ReadTool(block_findings.TOOL, each, block.start, block.end) for each in found)
        product = block_findings.product_of(block) or product
        text = text[: block.start] + " " * (block.end - block.start) + text[block.end :]
    prepared = prepare(text)
    tools = _tools(prepared, book, today)
    whole = unwrapped(prepared)
    if whole is not None:
        joined = _tools(whole, book, today)
        if _knows_more(joined, tools):
            tools = joined
    tools = tuple(sorted((*own, *tools), key=lambda each: (each.start, each.end, each.tool)))
    main = weightiest([(each.tool, each.finding) for each in tools], book)
    keys, secrets = (0, 0) if count is None else count(text)
    if main is None:
        return Reading((), Verdict.NOT_DIAGNOSTIC, None, Side.NONE, keys=keys, secrets=secrets)
    name, finding = main
    return Reading(
        tools,
        finding.verdict,
        _article(name, finding, prepared.text, book, product),
        side_of(finding),
        finding,
        name,
        keys,
        secrets,
    )


def _tools(prepared: Prepared, book: Book, today: str) -> tuple[ReadTool, ...]:
    found: list[ReadTool] = []
    for tool, output in outputs(prepared.text, TOOLS):
        judged = gateway.judge_on(output, book, today) if tool is GATEWAY else tool.judge(output, book)
        if judged is not None:
            name, finding = judged
            found.append(ReadTool(name, finding, prepared.place(output.start), prepared.place(output.end)))
    return tuple(sorted(found, key=lambda each: (each.start, each.end, each.tool)))


def _knows_more(a: tuple[ReadTool, ...], b: tuple[ReadTool, ...]) -> bool:
    return _worth(a) > _worth(b)


def _worth(tools: tuple[ReadTool, ...]) -> tuple[int, int]:
    certain = sum(each.finding.verdict is not Verdict.INCONCLUSIVE for each in tools)
    return certain, sum(len(each.finding.facts) for each in tools)


def _article(tool: str, finding: Finding, text: str, book: Book, product: str | None) -> str | None:
    host, code = finding.facts.get("host"), finding.facts.get("code")
    number = code if isinstance(code, str) and code.isdigit() else None
    lower = text.lower()
    spoken = next((owner for name, owner in book.products.items() if name in lower), None)
    meant = _VENDORS.get(tool) or spoken or product
    return book.article(finding.verdict.value, host if isinstance(host, str) else None, number, meant)


def _json(facts: Mapping[str, Fact]) -> dict[str, Json]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
