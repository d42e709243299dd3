"""Proportional odds: by how much did the odds of a higher answer change?"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analysis.comparisons.contrast import change_of
from analysis.comparisons.difference import Domain
from analysis.comparisons.method import Answers, Method, MethodComparison, always
from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.estimates.estimate import CONSTANT
from analysis.influence import design_df
from analysis.proportional_odds import fit_proportional_odds
from analysis.refusals import NotEstimable
from analysis.tally import summed
from analysis.variance.taylor import linearised_covariance

_ROUNDING: Final = 1e-13


def odds_of_higher(
    outcome: FloatArray, domain: Domain, design: Design
) -> MethodComparison | NotEstimable:
    """By how much did the odds of a higher answer change, at whatever border one draws?

    `fit_proportional_odds` of the answer on the wave, weighted; exp(beta) is the odds ratio, 1 when
    nothing changed. Variance by linearisation of the weighted scores, t with PSUs - strata - 1 df.
    outcome: (N,) ordered codes, NaN where missing. domain: rows of each wave.
    Assumes that one odds ratio serves every border between answers.
    Refuses (`NotEstimable`): what `fit_proportional_odds` refuses (one answer only, separation);
    df < 1.
    Reference: McCullagh (1980), JRSS B 42:109-142; Binder (1983), International Statistical Review
    51:279-292. Checked against: R `ordinal::clm` (O02), `survey::svyolr` (O08d).
    """
    rows = np.concatenate([domain.before, domain.after])
    rows = rows[~np.isnan(outcome[rows])]
    is_after = np.isin(rows, domain.after)
    n = (int((~is_after).sum()), int(is_after.sum()))
    levels, place = np.unique(outcome[rows], return_inverse=True)
    cell = place + len(levels) * is_after
    held = summed(cell.astype(np.int64), design.weight[rows], 2 * len(levels))
    wave = np.repeat([0.0, 1.0], len(levels))[:, None]
    fit = fit_proportional_odds(np.tile(levels, 2), wave, held)
    if isinstance(fit, NotEstimable):
        return fit
    each = np.divide(fit.influence()[:, 0], held, out=np.zeros(len(held)), where=held > 0)
    influence = np.zeros((len(outcome), 1))
    influence[rows, 0] = each[cell] * design.weight[rows]
    variance = float(linearised_covariance(influence, design)[0, 0])
    if math.sqrt(variance) <= _ROUNDING * float(np.abs(influence).sum()):
        return CONSTANT
    return odds_of(float(fit.coefficients[0]), variance, design_df([rows], design) - 1, n)


def odds_of(
    log_odds: float, variance: float, df: float, n: tuple[int, int]
) -> MethodComparison | NotEstimable:
    """The change of a log odds ratio told as a factor; refuses df < 1."""
    se = math.sqrt(variance)
    change = change_of(log_odds, se, df)
    if isinstance(change, NotEstimable):
        return change
    return MethodComparison(
        n=n,
        p=change.p,
        unit="odds",
        estimate=math.exp(change.estimate),
        ci95=(math.exp(change.ci_low), math.exp(change.ci_high)),
        ci90=(math.exp(change.ci90_low), math.exp(change.ci90_high)),
        statistic=change.statistic,
        df=change.df,
        figures={"log_odds": change.estimate, "se_log_odds": se},
    )


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return odds_of_higher(answers.values, answers.domain, answers.design)


METHOD: Final = Method(
    name="odds_of_higher",
    question="By which factor did the odds of giving a higher answer change?",
    reference="McCullagh (1980), Journal of the Royal Statistical Society B 42:109-142",
    beside=("ordinal",),
    applies=always,
    compare=_compare,
)
