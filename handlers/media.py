"""What is not plain text: captions are questions, and everything else gets a sensible word instead of silence."""

from aiogram.enums import ContentType
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.conversations import store
from bot.storage.database import Database
from bot.telegram.answering import person_button
from bot.telegram.talk import Talk
from handlers import question

PICTURE, FILE, VOICE, STICKER, PLACE, OTHER = "picture", "file", "voice", "sticker", "place", "other"

KINDS: dict[str, str] = {
    ContentType.PHOTO: PICTURE,
    ContentType.VIDEO: PICTURE,
    ContentType.ANIMATION: PICTURE,
    ContentType.LIVE_PHOTO: PICTURE,
    ContentType.DOCUMENT: FILE,
    ContentType.VOICE: VOICE,
    ContentType.AUDIO: VOICE,
    ContentType.VIDEO_NOTE: VOICE,
    ContentType.STICKER: STICKER,
    ContentType.LOCATION: PLACE,
    ContentType.VENUE: PLACE,
    ContentType.CONTACT: PLACE,
    ContentType.DICE: STICKER,
    ContentType.POLL: OTHER,
    ContentType.GAME: OTHER,
    ContentType.STORY: OTHER,
    ContentType.PAID_MEDIA: OTHER,
    ContentType.CHECKLIST: OTHER,
    ContentType.RICH_MESSAGE: OTHER,
    ContentType.GIVEAWAY: OTHER,
    ContentType.UNKNOWN: OTHER,
}


def is_content(message: Message) -> bool:
    """Return whether a person sent this; service messages are not content."""
    return message.content_type in KINDS


async def captioned(message: Message, talk: Talk, state: FSMContext, database: Database) -> None:
    """Answer the caption as a question."""
    note_album(message, talk)
    kind = KINDS.get(message.content_type, OTHER)
    caption = message.caption or ""
    await question.answer(talk, state, database, caption, message.message_id, kind=kind, file_id=file_id_of(message))


async def wordless(message: Message, talk: Talk, database: Database) -> None:
    """Say what we need instead; an album gets one answer, whoever of its members comes first."""
    kind = KINDS[message.content_type]
    album = message.media_group_id
    silent = album is not None and not await database.read(lambda db: store.album_is_new(db, album))
    note_album(message, talk)
    talk.hear(kind, talk.prepared.redactor.redact(""), message.message_id, file_id=file_id_of(message))
    if not silent:
        if message.document is not None and (message.document.mime_type or "").startswith("image/"):
            kind = PICTURE
        talk.say(talk.text(f"got-{kind}"), [person_button(talk)])


def note_album(message: Message, talk: Talk) -> None:
    """Note an album as begun, so that its other members are not answered one by one."""
    if message.media_group_id is not None:
        talk.effects.add(store.save_album(message.media_group_id, talk.chat_id, talk.now))


def file_id_of(message: Message) -> str | None:
    """Return Telegram's id of the attached file, which is all that is stored of it."""
    if message.photo:
        return message.photo[-1].file_id
    for holder in (
        message.document,
        message.voice,
        message.video,
        message.audio,
        message.animation,
        message.video_note,
        message.sticker,
    ):
        if holder is not None:
            return holder.file_id
    return None
