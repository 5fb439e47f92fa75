"""Which product a message speaks of: by a name or alias in its words. Called by `matcher.py`; decides nothing else."""

from collections.abc import Sequence

from bot.kb.library import Library
from bot.matching.morphology import stem
from bot.matching.normalize import fold, words
from bot.matching.search import GENERAL


class ProductNames:
    """The names of one snapshot's products, by stems, longest first. Immutable once built."""

    def __init__(self, library: Library) -> None:
        found = {
            tuple(map(stem, words(fold(name)))): product.id
            for product in library.products.values()
            for name in (*product.names.values(), *product.aliases, product.id)
            if product.id != GENERAL
        }
        self._names = tuple(
            sorted(((name, product) for name, product in found.items() if name), key=lambda pair: (-len(pair[0]), pair))
        )

    def product_in(self, asked: Sequence[str]) -> str | None:
        """Return the id of the product that the words name, if any."""
        stems = tuple(map(stem, asked))
        present = set(stems)
        for name, product in self._names:
            if not present.issuperset(name):
                continue
            if any(stems[at : at + len(name)] == name for at in range(len(stems) - len(name) + 1)):
                return product
        return None
