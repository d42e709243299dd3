"""Brunner and Munzel's test: who stands higher when one is picked from each wave?"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analysis.comparisons.method import Answers, Method, MethodComparison, independent
from analysis.comparisons.ranks.midranks import midranks
from analysis.dataset import FloatArray
from analysis.probability import EQUIVALENCE_LEVEL, LEVEL, t_quantile, t_two_sided
from analysis.refusals import NotEstimable

_NO_SPREAD: Final = NotEstimable(
    "the waves do not overlap, or every answer is the same: their order has no spread"
)


def brunner_munzel(before: FloatArray, after: FloatArray) -> MethodComparison | NotEstimable:
    """How often does an answer from after stand above one from before, ties counted half?

    A = P(after > before) + P(tie)/2 = (mean rank of after - (n2 + 1)/2) / n1, in all mid-ranks R;
    with r the ranks inside a wave, s_k^2 the variance of R - r in wave k:
    t = n1 n2 (Rbar2 - Rbar1) / ((n1 + n2) sqrt(n1 s1^2 + n2 s2^2)), Satterthwaite df;
    interval A +- t_q sqrt(s1^2/(n1 n2^2) + s2^2/(n2 n1^2)), kept inside 0..1. Cliff's delta is
    2A - 1. before, after: answers without NaN. 0.5 means no change.
    Assumes two independent samples; no equal spread, no normality.
    Refuses (`NotEstimable`): fewer than two answers in a wave; waves that do not overlap.
    Reference: Brunner & Munzel (2000), Biometrical Journal 42:17-25; Cliff (1993), Psychological
    Bulletin 114:494-509. Checked against: R `brunnermunzel.test`, `effsize::cliff.delta` (O02).

    >>> found = brunner_munzel(np.array([1.0, 2, 2, 3]), np.array([2.0, 3, 3, 3]))
    >>> round(found.estimate, 5), round(found.p, 4)
    (0.78125, 0.1506)
    """
    n1, n2 = len(before), len(after)
    if min(n1, n2) < 2:  # noqa: PLR2004 - one answer has no spread
        return NotEstimable("fewer than two answers in a wave")
    ranks = midranks(np.concatenate([before, after]))
    high1, high2 = ranks[:n1] - midranks(before), ranks[n1:] - midranks(after)
    s1, s2 = float(np.var(high1, ddof=1)), float(np.var(high2, ddof=1))
    superiority = (float(ranks[n1:].mean()) - (n2 + 1) / 2) / n1
    spread = n1 * s1 + n2 * s2
    if spread <= 0:
        return _NO_SPREAD
    rise = float(ranks[n1:].mean() - ranks[:n1].mean())
    statistic = n1 * n2 * rise / ((n1 + n2) * math.sqrt(spread))
    df = spread**2 / ((n1 * s1) ** 2 / (n1 - 1) + (n2 * s2) ** 2 / (n2 - 1))
    se = math.sqrt(s1 / (n1 * n2**2) + s2 / (n2 * n1**2))
    ci95, ci90 = (_within(superiority, t_quantile((1 + x) / 2, df) * se) for x in _LEVELS)
    return MethodComparison(
        n=(n1, n2),
        p=t_two_sided(statistic, df),
        unit="probability",
        estimate=superiority,
        ci95=ci95,
        ci90=ci90,
        statistic=statistic,
        df=df,
        figures={"cliff_delta": 2 * superiority - 1},
    )


_LEVELS: Final = (LEVEL, EQUIVALENCE_LEVEL)


def _within(superiority: float, half: float) -> tuple[float, float]:
    return max(0.0, superiority - half), min(1.0, superiority + half)


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return brunner_munzel(*answers.waves)


METHOD: Final = Method(
    name="brunner_munzel",
    question=(
        "Pick one person who answered before and one who answered after: how often did the later "
        "one answer higher (equal answers counted half)?"
    ),
    reference="Brunner & Munzel (2000), Biometrical Journal 42:17-25",
    beside=("scale", "ordinal", "numeric"),
    applies=independent,
    compare=_compare,
)
