"""Named queries over the record. Each says over which rows it counts; times are epoch seconds, `since` included."""

from dataclasses import dataclass

from sqlite_utils import Database as Db

TOP = 5


@dataclass(frozen=True, slots=True)
class Period:
    """What happened since a moment.

    `questions`: decisions on customers' messages, greetings left out. Of these, by decision: `answered`, `clarified`,
    `unresolved` (unknown code or unsure). `escalated`: requests for a person. `helped`, `not_helped`: presses under
    articles. `articles`: the most shown, with counts. `codes`: unknown codes most asked for, with counts.
    """

    questions: int
    answered: int
    clarified: int
    unresolved: int
    escalated: int
    helped: int
    not_helped: int
    articles: tuple[tuple[str, int], ...]
    codes: tuple[tuple[str, int], ...]


def period(db: Db, since: float) -> Period:
    """Return what happened since `since`."""
    kinds = dict(db.execute("SELECT kind, count(*) FROM decisions WHERE at >= ? GROUP BY kind", [since]).fetchall())
    verdicts = dict(
        db.execute("SELECT verdict, count(*) FROM feedback WHERE at >= ? GROUP BY verdict", [since]).fetchall()
    )
    escalated = db.execute("SELECT count(*) FROM handovers WHERE at >= ?", [since]).fetchone()[0]
    articles = db.execute(
        "SELECT article, count(*) AS n FROM shown WHERE at >= ? GROUP BY article ORDER BY n DESC, article LIMIT ?",
        [since, TOP],
    ).fetchall()
    codes = db.execute(
        "SELECT code, count(*) AS n FROM unknown_codes WHERE at >= ? GROUP BY code ORDER BY n DESC, code LIMIT ?",
        [since, TOP],
    ).fetchall()
    answered = sum(kinds.get(kind, 0) for kind in ("answer", "guide", "diagnose"))
    unresolved = sum(kinds.get(kind, 0) for kind in ("unknown_code", "unsure"))
    return Period(
        questions=answered + unresolved + kinds.get("clarify", 0),
        answered=answered,
        clarified=kinds.get("clarify", 0),
        unresolved=unresolved,
        escalated=escalated,
        helped=verdicts.get("helped", 0),
        not_helped=verdicts.get("not_helped", 0),
        articles=tuple((article, count) for article, count in articles),
        codes=tuple((code, count) for code, count in codes),
    )
