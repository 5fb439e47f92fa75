"""How an article is put in front of a customer, and what the buttons under it are.

Called by the handlers of questions, buttons and deep links; decides the look, never which article.
"""

from collections.abc import Iterable

from bot.conversations import store
from bot.conversations.events import Button
from bot.diagnostics import plan
from bot.i18n import Html
from bot.kb.article import Article, Audience, Status
from bot.storage.ids import new_id
from bot.telegram.render import article_html
from bot.telegram.talk import Keyboard, Talk

RELATED_BUTTONS = 3

CALL_A_HUMAN = "call-a-human"
NO_FEEDBACK = frozenset({"how-to-use", CALL_A_HUMAN})
"""Articles about the bot itself; whether they "helped" tells nothing."""


def visible_article(talk: Talk, article_id: str) -> Article | None:
    """Return the article if a customer may see it now; old buttons and deep links may name one that is gone."""
    article = talk.prepared.library.article(article_id)
    if article is None or article.status is not Status.LIVE or article.audience is not Audience.CUSTOMER:
        return None
    return article


def title_of(talk: Talk, article: Article) -> str:
    """Return the article's title in the customer's language."""
    return article.text_in(article.title, talk.language, talk.prepared.library.default_language)


def check_of(talk: Talk, article: Article) -> str | None:
    """Return the check that is made for an article, or None where it names none that can be made."""
    checks = talk.prepared.library.checks_of(article.product)
    return next((each for each in article.checks if plan.leaves(checks, each)), None)


def article_buttons(talk: Talk, article_ids: Iterable[str], do: str = "open") -> Keyboard:
    """Return one button an article, without those a customer may not see and the one `person_button` stands for."""
    wanted = (each for each in article_ids if each != CALL_A_HUMAN)
    articles = [article for each in wanted if (article := visible_article(talk, each)) is not None]
    return [
        (talk.label("btn-article", title=title_of(talk, article)), Button(do, article=article.id))
        for article in articles
    ]


def person_button(talk: Talk) -> tuple[str, Button]:
    """Return the button that calls a person: it stands under everything."""
    return talk.label("btn-person"), Button("person")


def show_article(
    talk: Talk,
    article: Article,
    *,
    how: str,
    decision_id: str | None = None,
    entry: str | None = None,
    intro: Html | None = None,
    extra: Keyboard = (),
) -> None:
    """Show an article with its buttons and `extra` ones, and record that it was shown."""
    library = talk.prepared.library
    text = article_html(article, entry, talk.language, library.default_language)
    if intro is not None:
        text = Html(f"{intro}\n\n{text}")
    keyboard: list[tuple[str, Button]] = []
    if article.id not in NO_FEEDBACK:
        keyboard.append((talk.label("btn-helped"), Button("helped", article=article.id)))
        keyboard.append((talk.label("btn-not-helped"), Button("not_helped", article=article.id)))
    if article.steps:
        keyboard.append((talk.label("btn-guide"), Button("guide", article=article.id)))
    if talk.kit.checks is not None and check_of(talk, article) is not None:
        keyboard.append((talk.label("btn-diag"), Button("diag", article=article.id)))
    keyboard += extra
    keyboard.append(person_button(talk))
    keyboard += article_buttons(talk, article.related[:RELATED_BUTTONS])
    talk.say(text, keyboard, decision_id=decision_id)
    talk.effects.add(store.save_shown(new_id(), talk.conversation.id, decision_id, article.id, how, talk.now))
