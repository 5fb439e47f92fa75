"""Rows of screens: what the buttons under one of our messages do, whose they are, which were pressed.

A button's callback data carries only the screen's unguessable id and the button's number, so nothing that comes back
from Telegram is trusted, and no button changes its meaning when the program, the language or the articles change.
"""

import json

from sqlite_utils import Database as Db

from bot.conversations.events import Button, Screen
from bot.storage.database import Op


def save_screen(screen: Screen, now: float) -> Op:
    """Return the change that records what the buttons under a message mean."""
    buttons = json.dumps([[button.do, button.article, button.value] for button in screen.buttons], ensure_ascii=False)

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO screens (id, user_id, conversation_id, decision_id, buttons, at) VALUES (?, ?, ?, ?, ?, ?)",
            [screen.id, screen.user_id, screen.conversation_id, screen.decision_id, buttons, now],
        )

    return op


def find_screen(db: Db, screen_id: str) -> Screen | None:
    """Return the screen with this id, or None: too old, or never ours."""
    row = db.execute(
        "SELECT id, user_id, conversation_id, decision_id, buttons, used FROM screens WHERE id = ?", [screen_id]
    ).fetchone()
    if row is None:
        return None
    buttons = tuple(Button(*button) for button in json.loads(row[4]))
    return Screen(row[0], row[1], row[2], row[3], buttons, frozenset(json.loads(row[5])))


def use_button(screen: Screen, index: int) -> Op:
    """Return the change that notes that a button was pressed."""
    used = json.dumps(sorted({*screen.used, index}))

    def op(db: Db) -> None:
        db.execute("UPDATE screens SET used = ? WHERE id = ?", [used, screen.id])

    return op
