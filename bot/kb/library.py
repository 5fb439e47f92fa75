"""One immutable snapshot of the knowledge base: what every answer in flight works on.

Decides nothing; it indexes. `loader.py` makes it, `watch.py` swaps it, triage and rendering read it.
A snapshot is never changed: a saved edit makes a new one, and an answer keeps the one it began with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.kb.article import Article, DeskRules, KnowledgeBase, Product
from bot.kb.checks import ProductChecks


@dataclass(frozen=True, slots=True)
class Library:
    """All articles and products of one revision.

    `articles` and `products` map id to model, in id order. `synonyms` maps a word people use to the word the articles
    use (`_synonyms.yaml`). `revision` is `sha256:` and the hash of the files' contents, the same on every machine.
    """

    head: KnowledgeBase
    articles: Mapping[str, Article]
    products: Mapping[str, Product]
    revision: str
    synonyms: Mapping[str, str] = field(default_factory=dict)
    desk: DeskRules = field(default_factory=DeskRules)
    checks: Mapping[str, ProductChecks] = field(default_factory=dict)
    """Product id to what its `_checks.yaml` declares, for the products that have one."""

    @property
    def default_language(self) -> str:
        """The language used where a text is missing in the customer's own."""
        return self.head.default

    def article(self, article_id: str) -> Article | None:
        """Return the article with this id, or None: ids in old buttons and deep links may be gone."""
        return self.articles.get(article_id)

    def checks_of(self, product: str) -> ProductChecks:
        """Return what an article of this product may start: its own checks, then those of `general`."""
        own = self.checks.get(product, ProductChecks())
        general = self.checks.get("general")
        if general is None or product == "general":
            return own
        return ProductChecks(
            verdicts={**general.verdicts, **own.verdicts},
            default=own.default or general.default,
            allow_private=(*own.allow_private, *general.allow_private),
            checks=(*own.checks, *general.checks),
        )


def expand_code(code: str) -> tuple[str, ...]:
    """Return the single codes of `1011-1014` in order, or the code itself; numeric ranges only, both ends included."""
    first, dash, last = code.partition("-")
    if not dash or not (first.isdigit() and last.isdigit()) or int(first) > int(last):
        return (code,)
    return tuple(str(n).zfill(len(first)) for n in range(int(first), int(last) + 1))
