"""Guided fixes: an article's steps, one at a time, in one message that is edited in place.

Decides when a guide begins, is gone on with, offered again and ended; where a press leads is `bot.guides.run`'s to
say. Every button names the run and the number of its screen, so that a press under an outdated screen is known as
such and answered with where the steps are now. Called by `question.py` and `buttons.py`.
"""

import re
from dataclasses import replace
from functools import cache
from typing import assert_never

from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bot.conversations import store as conversations
from bot.conversations.events import IDLE_SECONDS, Button, Screen
from bot.guides import run as guides
from bot.guides import store
from bot.guides.run import At, Gone, Move, Press, Solved, Stop, ToArticle, ToPerson
from bot.guides.store import Guide, State
from bot.i18n import LANGUAGES, Html, label
from bot.kb.article import Article
from bot.kb.steps import in_button
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.telegram.answering import article_buttons, person_button, show_article, title_of, visible_article
from bot.telegram.handover import call_person
from bot.telegram.render import step_html
from bot.telegram.talk import COPY, Keyboard, StepCheck, Talk
from handlers import feedback

STEP = "guide_step"
"""What the buttons under a step do; the value is `<run>.<screen's number>.<press>`."""

RETURN = "guide_return"
CHECK, ALL, OTHER = "check", "all", "other"
"""Presses that lead to no step: our own check, the whole answer at once, and that all this is about something else."""

LABELS = {Press.HELPED: "btn-helped", Press.NEXT: "btn-guide-next", Press.FAILED: "btn-guide-failed"}
SAID = {**LABELS, Press.BACK: "btn-guide-back", Press.PERSON: "btn-guide-person"}
TYPED = {
    Press.HELPED: "guide-typed-helped",
    Press.NEXT: "guide-typed-next",
    Press.FAILED: "guide-typed-failed",
    Press.BACK: "guide-typed-back",
}
LONGEST_WORDS = 40


def begin(
    talk: Talk,
    article: Article,
    *,
    decision_id: str | None = None,
    intro: Html | None = None,
    extra: Keyboard = (),
) -> None:
    """Show the first step of an article that has steps; an unfinished run through the same article ends.

    `intro` stands above the first step, `extra` buttons below its own.
    """
    talk.effects.add(store.replace_active(talk.person.id, article.id, talk.now))
    guide = Guide(
        id=new_id(),
        user_id=talk.person.id,
        conversation_id=talk.conversation.id,
        decision_id=decision_id,
        language=talk.language,
        begun_with=article.id,
        message_id="",
        run=guides.begin(article),
    )
    _note_shown(talk, guide, article.id)
    _show(talk, guide, At(guide.run, article, article.steps[0], 1), None, note=intro, extra=extra)


async def open_(talk: Talk, article_id: str, database: Database, decision_id: str | None) -> None:
    """Begin the steps of an article from the button under it, or go on where they were left."""
    article = visible_article(talk, article_id)
    if talk.ticket is not None:
        talk.say(talk.text("guide-with-person"))
    elif article is None or not article.steps:
        talk.say(talk.text("article-gone"), [person_button(talk)])
    else:
        user_id = talk.person.id
        guide = await database.read(lambda db: store.active_of(db, user_id, article_id))
        if guide is not None and guide.run.has_back:
            await return_to(talk, guide.id, database)
        else:
            begin(talk, article, decision_id=decision_id)


async def return_to(talk: Talk, run_id: str, database: Database) -> None:
    """Show an unfinished run again, in a new message; the old one loses its buttons."""
    guide = await database.read(lambda db: store.find(db, run_id))
    if guide is None or guide.state is not State.ACTIVE:
        talk.say(talk.text("guide-over"), [person_button(talk)])
        return
    if talk.ticket is not None:
        talk.say(talk.text("guide-with-person"))
        return
    _speak(talk, guide)
    old = await _telegram_id(guide, database)
    if old is not None:
        talk.drop_buttons(old)
    moved = replace(guide, offered=False, run=replace(guide.run, moves=guide.run.moves + 1))
    await _go(talk, moved, guides.resume(moved.run, _look(talk)), None)


async def offer_return(talk: Talk, database: Database, besides: str = "") -> None:
    """Offer once to go back to steps that a question interrupted; nothing where there are none."""
    user_id, now = talk.person.id, talk.now
    guide = await database.read(lambda db: store.unfinished(db, user_id, besides, now))
    if guide is None or talk.ticket is not None or (besides and guide.run.moves == 0):
        # Steps that nobody took before other steps helped were not the ones that were needed.
        return
    at = guides.resume(guide.run, _look(talk))
    if not isinstance(at, At):
        return
    words = talk.text("guide-offer", title=title_of(talk, at.article), number=at.number, count=len(at.article.steps))
    talk.say(words, [_return_button(talk, guide)])
    talk.effects.add(store.save(replace(guide, offered=True), talk.now))


async def press(query: CallbackQuery, button: Button, talk: Talk, state: FSMContext, database: Database) -> None:
    """Do what a button under a step says, or say where the steps are now."""
    run_id, _, rest = (button.value or "").partition(".")
    number, _, pressed = rest.partition(".")
    guide = await database.read(lambda db: store.find(db, run_id))
    telegram_id = query.message.message_id if isinstance(query.message, Message) else None
    if guide is None or guide.state is not State.ACTIVE:
        talk.toast(query.id, talk.label("guide-over-toast"))
        if telegram_id is not None:
            talk.drop_buttons(telegram_id)
        return
    _speak(talk, guide)
    if number != str(guide.run.moves):
        talk.toast(query.id, await _where(talk, guide, telegram_id, database))
        return
    if talk.ticket is not None and pressed != Press.HELPED:
        talk.toast(query.id, talk.label("guide-with-person-toast"))
        _finish(talk, guide, State.PERSON, telegram_id, "guide-stopped")
        return
    if pressed in (CHECK, ALL):
        await _aside(query, pressed, guide, talk)
        return
    if pressed == OTHER:
        talk.toast(query.id, talk.label("not-helped-toast"))
        await _not_mine(talk, guide, telegram_id, state, database)
        return
    talk.toast(query.id, talk.label("helped-toast") if pressed == Press.HELPED else "")
    talk.hear("press", talk.prepared.redactor.redact(talk.label(SAID[Press(pressed)])), None)
    await _carry_out(talk, guide, Press(pressed), telegram_id, state, database)


async def typed(words: str, message_id: int, talk: Talk, state: FSMContext, database: Database) -> bool:
    """Take words such as "дальше" or "it helped" for the button of that name; True where they were.

    Only while the step is the last thing that was shown, today: after another answer they may be about that.
    """
    said = _words(words)
    if talk.ticket is not None or len(said) > LONGEST_WORDS:
        return False
    pressed = next((each for each, key in TYPED.items() if said in _spellings(key)), None)
    user_id, now = talk.person.id, talk.now
    if pressed is None:
        return False
    guide = await database.read(lambda db: store.unfinished(db, user_id, "", now, IDLE_SECONDS))
    at = guides.resume(guide.run, _look(talk)) if guide is not None else None
    if guide is None or not isinstance(at, At):
        return False
    _speak(talk, guide)
    talk.hear("text", talk.prepared.redactor.redact(words), message_id)
    offered = guides.offers(at.article, at.step)
    if pressed not in (*offered, Press.BACK, Press.PERSON):
        # Done without success is all that a step without the other button can be told.
        pressed = next(each for each in offered if each is not Press.HELPED)
    old = await _telegram_id(guide, database)
    if old is not None:
        talk.drop_buttons(old)
    await _carry_out(talk, guide, pressed, None, state, database)
    return True


async def _not_mine(talk: Talk, guide: Guide, telegram_id: int | None, state: FSMContext, database: Database) -> None:
    """End steps that are about something else, and go on as with an article that did not help."""
    at = guides.resume(guide.run, _look(talk))
    talk.effects.add(store.note(guide, guide.run.here, at.number if isinstance(at, At) else 0, OTHER, talk.now))
    talk.hear("press", talk.prepared.redactor.redact(talk.label("btn-guide-other")), None)
    _finish(talk, guide, State.NOT_MINE, telegram_id, "guide-not-mine")
    await feedback.not_helped(talk, _screen(guide), guide.run.here.article, state, database)


def _screen(guide: Guide) -> Screen:
    """Return what a rating of the steps belongs to, as if it were pressed under the article."""
    return Screen("", guide.user_id, guide.conversation_id, guide.decision_id, ())


def _words(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())


@cache
def _spellings(key: str) -> frozenset[str]:
    """Return what a text lists between its commas, in every language: people type in any."""
    return frozenset(each for language in LANGUAGES for each in map(_words, label(language, key).split(",")))


async def _carry_out(
    talk: Talk, guide: Guide, pressed: Press, telegram_id: int | None, state: FSMContext, database: Database
) -> None:
    _record(talk, guide, pressed)
    move = guides.press(guide.run, pressed, _look(talk))
    if isinstance(move, At) and all(move.article.id != visit.article for visit in guide.run.visits):
        _note_shown(talk, guide, move.article.id)
    guide = replace(guide, run=move.run, offered=False)
    await _go(talk, guide, move, telegram_id, state=state, database=database)


async def _aside(query: CallbackQuery, pressed: str, guide: Guide, talk: Talk) -> None:
    at = guides.resume(guide.run, _look(talk))
    if not isinstance(at, At):
        talk.toast(query.id, talk.label("article-gone"))
        return
    talk.effects.add(store.note(guide, guide.run.here, at.number, pressed, talk.now))
    if pressed == ALL:
        talk.toast(query.id)
        show_article(talk, at.article, how="link", decision_id=guide.decision_id)
        return
    start = talk.kit.start_check
    if start is None or at.step.check is None:
        talk.toast(query.id, talk.label("stale-button"))
        return
    begun = await start(talk, StepCheck(at.step.check, guide.id, at.article.id, at.step.id))
    talk.toast(query.id, talk.label("guide-check-toast" if begun else "guide-check-busy-toast"))


async def _go(
    talk: Talk,
    guide: Guide,
    move: Move,
    telegram_id: int | None,
    *,
    state: FSMContext | None = None,
    database: Database | None = None,
) -> None:
    match move:
        case At():
            note = talk.text("guide-changed") if move.changed else None
            _show(talk, replace(guide, run=move.run), move, telegram_id, note=note)
        case Gone():
            _finish(talk, guide, State.GONE, telegram_id, "guide-taken-back")
            article = visible_article(talk, guide.run.here.article)
            buttons = article_buttons(talk, [article.id]) if article is not None else []
            talk.say(talk.text("guide-gone"), [*buttons, person_button(talk)])
        case ToArticle():
            _leave(talk, guide, telegram_id)
            show_article(talk, move.article, how="next", decision_id=guide.decision_id)
        case Solved() if state is not None and database is not None:
            _finish(talk, guide, State.SOLVED, telegram_id, "guide-helped")
            await feedback.helped(talk, _screen(guide), guide.run.here.article, state)
            await offer_return(talk, database, besides=guide.id)
        case ToPerson() if state is not None and database is not None:
            await _to_person(talk, guide, move, telegram_id, state, database)
        case Solved() | ToPerson():
            raise ValueError("only a press ends a guide this way")
        case _:
            assert_never(move)


async def _to_person(
    talk: Talk, guide: Guide, move: ToPerson, telegram_id: int | None, state: FSMContext, database: Database
) -> None:
    if move.why is not Stop.ASKED:
        verdict = conversations.save_feedback(
            talk.conversation.id, guide.decision_id, guide.run.here.article, "not_helped", talk.now
        )
        talk.effects.add(verdict)
    if talk.staff_chat is None:
        # Nobody can be called: the steps stay as they are, for they are all that the customer has.
        talk.effects.add(store.save(replace(guide, run=replace(guide.run, moves=guide.run.moves - 1)), talk.now))
    else:
        _finish(talk, guide, State.PERSON, telegram_id, "guide-stopped")
    # What was asked in between has had its answer: the person is called about the steps.
    decision_id = guide.decision_id
    asked = await database.read(lambda db: store.question_of(db, decision_id)) if decision_id is not None else None
    reason = "asked" if move.why is Stop.ASKED else "not_helped"
    await call_person(talk, state, database, reason=reason, question=asked)


def _show(
    talk: Talk, guide: Guide, at: At, telegram_id: int | None, *, note: Html | None, extra: Keyboard = ()
) -> None:
    first = len(at.run.visits) == 1
    default = talk.prepared.library.default_language
    text = step_html(at.article, at.step, at.number, talk.language, default, first=first)
    if note is not None:
        text = Html(f"{note}\n\n{text}")
    keyboard = [*_keyboard(talk, guide, at, whole=first), *extra]
    if telegram_id is None:
        guide = replace(guide, message_id=talk.say(text, keyboard, decision_id=guide.decision_id))
    else:
        talk.edit(telegram_id, text, keyboard, decision_id=guide.decision_id, again_as=guide.message_id)
    talk.effects.add(store.save(guide, talk.now))
    talk.effects.add(store.note(guide, at.run.here, at.number, "shown", talk.now))


def _keyboard(talk: Talk, guide: Guide, at: At, *, whole: bool) -> Keyboard:
    def button(key: str, pressed: str) -> tuple[str, Button]:
        return talk.label(key), Button(STEP, article=at.article.id, value=f"{guide.id}.{at.run.moves}.{pressed}")

    rows: list[tuple[str, Button]] = [
        (talk.label("btn-guide-copy", command=command), Button(COPY, value=command))
        for command in at.step.copy_
        if in_button(command)
    ]
    if at.step.check is not None and talk.kit.start_check is not None:
        rows.append(button("btn-guide-check", CHECK))
    rows += [button(LABELS[pressed], pressed) for pressed in guides.offers(at.article, at.step)]
    if at.run.has_back:
        rows.append(button("btn-guide-back", Press.BACK))
    rows.append(button("btn-guide-person", Press.PERSON))
    if whole:
        rows.append(button("btn-guide-all", ALL))
    if whole and guide.decision_id is not None:
        # We chose the article, and may have chosen wrong.
        rows.append(button("btn-guide-other", OTHER))
    return rows


def _finish(talk: Talk, guide: Guide, state: State, telegram_id: int | None, key: str) -> None:
    """End a run; the message that showed it says how, and has no buttons any more."""
    talk.effects.add(store.save(replace(guide, state=state), talk.now))
    if telegram_id is None:
        return
    article = talk.prepared.library.article(guide.run.here.article)
    if article is None or key == "guide-taken-back":
        talk.edit(telegram_id, talk.text("guide-taken-back"))
        return
    number = next((n for n, step in enumerate(article.steps, 1) if step.id == guide.run.here.step), 1)
    talk.edit(telegram_id, talk.text(key, title=title_of(talk, article), number=str(number)))


def _leave(talk: Talk, guide: Guide, telegram_id: int | None) -> None:
    """Leave the steps for an article that has none; they can be gone back to, by a button and not by an offer."""
    talk.effects.add(store.save(replace(guide, offered=True), talk.now))
    article = talk.prepared.library.article(guide.run.here.article)
    if telegram_id is not None and article is not None:
        words = talk.text("guide-left", title=title_of(talk, article))
        talk.edit(telegram_id, words, [_return_button(talk, guide)], again_as=guide.message_id)


def _return_button(talk: Talk, guide: Guide) -> tuple[str, Button]:
    return talk.label("btn-guide-return"), Button(RETURN, article=guide.run.here.article, value=guide.id)


def _record(talk: Talk, guide: Guide, pressed: Press) -> None:
    """Put a press on record, for the counts."""
    article = talk.prepared.library.article(guide.run.here.article)
    steps = article.steps if article is not None else ()
    number = next((n for n, step in enumerate(steps, 1) if step.id == guide.run.here.step), 0)
    talk.effects.add(store.note(guide, guide.run.here, number, pressed, talk.now))


def _note_shown(talk: Talk, guide: Guide, article_id: str) -> None:
    shown = conversations.save_shown(new_id(), talk.conversation.id, guide.decision_id, article_id, "guide", talk.now)
    talk.effects.add(shown)


async def _where(talk: Talk, guide: Guide, telegram_id: int | None, database: Database) -> str:
    at = guides.resume(guide.run, _look(talk))
    if not isinstance(at, At):
        return talk.label("article-gone")
    same = telegram_id is not None and telegram_id == await _telegram_id(guide, database)
    key = "guide-moved-toast" if same else "guide-below-toast"
    return talk.label(key, number=at.number, count=len(at.article.steps))


async def _telegram_id(guide: Guide, database: Database) -> int | None:
    return await database.read(lambda db: store.shown_as(db, guide.message_id))


def _look(talk: Talk) -> guides.Look:
    return lambda article_id: visible_article(talk, article_id)


def _speak(talk: Talk, guide: Guide) -> None:
    """Go on in the language in which the steps were begun, unless the customer has chosen one."""
    if not talk.person.language_chosen:
        talk.reply_language = guide.language
