"""The odds ratio of a share, as the sample was drawn."""

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
from analysis.influence import design_df, mean_influence
from analysis.refusals import NotEstimable
from analysis.variance.taylor import linearised_covariance

_ROUNDING: Final = 1e-13


def odds_ratio(
    outcome: FloatArray, domain: Domain, design: Design
) -> MethodComparison | NotEstimable:
    """By which factor did the odds of yes change?

    b = log(p2/(1 - p2)) - log(p1/(1 - p1)) of the weighted shares, which is the logistic regression
    of the answer on the wave (quasibinomial); exp(b) is the odds ratio, 1 when nothing changed.
    Variance by linearisation (u_i / (p (1 - p))), t with PSUs - strata - 1 df.
    outcome: (N,) zeros and ones, NaN where missing. domain: rows of each wave.
    Assumes what `compare_waves` assumes. An odds ratio sounds larger than a change of shares: it is
    never told alone.
    Refuses (`NotEstimable`): fewer than two answers in a wave; a share of 0 or 1; df < 1.
    Reference: Binder (1983), International Statistical Review 51:279-292. Checked against: R
    `svyglm(family = quasibinomial())` (O08g).
    """
    waves = []
    for name, rows in (("before", domain.before), ("after", domain.after)):
        wave = mean_influence(outcome, rows, design)
        if isinstance(wave, NotEstimable):
            return NotEstimable(f"{name}: {wave.reason}")
        waves.append(wave)
    if any(wave.n_nonzero in {0, wave.n} for wave in waves):
        return NotEstimable("everyone in a wave answered alike, so the odds have no bound")
    slope = _log_odds(waves[1].estimate) - _log_odds(waves[0].estimate)
    influence = np.zeros((len(outcome), 1))
    for wave, sign in zip(waves, (-1.0, 1.0), strict=True):
        influence[wave.rows, 0] = sign * wave.values / (wave.estimate * (1 - wave.estimate))
    se = math.sqrt(float(linearised_covariance(influence, design)[0, 0]))
    if se <= _ROUNDING * float(np.abs(influence).sum()):
        return CONSTANT
    df = design_df([wave.rows for wave in waves], design) - 1
    change = change_of(slope, se, df)
    if isinstance(change, NotEstimable):
        return change
    return MethodComparison(
        n=(waves[0].n, waves[1].n),
        p=change.p,
        unit="odds",
        estimate=math.exp(slope),
        ci95=(math.exp(change.ci_low), math.exp(change.ci_high)),
        ci90=(math.exp(change.ci90_low), math.exp(change.ci90_high)),
        statistic=change.statistic,
        df=change.df,
        figures={"log_odds": slope, "se_log_odds": se},
    )


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return odds_ratio(answers.values, answers.domain, answers.design)


METHOD: Final = Method(
    name="odds_ratio",
    question="By which factor did the odds of this answer change?",
    reference="Binder (1983), International Statistical Review 51:279-292",
    beside=("share",),
    applies=always,
    compare=_compare,
)
