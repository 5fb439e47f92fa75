import asyncio
from pathlib import Path

import pytest

from bot.kb.watch import LibraryHolder, Snapshot
from bot.matching.corpus import Corpus
from bot.matching.learned import Learned
from bot.matching.learning import learn as learn_here
from bot.matching.search import PRIOR, Searcher
from bot.weights import learner
from bot.weights.cache import Cache, key_of
from bot.weights.learner import LearningError, find, learn, wait_for
from bot.weights.learning_task import Learning
from tests.weights.corpora import corpus


def test_a_handful_of_phrases_needs_no_learning() -> None:
    assert find(corpus(topics=2, phrases=5), Cache(None)) is PRIOR


def test_weights_are_learned_once_and_found_again(tmp_path: Path) -> None:
    assert find(corpus(), Cache(tmp_path)) is None

    first = wait_for(corpus(), tmp_path)

    kept = find(corpus(), Cache(tmp_path))
    assert kept is not None
    assert kept.fingerprint() == first.fingerprint()


def test_a_process_learns_the_same_as_this_one(tmp_path: Path) -> None:
    assert wait_for(corpus(), tmp_path).fingerprint() == learn_here(corpus()).fingerprint()


def test_learned_weights_tell_articles_apart() -> None:
    searcher = Searcher(corpus(), learn_here(corpus()))

    assert [searcher.rank(("наш", word), None)[0].id for word in ("купон", "звук", "лицензия")] == ["a-3", "a-5", "a-0"]


async def test_a_process_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner, "_COMMAND", ("/bin/sh", "-c", "echo out of luck >&2; exit 3"))

    with pytest.raises(LearningError, match="out of luck"):
        await learn(corpus(), Cache(None))


async def test_a_cancelled_process_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(learner, "_COMMAND", ("/bin/sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 60"))
    learning = asyncio.create_task(learn(corpus(), Cache(None)))  # noqa: TID251 - the test ends it
    pid = await _content(tmp_path / "pid")

    learning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await learning

    assert not Path(f"/proc/{pid}").exists()  # noqa: ASYNC240 - no disk


class Prepared:
    """What the tests' holder prepares: a corpus, and weights once they are learned."""

    def __init__(self, made: Corpus, learned: Learned | None = None) -> None:
        self.made = made
        self.learned = learned

    def wanted(self) -> Corpus | None:
        return self.made if self.learned is None else None

    def improved(self, learned: Learned) -> "Prepared":
        return Prepared(self.made, learned)


async def test_the_prior_serves_until_the_learned_weights_are_swapped_in(tmp_path: Path) -> None:
    holder = _holder(tmp_path)
    before = holder.current
    learning = Learning(holder, Cache(tmp_path / "cache"), Prepared.wanted, Prepared.improved)
    running = asyncio.create_task(learning.run())  # noqa: TID251 - the test ends it
    async with asyncio.timeout(30):
        while holder.current.prepared.learned is None:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.02)
    running.cancel()

    assert before.prepared.learned is None
    assert holder.current.library is before.library
    kept = Cache(tmp_path / "cache").load(key_of(corpus()))
    assert kept is not None
    assert kept.fingerprint() == holder.current.prepared.learned.fingerprint()


def test_what_is_learned_too_late_is_dropped(tmp_path: Path) -> None:
    holder = _holder(tmp_path)
    stale = Snapshot(holder.current.library, holder.current.prepared)

    assert not holder.refine(stale, stale.prepared.improved(PRIOR))
    assert holder.current.prepared.learned is None


def _holder(folder: Path) -> LibraryHolder[Prepared]:
    base = folder / "kb"
    (base / "general").mkdir(parents=True)
    (base / "_kb.yaml").write_text("name: T\nlanguages: [ru]\ndefault: ru\n", encoding="utf-8")
    return LibraryHolder(base, lambda _library: Prepared(corpus()))


async def _content(path: Path) -> str:
    async with asyncio.timeout(10):
        while not path.exists() or not path.read_text().strip():  # noqa: ASYNC110, ASYNC240 - a shell writes it
            await asyncio.sleep(0.01)
    return path.read_text().strip()  # noqa: ASYNC240 - a few bytes
