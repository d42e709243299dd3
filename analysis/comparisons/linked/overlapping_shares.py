"""Partially overlapping samples of yes and no."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analysis.comparisons.linked.overlapping_t import correlation
from analysis.comparisons.linked.pairs import Pairs
from analysis.comparisons.method import Answers, Method, MethodComparison, linked
from analysis.probability import EQUIVALENCE_LEVEL, LEVEL, normal_quantile, normal_two_sided
from analysis.refusals import NotEstimable

_ROUNDING: Final = 1e-13


def overlapping_shares(pairs: Pairs) -> MethodComparison | NotEstimable:
    """Did a share change, when some people answered twice and others once?

    z8 = (p2 - p1) / sqrt(p (1 - p) (1/n1 + 1/n2 - 2 r nc/(n1 n2))), p of all answers together, r
    the phi of the nc pairs; the interval uses the same standard error. Zeros and ones; shares in
    0..1.
    Assumes people drawn alone and alike, links missing by chance, and large samples.
    Refuses (`NotEstimable`): no pairs; everyone alike, or alike in every pair.
    Reference: Derrick, Dobson-Mckittrick, Toher & White (2015), Journal of Applied Quantitative
    Methods 10(3). Checked against: R `Partiallyoverlapping::Prop.test` (O06c).
    """
    both = len(pairs.before)
    if not both:
        return NotEstimable("nobody answered twice")
    before = np.concatenate([pairs.before, pairs.before_only])
    after = np.concatenate([pairs.after, pairs.after_only])
    n1, n2 = len(before), len(after)
    p = float(before.sum() + after.sum()) / (n1 + n2)
    v = p * (1 - p) * (1 / n1 + 1 / n2 - 2 * correlation(pairs) * both / (n1 * n2))
    if v <= _ROUNDING**2:
        return NotEstimable("every answer is the same, or nobody who answered twice moved")
    gap, se = float(after.mean() - before.mean()), math.sqrt(v)
    ci95, ci90 = (
        (gap - normal_quantile((1 + x) / 2) * se, gap + normal_quantile((1 + x) / 2) * se)
        for x in (LEVEL, EQUIVALENCE_LEVEL)
    )
    return MethodComparison(
        n=(n1, n2),
        p=normal_two_sided(gap / se),
        unit="outcome",
        estimate=gap,
        ci95=ci95,
        ci90=ci90,
        statistic=gap / se,
        counts={"pairs": both},
    )


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return overlapping_shares(answers.pairs)


METHOD: Final = Method(
    name="overlapping_shares",
    question="Did the share change, counting that some people answered both times and others once?",
    reference="Derrick, Dobson-Mckittrick, Toher & White (2015), Journal of Applied Quantitative "
    "Methods 10(3)",
    beside=("share",),
    applies=linked,
    compare=_compare,
    needs_links=True,
)
