from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.floods.pace import FloodRule, Fold, Pace, Verdict, after, is_due, judge

RULE = FloodRule(messages=20, seconds=60, silence=10, longest=60)
FOLD = Fold(7, 100, "m1", 5, began_at=1000.0, newest_at=1005.0)


def verdicts(times: list[tuple[float, float]], rule: FloodRule = RULE) -> list[Verdict]:
    pace, found = Pace(), []
    for sent, now in times:
        verdict = judge(pace, None, sent, now, rule)
        pace = after(pace, verdict, sent, now, rule)
        found.append(verdict)
    return found


def test_the_twenty_first_message_of_a_minute_is_warned_about_and_the_next_are_folded() -> None:
    assert verdicts([(1000 + n, 1000 + n) for n in range(23)]) == [
        *[Verdict.ANSWER] * 20,
        Verdict.WARN,
        Verdict.FOLD,
        Verdict.FOLD,
    ]


def test_twenty_a_minute_for_ever_are_all_answered() -> None:
    assert set(verdicts([(1000 + 3 * n, 1000 + 3 * n) for n in range(200)])) == {Verdict.ANSWER}


def test_after_a_minute_of_calm_the_next_burst_is_warned_about_again() -> None:
    burst = [(1000.0, 1000.0)] * 22
    later = [(1061.0, 1061.0)] * 21
    found = verdicts([*burst, *later])
    assert [found[n] for n in (19, 20, 21, 22, 41, 42)] == [
        Verdict.ANSWER,
        Verdict.WARN,
        Verdict.FOLD,
        Verdict.ANSWER,
        Verdict.ANSWER,
        Verdict.WARN,
    ]


def test_what_was_written_over_hours_and_is_handled_at_once_is_no_flood() -> None:
    assert set(verdicts([(1000 + 100 * n, 9000) for n in range(40)])) == {Verdict.ANSWER}


def test_a_clock_that_jumps_back_makes_no_flood() -> None:
    before = [(1000.0 + n, 50_000.0 + n) for n in range(20)]
    assert verdicts([*before, (1020.0, 100.0)])[-1] is Verdict.ANSWER


def test_while_a_fold_waits_everything_joins_it_and_a_stale_one_takes_nothing() -> None:
    assert judge(Pace(), FOLD, 1006, 1006, RULE) is Verdict.FOLD
    assert judge(Pace(), FOLD, 1119, 1119, RULE) is Verdict.FOLD
    assert judge(Pace(), FOLD, 1121, 1121, RULE) is Verdict.ANSWER
    assert judge(Pace(), FOLD, 990, 990, RULE) is Verdict.ANSWER


def test_a_fold_is_due_after_ten_seconds_of_silence_and_a_minute_at_the_latest() -> None:
    assert [is_due(FOLD, now, RULE) for now in (1005, 1014.9, 1015)] == [False, False, True]
    busy = Fold(7, 100, "m1", 5, began_at=1000.0, newest_at=1059.0)
    assert [is_due(busy, now, RULE) for now in (1059.5, 1060)] == [False, True]


def test_a_fold_from_the_future_is_due_at_once() -> None:
    assert is_due(FOLD, 999.0, RULE) is True


@given(st.lists(st.floats(0, 30), max_size=80))
def test_no_more_than_the_limit_is_answered_in_a_minute(gaps: list[float]) -> None:
    now, times = 1000.0, []
    for gap in gaps:
        now += gap
        times.append((now, now))
    answered = [at for (at, _), verdict in zip(times, verdicts(times), strict=True) if verdict is Verdict.ANSWER]
    assert all(sum(at <= other < at + 60 for other in answered) <= 20 for at in answered)


@given(st.lists(st.tuples(st.floats(0, 1e10), st.floats(0, 1e10)), max_size=60))
def test_no_times_however_odd_are_too_much(times: list[tuple[float, float]]) -> None:
    assert len(verdicts(times)) == len(times)
