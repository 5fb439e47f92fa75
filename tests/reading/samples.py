import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.diagnostics.reading.book import Book
from bot.diagnostics.verdict import Fact

HERE = Path(__file__).parent
TODAY = "2026-11-22"
HOSTS = ("lic.miko.ru", "lm.miko.ru", "lic.mikopbx.com", "lm.mikopbx.com")
VERDICTS = {"port_filtered": "miko-1011-1014", "dns_no_name": "miko-dns", "no_seat": "miko-no-free-seat"}
BOOK = Book(
    products={**dict.fromkeys(HOSTS, "miko"), "www.cleverence.ru": "cleverence"},
    verdicts={"miko": VERDICTS, "cleverence": {"port_filtered": "clv-terminal-offline"}},
    codes={"2008": ("miko-no-free-seat",), "2026": ("miko-2026",), "1012": ("miko-1011-1014",)},
)


@dataclass(frozen=True)
class Sample:
    tool: str
    verdict: str
    facts: dict[str, str]
    text: str


def samples() -> Iterator[Sample]:
    for part in re.split(r"(?m)^=== ", (HERE / "outputs.txt").read_text(encoding="utf-8"))[1:]:
        heading, _, text = part.partition("\n")
        tool, verdict, facts = (word.strip() for word in heading.split("|"))
        named = dict(fact.split("=", 1) for fact in facts.split(";")) if facts else {}
        yield Sample(tool, verdict, named, text.rstrip("\n"))


def prose() -> list[str]:
    return re.split(r"(?m)^===\n", (HERE / "prose.txt").read_text(encoding="utf-8"))[1:]


def written(value: Fact | None) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)
