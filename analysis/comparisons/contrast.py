"""A change as a sum of estimates with signs: the step that every comparison ends with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.estimates.estimate import CONSTANT
from analysis.influence import Influence, is_rounding
from analysis.probability import EQUIVALENCE_LEVEL, LEVEL, t_interval, t_two_sided
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance


@dataclass(frozen=True, slots=True)
class Change:
    """After minus before, with the test of no change and the 95 % and 90 % intervals."""

    estimate: float
    se: float
    df: float
    statistic: float
    p: float
    ci_low: float
    ci_high: float
    ci90_low: float
    ci90_high: float


def contrast(
    influences: Sequence[Influence],
    coefficients: Sequence[float],
    design: Design,
    variance: Variance,
) -> Change | NotEstimable:
    """How large is a sum of estimates with given coefficients, and does it differ from zero?

    c'theta with V = c' cov(theta) c, t = c'theta / sqrt(V) on the variance's df, two-sided, with
    95 % and 90 % t intervals. influences, coefficients: k each; (before, after) with (-1, 1) is a
    change, four cells with (1, -1, -1, 1) a difference in differences.
    Assumes a sum that is about normal over samples.
    Refuses (`NotEstimable`): what the variance refuses, no variance at all, df < 1.
    Reference: Lohr (2022), Sampling: Design and Analysis, chapter 11. Checked against: R
    `svyttest`, `svycontrast`, `svyglm` (O08a, O11, O12).
    """
    covariance = variance.covariance(influences, design)
    if isinstance(covariance, NotEstimable):
        return covariance
    return contrast_given(influences, coefficients, covariance, design, variance)


def contrast_given(
    influences: Sequence[Influence],
    coefficients: Sequence[float],
    covariance: FloatArray,
    design: Design,
    variance: Variance,
) -> Change | NotEstimable:
    """The same where the covariance of the estimates, (k, k), is known already; see `contrast`."""
    k = len(influences)
    v = sum(coefficients[i] ** 2 * float(covariance[i, i]) for i in range(k)) + 2 * sum(
        coefficients[i] * coefficients[j] * float(covariance[i, j])
        for i in range(k)
        for j in range(i)
    )
    if is_rounding(v, *influences):
        return CONSTANT
    parts = np.square(coefficients) * covariance.diagonal()
    df = variance.df_of_contrast(influences, parts, design)
    estimate = sum(c * i.estimate for c, i in zip(coefficients, influences, strict=True))
    return change_of(estimate, math.sqrt(v), df)


def change_of(estimate: float, se: float, df: float) -> Change | NotEstimable:
    """Test and intervals of an estimated change by Student's t; refuses df < 1."""
    if df < 1:
        return NotEstimable("too few PSUs for a test: no degree of freedom is left")
    low, high = t_interval(estimate, se, df, LEVEL)
    low90, high90 = t_interval(estimate, se, df, EQUIVALENCE_LEVEL)
    statistic = estimate / se
    return Change(
        estimate=estimate,
        se=se,
        df=df,
        statistic=statistic,
        p=t_two_sided(statistic, df),
        ci_low=low,
        ci_high=high,
        ci90_low=low90,
        ci90_high=high90,
    )
