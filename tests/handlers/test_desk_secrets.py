"""Keys never reach the topic, whatever message they come in; files that are gone are replaced by what is on record."""

from bot.sandbox import FaultKind, Person
from tests.handlers.desk_talk import KEY, Desk, heard
from tests.handlers.stand import Stand


def leaks(stand: Stand) -> list[str]:
    """Return every text of the staff's group that holds the key, and every call that does."""
    group = [text for message in stand.sandbox.messages(stand.staff.chat) for text in (message.text, message.html)]
    return [text for text in [*group, *stand.sent_texts()] if "EF2GH" in text.upper()]


async def test_a_key_in_a_text_is_masked_and_the_customer_warned(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    await ann.says(f"мой ключ {KEY} и пароль: qwerty12")
    await stand.quiet()
    assert desk.lines(topic) == ["👤 мой ключ ACME-…P4QR и пароль: ‹password›"]
    assert [text[:27] for text in heard(ann)] == ["🔐 Похоже, в сообщении был с"]
    assert leaks(stand) == []
    assert b"EF2GH" not in stand.bytes_on_disk()


async def test_a_key_in_a_caption_is_masked_on_the_copy(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    desk.sandbox.sends_photo(ann, caption=f"вот {KEY}")
    desk.sandbox.sends_album(ann, caption=KEY.lower())
    await stand.quiet()
    assert [line.strip() for line in desk.lines(topic)] == [
        "[photo] вот ACME-…P4QR",
        "[photo] ACME-…P4QR",
        "[photo]",
    ]
    assert leaks(stand) == []
    assert b"EF2GH" not in stand.bytes_on_disk()


async def test_a_key_edited_into_a_message_is_masked(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    message = await ann.says("ключ потом")
    await stand.quiet()
    desk.sandbox.edits(message, f"ключ {KEY}")
    await stand.quiet()
    assert desk.lines(topic)[-1] == "✏️ Клиент исправил сообщение: ключ ACME-…P4QR"
    assert leaks(stand) == []


async def test_a_key_edited_into_a_caption_before_the_copy_is_made_stays_out(
    stand: Stand, ann: Person, desk: Desk
) -> None:
    topic = await desk.opens(ann)
    desk.sandbox.fail("copyMessage", FaultKind.ERROR, chat=desk.chat, code=500, times=None)
    bare = desk.sandbox.sends_photo(ann)
    named = desk.sandbox.sends_photo(ann, caption="экран")
    await stand.until(lambda: bool(desk.sandbox.calls_of("copyMessage")))
    desk.sandbox.edits(bare, KEY)
    desk.sandbox.edits(named, f"экран {KEY}")
    desk.sandbox.clear_faults()
    await stand.quiet()
    assert [line.strip() for line in desk.lines(topic)] == [
        "[photo]",
        "[photo] экран",
        "✏️ Клиент исправил сообщение: ACME-…P4QR",
        "✏️ Клиент исправил сообщение: экран ACME-…P4QR",
    ]
    assert leaks(stand) == []


async def test_a_key_in_a_new_topic_and_its_history_is_masked(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann, f"ключ {KEY} не подходит")
    await ann.says(f"точно {KEY}")
    await stand.quiet()
    desk.sandbox.deletes_topic(desk.chat, topic)
    await ann.says("алло")
    await stand.quiet()
    assert desk.lines(desk.topic(ann))[1].count("ACME-…P4QR") == 1
    assert leaks(stand) == []


async def test_a_photo_taken_back_before_the_copy_is_named(stand: Stand, ann: Person, desk: Desk) -> None:
    topic = await desk.opens(ann)
    desk.sandbox.fail("copyMessage", FaultKind.ERROR, chat=desk.chat, code=500, times=None)
    photo = desk.sandbox.sends_photo(ann, caption="вот ошибка")
    voice = desk.sandbox.sends_voice(ann)
    point = desk.sandbox.sends_location(ann)
    await stand.until(lambda: bool(desk.sandbox.calls_of("copyMessage")))
    for message in (photo, voice, point):
        desk.sandbox.deletes(message)
    desk.sandbox.clear_faults()
    await ann.says("удалила")
    await stand.quiet()
    lines = desk.lines(topic)
    assert sorted(lines) == sorted(
        ["👤 [изображение] вот ошибка", "👤 [голосовое]", "👤 [место или контакт]", "👤 удалила"]
    )
    copy = next(message for message in desk.written(topic) if "вот ошибка" in message.text)
    await desk.writes(desk.ira, "вижу", topic, reply_to=copy)
    assert heard(ann)[-1] == "вижу"
    assert await stand.rows("SELECT count(*) FROM dead_letters") == [(0,)]
