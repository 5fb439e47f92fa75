"""Runs of checks for customers: begun by a press or a command, shown in one message, beside the handling of updates.

Decides when a run begins, how often its message is edited, how many runs there are at a time, and what becomes of those
that an earlier process left. A handler only puts a wish on record, together with its other effects; what follows is
written here in transactions of its own, so that a check holds up nobody's lane. Owned by `bot/app.py`; what is asked
and found is `bot.diagnostics.run`'s, its wording `checklist.py`'s. Both are imported when the first check is shown.
"""

import asyncio
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlite_utils import Database as Db

from bot.clock import Clock
from bot.conversations import store as conversations
from bot.conversations.events import Conversation, Person
from bot.diagnostics import plan
from bot.diagnostics.record import store as record
from bot.diagnostics.record.store import Look, Wish
from bot.diagnostics.target import Reach
from bot.guides import store as guides
from bot.i18n import Html, say
from bot.kb.checks import ProductChecks
from bot.outbox import store as outbox
from bot.outbox.store import Call
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.effects import Effects
from bot.storage.ids import new_id
from bot.telegram import diag_buttons as buttons
from bot.telegram.talk import LIVE, Kit, StepCheck, Talk, alarm

if TYPE_CHECKING:
    from bot.diagnostics.outcome import Run, State
    from bot.diagnostics.run import Runner
    from bot.diagnostics.verdict import Finding
    from bot.telegram.checklist import Row

log = structlog.get_logger(__name__)

INTERVAL: Final = 1.5
"""Seconds between two edits of a message."""

AT_ONCE: Final = 256
"""Runs at a time; the Runner's own cap is on probes, and runs that ask the same share them."""

AGAIN_SECONDS: Final = 1.0
"""Pause after the database failed us."""

WARM_SECONDS: Final = 2.0
"""How long after the start the readers of pasted output are fetched, so that the first customer need not wait."""

ALARM_SECONDS: Final = 30 * 60.0
"""The staff hear of a server that is down once in so long."""


class Asked(Enum):
    """What became of a wish."""

    BEGUN = auto()
    BUSY = auto()
    """The customer has a run under way already."""
    UNKNOWN = auto()
    """The product declares no such check any more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A check that a customer wants, or that we want to make for them: see `Wish`."""

    product: str
    check_id: str
    look: Look = Look.LIST
    article: str | None = None
    guide_run: str | None = None


@dataclass(slots=True)
class _Live:
    """One run that is under way: what was found so far, and when its message was last edited (the loop's clock)."""

    wish: Wish
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    rows: "tuple[Row, ...]" = ()
    changed: bool = False
    edited: float | None = None


class Diagnosing:
    """Runs until cancelled. `kit` makes a kit for effects of our own, `after_commit` wakes the sender."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        reach: Reach,
        kit: Callable[[Effects], Kit],
        *,
        after_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._reach = reach
        self._kit = kit
        self._after_commit = after_commit
        self.interval = INTERVAL
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._live: dict[str, _Live] = {}
        self._asked = 0
        self._news = asyncio.Event()
        self._ready = asyncio.Event()
        self._runner: Runner | None = None
        self._alarmed: dict[str, float] = {}

    # For handlers.

    async def ask(self, talk: Talk, wanted: Wanted, intro: Html | None = None) -> Asked:
        """Begin a run for this customer with the update's effects, and show its message, `intro` above it."""
        await self._ready.wait()
        if await self.running(talk.person.id) is not None:
            return Asked.BUSY
        checks = talk.prepared.library.checks_of(wanted.product)
        declared, leaves = plan.find(checks, wanted.check_id), plan.leaves(checks, wanted.check_id)
        if declared is None or not leaves:
            return Asked.UNKNOWN
        await fetch_words()
        from bot.telegram import diagnosed  # noqa: PLC0415 - heavy, and fetched by now

        wish = Wish(
            new_id(),
            talk.person.id,
            talk.conversation.id,
            wanted.product,
            wanted.check_id,
            "",
            talk.language,
            wanted.look,
            wanted.article,
            wanted.guide_run,
        )
        text = diagnosed.begun(wish, declared, leaves, intro)
        wish = replace(wish, message_id=talk.say(text, [buttons.cancel(talk, wish.id)]))
        talk.effects.add(record.want(wish, talk.now))
        self._asked += 1
        return Asked.BEGUN

    async def start_step(self, talk: Talk, wanted: StepCheck) -> bool:
        """Begin the check of a guide's step; False where the customer has a run under way."""
        article = talk.prepared.library.article(wanted.article)
        product = article.product if article is not None else ""
        about = Wanted(product, wanted.check, article=wanted.article, guide_run=wanted.run_id)
        return await self.ask(talk, about) is Asked.BEGUN

    async def running(self, user_id: int) -> Wish | None:
        """Return the run that a customer has under way, or None."""
        return await self._database.read(lambda db: record.running_of(db, user_id))

    def stop(self, run_id: str) -> bool:
        """End a run as its customer asked; False where it is not under way."""
        live = self._live.get(run_id)
        if live is None or live.stop.is_set():
            return False
        live.stop.set()
        return True

    def tell_staff(self, kit: Kit, product: str, what: str) -> None:
        """Tell the staff what a customer was told of a server of the vendor's, unless they heard so a moment ago."""
        if kit.now - self._alarmed.get(product, 0.0) < ALARM_SECONDS:
            return
        self._alarmed[product] = kit.now
        alarm(kit, say(kit.prepared.library.default_language, "diag-alarm", text=what))

    # Background.

    def wake(self) -> None:
        """Say that something was committed, which may have been a wish."""
        if self._asked > 0:
            self._news.set()

    async def run(self) -> None:
        """End what was left running, then run what is asked for."""
        async with asyncio.TaskGroup() as tasks:
            await self._interrupt()
            self._ready.set()
            tasks.create_task(_warm_up())
            while True:
                await self._news.wait()
                self._news.clear()
                for wish in await self._waiting():
                    if wish.id not in self._live:
                        self._asked = max(0, self._asked - 1)
                        live = self._live[wish.id] = _Live(wish)
                        tasks.create_task(self._fulfil(live))

    async def _waiting(self) -> list[Wish]:
        while True:
            try:
                return await self._database.read(record.running)
            except StorageUnavailableError:
                await asyncio.sleep(AGAIN_SECONDS)

    async def _interrupt(self) -> None:
        while True:
            try:
                await self._end_what_was_left()
            except StorageUnavailableError:
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    async def _end_what_was_left(self) -> None:
        left = await self._database.read(record.running)
        if not left:
            return
        effects = Effects()
        for wish in left:
            effects.add(record.give_up(wish.id, "interrupted", self._clock.now()))
            talk = await self._talk(wish, effects)
            if talk is not None:
                repeat = (talk.label("btn-diag-repeat"), buttons.start(talk, wish.product, wish.check_id, wish.article))
                talk.revise(wish.message_id, talk.text("diag-interrupted"), [repeat])
        await self._database.write(effects.apply)
        self._after_commit()

    async def _fulfil(self, live: _Live) -> None:
        wish = live.wish
        try:
            async with self._slots:
                await self._check(live)
        except StorageUnavailableError:
            # Its row still says that it runs: it is run again, mostly from what is known already.
            log.warning("diagnose.not_written", run=wish.id)
            await asyncio.sleep(AGAIN_SECONDS)
            self._news.set()
        except Exception:
            log.exception("diagnose.failed", run=wish.id, check=wish.check_id)
            await self._drop(wish)
        finally:
            del self._live[wish.id]

    async def _check(self, live: _Live) -> None:
        wish = live.wish
        checks = self._kit(Effects()).prepared.library.checks_of(wish.product)
        if not plan.leaves(checks, wish.check_id):
            await self._drop(wish)
            return
        await fetch_words()
        runner = self._shared_runner()
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            painting = tasks.create_task(self._paint(live, checks)) if wish.look is Look.LIST else None
            run = await runner.run(checks, wish.check_id, _Listener(live, loop.time()), live.stop)
            if painting is not None:
                painting.cancel()
        if live.edited is not None:
            await asyncio.sleep(max(0.0, live.edited + self.interval - loop.time()))
        await self._end(wish, run)

    async def _paint(self, live: _Live, checks: ProductChecks) -> None:
        """Edit the message now and then, while there is something new to show."""
        from bot.telegram import checklist, diagnosed  # noqa: PLC0415 - heavy, and fetched by now

        wish, loop = live.wish, asyncio.get_running_loop()
        live.rows = checklist.blank(plan.leaves(checks, wish.check_id), wish.language)
        effects, markup = Effects(), None
        talk = await self._talk(wish, effects)
        while talk is not None:
            await asyncio.sleep(self.interval)
            if not live.changed or live.stop.is_set():
                continue
            # Stored with the first edit.
            markup = markup or talk.screen([buttons.cancel(talk, wish.id)])
            text = diagnosed.going_on(wish, plan.find(checks, wish.check_id), live.rows)
            effects.add(_post_alone(_edit(wish, text, markup), talk.kit, self._clock.now()))
            live.changed = False
            try:
                await self._database.write(effects.apply)
            except StorageUnavailableError:
                # The end says the same and more.
                log.warning("diagnose.not_written", run=wish.id)
                return
            effects = Effects()
            live.edited = loop.time()
            self._after_commit()

    async def _end(self, wish: Wish, run: "Run") -> None:
        from bot.telegram import diagnosed  # noqa: PLC0415 - heavy, and fetched by now

        effects = Effects()
        talk = await self._talk(wish, effects)
        if talk is None:
            await self._drop(wish)
            return
        known = await self._database.read(lambda db: diagnosed.known(db, wish, talk.now))
        clean = talk.prepared.redactor.clean
        effects.add(lambda db: diagnosed.keep(db, wish, run, clean))
        diagnosed.tell(talk, self, wish, run, known)
        if wish.guide_run is not None and run.worst is not None:
            effects.add(guides.note_check(wish.guide_run, run.worst.finding.verdict.value, talk.now))
        await self._database.write(effects.apply)
        self._after_commit()
        log.info("diagnose.done", check=wish.check_id, status=run.status.value)

    async def _drop(self, wish: Wish) -> None:
        """End a run that came to nothing, and say so."""
        effects = Effects()
        effects.add(record.give_up(wish.id, "cancelled", self._clock.now()))
        try:
            talk = await self._talk(wish, effects)
            if talk is not None:
                talk.revise(wish.message_id, talk.text("diag-came-to-nothing"))
            await self._database.write(effects.apply)
            self._after_commit()
        except StorageUnavailableError:
            log.warning("diagnose.not_written", run=wish.id)

    async def _talk(self, wish: Wish, effects: Effects) -> Talk | None:
        person = await self._database.read(_person(wish.user_id))
        if person is None:
            return None
        talk = Talk(self._kit(effects), wish.user_id, person, Conversation(wish.conversation_id))
        talk.reply_language = wish.language
        return talk

    def _shared_runner(self) -> "Runner":
        from bot.diagnostics.run import Runner  # noqa: PLC0415 - heavy, and fetched by now

        if self._runner is None:
            self._runner = Runner(self._reach, self._clock)
        return self._runner


@dataclass(frozen=True, slots=True)
class _Listener:
    """Notes what a run finds."""

    live: _Live
    begun: float

    def __call__(self, check_id: str, state: "State", finding: "Finding | None") -> None:
        del state
        if finding is None:
            return
        took = (asyncio.get_running_loop().time() - self.begun) * 1000
        self.live.rows = tuple(
            replace(row, finding=finding, elapsed_ms=took) if row.check_id == check_id else row
            for row in self.live.rows
        )
        self.live.changed = True


async def fetch_words() -> None:
    """Import all that a check needs, and the readers of pasted output, without holding the loop for it."""
    await asyncio.to_thread(importlib.import_module, "bot.telegram.diagnosed")


async def _warm_up() -> None:
    await asyncio.sleep(WARM_SECONDS)
    await fetch_words()


def _edit(wish: Wish, text: Html, markup: dict[str, Any]) -> Call:
    parameters = {
        "chat_id": wish.user_id,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": markup,
    }
    return Call(wish.user_id, "editMessageText", parameters, message_id=wish.message_id, purpose=LIVE)


def _post_alone(call: Call, kit: Kit, now: float) -> Callable[[Db], None]:
    """Return the change that posts an edit, unless something for the same message still waits."""
    post = outbox.post(call, kit.vault, now)

    def op(db: Db) -> None:
        if call.message_id is None or not outbox.is_waiting(db, call.message_id, 0):
            post(db)

    return op


def _person(user_id: int) -> Callable[[Db], Person | None]:
    return lambda db: conversations.find_person(db, user_id)
