"""No window of the period ever holds more calls than the limit, and no call waits longer than that takes."""

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.pace import Pace

# Sixty-fourths of a second: their sums are exact, so the borders of a window are tested to the last bit.
moments = st.integers(0, 300).map(lambda n: n / 64)


@given(st.integers(1, 6), st.integers(1, 256).map(lambda n: n / 64), st.lists(moments, max_size=60))
def test_no_window_holds_more_than_the_limit_and_none_waits_needlessly(
    limit: int, period: float, gaps: list[float]
) -> None:
    pace = Pace(limit, period)
    now = 0.0
    calls: list[float] = []
    for gap in gaps:
        now += gap
        delay = pace.delay(now)
        if delay:
            assert now + delay == calls[-limit] + period
        now += delay
        assert pace.delay(now) == 0.0
        pace.note(now)
        calls.append(now)
    for first, after in zip(calls, calls[limit:], strict=False):
        assert after - first >= period


def test_twenty_a_minute_means_any_minute() -> None:
    pace = Pace(20, 60.0)
    for _ in range(20):
        assert pace.delay(100.0) == 0.0
        pace.note(100.0)
    assert pace.delay(100.0) == 60.0
    assert pace.delay(130.0) == 30.0
    assert pace.delay(160.0) == 0.0
