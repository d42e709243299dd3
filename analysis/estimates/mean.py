"""The weighted mean of one wave."""

from __future__ import annotations

import math

from analysis.design import Design
from analysis.estimates.estimate import CONSTANT, Estimate
from analysis.influence import Summary
from analysis.probability import t_interval
from analysis.refusals import NotEstimable


def estimate_mean(summary: Summary, variance: float, df: float, design: Design) -> Estimate:
    """What is the mean of a wave, and how sure is it?

    m +- t(.975, df) sqrt(V), with m, V and df from the influence engine; in units of the answer
    scale. Assumes that the mean is about normal over samples. Refuses an interval
    (`NotEstimable`) when V = 0 (every answer the same) or df < 1.
    Reference: Lohr (2022), Sampling: Design and Analysis, section 2.5.
    Checked against: R `confint(svymean(...), df = degf(...))` in O08a.
    """
    del design
    se: float | NotEstimable = math.sqrt(variance)
    low: float | NotEstimable
    high: float | NotEstimable
    if variance == 0:
        se = low = high = CONSTANT
    elif df < 1:
        low = high = NotEstimable("too few PSUs for an interval")
    else:
        low, high = t_interval(summary.estimate, math.sqrt(variance), df)
    return Estimate(summary.estimate, se, low, high, summary.n, summary.n_eff)
