"""The little of the knowledge base that reading pasted output needs: whose host, which article.

Decides which article a verdict or an error code leads to; made once per snapshot by `book_of`, read by `read.py` and
the readers of single tools.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.kb.article import Audience, Status
from bot.kb.library import Library, expand_code


@dataclass(frozen=True, slots=True)
class Book:
    """Hosts, verdicts and codes of one snapshot.

    `products` maps host to product id; `verdicts` product id to verdict name to article id; `codes` an error code to
    the ids of its articles; `addresses` a host to the addresses that our side sees for it, where they are known.
    """

    products: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def knows(self, host: str | None) -> bool:
        """Tell whether the host is one of a product's."""
        return host is not None and host in self.products

    def article(self, verdict: str, host: str | None, code: str | None, product: str | None = None) -> str | None:
        """Return the article of the code, else the one of the verdict for the host's product, else None.

        Without a host, or with a bare address, `product` is meant, or the only one that has an article for the verdict.
        """
        if code is not None and self.codes.get(code):
            return self.codes[code][0]
        bare = host is None or not host.strip("0123456789.:abcdef") or host == "localhost"
        product = self.products.get(host or "") or (product if bare else None)
        if product is not None:
            return self.verdicts.get(product, {}).get(verdict)
        if not bare:
            return None
        found = [articles[verdict] for articles in self.verdicts.values() if verdict in articles]
        return found[0] if len(found) == 1 else None


def book_of(library: Library, addresses: Mapping[str, frozenset[str]] | None = None) -> Book:
    """Return the book of a snapshot; `addresses` maps a host to what our own look-up of it found."""
    codes: dict[str, list[str]] = {}
    for article in library.articles.values():
        if article.status is not Status.LIVE or article.audience is not Audience.CUSTOMER:
            continue
        for written in article.codes:
            for code in expand_code(written):
                codes.setdefault(code, []).append(article.id)
    return Book(
        products={host.name: product.id for product in library.products.values() for host in product.hosts},
        verdicts={product: dict(library.checks_of(product).verdicts) for product in library.products},
        codes={code: tuple(ids) for code, ids in codes.items()},
        addresses=dict(addresses or {}),
    )
