"""Runs declared checks: all at once, each within its deadline, the whole within 20 seconds, each question asked once.

Decides what is asked anew and what was asked a moment ago: findings are kept for 60 seconds for all customers, and who
asks while somebody else's probe is under way waits for that one. A run can be stopped; probes that others wait for go
on in the name of those. One `Runner` serves the whole process: the handlers of `/diag`, guides, and the command line.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from bot.clock import Clock
from bot.diagnostics import plan as planning
from bot.diagnostics.outcome import CheckResult, Run, RunStatus, State
from bot.diagnostics.plan import Leaf
from bot.diagnostics.probe_dns import Resolved, pinned, resolve
from bot.diagnostics.probe_http import check_http
from bot.diagnostics.probe_tcp import Pin, check_tcp
from bot.diagnostics.probe_tls import check_tls, trusting_context
from bot.diagnostics.target import Policy, Reach, literal
from bot.diagnostics.verdict import Finding, Verdict
from bot.kb.checks import DnsCheck, HttpCheck, ProductChecks, TcpCheck, TlsCheck, host_and_port

T = TypeVar("T")

_GRACE: Final = 0.25
"""Seconds after its own deadline at which a probe is ended from outside."""


class UnknownCheckError(LookupError):
    """The product declares no such check, or one that needs a key."""


class OnChange(Protocol):
    """Hears of progress: called on the loop, must not block; `finding` is None while the check runs."""

    def __call__(self, check_id: str, state: State, finding: Finding | None) -> None:
        """Hear that a check began or ended."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of all runs of a process; seconds, and probes at a time."""

    total: float = 20.0
    kept: float = 60.0
    probes: int = 24


@dataclass(frozen=True, slots=True)
class _Timed:
    finding: Finding
    elapsed_ms: float


@dataclass(slots=True)
class _Kept(Generic[T]):
    """Answers by question: the recent ones, and those that are under way."""

    seconds: float
    recent: dict[object, tuple[float, T]] = field(default_factory=dict)
    flights: "dict[object, asyncio.Future[T | None]]" = field(default_factory=dict)

    async def get(self, key: object, ask: Callable[[], Awaitable[T]], worth_keeping: Callable[[T], bool]) -> T:
        """Return a recent answer, or the one under way, or ask."""
        loop = asyncio.get_running_loop()
        while True:
            known = self.recent.get(key)
            if known is not None and loop.time() - known[0] < self.seconds:
                return known[1]
            flight = self.flights.get(key)
            if flight is None:
                return await self._ask(key, ask, worth_keeping)
            answer = await asyncio.shield(flight)
            if answer is not None:
                return answer
            # Whoever asked was stopped: the next in line asks.

    async def _ask(self, key: object, ask: Callable[[], Awaitable[T]], worth_keeping: Callable[[T], bool]) -> T:
        loop = asyncio.get_running_loop()
        flight: asyncio.Future[T | None] = loop.create_future()
        self.flights[key] = flight
        answer: T | None = None
        try:
            answer = await ask()
        finally:
            del self.flights[key]
            flight.set_result(answer)
        now = loop.time()
        for old in [each for each, (at, _) in self.recent.items() if now - at >= self.seconds]:
            del self.recent[old]
        if worth_keeping(answer):
            self.recent[key] = (now, answer)
        return answer


class Runner:
    """Runs checks for everybody; see the module. Raises `OSError` where the operator's roots cannot be read."""

    def __init__(self, reach: Reach, clock: Clock, limits: Limits | None = None) -> None:
        self.reach = reach
        self._clock = clock
        self._limits = limits or Limits()
        self._findings: _Kept[_Timed] = _Kept(self._limits.kept)
        self._names: _Kept[Resolved] = _Kept(self._limits.kept)
        self._probes = asyncio.Semaphore(self._limits.probes)
        self._door = asyncio.Lock()
        # Reading the roots takes a while, which is not to be taken from the first check's time.
        trusting_context(reach.ca_file)

    async def run(
        self,
        checks: ProductChecks,
        check_id: str,
        on_change: OnChange | None = None,
        stop: asyncio.Event | None = None,
    ) -> Run:
        """Run a declared check, or all of a group; return at the latest after the limit for the whole.

        `checks` is `Library.checks[product]`. Setting `stop`, as a cancel button does, ends the run at once: what was
        not finished is `inconclusive`, `why` = `stopped`. Raises `UnknownCheckError`.
        """
        wanted = planning.find(checks, check_id)
        leaves = planning.leaves(checks, check_id)
        if wanted is None or not leaves:
            raise UnknownCheckError(check_id)
        # One run begins in a turn of the loop: a crowd that comes at once does not hold up everybody else.
        async with self._door:
            await asyncio.sleep(0)
        started = self._clock.now()
        book = _Book(leaves, on_change)
        policy = Policy.of(checks, self.reach)
        patience: dict[str, float] = {}
        for each in leaves:
            patience[_host(each)] = min(each.timeout, patience.get(_host(each), each.timeout))
        async with asyncio.TaskGroup() as tasks:
            work = {tasks.create_task(self._check(each, policy, patience[_host(each)], book)) for each in leaves}
            bell = None if stop is None else tasks.create_task(stop.wait())
            await _until_done(work, bell, self._limits.total)
        stopped = stop is not None and stop.is_set()
        book.close("stopped" if stopped else "deadline")
        return Run(
            check_id=check_id,
            title=wanted.title,
            started=started,
            ended=self._clock.now(),
            status=RunStatus.CANCELLED if stopped and book.unfinished else RunStatus.DONE,
            results=tuple(
                CheckResult(
                    each.id,
                    each.title,
                    book.shown[each.id],
                    planning.article(each, book.shown[each.id].verdict, checks),
                    book.elapsed.get(each.id, 0.0),
                )
                for each in leaves
            ),
        )

    async def _check(self, check: Leaf, policy: Policy, patience: float, book: "_Book") -> None:
        book.begins(check.id)
        key = (planning.question(check), policy)
        timed = await self._findings.get(key, lambda: self._probe(check, policy, patience), _is_answer)
        book.ends(check, timed)

    async def _probe(self, check: Leaf, policy: Policy, patience: float) -> _Timed:
        loop = asyncio.get_running_loop()
        async with self._probes:
            started = loop.time()
            try:
                async with asyncio.timeout(check.timeout + _GRACE):
                    finding = await self._ask(check, policy, patience, started + check.timeout)
            except TimeoutError:
                finding = Finding(Verdict.INCONCLUSIVE, {"stage": check.kind, "why": "deadline"})
            return _Timed(finding, round((loop.time() - started) * 1000, 1))

    async def _ask(self, check: Leaf, policy: Policy, patience: float, deadline: float) -> Finding:
        loop = asyncio.get_running_loop()

        async def find(host: str, port: int) -> Pin | Finding:
            if not policy.admits_port(host, port):
                return Finding(Verdict.INCONCLUSIVE, {"stage": "dns", "host": host, "why": "undeclared"})
            return pinned(await self._resolved(host, policy, patience), host, port)

        match check:
            case DnsCheck():
                return (await self._resolved(check.host, policy, patience)).finding
            case HttpCheck():
                return await check_http(check, find, policy, self.reach, deadline - loop.time())
            case TcpCheck() | TlsCheck():
                pin = await find(check.host, check.port)
                if isinstance(pin, Finding):
                    return pin
                left = max(deadline - loop.time(), 0.001)
                if isinstance(check, TcpCheck):
                    return await check_tcp(pin, left)
                return await check_tls(pin, left, self.reach.ca_file)

    async def _resolved(self, host: str, policy: Policy, patience: float) -> Resolved:
        if literal(host) is not None:
            return await resolve(host, policy, self.reach, patience)
        return await self._names.get(
            (host, policy.allowed),
            lambda: resolve(host, policy, self.reach, patience),
            lambda resolved: resolved.finding.verdict is not Verdict.INCONCLUSIVE,
        )


class _Book:
    """The findings of one run, and who was told of which."""

    def __init__(self, leaves: tuple[Leaf, ...], on_change: OnChange | None) -> None:
        self._leaves = leaves
        self._tell = on_change or _nobody
        self._found: dict[str, Finding] = {}
        self.elapsed: dict[str, float] = {}
        self.shown: dict[str, Finding] = {}
        self.unfinished = False

    def begins(self, check_id: str) -> None:
        self._tell(check_id, State.RUNNING, None)

    def ends(self, check: Leaf, timed: _Timed) -> None:
        self._found[check.id] = timed.finding
        self.elapsed[check.id] = timed.elapsed_ms
        self._show()

    def close(self, why: str) -> None:
        """Give what has no finding the one that it was not finished."""
        for each in self._leaves:
            if each.id not in self._found:
                self.unfinished = True
                self._found[each.id] = Finding(Verdict.INCONCLUSIVE, {"stage": each.kind, "why": why})
        self._show()

    def _show(self) -> None:
        """Show every finding whose cause, if it has one elsewhere, is known too."""
        for each in self._leaves:
            if each.id in self.shown or each.id not in self._found:
                continue
            finding = self._found[each.id]
            peers = planning.causes(each, finding, self._leaves)
            if all(peer in self._found for peer in peers):
                settled = planning.settle(finding, {peer: self._found[peer] for peer in peers})
                self.shown[each.id] = settled
                self._tell(each.id, State.DONE, settled)


async def _until_done(work: "set[asyncio.Task[None]]", bell: "asyncio.Task[object] | None", seconds: float) -> None:
    """Wait for all work, the bell or the end of time; cancel what is left."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    waiting: set[asyncio.Task[None]] = set(work)
    ringing: set[asyncio.Task[object]] = set() if bell is None else {bell}
    while waiting and not any(task.done() for task in ringing) and loop.time() < deadline:
        _, left = await asyncio.wait(
            {*waiting, *ringing}, timeout=deadline - loop.time(), return_when=asyncio.FIRST_COMPLETED
        )
        waiting = {task for task in work if task in left}
    for task in (*work, *ringing):
        task.cancel()


def _is_answer(timed: _Timed) -> bool:
    return timed.finding.verdict is not Verdict.INCONCLUSIVE


def _host(check: Leaf) -> str:
    return host_and_port(check.url)[0] if isinstance(check, HttpCheck) else check.host


def _nobody(check_id: str, state: State, finding: Finding | None) -> None:
    del check_id, state, finding
