"""What handling one update changes, gathered first and applied in one transaction.

A handler never writes and never sends: it adds changes here (state, conversation, outgoing calls), and the inbox
worker commits them together with "this update is done". A handler that fails half-way has changed nothing, so trying
it again doubles nothing.
"""

from contextvars import ContextVar

from sqlite_utils import Database as Db

from bot.storage.database import Op


class Effects:
    """An ordered list of changes.

    `drafts` holds values that the changes will write, by a key of whoever adds them: reading goes to the database,
    which does not know them before the commit, and an update must see what it has set itself.
    """

    __slots__ = ("_ops", "drafts")

    def __init__(self) -> None:
        self._ops: list[Op] = []
        self.drafts: dict[tuple[str, str], str | None] = {}

    def add(self, op: Op) -> None:
        """Append one change; changes are applied in the order in which they were added."""
        self._ops.append(op)

    def apply(self, db: Db) -> None:
        """Apply all changes; called by the worker on the writer thread, inside its transaction."""
        for op in self._ops:
            op(db)


CURRENT: ContextVar[Effects] = ContextVar("effects")
"""The effects of the update being handled, for the dialogue storage, which aiogram calls without any of our values."""
