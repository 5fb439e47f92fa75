"""`kill -9` while customers and staff talk: nothing lost or misrouted, one live topic a ticket, doubles in their window."""

import random
import re
import sqlite3
from contextlib import closing
from itertools import groupby

from bot.sandbox import Chat, FaultKind, Message, Person, Sandbox
from bot.sandbox.process import BotProcess
from tests.e2e.bots import until

DEADLINE = 60.0
CUSTOMERS, KILLS, LINES, REPLIES = 6, 5, 3, 2
SEED = 20261123


def own_line(message: Message) -> str | None:
    """Return the customer's words that a message of the bot in a topic passes on, or None for a line of the bot's."""
    found = re.fullmatch(r"(?:👤 )?(\d-\d+)", message.text)
    return found[1] if found and message.by_bot else None


class Talk:
    """What was said on either side, and the people who say it."""

    def __init__(self, sandbox: Sandbox, forum: Chat) -> None:
        self.sandbox = sandbox
        self.forum = forum
        self.dice = random.Random(SEED)
        self.customers = [sandbox.user(f"Клиент-{number}") for number in range(CUSTOMERS)]
        self.staff = [sandbox.user("Ира"), sandbox.user("Олег")]
        for person in self.staff:
            sandbox.join(forum, person)
        self.asked: dict[int, list[str]] = {number: [] for number in range(CUSTOMERS)}
        self.answered: dict[int, list[str]] = {number: [] for number in range(CUSTOMERS)}
        self.deleted: set[int] = set()

    def topics(self, number: int) -> list[int]:
        """Return the living topics of a customer, those that are one too many included."""
        return [topic.id for topic in self.forum.topics.values() if topic.name.endswith(f"Клиент-{number}")]

    async def customers_write(self) -> None:
        for _ in range(LINES):
            for number, person in enumerate(self.customers):
                text = f"{number}-{len(self.asked[number])}"
                self.asked[number].append(text)
                if self.dice.random() < 0.3:
                    self.sandbox.sends_photo(person, caption=text)
                else:
                    await person.says(text)

    def staff_write(self) -> None:
        for number in range(CUSTOMERS):
            for _ in range(REPLIES):
                topics = self.topics(number)
                if topics:
                    text = f"ответ {number}-{len(self.answered[number])}"
                    self.answered[number].append(text)
                    who, topic = self.dice.choice(self.staff), self.dice.choice(topics)
                    self.sandbox.says(who, text, chat=self.forum, topic=topic)

    def delete_topic(self, number: int) -> None:
        """Delete a customer's topics; what was passed on into them is gone with them."""
        for topic in self.topics(number):
            self.sandbox.deletes_topic(self.forum, topic)
        self.deleted.add(number)

    def break_things(self) -> None:
        for kind in (FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE, FaultKind.HTML_502, FaultKind.ERROR):
            chat: Chat | Person = self.dice.choice([self.forum, *self.customers])
            self.sandbox.fail(self.dice.choice(["sendMessage", "copyMessage", "*"]), kind, chat=chat)
        self.sandbox.flood("*Message", 1, chat=self.forum)
        self.sandbox.fail("getUpdates", FaultKind.DROP_AFTER)

    def lost_answers(self, chat: int, method: str = "") -> int:
        dropped = [call for call in self.sandbox.calls if call.fault == FaultKind.DROP_AFTER.value and call.carried_out]
        return sum(call.chat_id == chat and call.method.startswith(method) for call in dropped)


def rows(bot: BotProcess, sql: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(bot.settings["DATABASE_PATH"])) as database:
        return list(database.execute(sql).fetchall())


async def test_customers_and_staff_reach_each_other_through_kills(sandbox: Sandbox, bot: BotProcess) -> None:
    forum = sandbox.chat(int(bot.settings["STAFF_CHAT_ID"]))
    talk = Talk(sandbox, forum)
    sandbox.fail("createForumTopic", FaultKind.DROP_AFTER)
    for person in talk.customers:
        await person.says("/human касса не печатает")
    await bot.start()
    for wave in range(KILLS):
        await talk.customers_write()
        talk.staff_write()
        talk.break_things()
        if wave == 3:
            talk.delete_topic(5)
            kept_from = len(talk.asked[5])
        calls = len(sandbox.calls)
        some = calls + talk.dice.randrange(1, 50)
        await sandbox.wait_for(lambda some=some: len(sandbox.calls) >= some, DEADLINE, f"wave {wave}: nothing happens")
        await bot.restart()
    sandbox.clear_faults()
    await talk.customers_write()
    await until(lambda: all(talk.topics(number) for number in range(CUSTOMERS)), "a customer has no topic")
    talk.staff_write()
    await until(
        lambda: (
            not sandbox.world.queue.ready
            and rows(bot, "SELECT count(*) FROM inbox WHERE state = 'waiting'") == [(0,)]
            and rows(bot, "SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)]
        ),
        "the bot does not come to rest",
    )
    assert await bot.terminate() == 0

    tickets = {
        user: topic for user, topic in rows(bot, "SELECT user_id, topic_id FROM tickets WHERE state != 'closed'")
    }
    assert len(tickets) == CUSTOMERS
    passed_on_twice = 0
    for number, person in enumerate(talk.customers):
        home = tickets[person.id]
        assert home in talk.topics(number)
        for stray in set(talk.topics(number)) - {home}:
            assert [
                message for message in sandbox.messages(forum, stray) if message.by_bot and not message.service
            ] == []
        in_topic = [line for message in sandbox.messages(forum, home) if (line := own_line(message))]
        expected = talk.asked[number]
        if number in talk.deleted:
            in_topic = [line for line in in_topic if line in expected[kept_from:]]
            expected = expected[kept_from:]
        assert [line for line, _ in groupby(in_topic)] == expected, f"topic of {number}"
        passed_on_twice += len(in_topic) - len(expected)

        replies = [reply.text for reply in person.replies if reply.text.startswith("ответ ")]
        once = [text for text, _ in groupby(replies)]
        # What lay in a topic that was deleted before it went out is gone; the staff are told of each.
        named = [message for message in sandbox.messages(forum, home) if message.text.startswith("💔 Не доставлено")]
        gone = named if number in talk.deleted else []
        assert once == [text for text in talk.answered[number] if text in once], f"replies to {number}"
        assert len(talk.answered[number]) - len(once) <= len(gone), f"replies to {number}: {once}"
        assert len(replies) - len(once) <= KILLS + talk.lost_answers(person.id)
    assert passed_on_twice <= KILLS + talk.lost_answers(forum.id)

    strays = rows(bot, "SELECT topic_id, told FROM stray_topics")
    made = [call for call in sandbox.calls_of("createForumTopic") if call.carried_out]
    assert len(made) - CUSTOMERS - len(talk.deleted) <= KILLS + talk.lost_answers(forum.id, "createForumTopic")
    living = {topic for number in range(CUSTOMERS) for topic in talk.topics(number)} - set(tickets.values())
    assert living <= {topic for topic, told in strays if told}
    assert living, "no topic was one too many, so nothing was seen of them"
    texts = "\n".join(message.text for message in sandbox.messages(forum))
    assert all(f"лишняя тема #{topic}." in texts for topic in living)
    assert rows(bot, "SELECT count(*) FROM dead_letters") == [(0,)]
    assert rows(bot, "SELECT count(*) FROM inbox WHERE state = 'dead'") == [(0,)]
