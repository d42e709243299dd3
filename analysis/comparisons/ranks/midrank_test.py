"""A rank test for weighted and clustered samples."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from analysis.comparisons.difference import Domain, difference
from analysis.comparisons.method import Answers, Method, MethodComparison, always, comparison_from
from analysis.comparisons.ranks.midranks import weighted_midranks
from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.influence import mean_influence
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance


def midrank_test(
    outcome: FloatArray, domain: Domain, design: Design, variance: Variance
) -> MethodComparison | NotEstimable:
    """Do the answers after stand higher among all answers than those before, as they were drawn?

    r_i = share of the weight (of both waves) below y_i plus half the share tied with it; then the
    difference of the weighted means of r, with the design's variance and t test. In shares of all
    answers: 0.05 means five hundredths higher up in the whole row of answers.
    outcome: (N,), NaN where missing. domain: rows of each wave.
    Assumes what `compare_waves` assumes, of the ranks; the ranks are taken as known, which is right
    to first order (Lumley & Scott). R's `svyranktest` averages tied weights unweighted and then
    depends on the order of the rows: not copied.
    Refuses (`NotEstimable`): fewer than two answers in a wave; what the variance refuses.
    Reference: Lumley & Scott (2013), Biometrika 100:831-842. Checked against: R `svyttest` on
    weighted mid-ranks (O08c), `svyranktest` with equal weights (O08h).
    """
    rows = np.concatenate([domain.before, domain.after])
    rows = rows[~np.isnan(outcome[rows])]
    ranks = np.full(len(outcome), np.nan)
    if len(rows):
        ranks[rows] = weighted_midranks(outcome[rows], design.weight[rows])
    before = mean_influence(ranks, domain.before, design)
    after = mean_influence(ranks, domain.after, design)
    if isinstance(before, NotEstimable):
        return NotEstimable(f"before: {before.reason}")
    if isinstance(after, NotEstimable):
        return NotEstimable(f"after: {after.reason}")
    change = difference(before, after, design, variance)
    if isinstance(change, NotEstimable):
        return change
    return replace(comparison_from(change, (before.n, after.n)), unit="rank")


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return midrank_test(answers.values, answers.domain, answers.design, answers.variance)


METHOD: Final = Method(
    name="midrank_test",
    question=(
        "Line all answers of both waves up from low to high: do those from after stand further up?"
    ),
    reference="Lumley & Scott (2013), Biometrika 100:831-842",
    beside=("scale", "ordinal", "numeric"),
    applies=always,
    compare=_compare,
)
