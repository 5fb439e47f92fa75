"""Rows of conversations: people, messages, decisions, what was shown, feedback, requests for a person.

Every text that comes here is redacted already. Writers return an `Op`; readers take a connection that cannot write.
The buttons under our messages are rows of `bot/conversations/screens/store.py`.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlite_utils import Database as Db

from bot.conversations.events import IDLE_SECONDS, Conversation, Handover, Line, Person, Story, Turn, Unsure
from bot.conversations.redact import Secret
from bot.matching.decision import Decision
from bot.storage.database import Op

UNSURE = frozenset({"clarify", "unknown_code", "unsure"})
UNSURE_SHOWN, UNSURE_CANDIDATES = 4, 3

TURNS = 6
"""Earlier questions that the matcher is told of."""


def find_person(db: Db, user_id: int) -> Person | None:
    """Return the customer with this Telegram id, or None."""
    row = db.execute(
        "SELECT id, name, username, language, language_chosen FROM users WHERE id = ?", [user_id]
    ).fetchone()
    return Person(row[0], row[1], row[2], row[3], bool(row[4])) if row else None


def save_person(person: Person, now: float) -> Op:
    """Return the change that adds a customer or brings name and language up to date; writing shows they are there."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO users (id, name, username, language, language_chosen, first_seen, last_seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
            " username = excluded.username, language = excluded.language,"
            " language_chosen = excluded.language_chosen, last_seen = excluded.last_seen,"
            " unreachable_since = NULL, unreachable_why = NULL",
            [person.id, person.name, person.username, person.language, int(person.language_chosen), now, now],
        )

    return op


def mark_unreachable(user_id: int, why: str, now: float) -> Op:
    """Return the change that notes that a customer has blocked the bot."""

    def op(db: Db) -> None:
        db.execute("UPDATE users SET unreachable_since = ?, unreachable_why = ? WHERE id = ?", [now, why, user_id])

    return op


def mark_reachable(user_id: int) -> Op:
    """Return the change that notes that a customer can be reached again."""

    def op(db: Db) -> None:
        db.execute("UPDATE users SET unreachable_since = NULL, unreachable_why = NULL WHERE id = ?", [user_id])

    return op


def current_conversation(db: Db, user_id: int, now: float) -> Conversation | None:
    """Return the customer's conversation that is still going on, or None where the last one has gone idle."""
    row = db.execute(
        "SELECT id FROM conversations WHERE user_id = ? AND last_at > ? ORDER BY last_at DESC LIMIT 1",
        [user_id, now - IDLE_SECONDS],
    ).fetchone()
    if row is None:
        return None
    turns = db.execute(
        "SELECT m.text, (SELECT s.article FROM shown s WHERE s.decision_id = d.id ORDER BY s.rowid DESC LIMIT 1)"
        " FROM decisions d JOIN messages m ON m.id = d.message_id"
        " WHERE d.conversation_id = ? ORDER BY d.rowid DESC LIMIT ?",
        [row[0], TURNS],
    ).fetchall()
    shown = db.execute("SELECT article FROM shown WHERE conversation_id = ? ORDER BY rowid", [row[0]]).fetchall()
    return Conversation(
        row[0], tuple(Turn(text, article) for text, article in reversed(turns)), tuple(article for (article,) in shown)
    )


def touch_conversation(conversation_id: str, user_id: int, now: float) -> Op:
    """Return the change that begins the conversation or notes that it goes on."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO conversations (id, user_id, started_at, last_at) VALUES (?, ?, ?, ?)"
            # The later time stays: after a clock that went back an older conversation must not become the current one.
            " ON CONFLICT (id) DO UPDATE SET last_at = max(last_at, excluded.last_at)",
            [conversation_id, user_id, now, now],
        )

    return op


def save_message(
    message_id: str,
    conversation_id: str,
    direction: str,
    kind: str,
    text: str,
    now: float,
    *,
    telegram_id: int | None = None,
    edit_of: str | None = None,
    file_id: str | None = None,
    secrets: Sequence[Secret] = (),
) -> Op:
    """Return the change that records one message, `direction` being `in` or `out`."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO messages (id, conversation_id, direction, kind, text, at, telegram_id, edit_of, file_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [message_id, conversation_id, direction, kind, text, now, telegram_id, edit_of, file_id],
        )
        for secret in secrets:
            db.execute(
                "INSERT INTO secrets (message_id, kind, masked, digest) VALUES (?, ?, ?, ?)",
                [message_id, secret.kind, secret.masked, secret.digest],
            )

    return op


def message_by_telegram_id(db: Db, user_id: int, telegram_id: int) -> tuple[str, str] | None:
    """Return (our id, latest text) of a customer's message, edits counted, or None where it is not on record."""
    row = db.execute(
        "SELECT m.id, m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.user_id = ? AND m.telegram_id = ? AND m.direction = 'in' ORDER BY m.rowid DESC LIMIT 1",
        [user_id, telegram_id],
    ).fetchone()
    return (row[0], row[1]) if row else None


def kept_of(db: Db, user_id: int, telegram_id: int) -> tuple[str, str] | None:
    """Return (kind, redacted text) of a customer's message, or None where it is not on record."""
    row = db.execute(
        "SELECT m.kind, m.text FROM messages m JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.user_id = ? AND m.telegram_id = ? AND m.direction = 'in' ORDER BY m.rowid DESC LIMIT 1",
        [user_id, telegram_id],
    ).fetchone()
    return (row[0], row[1]) if row else None


def save_decision(
    decision_id: str, conversation_id: str, message_id: str, decision: Decision, elapsed_ms: float, now: float
) -> Op:
    """Return the change that records a decision with everything needed to answer "why did it say that"."""
    values: dict[str, object] = {
        "id": decision_id,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "at": now,
        "kind": decision.kind.value,
        "article": decision.article,
        "entry": decision.entry,
        "also": _json(decision.also),
        "candidates": _json([asdict(candidate) for candidate in decision.candidates]),
        "codes": _json([asdict(code) for code in decision.codes]),
        "options": _json(decision.options),
        "reasons": _json(decision.reasons),
        "repairs": _json(decision.repairs),
        "form": decision.form,
        "language": decision.language,
        "kb": decision.kb,
        "weights": decision.weights,
        "elapsed_ms": elapsed_ms,
    }
    unknown = sorted({code.value for code in decision.codes if not code.known and code.kind == "error"})

    def op(db: Db) -> None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        db.execute(f"INSERT INTO decisions ({names}) VALUES ({marks})", values)  # noqa: S608 - the names stand above
        for code in unknown:
            db.execute("INSERT INTO unknown_codes (code, decision_id, at) VALUES (?, ?, ?)", [code, decision_id, now])

    return op


def decision_on(db: Db, user_id: int, telegram_id: int) -> tuple[str, str | None] | None:
    """Return (decision, article) of the latest decision on a customer's message, or None."""
    row = db.execute(
        "SELECT d.kind, d.article FROM decisions d JOIN messages m ON m.id = d.message_id"
        " JOIN conversations c ON c.id = m.conversation_id"
        " WHERE c.user_id = ? AND m.telegram_id = ? ORDER BY d.rowid DESC LIMIT 1",
        [user_id, telegram_id],
    ).fetchone()
    return (row[0], row[1]) if row else None


def candidates_of(db: Db, decision_id: str) -> list[tuple[str, float]]:
    """Return the candidates of a decision as (article id, score), best first; empty where it is not on record."""
    row = db.execute("SELECT candidates FROM decisions WHERE id = ?", [decision_id]).fetchone()
    return [(candidate["id"], candidate["score"]) for candidate in json.loads(row[0])] if row else []


def save_shown(shown_id: str, conversation_id: str, decision_id: str | None, article: str, how: str, now: float) -> Op:
    """Return the change that records that an article was shown; `how`: `answer`, `also`, `option`, `next` or `link`."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO shown (id, conversation_id, decision_id, article, how, at) VALUES (?, ?, ?, ?, ?, ?)",
            [shown_id, conversation_id, decision_id, article, how, now],
        )

    return op


def save_feedback(conversation_id: str, decision_id: str | None, article: str, verdict: str, now: float) -> Op:
    """Return the change that records feedback: `verdict` is `helped` or `not_helped`."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO feedback (conversation_id, decision_id, article, verdict, at) VALUES (?, ?, ?, ?, ?)",
            [conversation_id, decision_id, article, verdict, now],
        )

    return op


def save_handover(conversation_id: str, user_id: int, reason: str, question: str, now: float, *, announced: bool) -> Op:
    """Return the change that records that a person was asked for; `announced`: a card went to the staff."""

    def op(db: Db) -> None:
        db.execute(
            "INSERT INTO handovers (conversation_id, user_id, reason, question, at, announced)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [conversation_id, user_id, reason, question, now, int(announced)],
        )

    return op


def last_handover(db: Db, conversation_id: str) -> Handover | None:
    """Return the latest request for a person in this conversation, or None."""
    row = db.execute(
        "SELECT id, question, at FROM handovers WHERE conversation_id = ? ORDER BY id DESC LIMIT 1", [conversation_id]
    ).fetchone()
    return Handover(*row) if row else None


def last_question(db: Db, conversation_id: str) -> str | None:
    """Return the latest question (redacted) that was decided on in this conversation, greetings left out, or None."""
    row = db.execute(
        "SELECT m.text FROM decisions d JOIN messages m ON m.id = d.message_id WHERE d.conversation_id = ?"
        " AND d.kind NOT IN ('smalltalk', 'escalate') ORDER BY d.rowid DESC LIMIT 1",
        [conversation_id],
    ).fetchone()
    return str(row[0]) if row else None


_BEFORE = "(at < :moment OR (at = :moment AND direction = 'in'))"
"""What was said before a moment, and what the customer said at it: replies to that come after."""


def story(db: Db, conversation_id: str, lines: int, before: float | None = None) -> Story:
    """Return what staff need of a conversation, with its last `lines` messages, oldest first.

    `before`, the moment of a customer's message, leaves out the messages that came after that one.
    """
    said = db.execute(
        "SELECT direction, kind, text, at FROM messages WHERE conversation_id = :conversation"  # noqa: S608 - our own
        f" AND (:moment IS NULL OR {_BEFORE}) ORDER BY rowid DESC LIMIT :lines",
        {"conversation": conversation_id, "moment": before, "lines": lines},
    ).fetchall()
    codes: dict[str, None] = {}
    unsure: list[Unsure] = []
    for kind, found, candidates in db.execute(
        "SELECT kind, codes, candidates FROM decisions WHERE conversation_id = ? ORDER BY rowid", [conversation_id]
    ):
        codes.update(dict.fromkeys(code["value"] for code in json.loads(found)))
        scored = [(candidate["id"], candidate["score"]) for candidate in json.loads(candidates)]
        if kind in UNSURE:
            unsure.append(Unsure(kind, tuple(scored[:UNSURE_CANDIDATES])))
    scores: dict[str, float | None] = {}
    for article, candidates in db.execute(
        "SELECT s.article, d.candidates FROM shown s LEFT JOIN decisions d ON d.id = s.decision_id"
        " WHERE s.conversation_id = ? ORDER BY s.rowid",
        [conversation_id],
    ):
        found = {candidate["id"]: candidate["score"] for candidate in json.loads(candidates or "[]")}
        scores[article] = found.get(article, scores.get(article))
    verdicts = dict(
        db.execute("SELECT article, verdict FROM feedback WHERE conversation_id = ? ORDER BY id", [conversation_id])
    )
    keys = db.execute(
        "SELECT DISTINCT s.masked FROM secrets s JOIN messages m ON m.id = s.message_id"
        " WHERE m.conversation_id = ? AND s.digest IS NOT NULL",
        [conversation_id],
    ).fetchall()
    return Story(
        tuple(Line(*row) for row in reversed(said)),
        tuple(scores),
        {article: score for article, score in scores.items() if score is not None},
        tuple(codes),
        verdicts,
        tuple(masked for (masked,) in keys),
        tuple(unsure[-UNSURE_SHOWN:]),
    )


def lines_since(db: Db, conversation_id: str, since: float, lines: int, without: Collection[int]) -> tuple[Line, ...]:
    """Return the last `lines` messages after what `story` returns before that moment, oldest first.

    `without` names messages of the customer, by Telegram's id, that are left out.
    """
    rows = db.execute(
        "SELECT direction, kind, text, at, telegram_id FROM messages WHERE conversation_id = :conversation"  # noqa: S608 - our own
        f" AND NOT {_BEFORE} ORDER BY rowid DESC LIMIT :lines",
        {"conversation": conversation_id, "moment": since, "lines": lines},
    ).fetchall()
    return tuple(
        Line(direction, kind, text, at)
        for direction, kind, text, at, telegram_id in reversed(rows)
        if not (direction == "in" and telegram_id in without)
    )


def album_is_new(db: Db, media_group_id: str) -> bool:
    """Return whether no message of this album was seen yet."""
    return db.execute("SELECT 1 FROM albums WHERE media_group_id = ?", [media_group_id]).fetchone() is None


def save_album(media_group_id: str, chat_id: int, now: float) -> Op:
    """Return the change that notes that an album has begun."""

    def op(db: Db) -> None:
        db.execute("INSERT OR IGNORE INTO albums VALUES (?, ?, ?)", [media_group_id, chat_id, now])

    return op


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
