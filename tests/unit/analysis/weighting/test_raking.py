from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.calibration import calibrate, calibration_residuals
from analysis.weighting.levels import Target
from analysis.weighting.poststratification import poststratify
from analysis.weighting.raking import rake, raking_residuals

Floats = NDArray[np.float64]


def target(name: str, levels: list[int] | NDArray[np.int64], shares: list[float]) -> Target:
    labels = tuple(f"{name}{i}" for i in range(len(shares)))
    return Target(name, labels, np.array(levels, dtype=np.int64), np.array(shares))


def raked(base: Floats, targets: list[Target]) -> Floats:
    weights = rake(base, targets)
    assert not isinstance(weights, NotEstimable)
    return weights


@st.composite
def samples(draw: st.DrawFn) -> tuple[Floats, list[Target]]:
    """A sample in which every combination of levels occurs, so that every target can be met."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    grid = np.array(np.meshgrid(*map(range, sizes))).reshape(len(sizes), -1)
    repeats = draw(st.lists(st.integers(1, 5), min_size=grid.shape[1], max_size=grid.shape[1]))
    rows = np.repeat(grid, repeats, axis=1)
    n = rows.shape[1]
    base = np.array(draw(st.lists(st.floats(0.2, 5), min_size=n, max_size=n)))
    targets = []
    for i, size in enumerate(sizes):
        parts = np.array(draw(st.lists(st.floats(0.1, 1), min_size=size, max_size=size)))
        targets.append(target(f"v{i}", rows[i], list(parts / parts.sum())))
    return base, targets


@given(samples())
def test_raking_meets_every_margin_and_keeps_the_total(sample: tuple[Floats, list[Target]]) -> None:
    base, targets = sample
    weights = raked(base, targets)
    assert weights.min() > 0
    assert weights.mean() == pytest.approx(1)
    for t in targets:
        assert t.shares_under(weights) == pytest.approx(t.shares, abs=1e-8)


@given(samples(), st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_the_unit_of_base_weights_and_the_order_of_rows_change_nothing(
    sample: tuple[Floats, list[Target]], factor: float, random: object
) -> None:
    base, targets = sample
    order = np.arange(len(base))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    moved = [Target(t.variable, t.labels, t.levels[order], t.shares) for t in targets]
    assert raked(base[order] * factor, moved) == pytest.approx(
        raked(base, targets)[order], abs=1e-8
    )


@given(samples())
def test_levels_in_another_order_change_nothing(sample: tuple[Floats, list[Target]]) -> None:
    base, targets = sample
    relabelled = [
        Target(t.variable, t.labels[::-1], len(t.labels) - 1 - t.levels, t.shares[::-1])
        for t in targets
    ]
    assert raked(base, relabelled[::-1]) == pytest.approx(raked(base, targets), abs=1e-7)


@given(samples())
def test_raked_weights_are_base_weights_times_one_factor_a_level(
    sample: tuple[Floats, list[Target]],
) -> None:
    """What makes them raking weights: log(w / b) is a sum of one effect a level and margin."""
    base, targets = sample
    effect = np.log(raked(base, targets) / base)
    x = np.hstack([t.levels[:, None] == np.arange(len(t.labels)) for t in targets]).astype(float)
    fit = x @ np.linalg.lstsq(x, effect, rcond=None)[0]
    assert effect == pytest.approx(fit, abs=1e-7)


@given(samples())
def test_one_margin_is_post_stratification_whichever_way(
    sample: tuple[Floats, list[Target]],
) -> None:
    base, targets = sample
    post = poststratify(base, targets[0])
    linear = calibrate(base, targets[:1])
    assert not isinstance(post, NotEstimable)
    assert not isinstance(linear, NotEstimable)
    assert raked(base, targets[:1]) == pytest.approx(post)
    assert linear == pytest.approx(post)


@given(samples())
def test_calibration_meets_every_margin_or_refuses(sample: tuple[Floats, list[Target]]) -> None:
    base, targets = sample
    weights = calibrate(base, targets)
    if isinstance(weights, NotEstimable):
        assert "zero or negative" in weights.reason
        return
    assert weights.mean() == pytest.approx(1)
    for t in targets:
        assert t.shares_under(weights) == pytest.approx(t.shares, abs=1e-9)


@given(samples())
def test_what_the_margins_explain_leaves_no_residual(sample: tuple[Floats, list[Target]]) -> None:
    """An outcome that is a level's own number varies only through levels that are known."""
    base, targets = sample
    weights = raked(base, targets)
    y = np.arange(len(targets[0].shares))[targets[0].levels] * 1.5
    u = weights * (y - np.average(y, weights=weights)) / weights.sum()
    assert raking_residuals(u, weights, base, targets[:1]) == pytest.approx(np.zeros(len(u)))
    assert calibration_residuals(u, weights, base, targets) == pytest.approx(
        np.zeros(len(u)), abs=1e-9
    )


def test_residuals_of_several_estimates_are_those_of_each() -> None:
    rng = np.random.default_rng(3)
    targets = [target("a", rng.integers(0, 3, 60), [0.2, 0.3, 0.5])]
    targets.append(target("b", rng.integers(0, 2, 60), [0.6, 0.4]))
    base = rng.uniform(0.5, 2, 60)
    weights = raked(base, targets)
    u = rng.normal(size=(60, 2))
    both = raking_residuals(u, weights, base, targets)
    for j in (0, 1):
        assert both[:, j] == pytest.approx(raking_residuals(u[:, j], weights, base, targets))


def test_an_empty_level_takes_no_part_in_residuals() -> None:
    lopsided = target("a", [0, 0, 1, 1], [0.5, 0.5, 0.0])
    u = np.array([1.0, -1.0, 2.0, 0.0])
    assert raking_residuals(u, np.ones(4), np.ones(4), [lopsided]) == pytest.approx([1, -1, 1, -1])


def test_a_level_with_no_target_and_nobody_in_it_is_fine() -> None:
    lopsided = target("a", [0, 0, 0, 1], [0.5, 0.5, 0.0])
    assert raked(np.ones(4), [lopsided]) == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    post = poststratify(np.ones(4), lopsided)
    assert not isinstance(post, NotEstimable)
    assert post == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])


def test_calibration_says_how_many_weights_came_out_negative() -> None:
    a, b = target("a", [0, 0, 0, 1, 1], [0.1, 0.9]), target("b", [0, 1, 1, 0, 1], [0.9, 0.1])
    refused = calibrate(np.ones(5), [a, b])
    assert isinstance(refused, NotEstimable)
    assert refused.reason == "calibration: 2 weights come out zero or negative; rake instead"


SEX = target("sex", [0, 0, 1, 1], [0.5, 0.5])


@pytest.mark.parametrize("weigh", [rake, calibrate])
def test_margins_that_cannot_be_met_are_refused_with_the_level(weigh: object) -> None:
    assert callable(weigh)
    nobody = weigh(np.ones(4), [SEX, target("age", [0, 0, 0, 0], [0.7, 0.3])])
    assert isinstance(nobody, NotEstimable)
    assert "'age', level 'age1': 30 % of the population and nobody" in nobody.reason
    somebody = weigh(np.ones(4), [SEX, target("age", [0, 0, 0, 1], [1.0, 0.0])])
    assert isinstance(somebody, NotEstimable)
    assert "a target of 0 and 1 people who answered" in somebody.reason


@pytest.mark.parametrize(
    ("weigh", "reason"), [(rake, "cannot all be met"), (calibrate, "hold the same people")]
)
def test_margins_that_contradict_each_other_are_refused(weigh: object, reason: str) -> None:
    assert callable(weigh)
    refused = weigh(np.ones(4), [SEX, target("age", [0, 0, 1, 1], [0.7, 0.3])])
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


def test_margins_that_are_only_met_at_infinity_are_refused() -> None:
    """With a hole in the table the weights creep towards zero and never settle."""
    a, b = target("a", [0, 0, 1], [0.5, 0.5]), target("b", [0, 1, 1], [0.5, 0.5])
    refused = rake(np.ones(3), [a, b])
    assert isinstance(refused, NotEstimable)
    assert "'a', 'b' cannot all be met" in refused.reason


def test_a_post_stratum_that_nobody_is_in_is_refused() -> None:
    assert isinstance(poststratify(np.ones(2), target("a", [0, 0], [0.5, 0.5])), NotEstimable)


@pytest.mark.parametrize("weigh", [rake, calibrate])
def test_bad_input_is_refused(weigh: object) -> None:
    assert callable(weigh)
    with pytest.raises(Refusal, match="there is no margin"):
        weigh(np.ones(4), [])
    with pytest.raises(Refusal, match="4 levels and 3 base weights"):
        weigh(np.ones(3), [SEX])
    for bad in (np.nan, np.inf, 0.0, -1.0):
        with pytest.raises(Refusal, match="row 2 has the weight"):
            weigh(np.array([1, 1, bad, 1]), [SEX])
    for residuals in (raking_residuals, calibration_residuals):
        with pytest.raises(Refusal, match="4 levels and 3 base weights"):
            residuals(np.ones(4), np.ones(4), np.ones(3), [SEX])
