"""What one article has to be besides well-formed: in all languages, short enough, its codes consistent.

Pure: a model and the head of the knowledge base in, complaints out. Where steps lead is in `steps.py`, what concerns
other articles or products in `links.py`; `loader.py` calls this and that and finds the lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from bot.kb import markdown
from bot.kb.article import Article, KnowledgeBase, Product
from bot.kb.fields import LANGUAGE, Complaint, Path, nearest
from bot.kb.steps import check_steps

MAX_VISIBLE: Final = 3800
"""UTF-16 units of title and answer together: Telegram's 4096 less the frame around an answer."""
MAX_RANGE: Final = 1000
"""The most codes one range may stand for."""


def check_article(article: Article, head: KnowledgeBase) -> Iterator[Complaint]:
    """Yield all that is wrong with an article by itself."""
    complete = head.kind == "complete"
    yield from _languages(("title",), article.title, head)
    yield from _languages(("symptoms",), article.symptoms, head)
    for language, phrases in article.symptoms.items():
        if not phrases:
            yield Complaint(("symptoms", language), "no symptom here; write the way people ask for this article")
    if complete or article.answer:
        yield from _languages(("answer",), article.answer, head)
    for place, entry in enumerate(article.entries):
        yield from _languages(("entries", place), entry.text, head)
    for place, step in enumerate(article.steps):
        yield from _languages(("steps", place, "text"), step.text, head)
    yield from _texts(article)
    yield from _keys(article)
    yield from _codes(article)
    yield from check_steps(article)


def check_product(product: Product, head: KnowledgeBase) -> Iterator[Complaint]:
    """Yield all that is wrong with a product by itself."""
    yield from _languages(("names",), product.names, head)
    for place, contact in enumerate(product.contacts):
        if contact.purpose:
            yield from _languages(("contacts", place, "purpose"), contact.purpose, head)


def check_head(head: KnowledgeBase) -> Iterator[Complaint]:
    """Yield all that is wrong with `_kb.yaml`."""
    if head.default not in head.languages:
        yield Complaint(("default",), f"`{head.default}` is not among `languages`")
    for language, count in Counter(head.languages).items():
        if count > 1:
            yield Complaint(("languages",), f"`{language}` is listed twice")


def _languages(path: Path, texts: Mapping[str, object], head: KnowledgeBase) -> Iterator[Complaint]:
    for language in texts:
        if not LANGUAGE.fullmatch(language):
            message = f"`{language}` is not a language (two lower-case letters){nearest(language, head.languages)}"
            yield Complaint((*path, language), message, at_key=True)
    name = path[0] if len(path) == 1 else f"item {int(path[1]) + 1} of `{path[0]}`"
    shown = f"`{name}`" if len(path) == 1 else name
    for language in head.languages:
        if language not in texts:
            yield Complaint(path, f"the language `{language}` is missing in {shown}", at_key=True)


def _texts(article: Article) -> Iterator[Complaint]:
    for language, text in article.answer.items():
        yield from _text(("answer", language), text, article.title.get(language, ""))
    for place, entry in enumerate(article.entries):
        for language, text in entry.text.items():
            yield from _text(("entries", place, language), text, article.title.get(language, ""))
    for place, step in enumerate(article.steps):
        for language, text in step.text.items():
            for line, message in markdown.faults(text):
                yield Complaint(("steps", place, "text", language), message, line=line)


def _text(path: Path, text: str, title: str) -> Iterator[Complaint]:
    length = markdown.utf16_length(title) + markdown.utf16_length(markdown.visible_text(markdown.to_html(text)))
    if length > MAX_VISIBLE:
        what = "title and text together have" if title else "the text has"
        yield Complaint(path, f"{what} {length} characters; one message holds {MAX_VISIBLE}")
    for line, message in markdown.faults(text):
        yield Complaint(path, message, line=line)


def _keys(article: Article) -> Iterator[Complaint]:
    seen: set[str] = set()
    for place, entry in enumerate(article.entries):
        if entry.key.casefold() in seen:
            yield Complaint(("entries", place, "key"), f"the entry `{entry.key}` stands here twice")
        seen.add(entry.key.casefold())
    numbered: set[tuple[str, str]] = set()
    for place, numbers in enumerate(article.numbers):
        for spot, value in enumerate(numbers.values):
            if (numbers.kind, value) in numbered:
                path: Path = ("numbers", place, "values", spot)
                yield Complaint(path, f"the {numbers.kind} `{value}` stands here twice")
            numbered.add((numbers.kind, value))


def _codes(article: Article) -> Iterator[Complaint]:
    for place, code in enumerate(article.codes):
        message = range_fault(code)
        if message:
            yield Complaint(("codes", place), message)


def range_fault(code: str) -> str:
    """Return what is wrong with a numeric range of codes, or an empty text."""
    first, dash, last = code.partition("-")
    if not dash or not (first.isdigit() and last.isdigit()):
        return ""
    if int(first) > int(last):
        return f"the range `{code}` runs backwards; write {last}-{first}"
    if int(last) - int(first) >= MAX_RANGE:
        return f"the range `{code}` stands for more than {MAX_RANGE} codes"
    return ""
