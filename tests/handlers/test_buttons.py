"""Every button of every screen, by its owner and by a stranger, twice, before and after a restart."""

from pathlib import Path

import pytest

from bot.kb.article import Status
from bot.sandbox import Message, Person
from tests.handlers.small_kb import path_of
from tests.handlers.stand import Stand

STALE = {
    "ru": "Эта кнопка уже не действует. Напишите вопрос ещё раз, отвечу заново.",
    "en": "This button no longer works. Write your question again and I will answer anew.",
}
STRANGER = {"ru": "Эта кнопка для другого собеседника.", "en": "This button is for somebody else."}
TWICE = {"ru": "Уже отмечено, спасибо.", "en": "Already noted, thank you."}

SCREENS = [
    "/start",
    "/help",
    "/privacy",
    "/language",
    "/nonsense",
    "/start acme-paper",
    "ошибка 7001",
    "printer asks for paper",
    "ошибка 7010",
    "ошибка 7003",
    "ошибка 5555",
    "сканер",
    "абракадабра кракозябра",
    "...",
    "что ты умеешь",
]
ONCE = ("Помогло", "Не помогло", "It helped", "It did not help", "Ничего из", "None of", "Позвать", "Call a")


async def screens(stand: Stand, language: str) -> list[tuple[Person, Message]]:
    """Return every screen there is, each shown to a customer of its own."""
    people = [stand.sandbox.user(said, language=language) for said in SCREENS]
    for person in people:
        await person.says(person.user.first_name)
    await stand.quiet()
    shown = [(person, person.replies[-1]) for person in people]
    assert [screen.text for _, screen in shown if not screen.buttons] == []
    return shown


def once(label: str) -> bool:
    return any(word in label for word in ONCE)


@pytest.mark.parametrize("restarted", [False, True])
async def test_every_button_of_every_screen(stand: Stand, *, restarted: bool) -> None:
    for language in ("ru", "en"):
        shown = await screens(stand, language)
        stranger = stand.sandbox.user("Чужой", language=language)
        await stranger.says("/help")
        await stand.quiet()
        if restarted:
            await stand.restart()
        foreign = [
            stand.sandbox.presses(stranger, screen, button.text) for _, screen in shown for button in screen.buttons
        ]
        await stand.quiet()
        assert [pressed.answer for pressed in foreign] == [STRANGER[language]] * len(foreign)
        assert len(foreign) >= 35
        assert len(stranger.replies) == 1
        for number in range(max(len(screen.buttons) for _, screen in shown)):
            await press_twice(stand, [each for each in shown if number < len(each[1].buttons)], number)
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]
    assert [call.description for call in stand.sandbox.calls if call.outcome == "400"] == []


async def press_twice(stand: Stand, shown: list[tuple[Person, Message]], number: int) -> None:
    """Let each owner press that button of their screen, and press it again."""
    refusals = {*STALE.values(), *STRANGER.values(), *TWICE.values()}
    for again in (False, True):
        before = {owner.id: len(owner.replies) for owner, _ in shown}
        pressed = [stand.sandbox.presses(owner, screen, number + 1) for owner, screen in shown]
        await stand.quiet()
        for (owner, screen), press in zip(shown, pressed, strict=True):
            label = screen.button_texts[number]
            said = f"{owner.user.first_name}: {label}: {press.answer}"
            answered = len(owner.replies) - before[owner.id]
            if again and once(label):
                assert press.answer in TWICE.values(), said
                assert answered == 0, said
            else:
                assert press.answer is not None, said
                assert press.answer not in refusals, said
                assert answered in {1, 2}, said


async def test_buttons_of_an_article_that_has_left_are_honest(stand: Stand, kb: Path, ann: Person, bob: Person) -> None:
    await ann.says("ошибка 7010")
    await bob.says("/start acme-ink")
    await stand.quiet()
    withdrawn = path_of(kb, "acme-ink").read_text(encoding="utf-8").replace("status: live", "status: off")
    await stand.saves(path_of(kb, "acme-ink"), withdrawn, lambda: is_off(stand, "acme-ink"))
    await ann.presses("Бледная печать")
    gone = await stand.reply(ann)
    assert gone.text == "Этой статьи больше нет. Напишите вопрос ещё раз или позовите человека."
    assert gone.button_texts == ["🙋 Позвать человека"]
    await bob.presses("It did not help")
    assert [title.partition(".")[0] for title in await stand.titles(bob)] == [
        "I have no more articles that fit",
        "I am calling a person",
    ]
    assert "acme-ink" in stand.staff.cards[0]
    await bob.says("error 7010")
    assert await stand.texts(bob) == ["I have passed this on to the specialist, too."]
    assert stand.staff.last == "👤 error 7010"


def is_off(stand: Stand, article_id: str) -> bool:
    return stand.holder.current.library.articles[article_id].status is Status.OFF


async def test_forged_callbacks_are_answered_and_do_nothing(stand: Stand, ann: Person, bob: Person) -> None:
    await ann.says("ошибка 7001")
    screen = await stand.reply(ann)
    real = screen.buttons[0].callback
    assert real is not None
    name = real.rpartition(":")[0]
    before = await stand.rows("SELECT count(*) FROM messages")
    forged = {
        "x": "stale",
        "b:": "stale",
        "b::": "stale",
        "b:1:1:1": "stale",
        f"{name}": "stale",
        f"{name}:": "stale",
        f"{name}:-1": "stale",
        f"{name}:99": "stale",
        f"{name}:1.0": "stale",
        f"{name}:١": "stale",
        f"{name}:0000000001": "stale",
        "b:" + "0" * 62: "stale",
        "ы" * 32: "stale",
        "'; DROP TABLE users; --": "stale",
        "b:no-such-screen:0": "stale",
    }
    answers = {}
    for payload in forged:
        assert len(payload.encode()) <= 64
        answers[payload] = await stand.toast(stand.sandbox.sends_callback(ann, screen, payload))
    assert answers == dict.fromkeys(forged, STALE["ru"])
    theirs = await bob.says("error 7001")
    await stand.quiet()
    assert await stand.toast(stand.sandbox.sends_callback(bob, bob.replies[-1], real)) == STRANGER["en"]
    assert theirs.chat.id == bob.id
    assert await stand.rows("SELECT count(*) FROM feedback") == [(0,)]
    after = await stand.rows("SELECT count(*) FROM messages")
    assert after[0][0] == before[0][0] + 2
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_an_expired_press_still_does_what_the_button_says(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    screen = await stand.reply(ann)
    await stand.stop()
    pressed = stand.sandbox.presses(ann, screen, "Помогло")
    stand.sandbox.expires(pressed)
    await stand.start()
    assert (await stand.reply(ann)).text.startswith("Отлично, рад, что получилось!")
    assert pressed.answer is None
    [call] = stand.sandbox.calls_of("answerCallbackQuery")
    assert "query is too old" in call.description
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]


async def test_a_button_of_an_old_conversation_goes_on_with_it(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    screen = await stand.reply(ann)
    stand.clock.ahead = 5 * 24 * 3600
    await ann.says("ошибка 8004")
    await stand.quiet()
    stand.sandbox.presses(ann, screen, "Позвать")
    await stand.quiet()
    assert "Вопрос: ошибка 7001" in stand.staff.last
    assert "8004" not in stand.staff.last


async def test_a_press_under_a_deleted_message_is_answered(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    screen = await stand.reply(ann)
    stand.sandbox.deletes(screen)
    pressed = stand.sandbox.presses(ann, screen, "Помогло")
    assert await stand.toast(pressed) == "Спасибо, записал"


async def test_pressing_two_buttons_at_once_does_both_in_order(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    screen = await stand.reply(ann)
    stand.sandbox.presses(ann, screen, "Помогло")
    stand.sandbox.presses(ann, screen, "Позвать")
    await stand.quiet()
    assert [reply.text[:7] for reply in ann.replies[-2:]] == ["Отлично", "Передал"]
    assert len(stand.staff.cards) == 1


async def test_callback_payloads_are_short_and_say_nothing(stand: Stand) -> None:
    for _, screen in await screens(stand, "ru"):
        payloads = [button.callback or "" for button in screen.buttons]
        assert max(len(payload.encode()) for payload in payloads) <= 64
        assert [payload for payload in payloads if "acme" in payload or "helped" in payload] == []
