"""What waits in the database waits encrypted: raw updates, outgoing calls, dead letters.

One secret of the operator (`SECRET_KEY`) gives two keys: one encrypts (Fernet), one keys the hashes by which the same
licence key is recognised again without being stored.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlite_utils import Database as Db

from bot.storage.database import Database


class WrongSecretError(Exception):
    """What is stored was encrypted with another `SECRET_KEY`."""


class Vault:
    """Seals and opens JSON objects. `secret` is the operator's secret, 32 bytes or more."""

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(urlsafe_b64encode(_derive(secret, b"diagnost payloads")))
        self.hash_key = _derive(secret, b"diagnost hashes")

    def seal(self, content: Mapping[str, Any]) -> bytes:
        """Return the encrypted JSON of `content`."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        # JSON from outside may hold half a surrogate pair; it must not keep the other updates of its batch out.
        return self._fernet.encrypt(text.encode("utf-8", "surrogatepass"))

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return what was sealed; raises `WrongSecretError` where another secret sealed it, or it was damaged."""
        try:
            content: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise WrongSecretError("sealed with another SECRET_KEY, or damaged") from error
        return content


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


async def check_secret(database: Database, vault: Vault) -> None:
    """Raise `WrongSecretError` where `database` was begun with another secret; remember this one in a new database."""

    def check(db: Db) -> None:
        row = db.execute("SELECT value FROM meta WHERE key = 'canary'").fetchone()
        if row is None:
            db.execute("INSERT INTO meta (key, value) VALUES ('canary', ?)", [vault.seal({"canary": True})])
        else:
            vault.open(row[0])

    await database.write(check)
