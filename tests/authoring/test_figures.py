"""Shares, calibration and thresholds: the arithmetic of the reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.figures import Decile, Share, calibrate, settings, share


def test_a_share_tells_its_interval() -> None:
    assert Share(8, 10).percent == 80.0
    assert Share(8, 10).interval == pytest.approx((49.02, 94.33), abs=0.01)  # known values of Wilson's interval
    assert Share(0, 20).interval == pytest.approx((0.0, 16.11), abs=0.01)
    assert Share(20, 20).interval == pytest.approx((83.89, 100.0), abs=0.01)
    assert (Share(0, 0).percent, Share(0, 0).interval) == (None, None)
    assert share([True, False, True]) == Share(2, 3)


@given(st.integers(0, 1000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share(counted: tuple[int, int]) -> None:
    found = Share(*counted)
    if found.interval is not None and found.percent is not None:
        low, high = found.interval
        assert 0.0 <= low <= found.percent <= high <= 100.0


def test_calibration_of_known_cases() -> None:
    found = calibrate([(0.1, False), (0.15, False), (0.95, True), (1.0, True), (0.55, False), (0.55, True)])
    assert found.deciles == (
        Decile(0.1, 0.2, 0.125, Share(0, 2)),
        Decile(0.5, 0.6, 0.55, Share(1, 2)),
        Decile(0.9, 1.0, 0.975, Share(2, 2)),
    )
    assert found.error == pytest.approx((0.125 * 2 + 0.05 * 2 + 0.025 * 2) / 6)
    assert found.cases == 6
    assert calibrate([]).error is None


def test_what_a_threshold_would_answer() -> None:
    low, middle, high = settings([(0.9, True), (0.5, False), (0.4, True)], [0.5, 0.1], steps=2)
    assert (low.covered, low.right, low.foreign) == (Share(3, 3), Share(2, 3), Share(2, 2))
    assert (middle.threshold, middle.covered, middle.right, middle.foreign) == (
        0.5,
        Share(2, 3),
        Share(1, 2),
        Share(1, 2),
    )
    assert (high.covered, high.right) == (Share(0, 3), Share(0, 0))
