"""/stats: the figures of today, 7 and 30 days, for staff and managers only."""

from datetime import UTC, datetime

from aiogram.types import Message, User
from sqlite_utils import Database as Db

from bot.diagnostics import plan
from bot.guides import store as guides
from bot.guides.run import Press
from bot.i18n import Html, label, say
from bot.reports.questions import Period, period
from bot.storage.database import Database
from bot.telegram.answering import person_button
from bot.telegram.diagnosing import fetch_words
from bot.telegram.roles import Roles
from bot.telegram.talk import Kit, Talk, tell

DAY = 24 * 3600.0
SOLVING = 5
"""Steps that are named among those that solve."""

MOSCOW = 3 * 3600
"""Today begins at midnight in Moscow, until the desk's rules name another zone."""


async def in_staff_chat(message: Message, kit: Kit, database: Database, roles: Roles) -> None:
    """Show the figures where the staff asked for them."""
    if not roles.is_author(message):
        return
    topic = message.message_thread_id if message.is_topic_message else None
    language = kit.prepared.library.default_language
    tell(kit, message.chat.id, await _figures(kit, database, language), topic=topic)


async def in_private(message: Message, talk: Talk, database: Database, roles: Roles) -> None:
    """Show the figures to a manager or a member of the staff; everybody else gets the help."""
    talk.hear("command", talk.prepared.redactor.redact(message.text or ""), message.message_id)
    if await _may(roles, message.from_user):
        talk.say(await _figures(talk.kit, database, talk.language))
    else:
        talk.say(talk.text("help"), [person_button(talk)])


async def _may(roles: Roles, user: User | None) -> bool:
    return user is not None and (roles.is_manager(user.id) or bool(await roles.is_staff(user)))


async def _figures(kit: Kit, database: Database, language: str) -> Html:
    midnight = (kit.now + MOSCOW) // DAY * DAY - MOSCOW

    def query(db: Db) -> list[tuple[str, Period]]:
        return [
            ("stats-today", period(db, midnight)),
            ("stats-week", period(db, kit.now - 7 * DAY)),
            ("stats-month", period(db, kit.now - 30 * DAY)),
        ]

    parts = [_part(kit, language, key, counted) for key, counted in await database.read(query)]
    more = [await _solving(kit, database, language), await _failing(kit, database, language, midnight)]
    parts += [each for each in more if each is not None]
    return Html("\n\n".join(parts))


async def _solving(kit: Kit, database: Database, language: str) -> Html | None:
    """Return which steps of guided fixes solved the problem in 30 days, the commonest first."""
    pressed = await database.read(lambda db: guides.tally(db, kit.now - 30 * DAY))
    helped = sorted((each for each in pressed if each.pressed == Press.HELPED), key=lambda each: -each.count)
    if not helped:
        return None
    library = kit.prepared.library
    rows = [say(language, "stats-solving")]
    for each in helped[:SOLVING]:
        article = library.article(each.article)
        title = article.text_in(article.title, language, library.default_language) if article else each.article
        steps = [step.id for step in article.steps] if article else []
        number = steps.index(each.step) + 1 if each.step in steps else 0
        rows.append(say(language, "stats-solving-row", what=title, step=number, id=each.step, count=each.count))
    return Html("\n".join(rows))


async def _failing(kit: Kit, database: Database, language: str, midnight: float) -> Html | None:
    """Return which checks fail, since when and for how many, where one failed today."""
    await fetch_words()
    from bot.diagnostics.store import failing  # noqa: PLC0415 - heavy, and fetched by now

    rows = [each for each in await database.read(failing) if each.last >= midnight]
    if not rows:
        return None
    told = []
    for each in rows:
        check = plan.find(kit.prepared.library.checks_of(each.product), each.check_id)
        since = datetime.fromtimestamp(each.since + MOSCOW, UTC).strftime("%d.%m %H:%M")
        title = (check.title.get(language) if check is not None else None) or each.check_id
        told.append(
            label(
                language,
                "stats-failing-row",
                check=title,
                verdict=each.verdict.value,
                since=since,
                customers=each.customers,
            )
        )
    return say(language, "stats-failing", rows="; ".join(told))


def _part(kit: Kit, language: str, key: str, counted: Period) -> Html:
    lines: list[str] = [say(language, key)]
    if not counted.questions and not counted.escalated:
        return Html(f"{lines[0]}\n{say(language, 'stats-none')}")
    lines.append(
        say(
            language,
            "stats-figures",
            questions=counted.questions,
            answered=counted.answered,
            clarified=counted.clarified,
            unresolved=counted.unresolved,
            escalated=counted.escalated,
            helped=counted.helped,
            rated=counted.helped + counted.not_helped,
        )
    )
    library = kit.prepared.library
    if counted.articles:
        lines.append(say(language, "stats-articles"))
        for article_id, count in counted.articles:
            article = library.article(article_id)
            title = article.text_in(article.title, language, library.default_language) if article else article_id
            lines.append(say(language, "stats-row", what=title, count=count))
    if counted.codes:
        codes = ", ".join(f"{code} ({count})" for code, count in counted.codes)
        lines.append(say(language, "stats-codes", codes=codes))
    return Html("\n".join(lines))
