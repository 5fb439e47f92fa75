"""/language and its buttons: the customer's choice is remembered."""

from aiogram.types import Message

from bot.conversations.events import Button
from bot.i18n import LANGUAGES
from bot.telegram.talk import Talk

NAMES = {"ru": "🇷🇺 Русский", "en": "🇬🇧 English"}


async def ask(message: Message, talk: Talk) -> None:
    """Offer the languages."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    talk.say(
        talk.text("language-ask"), [(NAMES[language], Button("language", value=language)) for language in LANGUAGES]
    )


def choose(talk: Talk, language: str | None) -> None:
    """Switch to a language and say so in it."""
    if language in LANGUAGES:
        talk.know(language=language, language_chosen=True)
    talk.say(talk.text("language-set"))
