"""Several margins at once: iterative proportional fitting, and the variance that allows for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.levels import LevelArray, Target
from analysis.weighting.poststratification import unreachable

SETTLED: Final = 1e-10
MOST_ROUNDS: Final = 1_000
RESIDUAL_PASSES: Final = 10
_MARGIN_MET: Final = 1e-8


def rake(base: FloatArray, targets: Sequence[Target]) -> FloatArray | NotEstimable:
    """Which weights, closest to the base weights, meet all margins at once?

    Each margin in turn multiplies its levels' weights to their targets (iterative proportional
    fitting) until no weight moves by 1e-10 in a whole round; the weights average 1. The work is
    done on the cells of the cross-table, which is the same and does not grow with n.

    base: (n,) > 0, any unit. targets: one a margin, on the same n rows.
    Assumes that people who answer are like those who do not, given the margins' main effects.
    Refuses (`Refusal`): no margin, and as `Target` and `poststratify`.
    Refuses (`NotEstimable`): a level wanted that nobody is in; margins that contradict each other
    in this sample.
    Reference: Deming & Stephan (1940), Annals of Mathematical Statistics 11:427-444; Deville,
    Sarndal & Sautory (1993), JASA 88:1013-1020. Checked against: R `survey::rake` (O09a).

    >>> sex = Target("sex", ("F", "M"), np.array([0, 0, 1, 1]), np.array([0.5, 0.5]))
    >>> age = Target("age", ("-44", "45+"), np.array([0, 1, 1, 1]), np.array([0.4, 0.6]))
    >>> rake(np.ones(4), [sex, age])
    array([1.6, 0.4, 1. , 1. ])
    """
    if not targets:
        raise Refusal("raking: there is no margin; give at least one")
    for target in targets:
        refused = unreachable(base, target)
        if refused:
            return refused
    cell, count = _cells(targets)
    levels = []
    for target in targets:
        level = np.empty(count, dtype=np.int64)
        level[cell] = target.levels
        levels.append(level)
    start = np.asarray(np.bincount(cell, base / base.sum()), dtype=np.float64)
    largest = np.zeros(count)
    np.maximum.at(largest, cell, base / base.mean())
    mass = _fit(start, levels, targets, largest / start)
    if mass is None:
        return _contradiction(targets)
    return np.asarray(base / base.mean() * (mass / start)[cell])


def _cells(targets: Sequence[Target]) -> tuple[LevelArray, int]:
    """The cell of the cross-table that each row is in, and how many cells have anybody in them."""
    cell, count = np.zeros(len(targets[0].levels), dtype=np.int64), 1
    for target in targets:
        cell = cell * len(target.labels) + target.levels
        present = np.zeros(count * len(target.labels), dtype=np.bool_)
        present[cell] = True
        cell = (np.cumsum(present) - 1)[cell]
        count = int(np.count_nonzero(present))
    return cell, count


def _fit(
    start: FloatArray, levels: Sequence[LevelArray], targets: Sequence[Target], scale: FloatArray
) -> FloatArray | None:
    """Cell totals that meet the margins; change x `scale` is that of a cell's largest weight."""
    mass = start
    for _ in range(MOST_ROUNDS):
        before = mass
        for level, target in zip(levels, targets, strict=True):
            present = np.bincount(level, mass, len(target.shares))
            factor = np.divide(target.shares, present, out=np.ones(len(present)), where=present > 0)
            mass = mass * factor[level]
        if (np.abs(mass - before) * scale).max() < SETTLED:
            break
    met = all(
        np.abs(np.bincount(level, mass, len(t.shares)) - t.shares).max() <= _MARGIN_MET
        for level, t in zip(levels, targets, strict=True)
    )
    return mass if met else None


def _contradiction(targets: Sequence[Target]) -> NotEstimable:
    names = ", ".join(repr(target.variable) for target in targets)
    return NotEstimable(
        f"the margins {names} cannot all be met by these answers: some combination of levels that "
        "the targets need has nobody in it; merge levels or leave a margin out"
    )


def raking_residuals(
    influence: FloatArray, weights: FloatArray, base: FloatArray, targets: Sequence[Target]
) -> FloatArray:
    """How much does each respondent move an estimate, once raking has taken its part?

    e = u, then ten times over the margins  e_i <- e_i - w_i * (mean over i's level of e / w, each
    row with its base weight). Variances of e instead of u credit the margins with what they
    explain. One target gives post-stratification.

    influence: (n,) or (n, q) u_i, weight included; weights, base: (n,); targets: as raked to.
    Assumes margins known without error and many answers a level; weights held fixed (u itself) err
    on the safe side and are the default.
    Refuses: as `rake` for rows that do not match.
    Reference: Deville & Sarndal (1992), JASA 87:376-382, doi 10.1080/01621459.1992.10475217.
    Checked against: R `svymean` after `rake` (O09a) and `postStratify` (O09b), both with base
    weights of 1, where R's unweighted level mean is this one.
    """
    residual = influence / _beside(weights, influence)
    for target in targets:
        target.check_rows(base)
    for _ in range(RESIDUAL_PASSES):
        for target in targets:
            residual = residual - _level_means(residual, base, target)[target.levels]
    return np.asarray(residual * _beside(weights, influence))


def _beside(weights: FloatArray, influence: FloatArray) -> FloatArray:
    return weights if influence.ndim == 1 else weights[:, None]


def _level_means(residual: FloatArray, base: FloatArray, target: Target) -> FloatArray:
    size = len(target.shares)
    present = np.bincount(target.levels, base, size)
    present[present == 0] = 1.0  # an empty level takes nothing from anybody
    if residual.ndim == 1:
        return np.asarray(np.bincount(target.levels, base * residual, size) / present)
    columns = [np.bincount(target.levels, base * column, size) for column in residual.T]
    return np.asarray(np.column_stack(columns) / present[:, None])
