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
class FittedOdds:
    """A fitted model. Parameters stand in one order: p coefficients, then J - 1 thresholds.

    `hessian` is that of the weighted log-likelihood, (p + J - 1) squared.
    """

    coefficients: FloatArray
    thresholds: FloatArray
    log_likelihood: float
    hessian: FloatArray


@dataclass(frozen=True, slots=True)
class ProportionalOdds(FittedOdds):
    """`scores` is (n, p + J - 1), weight included, one row for every row given.

    0 where a row took no part.
    """

    categories: FloatArray
    scores: FloatArray

    def covariance(self) -> FloatArray:
        """Inverse of the observed information: right for independent rows of equal weight only."""
        return np.linalg.inv(-self.hessian).astype(np.float64)

    def influence(self) -> FloatArray:
        """How much each row moves each parameter, (n, p + J - 1): (-H)^-1 times its score.

        Summed over PSUs in strata this gives the design-based variance (Binder 1983).
        """
        return self.scores @ self.covariance()


@dataclass(frozen=True, slots=True)
class Patterns:
    """x: (m, p) predictors. held: (m, J) the weight of each answer given under them, none empty."""

    x: FloatArray
    held: FloatArray


@dataclass(frozen=True, slots=True)
class _Chances:
    """Of each pattern: F and 1 - F at its thresholds (m, J - 1), p of its answers (m, J)."""

    below: FloatArray
    above: FloatArray
    p: FloatArray
    log_likelihood: float


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
    held = np.zeros((len(position), len(categories)))
    held[np.arange(len(position)), position] = weights[used]
    patterns = Patterns(x[used], held)
    fit = fit_patterns(patterns)
    if isinstance(fit, NotEstimable):
        return fit
    scores = np.zeros((len(y), len(fit.hessian)))
    theta = np.concatenate([fit.coefficients, fit.thresholds])
    scores[used] = _scores(_chances(theta, patterns), patterns)
    return ProportionalOdds(
        coefficients=fit.coefficients,
        thresholds=fit.thresholds,
        log_likelihood=fit.log_likelihood,
        hessian=fit.hessian,
        categories=categories,
        scores=scores,
    )


def fit_patterns(patterns: Patterns, start: FittedOdds | None = None) -> FittedOdds | NotEstimable:
    """`fit_proportional_odds` of answers counted by what predicts them.

    start: a fit of the same answers by the first of these predictors, to set out from.
    Refuses (`NotEstimable`) what `fit_proportional_odds` refuses.
    """
    if patterns.held.shape[1] < 2:  # noqa: PLR2004 - one answer has no odds
        return NotEstimable("all answers are the same" if patterns.held.size else "no answer")
    if _adds_up(patterns):
        return NotEstimable("a predictor is constant or follows from the others; leave it out")
    p = patterns.x.shape[1]
    theta = _maximise(_start(patterns, start), patterns)
    if theta is None:
        return NotEstimable(_NO_SINGLE_MAXIMUM)
    chances = _chances(theta, patterns)
    return FittedOdds(
        coefficients=theta[:p],
        thresholds=theta[p:],
        log_likelihood=chances.log_likelihood,
        hessian=_hessian(chances, patterns),
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


def _adds_up(patterns: Patterns) -> bool:
    """Whether the predictors, beside a constant, span fewer dimensions than they are."""
    x, weight = patterns.x, patterns.held.sum(axis=1)
    if not x.shape[1]:
        return False
    centred = x - weight @ x / weight.sum()
    gram = (centred * weight[:, None]).T @ centred
    size = np.sqrt(np.diag(gram))
    if (size <= _SMALLEST_EIGENVALUE * np.sqrt(weight @ x**2)).any():
        return True
    return bool(np.linalg.eigvalsh(gram / np.outer(size, size))[0] < _SMALLEST_EIGENVALUE)


def _maximise(theta: FloatArray, patterns: Patterns) -> FloatArray | None:
    """The parameters, or None where the likelihood has no summit but rises for ever."""
    spread = np.ones(len(theta))
    spread[: patterns.x.shape[1]] = patterns.x.std(axis=0)
    least = _LEAST_INFORMATION * patterns.held[patterns.held > 0].min()
    steps_left = _MOST_STEPS
    chances = _chances(theta, patterns)
    while True:
        information = -_hessian(chances, patterns)
        flattest = np.linalg.eigvalsh(information / np.outer(spread, spread))[0]
        if flattest < least or not steps_left:
            return None
        step = np.asarray(np.linalg.solve(information, _slope(chances, patterns)))
        if (np.abs(step) * spread).max() < _SMALL_STEP * (1 + (np.abs(theta) * spread).max()):
            return np.asarray(theta + step)
        theta, chances = _uphill(theta, step, chances.log_likelihood, patterns)
        steps_left -= 1


def _uphill(
    theta: FloatArray, step: FloatArray, now: float, patterns: Patterns
) -> tuple[FloatArray, _Chances]:
    """The step, halved until the likelihood does not fall."""
    chances = _chances(theta + step, patterns)
    while chances.log_likelihood < now - _ROUNDING * abs(now):
        step = step / 2
        chances = _chances(theta + step, patterns)
    return theta + step, chances


def _start(patterns: Patterns, start: FittedOdds | None) -> FloatArray:
    coefficients = np.zeros(patterns.x.shape[1])
    if start is None:
        share = patterns.held.sum(axis=0) / patterns.held.sum()
        below = np.cumsum(share)[:-1]
        return np.concatenate([coefficients, np.log(below / (1 - below))])
    coefficients[: len(start.coefficients)] = start.coefficients
    return np.concatenate([coefficients, start.thresholds])


def _chances(theta: FloatArray, patterns: Patterns) -> _Chances:
    x, held = patterns.x, patterns.held
    p = x.shape[1]
    z = theta[p:] - (x @ theta[:p])[:, None]
    small = np.exp(-np.abs(z))
    near, far = 1 / (1 + small), small / (1 + small)
    is_high = z >= 0
    below, above = np.where(is_high, near, far), np.where(is_high, far, near)
    chance = np.empty_like(held)
    chance[:, 0], chance[:, -1] = below[:, 0], above[:, -1]
    # The side that does not cancel.
    chance[:, 1:-1] = np.where(
        is_high[:, :-1], above[:, :-1] - above[:, 1:], below[:, 1:] - below[:, :-1]
    )
    chance[held == 0] = 1.0
    possible = chance.min() > 0
    return _Chances(
        below=below,
        above=above,
        p=chance,
        log_likelihood=float((held * np.log(chance)).sum()) if possible else -np.inf,
    )


def _by_predictors(c: _Chances, held: FloatArray) -> FloatArray:
    """(m,) slope of the log-likelihood by x' beta: F(upper) + F(lower) - 1 of each answer."""
    slope = (held[:, 1:] * c.below).sum(axis=1) - (held[:, :-1] * c.above).sum(axis=1)
    return np.asarray(slope)


def _by_thresholds(c: _Chances, held: FloatArray) -> FloatArray:
    """(m, J - 1) slope of the log-likelihood by each threshold."""
    weighed = held / c.p
    return np.asarray(c.below * c.above * (weighed[:, :-1] - weighed[:, 1:]))


def _slope(c: _Chances, patterns: Patterns) -> FloatArray:
    by_x = patterns.x.T @ _by_predictors(c, patterns.held)
    return np.concatenate([by_x, _by_thresholds(c, patterns.held).sum(axis=0)])


def _scores(c: _Chances, patterns: Patterns) -> FloatArray:
    by_x = patterns.x * _by_predictors(c, patterns.held)[:, None]
    return np.hstack([by_x, _by_thresholds(c, patterns.held)])


def _hessian(c: _Chances, patterns: Patterns) -> FloatArray:
    """Second derivatives: -(f_u + f_l) for eta, f across, the rest those of log(F_u - F_l)."""
    x, held = patterns.x, patterns.held
    p, q = x.shape[1], x.shape[1] + held.shape[1] - 1
    density = c.below * c.above
    bent = c.above - c.below
    across = density * (held[:, :-1] + held[:, 1:])
    hessian = np.zeros((q, q))
    hessian[:p, :p] = -(x * across.sum(axis=1)[:, None]).T @ x
    hessian[:p, p:] = x.T @ across
    hessian[p:, :p] = hessian[:p, p:].T
    a, b = density / c.p[:, :-1], density / c.p[:, 1:]
    at = np.arange(p, q)
    own = held[:, :-1] * a * (bent - a) - held[:, 1:] * b * (bent + b)
    hessian[at, at] = own.sum(axis=0)
    beside = (held[:, 1:-1] * a[:, 1:] * b[:, :-1]).sum(axis=0)
    hessian[at[1:], at[:-1]] = hessian[at[:-1], at[1:]] = beside
    return hessian
