"""Which program? The question that is asked where the articles in doubt are of different ones, and what follows.

Choosing a program narrows the search for the question that was asked, and is remembered until something is answered;
from then on the article answered tells the program. It is asked once: what is still in doubt then is told by titles.
"""

import asyncio

from aiogram.fsm.context import FSMContext

from bot.conversations.events import Button, Screen
from bot.i18n import Html
from bot.matching.decision import Decision, Kind
from bot.telegram.answering import article_buttons, person_button, show_article, visible_article
from bot.telegram.talk import Keyboard, Talk
from bot.triage import triage
from handlers import guide

PRODUCT = "product"
"""What a button with a program's name does, and the key of the one chosen in the state."""

MAX_OPTIONS = 3


def ask_product(talk: Talk, decision: Decision) -> tuple[Html, Keyboard]:
    """Return the question which program is meant, with a button for each."""
    names = [(product, _name(talk, product)) for product in decision.products]
    told = names[0][1]
    for _, name in names[1:]:
        told = talk.label("clarify-or", first=told, second=name)
    buttons = [(name, Button(PRODUCT, value=product)) for product, name in names]
    none = (talk.label("btn-none"), Button("none"))
    return talk.text("clarify-product", products=told), [*buttons, none, person_button(talk)]


async def product_of(talk: Talk, state: FSMContext) -> str | None:
    """Return the program chosen in this conversation, if nothing was answered since."""
    return None if talk.is_new else (await state.get_data()).get(PRODUCT)


async def chosen(talk: Talk, screen: Screen, state: FSMContext, product: str) -> None:
    """Answer the question asked before for this program, or show what of it comes near."""
    await state.update_data({PRODUCT: product})
    turns = talk.conversation.turns
    if not turns:
        talk.say(talk.text("none-noted"), [person_button(talk)])
        return
    triaged = await asyncio.to_thread(triage, turns[-1].text, talk.prepared, turns[:-1], talk.language, product)
    decision = triaged.decision
    article = visible_article(talk, decision.article or "")
    if article is not None and decision.kind in {Kind.ANSWER, Kind.GUIDE, Kind.DIAGNOSE}:
        await state.clear()
        if decision.kind is Kind.GUIDE and article.steps:
            guide.begin(talk, article, decision_id=screen.decision_id)
        else:
            show_article(talk, article, how="option", decision_id=screen.decision_id, entry=decision.entry)
        return
    library = talk.prepared.library
    near = (*decision.options, *(candidate.id for candidate in decision.candidates))
    own = [each for each in dict.fromkeys(near) if (found := library.article(each)) and found.product == product]
    none = (talk.label("btn-none"), Button("none"))
    options = article_buttons(talk, own[:MAX_OPTIONS], do="option")
    talk.say(talk.text("clarify"), [*options, none, person_button(talk)], decision_id=screen.decision_id)


def _name(talk: Talk, product_id: str) -> str:
    product = talk.prepared.library.products[product_id]
    return product.names.get(talk.language) or next(iter(product.names.values()))
