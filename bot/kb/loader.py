"""A directory to one `Library`, or to all of its faults at once.

Decides the order of work: files, nodes, models, each article by itself, articles among each other; then every
complaint gets its line and column. Which files belong there is `folder.py`'s to say, how a node becomes a model
`fields.py`'s, what an article has to be `article_checks.py`'s and `links.py`'s. Called by the commands and `watch.py`.
Nodes are dropped as soon as a file is read and made again only for a file with complaints: 10,000 articles stay lean.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from bot.kb import folder, yaml_nodes
from bot.kb.article import Article, DeskRules, KnowledgeBase, Product
from bot.kb.article_checks import check_article, check_head, check_product
from bot.kb.check_links import check_declared, check_targets
from bot.kb.checks import ProductChecks
from bot.kb.faults import Fault, KnowledgeBaseFaults
from bot.kb.fields import Complaint, Plain, Reading, locate, plain, read_model
from bot.kb.folder import Role, Source
from bot.kb.library import Library
from bot.kb.links import Placed, check_aliases, check_articles
from bot.kb.synonyms import read_synonyms
from bot.kb.yaml_nodes import Node

GENERAL: Final = "general"
"""The folder of articles that belong to no product."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def load(path: Path) -> Library:
    """Return the knowledge base in the directory `path`; raise `KnowledgeBaseFaults` with everything wrong in it."""
    reading = _Reading(path)
    reading.read_files()
    reading.check_each()
    reading.check_all()
    if faults := reading.faults():
        raise KnowledgeBaseFaults(faults)
    return reading.library()


class _Reading:
    """The state of one loading."""

    def __init__(self, root: Path) -> None:
        self._sources, self._faults = folder.survey(root)
        self._complaints: dict[str, list[Complaint]] = {}
        self._texts: dict[str, str] = {}
        self._revision = folder.Revision()
        self._head: KnowledgeBase | None = None
        self._articles: list[tuple[Source, Reading[Article]]] = []
        self._products: dict[str, Reading[Product]] = {}
        self._checks: dict[str, Reading[ProductChecks]] = {}
        self._declared: dict[str, frozenset[str]] = {}
        self._synonyms: dict[str, str] = {}
        self._desk = DeskRules()

    def read_files(self) -> None:
        """Read all files into models."""
        for source in self._sources:
            content = folder.read(source)
            if isinstance(content, Fault):
                self._faults += (content,)
                continue
            self._revision.add(source, content)
            node = self._node(source, content)
            if node is not None:
                self._place(source, node)

    def _node(self, source: Source, content: bytes) -> Node | None:
        text = yaml_nodes.decode(content)
        if isinstance(text, yaml_nodes.Flaw):
            self._faults += (Fault(source.name, *text),)
            return None
        node, flaws = yaml_nodes.parse(text)
        self._faults += tuple(Fault(source.name, *flaw) for flaw in flaws)
        self._texts[source.name] = text
        return node

    def _place(self, source: Source, node: Node) -> None:
        match source.role:
            case Role.HEAD:
                head = read_model(KnowledgeBase, node, {"name": "?", "languages": ["en"], "default": "en"})
                self._complain(source.name, head.complaints)
                # With its languages in doubt every article would be blamed for the head's fault.
                self._head = None if head.broken & {"languages", "default"} else head.model
            case Role.SYNONYMS:
                self._synonyms, complaints = read_synonyms(node)
                self._complain(source.name, complaints)
            case Role.PRODUCT:
                reading = read_model(Product, node, {"id": source.folder, "names": {}})
                self._complain(source.name, reading.complaints)
                self._products[source.name] = reading
            case Role.CHECKS:
                checks = read_model(ProductChecks, node, {})
                self._complain(source.name, checks.complaints)
                self._checks[source.name] = checks
                # Also those whose declaration is faulty: articles that name them are not blamed.
                self._declared[source.folder] = _declared(plain(node))
            case Role.ARTICLE:
                self._articles.append((source, self._article(source, node)))
            case Role.DESK:
                rules = read_model(DeskRules, node, {})
                self._complain(source.name, rules.complaints)
                self._desk = rules.model or DeskRules()
            case Role.OTHER:
                if not isinstance(node, yaml_nodes.Mapping | yaml_nodes.Sequence):
                    self._complain(source.name, (Complaint((), "expected keys and values"),))

    def _article(self, source: Source, node: Node) -> Reading[Article]:
        fallback: Mapping[str, Plain] = {
            "id": source.stem,
            "product": source.folder,
            "updated": "2000-01-01",
            "title": {},
            "symptoms": {},
        }
        reading = read_model(Article, node, fallback)
        self._complain(source.name, reading.complaints)
        if isinstance(node, yaml_nodes.Mapping) and "updated" in node.pairs and "updated" not in reading.broken:
            written = node.pairs["updated"][1]
            # pydantic also takes a number of seconds for a date.
            if isinstance(written, yaml_nodes.Scalar) and not _ISO_DATE.fullmatch(written.text.strip()):
                message = f"`updated` is a date such as 2026-11-22, found the text `{written.text.strip()}`"
                self._complain(source.name, (Complaint(("updated",), message),))
        return reading

    def check_each(self) -> None:
        """Check each file by itself."""
        names = {source.name for source in self._sources}
        if self._sources and folder.HEAD not in names:
            self._faults += (Fault(folder.HEAD, 1, 1, "this file is missing; it names the languages"),)
        if self._head is not None:
            self._complain(folder.HEAD, check_head(self._head))
        for file, product in self._products.items():
            if product.model is not None:
                self._check_product(file, product.model, product.broken)
        self._check_checks()
        bare: set[str] = set()
        for source, article in self._articles:
            if f"{source.folder}/_product.yaml" not in names and source.folder != GENERAL:
                bare.add(source.folder)
            if article.model is not None:
                self._check_article(source, article.model, article.broken)
        for name in sorted(bare):
            file = f"{name}/_product.yaml"
            self._faults += (Fault(file, 1, 1, "this file is missing; it names the product of this folder"),)

    def _check_checks(self) -> None:
        general = self._declared.get(GENERAL, frozenset())
        for file, checks in self._checks.items():
            declared = sorted(general | self._declared[file.partition("/")[0]])
            if checks.model is not None and self._head is not None:
                self._complain(file, _unless(checks.broken, check_declared(checks.model, self._head, declared)))

    def _check_product(self, file: str, product: Product, broken: frozenset[str | int]) -> None:
        own = file.partition("/")[0]
        if product.id != own:
            self._complain(file, (Complaint(("id",), f"the id `{product.id}` differs from the folder `{own}`"),))
        if self._head is not None:
            self._complain(file, _unless(broken, check_product(product, self._head)))

    def _check_article(self, source: Source, article: Article, broken: frozenset[str | int]) -> None:
        if article.id != source.stem:
            message = f"the id `{article.id}` differs from the file's name `{source.stem}`"
            self._complain(source.name, (Complaint(("id",), message),))
        if article.product != source.folder:
            message = f"the product `{article.product}` differs from the folder `{source.folder}`"
            self._complain(source.name, (Complaint(("product",), message),))
        if self._head is not None:
            self._complain(source.name, _unless(broken, check_article(article, self._head)))

    def check_all(self) -> None:
        """Check articles and products against each other."""
        placed = [Placed(source.name, article.model) for source, article in self._articles if article.model]
        read = {item.article.id for item in placed}
        unreadable = {source.stem for source in self._sources if source.role is Role.ARTICLE} - read
        for file, complaint in check_articles(placed, unreadable, self._declared):
            self._complain(file, (complaint,))
        for file, checks in self._checks.items():
            if checks.model is not None:
                known = {item.article.id: item.article for item in placed}
                self._complain(file, _unless(checks.broken, check_targets(checks.model, known, unreadable)))
        products = {file: product.model for file, product in self._products.items() if product.model}
        for file, complaint in check_aliases(products):
            self._complain(file, (complaint,))

    def faults(self) -> tuple[Fault, ...]:
        """Return all faults in order of file and line."""
        found = set(self._faults)
        for file, complaints in self._complaints.items():
            found.update(Fault(file, *spot) for spot in locate(self._texts[file], complaints))
        return tuple(sorted(found))

    def library(self) -> Library:
        """Return the snapshot; only where there are no faults."""
        if self._head is None:
            raise KnowledgeBaseFaults((Fault(folder.HEAD, 1, 1, "this file is missing"),))
        articles = [article.model for _, article in self._articles if article.model]
        products = [product.model for product in self._products.values() if product.model]
        return Library(
            head=self._head,
            articles={article.id: article for article in sorted(articles, key=lambda article: article.id)},
            products={product.id: product for product in sorted(products, key=lambda product: product.id)},
            revision=str(self._revision),
            synonyms=self._synonyms,
            desk=self._desk,
            checks={file.partition("/")[0]: checks.model for file, checks in self._checks.items() if checks.model},
        )

    def _complain(self, file: str, complaints: Iterable[Complaint]) -> None:
        for complaint in complaints:
            self._complaints.setdefault(file, []).append(complaint)


def _unless(broken: frozenset[str | int], complaints: Iterable[Complaint]) -> Iterable[Complaint]:
    """Leave out what concerns keys that were left out of the model."""
    return (complaint for complaint in complaints if not complaint.path or complaint.path[0] not in broken)


def _declared(checks: Plain) -> frozenset[str]:
    """Return the ids of declared checks, whatever else is wrong with them."""
    match checks:
        case {"checks": list() as items}:
            return frozenset(str(item["id"]) for item in items if isinstance(item, dict) and "id" in item)
        case _:
            return frozenset()
