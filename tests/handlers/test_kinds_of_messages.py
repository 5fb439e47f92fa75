"""Everything that is not a plain question: media, albums, edits, service messages, very long texts."""

import re
import shutil

import pytest
from aiogram.enums import ContentType

from bot.sandbox import Person
from bot.sandbox.people import User
from bot.sandbox.wire import JsonObject
from handlers.media import KINDS
from tests.handlers.stand import Staff, Stand

KEY = "ACME-AB1CD-EF2GH-JK3LM-NP4QR"
CAPTIONS = {"ru": "ошибка 7001, вот ключ: ", "en": "error 7001, here is my key: "}


def content(person: Person, **fields: object) -> JsonObject:
    """Return an update with a message that the sandbox has no act for."""
    sender: User = person.user
    sender.wrote = True
    return {
        "message": {
            "message_id": 900_000,
            "date": 1_700_000_000,
            "chat": {"id": sender.id, "type": "private", "first_name": sender.first_name},
            "from": sender.to_json(),
            **fields,  # type: ignore[dict-item]  # JSON written by the test
        }
    }


POLL = {
    "id": "1",
    "question": "?",
    "options": [{"persistent_id": "a", "text": "a", "voter_count": 0}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}


UNREADABLE = (
    "Этот файл не открывается как картинка. Напишите код ошибки или текст с экрана: этого хватит."
    if shutil.which("tesseract")
    else "Читать картинки я здесь не умею. Напишите код ошибки или текст с экрана: этого хватит."
)

SENDABLE = (
    *("photo", "voice", "video", "audio", "animation", "video_note", "document", "scan", "sticker"),
    *("location", "contact", "dice", "poll", "venue", "unknown_kind"),
)


async def test_nothing_that_a_person_can_send_is_met_with_silence(stand: Stand) -> None:
    sandbox = stand.sandbox
    people = {kind: sandbox.user(kind) for kind in SENDABLE}
    sandbox.sends_photo(people["photo"])
    sandbox.sends_voice(people["voice"])
    for kind in ("video", "audio", "animation", "video_note", "document"):
        sandbox.sends_file(people[kind], kind, name="some.bin")
    sandbox.sends_file(people["scan"], "document", name="scan.png", mime="image/png")
    sandbox.sends_sticker(people["sticker"])
    sandbox.sends_location(people["location"])
    sandbox.sends_contact(people["contact"])
    place = {"longitude": 37.6, "latitude": 55.7}
    sandbox.push_update(content(people["dice"], dice={"emoji": "🎲", "value": 4}))
    sandbox.push_update(content(people["poll"], poll=POLL))
    sandbox.push_update(content(people["venue"], venue={"location": place, "title": "Офис", "address": "Улица, 1"}))
    sandbox.push_update(content(people["unknown_kind"], hologram={"file_id": "x"}))
    await stand.quiet()
    heard = {name: [reply.text for reply in person.replies] for name, person in people.items()}
    film = ["Такие картинки и видео я не читаю. Пришлите снимок экрана, код ошибки или текст с экрана: этого хватит."]
    listening = ["Слушать я пока не умею. Напишите то же словами, пожалуйста."]
    place_words = ["Место мне не поможет. Напишите, что случилось, или пришлите код ошибки."]
    assert heard == {
        "photo": [UNREADABLE],
        "voice": listening,
        "video": film,
        "audio": listening,
        "animation": film,
        "video_note": listening,
        "document": ["Файл получил, но читать его пока не умею. Напишите, что случилось, или вставьте текст ошибки."],
        "scan": [UNREADABLE],
        "sticker": ["Мило! А теперь словами: что случилось?"],
        "location": place_words,
        "contact": place_words,
        "dice": ["Мило! А теперь словами: что случилось?"],
        "poll": ["Такие сообщения я пока не понимаю. Напишите, пожалуйста, словами."],
        "venue": place_words,
        "unknown_kind": ["Такие сообщения я пока не понимаю. Напишите, пожалуйста, словами."],
    }
    files = await stand.rows("SELECT count(*) FROM messages WHERE file_id IS NOT NULL")
    assert files == [(9,)]


NOT_SAID_TO_US = {
    "new_chat_members",
    "left_chat_member",
    "chat_owner_left",
    "chat_owner_changed",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "message_auto_delete_timer_changed",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "invoice",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "chat_shared",
    "gift",
    "unique_gift",
    "gift_upgrade_sent",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "direct_message_price_changed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "managed_bot_created",
    "paid_message_price_changed",
    "poll_option_added",
    "poll_option_deleted",
    "suggested_post_approved",
    "suggested_post_approval_failed",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "video_chat_scheduled",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_participants_invited",
    "web_app_data",
    "community_chat_added",
    "community_chat_removed",
    "community_chat_joined",
    "user_shared",
    "any",
    "text",
}


def test_a_new_kind_of_message_in_aiogram_must_be_sorted() -> None:
    assert {kind.value for kind in ContentType} - set(KINDS) == NOT_SAID_TO_US


async def test_service_messages_are_not_answered(stand: Stand, ann: Person) -> None:
    await ann.says("ошибка 7001")
    await stand.quiet()
    stand.sandbox.push_update(content(ann, message_auto_delete_timer_changed={"message_auto_delete_time": 86400}))
    stand.sandbox.push_update(
        content(ann, pinned_message={"message_id": 1, "date": 0, "chat": {"id": ann.id, "type": "private"}})
    )
    await stand.quiet()
    assert len(ann.replies) == 1
    assert await stand.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", 3)]


async def test_a_caption_is_a_question(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_photo(ann, caption="что это: ошибка 7001?")
    assert await stand.titles(ann) == ["Кончилась бумага"]
    assert await stand.rows("SELECT kind, file_id IS NOT NULL FROM messages WHERE direction = 'in'") == [("picture", 1)]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_an_album_with_a_key_in_its_caption_gets_one_answer_and_the_key_stays_nowhere(
    stand: Stand, language: str
) -> None:
    customer = stand.sandbox.user("Ян", language=language)
    spellings = [KEY, KEY.lower(), KEY.replace("-", " "), KEY.replace("-", ""), KEY.replace("-", "–")]
    stand.sandbox.sends_album(customer, [b"1", b"2", b"3"], caption=CAPTIONS[language] + ", ".join(spellings))
    texts = await stand.texts(customer)
    assert [text.partition("\n")[0][:34] for text in texts] == [
        {"ru": "✅ Регистрационный номер ACME-…P4QR", "en": "✅ Registration number ACME-…P4QR is"}[language][:34],
        {"ru": "Кончилась бумага", "en": "Out of paper"}[language],
    ]
    await customer.says("/human")
    await stand.quiet()
    assert "ACME-…P4QR" in stand.staff.last
    await stand.stop()
    outside = "\n".join([*stand.sent_texts(), stand.log.getvalue()])
    for spelling in spellings:
        assert spelling.encode() not in stand.bytes_on_disk()
        assert spelling not in outside
    for fragment in ("EF2GH", "ef2gh"):
        assert fragment.encode() not in stand.bytes_on_disk()
        assert fragment not in outside


async def test_an_album_without_words_gets_one_answer(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_album(ann, [b"1", b"2", b"3", b"4"])
    assert (await stand.reply(ann)).text == UNREADABLE
    stand.sandbox.sends_album(ann, [b"1", b"2"])
    assert (await stand.reply(ann)).text == UNREADABLE


async def test_a_question_of_5000_characters_is_answered(stand: Stand, ann: Person, staff: Staff) -> None:
    await ann.says("кончилась бумага " + "и ещё много слов о погоде " * 190)
    assert len(await stand.replies(ann)) == 1
    await ann.says("/human")
    await stand.quiet()
    assert len(staff.cards) == 1
    assert "Вопрос: кончилась бумага и ещё много слов" in staff.last


async def test_a_caption_of_1500_characters_is_answered(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_photo(ann, caption="ошибка 7001 " + "подробности " * 124)
    assert await stand.titles(ann) == ["Кончилась бумага"]


async def test_foreign_characters_reach_the_staff_as_they_are(stand: Stand, staff: Staff) -> None:
    questions = [
        "<config> & key",
        "<b>7",
        "&lt;7&gt;",
        "</pre><pre>",
        "\x00 \u202e 😀",
        "{ $name } {x}",
        "\ue0000\ue001",
    ]
    for question in questions:
        customer = stand.sandbox.user("<3 & <b>", username="x")
        await customer.says(f"{question} абракадабра")
        await customer.says("/human")
        await stand.quiet()
        assert re.match(r"🟪 #[1-7] <3 & <b>\n", staff.last)
        assert f"Вопрос: {question} абракадабра" in staff.last
    assert len(staff.cards) == len(questions)
    assert [call.description for call in stand.sandbox.calls if call.outcome == "400"] == []


async def test_any_name_makes_a_card(stand: Stand, staff: Staff) -> None:
    names = {"<3": "<3", "\u3164": "\u3164", "": "—", "A" * 64: "A" * 64, "{ $x }": "{ $x }"}
    for number, (name, shown) in enumerate(names.items(), 1):
        customer = stand.sandbox.user(name)
        await customer.says("ошибка 7001")
        await customer.says("/human")
        await stand.quiet()
        assert staff.last.startswith(f"🟪 #{number} {shown}\n")


async def test_an_edit_with_the_same_answer_says_so(stand: Stand, ann: Person) -> None:
    asked = await ann.says("ошибка 7001")
    await stand.quiet()
    stand.sandbox.edits(asked, "ошибка 7001!!! срочно")
    reply = await stand.reply(ann)
    assert reply.text == "Вижу правку. Ответ тот же, он выше."
    assert reply.reply_to is not None
    assert reply.reply_to.id == asked.id


async def test_an_edit_with_another_answer_is_answered_anew(stand: Stand, ann: Person) -> None:
    asked = await ann.says("ошибка 7001")
    await stand.quiet()
    stand.sandbox.edits(asked, "ошибка 7002")
    assert (
        await stand.reply(ann)
    ).text == "Вижу правку, отвечаю заново.\n\nБумага застряла\n\nРешение «Бумага застряла»."
    stand.sandbox.edits(asked, "ошибка 7001")
    assert (await stand.texts(ann))[0].startswith("Вижу правку, отвечаю заново.\n\nКончилась бумага")


async def test_an_edit_that_changes_nothing_is_silent(stand: Stand, ann: Person) -> None:
    asked = await ann.says("ошибка 7001")
    await stand.quiet()
    stand.sandbox.edits(asked, "ошибка 7001")
    assert await stand.replies(ann) == []


async def test_an_unclear_question_made_clear_by_an_edit(stand: Stand, ann: Person, staff: Staff) -> None:
    asked = await ann.says("абракадабра кракозябра")
    await stand.quiet()
    stand.sandbox.edits(asked, "ошибка 7002")
    assert (await stand.reply(ann)).text.startswith("Вижу правку, отвечаю заново.\n\nБумага застряла")
    assert staff.messages == []


async def test_an_unclear_question_edited_into_another_unclear_one_is_not_a_second_question(
    stand: Stand, ann: Person, staff: Staff
) -> None:
    asked = await ann.says("абракадабра кракозябра")
    await stand.quiet()
    stand.sandbox.edits(asked, "абракадабра кракозябры")
    assert (await stand.reply(ann)).text.startswith("Не уверен, что понял")
    assert staff.messages == []


async def test_an_edited_command_is_carried_out(stand: Stand, ann: Person) -> None:
    asked = await ann.says("/hepl")
    await stand.quiet()
    stand.sandbox.edits(asked, "/help")
    texts = await stand.texts(ann)
    assert [text.startswith("Не уверен") for text in texts] == [False] * len(texts)


async def test_an_edited_caption_is_read_too(stand: Stand, ann: Person) -> None:
    sent = stand.sandbox.sends_photo(ann, caption="ошибка 7001")
    await stand.quiet()
    stand.sandbox.edits(sent, "ошибка 7002")
    assert (await stand.reply(ann)).text.startswith("Вижу правку, отвечаю заново.\n\nБумага застряла")


async def test_an_edit_of_a_message_we_never_saw_is_answered(stand: Stand, ann: Person) -> None:
    update = content(ann, text="ошибка 7002", edit_date=1_700_000_001)
    stand.sandbox.push_update({"edited_message": update["message"]})
    await stand.quiet()
    assert [reply.text.partition("\n")[0] for reply in ann.replies] == ["Вижу правку, отвечаю заново."]
