"""One factor behind several items, by maximum likelihood, for many covariance matrices at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable

# Jöreskog's floor: a residual variance of half a percent of the item's is as good as none.
LEAST_UNIQUENESS: Final = 0.005
_MOST_STEPS: Final = 100
_ROUNDING: Final = 1e-13
_FLAT: Final = 1e-9
_LONGEST_STEP: Final = 2.0
_CURVED: Final = 1e-8


@dataclass(frozen=True, slots=True)
class OneFactor:
    """Per matrix (b): loadings and residual variances, (b, k), in the units of the items.

    `settled`: (b,) the fit came to rest. `at_floor`: (b, k) the residual variance ran to its floor
    (a Heywood case).
    """

    loadings: FloatArray
    residuals: FloatArray
    settled: NDArray[np.bool_]
    at_floor: NDArray[np.bool_]

    def omega(self) -> FloatArray:
        """(b,) share of the variance of the items' sum that the factor carries."""
        carried = self.loadings.sum(axis=1) ** 2
        return np.asarray(carried / (carried + self.residuals.sum(axis=1)))


def fit_one_factor(covariances: FloatArray) -> OneFactor:
    """How strongly does each item follow the one thing that the items share?

    Sigma = lambda lambda' + diag(psi); minimises log|Sigma| + tr(S Sigma^-1) - log|S| - k. Given
    psi the best lambda is known, so Newton's method runs over x = log psi alone:
    f = sum over m > 1 of (theta_m - log theta_m - 1), theta_1 > theta_2 > ... the eigenvalues of
    psi^-1/2 S psi^-1/2, with exact first and second derivatives.

    covariances: (b, k, k), positive definite, k >= 3.
    Assumes answers near enough to normal for a covariance matrix to tell their story.
    Refuses nothing: what did not settle, or ran to the floor, is marked.
    Reference: Jöreskog (1967), Psychometrika 32:443-482; Lawley & Maxwell (1971), Factor Analysis
    as a Statistical Method, chapter 4. Checked against: R `lavaan::cfa` (O15).

    >>> shared = np.full((1, 3, 3), 0.5) + 0.5 * np.eye(3)
    >>> fit_one_factor(shared).loadings.round(6)
    array([[0.707107, 0.707107, 0.707107]])
    """
    sd = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    correlations = covariances / (sd[:, :, None] * sd[:, None, :])
    x, settled = _minimise(correlations)
    theta, vectors = _eigen(correlations, x)
    loadings = sd * np.sqrt(np.exp(x)) * vectors[:, :, -1]
    loadings *= np.sqrt(np.maximum(theta[:, -1:] - 1, 0))
    loadings *= np.where(loadings.sum(axis=1, keepdims=True) < 0, -1, 1)
    return OneFactor(
        loadings=loadings,
        residuals=np.exp(x) * sd**2,
        settled=settled,
        at_floor=x <= np.log(LEAST_UNIQUENESS) + _CURVED,
    )


def omega_influence(
    complete: FloatArray, covariance: FloatArray, fit: OneFactor
) -> FloatArray | NotEstimable:
    """How much does each respondent move omega? To first order, divided by n.

    u_i = tr(G ((y_i - m)(y_i - m)' - S)) / n, G the derivative of omega by the covariance matrix.
    With W = Sigma^-1 and theta = (lambda, psi), the fit solves tr(W (Sigma - S) W Sigma_a) = 0 for
    each parameter a, so G = W (sum of v_a Sigma_a) W with v = H^-1 (slope of omega), H the second
    derivatives of the discrepancy. Summed squares of u give the variance of omega whatever the
    answers' distribution. complete: (n, k); covariance: (k, k) theirs, by n; fit: of it, above the
    floor.
    Refuses (`NotEstimable`): items so nearly unrelated that other loadings would fit as well.
    Reference: Browne (1984), British Journal of Mathematical and Statistical Psychology 37:62-83,
    for fits without the normal law. Checked against: the bootstrap of `reliability`, and omega of
    answers counted a little more or less.
    """
    n, k = complete.shape
    loadings, residuals = fit.loadings[0], fit.residuals[0]
    bend = _bend(covariance, loadings, residuals)
    units = np.concatenate([np.sqrt(covariance.diagonal()), residuals])
    if np.linalg.eigvalsh(bend * np.outer(units, units))[0] < _CURVED:
        return NotEstimable("the items are so nearly unrelated that no one factor stands out")
    moved = np.linalg.solve(bend, _omega_slope(loadings, residuals))
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals))
    crossed = np.outer(moved[:k], loadings)
    gradient = inverse @ (crossed + crossed.T + np.diag(moved[k:])) @ inverse
    centred = complete - complete.mean(axis=0)
    pull = np.einsum("ij,ij->i", np.einsum("ij,jk->ik", centred, gradient), centred)
    return np.asarray((pull - pull.mean()) / n)


def _omega_slope(loadings: FloatArray, residuals: FloatArray) -> FloatArray:
    """Of omega by each loading, then each residual variance."""
    carried, left = loadings.sum(), residuals.sum()
    by_loading, by_residual = 2 * carried * left, -(carried**2)
    slope = np.repeat([by_loading, by_residual], len(loadings))
    return np.asarray(slope / (carried**2 + left) ** 2)


def _bend(covariance: FloatArray, loadings: FloatArray, residuals: FloatArray) -> FloatArray:
    """Second derivatives of log|Sigma| + tr(S Sigma^-1) by loadings, then residual variances.

    With C = W S W: tr(2 C Sigma_b W Sigma_a - W Sigma_b W Sigma_a) + tr((W - C) Sigma_ab).
    """
    w = np.linalg.inv(np.outer(loadings, loadings) + np.diag(residuals))
    c = w @ covariance @ w
    w_l, c_l = w @ loadings, c @ loadings
    l_w_l, l_c_l = float(loadings @ w_l), float(loadings @ c_l)
    both = np.outer(c_l, w_l)
    by_loadings = 2 * (c * l_w_l + w * l_c_l + both + both.T)
    by_loadings -= 2 * (w * l_w_l + np.outer(w_l, w_l)) - 2 * (w - c)
    crossed = 2 * (c * w_l + w * c_l - w * w_l)
    by_residuals = 2 * c * w - w * w
    return np.asarray(np.block([[by_loadings, crossed], [crossed.T, by_residuals]]))


def _start(correlations: FloatArray) -> FloatArray:
    k = correlations.shape[1]
    inverse = np.diagonal(np.linalg.inv(correlations), axis1=1, axis2=2)
    return np.asarray(np.log(np.clip((1 - 0.5 / k) / inverse, 10 * LEAST_UNIQUENESS, 1)))


def _minimise(correlations: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    x = _start(correlations)
    moving = np.arange(len(correlations))
    settled = np.zeros(len(correlations), dtype=np.bool_)
    steps_left = _MOST_STEPS
    while moving.size and steps_left:
        steps_left -= 1
        step, still = _newton_step(correlations[moving], x[moving])
        settled[moving[still]] = True
        moving, step = moving[~still], step[~still]
        x[moving] = _downhill(correlations[moving], x[moving], step)
    return x, settled


def _newton_step(correlations: FloatArray, x: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The step, and which fits are at rest: no slope except against the floor."""
    slope, curvature = _derivatives(correlations, x)
    held = (x <= np.log(LEAST_UNIQUENESS)) & (slope > 0)
    slope[held] = 0.0
    curvature[held[:, :, None] | held[:, None, :]] = 0.0
    b, i = np.nonzero(held)
    curvature[b, i, i] = 1.0
    step = -np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
    longest = np.abs(step).max(axis=1, keepdims=True)
    step *= _LONGEST_STEP / np.maximum(longest, _LONGEST_STEP)
    return step.astype(np.float64), np.asarray(np.abs(slope).max(axis=1) < _FLAT)


def _derivatives(correlations: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivatives of f; where f bends the wrong way, Fisher's in its place."""
    theta, vectors = _eigen(correlations, x)
    rest, v = theta[:, :-1], vectors[:, :, :-1]
    first, v1 = theta[:, -1:], vectors[:, :, -1]
    slope = ((1 - rest)[:, None, :] * v**2).sum(axis=2)
    plain = v @ v.transpose(0, 2, 1)
    cross = (1 - rest) * (rest + first) / np.maximum(first - rest, _CURVED)
    curvature = plain * ((v * rest[:, None, :]) @ v.transpose(0, 2, 1))
    curvature += v1[:, :, None] * v1[:, None, :] * ((v * cross[:, None, :]) @ v.transpose(0, 2, 1))
    bent = np.linalg.eigvalsh(curvature)[:, 0] < _CURVED
    curvature[bent] = plain[bent] ** 2 + _CURVED * np.eye(x.shape[1])
    return slope, curvature


def _downhill(correlations: FloatArray, x: FloatArray, step: FloatArray) -> FloatArray:
    """Each step halved until its own f does not rise; never below the floor."""
    floor = np.log(LEAST_UNIQUENESS)
    limit = _discrepancy(correlations, x) + _ROUNDING
    tried = np.maximum(x + step, floor)
    while (worse := _discrepancy(correlations, tried) > limit).any():
        step = np.where(worse[:, None], step / 2, step)
        tried = np.maximum(x + step, floor)
    return np.asarray(tried)


def _discrepancy(correlations: FloatArray, x: FloatArray) -> FloatArray:
    scale = np.exp(-x / 2)
    rest = np.linalg.eigvalsh(correlations * scale[:, :, None] * scale[:, None, :])[:, :-1]
    return np.asarray((rest - np.log(rest) - 1).sum(axis=1))


def _eigen(correlations: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    scale = np.exp(-x / 2)
    theta, vectors = np.linalg.eigh(correlations * scale[:, :, None] * scale[:, None, :])
    return np.asarray(theta), np.asarray(vectors)
