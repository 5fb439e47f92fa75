"""What the operator has set, as plain values: what the doctor looks at. Made by `bot/cli_doctor.py`."""

from dataclasses import dataclass, field
from pathlib import Path

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings that the checks need. `webhook_url` is None where the bot polls; secrets stay out of the repr."""

    token: str = field(repr=False)
    api_base: str
    proxy: str | None = field(repr=False)
    webhook_url: str | None = field(repr=False)
    webhook_listen: Address | None
    health_listen: Address | None
    staff_chat: int | None
    manager_ids: tuple[int, ...]
    secret: bytes = field(repr=False)
    database_path: Path
    kb_dir: Path
    listen_seconds: int = 6
    """How long to listen for a second poller: longer than the pause that bots make after a conflict (1 to 5 s)."""

    @property
    def bot_id(self) -> int:
        """The bot's own Telegram id, which is the first part of its token."""
        return int(self.token.partition(":")[0])
