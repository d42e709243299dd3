"""Regression with weights: against least squares, by its own equations, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.glm import Family, Glm, fit_glm, with_constant
from analysis.refusals import NotEstimable, Refusal

FloatArray = NDArray[np.float64]


def _drawn(seed: int, n: int = 60) -> tuple[FloatArray, FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(50, 10, n), rng.integers(0, 2, n)])
    y = 0.1 * x[:, 0] - x[:, 1] + rng.normal(size=n)
    return y, x, rng.uniform(0.3, 3, n)


def _fit(y: FloatArray, x: FloatArray, w: FloatArray, family: Family = "gaussian") -> Glm:
    fit = fit_glm(y, x, w, family)
    assert isinstance(fit, Glm)
    return fit


@given(st.integers(0, 2**32))
def test_a_line_is_the_one_of_weighted_least_squares(seed: int) -> None:
    y, x, w = _drawn(seed)
    root = np.sqrt(w)
    expected = np.linalg.lstsq(with_constant(x) * root[:, None], y * root)[0]
    assert _fit(y, x, w).coefficients == pytest.approx(expected, rel=1e-9)


@given(st.integers(0, 2**32))
def test_a_logistic_curve_solves_its_equations(seed: int) -> None:
    y, x, w = _drawn(seed)
    says_yes = (y > np.median(y)).astype(float)
    fit = fit_glm(says_yes, x, w, "binomial")
    if isinstance(fit, NotEstimable):
        assert "separation" in fit.reason
        return
    score = with_constant(x).T @ (w * (says_yes - fit.fitted))
    assert score == pytest.approx(np.zeros(3), abs=1e-6)
    eta = with_constant(x) @ fit.coefficients
    assert fit.fitted == pytest.approx(1 / (1 + np.exp(-eta)), rel=1e-9)


@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_the_influence_adds_up_to_nothing_and_follows_a_row_that_is_reweighted(
    family: Family,
) -> None:
    y, x, w = _drawn(4)
    y = (y > np.median(y)).astype(float) if family == "binomial" else y
    fit = _fit(y, x, w, family)
    influence = fit.influence(y, x, w)
    assert influence.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-10)
    step = 1e-6
    moved = _fit(y, x, w * np.where(np.arange(60) == 7, 1 + step, 1), family)
    slope = (moved.coefficients - fit.coefficients) / step
    assert slope == pytest.approx(influence[7], rel=1e-4, abs=1e-9)


def test_a_share_may_stand_for_many_answers() -> None:
    answers, after = np.array([0.0, 1, 1, 0, 0, 1]), np.array([0.0, 0, 0, 1, 1, 1])[:, None]
    one = _fit(answers, after, np.ones(6), "binomial")
    shares = _fit(np.array([2 / 3, 1 / 3]), np.array([[0.0], [1]]), np.full(2, 3.0), "binomial")
    assert shares.coefficients == pytest.approx(one.coefficients, rel=1e-9)


def test_predictors_far_from_zero_keep_their_digits() -> None:
    rng = np.random.default_rng(3)
    year = 2020 + rng.integers(0, 6, 80).astype(float)
    y = 3 + 0.25 * (year - 2020)
    assert _fit(y, year[:, None], np.ones(80)).coefficients[1] == pytest.approx(0.25, rel=1e-11)


def test_a_step_that_goes_too_far_is_halved() -> None:
    """Nearly all say yes, and one answer far out: the first step of Newton overshoots."""
    x = np.array([0.0] * 200 + [1] * 3 + [30])[:, None]
    y = np.array([1.0] * 199 + [0, 0, 0, 1, 1])
    fit = _fit(y, x, np.ones(204), "binomial")
    score = with_constant(x).T @ (y - fit.fitted)
    assert score == pytest.approx(np.zeros(2), abs=1e-7)


Y, X, W = np.array([0.0, 1, 0, 1]), np.array([[0.0], [0], [1], [1]]), np.ones(4)


@pytest.mark.parametrize(
    ("y", "x", "family", "reason"),
    [
        (np.empty(0), np.empty((0, 1)), "gaussian", "no answer"),
        (Y, np.ones((4, 1)), "gaussian", "constant or follows"),
        (Y, np.column_stack([X, 1 - X]), "gaussian", "constant or follows"),
        (np.ones(4), X, "binomial", "separation"),
        (np.zeros(4), X, "binomial", "separation"),
        (X[:, 0], X, "binomial", "separation"),
        (np.array([0.0, 0, 0, 1]), X, "binomial", "separation"),
    ],
)
def test_what_has_no_answer_is_refused_with_a_reason(
    y: FloatArray, x: FloatArray, family: Family, reason: str
) -> None:
    refused = fit_glm(y, x, np.ones(len(y)), family)
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("y", "x", "w", "message"),
    [
        (Y, X[:, 0], W, "predictors of shape (4,)"),
        (Y, X[:2], W, "4 answers, predictors of shape (2, 1)"),
        (np.array([0.0, 1, 0, np.nan]), X, W, "must be finite"),
        (Y, X, np.array([1.0, 1, 1, 0]), "every weight must be above zero"),
        (2 * Y, X, W, "between 0 and 1"),
    ],
)
def test_bad_input_is_named(y: FloatArray, x: FloatArray, w: FloatArray, message: str) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        fit_glm(y, x, w, "binomial")
