"""Linear and logistic regression with survey weights: the fit, and what each row adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable, Refusal
from analysis.tally import dot, products

Family = Literal["gaussian", "binomial"]

_MOST_STEPS: Final = 60
_SMALL_STEP: Final = 1e-12
_ROUNDING: Final = 1e-13
_SMALLEST_EIGENVALUE: Final = 1e-9
# A finite maximum holds about one row's weight of information; under separation it dies out.
_LEAST_INFORMATION: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Glm:
    """A fitted model. coefficients: (p,), the constant first. fitted: (n,) means of the rows.

    inverse_information: (p, p), the inverse of A = sum w v x x'.
    """

    coefficients: FloatArray
    fitted: FloatArray
    inverse_information: FloatArray

    def influence(self, y: FloatArray, x: FloatArray, weights: FloatArray) -> FloatArray:
        """How much each row moves each coefficient, (n, p): A^-1 x_i w_i (y_i - mu_i)."""
        scores = with_constant(x) * (weights * (y - self.fitted))[:, None]
        return scores @ self.inverse_information


def with_constant(x: FloatArray) -> FloatArray:
    return np.column_stack([np.ones(len(x)), x])


def fit_glm(
    y: FloatArray, x: FloatArray, weights: FloatArray, family: Family = "gaussian"
) -> Glm | NotEstimable:
    """By how much does an answer differ with each predictor, the others being equal?

    Solves sum_i w_i x_i (y_i - mu_i) = 0, mu = x'b (gaussian) or logit mu = x'b (binomial; y may
    lie between 0 and 1); the constant is added here. With A = sum w v x x', v = 1 or mu (1 - mu),
    row i moves b by A^-1 x_i w_i (y_i - mu_i): summed over PSUs in strata this gives the variance.

    y: (n,). x: (n, p - 1), without constant. weights: (n,), above 0.
    Assumes the straight line (or logistic curve) only for what the coefficients mean.
    Refuses (`Refusal`): numbers that are not finite, weights not above 0, y outside 0..1 for
    binomial. Refuses (`NotEstimable`): no rows, predictors that follow from one another, separation
    (a predictor that puts all who said no on one side).
    Reference: Binder (1983), International Statistical Review 51:279-292; McCullagh & Nelder
    (1989), Generalized Linear Models. Checked against: R `survey::svyglm` (O07a, O07b, O08g, O11,
    O12).

    >>> after = np.array([[0.0], [0], [1], [1]])
    >>> fit_glm(np.array([1.0, 2, 3, 5]), after, np.ones(4)).coefficients.round(6)
    array([1.5, 2.5])
    """
    _check(y, x, weights, family)
    if not len(y):
        return NotEstimable("no answer")
    mean = np.average(x, axis=0, weights=weights)
    spread = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weights))
    size = np.sqrt(np.average(x**2, axis=0, weights=weights))
    if (spread <= _SMALLEST_EIGENVALUE * size).any():
        return NotEstimable("a predictor is constant or follows from the others; leave it out")
    z = with_constant((x - mean) / spread)
    gram = _information(z, weights)
    if np.linalg.eigvalsh(gram / weights.sum())[0] < _SMALLEST_EIGENVALUE:
        return NotEstimable("a predictor is constant or follows from the others; leave it out")
    b = _line(y, z, weights, gram) if family == "gaussian" else _curve(y, z, weights)
    if b is None:
        return NotEstimable(
            "the logistic fit has no finite answer: one predictor puts all who said no, or all who "
            "said yes, on one side (separation)"
        )
    eta = z @ b
    fitted = eta if family == "gaussian" else _logistic(eta)
    information = gram if family == "gaussian" else _information(z, weights * fitted * (1 - fitted))
    unscaled = np.diag(np.concatenate([[1.0], 1 / spread]))
    unscaled[0, 1:] = -mean / spread
    return Glm(
        coefficients=unscaled @ b,
        fitted=fitted,
        inverse_information=unscaled @ np.linalg.inv(information) @ unscaled.T,
    )


def _check(y: FloatArray, x: FloatArray, weights: FloatArray, family: Family) -> None:
    if x.ndim != 2 or not len(y) == len(x) == len(weights):  # noqa: PLR2004 - a matrix
        raise Refusal(
            f"regression: {len(y)} answers, predictors of shape {x.shape} and {len(weights)} "
            "weights; give one row each"
        )
    if not (np.isfinite(y).all() and np.isfinite(x).all() and np.isfinite(weights).all()):
        raise Refusal("regression: answers, predictors and weights must be finite numbers")
    if (weights <= 0).any():
        raise Refusal("regression: every weight must be above zero; leave the others out")
    if family == "binomial" and ((y < 0) | (y > 1)).any():
        raise Refusal("regression: the outcome of a logistic fit lies between 0 and 1")


def _information(z: FloatArray, weights: FloatArray) -> FloatArray:
    return products(z.T * weights, z.T)


def _line(y: FloatArray, z: FloatArray, weights: FloatArray, gram: FloatArray) -> FloatArray:
    """Solved twice: the second time for what the first left over, so that rounding dies out."""
    b = np.linalg.solve(gram, products(z.T, (weights * y)[None, :])[:, 0])
    left = y - z @ b
    return np.asarray(b + np.linalg.solve(gram, products(z.T, (weights * left)[None, :])[:, 0]))


def _curve(y: FloatArray, z: FloatArray, weights: FloatArray) -> FloatArray | None:
    """Newton's method with step halving; None where the likelihood rises for ever."""
    share = dot(weights, y) / weights.sum()
    if not 0 < share < 1:
        return None
    b = np.zeros(z.shape[1])
    b[0] = np.log(share / (1 - share))
    steps_left = _MOST_STEPS
    while True:
        mu = _logistic(z @ b)
        information = _information(z, weights * mu * (1 - mu))
        flattest = np.linalg.eigvalsh(information)[0]
        if flattest < _LEAST_INFORMATION * weights.min() or not steps_left:
            return None
        score = products(z.T, (weights * (y - mu))[None, :])[:, 0]
        step = np.linalg.solve(information, score)
        if np.abs(step).max() < _SMALL_STEP * (1 + np.abs(b).max()):
            return np.asarray(b + step)
        b = _uphill(y, z, weights, b, np.asarray(step))
        steps_left -= 1


def _uphill(
    y: FloatArray, z: FloatArray, weights: FloatArray, b: FloatArray, step: FloatArray
) -> FloatArray:
    """The step, halved until the likelihood does not fall."""
    now = _log_likelihood(y, z @ b, weights)
    while _log_likelihood(y, z @ (b + step), weights) < now - _ROUNDING * abs(now):
        step = step / 2
    return b + step


def _log_likelihood(y: FloatArray, eta: FloatArray, weights: FloatArray) -> float:
    return dot(weights, y * eta - np.logaddexp(0.0, eta))


def _logistic(eta: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -eta)))
