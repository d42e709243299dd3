"""Agresti and Caffo's interval: a difference of shares with two answers added to each wave."""

from __future__ import annotations

import math
from typing import Final

from analysis.comparisons.method import Answers, Method, MethodComparison, independent
from analysis.comparisons.shares.fisher import TwoShares, two_shares
from analysis.probability import EQUIVALENCE_LEVEL, LEVEL, normal_quantile
from analysis.refusals import NotEstimable


def agresti_caffo(table: TwoShares) -> MethodComparison | NotEstimable:
    """Between which bounds does the change of a share lie?

    With one yes and one no added to each wave, p' = (x + 1)/(n + 2):
    p2' - p1' +- z sqrt(p1'(1 - p1')/(n1 + 2) + p2'(1 - p2')/(n2 + 2)). `estimate` is the plain
    difference. Shares in 0..1. It has no test of its own.
    Assumes two independent simple random samples.
    Refuses (`NotEstimable`): an empty wave.
    Reference: Agresti & Caffo (2000), American Statistician 54:280-288. Checked against: R by its
    formula (O03).
    """
    if min(table.n) < 1:
        return NotEstimable("a wave has no answer")
    first = (table.yes_before + 1) / (table.n_before + 2)
    second = (table.yes_after + 1) / (table.n_after + 2)
    se = math.sqrt(
        first * (1 - first) / (table.n_before + 2) + second * (1 - second) / (table.n_after + 2)
    )
    ci95, ci90 = (
        (second - first - half, second - first + half)
        for half in (normal_quantile((1 + x) / 2) * se for x in (LEVEL, EQUIVALENCE_LEVEL))
    )
    return MethodComparison(
        n=table.n,
        unit="outcome",
        estimate=table.yes_after / table.n_after - table.yes_before / table.n_before,
        ci95=ci95,
        ci90=ci90,
    )


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return agresti_caffo(two_shares(answers))


METHOD: Final = Method(
    name="agresti_caffo",
    question="Between which bounds does the change lie, reckoned for small samples?",
    reference="Agresti & Caffo (2000), American Statistician 54:280-288",
    beside=("share",),
    applies=independent,
    compare=_compare,
)
