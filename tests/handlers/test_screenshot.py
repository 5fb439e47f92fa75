"""Screenshots in the chat. Tesseract is a script that says what it is told; one test has the real one."""

import io
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from bot.ocr.tesseract import find_tesseract
from bot.sandbox import Person
from bot.sandbox.faults import Fault, FaultKind
from tests.handlers.stand import Staff, Stand

KEY = "ACME-AB1CD-EF2GH-JK3LM-NP4QR"
NOTHING = "Посмотрел снимок, но ни кода ошибки, ни знакомого сообщения на нём не нашёл, а гадать не хочу."
SCRIPT = """#!/bin/sh
cat > /dev/null
case "$*" in *"--psm 11"*) exit 0;; esac
for said in {folder}/*.tsv; do
    [ -e "$said" ] || exit 0
    cat "$said"
    rm "$said"
    exit 0
done
"""


class Told:
    """What tesseract will say of the next pictures, in order; of further ones it says nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def say(self, *pictures: Sequence[str]) -> None:
        for lines in pictures:
            rows = [
                f"5\t1\t1\t1\t{number}\t{place}\t0\t0\t50\t20\t95\t{word}"
                for number, line in enumerate(lines)
                for place, word in enumerate(line.split())
            ]
            self._count += 1
            (self.folder / f"{self._count:03}.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Told:
    """Put the script on PATH, before the stand starts, unless the test wants another."""
    folder = tmp_path / "tesseract"
    folder.mkdir()
    if "real_tesseract" not in request.fixturenames and "without_tesseract" not in request.fixturenames:
        script = folder / "tesseract"
        script.write_text(SCRIPT.format(folder=folder), encoding="utf-8")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return Told(folder)


@pytest.fixture
def real_tesseract() -> None:
    if find_tesseract() is None:
        pytest.skip("tesseract is not installed")


@pytest.fixture
def without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


def drawn(*lines: str) -> bytes:
    image = Image.new("RGB", (520, 60 + 40 * len(lines)), "white")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines or ("—",)):
        pen.text((20, 20 + 40 * number), line, font=_font(), fill="black")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 18)
    except OSError:
        return ImageFont.load_default()


PICTURE = drawn()


@pytest.mark.usefixtures("real_tesseract")
async def test_a_screenshot_is_read_and_answered(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_photo(ann, drawn("Ошибка 7001", "Принтер не печатает"))
    reply = await stand.reply(ann)
    assert reply.text.startswith("🖼 На снимке вижу: «Ошибка 7001»\n\nКончилась бумага\n")
    assert [button.text for button in reply.buttons][:3] == ["✅ Помогло", "❌ Не помогло", "🖼 Не то прочитано"]
    assert await stand.rows("SELECT kind, text, file_id IS NOT NULL FROM messages WHERE direction = 'in'") == [
        ("picture", "", 1),
        ("read", "Ошибка 7001", 0),
    ]


@pytest.mark.usefixtures("without_tesseract")
async def test_without_tesseract_the_text_is_asked_for_and_the_log_says_why(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_photo(ann, PICTURE)
    said = "Читать картинки я здесь не умею. Напишите код ошибки или текст с экрана: этого хватит."
    assert (await stand.reply(ann)).text == said
    stand.sandbox.sends_photo(ann, PICTURE, caption="ошибка 7001")
    assert await stand.titles(ann) == ["Кончилась бумага"]
    assert stand.log.getvalue().count("pictures.not_read") == 1


async def test_a_file_that_is_an_image_is_read_too(stand: Stand, ann: Person, told: Told) -> None:
    for name, mime in (("1.PNG", "application/octet-stream"), ("scan", "image/png"), ("снимок.bmp", "image/bmp")):
        told.say(["Ошибка 7002"])
        stand.sandbox.sends_file(ann, "document", PICTURE, name=name, mime=mime)
        assert "Бумага застряла" in (await stand.reply(ann)).text


async def test_another_file_is_no_picture(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_file(ann, "document", b"PK", name="log.zip", mime="application/zip")
    assert (await stand.reply(ann)).text.startswith("Файл получил")


async def test_a_known_phrase_is_answered(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Принтер Акме", "Принтер просит бумагу", "OK"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert (await stand.reply(ann)).text.startswith("🖼 На снимке вижу: «Принтер просит бумагу»\n\nКончилась бумага")


async def test_nothing_that_counts_is_said_honestly(stand: Stand, ann: Person, told: Told, staff: Staff) -> None:
    told.say(["Заказ № 7001", "12:44", "Версия 70.02"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert (await stand.reply(ann)).text.startswith(NOTHING)
    assert staff.messages == []
    await ann.presses("🙋 Позвать человека")
    await stand.quiet()
    assert "Заказ" not in "".join(stand.sent_texts())


async def test_the_word_for_an_unknown_code(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Ошибка 4444"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert (await stand.reply(ann)).text.startswith("Кода 4444 в моей базе нет")


async def test_not_that_asks_for_words_and_is_on_record(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Ошибка 7001"])
    stand.sandbox.sends_photo(ann, PICTURE)
    await stand.quiet()
    pressed = await ann.presses("🖼 Не то прочитано")
    assert await stand.toast(pressed) == "Понял, прочитал не то"
    assert (await stand.reply(ann)).text.startswith("Значит, прочитал не то, простите.")
    assert await stand.rows("SELECT article, verdict FROM feedback") == [("acme-paper", "not_helped")]
    await ann.presses("🖼 Не то прочитано")
    await stand.quiet()
    assert await stand.rows("SELECT count(*) FROM feedback") == [(1,)]


async def test_caption_and_picture_make_one_question(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Ошибка 7001"])
    stand.sandbox.sends_photo(ann, PICTURE, caption="что это значит?")
    assert (await stand.reply(ann)).text.startswith("🖼 На снимке вижу: «Ошибка 7001»\n\nКончилась бумага")
    await ann.says("/human")
    await stand.quiet()
    assert "что это значит? Ошибка 7001" in stand.staff.last.replace("\n", " ")


async def test_the_captions_question_comes_first(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Ошибка 7002"])
    stand.sandbox.sends_photo(ann, PICTURE, caption="ошибка 7001")
    first, second = await stand.texts(ann)
    assert "Кончилась бумага" in first
    assert second.startswith("И про второе:\n\nБумага застряла")


async def test_a_caption_that_calls_for_a_person_is_heard_at_once(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Ошибка 7001"])
    stand.sandbox.sends_photo(ann, PICTURE, caption="позовите человека")
    assert (await stand.reply(ann)).text.startswith("Зову человека")


async def test_an_english_customer_is_answered_in_english(stand: Stand, bob: Person, told: Told) -> None:
    told.say(["Ошибка 7001: нет бумаги в лотке"])
    stand.sandbox.sends_photo(bob, PICTURE)
    assert (await stand.reply(bob)).text.startswith(
        "🖼 On the picture I see: “Ошибка 7001: нет бумаги в лотке”\n\nOut of"
    )


async def test_of_an_album_the_first_that_says_something_is_answered(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Рабочий стол"], ["Ошибка 7002"], ["Ошибка 7001"])
    stand.sandbox.sends_album(ann, [PICTURE, PICTURE, PICTURE])
    assert (await stand.reply(ann)).text.startswith("🖼 На снимке вижу: «Ошибка 7002»")


async def test_an_album_that_says_nothing_gets_one_answer(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_album(ann, [PICTURE, PICTURE, PICTURE])
    assert (await stand.reply(ann)).text.startswith(NOTHING)


async def test_an_albums_caption_waits_for_the_picture_that_says_something(
    stand: Stand, ann: Person, told: Told
) -> None:
    told.say(["Рабочий стол"], ["Ошибка 7001"])
    stand.sandbox.sends_album(ann, [PICTURE, PICTURE], caption="вот что пишет")
    assert (await stand.reply(ann)).text.startswith("🖼 На снимке вижу: «Ошибка 7001»\n\nКончилась бумага")


async def test_a_picture_after_a_clarifying_question_settles_it(stand: Stand, ann: Person, told: Told) -> None:
    await ann.says("ошибка 7010")
    assert (await stand.reply(ann)).text.startswith("Хочу ответить точно")
    told.say(["Ошибка 8003"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert "Лампа сканера не горит" in (await stand.reply(ann)).text


async def test_a_key_on_a_picture_stays_nowhere(stand: Stand, ann: Person, told: Told) -> None:
    told.say([f"Ключ: {KEY}", "Ошибка 7001"], [KEY.replace("-", "—"), "Готово"])
    stand.sandbox.sends_photo(ann, PICTURE)
    answer, notice = await stand.texts(ann)
    assert answer.startswith("🖼 На снимке вижу: «Ошибка 7001»")
    assert notice.startswith("🔐")
    stand.sandbox.sends_photo(ann, PICTURE)
    nothing, notice = await stand.texts(ann)
    assert nothing.startswith(NOTHING)
    assert notice.startswith("На снимке виден номер лицензии (ACME-…P4QR).")
    await stand.stop()
    assert b"EF2GH" not in stand.bytes_on_disk()
    assert "EF2GH" not in "\n".join([*stand.sent_texts(), stand.log.getvalue()])


async def test_what_stands_on_a_picture_is_shown_as_text(stand: Stand, ann: Person, told: Told) -> None:
    told.say(["Ошибка 7001 <b>&amp; {$x}</b>"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert (await stand.reply(ann)).text.startswith("🖼 На снимке вижу: «Ошибка 7001 <b>&amp; {$x}</b>»")


async def test_with_a_person_pictures_go_to_the_staff_and_are_not_read(stand: Stand, ann: Person, told: Told) -> None:
    await ann.says("/human")
    await ann.says("не печатает")
    await stand.quiet()
    told.say(["Ошибка 7001"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert await stand.replies(ann) == []
    assert [call.method for call in stand.sandbox.calls].count("copyMessage") == 1
    assert [call.method for call in stand.sandbox.calls].count("getFile") == 0


async def test_a_file_that_telegram_does_not_give_is_asked_for_again(stand: Stand, ann: Person) -> None:
    stand.sandbox.api.faults.add(Fault("download", FaultKind.HTML_502, times=2))
    stand.sandbox.sends_photo(ann, PICTURE)
    assert (await stand.reply(ann)).text.startswith("Снимок не удалось получить от Telegram.")
    assert stand.sandbox.token not in stand.log.getvalue()


async def test_a_download_that_fails_once_is_tried_again(stand: Stand, ann: Person, told: Told) -> None:
    stand.sandbox.api.faults.add(Fault("download", FaultKind.HTML_502))
    told.say(["Ошибка 7001"])
    stand.sandbox.sends_photo(ann, PICTURE)
    assert "Кончилась бумага" in (await stand.reply(ann)).text


async def test_a_file_of_eleven_megabytes_is_not_fetched(stand: Stand, ann: Person) -> None:
    stand.sandbox.sends_file(ann, "document", b"\x89PNG" + bytes(11 * 1024 * 1024), name="big.png", mime="image/png")
    assert (await stand.reply(ann)).text.startswith("Этот снимок слишком большой")


async def test_others_do_not_wait_while_a_picture_is_read_and_its_chat_keeps_its_order(
    stand: Stand, ann: Person, bob: Person, told: Told
) -> None:
    told.say(["Ошибка 7002"])
    script = told.folder / "tesseract"
    # The script waits until Bob has been answered: a reading that held up others would never end in time.
    script.write_text(
        "#!/bin/sh\n"
        "cat > /dev/null\n"
        f"while [ ! -e {told.folder}/go ]; do sleep 0.05; done\n"
        f"cat {told.folder}/001.tsv\n",
        encoding="utf-8",
    )
    stand.sandbox.sends_photo(ann, PICTURE)
    await ann.says("ошибка 7001")
    await bob.says("error 7002")
    await bob.hears("Paper jam")
    assert ann.replies == []
    (told.folder / "go").touch()
    assert [text.partition("\n\n")[0] for text in await stand.texts(ann)] == [
        "🖼 На снимке вижу: «Ошибка 7002»",
        "Кончилась бумага",
    ]


def test_the_script_stands_in_for_tesseract(told: Told) -> None:
    assert shutil.which("tesseract") == str(told.folder / "tesseract")
