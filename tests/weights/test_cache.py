import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.matching.learned import Learned
from bot.weights.cache import KEPT, Cache, default_directory, dump, key_of, parse
from tests.weights.corpora import corpus

LEARNED = Learned({"bias": 0.0, "learned": 2.0}, {"bias": -1.5}, np.arange(6, dtype=np.float32).reshape(3, 2))


def test_weights_come_back_as_they_were() -> None:
    found = parse(dump(LEARNED, "k"), "k")

    assert found is not None
    assert (found.mix, found.trust, found.scores is not None and found.scores.tolist()) == (
        {"bias": 0.0, "learned": 2.0},
        {"bias": -1.5},
        [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]],
    )
    assert found.fingerprint() == LEARNED.fingerprint()


def test_weights_without_scores_come_back_too() -> None:
    found = parse(dump(replace(LEARNED, scores=None), "k"), "k")

    assert found is not None
    assert found.scores is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no archive after all",
        dump(LEARNED, "k")[:-40],
        dump(LEARNED, "another key"),
        dump(replace(LEARNED, scores=np.full((3, 2), np.nan, dtype=np.float32)), "k"),
        json.dumps({"key": "k"}).encode(),
    ],
    ids=["empty", "not an archive", "cut off", "other key", "not numbers", "json"],
)
def test_what_is_not_sound_is_as_if_it_were_not_there(content: bytes) -> None:
    assert parse(content, "k") is None


def test_a_damaged_file_is_no_fault(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "new" / "folder")
    assert cache.save("k", dump(LEARNED, "k"))
    (path,) = (tmp_path / "new" / "folder").iterdir()
    path.write_bytes(path.read_bytes()[:100])

    assert cache.load("k") is None
    assert cache.save("k", dump(LEARNED, "k"))
    assert cache.load("k") is not None


def test_a_directory_that_cannot_be_made_forgets(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "folder")

    assert not cache.save("k", dump(LEARNED, "k"))
    assert cache.load("k") is None


def test_no_directory_forgets() -> None:
    assert not Cache(None).save("k", dump(LEARNED, "k"))
    assert Cache(None).load("k") is None


def test_only_the_latest_used_are_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for number in range(KEPT):
        cache.save(f"k{number}", dump(LEARNED, f"k{number}"))
        os.utime(tmp_path / f"weights-k{number}.npz", (number, number))
    assert cache.load("k0") is not None  # used again, so the oldest is now k1

    cache.save("new", dump(LEARNED, "new"))

    assert cache.load("k1") is None
    assert cache.load("k0") is not None
    assert cache.load("new") is not None
    assert len(list(tmp_path.iterdir())) == KEPT


def test_the_key_follows_the_phrases_only() -> None:
    one, same = corpus(), corpus()
    other = replace(one, phrases=one.phrases[:-1])

    assert key_of(one) == key_of(same)
    assert key_of(one) != key_of(other)


def test_the_default_directory_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")

    assert default_directory() == Path("/somewhere/diagnost")
