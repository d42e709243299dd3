from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.levels import Target
from analysis.weighting.trimming import rake_within_bounds, trim_strictly


@given(st.lists(st.floats(0.01, 20), min_size=2, max_size=50), st.floats(1e-3, 1e3))
def test_trimmed_weights_lie_within_the_bounds_and_keep_the_total(
    given_weights: list[float], factor: float
) -> None:
    weights = np.array(given_weights)
    mean = weights.mean()
    trimmed = trim_strictly(weights, 0.3 * mean, 3 * mean)
    if isinstance(trimmed, NotEstimable):
        assert len(weights) < 12
        return
    assert trimmed.min() >= 0.3 * mean
    assert trimmed.max() <= 3 * mean
    assert trimmed.sum() == pytest.approx(weights.sum())
    scaled = trim_strictly(weights * factor, 0.3 * mean * factor, 3 * mean * factor)
    assert scaled == pytest.approx(trimmed * factor)


def test_weights_within_the_bounds_are_left_alone() -> None:
    weights = np.array([0.5, 1.0, 1.5])
    assert trim_strictly(weights, 0.3, 3) is weights


def test_bounds_may_meet_at_the_mean() -> None:
    weights = np.ones(3)
    assert trim_strictly(weights, 1.0, 1.0) is weights


def test_a_second_round_brings_back_what_the_first_pushed_out() -> None:
    weights = np.array([2.9, 9.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    trimmed = trim_strictly(weights, 0.3, 3.0)
    assert not isinstance(trimmed, NotEstimable)
    assert trimmed[:2].tolist() == [3.0, 3.0]
    assert trimmed.sum() == pytest.approx(weights.sum())


def test_everyone_at_a_bound_is_fine_if_the_total_is_kept_and_refused_if_not() -> None:
    balanced = trim_strictly(np.array([0.4, 1.6]), 0.5, 1.5)
    assert not isinstance(balanced, NotEstimable)
    assert balanced.tolist() == [0.5, 1.5]
    refused = trim_strictly(np.array([0.2, 1.8]), 0.3, 1.5)
    assert isinstance(refused, NotEstimable)
    assert "use wider bounds" in refused.reason


@pytest.mark.parametrize(("low", "high"), [(0, 3), (1.2, 3), (0.1, 0.9), (0.1, np.inf)])
def test_bounds_must_enclose_the_mean(low: float, high: float) -> None:
    with pytest.raises(Refusal, match="must be above zero and enclose the mean"):
        trim_strictly(np.array([0.5, 1.5]), low, high)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0, -1.0])
def test_what_is_no_weight_is_refused(bad: float) -> None:
    with pytest.raises(Refusal, match=re.escape(f"row 1 has the weight {bad}")):
        trim_strictly(np.array([1.0, bad]), 0.3, 3)


def two_margins(n_rare: int, n: int = 400) -> list[Target]:
    rng = np.random.default_rng(11)
    area = np.repeat([0, 1], [n_rare, n - n_rare])
    sex = rng.integers(0, 2, n)
    return [
        Target("area", ("a", "b"), area, np.array([0.3, 0.7])),
        Target("sex", ("F", "M"), sex, np.array([0.5, 0.5])),
    ]


def test_mild_margins_are_met_without_trimming() -> None:
    bounded = rake_within_bounds(np.ones(400), two_margins(80))
    assert not isinstance(bounded, NotEstimable)
    assert bounded.trimmed_rounds == 0
    assert bounded.unmet == ()


def test_a_level_too_rare_for_its_target_is_bounded_and_reported() -> None:
    bounded = rake_within_bounds(np.ones(400), two_margins(20))
    assert not isinstance(bounded, NotEstimable)
    assert bounded.trimmed_rounds == 10
    assert bounded.weights.min() >= 0.3
    assert bounded.weights.max() <= 3
    assert bounded.weights.mean() == pytest.approx(1)
    rare = bounded.unmet[0]
    assert (rare.variable, rare.label) == ("area", "a")
    assert rare.wanted == pytest.approx(0.3)
    assert rare.reached == pytest.approx(0.15, abs=0.001)  # 20 people of 400 at the bound of 3


def test_rounds_are_counted_and_end_where_the_plan_says() -> None:
    bounded = rake_within_bounds(np.ones(400), two_margins(20), most_rounds=3)
    assert not isinstance(bounded, NotEstimable)
    assert bounded.trimmed_rounds == 3
    assert bounded.weights.max() <= 3


@pytest.mark.parametrize(("off", "reported"), [(0.0003, False), (0.0007, True)])
def test_a_level_is_unmet_when_the_shown_share_would_not_be_its_target(
    off: float, *, reported: bool
) -> None:
    """Bounds that just do not reach the target: one level of half the people."""
    target = Target("sex", ("F", "M"), np.repeat([0, 1], 200), np.array([0.6, 0.4]))
    bounded = rake_within_bounds(np.ones(400), [target], low=0.1, high=2 * (0.6 - off))
    assert not isinstance(bounded, NotEstimable)
    assert bool(bounded.unmet) is reported


def test_wild_base_weights_are_tamed_and_the_margins_met_again() -> None:
    base = np.ones(400)
    base[200] = 12.0
    bounded = rake_within_bounds(base, two_margins(80))
    assert not isinstance(bounded, NotEstimable)
    assert 1 <= bounded.trimmed_rounds <= 10
    assert bounded.weights.max() <= 3 * (1 + 1e-9)
    assert bounded.unmet == ()


def test_without_bounds_nothing_is_trimmed() -> None:
    bounded = rake_within_bounds(np.ones(400), two_margins(20), low=0, high=np.inf)
    assert not isinstance(bounded, NotEstimable)
    assert bounded.weights.max() > 5
    assert bounded.unmet == ()


def test_what_cannot_be_raked_or_trimmed_is_refused() -> None:
    nobody = Target("a", ("x", "y"), np.zeros(4, dtype=np.int64), np.array([0.5, 0.5]))
    assert isinstance(rake_within_bounds(np.ones(4), [nobody]), NotEstimable)
    pair = Target("a", ("x", "y"), np.array([0, 1]), np.array([0.1, 0.9]))
    refused = rake_within_bounds(np.ones(2), [pair], low=0.3, high=1.5)
    assert isinstance(refused, NotEstimable)
    assert "use wider bounds" in refused.reason
