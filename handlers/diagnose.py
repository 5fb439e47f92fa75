"""Checks from our side, and commands for the customer's: /diag, the buttons under articles and results, their presses.

Decides which product and which check is meant, and what is said where none can be begun; runs themselves are
`bot.telegram.diagnosing`'s. Called by `__init__.py`, `buttons.py` and `question.py`.
"""

import html

from aiogram.types import CallbackQuery, Message

from bot.conversations.events import Button
from bot.diagnostics import plan
from bot.diagnostics.commands import Line, System, lines, places
from bot.i18n import Html
from bot.outbox import store as outbox
from bot.storage.database import Database
from bot.telegram import diag_buttons as buttons
from bot.telegram.answering import check_of, person_button, visible_article
from bot.telegram.diagnosing import Asked, Wanted, fetch_words
from bot.telegram.talk import COPY, Talk


async def command(message: Message, talk: Talk, database: Database) -> None:
    """Begin the checks of the product that the conversation is about, or ask which is meant."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    product = _product_of(talk)
    found = checkable(talk)
    if product is None and len(found) > 1:
        keyboard = [(_name(talk, each), buttons.start(talk, each, check)) for each, check in found.items()]
        talk.say(talk.text("diag-ask-product"), [*keyboard, person_button(talk)])
        return
    product = product or next(iter(found), None)
    if product is None:
        talk.say(talk.text("diag-none"), [person_button(talk)])
        return
    await begin(talk, database, Wanted(product, found[product]))


def checkable(talk: Talk) -> dict[str, str]:
    """Return the products that have checks of their own, and the check that is made for each."""
    library = talk.prepared.library
    return {
        product: declared.default
        for product, declared in library.checks.items()
        if product in library.products and declared.default and plan.leaves(declared, declared.default)
    }


def _product_of(talk: Talk) -> str | None:
    """Return the product of the last article of the conversation that has one with checks."""
    found = checkable(talk)
    library = talk.prepared.library
    for article_id in reversed(talk.conversation.shown):
        article = library.article(article_id)
        if article is not None and article.product in found:
            return article.product
    return None


def _name(talk: Talk, product_id: str) -> str:
    product = talk.prepared.library.products[product_id]
    return product.names.get(talk.language) or next(iter(product.names.values()))


async def begin(talk: Talk, database: Database, wanted: Wanted, intro: Html | None = None) -> None:
    """Begin a check, or say why there is none now."""
    checks = talk.kit.checks
    asked = Asked.UNKNOWN if checks is None else await checks.ask(talk, wanted, intro)
    if asked is Asked.BUSY:
        talk.say(talk.text("diag-busy"), reply_to=await _where(talk, database))
    elif asked is Asked.UNKNOWN:
        talk.say(talk.text("diag-gone"), [person_button(talk)])


async def decided(talk: Talk, database: Database, article_id: str | None, intro: Html | None = None) -> bool:
    """Begin the checks of the article that was decided on; False where it has none that can be begun."""
    article = visible_article(talk, article_id or "")
    check = check_of(talk, article) if article is not None else None
    if article is None or check is None or talk.kit.checks is None:
        return False
    await begin(talk, database, Wanted(article.product, check, article=article.id), intro or talk.text("diag-intro"))
    return True


async def _where(talk: Talk, database: Database) -> int | None:
    """Return Telegram's id of the message of the run that is under way, if it has arrived."""
    wish = await talk.kit.checks.running(talk.person.id) if talk.kit.checks is not None else None
    return None if wish is None else await database.read(lambda db: outbox.telegram_id_of(db, wish.message_id))


async def press(query: CallbackQuery, button: Button, talk: Talk, database: Database) -> None:
    """Do what a button about checks does."""
    words = buttons.words_of(talk, button)
    if words is None:
        talk.toast(query.id, talk.label("stale-button"))
        return
    if button.do == buttons.CANCEL:
        stopped = talk.kit.checks is not None and talk.kit.checks.stop(words[0])
        talk.toast(query.id, talk.label("diag-stopping-toast" if stopped else "diag-over-toast"))
        return
    if button.do in {buttons.OF_ARTICLE, buttons.START} and await _is_busy(talk):
        talk.toast(query.id, talk.label("diag-busy-toast"))
        return
    talk.toast(query.id)
    match button.do:
        case buttons.OF_ARTICLE:
            article = visible_article(talk, button.article or "")
            check = check_of(talk, article) if article is not None else None
            product = article.product if article is not None else ""
            await begin(talk, database, Wanted(product, check or "", article=button.article))
        case buttons.START:
            await begin(talk, database, Wanted(words[0], words[1], article=button.article))
        case buttons.SIDE:
            _offer_systems(talk, words[0], words[1])
        case buttons.SCRIPT:
            await _send_script(talk, words[0])
        case _:
            _give_commands(talk, words[0], words[1], System(words[2]))


async def _is_busy(talk: Talk) -> bool:
    return talk.kit.checks is not None and await talk.kit.checks.running(talk.person.id) is not None


# The customer's end.


def _offer_systems(talk: Talk, product: str, check_id: str) -> None:
    talk.say(talk.text("diag-which-system"), [*buttons.systems(talk, product, check_id), person_button(talk)])


def _give_commands(talk: Talk, product: str, check_id: str, system: System) -> None:
    leaves = plan.leaves(talk.prepared.library.checks_of(product), check_id)
    if not leaves:
        talk.say(talk.text("diag-gone"), [person_button(talk)])
        return
    found = lines(system, places(leaves))
    parts = [talk.text(f"diag-commands-{system.value}")]
    parts += [Html(f"<pre>{html.escape(line.text, quote=False)}</pre>") for line in found]
    parts.append(talk.text("diag-send-back"))
    keyboard = _copies(talk, found)
    if system is System.LINUX:
        keyboard.append(buttons.script(talk, product))
    talk.say(Html("\n".join(parts)), [*keyboard, person_button(talk)])


async def _send_script(talk: Talk, product: str) -> None:
    """Send the script as a file."""
    await fetch_words()
    from bot.diagnostics.script_for import FILE_NAME, NotForAShellError, script_for  # noqa: PLC0415 - reads a file

    try:
        script = script_for(talk.prepared.library.checks_of(product), product, talk.language)
    except NotForAShellError:
        talk.say(talk.text("diag-gone"), [person_button(talk)])
        return
    talk.hand(FILE_NAME, script, talk.text("diag-script", name=FILE_NAME), [person_button(talk)])


def _copies(talk: Talk, found: tuple[Line, ...]) -> list[tuple[str, Button]]:
    return [
        (talk.label("btn-diag-copy", host=line.host), Button(COPY, value=line.text))
        for line in found
        if line.fits_a_button
    ]
