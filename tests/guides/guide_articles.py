"""Articles of nothing but steps, for the tests of runs."""

from collections.abc import Mapping
from datetime import date

from bot.kb.article import Article, Status

Steps = list[Mapping[str, object]]


def article(article_id: str, *steps: Mapping[str, object], status: Status = Status.LIVE) -> Article:
    return Article.model_validate(
        {
            "id": article_id,
            "product": "acme",
            "updated": date(2026, 11, 22),
            "title": {"ru": article_id, "en": article_id},
            "symptoms": {"ru": ["х"], "en": ["x"]},
            "steps": [{"text": {"ru": "шаг", "en": "step"}, **step} for step in steps],
            "status": status,
        }
    )
