"""«Помогло» and «Не помогло»: recorded, and a "no" leads on: the next candidate, and at last a person."""

from aiogram.fsm.context import FSMContext

from bot.conversations import store
from bot.conversations.events import Screen
from bot.storage.database import Database
from bot.telegram.answering import NO_FEEDBACK, show_article, visible_article
from bot.telegram.handover import call_person
from bot.telegram.talk import Talk

NEXT_SCORE = 0.45
"""A next candidate below this is a guess, and a person is better. Scores are the matcher's, 0 to 1."""

MORE_ARTICLES = 2
"""So many further articles at the most before a person."""


async def helped(talk: Talk, screen: Screen, article_id: str, state: FSMContext) -> None:
    """Note that an article helped."""
    await state.clear()
    _record(talk, screen, article_id, "helped")
    talk.say(talk.text("helped-thanks"))


async def not_helped(talk: Talk, screen: Screen, article_id: str, state: FSMContext, database: Database) -> None:
    """Note that an article did not help, and go on."""
    _record(talk, screen, article_id, "not_helped")
    if talk.ticket is not None:
        # With a person already: the bot adds no answers of its own.
        await call_person(talk, state, database, reason="not_helped")
        return
    decision_id = screen.decision_id
    if decision_id is not None:
        candidates = await database.read(lambda db: store.candidates_of(db, decision_id))
        shown = talk.conversation.shown
        tried = [candidate for candidate, _ in candidates if candidate in shown]
        if len(tried) <= MORE_ARTICLES:
            for candidate, score in candidates:
                article = visible_article(talk, candidate)
                if candidate in NO_FEEDBACK:
                    continue
                if candidate not in shown and score >= NEXT_SCORE and article is not None:
                    intro = talk.text("next-candidate")
                    show_article(talk, article, how="next", decision_id=decision_id, intro=intro)
                    return
    talk.say(talk.text("not-helped-last"))
    await call_person(talk, state, database, reason="not_helped")


def _record(talk: Talk, screen: Screen, article_id: str, verdict: str) -> None:
    talk.effects.add(store.save_feedback(talk.conversation.id, screen.decision_id, article_id, verdict, talk.now))
