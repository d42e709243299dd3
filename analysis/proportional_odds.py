"""Proportional odds for ordered answers: the fit, and what each row adds to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable, Refusal

_MOST_STEPS: Final = 60
_SMALL_STEP: Final = 1e-10
_ROUNDING: Final = 1e-13
_SMALLEST_EIGENVALUE: Final = 1e-9
# A finite maximum holds about one row's weight of information; under separation it dies out.
_LEAST_INFORMATION: Final = 1e-6
_NO_SINGLE_MAXIMUM: Final = (
    "the proportional-odds fit has no finite answer: one predictor puts all low answers on one "
    "side (separation); merge rare answers or leave the predictor out"
)


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """A fitted model. Parameters stand in one order: p coefficients, then J - 1 thresholds.

    `scores` is (n, p + J - 1), weight included, one row for every row given (0 where it took no
    part); `hessian` is that of the weighted log-likelihood, (p + J - 1) squared.
    """

    categories: FloatArray
    coefficients: FloatArray
    thresholds: FloatArray
    log_likelihood: float
    scores: FloatArray
    hessian: FloatArray

    def covariance(self) -> FloatArray:
        """Inverse of the observed information: right for independent rows of equal weight only."""
        return np.linalg.inv(-self.hessian).astype(np.float64)

    def influence(self) -> FloatArray:
        """How much each row moves each parameter, (n, p + J - 1): (-H)^-1 times its score.

        Summed over PSUs in strata this gives the design-based variance (Binder 1983).
        """
        return self.scores @ self.covariance()


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that take part: category position, predictors, weight."""

    y: NDArray[np.int64]
    x: FloatArray
    weight: FloatArray
    n_categories: int


@dataclass(frozen=True, slots=True)
class _Chances:
    """Per row, for its upper (u) and lower (l) threshold: F, density f, and p = F(u) - F(l)."""

    upper: FloatArray
    lower: FloatArray
    f_upper: FloatArray
    f_lower: FloatArray
    p: FloatArray


def fit_proportional_odds(
    y: FloatArray, x: FloatArray, weights: FloatArray | None = None
) -> ProportionalOdds | NotEstimable:
    """By how much do the odds of a higher answer differ with each predictor?

    logit P(Y <= j | x) = alpha_j - x' beta,  j = 1..J-1; maximises sum_i w_i log P(Y = y_i | x_i)
    by Newton's method with step halving (the log-likelihood is concave, Pratt 1981). A positive
    beta means higher answers.

    y: (n,) ordered codes, NaN where not answered. x: (n, p) predictors without intercept, p may be
    0. weights: (n,) survey weights, 1 by default; 0 puts a row outside the domain. Rows without
    answer or with weight 0 keep their place in `scores` with zeros: nothing need be filtered first.

    Assumes that one beta serves all thresholds.
    Refuses (`Refusal`): shapes that differ, infinite answers, predictors that are missing or
    infinite where an answer counts, weights that are negative, missing or infinite.
    Refuses (`NotEstimable`): no answers, one category, predictors that are constant or follow from
    one another, separation.
    Reference: McCullagh (1980), JRSS B 42:109-142; Binder (1983), International Statistical Review
    51:279-292, for the survey form.
    Checked against: R `ordinal::clm` (O02), `survey::svyolr` (O08d).

    >>> y = np.array([1.0, 2, 3, 1, 2, 2, 3, 3])
    >>> after = np.array([[0.0], [0], [0], [0], [1], [1], [1], [1]])
    >>> fit = fit_proportional_odds(y, after)
    >>> print(round(float(fit.coefficients[0]), 4))
    1.9128
    """
    weights = np.ones(len(y)) if weights is None else weights
    used = _check(y, x, weights)
    categories, position = np.unique(y[used], return_inverse=True)
    if len(categories) < 2:  # noqa: PLR2004 - one answer has no odds
        return NotEstimable("no answer" if not len(categories) else "all answers are the same")
    rows = _Rows(position.astype(np.int64), x[used], weights[used], len(categories))
    if _adds_up(rows):
        return NotEstimable("a predictor is constant or follows from the others; leave it out")
    theta = _maximise(rows)
    if theta is None:
        return NotEstimable(_NO_SINGLE_MAXIMUM)
    chances = _chances(theta, rows)
    scores = np.zeros((len(y), len(theta)))
    scores[used] = _scores(chances, rows)
    p = x.shape[1]
    return ProportionalOdds(
        categories=categories,
        coefficients=theta[:p],
        thresholds=theta[p:],
        log_likelihood=_log_likelihood(chances, rows),
        scores=scores,
        hessian=_hessian(chances, rows),
    )


def _check(y: FloatArray, x: FloatArray, weights: FloatArray) -> NDArray[np.bool_]:
    if x.ndim != 2 or not len(y) == len(x) == len(weights):  # noqa: PLR2004 - a matrix
        raise Refusal(
            f"proportional odds: {len(y)} answers, predictors of shape {x.shape} and "
            f"{len(weights)} weights do not belong together; give one row each"
        )
    if not np.isfinite(weights).all() or (weights < 0).any():
        row = int(np.flatnonzero(~np.isfinite(weights) | (weights < 0))[0])
        raise Refusal(
            f"proportional odds: the weight of row {row} is {weights[row]}; give 0 or more"
        )
    if np.isinf(y).any():
        row = int(np.flatnonzero(np.isinf(y))[0])
        raise Refusal(f"proportional odds: the answer in row {row} is infinite; give a code or NaN")
    used: NDArray[np.bool_] = ~np.isnan(y) & (weights > 0)
    bad = np.argwhere(used[:, None] & ~np.isfinite(x))
    if bad.size:
        raise Refusal(
            f"proportional odds: row {bad[0, 0]} has no finite value for predictor {bad[0, 1]}; "
            "leave the row out by weight 0, or give a value"
        )
    return used


def _adds_up(rows: _Rows) -> bool:
    """Whether the predictors, beside a constant, span fewer dimensions than they are."""
    if not rows.x.shape[1]:
        return False
    centred = rows.x - np.average(rows.x, axis=0, weights=rows.weight)
    gram = (centred * rows.weight[:, None]).T @ centred
    size = np.sqrt(np.diag(gram))
    if (size <= _SMALLEST_EIGENVALUE * np.sqrt(rows.weight @ rows.x**2)).any():
        return True
    return bool(np.linalg.eigvalsh(gram / np.outer(size, size))[0] < _SMALLEST_EIGENVALUE)


def _maximise(rows: _Rows) -> FloatArray | None:
    """The parameters, or None where the likelihood has no summit but rises for ever."""
    theta = _start(rows)
    spread = np.ones(len(theta))
    spread[: rows.x.shape[1]] = rows.x.std(axis=0)
    least = _LEAST_INFORMATION * rows.weight.min()
    steps_left = _MOST_STEPS
    while True:
        chances = _chances(theta, rows)
        information = -_hessian(chances, rows)
        flattest = np.linalg.eigvalsh(information / np.outer(spread, spread))[0]
        if flattest < least or not steps_left:
            return None
        step = np.linalg.solve(information, _scores(chances, rows).sum(axis=0))
        if (np.abs(step) * spread).max() < _SMALL_STEP * (1 + (np.abs(theta) * spread).max()):
            return np.asarray(theta + step)
        theta = _uphill(theta, step, _log_likelihood(chances, rows), rows)
        steps_left -= 1


def _uphill(theta: FloatArray, step: FloatArray, now: float, rows: _Rows) -> FloatArray:
    """The step, halved until the likelihood does not fall."""
    while _log_likelihood(_chances(theta + step, rows), rows) < now - _ROUNDING * abs(now):
        step = step / 2
    return theta + step


def _start(rows: _Rows) -> FloatArray:
    share = np.bincount(rows.y, rows.weight, rows.n_categories) / rows.weight.sum()
    below = np.cumsum(share)[:-1]
    return np.concatenate([np.zeros(rows.x.shape[1]), np.log(below / (1 - below))])


def _logistic(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-np.logaddexp(0.0, -z)))


def _chances(theta: FloatArray, rows: _Rows) -> _Chances:
    p = rows.x.shape[1]
    thresholds = np.concatenate([[-np.inf], theta[p:], [np.inf]])
    eta = rows.x @ theta[:p]
    upper, lower = thresholds[rows.y + 1] - eta, thresholds[rows.y] - eta
    up, down = _logistic(upper), _logistic(lower)
    up_rest, down_rest = _logistic(-upper), _logistic(-lower)
    return _Chances(
        upper=up,
        lower=down,
        f_upper=up * up_rest,
        f_lower=down * down_rest,
        p=np.where(lower > 0, down_rest - up_rest, up - down),  # the side that does not cancel
    )


def _log_likelihood(chances: _Chances, rows: _Rows) -> float:
    if (chances.p <= 0).any():
        return -np.inf
    return float(rows.weight @ np.log(chances.p))


def _scores(c: _Chances, rows: _Rows) -> FloatArray:
    n, p = rows.x.shape
    scores = np.zeros((n, p + rows.n_categories + 1))
    scores[:, :p] = rows.x * (c.upper + c.lower - 1)[:, None]
    each = np.arange(n)
    scores[each, p + rows.y] = -c.f_lower / c.p
    scores[each, p + rows.y + 1] = c.f_upper / c.p
    inside = np.delete(scores, [p, p + rows.n_categories], axis=1)
    return np.asarray(inside * rows.weight[:, None])


def _hessian(c: _Chances, rows: _Rows) -> FloatArray:
    """Second derivatives: -(f_u + f_l) for eta, f across, the rest those of log(F_u - F_l)."""
    p, j = rows.x.shape[1], rows.n_categories
    w = rows.weight
    hessian = np.zeros((p + j + 1, p + j + 1))
    hessian[:p, :p] = -(rows.x * (w * (c.f_upper + c.f_lower))[:, None]).T @ rows.x
    for k in range(p):
        cross = np.zeros(j + 1)
        cross[1:] = np.bincount(rows.y, w * rows.x[:, k] * c.f_upper, j)
        cross[:-1] += np.bincount(rows.y, w * rows.x[:, k] * c.f_lower, j)
        hessian[k, p:] = hessian[p:, k] = cross
    a, b = c.f_upper / c.p, c.f_lower / c.p
    at = p + np.arange(j)
    hessian[at + 1, at + 1] = np.bincount(rows.y, w * (a * (1 - 2 * c.upper) - a**2), j)
    hessian[at, at] -= np.bincount(rows.y, w * (b * (1 - 2 * c.lower) + b**2), j)
    hessian[at, at + 1] = hessian[at + 1, at] = np.bincount(rows.y, w * a * b, j)
    outer = [p, p + j]
    return np.asarray(np.delete(np.delete(hessian, outer, axis=0), outer, axis=1))
