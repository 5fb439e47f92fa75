"""Hot swap with real files: a good edit goes live, a broken one changes nothing and is told."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import NoReturn

import pytest
from watchfiles import awatch

from bot.kb import watch
from bot.kb.faults import KnowledgeBaseFaults
from bot.kb.library import Library
from bot.kb.watch import LibraryHolder, Snapshot, nothing
from tests.kb.kb_folder import ARTICLE, KbFolder

DEADLINE = 8.0


def titles(library: Library) -> dict[str, str]:
    return {article.id: article.title["en"] for article in library.articles.values()}


@dataclass
class Watched:
    holder: LibraryHolder[dict[str, str]]
    swaps: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    faults: list[list[str]] = field(default_factory=list)

    async def on_swap(self, old: Snapshot[dict[str, str]], new: Snapshot[dict[str, str]]) -> None:
        self.swaps.append((old.prepared, new.prepared))

    async def on_fault(self, faults: KnowledgeBaseFaults) -> None:
        self.faults.append([str(fault) for fault in faults.faults])

    async def until(self, condition: Callable[[], bool]) -> float:
        start = time.monotonic()
        while not condition():
            assert time.monotonic() - start < DEADLINE, (self.holder.current.prepared, self.swaps, self.faults)
            await asyncio.sleep(0.01)
        return time.monotonic() - start


@contextlib.asynccontextmanager
async def watching(kb: KbFolder, prepare: Callable[[Library], dict[str, str]] = titles) -> AsyncIterator[Watched]:
    watched = Watched(LibraryHolder(kb.root, prepare))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(watched.holder.watch(on_swap=watched.on_swap, on_fault=watched.on_fault, stop=stop))
        yield watched
        stop.set()


def retitle(kb: KbFolder, title: str) -> None:
    kb.article("acme-1", ("A title", title))


async def test_a_saved_edit_is_live_within_two_seconds(kb: KbFolder) -> None:
    async with watching(kb) as watched:
        before = watched.holder.current
        for number in range(3):
            retitle(kb, f"Title {number}")
            took = await watched.until(lambda n=number: watched.holder.current.prepared == {"acme-1": f"Title {n}"})  # type: ignore[misc]
            assert took < 2
        await watched.until(lambda: len(watched.swaps) == 3)
        assert before.prepared == {"acme-1": "A title"}
        assert before.library.articles["acme-1"].title["en"] == "A title"
    assert watched.swaps[0] == ({"acme-1": "A title"}, {"acme-1": "Title 0"})
    assert watched.swaps[2] == ({"acme-1": "Title 1"}, {"acme-1": "Title 2"})
    assert watched.faults == []


async def test_what_was_saved_between_load_and_watch_is_not_missed(kb: KbFolder) -> None:
    holder = LibraryHolder(kb.root, titles)
    retitle(kb, "Saved early")
    watched = Watched(holder)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(holder.watch(on_swap=watched.on_swap, on_fault=watched.on_fault, stop=stop))
        await watched.until(lambda: holder.current.prepared == {"acme-1": "Saved early"})
        stop.set()


async def test_a_broken_edit_keeps_the_old_snapshot_and_is_told_once(kb: KbFolder) -> None:
    async with watching(kb) as watched:
        kb.article("acme-1", ("title:", "titel:"))
        took = await watched.until(lambda: len(watched.faults) == 1)
        assert took < 2
        assert watched.holder.current.prepared == {"acme-1": "A title"}
        assert watched.faults[0] == [
            "acme/acme-1.yaml:1:1: the key `title` is missing",
            "acme/acme-1.yaml:6:1: unknown key `titel`; did you mean `title`?",
        ]
        kb.write("acme/.acme-1.yaml.swp", "touches the folder")
        retitle(kb, "Mended")
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "Mended"})
    assert len(watched.faults) == 1


async def test_an_edit_taken_back_is_told_as_healed(kb: KbFolder) -> None:
    async with watching(kb) as watched:
        kb.article("acme-1", ("title:", "titel:"))
        await watched.until(lambda: len(watched.faults) == 1)
        kb.article("acme-1")
        await watched.until(lambda: len(watched.swaps) == 1)
    assert watched.swaps == [({"acme-1": "A title"}, {"acme-1": "A title"})]


async def test_editors_that_write_beside_and_rename(kb: KbFolder) -> None:
    async with watching(kb) as watched:
        for number in range(2):
            beside = kb.write(
                "acme/.acme-1.yaml.tmp", ARTICLE.format(id="acme-1").replace("A title", f"Renamed {number}")
            )
            os.replace(beside, kb.root / "acme/acme-1.yaml")  # noqa: PTH105 - as editors do
            await watched.until(lambda n=number: watched.holder.current.prepared == {"acme-1": f"Renamed {n}"})  # type: ignore[misc]
        kb.article("acme-2")
        await watched.until(lambda: "acme-2" in watched.holder.current.prepared)
        (kb.root / "acme/acme-2.yaml").unlink()
        await watched.until(lambda: "acme-2" not in watched.holder.current.prepared)
    assert watched.faults == []


async def test_the_directory_vanishes_and_returns(kb: KbFolder) -> None:
    async with watching(kb) as watched:
        away = kb.root.with_name("away")
        kb.root.rename(away)
        await watched.until(lambda: watched.faults == [[f".:1:1: there is no directory {kb.root}"]])
        assert watched.holder.current.prepared == {"acme-1": "A title"}
        away.rename(kb.root)
        retitle(kb, "Back")
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "Back"})
        fresh = KbFolder(kb.root.with_name("fresh"))
        retitle(fresh, "Another directory")
        shutil.rmtree(kb.root)
        fresh.root.rename(kb.root)
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "Another directory"})
        retitle(kb, "And it is watched")
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "And it is watched"})


async def test_a_linked_volume_that_is_swapped(kb: KbFolder) -> None:
    first, second = kb, KbFolder(kb.root.with_name("second"))
    retitle(second, "Second")
    link = kb.root.with_name("link")
    link.symlink_to(first.root)
    linked = Watched(LibraryHolder(link, titles))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(linked.holder.watch(on_swap=linked.on_swap, on_fault=linked.on_fault, stop=stop))
        beside = kb.root.with_name("beside")
        beside.symlink_to(second.root)
        os.replace(beside, link)  # noqa: PTH105 - as a container platform does
        await linked.until(lambda: linked.holder.current.prepared == {"acme-1": "Second"})
        stop.set()


async def test_a_matcher_that_cannot_be_made_keeps_the_old_snapshot(kb: KbFolder) -> None:
    def prepare(library: Library) -> dict[str, str]:
        if library.articles["acme-1"].title["en"] == "Poison":
            raise ZeroDivisionError("no phrase left")
        return titles(library)

    async with watching(kb, prepare) as watched:
        retitle(kb, "Poison")
        await watched.until(lambda: len(watched.faults) == 1)
        assert watched.holder.current.prepared == {"acme-1": "A title"}
        retitle(kb, "Fine")
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "Fine"})
    assert watched.faults == [[".:1:1: the articles load, but cannot be searched: ZeroDivisionError: no phrase left"]]


async def test_a_failing_watcher_is_told_and_replaced(kb: KbFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool | None] = []

    def failing_first(*paths: object, **options: object) -> object:
        polling = options["force_polling"]
        asked.append(polling is True)
        if polling is not True:
            raise OSError(28, "No space left on device")
        return awatch(*paths, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(watch, "awatch", failing_first)
    async with watching(kb) as watched:
        await watched.until(lambda: len(watched.faults) == 1)
        retitle(kb, "Seen by polling")
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "Seen by polling"})
    assert watched.faults[0] == [
        ".:1:1: watching the directory failed, trying another way: [Errno 28] No space left on device"
    ]
    assert asked == [False, True]


async def test_cancelling_ends_the_watch(kb: KbFolder) -> None:
    watched = Watched(LibraryHolder(kb.root, titles))
    async with asyncio.timeout(DEADLINE), asyncio.TaskGroup() as group:
        task = group.create_task(watched.holder.watch(on_swap=watched.on_swap, on_fault=watched.on_fault))
        retitle(kb, "Edited")
        await watched.until(lambda: watched.holder.current.prepared == {"acme-1": "Edited"})
        task.cancel()
    assert task.cancelled()


async def test_what_a_callback_raises_reaches_the_owner(kb: KbFolder) -> None:
    async def broken(_faults: KnowledgeBaseFaults) -> NoReturn:
        raise ConnectionError("the staff chat is gone")

    watched = Watched(LibraryHolder(kb.root, titles))
    kb.article("acme-1", ("title:", "titel:"))
    async with asyncio.timeout(DEADLINE):
        with pytest.raises(ConnectionError):
            await watched.holder.watch(on_swap=watched.on_swap, on_fault=broken)


def test_a_broken_directory_does_not_open(kb: KbFolder) -> None:
    kb.article("acme-1", ("title:", "titel:"))
    with pytest.raises(KnowledgeBaseFaults):
        LibraryHolder(kb.root, nothing)
