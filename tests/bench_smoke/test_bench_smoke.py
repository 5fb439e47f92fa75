"""The benchmarks run to their end and measure what they say; no figure is checked, for figures are the machine's."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.kb import DEFAULT_KB
from bot.kb.loader import load
from tests.bench import bases, questions, reach_public, reach_speed, reach_table, startup
from tests.bench.__main__ import main
from tests.bench.botapi import Load
from tests.bench.results import Line, percentile, readable


@pytest.fixture(scope="module")
def small_kb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "kb"
    bases.write(bases.make(load(DEFAULT_KB), 12), folder)
    return folder


def measured(out: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    assert main(["--quick", "--json", str(out), *arguments]) == 0
    return {f"{line['what']} {line['against']}".strip(): line for line in json.loads(out.read_text("utf-8"))["lines"]}


def test_matching_is_timed_beside_both_others(tmp_path: Path) -> None:
    lines = measured(tmp_path / "out.json", "--only", "matching", "--articles", "12", "--questions", "5")
    for other in ("rapidfuzz token_set_ratio", "SQLite FTS5 trigram"):
        line = lines[f"12 articles: ask p50 {other}"]
        assert len(line["ours"]) == len(line["theirs"]) == 1
        assert line["value"] > 0
        assert line["other"] > 0
    assert lines["12 articles: asked a round"]["value"] == 5


def test_both_bots_answer_all_updates_of_both_loads(tmp_path: Path, small_kb: Path) -> None:
    lines = measured(tmp_path / "out.json", "--only", "throughput", "--updates", "6", "--kb", str(small_kb))
    unanswered = lines["not answered, both loads bare aiogram echo"]
    assert (unanswered["value"], unanswered["other"]) == (0, 0)
    assert lines["6 at once: answered bare aiogram echo"]["value"] > 0
    assert lines["database after 12 updates"]["value"] > 0


def test_the_command_is_timed(tmp_path: Path, small_kb: Path) -> None:
    arguments = ("bot.cli_kb", "ask", "ошибка 20000", "--json", "--kb", str(small_kb))
    assert startup.command_seconds(tmp_path, *arguments) > 0


def test_made_articles_are_the_same_every_time_and_all_different() -> None:
    library = load(DEFAULT_KB)
    made = bases.make(library, 150)
    assert made == bases.make(library, 150)
    assert len({article.phrases["ru"] for article in made}) == 150
    assert {len(article.phrases["ru"]) for article in made} == {8}
    assert {len(article.phrases["en"]) for article in made} == {5}


def test_questions_are_the_same_every_time_and_of_every_kind() -> None:
    articles = bases.shipped(load(DEFAULT_KB))
    asked = questions.ask(articles, 300, "seed")
    assert asked == questions.ask(articles, 300, "seed")
    assert {question.kind for question in asked} == {"ru", "en", "typo", "layout", "code", "foreign"}


def test_updates_are_handed_out_from_the_offset_on_and_counted_once() -> None:
    given = Load(['{"chat": {"id": 7}}', '{"chat": {"id": 8}}', '{"chat": {"id": 7}}'], 0.0, first=11)
    assert given.batch(0, 100) == []
    given.begin()
    assert given.batch(0, 2) == [
        '{"update_id":11,"message":{"chat": {"id": 7}}}',
        '{"update_id":12,"message":{"chat": {"id": 8}}}',
    ]
    assert given.batch(0, 2) == given.batch(11, 2)
    assert len(given.handed) == 2
    assert given.batch(13, 100) == ['{"update_id":13,"message":{"chat": {"id": 7}}}']
    given.note(7)
    given.note(8)
    assert len(given.waits()) == 2
    given.note(7)
    assert len(given.waits()) == 3
    assert given.following == 14


def test_percentiles_are_nearest_ranks() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50.0
    assert percentile(values, 0.99) == 99.0
    assert percentile([3.0], 0.99) == 3.0


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    line = Line("bench", "what", "ms", (10.0, 40.0, 60.0), "other", (5.0, 10.0, 60.0))
    assert (line.value, line.other, line.ratio) == (40.0, 10.0, 2.0)


def test_figures_are_readable() -> None:
    assert [readable(value) for value in (0.0, 0.01234, 1.5, 12.34, 1234.0)] == ["0", "0.0123", "1.50", "12.3", "1,234"]


def test_reach_of_a_public_set_is_told_beside_all_rivals(tmp_path: Path) -> None:
    phrases = {
        "card": ["my card has not come", "where is my new card"],
        "rate": ["what is the exchange rate", "which rate do I get"],
    }
    asked = [["where is the card", "card"], ["the rate of exchange please", "rate"], ["bake me a cake", None]]
    content = {"name": "tiny", "lang": "en", "kb": phrases, "dev": asked, "test": asked}
    (tmp_path / "clinc150.json").write_text(json.dumps(content), "utf-8")
    wanted = reach_public.Wanted("clinc150", "tiny", "1 / 2", "3 / 4", ("5 / 6", "7 / 8"))
    rows, _ = reach_public.measure(wanted, reach_public.read(tmp_path / "clinc150.json", None), tmp_path)
    ranks, chosen, shipped = rows
    assert ranks.ours == (100.0, 100.0)
    assert ranks.rivals == dict.fromkeys(reach_table.RIVAL_NAMES, (100.0, 100.0))
    assert set(chosen.rivals) == set(reach_table.RIVAL_NAMES)
    assert chosen.cells()[:4] == [
        "tiny: in-scope right / out-of-scope silent, border from dev, %",
        "5 / 6",
        "7 / 8",
        "100.0 / 100.0",
    ]
    assert shipped.ours[1] == 100.0


def test_a_border_lets_in_whom_it_may() -> None:
    def found(score: float, *, right: bool, foreign: bool = False) -> reach_public.Found:
        return reach_public.Found(right, right, score, foreign)

    dev = [found(0.9, right=True), found(0.5, right=True), found(0.4, right=False, foreign=True)]
    assert reach_public.threshold(dev) == 0.5
    assert reach_public.threshold([*dev, found(0.3, right=True), found(0.2, right=False, foreign=True)]) == 0.5
    assert reach_public.split(dev, lambda each: each.score >= 0.4) == (100.0, 0.0)


def test_one_question_is_timed_beside_all_rivals() -> None:
    measured = reach_speed.measure("en", 40, rounds=1, count=4)
    assert [each.name for each in measured.timed] == ["diagnost", *reach_table.RIVAL_NAMES]
    assert all(each.middle[0] > 0 and each.asked == 4 for each in measured.timed)
    assert (measured.phrases, measured.learned) == (40, False)


def test_the_table_of_reach_is_markdown() -> None:
    row = reach_table.Row("speed", "ms", "< 2", "< 1", (1.234, float("nan")), {"SQLite FTS5 trigram": (20.0,)})
    assert reach_table.markdown([row], "a machine") == (
        "| figure | target | beyond | ours | token_set | fts5 trigram | char tfidf |\n"
        "| --- | --: | --: | --: | --: | --: | --: |\n"
        "| speed, ms | < 2 | < 1 | 1.23 / – | – | 20.0 | – |\n"
        "\na machine\n"
    )
