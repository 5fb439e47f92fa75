"""What separates the articles that a choice is between: where their products differ, the product is asked.

Decides whether "which program?" is a better question than a list of titles. What is said and which buttons it has is
decided by the handlers. Called by `matcher.py` with the articles of a clarification.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.kb.library import Library
from bot.matching.decide import Verdict
from bot.matching.decision import Candidate, Kind
from bot.matching.search import GENERAL
from bot.matching.thresholds import CODE_SCORE, OPTION_SHARE, SIBLING_SHARE

MIN_PRODUCTS = 2


def between_products(verdict: Verdict, library: Library, spoken: str | None) -> Verdict:
    """Return a choice in place of an answer by words where an article of another product fits nearly as well."""
    if verdict.kind is not Kind.ANSWER or spoken is not None or len(verdict.candidates) < MIN_PRODUCTS:
        return verdict
    best, second = verdict.candidates[:MIN_PRODUCTS]
    products = [found.product for each in (best, second) if (found := library.article(each.id)) is not None]
    apart = len(set(products)) == MIN_PRODUCTS and GENERAL not in products
    if not apart or best.score >= CODE_SCORE or second.score < best.score * SIBLING_SHARE:
        return verdict
    doubt = f"{second.id} of {products[1]} fits nearly as well"
    reasons = (*verdict.reasons, doubt)
    return replace(verdict, kind=Kind.CLARIFY, article=None, also=(), options=(best.id, second.id), reasons=reasons)


def separating_products(verdict: Verdict, library: Library, spoken: str | None) -> tuple[str, ...]:
    """Return the products to choose among, best first, or none where the titles are the better question.

    The two best articles must be of different products and both likely, and nobody has named a product yet. Articles of
    one code are told by their titles: the customer sees at once which is meant.
    """
    if spoken is not None or verdict.kind is not Kind.CLARIFY or len(verdict.options) < MIN_PRODUCTS:
        return ()
    best, second = (score_of(option, verdict.candidates) for option in verdict.options[:MIN_PRODUCTS])
    if second < best * OPTION_SHARE or best >= CODE_SCORE:
        return ()
    found = [article.product for option in verdict.options if (article := library.article(option)) is not None]
    if GENERAL in found or len(set(found[:MIN_PRODUCTS])) < MIN_PRODUCTS:
        return ()
    return tuple(dict.fromkeys(found))


def score_of(article: str, candidates: Sequence[Candidate]) -> float:
    """Return the score of an article among the candidates; 0 where it is none."""
    return next((candidate.score for candidate in candidates if candidate.id == article), 0.0)
