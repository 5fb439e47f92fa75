"""Knowledge bases of any size, made from the shipped one: the same seed gives the same files, byte for byte.

A made article takes the phrases of a shipped one and changes their topic words for others, so that sentences keep
their build and length while articles become distinct. The stock of words grows with the number of articles as it does
in real texts (Heaps' law); words beyond the shipped ones are joined from the heads and tails of shipped words.
Matching-only: a fifth has a code, none has an answer. `matching.py` loads what is written here with the real loader.
"""

import json
import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.kb.article import Article, KnowledgeBase
from bot.kb.library import Library

SEED = 20261122
PHRASES: Mapping[str, int] = {"ru": 8, "en": 5}
TOPIC_LETTERS = 5
"""A word of so many letters is taken for one of topic: what is shorter keeps the sentence together."""

HEAPS = 0.6
"""Exponent by which the stock of words grows with the text; 0.4 to 0.6 is usual in English, more in Russian."""

ARTICLES_PER_PRODUCT = 250
KEPT = 0.35
"""Share of topic words an article keeps from the one it was made of."""

WITH_CODE = 5
"""Every fifth article has a code."""

MADE_ON = date(2026, 11, 22)

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class MadeArticle:
    """An article as written: what questions are made from."""

    id: str
    product: str
    phrases: Mapping[str, tuple[str, ...]]
    codes: tuple[str, ...]


def make(library: Library, count: int, phrases: Mapping[str, int] = PHRASES) -> list[MadeArticle]:
    """Return `count` articles made from the shipped ones, with so many `phrases` of each language."""
    source = random.Random(f"{SEED}:{count}")
    shipped = [article for article in library.articles.values() if all(article.symptoms.get(name) for name in PHRASES)]
    stock = {name: _stock([p for a in shipped for p in a.symptoms[name]], count, source) for name in phrases}
    return [
        _article(number, shipped[number % len(shipped)].symptoms, stock, phrases, source) for number in range(count)
    ]


def shipped(library: Library) -> list[MadeArticle]:
    """Return the shipped articles that customers ask for, as questions are made from them."""
    return [
        MadeArticle(article.id, article.product, article.symptoms, article.codes)
        for article in library.articles.values()
        if all(article.symptoms.get(name) for name in PHRASES)
    ]


def as_library(articles: Sequence[MadeArticle]) -> Library:
    """Return the articles as a knowledge base in memory, all of no product; the first phrase is the title."""
    languages = tuple(dict.fromkeys(name for article in articles for name in article.phrases))
    return Library(
        head=KnowledgeBase(name="benchmark", languages=languages, default=languages[0], kind="matching-only"),
        articles={
            article.id: Article(
                id=article.id,
                product="general",
                updated=MADE_ON,
                codes=article.codes,
                title={name: phrases[0] for name, phrases in article.phrases.items()},
                symptoms={name: phrases[1:] for name, phrases in article.phrases.items()},
            )
            for article in sorted(articles, key=lambda article: article.id)
        },
        products={},
        revision=f"sha256:{len(articles):064x}",
    )


def write(articles: Sequence[MadeArticle], folder: Path) -> None:
    """Write the articles as a knowledge base directory."""
    folder.mkdir()
    (folder / "_kb.yaml").write_text(
        "name: benchmark\nlanguages: [ru, en]\ndefault: ru\nkind: matching-only\n", "utf-8"
    )
    for product in sorted({article.product for article in articles}):
        (folder / product).mkdir()
        (folder / product / "_product.yaml").write_text(
            f"id: {product}\nnames:\n  ru: Изделие {product}\n  en: Product {product}\n", "utf-8"
        )
    for article in articles:
        (folder / article.product / f"{article.id}.yaml").write_text("".join(_yaml(article)), "utf-8")


def _yaml(article: MadeArticle) -> Iterator[str]:
    yield f"id: {article.id}\nproduct: {article.product}\nconfidence: unverified\nsource: [made]\n"
    yield f"updated: 2026-11-22\ncodes: {json.dumps(list(article.codes))}\ntitle:\n"
    for language, phrases in article.phrases.items():
        yield f"  {language}: {json.dumps(phrases[0], ensure_ascii=False)}\n"
    yield "symptoms:\n"
    for language, phrases in article.phrases.items():
        yield f"  {language}:\n"
        for phrase in phrases:
            yield f"    - {json.dumps(phrase, ensure_ascii=False)}\n"


def _article(
    number: int,
    symptoms: Mapping[str, Sequence[str]],
    stock: Mapping[str, Sequence[str]],
    wanted: Mapping[str, int],
    source: random.Random,
) -> MadeArticle:
    product = f"p{number // ARTICLES_PER_PRODUCT:03}"
    phrases = {name: _phrases(symptoms[name], stock[name], many, source) for name, many in wanted.items()}
    codes = (str(20000 + number),) if number % WITH_CODE == 0 else ()
    return MadeArticle(f"made-{number:05}", product, phrases, codes)


def _phrases(origin: Sequence[str], stock: Sequence[str], wanted: int, source: random.Random) -> tuple[str, ...]:
    topic: dict[str, str] = {}

    def changed(match: re.Match[str]) -> str:
        word = match.group().lower()
        if len(word) < TOPIC_LETTERS:
            return word
        if word not in topic:
            topic[word] = word if source.random() < KEPT else _common(stock, source)
        return topic[word]

    found: dict[str, None] = {}
    while len(found) < wanted:
        phrase = _WORD.sub(changed, source.choice(origin))
        while phrase in found:
            phrase = f"{phrase} {_common(stock, source)}"
        found[phrase] = None
    return tuple(found)


def _common(stock: Sequence[str], source: random.Random) -> str:
    """Return a word, those at the front of the stock more often: a Zipf distribution with exponent near one."""
    return stock[int(math.exp(source.random() * math.log(len(stock)))) - 1]


def _stock(phrases: Sequence[str], count: int, source: random.Random) -> list[str]:
    shipped_words = sorted({w for p in phrases for w in _WORD.findall(p.lower()) if len(w) >= TOPIC_LETTERS})
    source.shuffle(shipped_words)
    heads = [word[: len(word) // 2 + 1] for word in shipped_words]
    tails = [word[len(word) // 2 :] for word in shipped_words]
    wanted = int(len(shipped_words) * max(1.0, (count / 60) ** HEAPS))
    found = dict.fromkeys(shipped_words)
    while len(found) < wanted:
        found[source.choice(heads) + source.choice(tails)] = None
    return list(found)
