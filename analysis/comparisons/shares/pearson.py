"""Pearson's chi-square of counts: for answers that all count alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.comparisons.method import Answers, Method, MethodComparison, independent
from analysis.dataset import FloatArray
from analysis.probability import chi_square_above
from analysis.refusals import NotEstimable

_LEAST_EXPECTED: Final = 1.0
_FEW_EXPECTED: Final = 5.0
_MOST_FEW: Final = 0.2


@dataclass(frozen=True, slots=True)
class Pearson:
    """X2 and likelihood-ratio G, both on df; cramers_v; residuals (categories, waves)."""

    statistic: float
    df: int
    p: float
    likelihood_ratio: float
    cramers_v: float
    residuals: FloatArray


def pearson(counts: FloatArray) -> Pearson | NotEstimable:
    """Did the answers spread differently over the categories, by plain counts?

    X2 = sum (o - e)^2/e without Yates' correction, e = row total x column total / n, on
    (R-1)(C-1) df; G = 2 sum o log(o/e); V = sqrt(X2 / (n min(R-1, C-1))); residuals
    (o - e)/sqrt(e (1 - row share)(1 - column share)), beyond 2 where a category stands out.
    counts: (R, C) answers by category and wave.
    Assumes independent simple random samples.
    Refuses (`NotEstimable`): a category or wave without answers; one of either; expected counts
    under 1, or under 5 in more than a fifth of the cells.
    Reference: Pearson (1900), Philosophical Magazine 50:157-175; Cochran (1954), Biometrics
    10:417-451, for the limits. Checked against: R `chisq.test` (O13), scipy on the Sao Paulo panel.
    """
    if min(counts.shape) < 2 or (counts.sum(axis=0) == 0).any() or (counts.sum(axis=1) == 0).any():  # noqa: PLR2004 - two categories, two waves
        return NotEstimable("it takes two categories and two waves with answers")
    n = float(counts.sum())
    row, column = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    expected = row * column / n
    if expected.min() < _LEAST_EXPECTED or (expected < _FEW_EXPECTED).mean() > _MOST_FEW:
        return NotEstimable("too few answers in some categories for a chi-square of counts")
    statistic = float(((counts - expected) ** 2 / expected).sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    seen = counts > 0
    spread = expected * (1 - row / n) * (1 - column / n)
    return Pearson(
        statistic=statistic,
        df=df,
        p=chi_square_above(statistic, df),
        likelihood_ratio=2 * float((counts[seen] * np.log(counts[seen] / expected[seen])).sum()),
        cramers_v=math.sqrt(statistic / (n * (min(counts.shape) - 1))),
        residuals=(counts - expected) / np.sqrt(spread),
    )


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    before, after = answers.waves
    codes, place = np.unique(np.concatenate([before, after]), return_inverse=True)
    cell = place * 2 + np.repeat([0, 1], [len(before), len(after)])
    counts = np.bincount(cell, minlength=2 * len(codes)).reshape(-1, 2).astype(np.float64)
    found = pearson(counts)
    if isinstance(found, NotEstimable):
        return found
    return MethodComparison(
        n=(len(before), len(after)),
        p=found.p,
        statistic=found.statistic,
        df=found.df,
        figures={"cramers_v": found.cramers_v},
    )


METHOD: Final = Method(
    name="pearson",
    question="Did the way the answers spread over the categories change, every answer alike?",
    reference="Pearson (1900), Philosophical Magazine 50:157-175",
    beside=("nominal",),
    applies=independent,
    compare=_compare,
)
