import pytest

from bot.guides.run import (
    VISITS_PER_STEP,
    At,
    Gone,
    Press,
    Result,
    Run,
    Solved,
    Stop,
    ToArticle,
    ToPerson,
    Visit,
    begin,
    offers,
    press,
    resume,
)
from bot.kb.article import Article
from bot.kb.steps import Exits, exits
from tests.guides.guide_articles import article

PLAIN = article("plain", {"id": "a"}, {"id": "b"}, {"id": "c"})
BRANCHES = article(
    "branches",
    {"id": "a", "on_failure": "c"},
    {"id": "b", "on_success": "end", "on_failure": "plain"},
    {"id": "c", "on_success": "a", "on_failure": "told"},
)
TOLD = article("told")
ALL = {each.id: each for each in (PLAIN, BRANCHES, TOLD)}


def look(article_id: str) -> Article | None:
    return ALL.get(article_id)


def at(move: object) -> At:
    assert isinstance(move, At), move
    return move


def walk(run: Run, *presses: Press) -> Run:
    for each in presses:
        run = at(press(run, each, look)).run
    return run


@pytest.mark.parametrize(
    ("step", "following", "expected"),
    [
        ({}, True, Exits("z", None)),
        ({}, False, Exits(None, "person")),
        ({"on_success": "z"}, False, Exits("z", None)),
        ({"on_success": "end"}, True, Exits("z", None)),
        ({"on_success": "end"}, False, Exits(None, "person")),
        ({"on_success": "end", "on_failure": "other"}, True, Exits(None, "other")),
        ({"on_success": "person"}, True, Exits(None, "person")),
        ({"on_failure": "other"}, True, Exits("z", "other")),
        ({"on_failure": "other"}, False, Exits("person", "other")),
        ({"on_failure": "person"}, True, Exits("z", "person")),
        ({"on_failure": "person"}, False, Exits(None, "person")),
        ({"on_failure": "z"}, True, Exits("z", None)),
        ({"on_success": "z", "on_failure": "other"}, True, Exits("z", "other")),
    ],
)
def test_the_ways_out_of_a_step(step: dict[str, object], following: bool, expected: Exits) -> None:
    steps: list[dict[str, object]] = [{"id": "s", **step}, {"id": "z"}]
    made = article("one", *(steps if following else steps[:1]))
    assert exits(made, made.steps[0]) == expected


def test_presses_that_a_step_offers() -> None:
    assert [offers(PLAIN, step) for step in PLAIN.steps] == [
        (Press.HELPED, Press.NEXT),
        (Press.HELPED, Press.NEXT),
        (Press.HELPED, Press.FAILED),
    ]
    assert offers(BRANCHES, BRANCHES.steps[1]) == (Press.HELPED, Press.FAILED)
    assert offers(BRANCHES, BRANCHES.steps[2]) == (Press.HELPED, Press.NEXT, Press.FAILED)


def test_from_the_first_step_to_the_last_and_to_a_person() -> None:
    run = walk(begin(PLAIN), Press.NEXT, Press.NEXT)
    assert run.visits == (Visit("plain", "a", Result.DONE), Visit("plain", "b", Result.DONE), Visit("plain", "c"))
    assert run.moves == 2
    last = press(run, Press.FAILED, look)
    assert isinstance(last, ToPerson)
    assert (last.why, last.run.here.result, last.run.moves) == (Stop.NOTHING_LEFT, Result.FAILED, 3)


def test_helped_ends_anywhere() -> None:
    solved = press(walk(begin(PLAIN), Press.NEXT), Press.HELPED, look)
    assert isinstance(solved, Solved)
    assert solved.run.here == Visit("plain", "b", Result.HELPED)


def test_back_forgets_the_answer_and_stops_at_the_beginning() -> None:
    run = walk(begin(PLAIN), Press.NEXT, Press.BACK)
    assert run == Run((Visit("plain", "a"),), moves=2)
    assert walk(run, Press.BACK).here == Visit("plain", "a")


def test_a_failure_jumps_to_the_steps_of_another_article_and_back() -> None:
    run = walk(begin(BRANCHES), Press.NEXT, Press.FAILED)
    assert run.here == Visit("plain", "a")
    assert [visit.result for visit in run.visits] == [Result.DONE, Result.FAILED, None]
    assert walk(run, Press.BACK).here == Visit("branches", "b")


def test_a_failure_leads_to_an_article_without_steps() -> None:
    move = press(walk(begin(BRANCHES), Press.FAILED), Press.FAILED, look)
    assert isinstance(move, ToArticle)
    assert (move.article.id, move.run.here) == ("told", Visit("branches", "c", Result.FAILED))


def test_an_article_that_has_been_taken_back_is_as_good_as_a_person() -> None:
    run = walk(begin(BRANCHES), Press.NEXT)
    move = press(run, Press.FAILED, lambda each: BRANCHES if each == "branches" else None)
    assert isinstance(move, ToPerson)
    assert move.why is Stop.NOTHING_LEFT


def test_circles_end() -> None:
    run = begin(BRANCHES)
    for _ in range(VISITS_PER_STEP - 1):
        run = walk(run, Press.FAILED, Press.NEXT)
    move = press(walk(run, Press.FAILED), Press.NEXT, look)
    assert isinstance(move, ToPerson)
    assert move.why is Stop.CIRCLES


def test_a_step_that_is_gone_is_followed_by_the_first_that_was_not_tried() -> None:
    run = walk(begin(PLAIN), Press.NEXT)
    edited = article("plain", {"id": "a"}, {"id": "new"}, {"id": "c"})
    move = at(press(run, Press.NEXT, lambda _: edited))
    assert (move.changed, move.step.id, move.number) == (True, "new", 2)
    assert move.run == Run((Visit("plain", "a", Result.DONE), Visit("plain", "new")), moves=2)
    everything_tried = at(resume(run, lambda _: article("plain", {"id": "a"})))
    assert (everything_tried.changed, everything_tried.step.id) == (True, "a")


def test_steps_in_another_order_go_on_by_their_ids() -> None:
    run = walk(begin(PLAIN), Press.NEXT)
    turned = article("plain", {"id": "b"}, {"id": "c"}, {"id": "a"})
    now = at(resume(run, lambda _: turned))
    assert (now.changed, now.number) == (False, 1)
    assert at(press(run, Press.NEXT, lambda _: turned)).step.id == "c"


def test_going_back_passes_steps_that_are_gone() -> None:
    run = walk(begin(PLAIN), Press.NEXT, Press.NEXT)
    without_b = article("plain", {"id": "a"}, {"id": "c"})
    assert at(press(run, Press.BACK, lambda _: without_b)).step.id == "a"
    only_c = article("plain", {"id": "c"})
    assert at(press(run, Press.BACK, lambda _: only_c)).step.id == "c"


def test_a_way_out_that_was_edited_away_becomes_the_other_one() -> None:
    run = begin(BRANCHES)
    without = article("branches", {"id": "a"}, {"id": "b"})
    assert at(press(run, Press.FAILED, lambda _: without)).step.id == "b"


@pytest.mark.parametrize("left", [None, TOLD])
def test_without_the_article_only_help_and_a_person_are_left(left: Article | None) -> None:
    run = begin(PLAIN)
    assert isinstance(press(run, Press.NEXT, lambda _: left), Gone)
    assert isinstance(press(run, Press.BACK, lambda _: left), Gone)
    assert isinstance(press(run, Press.HELPED, lambda _: left), Solved)
    assert isinstance(press(run, Press.PERSON, lambda _: left), ToPerson)
