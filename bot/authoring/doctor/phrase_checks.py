"""Checks of phrases: articles that take each other's, near twins, too few, none with a word of its own. Pure.

Each function takes what was surveyed and yields findings. Called by `examine.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from bot.authoring.doctor.finding import Finding, Severity
from bot.authoring.doctor.phrases import HeldOut, Phrase, file_of
from bot.kb.article import Article
from bot.kb.library import Library
from bot.matching.corpus import is_matched
from bot.matching.search import GENERAL
from bot.matching.vocabulary import is_filler

LOST_MOST: Final = 0.5
LOST_MANY: Final = 0.25
LOST_COUNT: Final = 3
"""Phrases, and their shares of an article's, that one other article takes: from half on customers will be misled."""

FEW: Final = 3
"""With fewer phrases in a language an article is found by luck: learned weights need about three."""

SCANT: Final = 5

LONGEST_TITLE: Final = 58
"""Characters of a title that a button shows whole, its sign and blank beside it (60 in all)."""

_SHOWN: Final = 3


def steals(library: Library, surveyed: Sequence[HeldOut]) -> Iterator[Finding]:
    """Yield pairs of articles of which one takes many of the other's phrases when each is asked by itself."""
    taken: defaultdict[tuple[str, str], list[HeldOut]] = defaultdict(list)
    asked: Counter[str] = Counter()
    for each in surveyed:
        if each.phrase.is_title:
            continue
        asked[each.phrase.article] += 1
        if each.first is not None and not each.is_found:
            taken[each.phrase.article, each.first.phrase.article].append(each)
    for (owner, thief), lost in sorted(taken.items()):
        share = len(lost) / asked[owner]
        if len(lost) < LOST_COUNT or share < LOST_MANY:
            continue
        products = {library.articles[name].product for name in (owner, thief)} - {GENERAL}
        told = (
            f"`{thief}` takes {len(lost)} of its {asked[owner]} symptoms when each is asked with itself left out:"
            f" {_examples([each.phrase.text for each in lost])}"
        )
        mend = (
            "name what differs in the phrases of both, or make one article of them"
            if len(products) < 2  # noqa: PLR2004 - two products
            else "say the product in some phrases of both: a customer who names none is asked which one it is"
        )
        severity = Severity.WARNING if share >= LOST_MOST else Severity.NOTE
        yield _of(library.articles[owner], "steals", severity, ("symptoms",), told, mend)


def twins(library: Library, surveyed: Sequence[HeldOut]) -> Iterator[Finding]:
    """Yield phrases that say what a phrase of another article says, and phrases that stand twice in one article."""
    places = {each.phrase.key: at for at, each in enumerate(surveyed)}
    for at, each in enumerate(surveyed):
        for near in each.near:
            if places[near.phrase.key] > at:
                # Symptoms are blamed rather than titles: they are easier to change.
                other, mine = (each.phrase, near.phrase) if each.phrase.is_title else (near.phrase, each.phrase)
                yield from _twin(library, mine, other, near.likeness)


def _twin(library: Library, mine: Phrase, other: Phrase, likeness: float) -> Iterator[Finding]:
    if mine.article == other.article:
        if mine.words == other.words and not other.is_title:
            told = f"«{other.text}» stands here twice"
            yield _at(library, other, "twice", Severity.NOTE, told, "write another way people ask this")
        return
    whose = f"of `{other.article}` («{other.text}»)"
    if sorted(mine.stems) == sorted(other.stems):
        told = f"«{mine.text}» is also a phrase {whose}: no matcher can tell them apart"
        yield _at(library, mine, "near-twin", Severity.WARNING, told, "leave it to one of the two")
    else:
        told = f"«{mine.text}» is nearly a phrase {whose}, likeness {likeness:.2f}"
        mend = "make sure that the word that differs is the word that matters"
        yield _at(library, mine, "near-twin", Severity.NOTE, told, mend)


def few_phrases(library: Library) -> Iterator[Finding]:
    """Yield articles with too few ways to ask for them in a language of the knowledge base."""
    for article in library.articles.values():
        if not is_matched(article):
            continue
        for language in library.head.languages:
            count = len(article.symptoms.get(language, ()))
            if count < SCANT:
                severity = Severity.WARNING if count < FEW else Severity.NOTE
                told = f"{count} symptom{'' if count == 1 else 's'} in `{language}`"
                mend = f"write at least {SCANT} in customers' words: short and long, complaints and questions"
                yield _of(article, "few-phrases", severity, ("symptoms", language), told, mend)


def own_words(phrases: Sequence[Phrase]) -> Mapping[str, frozenset[str]]:
    """Return the stems, and pairs of neighbouring stems, that only one article's phrases have; by article."""
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for phrase in phrases:
        content = [stem for word, stem in zip(phrase.words, phrase.stems, strict=True) if not is_filler(word)]
        for stem in content:
            owners[stem].add(phrase.article)
        for first, second in pairwise(content):
            owners[f"{first} {second}"].add(phrase.article)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for stem, articles in owners.items():
        if len(articles) == 1:
            found[next(iter(articles))].add(stem)
    return {article: frozenset(stems) for article, stems in found.items()}


def without_own_word(library: Library, own: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Yield articles that nothing tells from the others: no word of theirs is theirs alone."""
    for article in library.articles.values():
        if not is_matched(article) or any(" " not in stem for stem in own.get(article.id, ())):
            continue
        pairs = bool(own.get(article.id))
        told = "every word of its phrases stands in other articles' phrases, too"
        told += ", only pairs of words are its own" if pairs else ", and so does every pair of words"
        mend = "add the words that only this case has: a window's title, a menu, what the customer was doing"
        severity = Severity.NOTE if pairs or article.codes else Severity.WARNING
        yield _of(article, "no-own-word", severity, ("symptoms",), told, mend)


def long_titles(library: Library) -> Iterator[Finding]:
    """Yield titles that are cut on a button."""
    for article in library.articles.values():
        for language, title in article.title.items():
            if len(title) > LONGEST_TITLE:
                told = f"the title has {len(title)} characters; a button shows {LONGEST_TITLE} of them"
                mend = "put what matters first, or shorten it"
                yield _of(article, "long-title", Severity.NOTE, ("title", language), told, mend)


def unrelated(library: Library) -> Iterator[Finding]:
    """Yield articles that no other article leads to and that lead nowhere."""
    named = {other for article in library.articles.values() for other in article.related}
    named |= {
        goal
        for article in library.articles.values()
        for step in article.steps
        for goal in (step.on_success, step.on_failure)
        if goal is not None
    }
    for article in library.articles.values():
        if is_matched(article) and article.id not in named and article.product != GENERAL:
            told = "no article has this one in `related`"
            mend = "add it where a customer would look next; after «не помогло» related articles are offered"
            yield _of(article, "unrelated", Severity.NOTE, ("id",), told, mend)


def _of(article: Article, check: str, severity: Severity, path: tuple[str | int, ...], told: str, mend: str) -> Finding:
    return Finding(check, severity, file_of(article), path, article.id, told, mend)


def _at(library: Library, phrase: Phrase, check: str, severity: Severity, told: str, mend: str) -> Finding:
    return _of(library.articles[phrase.article], check, severity, phrase.path, told, mend)


def _examples(texts: Sequence[str]) -> str:
    shown = ", ".join(f"«{text}»" for text in texts[:_SHOWN])
    return f"{shown} and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else shown
