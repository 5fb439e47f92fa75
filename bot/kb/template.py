"""A new article as a text: every field with a sample and a comment in plain words, sound as it stands.

Decides what a writer sees first. `diagnost kb new` writes the file; `load` accepts it unchanged, so that the editor's
first complaint is about the writer's own words. Pure except for `place`, which looks at folders.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bot.kb.loader import GENERAL


class _Words(NamedTuple):
    title: str
    symptoms: tuple[str, str]
    answer: tuple[str, ...]


_SAMPLES: Final[Mapping[str, _Words]] = {
    "ru": _Words(
        "TODO: заголовок одной короткой строкой",
        ("TODO: как об этом пишет клиент", "TODO: то же другими словами, с опечатками и сленгом"),
        ("TODO: сначала то, что помогает чаще всего.", "", "1. Первое действие.", "2. Второе действие: `команда`."),
    ),
    "en": _Words(
        "TODO: a title in one short line",
        ("TODO: the way a customer writes about it", "TODO: the same in other words, typos and slang included"),
        ("TODO: first what helps most often.", "", "1. The first action.", "2. The second action: `command`."),
    ),
}


def article_template(article_id: str, product: str, day: str, languages: Sequence[str]) -> str:
    """Return the text of a new article's file. `day` is today as `2026-11-22`."""
    return f"""\
# yaml-language-server: $schema=../_schema/article.json
# Replace each TODO. Keys that you do not need may be removed; `diagnost kb check` tells what is wrong.

# The id is the file's name and stays for good: links and old buttons carry it.
id: {article_id}
# The folder's name.
product: {product}
# verified: you have seen it work or the vendor says so. unverified: it is likely; then the article should say less.
confidence: unverified
# Where the facts come from, for the next one who looks.
source: []
# The day you last looked at the facts.
updated: {day}
# Error codes as the customer sees them, in quotes; a range is "1011-1014". A code stands in one article of a product.
codes: []
# Numbered things that are not error codes, for example - {{kind: feature, values: ["33"]}}
numbers: []
# Words for reports.
tags: []

# One short line; it also stands on buttons.
title:
{_per_language(languages, lambda words: [f'"{words.title}"'])}
# The way people write, not the way we do: at least five phrases in each language, whole and clumsy ones.
symptoms:
{_per_language(languages, lambda words: ["", *(f'  - "{phrase}"' for phrase in words.symptoms)])}
# A small Markdown: **bold**, *italic*, `code`, ``` blocks, [links](https://example.com), lists, # headings, > quotes.
# Title and answer together: at most 3,800 characters.
answer:
{_per_language(languages, lambda words: ["|", *(f"  {line}".rstrip() for line in words.answer)])}
# A table whose rows can be asked for one by one, for example - {{key: "48", ru: "…", en: "…"}}
entries: []
# A guided fix. Each step: id, text, copy (commands with a copy button), check, on_success, on_failure.
# «It helped» always ends the guide. «Next» leads to the step that on_success names, or else to the following one, and
# after the last to a person. «Did not work» is shown where on_failure names a step, an article or `person`. With
# `on_success: end` done is helped, and only on_failure leads on.
steps: []
# Ids of checks that _checks.yaml declares.
checks: []
# Ids of articles that are offered below this one.
related: []
# customer: everyone sees it. staff: only the staff does.
audience: customer
# live: shown. shadow: matched and only recorded. off: not matched at all.
status: live
"""


def place(kb: Path, article_id: str, product: str | None) -> tuple[str, Path]:
    """Return product and file for a new article: the given product, else the folder the id begins with, else general.

    Raises `LookupError` where the given product has no folder.
    """
    folders = sorted(entry.name for entry in kb.iterdir() if entry.is_dir() and not entry.name.startswith(("_", ".")))
    if product is None:
        fitting = [name for name in folders if article_id.startswith(f"{name}-")]
        product = max(fitting, key=len, default=GENERAL)
    elif product not in folders and product != GENERAL:
        raise LookupError(f"there is no product `{product}`; there are {', '.join(folders) or 'none yet'}")
    return product, kb / product / f"{article_id}.yaml"


def _per_language(languages: Sequence[str], lines_of: Callable[[_Words], list[str]]) -> str:
    parts: list[str] = []
    for language in languages:
        first, *more = lines_of(_SAMPLES.get(language, _SAMPLES["en"]))
        parts.append(f"  {language}: {first}".rstrip())
        parts.extend(f"  {line}".rstrip() for line in more)
    return "\n".join(parts)
