from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.proportional_odds import ProportionalOdds, fit_proportional_odds
from analysis.refusals import NotEstimable, Refusal

Y = np.array([1.0, 2, 3, 1, 2, 2, 3, 3])
AFTER = np.repeat([[0.0], [1.0]], 4, axis=0)
ONES = np.ones(8)


def fitted(
    y: NDArray[np.float64], x: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> ProportionalOdds:
    fit = fit_proportional_odds(y, x, weights)
    assert isinstance(fit, ProportionalOdds)
    return fit


def test_two_answers_give_the_log_odds_ratio() -> None:
    y = np.repeat([0.0, 1, 0, 1], [30, 10, 15, 25])
    x = np.repeat([[0.0], [1.0]], [40, 40], axis=0)
    assert fitted(y, x).coefficients[0] == pytest.approx(np.log(30 * 25 / (10 * 15)), rel=1e-12)


def test_without_predictors_the_thresholds_are_the_logits_of_the_cumulative_shares() -> None:
    thresholds = fitted(Y, np.empty((8, 0))).thresholds
    assert thresholds == pytest.approx([np.log(2 / 6), np.log(5 / 3)], rel=1e-12)


def test_the_hessian_is_the_slope_of_the_scores() -> None:
    """Weighted scores of the same rows, one parameter moved, against the analytic Hessian."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(200, 2))
    y = np.digitize(x @ [0.8, -0.4] + rng.logistic(size=200), [-1.0, 0.2, 1.5]).astype(float)
    w = rng.uniform(0.5, 2, 200)
    fit = fitted(y, x, w)
    theta = np.concatenate([fit.coefficients, fit.thresholds])
    numeric = np.empty((5, 5))
    for k in range(5):
        step = np.zeros(5)
        step[k] = 1e-4
        up, down = (_gradient(theta + s, y, x, w) for s in (step, -step))
        numeric[k] = (up - down) / 2e-4
    assert fit.hessian == pytest.approx(numeric, rel=1e-5, abs=1e-4)
    assert fit.scores.sum(axis=0) == pytest.approx(np.zeros(5), abs=1e-9)


def _gradient(
    theta: NDArray[np.float64],
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    w: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Numeric gradient of the log-likelihood written from its definition."""

    def log_likelihood(t: NDArray[np.float64]) -> float:
        cut = np.concatenate([[-np.inf], t[2:], [np.inf]])
        at = y.astype(int)
        with np.errstate(over="ignore"):
            up, low = (1 / (1 + np.exp(-(cut[at + k] - x @ t[:2]))) for k in (1, 0))
        return float(w @ np.log(up - low))

    steps = np.eye(5) * 1e-4
    return np.array([(log_likelihood(theta + s) - log_likelihood(theta - s)) / 2e-4 for s in steps])


def test_rows_outside_the_domain_keep_their_place_and_add_nothing() -> None:
    y = np.concatenate([Y, [2.0, np.nan]])
    x = np.concatenate([AFTER, [[1.0], [np.nan]]])
    weights = np.concatenate([ONES, [0.0, 5.0]])
    fit = fitted(y, x, weights)
    assert fit.coefficients == pytest.approx(fitted(Y, AFTER).coefficients, rel=1e-12)
    assert fit.scores.shape == (10, 3)
    assert not fit.scores[8:].any()
    assert not fit.influence()[8:].any()


def test_rows_counted_in_cells_give_the_same_fit_as_rows_one_by_one() -> None:
    rng = np.random.default_rng(7)
    y = rng.integers(1, 6, 500).astype(float)
    x = rng.integers(0, 2, (500, 1)).astype(float)
    cells, times = np.unique(np.column_stack([y, x]), axis=0, return_counts=True)
    counted = fitted(cells[:, 0], cells[:, 1:], times.astype(float))
    one_by_one = fitted(y, x)
    assert counted.coefficients == pytest.approx(one_by_one.coefficients, rel=1e-9)
    assert counted.hessian == pytest.approx(one_by_one.hessian, rel=1e-9)


def test_the_unit_of_a_predictor_is_the_inverse_unit_of_its_coefficient() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(100, 2))
    y = np.digitize(x[:, 0] + rng.logistic(size=100), [-1.0, 1.0]).astype(float)
    here, there = fitted(y, x), fitted(y, x * [1e-6, 1e6])
    assert there.coefficients * [1e-6, 1e6] == pytest.approx(here.coefficients, rel=1e-8)
    assert there.thresholds == pytest.approx(here.thresholds, rel=1e-8)


@pytest.mark.parametrize(
    ("y", "x", "weights"),
    [
        ([0, 4, 0, 0, 0, 3], [-1.1, 1.0, -1.0, -0.9, -0.9, -1.0], [0.2, 0.1, 0.7, 0.6, 0.2, 0.4]),
        ([3, 4, 0, 4], [0.0, 0.1, 0.6, 47.8], [0.2, 0.4, 165.1, 1.1]),
    ],
)
def test_newton_that_would_overshoot_still_finds_the_summit(
    y: list[int], x: list[float], weights: list[float]
) -> None:
    fit = fitted(np.array(y, dtype=float), np.array(x)[:, None], np.array(weights))
    assert fit.scores.sum(axis=0) == pytest.approx(np.zeros(len(fit.hessian)), abs=1e-9)


answers = st.lists(st.integers(1, 4), min_size=12, max_size=40)


@given(answers, st.floats(1e-3, 1e3), st.randoms(use_true_random=False))
def test_scaled_weights_and_row_order_change_nothing(
    codes: list[int], factor: float, random: object
) -> None:
    y = np.array(codes, dtype=float)
    x = (np.arange(len(y)) % 2)[:, None].astype(float)
    w = 1 + np.arange(len(y)) % 3 / 2
    fit = fit_proportional_odds(y, x, w)
    assume(isinstance(fit, ProportionalOdds))
    assert isinstance(fit, ProportionalOdds)
    order = np.arange(len(y))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    moved = fitted(y[order], x[order], w[order] * factor)
    assert moved.coefficients == pytest.approx(fit.coefficients, rel=1e-6, abs=1e-7)
    assert moved.influence() == pytest.approx(fit.influence()[order], rel=1e-5, abs=1e-7)


@given(answers)
def test_swapped_waves_flip_the_sign_and_reversed_answers_too(codes: list[int]) -> None:
    y = np.array(codes, dtype=float)
    x = (np.arange(len(y)) % 2)[:, None].astype(float)
    fit = fit_proportional_odds(y, x)
    assume(isinstance(fit, ProportionalOdds))
    assert isinstance(fit, ProportionalOdds)
    assert fitted(y, 1 - x).coefficients == pytest.approx(-fit.coefficients, rel=1e-6, abs=1e-7)
    assert fitted(-y, x).coefficients == pytest.approx(-fit.coefficients, rel=1e-6, abs=1e-7)


def test_answers_far_out_do_not_overflow() -> None:
    x = np.linspace(-400, 400, 200)[:, None]
    noise = np.tile([8.0, -8.0, 3.0, -3.0], 50)
    y = np.digitize(x[:, 0] / 10 + noise, [-20.0, 0.0, 20.0]).astype(float)
    assert np.isfinite(fitted(y, x).coefficients).all()


@pytest.mark.parametrize(
    ("y", "x", "reason"),
    [
        (np.full(8, np.nan), AFTER, "no answer"),
        (np.empty(0), np.empty((0, 1)), "no answer"),
        (np.full(8, 2.0), AFTER, "all answers are the same"),
        (Y, np.ones((8, 1)), "constant or follows"),
        (Y, np.column_stack([AFTER, 1 - AFTER]), "constant or follows"),
        (np.array([1.0, 1, 1, 2, 2, 2, 3, 3]), AFTER, "separation"),
        (np.array([1.0, 1, 1, 1, 2, 2, 3, 3]), AFTER, "separation"),
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(
    y: NDArray[np.float64], x: NDArray[np.float64], reason: str
) -> None:
    refused = fit_proportional_odds(y, x)
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("y", "x", "weights", "message"),
    [
        (Y, AFTER[:4], ONES, "8 answers, predictors of shape (4, 1) and 8 weights"),
        (Y, AFTER[:, 0], ONES, "predictors of shape (8,)"),
        (Y, AFTER, ONES[:3], "3 weights"),
        (Y, AFTER, np.where(Y == 1, -1.0, 1), "the weight of row 0 is -1.0"),
        (Y, AFTER, np.where(Y == 2, np.nan, 1), "the weight of row 1 is nan"),
        (Y, AFTER, np.where(Y == 2, -1.0, 0.5), "the weight of row 1 is -1.0"),
        (Y, AFTER, np.where(Y == 3, np.inf, 1), "the weight of row 2 is inf"),
        (np.where(Y == 3, np.inf, Y), AFTER, ONES, "the answer in row 2 is infinite"),
        (Y, np.where(AFTER == 1, np.nan, AFTER), ONES, "row 4 has no finite value for predictor 0"),
    ],
)
def test_bad_input_is_named(
    y: NDArray[np.float64], x: NDArray[np.float64], weights: NDArray[np.float64], message: str
) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        fit_proportional_odds(y, x, weights)
