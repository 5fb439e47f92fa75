"""Sends what waits in the outbox: in order and one call at a time per chat, within Telegram's limits, until it ends.

Decides when a call goes out and what its answer leads to; what the answers mean stands in `answer.py`. A call is sent
twice only where the process dies, or the answer is lost, between Telegram's success and our commit.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from operator import attrgetter
from typing import Any, TypeVar

import structlog
from sqlite_utils import Database as Db

from bot.clock import Clock
from bot.outbox import store
from bot.outbox.answer import Answer, NoAnswerError, Verdict, judge, plain
from bot.outbox.pace import Pace
from bot.outbox.store import Row
from bot.storage.database import Database, Op, StorageUnavailableError
from bot.storage.vault import Vault, WrongSecretError

log = structlog.get_logger(__name__)

T = TypeVar("T")

AHEAD = 1000
"""Calls held in memory at the most; the rest waits in the database."""

LANE_AHEAD = 500
"""Of these at the most for one chat: a group that is shut to us for a day must not hold up every customer."""

PACES = 2000
"""Chats whose last calls are remembered; above this the idle ones are forgotten."""

BACKOFF_FIRST, BACKOFF_LONGEST = 0.5, 30.0
DOUBLINGS = 10
"""The pause stops growing long before; a power without a bound would overflow after some hours without Telegram."""
EXPRESS_ATTEMPTS = 3
STORAGE_PAUSE = 1.0

Transport = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]
"""Carries out one Bot API call; raises `NoAnswerError` where no answer of the Bot API came back."""


class TokenRefusedError(Exception):
    """Telegram does not know the bot's token: nothing can be sent until the operator mends that."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's limits as it is known to apply them; settings, for it does not publish them.

    `second` is how many seconds a second of these limits lasts: 1, but less in a test that must not wait.
    """

    overall_per_second: float = 30
    chat_per_second: float = 1
    group_per_minute: float = 20
    second: float = 1.0


_INTO_TOPICS = ("sendMessage", "copyMessage")

_KEPT = (Verdict.REFUSED, Verdict.PLAIN, Verdict.MOVED)
"""Ends that somebody may want to mend and repeat: their payloads go to the dead letters."""


@dataclass(frozen=True, slots=True)
class Adviser:
    """What knows of tickets, which the sender does not.

    `address` fills in what is known only when a call goes out, or returns None where the call has become pointless.
    `settled` returns what the end of a call leads to, and whether a refusal is dealt with thereby (no dead letter).
    `reopen` returns the change that gives a ticket a usable topic again, its waiting calls lined up behind; the change
    returns the id up to which the ticket's earlier calls are replaced by those.
    `waits` tells whether a refusal is only for now: the staff's chat (the number is the one called) has shut us out.
    """

    address: Callable[[Row, dict[str, Any]], Awaitable[dict[str, Any] | None]]
    settled: Callable[[Row, Verdict, Answer], tuple[Op | None, bool]]
    reopen: Callable[[Row, bool], Callable[[Db], int] | None]
    waits: Callable[[Row, int, Answer], bool]


async def _as_it_is(_row: Row, parameters: dict[str, Any]) -> dict[str, Any] | None:
    return parameters


NO_ADVICE = Adviser(
    _as_it_is,
    lambda _row, _verdict, _answer: (None, False),
    lambda _row, _closed: None,
    lambda _row, _chat_id, _answer: False,
)


class _Step(Enum):
    ENDED = auto()
    LEFT = auto()
    """The sender is being stopped; this call and the chat's later ones stay stored for the next start."""
    MOVED = auto()
    """The group has a new id; the call has to be made again, there."""
    LINED_UP = auto()
    """The ticket's calls have been stored again, behind what gives it a topic."""


class Sender:
    """Runs until `stop()`. `adviser` knows of tickets.

    `backoff` is the first and the longest pause in seconds after a fault that is not Telegram's last word.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        transport: Transport,
        limits: Limits,
        *,
        adviser: Adviser = NO_ADVICE,
        backoff: tuple[float, float] = (BACKOFF_FIRST, BACKOFF_LONGEST),
        storage_pause: float = STORAGE_PAUSE,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._transport = transport
        self._limits = limits
        self._adviser = adviser
        self._backoff_first, self._backoff_longest = backoff
        self._storage_pause = storage_pause
        self._overall = Pace.per(limits.overall_per_second, limits.second)
        self._paces: dict[int, tuple[Pace, ...]] = {}
        self._lanes: dict[int, deque[Row]] = {}
        self._left: set[int] = set()
        self._replaced: dict[int, int] = {}
        self._overflowing: set[int] = set()
        """Chats with more waiting than their lane holds: the rest stays stored, and the lane fetches it itself."""
        self._held = 0
        self._last = 0
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self.moves: dict[int, int] = {}

    def wake(self) -> None:
        """Say that the outbox has news."""
        self._news.set()

    def stop(self) -> None:
        """Ask `run` to return once nothing can be sent at once; what waits for a limit or a fault stays stored."""
        self._stopping.set()
        self._news.set()

    async def run(self) -> None:
        """Send until stopped; begins with what an earlier process left waiting. Raises `TokenRefusedError`."""
        try:
            await self._run()
        except ExceptionGroup as group:
            if group.subgroup(TokenRefusedError) is None:
                raise
            raise TokenRefusedError("Telegram refuses the bot's token (401); check BOT_TOKEN") from group

    async def _run(self) -> None:
        self.moves = await self._database.read(store.moves)
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._news.clear()
                rows = await self._fetch()
                for row in rows:
                    self._last = row.id
                    if self._is_replaced(row):
                        continue
                    if row.express:
                        self._held += 1
                        tasks.create_task(self._send_express(row))
                        continue
                    key = self.moves.get(row.chat_id, row.chat_id)
                    if key in self._left or key in self._overflowing:
                        continue
                    self._held += 1
                    lane = self._lanes.get(key)
                    if lane is None:
                        lane = self._lanes[key] = deque([row])
                        tasks.create_task(self._run_lane(key, lane))
                    else:
                        lane.append(row)
                        if len(lane) >= LANE_AHEAD:
                            self._overflowing.add(key)
                if rows:
                    continue
                if self._stopping.is_set() and not self._held:
                    return
                await self._news.wait()

    async def _fetch(self) -> list[Row]:
        room = AHEAD - self._held
        if room <= 0:
            return []
        return await self._read(lambda db: store.waiting_after(db, self._last, room))

    async def _read(self, query: Callable[[Db], list[Row]]) -> list[Row]:
        while True:
            try:
                return await self._database.read(query)
            except StorageUnavailableError:
                await asyncio.sleep(self._storage_pause)

    def _let_go(self, count: int = 1) -> None:
        self._held -= count
        if self._stopping.is_set() or self._held >= AHEAD - count:
            self._news.set()

    async def _run_lane(self, key: int, lane: deque[Row]) -> None:
        while lane:
            old_chat = lane[0].chat_id
            match await self._send(lane[0]):
                case _Step.ENDED:
                    lane.popleft()
                    self._let_go()
                case _Step.LEFT:
                    self._left.add(key)
                    self._let_go(len(lane))
                    lane.clear()
                case _Step.LINED_UP:
                    self._drop_replaced(lane)
                case _Step.MOVED:
                    # Before anything is awaited: what the new id brings must find this lane, or wait in its own.
                    del self._lanes[key]
                    if key in self._overflowing:
                        self._overflowing = self._overflowing - {key} | {self.moves[old_chat]}
                    key = self.moves[old_chat]
                    other = self._lanes.get(key)
                    if other is not None:
                        _merge(other, lane)
                        await self._store(store.moved(old_chat, key))
                        return
                    self._lanes[key] = lane
                    await self._store(store.moved(old_chat, key))
            if not lane and key in self._overflowing and key not in self._left:
                await self._feed(key, lane)
        del self._lanes[key]

    async def _feed(self, key: int, lane: deque[Row]) -> None:
        """Fetch what waits for a chat whose lane is empty now; what is not seen yet comes in the common way."""
        chats = [key, *(old for old, new in self.moves.items() if new == key)]
        while True:
            seen = self._last
            rows = await self._read(lambda db: store.waiting_for(db, chats, seen, LANE_AHEAD))  # noqa: B023 - awaited
            if len(rows) < LANE_AHEAD and seen == self._last:
                self._overflowing.discard(key)
            elif not rows:
                continue
            rows = [row for row in rows if not self._is_replaced(row)]
            self._held += len(rows)
            lane.extend(rows)
            if rows or key not in self._overflowing:
                return

    def _is_replaced(self, row: Row) -> bool:
        """Return whether a call was stored again, behind another; a read that was under way then still shows it."""
        in_group = row.ticket_id is not None and row.chat_id < 0 and not row.express
        return in_group and row.id <= self._replaced.get(row.ticket_id or 0, 0)

    def _drop_replaced(self, lane: deque[Row]) -> None:
        # Only those: what replaces them, and what was posted meanwhile, may stand in the lane already.
        kept = [row for row in lane if not self._is_replaced(row)]
        self._let_go(len(lane) - len(kept))
        lane.clear()
        lane.extend(kept)
        self._news.set()

    async def _pause(self, seconds: float) -> bool:
        """Wait; False where the sender is being stopped, for then what waits stays stored."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return True
        return False

    async def _send(self, row: Row) -> _Step:  # noqa: C901, PLR0911, PLR0912 - one arm a verdict
        """Bring one call to its end, or say why it has none yet."""
        try:
            parameters = self._vault.open(row.payload)
        except WrongSecretError as error:
            await self._end(row, Verdict.REFUSED, Answer(ok=False, code=0, description=f"unreadable: {error}"))
            return _Step.ENDED
        chat_id = self.moves.get(row.chat_id, row.chat_id)
        if "chat_id" in parameters:
            parameters["chat_id"] = chat_id
        attempt = 0
        while True:
            addressed = await self._address(row, parameters)
            if addressed is None:
                await self._end(row, Verdict.POINTLESS, Answer(ok=False, code=0, description="has become pointless"))
                return _Step.ENDED
            if not await self._await_turn(chat_id):
                return _Step.LEFT
            try:
                answer = await self._transport(row.method, addressed)
            except NoAnswerError as error:
                answer = Answer(ok=False, code=502, description=str(error))
            verdict, new_chat = judge(answer), answer.migrate_to
            if not answer.ok and self._adviser.waits(row, chat_id, answer):
                verdict = Verdict.AGAIN
            match verdict:
                case Verdict.WAIT:
                    log.warning("send.flood", row=row.id, seconds=answer.retry_after)
                    if not await self._pause(answer.retry_after):
                        return _Step.LEFT
                case Verdict.AGAIN:
                    pause = self._backoff_first * 2 ** min(attempt, DOUBLINGS)
                    pause = min(self._backoff_longest, pause) * random.uniform(0.5, 1.0)
                    log.warning("send.again", row=row.id, fault=answer.description, seconds=round(pause, 1))
                    attempt += 1
                    if not await self._pause(pause):
                        return _Step.LEFT
                case Verdict.PLAIN if "parse_mode" in parameters:
                    log.error("send.formatting_refused", row=row.id, method=row.method, fault=answer.description)
                    parameters = plain(parameters)
                case Verdict.MOVED if new_chat is not None and chat_id < 0 and new_chat not in (chat_id, row.chat_id):
                    # Only groups move: an answer about another chat of the call must not redirect a customer's.
                    log.warning("send.group_moved", row=row.id)
                    self._follow(row.chat_id, chat_id, new_chat)
                    return _Step.MOVED
                case Verdict.TOKEN:
                    raise TokenRefusedError("Telegram refuses the bot's token (401); check BOT_TOKEN")
                case Verdict.TOPIC_LOST | Verdict.TOPIC_CLOSED if row.method in _INTO_TOPICS and (
                    op := self._adviser.reopen(row, verdict is Verdict.TOPIC_CLOSED)
                ):
                    log.warning("send.topic_unusable", row=row.id, fault=answer.description)
                    self._replaced[row.ticket_id or 0] = await self._store(op)
                    return _Step.LINED_UP
                case _:
                    await self._end(row, verdict, answer)
                    return _Step.ENDED

    async def _address(self, row: Row, parameters: dict[str, Any]) -> dict[str, Any] | None:
        while True:
            try:
                return await self._adviser.address(row, parameters)
            except StorageUnavailableError:
                await asyncio.sleep(self._storage_pause)

    def _follow(self, named: int, old_chat: int, new_chat: int) -> None:
        self.moves[named] = new_chat
        if new_chat not in self._paces:
            self._paces[new_chat] = self._paces[old_chat]

    async def _await_turn(self, chat_id: int) -> bool:
        loop = asyncio.get_running_loop()
        if len(self._paces) > PACES:
            self._forget_paces(loop.time())
        paces = self._paces.get(chat_id)
        if paces is None:
            own = [Pace.per(self._limits.chat_per_second, self._limits.second)]
            if chat_id < 0:
                own.append(Pace.per(self._limits.group_per_minute, 60 * self._limits.second))
            paces = self._paces[chat_id] = (self._overall, *own)
        while delay := max(pace.delay(loop.time()) for pace in paces):
            if not await self._pause(delay):
                return False
        now = loop.time()
        for pace in paces:
            pace.note(now)
        return True

    def _forget_paces(self, now: float) -> None:
        self._paces = {
            chat_id: paces
            for chat_id, paces in self._paces.items()
            if chat_id in self._lanes or any(pace.delay(now) for pace in paces[1:])
        }

    async def _send_express(self, row: Row) -> None:
        """Answer a button press: at once, outside the limits, and not for ever."""
        try:
            await self._end(row, *await self._express(row))
        finally:
            self._let_go()

    async def _express(self, row: Row) -> tuple[Verdict, Answer]:
        answer = Answer(ok=False, description="not sent")
        try:
            parameters = self._vault.open(row.payload)
        except WrongSecretError as error:
            return Verdict.REFUSED, replace(answer, code=0, description=f"unreadable: {error}")
        for attempt in range(EXPRESS_ATTEMPTS):
            try:
                answer = await self._transport(row.method, parameters)
            except NoAnswerError as error:
                answer = Answer(ok=False, code=502, description=str(error))
            if judge(answer) not in (Verdict.AGAIN, Verdict.WAIT):
                break
            if not await self._pause(min(answer.retry_after, 3.0) or self._backoff_first * 2**attempt):
                break
        return (Verdict.DONE if answer.ok else Verdict.POINTLESS), answer

    async def _end(self, row: Row, verdict: Verdict, answer: Answer) -> None:
        now = self._clock.now()
        more, settled = self._advice(row, verdict, answer)
        if verdict is Verdict.DONE:
            result = answer.result
            telegram_id = result.get("message_id") if isinstance(result, dict) else None
            ops = [store.sent(row, telegram_id if isinstance(telegram_id, int) else None, now)]
        else:
            fault = f"{answer.code} {answer.description}"
            level = logging.ERROR if verdict is Verdict.REFUSED and not settled else logging.WARNING
            log.log(level, "send.ended", row=row.id, method=row.method, fault=fault)
            ops = [store.failed(row, fault, now, keep=verdict in _KEPT and not settled)]
            if verdict is Verdict.UNREACHABLE:
                ops.append(store.unreachable(row.chat_id, answer.description, now))
        if more is None:
            await self._store(_all_of(ops))
            return
        try:
            await self._store(_all_of([*ops, more]))
            self._news.set()
        except Exception:
            # A call that stays waiting because of this would be made again at every start.
            log.exception("send.end_untold", row=row.id)
            await self._store(_all_of(ops))

    def _advice(self, row: Row, verdict: Verdict, answer: Answer) -> tuple[Op | None, bool]:
        try:
            return self._adviser.settled(row, verdict, answer)
        except Exception:
            # As above: what an end leads to must not keep the call from ending.
            log.exception("send.end_untold", row=row.id)
            return None, False

    async def _store(self, op: Callable[[Db], T]) -> T:
        while True:
            try:
                return await self._database.write(op)
            except StorageUnavailableError:
                log.debug("storage.awaited")
                await asyncio.sleep(self._storage_pause)


def _merge(other: deque[Row], lane: deque[Row]) -> None:
    """Put the rows of `lane` among those of `other`, oldest first, behind the one of `other` that is on its way."""
    on_its_way = other.popleft()
    rest = sorted((*other, *lane), key=attrgetter("id"))
    other.clear()
    other.extend((on_its_way, *rest))


def _all_of(ops: list[Op]) -> Op:
    def op(db: Db) -> None:
        for each in ops:
            each(db)

    return op
