"""A licence key in a message: what is wrong with it, a check on the vendor's server, and the message's deletion.

Decides what is said of keys before the question, if one is left, is answered; and what the buttons under that do. A key
is never echoed and never leaves without its owner's word: until then it waits sealed (`waiting_keys`). The check itself
runs in `key_runs.py`. What is wrong with a key is found by `bot.conversations.key_doctor`.
"""

import asyncio
import re
from dataclasses import dataclass

from aiogram import Bot

from bot.conversations.events import Button
from bot.conversations.key_context import leaves_a_question
from bot.conversations.key_doctor import KeyAdvice, KeyNote, examine
from bot.conversations.key_halves import half_of, joined
from bot.conversations.key_words import sentences
from bot.conversations.redact import Redacted
from bot.conversations.waiting_keys import store
from bot.conversations.waiting_keys.store import State, WaitingKey
from bot.i18n import LANGUAGES, Html
from bot.kb.article import KeyFormat
from bot.outbox.answer import BAD_REQUEST, NoAnswerError
from bot.storage.database import Database
from bot.storage.ids import new_id
from bot.storage.vault import WrongSecretError
from bot.telegram.answering import article_buttons, person_button
from bot.telegram.api import Api
from bot.telegram.talk import Keyboard, Talk

DELETE_SECONDS = 5.0

DOES = frozenset({"key_check", "key_consent", "key_refuse", "key_delete"})
"""What buttons about a key do."""

_KEYS = frozenset({"key", "coupon"})
_MAY_BE_THE_REST = re.compile(r"\W*[0-9A-Za-zА-Яа-я]{1,7}\W*$|.*\d|.*[-–—]", re.DOTALL)
"""The rest of a key is a few letters, or holds a digit or a hyphen."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A message as the key doctor sees it. `words` are the customer's, with the half key of the message before."""

    words: str
    advice: KeyAdvice | None = None
    half: WaitingKey | None = None
    joined: bool = False


async def look(talk: Talk, database: Database, words: str) -> Looked:
    """Look for keys in a customer's words; half a key of a moment ago is put before them where both make one."""
    formats = _formats(talk)
    if not formats:
        return Looked(words)
    half = None
    if _MAY_BE_THE_REST.match(words):
        half = await database.read(lambda db: store.half_of(db, talk.person.id, talk.now))
    if half is not None:
        try:
            whole = await asyncio.to_thread(joined, half.key(talk.kit.vault), words, formats)
        except WrongSecretError:
            whole = None
        if whole is not None:
            return Looked(whole, await asyncio.to_thread(examine, whole, formats), half, joined=True)
    return Looked(words, await asyncio.to_thread(examine, words, formats), half)


def tell(talk: Talk, looked: Looked, redacted: Redacted, telegram_id: int) -> bool:
    """Say what there is to say of the keys in a message; return whether that leaves nothing else to answer.

    `redacted` is `looked.words` redacted. Without a key nothing is said.
    """
    advice = looked.advice
    if looked.half is not None:
        talk.effects.add(store.erase(looked.half.id))
    if advice is None:
        return False
    alone = not leaves_a_question(talk.prepared.redactor.clean(advice.rest))
    parts = [sentences(advice, talk.language)]
    keyboard: list[tuple[str, Button]] = []
    waits = "no"
    if looked.joined:
        parts.insert(0, talk.text("key-joined"))
    if (half := half_of(looked.words, advice)) is not None:
        _let_wait(talk, advice.notes[-1], half, telegram_id, State.HALF)
        waits = "half"
    if len(advice.right) == 1 and advice.right[0].kind == "key":
        offer = _offer_check(talk, advice.right[0], telegram_id, alone=alone)
        keyboard += [offer] if isinstance(offer, tuple) else []
        waits = "yes" if isinstance(offer, tuple) else waits
        parts += [offer] if isinstance(offer, Html) else []
    if _holds_a_key(redacted) or waits != "no":
        parts.append(talk.text("key-private", waits=waits))
        if any(secret.kind not in _KEYS for secret in redacted.secrets):
            parts.append(talk.text("key-private-password"))
        first = looked.half.telegram_id if looked.half is not None and looked.joined else None
        keyboard += delete_button(talk, redacted, *(each for each in (first, telegram_id) if each is not None))
    if alone:
        keyboard += [*article_buttons(talk, dict.fromkeys(_articles(advice))), person_button(talk)]
    talk.say(Html("\n\n".join(parts)), keyboard)
    return alone and (not redacted.secrets or _holds_a_key(redacted))


def has_warned(looked: Looked, redacted: Redacted) -> bool:
    """Return whether `tell` said that a key opens the customer's cabinet, so that nobody says it twice."""
    return looked.advice is not None and _holds_a_key(redacted)


def delete_button(talk: Talk, redacted: Redacted, *telegram_ids: int) -> Keyboard:
    """Return the button that deletes a customer's messages, where they hold a key."""
    if not _holds_a_key(redacted):
        return []
    return [(talk.label("btn-key-delete"), Button("key_delete", value=_kept(talk, *map(str, telegram_ids))))]


def _holds_a_key(redacted: Redacted) -> bool:
    return any(secret.kind in _KEYS for secret in redacted.secrets)


def _formats(talk: Talk) -> list[KeyFormat]:
    return [each for product in talk.prepared.library.products.values() for each in product.key_formats]


def _articles(advice: KeyAdvice) -> list[str]:
    """Return the articles on the kinds of keys that were sent, where there is something to look up."""
    kinds = {note.prefix for note in advice.notes if note.canonical is None or advice.context.asks_where}
    return [known.article for known in advice.known if known.prefix in kinds and known.article is not None]


def _product_of(talk: Talk, note: KeyNote) -> str | None:
    products = talk.prepared.library.products.values()
    return next((each.id for each in products if any(f.prefix == note.prefix for f in each.key_formats)), None)


def _offer_check(talk: Talk, note: KeyNote, telegram_id: int, *, alone: bool) -> tuple[str, Button] | Html | None:
    """Return the button that offers a check, or what is said where none is set up, or nothing."""
    product = _product_of(talk, note)
    if product is None or note.canonical is None:
        return None
    if talk.kit.key_check(product) is None:
        checks = talk.prepared.library.checks_of(product).checks
        return talk.text("key-check-off") if alone and any(check.kind == "key" for check in checks) else None
    waiting = _let_wait(talk, note, note.canonical, telegram_id, State.OFFERED)
    return talk.label("btn-key-check"), Button("key_check", value=_kept(talk, waiting))


def _let_wait(talk: Talk, note: KeyNote, key: str, telegram_id: int, state: State) -> str:
    row = WaitingKey(
        new_id(),
        talk.person.id,
        talk.chat_id,
        talk.conversation.id,
        talk.language,
        _product_of(talk, note) or "",
        note.masked or f"{note.prefix}-…",
        telegram_id,
        state,
        talk.now,
    )
    talk.effects.add(store.save(row, key, talk.kit.vault))
    return row.id


# Buttons. Their value holds what they are about and the language of the message that they stand under.


def _kept(talk: Talk, *words: str) -> str:
    return " ".join([talk.language, *words])


def _words_of(talk: Talk, button: Button) -> list[str]:
    language, *words = (button.value or "").split(" ")
    if language in LANGUAGES and not talk.person.language_chosen:
        talk.reply_language = language
    return words


async def press(talk: Talk, database: Database, bot: Bot, button: Button) -> None:
    """Do what a button about a key does: `key_check`, `key_consent`, `key_refuse` or `key_delete`."""
    words = _words_of(talk, button)
    if button.do == "key_delete":
        await _delete(talk, bot, [int(word) for word in words if word.isdigit()])
        return
    row_id, user_id = words[0] if words else "", talk.person.id
    row = await database.read(lambda db: store.find(db, row_id, user_id, talk.now))
    if row is None:
        talk.say(talk.text("key-again"))
        return
    match button.do:
        case "key_check":
            _ask_consent(talk, row)
        case "key_consent":
            talk.effects.add(store.want(row.id))
            if row.state is State.OFFERED:
                talk.say(talk.text("key-checking", masked=row.masked))
        case _:
            talk.effects.add(store.erase(row.id))
            talk.say(talk.text("key-consent-refused"))


def _ask_consent(talk: Talk, row: WaitingKey) -> None:
    check = talk.kit.key_check(row.product)
    if check is None:
        talk.effects.add(store.erase(row.id))
        talk.say(talk.text("key-check-off"))
        return
    value = _kept(talk, row.id)
    secure = "yes" if check.secure else "no"
    talk.say(
        talk.text("key-consent-ask", masked=row.masked, host=check.host, secure=secure),
        [
            (talk.label("btn-key-consent"), Button("key_consent", value=value)),
            (talk.label("btn-key-refuse"), Button("key_refuse", value=value)),
        ],
    )


async def _delete(talk: Talk, bot: Bot, ids: list[int]) -> None:
    """Delete the customer's messages now, and say how that went.

    At once and not by way of the outbox: what is said depends on it, and a second attempt does no harm.
    """
    outcomes = [await _delete_one(bot, talk.chat_id, each) for each in ids]
    for key in ("key-delete-failed", "key-delete-late"):
        if key in outcomes:
            talk.say(talk.text(key))
            return
    talk.say(talk.text("key-deleted" if "key-deleted" in outcomes else "key-delete-gone"))


async def _delete_one(bot: Bot, chat_id: int, telegram_id: int) -> str:
    try:
        parameters = {"chat_id": chat_id, "message_id": telegram_id}
        answer = await Api(bot).call("deleteMessage", parameters, DELETE_SECONDS)
    except NoAnswerError:
        return "key-delete-failed"
    if answer.ok:
        return "key-deleted"
    if answer.code != BAD_REQUEST:
        return "key-delete-failed"
    return "key-delete-gone" if "not found" in answer.description.lower() else "key-delete-late"
