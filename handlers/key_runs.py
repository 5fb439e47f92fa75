"""Key checks under way: runs what customers have agreed to, beside the handling of updates, and says what came of it.

Decides when a wish is run (at once, eight at a time), and how the verdict is shown; a wish stays in the database until
its result is written, so a restart in between loses nothing. A slow gateway delays no other customer's answer. Started
and owned by `bot/app.py`; the request is `bot.diagnostics.probe_key`'s.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlite_utils import Database as Db

from bot.clock import Clock
from bot.conversations import store as conversations
from bot.conversations.events import Conversation, Person
from bot.conversations.waiting_keys import store
from bot.conversations.waiting_keys.store import KEEP_SECONDS, WaitingKey
from bot.diagnostics.key_rules import CODE, Judged
from bot.diagnostics.key_setup import ABOUT_THE_KEY, ReadyCheck
from bot.diagnostics.target import Reach
from bot.diagnostics.verdict import Light, Verdict, light
from bot.kb.library import expand_code
from bot.storage.database import Database, StorageUnavailableError
from bot.storage.effects import Effects
from bot.storage.vault import WrongSecretError
from bot.telegram.answering import article_buttons, person_button
from bot.telegram.talk import Kit, Talk

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 0.5
"""How often it looks for new wishes."""

AT_ONCE: Final = 8
STORAGE_SECONDS: Final = 1.0
SWEEP_EVERY: Final = 60
"""Looks between two sweeps of keys that have waited too long."""

_UNCHECKED: Final = {
    Verdict.DNS_NO_NAME: "dns",
    Verdict.DNS_SERVER_FAULT: "dns",
    Verdict.DNS_TIMEOUT: "dns",
    Verdict.DNS_HIJACK: "address",
    Verdict.PORT_REFUSED: "refused",
    Verdict.PORT_FILTERED: "timeout",
    Verdict.UNREACHABLE: "timeout",
    Verdict.SLOW: "timeout",
    Verdict.HTTP_ERROR: "http",
    Verdict.SERVICE_DOWN: "http",
    Verdict.PROXY_DENIED: "http",
}
"""What the network says, as the word of a text."""
_WHY: Final = {
    "timeout": "timeout",
    "deadline": "timeout",
    "slow_body": "timeout",
    "too_large": "too_big",
    "redirect_refused": "redirect",
    "redirect_loop": "redirect",
    "undeclared": "address",
    "answer": "answer",
    "no_rule": "answer",
    "own_dns": "dns",
}


class KeyRuns:
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
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._running: set[str] = set()
        self._settled: set[str] = set()
        """Wishes that are fulfilled; a look that began before may still have seen them."""

    async def run(self) -> None:
        """Look for wishes again and again, and run them."""
        looks = 0
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    rows = await self._database.read(store.wanted)
                    if looks % SWEEP_EVERY == 0:
                        await self._sweep()
                except StorageUnavailableError:
                    # The database says so itself; the wishes wait in it.
                    rows = []
                looks += 1
                self._settled &= {row.id for row in rows}
                for row in rows:
                    if row.id not in self._running | self._settled:
                        self._running.add(row.id)
                        tasks.create_task(self._fulfil(row))
                await asyncio.sleep(LOOK_SECONDS)

    async def _sweep(self) -> None:
        now = self._clock.now()
        if await self._database.read(lambda db: store.has_old(db, now)):
            await self._database.write(store.erase_old(now))

    async def _fulfil(self, row: WaitingKey) -> None:
        try:
            async with self._slots:
                effects = await self._attempt(row)
            effects.add(store.erase(row.id))
            await self._write(effects)
            self._settled.add(row.id)
            self._after_commit()
        except StorageUnavailableError:
            # Nothing was asked yet; the wish waits in the database.
            return
        except Exception as error:  # noqa: BLE001 - one wish that fails must not end the others
            log.error("key_check.not_told", fault=type(error).__name__)  # noqa: TRY400 - a trace could hold the key
            bare = Effects()
            bare.add(store.erase(row.id))
            await self._write(bare)
            self._settled.add(row.id)
        finally:
            self._running.discard(row.id)

    async def _attempt(self, row: WaitingKey) -> Effects:
        try:
            return await self._checked(row)
        except StorageUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - the customer waits for a word
            # Its type alone: a trace, or the error's own words, could hold the key.
            log.error("key_check.failed", fault=type(error).__name__)  # noqa: TRY400
            effects = Effects()
            talk = await self._talk(row, effects)
            if talk is not None:
                say_unchecked(talk, row.masked, "other")
            return effects

    async def _write(self, effects: Effects) -> None:
        """Write a result, however long that takes: the gateway is not asked twice because a disk is full."""
        while True:
            try:
                await self._database.write(effects.apply)
            except StorageUnavailableError:
                await asyncio.sleep(STORAGE_SECONDS)
            else:
                return

    async def _checked(self, row: WaitingKey) -> Effects:
        effects = Effects()
        talk = await self._talk(row, effects)
        if talk is None:
            return effects
        now = self._clock.now()
        check = talk.kit.key_check(row.product)
        try:
            key = row.key(talk.kit.vault)
        except WrongSecretError:
            key = ""
        if not key or now - row.at > KEEP_SECONDS:
            talk.say(talk.text("key-again"))
        elif check is None:
            talk.say(talk.text("key-check-off"))
        else:
            today = datetime.fromtimestamp(now, UTC).date()
            from bot.diagnostics.probe_key import check_key  # noqa: PLC0415 - the network's libraries take long to import

            judged = await check_key(check, key, self._reach, today)
            log.info("key_check.done", verdict=judged.finding.verdict.value)
            show_result(talk, row.masked, check, judged)
        return effects

    async def _talk(self, row: WaitingKey, effects: Effects) -> Talk | None:
        person = await self._database.read(_person(row.user_id))
        if person is None:
            return None
        talk = Talk(self._kit(effects), row.chat_id, person, Conversation(row.conversation_id))
        talk.reply_language = row.language
        return talk


def _person(user_id: int) -> Callable[[Db], Person | None]:
    return lambda db: conversations.find_person(db, user_id)


def show_result(talk: Talk, masked: str, check: ReadyCheck, judged: Judged) -> None:
    """Say what a check found, with the article it leads to."""
    verdict = judged.finding.verdict
    if verdict not in ABOUT_THE_KEY:
        say_unchecked(talk, masked, _unchecked(judged))
        return
    reason_text = judged.text.get(talk.language) or next(iter(judged.text.values()), "")
    match light(verdict), bool(reason_text):
        case Light.GOOD, False:
            said = talk.text("key-result-ok", masked=masked)
        case Light.GOOD, True:
            said = talk.text("key-result-good", masked=masked, reason=reason_text)
        case Light.WARN, _:
            said = talk.text("key-result-warn", masked=masked, reason=reason_text or _plain_reason(talk, judged))
        case _:
            said = talk.text("key-result-bad", masked=masked, reason=reason_text or _plain_reason(talk, judged))
    article = judged.article or _article_of_code(talk, check, judged) or _article_of_verdict(talk, check, verdict)
    talk.say(said, [*article_buttons(talk, [article] if article else []), person_button(talk)])


def say_unchecked(talk: Talk, masked: str, why: str) -> None:
    """Say that a key could not be checked, which says nothing about the key."""
    reason = talk.text(f"key-unchecked-{why}")
    talk.say(talk.text("key-result-unknown", masked=masked, reason=reason), [person_button(talk)])


def _plain_reason(talk: Talk, judged: Judged) -> str:
    verdict = judged.finding.verdict
    if verdict is Verdict.SERVER_CODE and CODE in judged.finding.facts:
        return talk.text("key-reason-server_code", code=str(judged.finding.facts[CODE]))
    known = {Verdict.KEY_INVALID, Verdict.NO_SEAT, Verdict.LICENCE_EXPIRED, Verdict.NOT_ALLOWED}
    return talk.text(f"key-reason-{verdict.value if verdict in known else 'other'}")


def _article_of_code(talk: Talk, check: ReadyCheck, judged: Judged) -> str | None:
    """Return the product's article that has the server's code."""
    code = judged.finding.facts.get(CODE)
    if code is None:
        return None
    articles = talk.prepared.library.articles.values()
    mine = [article for article in articles if article.product == check.product]
    return next((each.id for each in mine if any(str(code) in expand_code(known) for known in each.codes)), None)


def _article_of_verdict(talk: Talk, check: ReadyCheck, verdict: Verdict) -> str | None:
    if verdict is Verdict.OK:
        return None
    return talk.prepared.library.checks_of(check.product).verdicts.get(verdict.value)


def _unchecked(judged: Judged) -> str:
    """Return the word of the reason why a key could not be checked."""
    verdict, why = judged.finding.verdict, str(judged.finding.facts.get("why", ""))
    if why in _WHY:
        return _WHY[why]
    return "tls" if verdict.value.startswith("tls_") else _UNCHECKED.get(verdict, "other")
