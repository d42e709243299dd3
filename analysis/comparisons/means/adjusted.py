"""The change with the make-up of both waves held alike, by regression."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analysis.comparisons.contrast import change_of
from analysis.comparisons.method import YES, Answers, Fit, Method, MethodComparison, comparison_from
from analysis.dataset import FloatArray
from analysis.design import IntArray
from analysis.estimates.estimate import CONSTANT
from analysis.glm import fit_glm, with_constant
from analysis.influence import design_df
from analysis.refusals import NotEstimable
from analysis.tally import summed
from analysis.variance.taylor import linearised_covariance

_ROUNDING: Final = 1e-13


def adjusted(answers: Answers) -> MethodComparison | NotEstimable:
    """Did the answers change among people who are alike, or only who answered?

    Weighted regression of the answer on the wave and on a dummy for every level of the background
    questions but one ("missing" is a level); the coefficient of the wave, its variance by
    linearisation, t with PSUs - strata + 1 - p df, p the coefficients. Levels that follow from
    others are left out. For a share it is the change in proportion points.
    Assumes that each level moves the answers by the same amount in both waves.
    Refuses (`NotEstimable`): no background questions, fewer than two answers in a wave, no spread,
    df < 1.
    Reference: Fuller (1975), Sankhya C 37:117-132. Checked against: R `svyglm` (O07a, O07b, O11).
    """
    rows = np.concatenate(answers.rows)
    if min(map(len, answers.rows)) < 2:  # noqa: PLR2004 - one answer has no spread
        return NotEstimable("fewer than two answers in a wave")
    after = np.repeat([0, 1], [len(part) for part in answers.rows])
    profiles, cell = _profiles([after, *(column[rows] for column in answers.background)])
    x = _predictors(profiles)
    y, weight = answers.values[rows], answers.design.weight[rows]
    held = summed(cell, weight, len(profiles))
    fit = fit_glm(summed(cell, weight * y, len(profiles)) / held, x, held)
    if isinstance(fit, NotEstimable):
        return fit
    each = (with_constant(x) @ fit.inverse_information)[:, 1]
    influence = np.zeros((len(answers.values), 1))
    influence[rows, 0] = weight * (y - fit.fitted[cell]) * each[cell]
    se = math.sqrt(float(linearised_covariance(influence, answers.design)[0, 0]))
    if se <= _ROUNDING * float(np.abs(y).max()):
        return CONSTANT
    df = design_df([rows], answers.design) + 1 - len(fit.coefficients)
    change = change_of(float(fit.coefficients[1]), se, df)
    n = len(answers.rows[0]), len(answers.rows[1])
    return change if isinstance(change, NotEstimable) else comparison_from(change, n)


def _profiles(columns: list[IntArray]) -> tuple[IntArray, IntArray]:
    """Every combination of levels that occurs, (combinations, columns), and each row's own."""
    sizes = tuple(int(column.max()) + 1 for column in columns)
    used, cell = np.unique(np.ravel_multi_index(columns, sizes), return_inverse=True)
    return np.column_stack(np.unravel_index(used, sizes)).astype(np.int64), cell.astype(np.int64)


def _predictors(profiles: IntArray) -> FloatArray:
    """The wave and the dummies of every combination of levels, without those that follow."""
    columns = [profiles[:, 0].astype(np.float64)]
    for background in profiles.T[1:]:
        columns += [(background == level).astype(np.float64) for level in np.unique(background)[1:]]
    kept = columns[:1]
    for column in columns[1:]:
        tried = with_constant(np.column_stack([*kept, column]))
        if np.linalg.matrix_rank(tried) == tried.shape[1]:
            kept.append(column)
    return np.column_stack(kept)


def _has_background(answers: Answers) -> Fit:
    if not answers.background:
        return NotEstimable("the plan names no background questions (subgroups) to allow for")
    return YES


METHOD: Final = Method(
    name="adjusted",
    question="Did the answers change among people of the same background (the plan's subgroups)?",
    reference="Fuller (1975), Sankhya C 37:117-132",
    beside=("scale", "ordinal", "numeric", "share"),
    applies=_has_background,
    compare=adjusted,
)
