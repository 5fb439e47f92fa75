from collections import Counter

import pytest

from bot.diagnostics.reading.decode import decode
from bot.diagnostics.reading.read import read
from tests.reading.samples import BOOK, TODAY, Sample, prose, samples, written

SAMPLES = list(samples())
PROSE = prose()
NAMES = [f"{at}-{sample.tool}-{sample.verdict}" for at, sample in enumerate(SAMPLES)]


def verdict(text: str) -> str:
    return read(text, BOOK, today=TODAY).verdict.value


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_output_is_understood(sample: Sample) -> None:
    reading = read(sample.text, BOOK, today=TODAY)
    assert reading.main is not None
    facts = {name: written(reading.main.facts.get(name)) for name in sample.facts}
    assert (reading.tool, reading.verdict.value, facts) == (sample.tool, sample.verdict, sample.facts)


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_layout_changes_nothing(sample: Sample) -> None:
    lines = sample.text.splitlines()
    forms = {
        "one line": " ".join(lines),
        "mail quote": "\n".join(f"> {line}" for line in lines),
        "windows line ends": "\r\n".join(lines),
        "indented": "\n".join(f"    {line}" for line in lines),
        "in a code block": f"```\n{sample.text}\n```",
        "after a greeting": f"Добрый день! Сделал, как просили:\n{sample.text}\n\nЧто дальше? С уважением, Анна",
    }
    lone = sample.text.strip() == "ERR_NAME_NOT_RESOLVED"  # in a letter the bare code is only talk
    found = {form: verdict(text) for form, text in forms.items() if not (lone and form == "after a greeting")}
    assert found == dict.fromkeys(found, sample.verdict)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866"])
def test_encodings(encoding: str) -> None:
    wrong = []
    for sample in SAMPLES:
        try:
            content = sample.text.replace("\n", "\r\n").encode(encoding)
        except UnicodeEncodeError:
            continue
        if verdict(decode(content)) != sample.verdict:
            wrong.append((sample.tool, sample.verdict, sample.text[:60]))
    assert wrong == []


@pytest.mark.parametrize("text", PROSE)
def test_talk_is_no_output(text: str) -> None:
    assert verdict(text) == "not_diagnostic"
    assert verdict(" ".join(text.split())) == "not_diagnostic"


def test_how_many() -> None:
    assert len(SAMPLES) >= 120
    assert len(PROSE) >= 40
    assert len({sample.verdict for sample in SAMPLES}) == 25
    assert Counter(sample.tool for sample in SAMPLES)["licdiag"] >= 10
