"""Pictures that are none, or meant harm; and readers that hang: each ends in a named failure, and nothing is left."""

import asyncio
import os
import signal
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from bot.matching.picture import Line
from bot.ocr.read import MOST_BYTES, Failure, Limits, Picture, PictureReader, read_now
from tests.ocr.pictures import dialog, png
from tests.ocr.processes import groups_of_our_children, members

Program = Callable[[str], str]
HANG = "cat > /dev/null; exec sleep 600"
HEAD = "level\tpage\tblock\tpar\tline\tword\tleft\ttop\twidth\theight\tconf\ttext"
ROW = "5\t1\t1\t1\t1\t{n}\t0\t0\t50\t20\t{sure}\t{text}"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + chunk(b"IEND", b"")


HARMFUL: dict[str, tuple[bytes, Failure]] = {
    "nothing": (b"", Failure.NOT_AN_IMAGE),
    "a text": ("Ошибка 2011".encode() * 50, Failure.NOT_AN_IMAGE),
    "a text that begins like a PNG": (b"\x89PNG\r\n\x1a\n" + b"Error 2011 " * 50, Failure.NOT_AN_IMAGE),
    "half a PNG": (png(dialog())[:900], Failure.NOT_AN_IMAGE),
    "a bomb": (bomb(50_000, 50_000), Failure.TOO_BIG),
    "a lie about its size": (bomb(5_000, 5_000), Failure.NOT_AN_IMAGE),
    "a script that draws": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%id) run\n", Failure.NOT_AN_IMAGE),
    "a drawing": (
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        Failure.NOT_AN_IMAGE,
    ),
    "one colour": (png(Image.new("RGB", (300, 200), "#777777")), Failure.EMPTY),
    "one pixel": (png(Image.new("RGB", (1, 1), "black")), Failure.EMPTY),
    "too many bytes": (b"\xff\xd8\xff" + bytes(MOST_BYTES), Failure.TOO_BIG),
}


@pytest.mark.parametrize(("content", "failure"), HARMFUL.values(), ids=HARMFUL)
async def test_what_is_no_picture_has_a_name(content: bytes, failure: Failure, program: Program) -> None:
    reader = PictureReader(program("echo never asked >&2; exit 1"))
    assert await reader.read(content) is failure


async def test_without_tesseract_nothing_is_read() -> None:
    assert await PictureReader(None).read(png(dialog())) is Failure.NO_TESSERACT


def test_a_tesseract_that_has_gone_since_is_told(tmp_path: Path) -> None:
    assert read_now(png(dialog()), str(tmp_path / "gone")) is Failure.NO_TESSERACT


async def until_two_run() -> int:
    async with asyncio.timeout(10):
        while not (found := groups_of_our_children()):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)
    return found[0]


async def test_at_the_deadline_the_whole_group_ends(program: Program) -> None:
    reader = PictureReader(program(HANG), Limits(seconds=1.5))
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(reader.read(png(dialog())))
        group = await until_two_run()
    assert reading.result() is Failure.TIMED_OUT
    assert members(group) == []


async def test_a_cancelled_reading_leaves_no_process(program: Program) -> None:
    reader = PictureReader(program("trap '' TERM; cat > /dev/null; while :; do sleep 1; done"))
    reading = asyncio.get_running_loop().create_task(reader.read(png(dialog())))
    group = await until_two_run()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    async with asyncio.timeout(10):
        while members(group):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)


async def test_a_worker_that_is_killed_leaves_no_child(program: Program) -> None:
    reading = asyncio.get_running_loop().create_task(PictureReader(program(HANG)).read(png(dialog())))
    group = await until_two_run()
    os.kill(group, signal.SIGKILL)
    assert await reading is Failure.OUT_OF_MEMORY
    async with asyncio.timeout(10):
        while members(group):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)


async def test_a_worker_that_wants_too_much_memory_is_told(program: Program) -> None:
    tight = Limits(memory=80 * 1024 * 1024)
    large = Image.new("RGB", (5000, 5000))
    large.paste("white", (0, 0, 3000, 5000))
    assert await PictureReader(program("exit 1"), tight).read(png(large)) is Failure.OUT_OF_MEMORY


async def test_a_tesseract_that_wants_too_much_memory_is_told(program: Program) -> None:
    greedy = program('cat > /dev/null; echo "terminate called: std::bad_alloc" >&2; exit 134')
    assert await PictureReader(greedy).read(png(dialog())) is Failure.OUT_OF_MEMORY


def said(*texts: str, sure: float = 90.0) -> str:
    rows = [HEAD, *(ROW.format(n=n, sure=sure, text=text) for n, text in enumerate(texts))]
    return "cat > /dev/null; cat <<'END'\n" + "\n".join(rows) + "\nEND"


async def test_lines_come_with_the_mean_confidence_of_their_words(program: Program) -> None:
    read = await PictureReader(program(said("Ошибка", "2011"))).read(png(dialog()))
    assert isinstance(read, Picture)
    assert read.lines == (Line("Ошибка 2011", 90.0),)


async def test_words_that_are_hardly_seen_are_left_out(program: Program) -> None:
    assert await PictureReader(program(said("~~", "|", sure=12.0))).read(png(dialog())) is Failure.EMPTY


async def test_what_does_not_do_is_looked_at_once_more(program: Program) -> None:
    body = 'cat > /dev/null; case "$*" in *"--psm 11"*) ' + said("Ошибка", "2011")[len("cat > /dev/null; ") :]
    second = program(f"{body}\n;; *) {said('Файл', 'Правка')[len('cat > /dev/null; ') :]}\n;; esac")
    first: list[str] = []

    def enough(lines: Sequence[Line]) -> bool:
        first.extend(line.text for line in lines)
        return False

    read = await PictureReader(second).read(png(dialog()), enough)
    assert isinstance(read, Picture)
    assert [line.text for line in read.lines] == ["Файл Правка", "Ошибка 2011"]
    assert first == ["Файл Правка"]


async def test_when_too_many_wait_the_next_is_told_so(program: Program) -> None:
    reader = PictureReader(program(HANG), Limits(seconds=0.5), at_once=1, waiting=1)
    picture = png(dialog())
    results = await asyncio.gather(*(reader.read(picture) for _ in range(3)))
    assert sorted(str(result) for result in results) == ["busy", "timed_out", "timed_out"]


async def test_a_process_that_opens_strangers_files_knows_no_secret(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "4242:invented")
    monkeypatch.setenv("SECRET_KEY", "invented-as-well")
    words = (
        "cat > /dev/null; printf '"
        + HEAD.replace("\t", "\\t")
        + "\\n'; env | cut -d= -f1 | sort | while read name; do "
    )
    read = await PictureReader(
        program(words + "printf '5\\t1\\t1\\t1\\t1\\t1\\t0\\t0\\t9\\t20\\t90\\t%s\\n' \"$name\"; done")
    ).read(png(dialog()))
    assert isinstance(read, Picture)
    known = set(" ".join(line.text for line in read.lines).split())
    assert known - {"PWD", "_", "OLDPWD", "SHLVL"} == {
        "LC_ALL",
        "OMP_THREAD_LIMIT",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONPATH",
    }
