"""What articles and products have to be to each other: ids and codes used once, no link that leads nowhere.

Pure: models in, complaints with the file they belong to out. Called by `loader.py` when all files are read.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.kb.article import Article, Audience, Product, Status
from bot.kb.article_checks import range_fault
from bot.kb.fields import Complaint, Path, nearest
from bot.kb.library import expand_code
from bot.kb.steps import ENDS


@dataclass(frozen=True, slots=True)
class Placed:
    """An article and its file, relative to the knowledge base."""

    file: str
    article: Article


def check_articles(
    placed: Sequence[Placed], unreadable: Collection[str], checks: Mapping[str, Collection[str]]
) -> Iterator[tuple[str, Complaint]]:
    """Yield (file, complaint) for articles against each other.

    `unreadable` are ids whose files have faults of their own: links to them are not reported a second time. `checks`
    maps a product to the ids its `_checks.yaml` declares.
    """
    by_id: dict[str, Placed] = {}
    codes: dict[tuple[str, str], Placed] = {}
    for item in placed:
        first = by_id.setdefault(item.article.id, item)
        if first is not item:
            yield item.file, Complaint(("id",), f"the id `{item.article.id}` is already taken by {first.file}")
        yield from _codes(item, codes)
    for item in placed:
        declared = {*checks.get(item.article.product, ()), *checks.get("general", ())}
        yield from _links(item, by_id, unreadable)
        yield from _checks(item, declared)


def check_aliases(products: Mapping[str, Product]) -> Iterator[tuple[str, Complaint]]:
    """Yield (file, complaint) for each alias by which two products, or one product twice, would be meant."""
    owners: dict[str, str] = {}
    for file, product in products.items():
        for name in {name.casefold() for name in product.names.values()}:
            owners.setdefault(name, file)
    aliases: dict[str, str] = {}
    for file, product in products.items():
        for place, alias in enumerate(product.aliases):
            word = alias.casefold()
            name_of = owners.get(word, file)
            taken = aliases.get(word) or (name_of if name_of != file else None)
            if taken is not None:
                yield file, Complaint(("aliases", place), f"the alias `{alias}` is already used in {taken}")
            aliases.setdefault(word, file)


def _codes(item: Placed, codes: dict[tuple[str, str], Placed]) -> Iterator[tuple[str, Complaint]]:
    mine: set[str] = set()
    for place, written in enumerate(item.article.codes):
        taken: dict[str, list[str]] = {}
        for code in () if range_fault(written) else expand_code(written):
            first = codes.setdefault((item.article.product, code), item)
            if first is not item or code in mine:
                taken.setdefault(first.file, []).append(code)
            mine.add(code)
        for file, twice in taken.items():
            what = f"the code `{twice[0]}`" if len(twice) == 1 else f"{len(twice)} codes from `{twice[0]}` on"
            where = "earlier in this list" if file == item.file else f"in {file}"
            yield item.file, Complaint(("codes", place), f"{what} of this product already stands {where}")


def _links(item: Placed, by_id: Mapping[str, Placed], unreadable: Collection[str]) -> Iterator[tuple[str, Complaint]]:
    article = item.article
    for place, target in enumerate(article.related):
        fault = _target_fault(article, target, by_id, unreadable)
        if fault:
            yield item.file, Complaint(("related", place), fault)
        elif target in article.related[:place]:
            yield item.file, Complaint(("related", place), f"`{target}` stands here twice")
    steps = [step.id for step in article.steps]
    for place, step in enumerate(article.steps):
        for key, goal in (("on_success", step.on_success), ("on_failure", step.on_failure)):
            if goal is None or goal in {*steps, *ENDS}:
                continue
            path: Path = ("steps", place, key)
            if goal not in by_id and goal not in unreadable:
                guess = nearest(goal, [*steps, *ENDS, *by_id])
                yield item.file, Complaint(path, f"`{goal}` is no step, article, `end` or `person`{guess}")
            elif fault := _target_fault(article, goal, by_id, unreadable) or _unseen(article, goal, by_id):
                yield item.file, Complaint(path, fault)


def _target_fault(article: Article, target: str, by_id: Mapping[str, Placed], unreadable: Collection[str]) -> str:
    if target == article.id:
        return "the article leads to itself"
    if target in by_id:
        off = by_id[target].article.status is Status.OFF
        return f"the article `{target}` is switched off (status: off)" if off else ""
    return "" if target in unreadable else f"there is no article `{target}`{nearest(target, by_id)}"


def _unseen(article: Article, target: str, by_id: Mapping[str, Placed]) -> str:
    """Return why a step cannot lead to an article: its customer may not see it, and would stand before nothing."""
    goal = by_id[target].article if target in by_id else None
    if goal is None or article.audience is Audience.STAFF:
        return ""
    if goal.audience is Audience.STAFF:
        return f"the article `{target}` is for the staff only; a step of this article cannot lead to it"
    return "" if goal.status is Status.LIVE else f"the article `{target}` is not shown (status: {goal.status})"


def _checks(item: Placed, declared: Collection[str]) -> Iterator[tuple[str, Complaint]]:
    used: list[tuple[Path, str]] = [(("checks", place), check) for place, check in enumerate(item.article.checks)]
    for place, step in enumerate(item.article.steps):
        if step.check is not None:
            used.append((("steps", place, "check"), step.check))
    for path, check in used:
        if check not in declared:
            home = f"{item.article.product}/_checks.yaml"
            yield item.file, Complaint(path, f"the check `{check}` is not declared in {home}{nearest(check, declared)}")
