"""Checks of words and codes: synonyms without effect, names that mean something else, codes in the wrong place. Pure.

Called by `examine.py`. A synonym's place in its file is found by the words on both sides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from bot.authoring.doctor.finding import Finding, Severity
from bot.authoring.doctor.phrases import Phrase, file_of
from bot.kb.article import Article
from bot.kb.fields import Path
from bot.kb.library import Library, expand_code
from bot.kb.markdown import to_html, visible_text
from bot.matching.codes import ERROR, CodeBook
from bot.matching.corpus import is_matched
from bot.matching.lexicon import ENGLISH, FILLERS
from bot.matching.morphology import stem
from bot.matching.normalize import clean, fold, words
from bot.matching.search import GENERAL
from bot.matching.vocabulary import is_filler

SYNONYMS: Final = "_synonyms.yaml"

Stems = tuple[str, ...]
Places = Mapping[tuple[str, str], Path]
"""(word people use, word of the articles) → where it stands in the file."""


def idle_synonyms(library: Library, phrases: Sequence[Phrase], places: Places) -> Iterator[Finding]:
    """Yield synonyms that change nothing: their article word is in no article, or both sides are one stem."""
    said_in = {stem for phrase in phrases for stem in phrase.stems}
    said_in |= {stem(word) for article in library.articles.values() for word in _words_of(article)}
    first: dict[Stems, tuple[str, str]] = {}
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for said, meant in library.synonyms.items():
        own, target = _stems(said), _stems(meant)
        if not own or not target:
            yield _synonym(places, said, meant, "synonym-idle", Severity.WARNING, "has no word in it", "take it out")
        elif own == target:
            told = f"is another form of `{meant}`, which is known without it"
            yield _synonym(places, said, meant, "synonym-idle", Severity.NOTE, told, "take it out")
        elif own in first and first[own][1] != meant:
            told = f"is another form of `{first[own][0]}`, which stands for `{first[own][1]}`: only one of them counts"
            yield _synonym(places, said, meant, "synonym-idle", Severity.WARNING, told, "keep one of the two")
        elif not all(part in said_in for part in target):
            missing[meant].append(said)
        first.setdefault(own, (said, meant))
    for meant, several in missing.items():
        told = f"`{meant}` is in no article, so its synonyms ({', '.join(several[:3])}) lead nowhere"
        mend = "write the word as the articles do, or take the line out"
        path: Path = places.get((several[0], meant), ())[:1]
        yield Finding("synonym-idle", Severity.WARNING, SYNONYMS, path, None, told, mend)


def common_synonyms(library: Library, places: Places) -> Iterator[Finding]:
    """Yield synonyms that are words without a topic: replaced everywhere, they change every question."""
    for said, meant in library.synonyms.items():
        found = words(fold(clean(said)))
        if found and all(is_filler(word) for word in found):
            told = f"is a word that people use in any question, and would become `{meant}` in each"
            mend = "take it out, or make it a phrase"
            yield _synonym(places, said, meant, "synonym-common", Severity.WARNING, told, mend)


def unheard_synonyms(library: Library, asked: Collection[str], places: Places) -> Iterator[Finding]:
    """Yield synonyms that none of the questions uses; meant for a large file of real questions."""
    rows = [_stems(text) for text in asked]
    heard = {row[at : at + length] for row in rows for length in range(1, 5) for at in range(len(row) - length + 1)}
    for said, meant in library.synonyms.items():
        if _stems(said) not in heard:
            told = f"is in none of the {len(rows)} questions"
            mend = "leave it if people say it; it costs nothing but your eyes"
            yield _synonym(places, said, meant, "synonym-idle", Severity.NOTE, told, mend)


def common_aliases(library: Library, phrases: Sequence[Phrase]) -> Iterator[Finding]:
    """Yield names of a product that are common words, or that other products' articles use."""
    for product in library.products.values():
        if product.id == GENERAL:
            continue
        for place, alias in enumerate(product.aliases):
            path: Path = ("aliases", place)
            file = f"{product.id}/_product.yaml"
            found = words(fold(clean(alias)))
            if not found:
                told = f"the alias `{alias}` has no word in it"
                yield Finding("alias-common", Severity.WARNING, file, path, None, told, "take it out")
            elif len(found) == 1 and (found[0] in FILLERS or found[0] in ENGLISH or is_filler(found[0])):
                told = f"the alias `{alias}` is a common word: whoever writes it is taken to speak of this product"
                mend = "use a longer name"
                yield Finding("alias-common", Severity.WARNING, file, path, None, told, mend)
            elif foreign := _named_elsewhere(library, phrases, product.id, _stems(alias)):
                told = f"the alias `{alias}` stands in {len(foreign)} phrases of other products, such as"
                told += f" «{foreign[0].text}» of `{foreign[0].article}`: who writes so is led to this product"
                mend = "take the alias out, or reword those phrases"
                yield Finding("alias-common", Severity.WARNING, file, path, None, told, mend)


def shared_codes(library: Library) -> Iterator[Finding]:
    """Yield codes that articles of several products have: there the bot has to ask which product it is."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for article in library.articles.values():
        if is_matched(article):
            for code in dict.fromkeys(code for written in article.codes for code in expand_code(written)):
                owners[code].append(article.id)
    for code, articles in sorted(owners.items()):
        if len(articles) > 1:
            article = library.articles[articles[0]]
            told = f"the code {code} is also claimed by {', '.join(f'`{other}`' for other in articles[1:])}"
            mend = "nothing to do where both products show it: the bot asks; else leave it to one"
            yield Finding(
                "code-shared", Severity.NOTE, file_of(article), _code_path(article, code), article.id, told, mend
            )


def unclaimed_codes(library: Library) -> Iterator[Finding]:
    """Yield articles whose text names an error code that is another article's, not related, or nobody's."""
    matched = [article for article in library.articles.values() if is_matched(article)]
    # General articles give codes as examples.
    specific = [article for article in matched if article.product != GENERAL]
    book = CodeBook(library, [article.id for article in matched])
    for article in specific:
        for path, text in _texts(article):
            for mention in book.find(fold(clean(text)), {}).mentions:
                value = mention.found.value
                if mention.found.kind != ERROR or article.id in mention.articles:
                    continue
                if not mention.articles:
                    told = f"the text names the error code {value}, which no article has"
                    mend = "add it to the codes of this article, or of the one that explains it"
                    yield Finding("code-unclaimed", Severity.NOTE, file_of(article), path, article.id, told, mend)
                elif not _are_related(library, article, mention.articles):
                    told = f"the text names the code {value}, which is `{mention.articles[0]}`'s"
                    mend = f"add `{mention.articles[0]}` to `related`, so that the customer gets there"
                    yield Finding("code-unclaimed", Severity.NOTE, file_of(article), path, article.id, told, mend)


def _are_related(library: Library, article: Article, others: Sequence[str]) -> bool:
    return any(other in article.related or article.id in library.articles[other].related for other in others)


def _named_elsewhere(library: Library, phrases: Sequence[Phrase], product: str, name: Stems) -> list[Phrase]:
    return [
        phrase
        for phrase in phrases
        if library.articles[phrase.article].product not in {product, GENERAL}
        and any(phrase.stems[at : at + len(name)] == name for at in range(len(phrase.stems) - len(name) + 1))
    ]


def _synonym(places: Places, said: str, meant: str, check: str, severity: Severity, told: str, mend: str) -> Finding:
    return Finding(check, severity, SYNONYMS, places.get((said, meant), ()), None, f"the synonym `{said}` {told}", mend)


def _stems(text: str) -> Stems:
    return tuple(map(stem, words(fold(clean(text)))))


def _words_of(article: Article) -> Iterator[str]:
    for _, text in _texts(article):
        yield from words(fold(clean(text)))
    for tag in article.tags:
        yield from words(fold(clean(tag)))


def _texts(article: Article) -> Iterator[tuple[Path, str]]:
    """Yield every text that a customer reads in the article, as they read it."""
    for language, text in article.answer.items():
        yield ("answer", language), visible_text(to_html(text))
    for place, entry in enumerate(article.entries):
        for language, text in entry.text.items():
            yield ("entries", place, language), visible_text(to_html(text))
    for place, step in enumerate(article.steps):
        for language, text in step.text.items():
            yield ("steps", place, "text", language), visible_text(to_html(text))


def _code_path(article: Article, code: str) -> Path:
    place = next((at for at, written in enumerate(article.codes) if code in expand_code(written)), 0)
    return ("codes", place)
