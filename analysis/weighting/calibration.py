"""Linear calibration (GREG): margins met by adding to the weights, not by multiplying them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.levels import Target
from analysis.weighting.poststratification import unreachable

_SMALLEST_EIGENVALUE: Final = 1e-10


def calibrate(base: FloatArray, targets: Sequence[Target]) -> FloatArray | NotEstimable:
    """Which weights nearest to the base weights, in squared distance, meet all margins?

    w_i = d_i (1 + x_i' lambda),  lambda = (sum d x x')^-1 (T - sum d x);  d = base weights scaled
    to average 1, x = 1 and an indicator a level but the first of each margin, T = n (1, shares).

    base: (n,) > 0, any unit. targets: one a margin, on the same n rows. The weights average 1.
    Assumes as raking does; the two agree as n grows. Raking is the default because its weights stay
    above zero.
    Refuses (`Refusal`): no margin, and as `Target`.
    Refuses (`NotEstimable`): a level wanted that nobody is in; levels of two margins that coincide
    in this sample; weights that come out zero or negative.
    Reference: Deville & Sarndal (1992), JASA 87:376-382, doi 10.1080/01621459.1992.10475217.
    Checked against: R `survey::calibrate(calfun="linear")` (O09b).

    >>> sex = Target("sex", ("F", "M"), np.array([0, 0, 1, 1]), np.array([0.5, 0.5]))
    >>> age = Target("age", ("-44", "45+"), np.array([0, 1, 1, 1]), np.array([0.4, 0.6]))
    >>> calibrate(np.ones(4), [sex, age])
    array([1.6, 0.4, 1. , 1. ])
    """
    if not targets:
        raise Refusal("calibration: there is no margin; give at least one")
    for target in targets:
        refused = unreachable(base, target)
        if refused:
            return refused
    start = base / base.mean()
    x = _indicators(targets)
    gram = (x * start[:, None]).T @ x
    if np.linalg.eigvalsh(gram / len(base))[0] < _SMALLEST_EIGENVALUE:
        return NotEstimable(
            "calibration: levels of two margins hold the same people; leave one margin out"
        )
    wanted = np.concatenate([[1.0], *(target.shares[1:] for target in targets)]) * len(base)
    weights = start * (1 + x @ np.linalg.solve(gram, wanted - start @ x))
    if weights.min() <= 0:
        return NotEstimable(
            f"calibration: {np.count_nonzero(weights <= 0)} weights come out zero or negative; "
            "rake instead"
        )
    return np.asarray(weights)


def calibration_residuals(
    influence: FloatArray, weights: FloatArray, base: FloatArray, targets: Sequence[Target]
) -> FloatArray:
    """How much does each respondent move an estimate, once calibration has taken its part?

    e_i = w_i (u_i/w_i - x_i' B),  B the base-weighted least-squares fit of u/w on x.
    influence: (n,) u_i, weight included; weights: calibrated; base and targets: as calibrated.
    Assumes margins known without error. Refuses: as `calibrate` for rows that do not match.
    Reference: Deville & Sarndal (1992), section 3. Checked against: R `svymean` after `calibrate`
    (O09b).
    """
    for target in targets:
        target.check_rows(base)
    root = np.sqrt(base)
    x = _indicators(targets)
    share = influence / weights
    fit, *_ = np.linalg.lstsq(x * root[:, None], share * root, rcond=None)
    return np.asarray(weights * (share - x @ fit))


def _indicators(targets: Sequence[Target]) -> FloatArray:
    """(n, p): 1, then one column a level but the first of each margin."""
    n = len(targets[0].levels)
    columns = [np.ones((n, 1))]
    columns += [t.levels[:, None] == np.arange(1, len(t.labels)) for t in targets]
    return np.hstack(columns).astype(np.float64)
