"""The frame of a report: one HTML file that needs no network and no script, light or dark as the reader's system is.

Decides the look: style sheet, header, sections, tables. What stands in them is `eval_page.py`'s and `doctor_page.py`'s.
A content security policy forbids everything but the page's own style, should anything slip past the escaping.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.authoring.markup import Safe, el

_STYLE: Final = Safe("""
:root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1d2026;--soft:#5d6470;--rule:#dfe1e5;--rail:#eceef1;
--a:#2563b8;--b:#1b7f4d;--c:#c2570c;--bad:#b3261e;--warn:#9a6700;--tell:#4b5563}
@media (prefers-color-scheme:dark){:root{--bg:#15171b;--card:#1d2025;--ink:#e6e8eb;--soft:#9aa2ad;--rule:#33373e;
--rail:#2b2f36;--a:#7db0ff;--b:#66cf98;--c:#ffa45c;--bad:#ff8a80;--warn:#e5b84b;--tell:#a8b0bb}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:24px;line-height:1.25;margin:0 0 4px}h2{font-size:18px;margin:36px 0 8px}
.soft{color:var(--soft)}.small{font-size:13px}p{margin:4px 0 10px;overflow-wrap:anywhere}
.tile .soft{display:block}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:10px;margin:20px 0}
.tile,.figure{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:12px 14px}
.tile b{display:block;font-size:26px;line-height:1.2;font-variant-numeric:tabular-nums}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(300px,100%),1fr));gap:12px}
.figure h3{margin:0 0 6px;font-size:15px}.plot{width:100%;height:auto;display:block}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:10px}
table{border-collapse:collapse;width:100%}th,td{padding:6px 10px;text-align:left;vertical-align:top}
th{font-size:13px;font-weight:600;color:var(--soft);border-bottom:1px solid var(--rule);white-space:nowrap}
tr+tr td{border-top:1px solid var(--rule)}td.num,th.num{text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}td.total{font-weight:600}.nowrap{white-space:nowrap}td.wide{min-width:220px}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
bdi{overflow-wrap:anywhere}ul{margin:0;padding-left:18px}
details{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:8px 12px;margin:8px 0}
summary{cursor:pointer}article{border-top:1px solid var(--rule);padding:8px 0}
article:first-of-type{border-top:0}
.warning{color:var(--warn)}.fault{color:var(--bad)}.note{color:var(--tell)}
.badge{font-size:12px;font-weight:600;border:1px solid;border-radius:99px;padding:0 8px;white-space:nowrap}
.axis,.grid{stroke:var(--rule);stroke-width:1}.ideal{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4}
.tick{fill:var(--soft);font-size:11px}.name{fill:var(--ink);font-size:12px}
.line{fill:none;stroke-width:2;stroke-linejoin:round}.line.a,.whisker.a{stroke:var(--a)}.line.b{stroke:var(--b)}
.line.c{stroke:var(--c);stroke-dasharray:6 3}.dot.a,.fill.a{fill:var(--a)}.fill.b{fill:var(--b)}.fill.c{fill:var(--c)}
.rail{fill:var(--rail)}.whisker{stroke:var(--ink);stroke-width:1.5}.whisker.a{stroke-width:1.5;opacity:.6}
.bar{vertical-align:middle}.legend{font-size:13px;margin:6px 0 0}
.key{display:inline-block;width:12px;height:12px;border-radius:3px;vertical-align:-1px;margin-left:8px}
.key.a{background:var(--a)}.key.b{background:var(--b)}.key.c{background:var(--c)}
@media (max-width:480px){main{padding:16px 10px 48px}h1{font-size:20px}.tile b{font-size:22px}
.tiles{grid-template-columns:1fr 1fr}th,td{padding:6px 8px}}
@media print{body{background:#fff}.scroll{overflow:visible}}
""")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Tile:
    """One large figure: its name, itself, and what it is of."""

    name: str
    value: str
    below: str
    cls: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `number` sets it to the right."""

    name: str
    number: bool = False
    told: str = ""
    cls: str = ""


def page(title: str, below: Iterable[str], *content: Safe) -> str:
    """Return the whole file; `below` are lines under the title."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("style", _STYLE),
    )
    lines = [el("p", line, cls="soft small") for line in below]
    body = el("body", el("main", el("h1", title), *lines, *content))
    return f'<!doctype html>\n<html lang="en">{head}{body}</html>\n'


def section(title: str, told: str, *content: Safe) -> Safe:
    """Return a section with a heading and a sentence on how to read it."""
    return el("section", el("h2", title), *([el("p", told, cls="soft small")] if told else []), *content)


def tiles(found: Sequence[Tile]) -> Safe:
    """Return large figures side by side."""
    return el(
        "div",
        *(
            el(
                "div",
                el("span", each.name, cls="small"),
                el("b", each.value, cls=each.cls),
                el("span", each.below, cls="soft small"),
                cls="tile",
            )
            for each in found
        ),
        cls="tiles",
    )


def figures(*found: tuple[str, Safe]) -> Safe:
    """Return pictures with a heading each, side by side where there is room."""
    return el("div", *(el("div", el("h3", name), picture, cls="figure") for name, picture in found), cls="figures")


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, last_is_total: bool = False) -> Safe:
    """Return a table that scrolls sideways where the screen is narrow."""
    given = list(rows)
    head = el("tr", *(el("th", each.name, cls="num" if each.number else "", title=each.told) for each in columns))
    body = [
        el(
            "tr",
            *(
                el("td", cell, cls=_classes(column, total=last_is_total and at == len(given) - 1))
                for column, cell in zip(columns, row, strict=True)
            ),
        )
        for at, row in enumerate(given)
    ]
    return el("div", el("table", el("thead", head), el("tbody", *body)), cls="scroll")


def quoted(words: str, most: int = 400) -> Safe:
    """Return a customer's words, at most so many characters of them; their direction stays their own."""
    shown = words if len(words) <= most else words[: most - 1] + "…"
    return el("bdi", shown.replace("\n", " ⏎ "))


def listed(items: Iterable[str]) -> Safe:
    """Return a list of lines."""
    return el("ul", *(el("li", item) for item in items))


def _classes(column: Column, *, total: bool) -> str:
    return " ".join(name for name in ("num" if column.number else "", "total" if total else "", column.cls) if name)
