"""Decisions as they were recorded, with what was shown after each: what answers "why did it say that".

Decides nothing and shows nothing; `bot/telegram/why.py` puts it into words. The rows are written by `store.py`.
"""

import json
from dataclasses import dataclass

from sqlite_utils import Database as Db

from bot.matching.decision import Candidate, FoundCode


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision on record: the question (redacted), what was decided and on what grounds, what was shown then."""

    question: str
    kind: str
    article: str | None
    entry: str | None
    also: tuple[str, ...]
    options: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    codes: tuple[FoundCode, ...]
    reasons: tuple[str, ...]
    repairs: tuple[str, ...]
    form: str
    kb: str
    weights: str
    shown: tuple[str, ...]


def decided_in(db: Db, conversation_id: str, most: int) -> tuple[Decided, ...]:
    """Return the last `most` decisions of a conversation, oldest first."""
    rows = db.execute(
        "SELECT d.id, m.text, d.kind, d.article, d.entry, d.also, d.options, d.candidates, d.codes, d.reasons,"
        " d.repairs, d.form, d.kb, d.weights FROM decisions d JOIN messages m ON m.id = d.message_id"
        " WHERE d.conversation_id = ? ORDER BY d.rowid DESC LIMIT ?",
        [conversation_id, most],
    ).fetchall()
    found = []
    for decision_id, question, kind, article, entry, also, options, candidates, codes, reasons, repairs, *rest in rows:
        form, kb, weights = rest
        shown = db.execute("SELECT article FROM shown WHERE decision_id = ? ORDER BY rowid", [decision_id]).fetchall()
        found.append(
            Decided(
                question=question,
                kind=kind,
                article=article,
                entry=entry,
                also=tuple(json.loads(also)),
                options=tuple(json.loads(options)),
                candidates=tuple(Candidate(each["id"], each["score"], each["why"]) for each in json.loads(candidates)),
                codes=tuple(
                    FoundCode(each["text"], each["value"], each["known"], each["kind"]) for each in json.loads(codes)
                ),
                reasons=tuple(json.loads(reasons)),
                repairs=tuple(json.loads(repairs)),
                form=form,
                kb=kb,
                weights=weights,
                shown=tuple(dict.fromkeys(each for (each,) in shown)),
            )
        )
    return tuple(reversed(found))
