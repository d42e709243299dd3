"""Rao and Scott's test: did the way answers spread over categories change?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.comparisons.method import Answers, Method, MethodComparison, always
from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.influence import design_df
from analysis.probability import chi_square_above, f_above
from analysis.refusals import NotEstimable
from analysis.tally import summed
from analysis.variance.taylor import linearised_covariance


@dataclass(frozen=True, slots=True)
class RaoScott:
    """F on (df, df_below) and its p; Pearson's X2 of the weighted shares, first-order p beside it.

    shares: (categories, waves), each wave's adding up to 1.
    """

    statistic: float
    df: float
    df_below: float
    p: float
    pearson: float
    p_first_order: float
    shares: FloatArray


def rao_scott(
    category: IntArray, column: IntArray, rows: IntArray, design: Design
) -> RaoScott | NotEstimable:
    """Do the answers of several groups spread alike over categories, as the sample was drawn?

    X2 = n sum (p_rc - p_r p_c)^2 / (p_r p_c) of the weighted cell shares p, n answers unweighted.
    V their covariance from influences w (1{cell} - p)/W, C the interaction columns with the main
    effects projected out, P = diag(p): D = (C' P^-1 C/n)^-1 (C' P^-1 V P^-1 C).
    Second order: F = X2/tr D on ((tr D)^2/tr(D^2), that x (PSUs - strata)). First order:
    X2/(tr D/q) on chi-square with q = (R-1)(C-1) df.
    category, column: (rows,) positions from 0 of the answer and of the group (the wave) of each row
    in `rows`; every row has both. Categories and groups without a row are left out.
    Assumes enough PSUs for V (linearised, whatever the report's variance).
    Refuses (`NotEstimable`): one category or one group only; no variance; df < 1.
    Reference: Rao & Scott (1984), Annals of Statistics 12:46-60; Thomas & Rao (1987), JASA
    82:630-636. Checked against: R `svychisq` (O07a, O07b, O08b, O13, O20).
    """
    category, column = _compact(category), _compact(column)
    if not len(rows) or not category.any() or not column.any():
        return NotEstimable("it takes two categories and two groups with answers")
    r, c = int(category.max()) + 1, int(column.max()) + 1
    cell, weight = category * c + column, design.weight[rows]
    share = summed(cell, weight, r * c) / weight.sum()
    influence = np.zeros((len(design.weight), r * c))
    influence[rows] = -share * (weight / weight.sum())[:, None]
    influence[rows, cell] += weight / weight.sum()
    covariance = linearised_covariance(influence, design)
    return rao_scott_of(share.reshape(r, c), covariance, len(rows), design_df([rows], design))


def rao_scott_of(
    shares: FloatArray, covariance: FloatArray, n: int, df: float
) -> RaoScott | NotEstimable:
    """`rao_scott` from the shares (R, C) of all n answers and their covariance (R x C, R x C).

    df: PSUs - strata.
    """
    r, c = shares.shape
    share = shares.ravel()
    expected = np.outer(shares.sum(axis=1), shares.sum(axis=0)).ravel()
    pearson = n * float(((share - expected) ** 2 / expected).sum())
    delta = _delta(share, covariance, (r, c), n)
    trace = float(np.trace(delta))
    if trace <= _ROUNDING or df < 1:
        return NotEstimable("too few PSUs: nothing shows how much the shares vary")
    ndf = trace**2 / float(np.trace(delta @ delta))
    statistic, q = pearson / trace, (r - 1) * (c - 1)
    return RaoScott(
        statistic=statistic,
        df=ndf,
        df_below=ndf * df,
        p=f_above(statistic, ndf, ndf * df),
        pearson=pearson,
        p_first_order=chi_square_above(pearson * q / trace, q),
        shares=shares / shares.sum(axis=0),
    )


_ROUNDING: Final = 1e-12


def _compact(positions: IntArray) -> IntArray:
    return np.unique(positions, return_inverse=True)[1].astype(np.int64)


def _delta(share: FloatArray, covariance: FloatArray, shape: tuple[int, int], n: int) -> FloatArray:
    r, c = np.unravel_index(np.arange(len(share)), shape)
    rows = (r[:, None] == np.arange(1, shape[0])).astype(float)
    columns = (c[:, None] == np.arange(1, shape[1])).astype(float)
    main = np.column_stack([np.ones(len(share)), rows, columns])
    both = (rows[:, :, None] * columns[:, None, :]).reshape(len(share), -1)
    contrasts = both - main @ np.linalg.lstsq(main, both)[0]
    scaled = np.divide(1.0, share, out=np.zeros(len(share)), where=share > 0)[:, None] * contrasts
    return np.linalg.solve(contrasts.T @ scaled / n, scaled.T @ covariance @ scaled)


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    rows = np.concatenate(answers.rows)
    n = len(answers.rows[0]), len(answers.rows[1])
    _, category = np.unique(answers.values[rows], return_inverse=True)
    found = rao_scott(category, np.repeat([0, 1], n), rows, answers.design)
    if isinstance(found, NotEstimable):
        return found
    figures = {"df_below": found.df_below, "p_first_order": found.p_first_order}
    return MethodComparison(n=n, p=found.p, statistic=found.statistic, df=found.df, figures=figures)


METHOD: Final = Method(
    name="rao_scott",
    question="Did the way the answers spread over the categories change?",
    reference="Rao & Scott (1984), Annals of Statistics 12:46-60",
    beside=("nominal",),
    applies=always,
    compare=_compare,
)
