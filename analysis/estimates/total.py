"""The weighted total of a sample."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.estimates.estimate import CONSTANT, Estimate
from analysis.influence import design_df
from analysis.probability import t_interval
from analysis.refusals import NotEstimable
from analysis.tally import dot
from analysis.variance.taylor import linearised_covariance

_ROUNDING: Final = 1e-13


def estimate_total(outcome: FloatArray, rows: IntArray, design: Design) -> Estimate | NotEstimable:
    """What do the answers add up to in the population, and how sure is it?

    T = sum w_i y_i over the rows with an outcome,  u_i = w_i y_i,  V by linearisation, interval
    T +- t(.975, PSUs - strata) sqrt(V); in units of the outcome. outcome: (N,), NaN where missing.
    rows: the domain.
    Assumes weights that count people (each the number of people one answer stands for): with
    weights of mean 1 it is a total of the sample.
    Refuses (`NotEstimable`): no answer; no variance or df < 1.
    Reference: Sarndal, Swensson & Wretman (1992), Model Assisted Survey Sampling, section 2.8.
    Checked against: R `svytotal` (O07a).
    """
    values = outcome[rows]
    answered = ~np.isnan(values)
    rows, values = rows[answered], values[answered]
    if not len(rows):
        return NotEstimable("no answer")
    weight = design.weight[rows]
    influence = np.zeros((len(design.weight), 1))
    influence[rows, 0] = weight * values
    variance = float(linearised_covariance(influence, design)[0, 0])
    total, df = dot(weight, values), design_df([rows], design)
    if variance <= (_ROUNDING * float(np.abs(influence).sum())) ** 2:
        return CONSTANT
    if df < 1:
        return NotEstimable("too few PSUs for an interval")
    se = math.sqrt(variance)
    low, high = t_interval(total, se, df)
    n_eff = float(weight.sum()) ** 2 / dot(weight, weight)
    return Estimate(total, se, low, high, len(rows), n_eff)
