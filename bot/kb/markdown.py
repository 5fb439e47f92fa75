"""The Markdown subset of answers, rendered to Telegram HTML, and the faults of a text that leaves the subset.

Supported: paragraphs, **bold**, *italic*, `code`, fenced code, [links](https://…) (http, https, tg, mailto), ordered
and unordered lists with one level of nesting, headings (a bold line), > quotes. A single line break inside a
paragraph is a space; two spaces or a backslash at the end of a line break it. Anything else is a fault. `<config>` is
text; the elements of HTML itself (`<b>`, `<br>`) are refused, because an author who writes them expects an effect.

Decides the look of knowledge-base text and nothing more; escaping happens here and only here. Called by `loader.py`
for the faults and lengths, and by whoever shows an article.
"""

import html
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

LINK_SCHEMES: Final = ("http", "https", "tg", "mailto")
TAGS: Final = ("b", "i", "code", "pre", "a", "blockquote")
"""All tags that `to_html` writes; each is in Telegram's list of HTML-style entities."""

_RULES: Final = ("backticks", "blockquote", "emphasis", "escape", "fence", "heading", "link", "list", "newline")
# Outside the subset, recognised so that they can be named as faults.
_FOREIGN: Final = ("hr", "html_inline", "image", "strikethrough")
_HTML_ELEMENTS: Final = frozenset(  # a list of 90 words is readable only as prose
    """a abbr address article aside audio b big blockquote body br button center cite code col dd del details div dl dt
    em embed fieldset figure font footer form frame h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd
    label li link main mark meta nav object ol option p pre q s samp script section select small span strike strong
    style sub summary sup svg table tbody td template textarea tfoot th thead title tr tt u ul var video""".split()  # noqa: SIM905 - as above
)
_ELEMENT_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")
_TABLE_RULE = re.compile(r"^ *\|? *:?-+:? *(\| *:?-+:? *)+\|? *$|^ *\| *:?-+:? *\| *$")
_TAG = re.compile(r"<[^>]*>")
_MAX_LIST_DEPTH = 2


def _any_address(url: str) -> bool:  # noqa: ARG001 - markdown-it names the argument
    return True


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": True, "maxNesting": 100}).enable([*_RULES, *_FOREIGN])
    # Every address becomes a link token, so that one with a wrong scheme is a fault and not silently text.
    parser.validateLink = _any_address  # type: ignore[method-assign]
    return parser


@lru_cache(maxsize=2048)
def to_html(text: str) -> str:
    """Return `text` as Telegram HTML: balanced tags out of `TAGS`, everything else escaped exactly once.

    Never fails: what is outside the subset appears as the text that was written.
    """
    return _Writer().blocks(_parser().parse(text))


def visible_text(rendered: str) -> str:
    """Return what a reader of `to_html`'s result sees: without tags and with the escapes undone."""
    return html.unescape(_TAG.sub("", rendered))


def utf16_length(text: str) -> int:
    """Return the length of visible text in UTF-16 units, in which Telegram counts its limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def faults(text: str) -> tuple[tuple[int, str], ...]:  # noqa: C901 - one branch for each kind of token
    """Return (line from 1, what is wrong) for everything in `text` that is outside the subset, in order of lines."""
    found: list[tuple[int, str]] = []
    lists = quotes = 0
    line = 1
    lines = text.split("\n")
    for token in _parser().parse(text):
        line = token.map[0] + 1 if token.map else line
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists += 1
                if lists == _MAX_LIST_DEPTH + 1:
                    found.append((line, "a list inside a list inside a list; one level of nesting is shown"))
            case "bullet_list_close" | "ordered_list_close":
                lists -= 1
            case "blockquote_open":
                quotes += 1
                if quotes > 1:
                    found.append((line, "a quote inside a quote; Telegram shows one level"))
            case "blockquote_close":
                quotes -= 1
            case "hr":
                found.append((line, "a ruled line is not supported; leave an empty line instead"))
            case "fence" if token.map and not _closed(lines[token.map[0] : token.map[1]], token.markup):
                found.append((line, f"the code block is not closed; end it with {token.markup}"))
            case "inline":
                found.extend(_table_faults(token, line))
                found.extend(_inline_faults(token.children or (), line))
    return tuple(sorted(found))


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace('"', "&quot;")


def _closed(lines: list[str], fence: str) -> bool:
    return len(lines) > 1 and lines[-1].strip(" >").startswith(fence)


def _table_faults(token: Token, line: int) -> Iterator[tuple[int, str]]:
    rows = token.content.split("\n")
    for number, row in enumerate(rows):
        if number and _TABLE_RULE.match(row) and "|" in rows[number - 1]:
            yield line + number - 1, "a table is not supported; write a list, or rows under `entries`"


def _inline_faults(tokens: Sequence[Token], line: int) -> Iterator[tuple[int, str]]:
    for place, token in enumerate(tokens):
        match token.type:
            case "html_inline" if (element := _element(token.content)) is not None:
                yield line, f"HTML ({element}) is not supported; write `\\<` for the character itself"
            case "image":
                yield line, "an image is not supported; write a link"
            case "s_open":
                yield line, "~~strikethrough~~ is not supported"
            case "link_open":
                address = str(token.attrs.get("href", ""))
                if not _allowed(address):
                    schemes = ", ".join(LINK_SCHEMES)
                    yield line, f"a link to `{address}`: an address begins with one of {schemes}"
                if tokens[place + 1].type == "link_close":
                    yield line, "a link without a text"
        line += token.content.count("\n") + (token.type in {"softbreak", "hardbreak"})


def _element(content: str) -> str | None:
    """Return the opening of an HTML element, comment or declaration; None for `<config>` and its like, plain text."""
    name = _ELEMENT_NAME.match(content)
    if name is None:
        return content[:4]
    return name.group() + ">" if name.group(1).lower() in _HTML_ELEMENTS else None


def _allowed(address: str) -> bool:
    scheme, colon, rest = address.partition(":")
    return bool(colon) and scheme.lower() in LINK_SCHEMES and rest.strip("/") != ""


class _Writer:
    """Writes HTML. Inline tags are opened at the text they cover, so none is empty and `code` stands in none."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._wanted: list[tuple[str, str]] = []  # (kind, opening tag) in the order they began
        self._open: list[tuple[str, str]] = []

    def blocks(self, tokens: Sequence[Token]) -> str:  # noqa: C901, PLR0912 - one branch for each kind of token
        lists: list[int | None] = []  # the next number of each open list; None for bullets
        separator = ""  # owed before the next visible block
        quote_from = quotes = 0
        for token in tokens:
            match token.type:
                case "ordered_list_open":
                    lists.append(int(token.attrs.get("start", 1)))
                case "bullet_list_open":
                    lists.append(None)
                case "ordered_list_close" | "bullet_list_close":
                    lists.pop()
                    separator = "\n" if lists else "\n\n"
                case "list_item_open":
                    number = lists[-1]
                    mark = "• " if number is None else f"{number}. "
                    lists[-1] = None if number is None else number + 1
                    self._out.append(separator + "    " * (len(lists) - 1) + mark)
                    separator = ""
                case "list_item_close":
                    separator = "\n"
                case "blockquote_open":
                    quotes += 1
                    if quotes == 1:
                        self._out.append(f"{separator}<blockquote>")
                        separator, quote_from = "", len(self._out)
                case "blockquote_close":
                    quotes -= 1
                    if quotes == 0:
                        if len(self._out) == quote_from:
                            self._out.append("&gt;")
                        self._out.append("</blockquote>")
                        separator = "\n\n"
                case "fence":
                    self._out.append(f"{separator}<pre>{_escape(token.content.rstrip(chr(10))) or ' '}</pre>")
                    separator = "\n" if lists else "\n\n"
                case "hr":
                    self._out.append(f"{separator}———")
                    separator = "\n" if lists else "\n\n"
                case "heading_open":
                    self._wanted.append(("b", "<b>"))
                case "heading_close":
                    self._end("b")
                case "inline":
                    self._out.append(separator)
                    separator = "\n" if lists else "\n\n"
                    self._inline(token.children or ())
        return "".join(self._out)

    def _inline(self, tokens: Sequence[Token]) -> None:  # noqa: C901 - one branch for each kind of token
        for token in tokens:
            match token.type:
                case "strong_open":
                    self._wanted.append(("b", "<b>"))
                case "em_open":
                    self._wanted.append(("i", "<i>"))
                case "link_open":
                    address = str(token.attrs.get("href", ""))
                    opening = f'<a href="{_escape(address)}">' if _allowed(address) else ""
                    self._wanted.append(("a", opening))
                case "strong_close":
                    self._end("b")
                case "em_close":
                    self._end("i")
                case "link_close":
                    self._end("a")
                case "softbreak":
                    self._text(" ")
                case "hardbreak":
                    self._text("\n")
                case "code_inline":
                    self._code(token.content)
                case "image" | "text" | "html_inline":
                    self._text(token.content)
        self._sync([])

    def _end(self, kind: str) -> None:
        last = max(place for place, (wanted, _) in enumerate(self._wanted) if wanted == kind)
        del self._wanted[last]

    def _text(self, text: str) -> None:
        if text:
            unique = dict.fromkeys(style for style in self._wanted if style[1])
            self._sync(list(unique))
            self._out.append(_escape(text))

    def _code(self, content: str) -> None:
        # Telegram does not allow code inside a link or inside bold; the link matters more than the look.
        if any(kind == "a" and opening for kind, opening in self._wanted):
            self._text(content)
        else:
            self._sync([])
            self._out.append(f"<code>{_escape(content)}</code>")

    def _sync(self, styles: list[tuple[str, str]]) -> None:
        keep = 0
        while keep < min(len(styles), len(self._open)) and styles[keep] == self._open[keep]:
            keep += 1
        self._out.extend(f"</{kind}>" for kind, _ in reversed(self._open[keep:]))
        self._out.extend(opening for _, opening in styles[keep:])
        self._open = styles
