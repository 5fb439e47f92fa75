"""Pictures through everything: worker, tesseract, what counts, decision. Read once, two at a time, for all tests."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from bot.matching.decision import Kind
from bot.matching.picture import Line
from bot.ocr.read import Failure, Picture, PictureReader
from bot.screenshot import SHOWN, Understood, says_something, understand
from bot.triage import Prepared, prepare
from bot.weights.ready import weights_of
from tests.ocr.pictures import READABLE, TRAPS


@dataclass(frozen=True, slots=True)
class Reading:
    read: Picture | Failure
    understood: Understood


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(load(DEFAULT_KB), b"a-key-for-hashes-in-tests", weights_of)


@pytest.fixture(scope="module")
def readings(tesseract: str, prepared: Prepared) -> Mapping[str, Reading]:
    drawn = {name: draw() for name, (draw, _) in READABLE.items()} | {name: draw() for name, draw in TRAPS.items()}

    async def read_all() -> list[Picture | Failure]:
        reader = PictureReader(tesseract, waiting=len(drawn))
        return await asyncio.gather(
            *(reader.read(content, lambda lines: says_something(lines, prepared)) for content in drawn.values())
        )

    found = dict(zip(drawn, asyncio.run(read_all()), strict=True))
    return {
        name: Reading(read, understand(read.lines if isinstance(read, Picture) else (), "", prepared))
        for name, read in found.items()
    }


@pytest.mark.parametrize("name", READABLE)
def test_a_screenshot_is_read_and_leads_to_its_article(readings: Mapping[str, Reading], name: str) -> None:
    reading = readings[name]
    assert isinstance(reading.read, Picture)
    decision = reading.understood.triaged.decision
    assert (decision.kind in SHOWN, decision.article) == (True, READABLE[name][1]), reading.read.lines


@pytest.mark.parametrize("name", TRAPS)
def test_a_picture_without_an_error_says_nothing(readings: Mapping[str, Reading], name: str) -> None:
    understood = readings[name].understood
    assert not understood.says_something, understood.lines
    assert (understood.triaged.decision.kind, understood.triaged.decision.codes) == (Kind.UNSURE, ())


def test_a_key_on_a_picture_is_masked_before_anything_sees_it(readings: Mapping[str, Reading]) -> None:
    understood = readings["key_with_its_error"].understood
    assert understood.masked == ("MIKO-…P4QR",) or understood.masked[0].startswith("MIKO-…")
    assert "EF2GH" not in repr(understood)
    assert [secret.digest for secret in understood.triaged.redacted.secrets] == [None]


def test_a_picture_without_a_caption_is_answered_in_the_customers_language(prepared: Prepared) -> None:
    lines = [Line("License error", 95.0), Line("Error code: 2009", 95.0)]
    assert understand(lines, "", prepared, language="ru").triaged.decision.language == "ru"
    assert understand(lines, "", prepared).triaged.decision.language == "en"


ERROR_2011 = [Line("Ошибка 2011: срок", 95.0)]


def test_the_captions_question_wins_and_the_pictures_code_comes_second(prepared: Prepared) -> None:
    decision = understand(ERROR_2011, "что значит ошибка 1058?", prepared).triaged.decision
    assert (decision.article, decision.also) == ("miko-1058", ("miko-2011",))


def test_a_caption_that_asks_nothing_leaves_it_to_the_picture(prepared: Prepared) -> None:
    for caption in ("что это?", "помогите", "Здравствуйте!", "вот", "выскочило сегодня утром, что делать?"):
        decision = understand(ERROR_2011, caption, prepared).triaged.decision
        assert (caption, decision.kind, decision.article) == (caption, Kind.ANSWER, "miko-2011")


def test_a_call_for_a_person_in_the_caption_is_heard(prepared: Prepared) -> None:
    assert understand(ERROR_2011, "позовите оператора", prepared).triaged.decision.kind is Kind.ESCALATE


def test_the_record_holds_the_caption_and_what_counts_and_no_more(prepared: Prepared) -> None:
    lines = [Line("Карта 4111 Иванов", 95.0), *ERROR_2011, Line("Остаток 17", 95.0)]
    understood = understand(lines, "что это?", prepared)
    assert understood.triaged.redacted.text == "что это?\nОшибка 2011: срок"


KEYS = (
    "MIKO-AB1CD-EF2GH-JK3LM-NP4QR",
    "МIКО—АВ1СD—ЕF2GН—JК3LМ—NР4QR",
    "MIKO - AB|CD - EF2GH - JK3LM - NP4QR",
    "M1K0-AB1CD-EF2GH-JK3LM-NP4QR",
    "MIKO_AB1CD_EF2GH_JK3LM_NP4QR",
    "miko-AB1CD.EF2GH-JK3LM-NP4QR",
    "MIKO-AB1$D-EF2GH-JK3LM-NP4QR",
)


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_masked_as_tesseract_misreads_them(prepared: Prepared, key: str) -> None:
    understood = understand([Line(f"Ключ: {key}", 90.0), *ERROR_2011], "", prepared)
    assert "2GH" not in repr(understood)
    assert "2GН" not in repr(understood)
    assert len(understood.masked) == 1


def test_reading_one_picture_and_understanding_it_is_quick(readings: Mapping[str, Reading], prepared: Prepared) -> None:
    # Processor time of the pure part only, on a page full of text; the machine may be busy.
    lines = [Line(f"Документ {n} от 12.10.2026 склад основной контрагент Ромашка", 95.0) for n in range(200)]
    begun = time.process_time()
    understand(lines, "", prepared)
    assert time.process_time() - begun < 2.0
    assert all(isinstance(reading.read, Picture) for name, reading in readings.items() if name in READABLE)
