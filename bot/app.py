"""The composition root: builds the parts, wires them, starts them, and stops them in the right order.

The only module of `bot` that knows the handlers, and the owner of all background work. Stop order: intake, then the
worker drains, then the outbox, then the writer, then the connections. Called by `bot/cli.py`.
"""

import asyncio
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from bot.clock import Clock
from bot.conversations import store as conversations
from bot.conversations.floods import store as floods
from bot.conversations.floods.pace import RULE, FloodRule
from bot.diagnostics.key_setup import ReadyCheck, ready
from bot.diagnostics.target import Reach
from bot.dialogue.store import DialogueStorage
from bot.health import HealthServer
from bot.i18n import say
from bot.inbox import store as inbox
from bot.inbox.worker import UnreadableUpdateError, Worker
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.watch import LibraryHolder, Snapshot
from bot.ocr.read import PictureReader
from bot.ocr.tesseract import INSTALL, find_tesseract
from bot.outbox import store as outbox
from bot.outbox.answer import NoAnswerError
from bot.outbox.sender import Adviser, Limits, Sender, TokenRefusedError
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.effects import Effects
from bot.storage.vault import Vault, check_secret
from bot.telegram.api import Api, make_bot
from bot.telegram.desk import Desk
from bot.telegram.diagnosing import Diagnosing
from bot.telegram.edits import addressed, sent_anew
from bot.telegram.flood import FloodMiddleware, FoldSweep
from bot.telegram.forum import Forum
from bot.telegram.menu import set_menu
from bot.telegram.middlewares import KitMiddleware, TalkMiddleware
from bot.telegram.polling import Poller
from bot.telegram.render import cut
from bot.telegram.roles import Roles
from bot.telegram.talk import Kit, alarm
from bot.telegram.webhook import Webhook, WebhookPlan
from bot.triage import Prepared, prepare
from bot.weights import learner
from bot.weights.cache import Cache
from bot.weights.learning_task import Learning
from handlers import build_router
from handlers.errors import apologise, private_sender
from handlers.key_runs import KeyRuns

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 15.0
FLUSH_SECONDS = 5.0
"""How long a stop waits for what can still be sent; the rest stays stored and goes out after the next start."""

KEEP_SETTLED_SECONDS = 3 * 24 * 3600.0
"""Handled updates are remembered so long, to know repeats: Telegram keeps unconfirmed ones for 24 hours."""

DROP_WEBHOOK_SECONDS = 5.0
SWEEP_SECONDS = 3600.0
SILENT_SECONDS = 90.0
"""Not ready when Telegram has not answered a poll for so long (a poll takes 25 seconds)."""

FAULTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """What the operator decided, as plain values: inner code never sees settings."""

    token: str
    api_base: str
    proxy: str | None
    database_path: Path
    kb_dir: Path
    secret: bytes
    staff_chat: int | None
    manager_ids: tuple[int, ...]
    default_language: str
    health_listen: tuple[str, int] | None
    limits: Limits
    webhook: WebhookPlan | None = None
    """None is polling."""
    flood: FloodRule = RULE
    reach: Reach = field(default_factory=Reach)
    """What checks of ours may contact besides public addresses."""
    cache_dir: Path | None = None
    """Where learned weights are kept; None learns them at each start."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What is no setting of ours: addresses and secrets that declared checks name."""


class App:
    """One running bot. `await App.open(plan, clock)`, then `await app.run()` until `stop()`, which signals call."""

    def __init__(self, plan: Plan, clock: Clock, database: Database, holder: LibraryHolder[Prepared]) -> None:
        self._plan = plan
        self._clock = clock
        self._database = database
        self._holder = holder
        self._vault = Vault(plan.secret)
        self._bot: Bot = make_bot(plan.token, plan.api_base, plan.proxy)
        self._api = Api(self._bot)
        self._forum = Forum(database, self._desk)
        adviser = Adviser(
            addressed(self._forum.address, database),
            sent_anew(self._forum.settled, self._vault, clock),
            self._forum.reopen,
            self._forum.waits,
        )
        self._sender = Sender(database, self._vault, clock, self._api.call, plan.limits, adviser=adviser)
        self._roles = Roles(self._api, clock, self._staff_chat, plan.manager_ids, self._named_staff)
        self._worker = Worker(
            database,
            self._vault,
            clock,
            handle=self._handle,
            give_up=self._give_up,
            after_commit=self._committed,
        )
        self._poller = Poller(self._api, database, self._vault, clock, after_commit=self._worker.wake)
        self._webhook: Webhook | None = None
        if plan.webhook is not None:
            self._webhook = Webhook(
                plan.webhook, self._api, database, self._vault, clock, after_commit=self._worker.wake
            )
        self._webhook_left = self._webhook is None
        self._folds = FoldSweep(database, self._vault, clock, plan.flood, after_commit=self._worker.wake)
        self._pictures = PictureReader(find_tesseract())
        self._key_runs = KeyRuns(database, clock, plan.reach, self._kit, after_commit=self._sender.wake)
        self._diagnosing = Diagnosing(database, clock, plan.reach, self._kit, after_commit=self._sender.wake)
        self._learning = Learning(holder, Cache(plan.cache_dir), Prepared.wanted, Prepared.with_learned)
        self._dispatcher = self._make_dispatcher()
        self._stop = asyncio.Event()
        self._kb_fault: str | None = None

    @classmethod
    async def open(cls, plan: Plan, clock: Clock) -> "App":
        """Load and open everything.

        Raises `KnowledgeBaseFaults`, `DatabaseInUseError`, `NewerSchemaError`, `WrongSecretError`.
        """
        vault = Vault(plan.secret)
        cache = Cache(plan.cache_dir)
        holder = await asyncio.to_thread(
            LibraryHolder[Prepared],
            plan.kb_dir,
            lambda library: prepare(library, vault.hash_key, lambda corpus: learner.find(corpus, cache)),
        )
        database = await Database.open(plan.database_path)
        try:
            await check_secret(database, vault)
        except BaseException:
            await database.close()
            raise
        return cls(plan, clock, database, holder)

    def stop(self) -> None:
        """Begin an orderly stop."""
        self._stop.set()

    async def run(self) -> None:
        """Run until stopped.

        Raises `TokenRefusedError` where Telegram refuses the token, `WebhookAddressError` and `OSError` where the
        address of the webhook, or of the health server, cannot be had.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        health = HealthServer(self._plan.health_listen, self._checks()) if self._plan.health_listen else None
        if self._pictures.tesseract is None:
            log.warning("pictures.not_read", missing="tesseract", mend=INSTALL)
        try:
            if health is not None:
                await health.start()
            if self._webhook is not None:
                await self._webhook.start()
            await self._run_all()
        except* TokenRefusedError as group:
            raise TokenRefusedError(str(group.exceptions[0])) from None
        finally:
            if self._webhook is not None:
                await self._webhook.close()
            if health is not None:
                await health.stop()
            await self._database.close()
            await self._api.close()
            log.info("stopped")

    async def _run_all(self) -> None:
        # Before anything is handled: what the staff wrote in a group that has moved must find its desk.
        self._sender.moves.update(await self._database.read(outbox.moves))
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._sender.run())
            working = tasks.create_task(self._worker.run())
            taking_in = tasks.create_task(self._take_in())
            background = [
                tasks.create_task(self._holder.watch(on_swap=self._swapped, on_fault=self._faulty, stop=self._stop)),
                tasks.create_task(self._learning.run()),
                tasks.create_task(self._set_menu()),
                tasks.create_task(self._sweep()),
                tasks.create_task(self._folds.run()),
                tasks.create_task(self._key_runs.run()),
                tasks.create_task(self._diagnosing.run()),
            ]
            library = self._holder.current.library
            log.info("started", articles=len(library.articles), kb=library.revision[:19])
            await self._stop.wait()
            log.info("stopping")
            (self._webhook or self._poller).stop()
            await taking_in
            self._worker.stop()
            # A database that cannot be written would hold the stop up for ever; what waits is handled after the start.
            await asyncio.wait([working], timeout=DRAIN_SECONDS)
            await self._flush()
            self._sender.stop()
            await sending
            for task in (working, *background):
                task.cancel()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + FLUSH_SECONDS
        while loop.time() < deadline:
            waiting = await self._database.read(outbox.depth)
            if not waiting:
                return
            self._sender.wake()
            await asyncio.sleep(0.05)

    # Handling one update.

    def _make_dispatcher(self) -> Dispatcher:
        dispatcher = Dispatcher(
            storage=DialogueStorage(self._database),
            database=self._database,
            forum=self._forum,
            roles=self._roles,
            pictures=self._pictures,
        )
        kit = KitMiddleware(
            self._vault,
            self._holder,
            self._clock,
            self._staff_chat,
            self._plan.manager_ids,
            self._key_check,
            self._diagnosing,
        )
        talk = TalkMiddleware(self._database, self._plan.default_language)
        dispatcher.include_router(
            build_router(kit, talk, FloodMiddleware(self._database, self._plan.flood, self._roles.is_staff))
        )
        return dispatcher

    def _committed(self) -> None:
        self._sender.wake()
        self._diagnosing.wake()

    def _staff_chat(self) -> int | None:
        chat = self._plan.staff_chat
        return None if chat is None else self._sender.moves.get(chat, chat)

    def _desk(self) -> Desk | None:
        chat = self._staff_chat()
        return None if chat is None else Desk(chat, self._holder.current.library, self._vault, self._clock.now())

    def _named_staff(self) -> frozenset[int]:
        return frozenset(self._holder.current.library.desk.roles.staff)

    async def _handle(self, raw: Mapping[str, Any], effects: Effects) -> None:
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            raise UnreadableUpdateError(f"{error.error_count()} fields do not fit") from error
        if not any(getattr(update, name) for name in Update.model_fields if name != "update_id"):
            # aiogram would warn of it with the whole update in its words, and that is the customer's.
            raise UnreadableUpdateError("it is of no kind that this version knows")
        self._follow_migration(raw)
        await self._dispatcher.feed_update(self._bot, update, effects=effects)

    def _follow_migration(self, raw: Mapping[str, Any]) -> None:
        message = raw.get("message")
        new = message.get("migrate_to_chat_id") if isinstance(message, Mapping) else None
        if isinstance(message, Mapping) and isinstance(new, int) and message["chat"]["id"] == self._staff_chat():
            self._sender.moves[message["chat"]["id"]] = new

    async def _give_up(self, update_id: int, raw: Mapping[str, Any], _reason: str, effects: Effects) -> None:
        customer = private_sender(raw)
        known = (
            await self._database.read(lambda db: conversations.find_person(db, customer))
            if customer is not None
            else None
        )
        if update_id < 0 and customer is not None:
            effects.add(floods.forget_fold(customer))
        apologise(self._kit(effects), update_id, raw, known.language if known else None)

    def _kit(self, effects: Effects) -> Kit:
        prepared = self._holder.current.prepared
        return Kit(
            effects,
            self._vault,
            prepared,
            self._clock.now(),
            self._staff_chat(),
            self._plan.manager_ids,
            key_check=self._key_check,
            checks=self._diagnosing,
        )

    def _key_check(self, product: str) -> ReadyCheck | None:
        checks = self._holder.current.library.checks.get(product)
        return None if checks is None else ready(product, checks, self._plan.environment, self._plan.reach)

    # Background work.

    async def _swapped(self, _old: Snapshot[Prepared], new: Snapshot[Prepared]) -> None:
        self._learning.swapped()
        log.info("kb.swapped", articles=len(new.library.articles), kb=new.library.revision[:19])
        if self._kb_fault is not None:
            self._kb_fault = None
            await self._tell_operator("kb-mended")

    async def _faulty(self, faults: KnowledgeBaseFaults) -> None:
        lines = [str(fault) for fault in faults.faults]
        self._kb_fault = f"{len(lines)} faults, first: {lines[0]}"
        log.error("kb.faulty", count=len(lines), first=lines[0])
        shown = "\n".join(cut(line, 300) for line in lines[:FAULTS_SHOWN])
        await self._tell_operator("kb-faults", count=len(lines), faults=shown)

    async def _tell_operator(self, key: str, **arguments: str | float) -> None:
        effects = Effects()
        alarm(self._kit(effects), say(self._plan.default_language, key, **arguments))
        try:
            await self._database.write(effects.apply)
        except StorageUnavailableError as error:
            log.critical("storage.unavailable", fault=str(error))
        self._sender.wake()

    async def _take_in(self) -> None:
        if self._webhook is not None:
            await self._webhook.run()
            return
        # First, for every poll is refused while a webhook is set; where it fails, `_set_menu` tries again.
        fault = await self._drop_webhook()
        if fault is not None:
            log.warning("webhook.not_dropped", fault=fault)
        await self._poller.run()

    async def _drop_webhook(self) -> str | None:
        """Take away a webhook that was left set, and return what went wrong; what it has not delivered is polled."""
        try:
            answer = await self._api.call("deleteWebhook", {"drop_pending_updates": False}, DROP_WEBHOOK_SECONDS)
        except NoAnswerError as error:
            return str(error)
        self._webhook_left = not answer.ok
        return None if answer.ok else answer.description

    async def _set_menu(self) -> None:
        """Set the menu, and take away a webhook where that failed at start; again later where either fails."""
        pause = 1.0
        while True:
            try:
                refusal = await set_menu(self._api, self._plan.default_language)
                fault = refusal.description if refusal is not None else None
            except NoAnswerError as error:
                fault = str(error)
            if self._webhook_left:
                fault = await self._drop_webhook() or fault
            if fault is None:
                return
            log.warning("menu.not_set", fault=fault, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 300.0)

    async def _sweep(self) -> None:
        while True:
            before = self._clock.now() - KEEP_SETTLED_SECONDS
            paces = floods.forget_paces(self._clock.now() - SWEEP_SECONDS)
            for op in (inbox.forget_handled(before), outbox.forget_settled(before), paces):
                try:
                    await self._database.write(op)
                except StorageUnavailableError as error:
                    log.warning("sweep.failed", fault=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    # Readiness.

    def _checks(self) -> Mapping[str, Callable[[], Any]]:
        async def telegram() -> str | None:
            if self._webhook is not None:
                return self._webhook.fault
            last = self._poller.last_success
            if last is None:
                return "Telegram has not answered yet"
            silent = self._clock.now() - last
            return f"Telegram has not answered for {silent:.0f} s" if silent > SILENT_SECONDS else None

        return {"telegram": telegram, "database": self._database.check}
