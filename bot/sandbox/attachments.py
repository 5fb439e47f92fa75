"""Attachments: from an uploaded or known file to the field of Message that shows it.

Decides the shape of PhotoSize, Document, Voice and their kin, and what a wrong file identifier is answered. Called by
the sending methods and by `acts.py`, when a person sends a file.
"""

import secrets

from bot.sandbox.messages import Attachment, StoredFile
from bot.sandbox.params import Params, Upload
from bot.sandbox.wire import Json, JsonObject, Refused, bad_request
from bot.sandbox.world import World

UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
"""Bytes (core.telegram.org/bots/api#sending-files)."""

MEDIA_KINDS = ("photo", "document", "voice", "video", "audio", "sticker", "animation", "video_note")
CAPTIONED = frozenset({"photo", "document", "voice", "video", "audio", "animation"})


def stored_attachment(file: StoredFile, kind: str) -> Attachment:
    """Return what a message shows for a stored file."""
    shown: JsonObject = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.content),
    }
    body: Json
    match kind:
        case "photo":
            body = [shown | {"width": 90, "height": 68}, shown | {"width": 1280, "height": 960}]
        case "document":
            body = shown | {"file_name": file.name or "file", "mime_type": file.mime or "application/octet-stream"}
        case "voice":
            body = shown | {"duration": 3, "mime_type": "audio/ogg"}
        case "audio":
            body = shown | {"duration": 30, "file_name": file.name or "audio.mp3"}
        case "sticker":
            body = shown | {
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
                "emoji": "🙂",
            }
        case "video_note":
            body = shown | {"length": 240, "duration": 3}
        case _:
            body = shown | {"width": 640, "height": 480, "duration": 5}
    return Attachment(kind, body, file)


def attach(world: World, params: Params, reference: str, name: str, kind: str) -> Attachment:
    """Return the attachment that a call's field names; raise what Telegram answers where it names nothing."""
    upload = params.upload(reference, name)
    if upload is not None:
        return stored_attachment(world.store(checked_upload(upload, kind), kind), kind)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    file = world.files.get(reference)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        raise bad_request(f"can't use file of type {file.kind.title()} as {kind.title()}")
    return stored_attachment(file, kind)


def checked_upload(upload: Upload, kind: str) -> Upload:
    """Return the upload; raise what an empty or too big file is answered."""
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > UPLOAD_LIMIT:
        raise Refused(413, "Request Entity Too Large")
    if kind == "photo" and len(upload.content) > PHOTO_LIMIT:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return upload


def location(latitude: float, longitude: float) -> Attachment:
    """Return a point on the map."""
    return Attachment("location", {"latitude": latitude, "longitude": longitude})


def contact(phone: str, first_name: str, last_name: str = "", user_id: int | None = None) -> Attachment:
    """Return a card of the address book."""
    body: JsonObject = {"phone_number": phone, "first_name": first_name}
    if last_name:
        body["last_name"] = last_name
    if user_id is not None:
        body["user_id"] = user_id
    return Attachment("contact", body)


def album_id() -> str:
    """Return a fresh media_group_id."""
    return str(secrets.randbelow(10**17))
