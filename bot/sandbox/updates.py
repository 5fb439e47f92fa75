"""The queue of updates: numbered, kept until confirmed, filtered by what the bot asked for.

Decides which updates a bot sees and when they are forgotten (core.telegram.org/bots/api#getupdates). It does not wait
and does not speak HTTP. Called by `world.py` (puts), `server.py` (polling) and `webhook.py` (delivery).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.sandbox.wire import JsonObject

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Left out unless asked for by name (core.telegram.org/bots/api#getupdates, allowed_updates)."""

MAX_BATCH = 100


@dataclass(frozen=True, slots=True)
class Pending:
    """An update that is not confirmed yet."""

    id: int
    body: JsonObject


class UpdateQueue:
    """The updates of one bot."""

    def __init__(self, first_id: int = 1000) -> None:
        self._next_id = first_id
        self._pending: list[Pending] = []
        self._known: dict[int, JsonObject] = {}
        self._again: list[Pending] = []
        self.allowed: tuple[str, ...] = ()
        self.confirmed: list[int] = []

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def pending_ids(self) -> list[int]:
        """The ids that are not confirmed."""
        return [update.id for update in self._pending]

    @property
    def issued_ids(self) -> list[int]:
        """All ids ever put, in order."""
        return list(self._known)

    def put(self, kind: str, body: JsonObject) -> int | None:
        """Append an update of that kind and return its id, None where the bot did not ask for such updates."""
        if self.allowed:
            if kind not in self.allowed:
                return None
        elif kind in NOT_BY_DEFAULT:
            return None
        return self.put_raw({kind: body})

    def put_raw(self, body: JsonObject) -> int:
        """Append an update of any shape, well formed or not, and return its id."""
        update_id = self._next_id
        self._next_id += 1
        self._known[update_id] = body
        self._pending.append(Pending(update_id, body))
        return update_id

    def repeat(self, update_id: int) -> None:
        """Hand an update out once more in the next batch, confirmed or not, as Telegram sometimes does."""
        self._again.append(Pending(update_id, self._known[update_id]))

    def allow(self, kinds: Sequence[str]) -> None:
        """Keep the kinds the bot wants from now on; what is already queued stays (as Telegram does)."""
        self.allowed = tuple(kinds)

    def batch(self, offset: int, limit: int) -> list[JsonObject]:
        """Forget what lies before the offset and return the next updates.

        A negative offset counts from the end of the queue and forgets all before it.
        """
        if offset < 0:
            self._forget(len(self._pending) + offset)
        elif offset > 0:
            self._forget(sum(update.id < offset for update in self._pending))
        again, self._again = self._again, []
        chosen = [*again, *self._pending][: min(max(limit, 1), MAX_BATCH)]
        return [{"update_id": update.id, **update.body} for update in chosen]

    @property
    def ready(self) -> bool:
        """Whether a batch would hold anything."""
        return bool(self._pending or self._again)

    def drop_all(self) -> None:
        """Forget all that wait (drop_pending_updates)."""
        self._pending.clear()
        self._again.clear()

    def _forget(self, count: int) -> None:
        if count > 0:
            self.confirmed += [update.id for update in self._pending[:count]]
            del self._pending[:count]
