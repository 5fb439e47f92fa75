"""The sender against a scripted line: order, limits, what each answer leads to, stopping and dying."""

import asyncio
import shutil
import threading
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database as Db
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.outbox import store
from bot.outbox.answer import Answer, NoAnswerError
from bot.outbox.sender import BACKOFF_FIRST, BACKOFF_LONGEST, Limits, Sender, TokenRefusedError
from bot.outbox.store import Call
from bot.storage.database import Database
from bot.storage.vault import Vault

VAULT = Vault(b"an invented secret of some length")
QUICK = Limits(second=0.0001)
BLOCKED = Answer(ok=False, code=403, description="Forbidden: bot was blocked by the user")
UNPARSED = Answer(ok=False, code=400, description="Bad Request: can't parse entities: unexpected end of tag")
TOO_LONG = Answer(ok=False, code=400, description="Bad Request: message is too long")
BROKEN = Answer(ok=False, code=502, description="Bad Gateway")
NO_ANSWER = NoAnswerError("connection lost")

Logs = list[MutableMapping[str, Any]]


def flood(seconds: float) -> Answer:
    return Answer(ok=False, code=429, description="Too Many Requests", retry_after=seconds)


def moved(new_chat: int) -> Answer:
    return Answer(
        ok=False, code=400, description="Bad Request: group chat was upgraded to a supergroup chat", migrate_to=new_chat
    )


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "bot.db")
    yield database
    await database.close()


@dataclass
class Line:
    """The line to Telegram: answers as scripted for a text, else with success; remembers what was called when."""

    script: dict[str, list[Answer | Exception]] = field(default_factory=dict)
    heard: list[tuple[int, str]] = field(default_factory=list)
    delivered: list[tuple[int, str]] = field(default_factory=list)
    parameters: list[dict[str, Any]] = field(default_factory=list)
    times: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    inside: Counter[int] = field(default_factory=Counter)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)

    async def __call__(self, _method: str, parameters: Mapping[str, Any]) -> Answer:
        chat = parameters.get("chat_id", 0)
        said = parameters.get("text") or parameters.get("callback_query_id") or ""
        self.times[chat].append(asyncio.get_running_loop().time())
        self.heard.append((chat, said))
        self.parameters.append(dict(parameters))
        self.inside[chat] += 1
        if chat:
            assert self.inside[chat] == 1, "two calls at a time into one chat"
        try:
            await asyncio.sleep(0)
            if chat in self.gates:
                await self.gates[chat].wait()
        finally:
            self.inside[chat] -= 1
        answers = self.script.get(said)
        if answers:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        self.delivered.append((chat, said))
        return Answer(ok=True, result={"message_id": len(self.delivered)})


async def post(database: Database, *messages: tuple[int, str], html: bool = False) -> None:
    for chat, text in messages:
        parameters = {"chat_id": chat, "text": text} | ({"parse_mode": "HTML"} if html else {})
        await database.write(store.post(Call(chat, "sendMessage", parameters), VAULT, 100.0))


async def press(database: Database, query: str) -> None:
    call = Call(42, "answerCallbackQuery", {"callback_query_id": query}, express=True)
    await database.write(store.post(call, VAULT, 100.0))


def make(
    database: Database,
    line: Callable[[str, Mapping[str, Any]], Awaitable[Answer]],
    limits: Limits = QUICK,
    backoff: tuple[float, float] = (0.001, 0.002),
) -> Sender:
    return Sender(database, VAULT, SystemClock(), line, limits, backoff=backoff, storage_pause=0.001)


def states(db: Db) -> list[str]:
    return [state for (state,) in db.execute("SELECT state FROM outbox ORDER BY id")]


def letters(db: Db) -> list[tuple[int, str, bytes]]:
    return [tuple(row) for row in db.execute("SELECT origin_id, reason, payload FROM dead_letters ORDER BY id")]


async def until(condition: Callable[[], Awaitable[bool] | bool]) -> None:
    async with asyncio.timeout(10):
        while True:
            met = condition()
            if met if isinstance(met, bool) else await met:
                return
            await asyncio.sleep(0.001)


@asynccontextmanager
async def running(sender: Sender) -> AsyncIterator[None]:
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        yield
        sender.stop()


async def send_all(database: Database, sender: Sender) -> None:
    async def empty() -> bool:
        return await database.read(store.depth) == 0

    async with running(sender):
        sender.wake()
        await until(empty)


# Order


async def test_calls_of_a_chat_go_out_in_order_one_at_a_time(database: Database) -> None:
    line = Line()
    messages = [(chat, f"{n}") for n in range(40) for chat in (1, 2, -3)]
    await post(database, *messages)
    await send_all(database, make(database, line))
    for chat in (1, 2, -3):
        assert [text for to, text in line.delivered if to == chat] == [f"{n}" for n in range(40)]
    assert await database.read(states) == ["sent"] * 120


async def test_a_chat_that_hangs_does_not_hold_up_another(database: Database) -> None:
    line = Line(gates={1: asyncio.Event()})
    await post(database, (1, "a"), (1, "b"), (2, "c"), (2, "d"))
    async with running(make(database, line)):
        await until(lambda: line.delivered == [(2, "c"), (2, "d")])
        assert line.heard.count((1, "a")) == 1
        line.gates.pop(1).set()
        await until(lambda: line.delivered[2:] == [(1, "a"), (1, "b")])


async def test_news_wakes_the_sender(database: Database) -> None:
    line = Line()
    sender = make(database, line)
    async with running(sender):
        await until(lambda: sender._last == 0)
        await post(database, (1, "a"))
        sender.wake()
        await until(lambda: line.delivered == [(1, "a")])


async def test_more_calls_than_fit_in_memory_all_go_out_in_order(database: Database) -> None:
    line = Line()

    def fill(db: Db) -> None:
        for n in range(1300):
            store.post(Call(n % 3, "sendMessage", {"chat_id": n % 3, "text": f"{n}"}), VAULT, 100.0)(db)

    await database.write(fill)
    await send_all(database, make(database, line, Limits(1000, 1000, 1000, second=0.0001)))
    assert len(line.delivered) == 1300
    for chat in range(3):
        assert [text for to, text in line.delivered if to == chat] == [f"{n}" for n in range(1300) if n % 3 == chat]


# Limits


async def test_a_chat_gets_one_message_a_second(database: Database) -> None:
    line = Line()
    await post(database, *((1, f"{n}") for n in range(5)))
    await send_all(database, make(database, line, Limits(second=0.05)))
    gaps = [after - before for before, after in zip(line.times[1], line.times[1][1:], strict=False)]
    assert len(gaps) == 4
    assert min(gaps) > 0.04


async def test_a_group_gets_its_messages_a_minute_and_holds_up_nobody(database: Database) -> None:
    line = Line()
    limits = Limits(overall_per_second=1000, chat_per_second=1000, group_per_minute=3, second=0.003)
    await post(database, *((chat, f"{n}") for n in range(7) for chat in (-5, 5)))
    await send_all(database, make(database, line, limits))
    for first, after in zip(line.times[-5], line.times[-5][3:], strict=False):
        assert after - first > 0.15  # 60 × 0.003 s, less what the machine may blur
    assert line.times[5][-1] - line.times[5][0] < line.times[-5][-1] - line.times[-5][0]


async def test_all_chats_together_keep_the_overall_limit(database: Database) -> None:
    line = Line()
    await post(database, *((chat, "a") for chat in range(1, 13)))
    await send_all(database, make(database, line, Limits(overall_per_second=3, second=0.05)))
    times = sorted(time for chat in line.times.values() for time in chat)
    assert len(times) == 12
    for first, after in zip(times, times[3:], strict=False):
        assert after - first > 0.04


# Answers


async def test_a_flood_answer_pauses_that_chat_only_and_keeps_its_order(database: Database) -> None:
    line = Line(script={"a1": [flood(0.2), flood(0.2)]})
    await post(database, (1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (2, "b2"))
    await send_all(database, make(database, line))
    assert line.delivered == [(2, "b1"), (2, "b2"), (1, "a1"), (1, "a2"), (1, "a3")]
    assert line.heard.count((1, "a1")) == 3
    assert line.times[1][1] - line.times[1][0] > 0.19
    assert line.times[1][2] - line.times[1][1] > 0.19


@pytest.mark.parametrize("fault", [BROKEN, NO_ANSWER, Answer(ok=False, code=500, description="Internal")])
async def test_a_fault_that_passes_is_tried_until_it_has(database: Database, fault: Answer | Exception) -> None:
    line = Line(script={"a": [fault] * 12})
    await post(database, (1, "a"), (1, "b"))
    await send_all(database, make(database, line))
    assert line.heard == [(1, "a")] * 13 + [(1, "b")]
    assert line.delivered == [(1, "a"), (1, "b")]


async def test_a_very_long_outage_does_not_break_the_sender(database: Database) -> None:
    line = Line(script={"a": [NO_ANSWER] * 1100})
    await post(database, (1, "a"))
    await send_all(database, make(database, line, Limits(1000, 1000, second=0.0001), backoff=(1e-9, 1e-6)))
    assert line.delivered == [(1, "a")]
    assert len(line.heard) == 1101


async def test_a_text_that_telegram_cannot_parse_goes_out_plain(database: Database, logs: Logs) -> None:
    line = Line(script={"<b>a</b> &amp; <c": [UNPARSED]})
    await post(database, (1, "<b>a</b> &amp; <c"), (1, "next"), html=True)
    await send_all(database, make(database, line))
    assert line.delivered == [(1, "a & <c"), (1, "next")]
    assert line.parameters[1] == {"chat_id": 1, "text": "a & <c"}
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["send.formatting_refused"]


async def test_a_text_that_is_refused_even_plain_is_kept(database: Database) -> None:
    line = Line(script={"<b>a": [UNPARSED], "a": [UNPARSED]})
    await post(database, (1, "<b>a"), (1, "next"), html=True)
    await send_all(database, make(database, line))
    assert line.delivered == [(1, "next")]
    ((row, reason, payload),) = await database.read(letters)
    assert (row, reason) == (1, "400 Bad Request: can't parse entities: unexpected end of tag")
    assert VAULT.open(payload)["text"] == "<b>a"


async def test_a_blocked_customer_is_marked_and_the_next_call_is_made(database: Database) -> None:
    def know(db: Db) -> None:
        for user in (1, 2):
            db.execute(
                "INSERT INTO users (id, name, language, first_seen, last_seen) VALUES (?, 'Анна', 'ru', 1, 1)", [user]
            )

    await database.write(know)
    line = Line(script={"a": [BLOCKED]})
    await post(database, (1, "a"), (1, "b"), (2, "c"))
    await send_all(database, make(database, line))
    assert await database.read(states) == ["failed", "sent", "sent"]
    assert await database.read(letters) == []
    unreachable = await database.read(
        lambda db: db.execute("SELECT id, unreachable_why FROM users WHERE unreachable_since > 0").fetchall()
    )
    assert unreachable == [(1, "Forbidden: bot was blocked by the user")]


async def test_a_refused_call_goes_to_the_dead_letters_and_stops_nobody(database: Database, logs: Logs) -> None:
    line = Line(script={"a": [TOO_LONG]})
    await post(database, (1, "a"), (1, "b"))
    await send_all(database, make(database, line))
    assert line.heard == [(1, "a"), (1, "b")]
    ((row, reason, payload),) = await database.read(letters)
    assert (row, reason) == (1, "400 Bad Request: message is too long")
    assert VAULT.open(payload) == {"chat_id": 1, "text": "a"}
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert "text" not in logs[0]


async def test_a_refused_token_ends_the_sender_and_loses_nothing(database: Database) -> None:
    line = Line(script={"a": [Answer(ok=False, code=401, description="Unauthorized")]})
    await post(database, (1, "a"), (1, "b"))
    async with asyncio.timeout(10):
        with pytest.raises(TokenRefusedError, match="check BOT_TOKEN"):
            await make(database, line).run()
    assert await database.read(states) == ["waiting", "waiting"]
    await send_all(database, make(database, line))
    assert line.delivered == [(1, "a"), (1, "b")]


async def test_a_damaged_row_is_put_aside_and_stops_nobody(database: Database) -> None:
    line = Line()
    await post(database, (1, "a"), (1, "b"), (2, "c"))
    await press(database, "q")
    await database.write(lambda db: db.execute("UPDATE outbox SET payload = x'00' WHERE id IN (1, 4)"))
    await send_all(database, make(database, line))
    assert sorted(line.delivered) == [(1, "b"), (2, "c")]
    assert sorted(row for row, _, _ in await database.read(letters)) == [1, 4]


# Groups that move


async def test_a_group_that_became_a_supergroup_is_followed_for_good(database: Database) -> None:
    line = Line(script={"a": [moved(-100200)]})
    await post(database, (-5, "a"), (-5, "b"), (7, "c"))
    sender = make(database, line)
    await send_all(database, sender)
    assert [said for said in line.heard if said[0] < 0] == [(-5, "a"), (-100200, "a"), (-100200, "b")]
    assert sender.moves == {-5: -100200}
    await post(database, (-5, "d"))
    later = make(database, line)
    await send_all(database, later)
    assert line.delivered[-1] == (-100200, "d")


async def test_calls_to_the_old_and_the_new_id_of_a_group_are_one_chat(database: Database) -> None:
    # `Line` itself fails where two calls are inside one chat.
    line = Line(script={"a": [moved(-100200)]}, gates={-100200: asyncio.Event()})
    await post(database, (-100200, "x"), (-100200, "y"), (-5, "a"), (-5, "b"), (-100200, "z"))
    sender = make(database, line)

    async def known() -> bool:
        return await database.read(store.moves) == {-5: -100200}

    async with running(sender):
        await until(known)
        await post(database, (-5, "c"), (-100200, "d"))
        sender.wake()
        line.gates.pop(-100200).set()
        await until(lambda: len(line.delivered) == 7)
    assert line.delivered == [(-100200, text) for text in ("x", "y", "a", "b", "z", "c", "d")]


async def test_a_group_that_moves_takes_its_limits_along(database: Database) -> None:
    line = Line(script={"b": [moved(-100200)]})
    await post(database, (-5, "a"), (-5, "b"))
    limits = Limits(overall_per_second=1000, chat_per_second=1000, group_per_minute=2, second=0.003)
    await send_all(database, make(database, line, limits))
    assert line.delivered == [(-5, "a"), (-100200, "b")]
    assert line.times[-100200][0] - line.times[-5][0] > 0.15  # 60 × 0.003 s, less what the machine may blur


async def test_an_answer_about_a_group_does_not_redirect_a_customers_messages(database: Database) -> None:
    line = Line(script={"a": [moved(-100200)]})
    await post(database, (42, "a"), (42, "b"))
    sender = make(database, line)
    await send_all(database, sender)
    assert line.heard == [(42, "a"), (42, "b")]
    assert sender.moves == {}
    assert [row for row, _, _ in await database.read(letters)] == [1]


# Answers to button presses


async def test_a_button_press_is_answered_at_once_beside_a_chat_that_waits(database: Database) -> None:
    line = Line(script={"a": [flood(600)]})
    await post(database, (42, "a"), (42, "b"))
    await press(database, "q1")
    async with running(make(database, line)):
        await until(lambda: (0, "q1") in line.delivered)
    assert await database.read(states) == ["waiting", "waiting", "sent"]


@pytest.mark.parametrize("fault", [NO_ANSWER, BROKEN, flood(0.001)])
async def test_an_answer_to_a_button_press_is_not_tried_for_ever(database: Database, fault: Answer | Exception) -> None:
    line = Line(script={"q1": [fault] * 9})
    await press(database, "q1")
    await send_all(database, make(database, line))
    assert line.heard == [(0, "q1")] * 3
    assert await database.read(states) == ["failed"]
    assert await database.read(letters) == []


async def test_a_press_that_is_too_old_is_over(database: Database) -> None:
    line = Line(script={"q1": [Answer(ok=False, code=400, description="Bad Request: query is too old")]})
    await press(database, "q1")
    await send_all(database, make(database, line))
    assert line.heard == [(0, "q1")]
    assert await database.read(states) == ["failed"]


# Storage


async def test_a_full_disk_after_a_success_doubles_nothing(database: Database, logs: Logs) -> None:
    line = Line()
    await post(database, (1, "a"), (1, "b"))

    def refuse(db: Db) -> None:
        db.execute("CREATE TRIGGER full BEFORE UPDATE ON outbox BEGIN INSERT INTO bulk VALUES (zeroblob(200000)); END")
        db.execute("CREATE TABLE bulk (b)")

    def fill(db: Db) -> None:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    await database.write(refuse)
    await database.write(fill)
    async with running(make(database, line)):
        await until(lambda: len([entry for entry in logs if entry["event"] == "storage.awaited"]) > 3)
        assert line.delivered == [(1, "a")]
        await database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone())
        await until(lambda: line.delivered == [(1, "a"), (1, "b")])
    assert await database.read(states) == ["sent", "sent"]


# Stopping and dying


async def test_stopping_leaves_the_rest_stored_and_the_next_sender_sends_it(database: Database) -> None:
    line = Line()
    await post(database, *((1, f"{n}") for n in range(6)), (2, "a"))
    slow = make(database, line, Limits(second=600.0))
    async with running(slow):
        await until(lambda: len(line.delivered) == 2)
    assert sorted(line.delivered) == [(1, "0"), (2, "a")]
    assert await database.read(store.depth) == 5
    await send_all(database, make(database, line))
    assert [text for chat, text in line.delivered if chat == 1] == ["0", "1", "2", "3", "4", "5"]


async def test_stopping_waits_for_the_call_that_is_on_its_way(database: Database) -> None:
    line = Line(gates={1: asyncio.Event()})
    await post(database, (1, "a"))
    sender = make(database, line)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        task = tasks.create_task(sender.run())
        await until(lambda: line.heard == [(1, "a")])
        sender.stop()
        await asyncio.sleep(0)
        assert not task.done()
        line.gates.pop(1).set()
    assert await database.read(states) == ["sent"]


@pytest.mark.parametrize("fault", [flood(600), NO_ANSWER])
async def test_stopping_does_not_wait_out_a_pause(database: Database, fault: Answer | Exception) -> None:
    line = Line(script={"a": [fault]})
    await post(database, (1, "a"), (1, "b"))
    async with running(make(database, line, backoff=(600.0, 600.0))):
        await until(lambda: line.heard == [(1, "a")])
    assert await database.read(states) == ["waiting", "waiting"]


async def test_what_comes_after_a_chat_was_left_does_not_overtake_it(database: Database) -> None:
    line = Line(script={"a1": [flood(600)]}, gates={2: asyncio.Event()})
    await post(database, (1, "a1"), (2, "b1"))
    sender = make(database, line)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(sender.run())
        await until(lambda: len(line.heard) == 2)
        sender.stop()
        await until(lambda: sender._left == {1})
        await post(database, (1, "a2"), (2, "b2"))
        sender.wake()
        await until(lambda: sender._last == 4)
        line.gates.pop(2).set()
    assert (1, "a2") not in line.heard
    await send_all(database, make(database, line))
    assert [text for chat, text in line.delivered if chat == 1] == ["a1", "a2"]
    assert [text for chat, text in line.delivered if chat == 2] == ["b1", "b2"]


async def test_dying_between_success_and_commit_doubles_one_call_a_chat_at_the_most(
    database: Database, tmp_path: Path
) -> None:
    line = Line()
    chats = (1, 2, 3, -4)
    entered, release = threading.Event(), threading.Event()

    def hold(_: Db) -> None:
        entered.set()
        assert release.wait(20)

    earlier = [(chat, f"{n}") for n in range(2) for chat in chats]
    later = [(chat, f"{n}") for n in range(2, 6) for chat in chats]
    await post(database, *earlier)
    await send_all(database, make(database, line))
    await post(database, *later)
    after = tmp_path / "after"
    after.mkdir()
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        holding = tasks.create_task(database.write(hold))
        await until(entered.is_set)
        # No commit gets through from here on: every chat makes one call, and no other.
        sender = make(database, line)
        tasks.create_task(sender.run())
        await until(lambda: len(line.delivered) >= 12)
        for _ in range(500):
            await asyncio.sleep(0)
        assert sorted(line.delivered[8:]) == [(chat, "2") for chat in sorted(chats)]
        for name in ("bot.db", "bot.db-wal"):
            shutil.copy(database.path.parent / name, after / name)
        release.set()
        await holding
        sender.stop()
    before = Counter(line.delivered[:12])
    line.delivered.clear()
    survivor = await Database.open(after / "bot.db")
    await send_all(survivor, make(survivor, line))
    await survivor.close()
    expected = Counter(earlier) + Counter(later) + Counter((chat, "2") for chat in chats)
    assert before + Counter(line.delivered) == expected


def test_the_pauses_after_a_fault_stay_within_half_a_minute() -> None:
    assert (BACKOFF_FIRST, BACKOFF_LONGEST) == (0.5, 30.0)
