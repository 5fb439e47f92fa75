"""The schema, as an append-only list of migrations: never edit one that was released, add the next.

Times are epoch seconds, UTC. Ids that begin as text are made by `bot.storage.ids.new_id`. Texts are stored redacted
(CONTRACTS, "Redaction classes"); `payload` columns are sealed by `bot.storage.vault` and emptied once handled.
"""

from sqlite_utils import Database as Db
from sqlite_utils import Migrations

migrations = Migrations("diagnost")


class NewerSchemaError(Exception):
    """The database was made by a newer version of the program."""


def migrate(db: Db) -> None:
    """Apply what is missing; raises `NewerSchemaError` where the file knows migrations that this program does not."""
    known = {*_names()}
    newer = [applied.name for applied in migrations.applied(db) if applied.name not in known]
    if newer:
        raise NewerSchemaError(
            f"a newer diagnost made this database (it has {', '.join(newer)}); install that version or restore a backup"
        )
    migrations.apply(db)


def _names() -> list[str]:
    return [migration.name for migration in migrations._migrations]  # noqa: SLF001 - the list has no public reader


@migrations()
def m0001_first(db: Db) -> None:
    """Intake, sending, dialogue state, and the record of conversations."""
    db.executescript("""
        CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

        CREATE TABLE inbox (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            update_id INTEGER NOT NULL UNIQUE,
            lane INTEGER NOT NULL,
            received_at REAL NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
            handled_at REAL,
            payload BLOB
        ) STRICT;
        CREATE INDEX inbox_waiting ON inbox (seq) WHERE state = 'waiting';
        CREATE INDEX inbox_handled ON inbox (handled_at) WHERE state = 'done';

        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            origin TEXT NOT NULL CHECK (origin IN ('inbox', 'outbox')),
            origin_id INTEGER NOT NULL,
            reason TEXT NOT NULL,
            at REAL NOT NULL,
            payload BLOB
        ) STRICT;

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            chat_id INTEGER NOT NULL,
            method TEXT NOT NULL,
            express INTEGER NOT NULL DEFAULT 0,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
            created_at REAL NOT NULL,
            settled_at REAL,
            message_id TEXT,
            telegram_id INTEGER,
            fault TEXT,
            payload BLOB
        ) STRICT;
        CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'waiting';
        CREATE INDEX outbox_settled ON outbox (settled_at) WHERE state != 'waiting';

        CREATE TABLE dialogues (key TEXT PRIMARY KEY, state TEXT, content TEXT NOT NULL) STRICT;

        CREATE TABLE users (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            username TEXT,
            language TEXT NOT NULL,
            language_chosen INTEGER NOT NULL DEFAULT 0,
            first_seen REAL NOT NULL,
            last_seen REAL NOT NULL,
            unreachable_since REAL,
            unreachable_why TEXT
        ) STRICT;

        CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL REFERENCES users (id),
            started_at REAL NOT NULL,
            last_at REAL NOT NULL,
            product TEXT
        ) STRICT;
        CREATE INDEX conversations_user ON conversations (user_id, last_at);

        CREATE TABLE messages (
            id TEXT PRIMARY KEY,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
            kind TEXT NOT NULL,
            text TEXT NOT NULL,
            at REAL NOT NULL,
            telegram_id INTEGER,
            edit_of TEXT,
            file_id TEXT
        ) STRICT;
        CREATE INDEX messages_conversation ON messages (conversation_id, at);

        CREATE TABLE secrets (
            message_id TEXT NOT NULL REFERENCES messages (id),
            kind TEXT NOT NULL,
            masked TEXT NOT NULL,
            digest TEXT
        ) STRICT;
        CREATE INDEX secrets_message ON secrets (message_id);
        CREATE INDEX secrets_digest ON secrets (digest);

        CREATE TABLE decisions (
            id TEXT PRIMARY KEY,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            message_id TEXT NOT NULL REFERENCES messages (id),
            at REAL NOT NULL,
            kind TEXT NOT NULL,
            article TEXT,
            entry TEXT,
            also TEXT NOT NULL,
            candidates TEXT NOT NULL,
            codes TEXT NOT NULL,
            options TEXT NOT NULL,
            reasons TEXT NOT NULL,
            repairs TEXT NOT NULL,
            form TEXT NOT NULL,
            language TEXT NOT NULL,
            kb TEXT NOT NULL,
            weights TEXT NOT NULL,
            elapsed_ms REAL NOT NULL
        ) STRICT;
        CREATE INDEX decisions_conversation ON decisions (conversation_id, at);
        CREATE INDEX decisions_at ON decisions (at);

        CREATE TABLE unknown_codes (
            code TEXT NOT NULL,
            decision_id TEXT NOT NULL REFERENCES decisions (id),
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX unknown_codes_code ON unknown_codes (code);

        CREATE TABLE shown (
            id TEXT PRIMARY KEY,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            decision_id TEXT REFERENCES decisions (id),
            article TEXT NOT NULL,
            how TEXT NOT NULL,
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX shown_conversation ON shown (conversation_id, at);

        CREATE TABLE feedback (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            decision_id TEXT REFERENCES decisions (id),
            article TEXT NOT NULL,
            verdict TEXT NOT NULL CHECK (verdict IN ('helped', 'not_helped')),
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX feedback_article ON feedback (article, at);

        CREATE TABLE screens (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL,
            conversation_id TEXT,
            decision_id TEXT,
            buttons TEXT NOT NULL,
            at REAL NOT NULL,
            used TEXT NOT NULL DEFAULT '[]'
        ) STRICT;
        CREATE INDEX screens_user ON screens (user_id, at);

        CREATE TABLE handovers (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            user_id INTEGER NOT NULL,
            reason TEXT NOT NULL,
            question TEXT NOT NULL,
            at REAL NOT NULL,
            announced INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX handovers_user ON handovers (user_id, at);

        CREATE TABLE albums (
            media_group_id TEXT PRIMARY KEY,
            chat_id INTEGER NOT NULL,
            at REAL NOT NULL
        ) STRICT;
    """)


@migrations()
def m0002_tickets(db: Db) -> None:
    """Tickets, their topics and message pairs; outgoing calls know which ticket and message they are about."""
    db.executescript("""
        CREATE TABLE tickets (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id INTEGER NOT NULL REFERENCES users (id),
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            language TEXT NOT NULL,
            name TEXT NOT NULL,
            reason TEXT NOT NULL,
            question TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'taken', 'closed')),
            opened_at REAL NOT NULL,
            taken_by INTEGER,
            taken_name TEXT,
            taken_at REAL,
            closed_by INTEGER,
            closed_at REAL,
            topic_id INTEGER,
            place TEXT NOT NULL DEFAULT 'wanted' CHECK (place IN ('wanted', 'live', 'flat')),
            card_id INTEGER
        ) STRICT;
        CREATE UNIQUE INDEX tickets_open ON tickets (user_id) WHERE state != 'closed';
        CREATE INDEX tickets_topic ON tickets (topic_id);
        CREATE INDEX tickets_card ON tickets (card_id);

        CREATE TABLE mirrors (
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            customer_message INTEGER NOT NULL,
            staff_message INTEGER NOT NULL,
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX mirrors_customer ON mirrors (ticket_id, customer_message);
        CREATE INDEX mirrors_staff ON mirrors (staff_message);

        CREATE TABLE stray_topics (
            topic_id INTEGER PRIMARY KEY,
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            at REAL NOT NULL,
            told INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX stray_topics_ticket ON stray_topics (ticket_id);

        CREATE TABLE notes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            ticket_id INTEGER NOT NULL REFERENCES tickets (id),
            staff_id INTEGER NOT NULL,
            text TEXT NOT NULL,
            at REAL NOT NULL
        ) STRICT;

        ALTER TABLE outbox ADD COLUMN ticket_id INTEGER;
        ALTER TABLE outbox ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
        ALTER TABLE outbox ADD COLUMN about INTEGER;
        CREATE INDEX outbox_ticket ON outbox (ticket_id) WHERE state = 'waiting';
    """)


@migrations()
def m0003_guides(db: Db) -> None:
    """Guided fixes: where each run stands, and every press."""
    db.executescript("""
        CREATE TABLE guide_runs (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            decision_id TEXT REFERENCES decisions (id),
            language TEXT NOT NULL,
            begun_with TEXT NOT NULL,
            message_id TEXT NOT NULL,
            visits TEXT NOT NULL,
            moves INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('active', 'solved', 'person', 'gone', 'not_mine', 'replaced')),
            offered INTEGER NOT NULL DEFAULT 0,
            begun_at REAL NOT NULL,
            touched_at REAL NOT NULL
        ) STRICT;
        CREATE INDEX guide_runs_active ON guide_runs (user_id, touched_at) WHERE state = 'active';
        CREATE INDEX guide_runs_conversation ON guide_runs (conversation_id);

        CREATE TABLE guide_presses (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id TEXT NOT NULL REFERENCES guide_runs (id),
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            article TEXT NOT NULL,
            step TEXT NOT NULL,
            number INTEGER NOT NULL,
            pressed TEXT NOT NULL,
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX guide_presses_conversation ON guide_presses (conversation_id);
        CREATE INDEX guide_presses_step ON guide_presses (article, step, at);
    """)


@migrations()
def m0004_diagnostics(db: Db) -> None:
    """Keep the runs of checks from our side, and what each check found."""
    db.executescript("""
        CREATE TABLE diagnostic_runs (
            id TEXT PRIMARY KEY,
            user_id INTEGER,
            conversation_id TEXT REFERENCES conversations (id),
            ticket_id INTEGER REFERENCES tickets (id),
            product TEXT NOT NULL,
            check_id TEXT NOT NULL,
            started_at REAL NOT NULL,
            ended_at REAL,
            status TEXT NOT NULL CHECK (status IN ('running', 'done', 'cancelled', 'interrupted'))
        ) STRICT;
        CREATE INDEX diagnostic_runs_running ON diagnostic_runs (user_id) WHERE status = 'running';
        CREATE INDEX diagnostic_runs_conversation ON diagnostic_runs (conversation_id);
        CREATE INDEX diagnostic_runs_ticket ON diagnostic_runs (ticket_id);

        CREATE TABLE diagnostic_findings (
            run_id TEXT NOT NULL REFERENCES diagnostic_runs (id),
            place INTEGER NOT NULL,
            product TEXT NOT NULL,
            check_id TEXT NOT NULL,
            verdict TEXT NOT NULL,
            light TEXT NOT NULL CHECK (light IN ('good', 'warn', 'bad', 'unknown')),
            article TEXT,
            facts TEXT NOT NULL,
            elapsed_ms REAL NOT NULL,
            at REAL NOT NULL,
            PRIMARY KEY (run_id, place)
        ) STRICT;
        CREATE INDEX diagnostic_findings_check ON diagnostic_findings (product, check_id, at);
    """)


@migrations()
def m0005_waiting_keys(db: Db) -> None:
    """Keys that wait for their owner's word: sealed, for a quarter of an hour, and gone once used."""
    db.executescript("""
        CREATE TABLE waiting_keys (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL,
            chat_id INTEGER NOT NULL,
            conversation_id TEXT NOT NULL,
            language TEXT NOT NULL,
            product TEXT NOT NULL,
            masked TEXT NOT NULL,
            telegram_id INTEGER,
            state TEXT NOT NULL CHECK (state IN ('half', 'offered', 'wanted')),
            at REAL NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        CREATE INDEX waiting_keys_wanted ON waiting_keys (at) WHERE state = 'wanted';
        CREATE INDEX waiting_keys_half ON waiting_keys (user_id) WHERE state = 'half';
    """)


@migrations()
def m0006_diagnostics_in_the_chat(db: Db) -> None:
    """Where a run is shown, and what was read of the customer's end."""
    db.executescript("""
        CREATE TABLE diagnostic_chats (
            run_id TEXT PRIMARY KEY REFERENCES diagnostic_runs (id),
            message_id TEXT NOT NULL,
            language TEXT NOT NULL,
            look TEXT NOT NULL CHECK (look IN ('list', 'compare')),
            article TEXT,
            guide_run TEXT
        ) STRICT;

        CREATE TABLE readings (
            id TEXT PRIMARY KEY,
            user_id INTEGER NOT NULL,
            conversation_id TEXT NOT NULL REFERENCES conversations (id),
            tool TEXT NOT NULL,
            verdict TEXT NOT NULL,
            side TEXT NOT NULL,
            article TEXT,
            facts TEXT NOT NULL,
            at REAL NOT NULL
        ) STRICT;
        CREATE INDEX readings_conversation ON readings (conversation_id, at);
    """)
