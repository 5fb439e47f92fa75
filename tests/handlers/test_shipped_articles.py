"""Every article that is shipped, shown to a customer in each language by the real bot."""

import html
from dataclasses import replace

from bot.kb import DEFAULT_KB
from bot.kb.article import Audience, Status
from bot.sandbox import Person
from tests.handlers.stand import Stand, hold


async def test_every_shipped_article_can_be_shown_and_codes_lead_to_theirs(stand: Stand) -> None:
    await stand.stop()
    stand.plan = replace(stand.plan, kb_dir=DEFAULT_KB)
    stand.holder = hold(DEFAULT_KB)
    await stand.start()
    articles = [
        article
        for article in stand.holder.current.library.articles.values()
        if article.status is Status.LIVE and article.audience is Audience.CUSTOMER
    ]
    assert len(articles) >= 35
    shown: list[tuple[str, str, Person]] = []
    for language in ("ru", "en"):
        for article in articles:
            customer = stand.sandbox.user(article.id, language=language)
            await customer.says(f"/start {article.id}")
            shown.append((language, article.id, customer))
    await stand.quiet()
    library = stand.holder.current.library
    for language, article_id, customer in shown:
        assert len(customer.replies) == 1, (language, article_id)
        assert customer.replies[0].html.startswith(
            f"<b>{html.escape(library.articles[article_id].title[language], quote=False)}</b>\n\n"
        ), (language, article_id)
    assert [call.description for call in stand.sandbox.calls if call.outcome == "400"] == []

    ann = stand.sandbox.user("Анна")
    await ann.says("Здравствуйте! при регистрации пишет ошибка 1O58")
    assert await stand.titles(ann) == ["Регистрация не проходит: e-mail уже занят"]
    await ann.says("error 1058 when I register, please help")
    assert await stand.titles(ann) == ["Registration refused: the e-mail is already taken"]
