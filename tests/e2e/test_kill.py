"""`kill -9` at any moment: nothing acknowledged is lost, order per chat is kept, doubles stay inside their window."""

import random
import sqlite3
from collections.abc import Callable
from itertools import groupby

from bot.sandbox import FaultKind, Person, Sandbox
from bot.sandbox.process import BotProcess
from tests.e2e.conftest import PROBLEMS, code_of

DEADLINE = 60.0
CUSTOMERS = 5
KILLS = 3


def titles(person: Person) -> list[str]:
    return [reply.text.partition("\n")[0] for reply in person.replies]


def lost_answers(sandbox: Sandbox, person: Person) -> int:
    return sum(call.fault == FaultKind.DROP_AFTER.value and call.chat_id == person.id for call in sandbox.calls)


async def test_nothing_is_lost_and_doubles_stay_in_their_window(sandbox: Sandbox, bot: BotProcess) -> None:
    dice = random.Random(20261122)
    people = [sandbox.user(f"Клиент {number}") for number in range(CUSTOMERS)]

    async def send(problems: list[str]) -> None:
        for problem in problems:
            for person in people:
                await person.says(f"ошибка {code_of(problem)}")

    def sent() -> int:
        return sum(len(person.replies) for person in people)

    def until(count: int) -> Callable[[], bool]:
        return lambda: sent() >= count

    for kind in (FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE, FaultKind.HTML_502, FaultKind.ERROR):
        sandbox.fail("sendMessage", kind, chat=dice.choice(people), times=1)
    sandbox.flood("sendMessage", 1, chat=dice.choice(people))
    sandbox.fail("getUpdates", FaultKind.DROP_AFTER, times=1)

    await send(PROBLEMS[:8])
    await bot.start()
    # First: accepted, and as good as nothing handled.
    await sandbox.wait_for(lambda: not sandbox.world.queue.ready, DEADLINE, "the updates were not accepted")
    await bot.restart()
    for wave, problems in enumerate((PROBLEMS[8:12], PROBLEMS[12:16]), 1):
        await send(problems)
        sandbox.fail("sendMessage", FaultKind.DROP_AFTER, chat=dice.choice(people), times=1)
        await sandbox.wait_for(until(min(sent() + dice.randrange(1, 18), 80)), DEADLINE, f"wave {wave}: no answers")
        await bot.restart()
    # Last: asked to stop as soon as all is accepted, the bot first answers it.
    await send(PROBLEMS[16:])
    await sandbox.wait_for(lambda: not sandbox.world.queue.ready, DEADLINE, "the last updates were not accepted")
    assert await bot.terminate() == 0

    for person in people:
        heard = titles(person)
        assert [title for title, _ in groupby(heard)] == PROBLEMS, f"order of {person.user.first_name}"
        doubles = len(heard) - len(PROBLEMS)
        assert doubles <= KILLS + lost_answers(sandbox, person), f"doubles of {person.user.first_name}: {heard}"
    with sqlite3.connect(bot.settings["DATABASE_PATH"]) as database:
        counts = dict(database.execute("SELECT state, count(*) FROM inbox GROUP BY state"))
        waiting = database.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()[0]
        dead = database.execute("SELECT count(*) FROM dead_letters").fetchone()[0]
    database.close()
    assert counts == {"done": CUSTOMERS * len(PROBLEMS)}
    assert (waiting, dead) == (0, 0)
    assert sandbox.token not in bot.logs()
    assert sandbox.token.partition(":")[2] not in bot.logs()
    assert "ошибка 61" not in bot.logs()


async def test_a_handover_survives_a_kill_with_one_card(sandbox: Sandbox, bot: BotProcess) -> None:
    ann = sandbox.user("Анна")
    forum = int(bot.settings["STAFF_CHAT_ID"])
    await bot.start()
    await ann.says("ошибка 6101")
    await ann.hears("Задача номер 01")
    sandbox.fail("sendMessage", FaultKind.DROP_BEFORE, chat=forum, times=None)
    await ann.says("/human")
    await sandbox.wait_for(
        lambda: any(call.fault and call.chat_id == forum for call in sandbox.calls), DEADLINE, "no card was tried"
    )
    await bot.kill()
    sandbox.clear_faults()
    await bot.start()
    await sandbox.wait_for(lambda: bool(sandbox.messages(forum)), DEADLINE, "the card is lost")
    pressed = await ann.presses("Не помогло")
    await sandbox.wait_for(lambda: pressed.answer is not None, DEADLINE, "the press was not answered")
    assert await bot.terminate() == 0
    cards = [message.text for message in sandbox.messages(forum) if message.text.startswith("🟪")]
    assert len(cards) == 1
    assert "Вопрос: ошибка 6101" in cards[0]
