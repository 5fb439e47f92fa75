"""Customers who write many messages in a row, against the real bot and a Bot API server."""

import copy
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.conversations.floods.pace import FloodRule
from bot.kb.watch import LibraryHolder
from bot.sandbox import Person, Sandbox
from bot.triage import Prepared
from tests.handlers.small_kb import write_small_kb
from tests.handlers.stand import Staff, Stand, close, hold, plan_for

WARNING = "Вижу много сообщений подряд. Прочитаю все и отвечу одним."
MANAGER = 4711


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def kb_holder(tmp_path_factory: pytest.TempPathFactory) -> LibraryHolder[Prepared]:
    return hold(write_small_kb(tmp_path_factory.mktemp("flood") / "kb"))


@pytest.fixture
async def stand(
    sandbox: Sandbox, kb_holder: LibraryHolder[Prepared], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stand]:
    monkeypatch.setattr("bot.telegram.flood.LOOK_SECONDS", 0.02)
    forum = sandbox.forum("Поддержка")
    rule = FloodRule(messages=4, seconds=60, silence=10, longest=30)
    plan = plan_for(sandbox, tmp_path, tmp_path, forum.id)
    plan = replace(plan, manager_ids=(MANAGER,), flood=rule)
    stand = Stand(sandbox, plan, Staff(sandbox, forum), copy.copy(kb_holder))
    with capture_logs():
        await stand.start()
        yield stand
        await close(stand)


@pytest.fixture
def ann(stand: Stand) -> Person:
    return stand.sandbox.user("Анна", username="ann")


async def kept(stand: Stand) -> list[str]:
    """Return what customers wrote, as it is on record."""
    return [text for (text,) in await stand.rows("SELECT text FROM messages WHERE direction = 'in' ORDER BY rowid")]


async def writes(stand: Stand, person: Person, *texts: str) -> None:
    for text in texts:
        await person.says(text)
    await stand.quiet()


async def waits(stand: Stand, person: Person, seconds: float) -> list[str]:
    """Let time pass, and return the first lines of what the bot says of its own accord."""
    before = len(person.replies)
    stand.clock.ahead += seconds
    await stand.until(lambda: len(person.replies) > before)
    await stand.quiet()
    return said(person)[before:]


def said(person: Person) -> list[str]:
    return [message.text.partition("\n")[0] for message in person.replies]


async def test_a_burst_is_kept_warned_about_once_and_answered_once(stand: Stand, ann: Person) -> None:
    burst = ["7001", "7001", "7001", "7001", "здравствуйте", "у меня принтер", "лист зажевало", "7002", "помогите"]
    await writes(stand, ann, *burst)
    assert said(ann) == [*["Кончилась бумага"] * 4, WARNING]
    assert await kept(stand) == burst

    assert await waits(stand, ann, 11) == ["Бумага застряла"]
    folded = "здравствуйте\nу меня принтер\nлист зажевало\n7002\nпомогите"
    assert await stand.rows(
        "SELECT m.kind, m.text, d.article FROM decisions d JOIN messages m ON m.id = d.message_id"
        " ORDER BY d.rowid DESC LIMIT 1"
    ) == [("folded", folded, "acme-jam")]
    assert await kept(stand) == [*burst, folded]

    stand.clock.ahead += 61
    await writes(stand, ann, "7001")
    assert said(ann)[-1] == "Кончилась бумага"
    assert said(ann).count(WARNING) == 1


async def test_a_flow_that_goes_on_gets_an_answer_now_and_then_and_no_second_warning(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 5)
    for _ in range(3):
        stand.clock.ahead += 9
        await writes(stand, ann, "7002")
    assert said(ann) == [*["Кончилась бумага"] * 4, WARNING]
    assert await waits(stand, ann, 4) == ["Кончилась бумага", "И про второе:"]
    await writes(stand, ann, "8003")
    assert len(said(ann)) == 7
    assert await waits(stand, ann, 10) == ["Лампа сканера не горит"]


async def test_a_fold_outlives_a_restart(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4, "7002", "7002")
    await stand.restart()
    await writes(stand, ann, "7002")
    assert said(ann) == [*["Кончилась бумага"] * 4, WARNING]
    assert await waits(stand, ann, 11) == ["Бумага застряла"]
    await stand.restart()
    await stand.quiet()
    assert said(ann) == [*["Кончилась бумага"] * 4, WARNING, "Бумага застряла"]


async def test_a_repeated_update_joins_nothing_twice(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 6)
    for update_id in stand.sandbox.world.queue.issued_ids:
        stand.sandbox.repeat_update(update_id)
    await stand.quiet()
    assert len(await kept(stand)) == 6
    assert said(ann).count(WARNING) == 1


async def test_managers_are_not_limited_and_others_are_not_affected(stand: Stand, ann: Person) -> None:
    chief = stand.sandbox.user("Шеф", user_id=MANAGER)
    await writes(stand, ann, *["7001"] * 6)
    await writes(stand, chief, *["7002"] * 8)
    bob = stand.sandbox.user("Боб")
    await writes(stand, bob, "7002")
    assert said(chief) == ["Бумага застряла"] * 8
    assert said(bob) == ["Бумага застряла"]


async def test_calling_a_person_ends_the_waiting(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4, "барахлит принтер", "/help", "/human")
    assert said(ann)[4] == WARNING
    assert said(ann)[5].startswith("Передал специалисту ваш вопрос")
    assert "барахлит принтер" in "".join(stand.staff.messages)
    stand.clock.ahead += 11
    await stand.quiet()
    assert await stand.rows("SELECT count(*) FROM meta WHERE key LIKE 'flood:%'") == [(0,)]
    assert len(said(ann)) == 6


async def test_a_person_asked_for_in_words_within_the_burst_is_called(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4, "принтер сломан", "оператор", "ау")
    assert (await waits(stand, ann, 11))[0].startswith("Передал специалисту ваш вопрос")


async def test_pictures_and_commands_alone_get_one_sensible_word(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4)
    for _ in range(3):
        stand.sandbox.sends_photo(ann)
    await stand.quiet()
    assert await waits(stand, ann, 11) == [
        "Такие картинки и видео я не читаю. Пришлите снимок экрана, код ошибки или текст с экрана: этого хватит."
    ]
    stand.clock.ahead += 20
    await writes(stand, ann, "/start", "/help")
    assert (await waits(stand, ann, 11))[0].startswith("Напишите вопрос обычными словами")
    files = await stand.rows("SELECT count(*) FROM messages WHERE kind = 'picture' AND file_id IS NOT NULL")
    assert files == [(3,)]


async def test_an_edited_message_of_the_burst_counts_as_it_reads_now(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4)
    wrong = await ann.says("8004")
    await stand.quiet()
    stand.sandbox.edits(wrong, "7002")
    await stand.quiet()
    assert await waits(stand, ann, 11) == ["Бумага застряла"]
    assert await kept(stand) == [*["7001"] * 4, "8004", "7002", "7002"]


async def test_a_secret_in_the_burst_is_not_stored_and_the_customer_is_told(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4, "ключ ACME-ABCDE-FGHJK-LMNPQ-RSTUV", "7002")
    answers = await waits(stand, ann, 11)
    assert answers[0] == "Бумага застряла"
    assert [text.startswith("🔐") for text in answers] == [False, True]
    assert b"ABCDE-FGHJK" not in stand.bytes_on_disk()


async def test_an_answer_that_cannot_be_given_is_apologised_for_and_blocks_nothing(
    stand: Stand, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> None:
        raise ValueError("broken on purpose")

    await writes(stand, ann, *["7001"] * 5)
    monkeypatch.setattr("handlers.flood.understand", breaks)
    assert (await waits(stand, ann, 11))[0].startswith("Простите, у меня внутренняя ошибка")
    stand.clock.ahead += 61
    await writes(stand, ann, "7002")
    assert said(ann)[-1] == "Бумага застряла"


async def test_a_clock_that_jumps_back_loses_no_answer(stand: Stand, ann: Person) -> None:
    await writes(stand, ann, *["7001"] * 4, "7002", "7002")
    assert await waits(stand, ann, -7200) == ["Бумага застряла"]
    await writes(stand, ann, "8003")
    assert said(ann)[-1] == "Лампа сканера не горит"
    assert await kept(stand) == [*["7001"] * 4, "7002", "7002", "7002", "8003"]


async def test_what_was_written_over_an_hour_without_the_bot_is_answered_one_by_one(
    stand: Stand, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stand.stop()
    now = stand.sandbox.world.now()
    for minute in range(10):
        monkeypatch.setattr(stand.sandbox.world, "now", lambda at=now - 3600 + 60 * minute: at)
        await ann.says("7001")
    await stand.start()
    await stand.quiet()
    assert said(ann) == ["Кончилась бумага"] * 10
