import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiogram
import pydantic
import pytest
from aiogram.filters.callback_data import CallbackData
from pydantic import BaseModel, ConfigDict

from bot.telegram import lean
from bot.telegram.api import METHODS

ROOT = Path(__file__).parents[2]


def probed() -> list[dict[str, Any]]:
    asked = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.telegram.lean_probe", how], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for how in ("lean", "ordinary")
    ]
    said = [json.loads(each.communicate(timeout=60)[0]) for each in asked]
    assert [each.returncode for each in asked] == [0, 0]
    return said


def test_what_aiogram_is_and_does_is_the_same_as_after_an_ordinary_import() -> None:
    ours, theirs = probed()

    built, all_built = ours.pop("built"), theirs.pop("built")
    assert built == ["ChatLocation", "TelegramMethod"]
    assert len(all_built) == len(theirs["fields"]) > len(METHODS) > 150
    for part, told in theirs.items():
        assert ours[part].keys() == told.keys()
        for name, expected in told.items():
            assert (part, name, ours[part][name]) == (part, name, expected)
    assert theirs["behaviour"]["own model"].startswith("['p:5', Pressed(number=6), Marked(message_id=7, ")
    assert theirs["behaviour"]["pickled"] == "True"


def test_the_tests_themselves_run_lean() -> None:
    assert isinstance(aiogram.__loader__, lean._Loader)
    assert not aiogram.types.RichBlockSlideshow.__pydantic_complete__


def test_what_is_made_of_aiograms_models_later_is_built_at_once() -> None:
    class Pressed(CallbackData, prefix="p"):
        number: int

    assert Pressed.__pydantic_complete__


def test_pydantic_is_as_it_was_afterwards() -> None:
    class Plain(BaseModel):
        number: int

    assert Plain.__pydantic_complete__
    assert BaseModel.model_config == {}
    assert BaseModel.model_rebuild.__module__ == "pydantic.main"


class Deferred(BaseModel):
    model_config = ConfigDict(defer_build=True)


def completed_by_aiogram() -> type[BaseModel]:
    made: type[BaseModel] = type(
        "Made", (Deferred,), {"__module__": "aiogram.types.made", "__annotations__": {"number": "Later"}}
    )
    made.model_rebuild(_types_namespace={"Later": int})
    return made


def test_a_type_is_built_at_its_first_use() -> None:
    with lean._deferred():
        made = completed_by_aiogram()

    assert not made.__pydantic_complete__
    assert made.model_fields["number"].annotation is int
    assert made.model_validate({"number": "5"}).model_dump() == {"number": 5}


def test_another_pydantic_builds_as_ever_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pydantic, "VERSION", "2.14.0")
    with lean._deferred():
        made = completed_by_aiogram()

    assert made.__pydantic_complete__
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.WARNING, "aiogram is imported the slow way: pydantic is 2.14.0, known is 2.13.x")
    ]


def test_a_type_whose_fields_cannot_be_resolved_apart_is_built_as_ever_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr("pydantic._internal._fields.rebuild_model_fields")
    with lean._deferred():
        made = completed_by_aiogram()

    assert made.__pydantic_complete__
    assert [record.message.partition(": ")[0] for record in caplog.records] == [
        "aiogram's models are built the slow way"
    ]


def test_an_aiogram_that_completes_nothing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with lean._deferred():
        pass

    assert [record.message for record in caplog.records] == [
        "aiogram's models are built the slow way: UnfitError: aiogram.types completes no types"
    ]


def test_a_failing_import_leaves_pydantic_as_it_was() -> None:
    with pytest.raises(ImportError, match="gone"), lean._deferred():
        raise ImportError("gone")

    assert BaseModel.model_config == {}
    assert BaseModel.model_rebuild.__module__ == "pydantic.main"
