"""The parameters of one call, however they came: query, form, multipart or JSON.

Decides how a value is read (numbers and booleans as text, nested fields as JSON text); does not know methods. Called
by `server.py` (reading) and by every method (typed access).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.wire import Json, JsonObject, bad_request


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes
    mime: str


class Params:
    """The fields of one call."""

    def __init__(self, fields: Mapping[str, Json], uploads: Mapping[str, Upload] | None = None) -> None:
        self.fields = dict(fields)
        self.uploads = dict(uploads or {})

    def has(self, name: str) -> bool:
        """Return whether the field was passed and is not empty."""
        return self.fields.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """Return the field as text."""
        value = self.fields.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def whole(self, name: str, default: int = 0) -> int:
        """Return the field as an integer; raise 400 where it is none."""
        value = self.fields.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, int):
            return int(value)
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f'field "{name}" must be a valid Integer') from None

    def real(self, name: str) -> float:
        """Return the field as a number; raise 400 where it is none."""
        try:
            return float(self.text(name))
        except ValueError:
            raise bad_request(f"{name} is empty") from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return the field as a boolean, read as Telegram reads it."""
        value = self.fields.get(name)
        if value is None:
            return default
        return str(value).lower() in {"true", "yes", "1"}

    def json(self, name: str) -> Json:
        """Return the field as JSON; raise 400 where it is not JSON."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            parsed: Json = json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
        return parsed

    def mapping(self, name: str) -> JsonObject | None:
        """Return the field as a JSON object, None where it is absent."""
        value = self.json(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object")
        return dict(value)

    def listing(self, name: str) -> list[Json]:
        """Return the field as a JSON array, empty where it is absent."""
        value = self.json(name)
        if value is None:
            return []
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise bad_request(f"can't parse {name.replace('_', ' ')}: expected an Array")
        return list(value)

    def wholes(self, name: str) -> list[int]:
        """Return the field as an array of integers."""
        numbers: list[int] = []
        for item in self.listing(name):
            if not isinstance(item, int):
                raise bad_request("message identifier is not specified")
            numbers.append(item)
        return numbers

    def upload(self, reference: str, name: str) -> Upload | None:
        """Return the file that `attach://field` names, or that came in the field `name` itself."""
        if reference.startswith("attach://"):
            return self.uploads.get(reference.removeprefix("attach://"))
        return self.uploads.get(name)


async def read_params(request: web.Request) -> Params:
    """Read query and body; raise 400 for a body that is not what its content type says."""
    fields: JsonObject = dict(request.query)
    uploads: dict[str, Upload] = {}
    kind = request.content_type
    if request.method == "POST" and request.can_read_body:
        if kind == "application/json":
            try:
                body = json.loads(await request.read())
            except ValueError:
                raise bad_request("can't parse JSON object") from None
            if not isinstance(body, dict):
                raise bad_request("object expected")
            fields.update(body)
        elif kind in {"multipart/form-data", "application/x-www-form-urlencoded"}:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
                else:
                    fields[name] = value if isinstance(value, str) else value.decode()
    return Params(fields, uploads)
