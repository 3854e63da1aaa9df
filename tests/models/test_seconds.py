"""Sharing whole seconds out among shots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.models import fit, spread

SECONDS = st.lists(st.integers(0, 99), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("seconds", "total", "fitted"),
    [
        ([3, 2], 5, [3, 2]),
        ([3, 2], 10, [6, 4]),
        ([3, 2], 6, [4, 2]),
        ([1, 1, 1], 5, [2, 2, 1]),
        ([1, 4], 10, [2, 8]),
        ([9, 1, 1], 3, [1, 1, 1]),
        ([10, 1, 1, 1, 1, 1], 7, [2, 1, 1, 1, 1, 1]),
        ([0, 0], 4, [2, 2]),
        ([5], 15, [15]),
    ],
)
def test_seconds_are_fitted_to_a_total(seconds: list[int], total: int, fitted: list[int]) -> None:
    assert fit(seconds, total) == fitted


@given(SECONDS, st.integers(0, 99))
def test_fitted_seconds_add_up_keep_their_order_and_leave_each_shot_a_second(
    seconds: list[int], total: int
) -> None:
    if total < len(seconds):
        with pytest.raises(ValueError, match="seconds, not"):
            fit(seconds, total)
        return
    fitted = fit(seconds, total)
    assert sum(fitted) == total
    assert min(fitted) >= 1
    pairs = list(zip(seconds, fitted, strict=True))
    assert all(b >= d for a, b in pairs for c, d in pairs if a > c)


@given(SECONDS.map(lambda each: [max(1, one) for one in each]))
def test_seconds_that_add_up_stay(seconds: list[int]) -> None:
    assert fit(seconds, sum(seconds)) == seconds


def test_a_total_is_spread_evenly_the_earlier_shots_the_longer() -> None:
    assert spread(6, 15) == [3, 3, 3, 2, 2, 2]
    assert spread(1, 5) == [5]
