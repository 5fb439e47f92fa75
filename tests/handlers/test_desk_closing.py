"""A ticket that is closed while a message of its customer is being handled: the bot answers, nothing is swallowed."""

import pytest

from bot.sandbox import Person
from bot.telegram.talk import Talk
from bot.tickets import store
from bot.triage import Triaged
from handlers.question import understand
from tests.handlers.desk_talk import Desk
from tests.handlers.stand import Stand


async def test_a_message_that_meets_the_close_is_answered_by_the_bot(
    stand: Stand, ann: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.says("/human")
    await stand.quiet()
    topic = desk.topic(ann)
    closed: list[bool] = []

    async def closing(talk: Talk, words: str) -> Triaged:
        database = stand.running._database
        closed.append(await database.write(lambda db: store.close(db, 1, 5, talk.now)))
        return await understand(talk, words)

    monkeypatch.setattr("handlers.desk.understand", closing)
    await ann.says("ошибка 7001")
    await stand.quiet()
    assert closed == [True]
    assert ann.replies[-1].text.startswith("Кончилась бумага")
    assert desk.lines(topic) == []
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]
    assert await stand.rows("SELECT count(*) FROM messages WHERE text = 'ошибка 7001'") == [(1,)]
