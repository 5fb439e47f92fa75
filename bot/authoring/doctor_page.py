"""The report of `kb doctor` as a page: findings by check, plots of phrases, and the health of every article. Pure.

Decides what is shown in which order. Called by `bot/cli_kb_doctor.py`, which writes the file.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from bot.authoring.doctor.examine import Examination, Health
from bot.authoring.doctor.finding import CHECKS, Finding
from bot.authoring.doctor.phrases import METHOD
from bot.authoring.eval_page import percent, short
from bot.authoring.figures import DECILES
from bot.authoring.markup import Safe, el, join
from bot.authoring.page import Column, Tile, figures, page, section, table, tiles
from bot.authoring.plots import bar, histogram

_CODE = re.compile(r"`([^`]*)`")
_PHRASE_STEPS: Final = (3, 5, 10, 15, 20, 30)


def doctor_page(found: Examination, name: str) -> str:
    """Return the page; `name` is the knowledge base's."""
    return page(
        f"Health of {name}",
        (
            f"{len(found.articles)} articles, {found.phrases} phrases; knowledge base {short(found.kb)}",
            "A warning misleads customers; a note is something that works and could be better.",
        ),
        _tiles(found),
        *_findings(found),
        _plots(found.articles),
        _articles(found.articles),
    )


def _tiles(found: Examination) -> Safe:
    articles = found.articles
    asked = sum(each.answered.of for each in articles)
    answered = sum(each.answered.count for each in articles)
    scant = min((count for each in articles for count in each.symptoms.values()), default=0)
    return tiles(
        [
            Tile("warnings", str(len(found.warnings)), "mislead customers", "warning" if found.warnings else ""),
            Tile("notes", str(len(found.notes)), "could be better"),
            Tile("symptoms answered at once", f"{answered} of {asked}", "with their own article"),
            Tile("fewest symptoms", str(scant), "of an article in one language"),
        ]
    )


def _findings(found: Examination) -> list[Safe]:
    if not found.findings:
        return [section("Findings", "None: every check came out clean.")]
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for each in found.findings:
        groups[each.check].append(each)
    # The findings come with the warnings first, and so do the checks that made them.
    return [_check(check, group) for check, group in groups.items()]


def _check(check: str, found: Sequence[Finding]) -> Safe:
    heading = CHECKS[check][0].upper() + CHECKS[check][1:]
    told = METHOD if check == "steals" else ""
    return section(f"{heading} ({len(found)})", told, el("div", *map(_finding, found), cls="figure"))


def _finding(found: Finding) -> Safe:
    badge = el("span", found.severity.value, cls=f"badge {found.severity.value}")
    place = el("code", f"{found.file}:{found.line}")
    return el(
        "article",
        el("div", badge, " ", place),
        el("div", el("bdi", _marked(found.told))),
        el("div", "→ ", _marked(found.mend), cls="soft small"),
    )


def _marked(words: str) -> Safe:
    """Return words as markup; what stands between backquotes is set as code."""
    parts = _CODE.split(words)
    return join(*(el("code", part) if at % 2 else part for at, part in enumerate(parts)))


def _plots(articles: Sequence[Health]) -> Safe:
    languages = list(articles[0].symptoms) if articles else []
    pictures = [
        (
            f"Symptoms of an article, {language}",
            histogram(_by_step([each.symptoms[language] for each in articles]), "symptoms; height: articles"),
        )
        for language in languages
    ]
    shares = [each.held_out.percent for each in articles if each.held_out.percent is not None]
    deciles = [sum(min(int(share // DECILES), DECILES - 1) == at for share in shares) for at in range(DECILES)]
    names = [f"{at * 10}" for at in range(DECILES)]
    found = histogram(list(zip(names, deciles, strict=True)), "phrases found, from so many %; height: articles", "b")
    return section("Phrases", "", figures(*pictures, ("Left out, still found", found)))


def _by_step(counts: Sequence[int]) -> list[tuple[str, int]]:
    lows = (0, *_PHRASE_STEPS)
    found = []
    for low, high in zip(lows, [*_PHRASE_STEPS, None], strict=True):
        name = f"{low}+" if high is None else f"{low}–{high - 1}"
        found.append((name, sum(count >= low and (high is None or count < high) for count in counts)))
    return found


def _articles(articles: Sequence[Health]) -> Safe:
    languages = list(articles[0].symptoms) if articles else []
    columns = (
        Column("article", cls="nowrap"),
        *(Column(language, number=True, told=f"symptoms in {language}") for language in languages),
        Column("own words", number=True, told="word stems that no other article's phrases have"),
        Column("at once", number=True, told="its symptoms answered at once, per cent"),
        Column("left out", number=True, told="its phrases that lead to it when each is left out, per cent"),
        Column(""),
        Column("nearest rival", cls="nowrap", told="the article that takes most of its left-out phrases"),
    )
    ordered = sorted(articles, key=lambda each: (each.held_out.percent or 0.0, each.id))
    rows = [
        (
            each.id,
            *(str(each.symptoms[language]) for language in languages),
            str(each.own_words),
            percent(each.answered),
            percent(each.held_out),
            bar(each.held_out, "b"),
            each.rival or "–",
        )
        for each in ordered
    ]
    told = f"Those that depend most on the very words of their phrases stand first. {METHOD}"
    return section("Articles", told, table(columns, rows))
