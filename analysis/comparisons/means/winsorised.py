"""The main analysis once more, with the most extreme numbers drawn in."""

from __future__ import annotations

from typing import Final

import numpy as np

from analysis.comparisons.means.again import compare_again
from analysis.comparisons.method import Answers, Method, MethodComparison, always
from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable

TAIL: Final = 0.01


def winsorised(answers: Answers, tail: float = TAIL) -> MethodComparison | NotEstimable:
    """Does the change rest on a few very large or very small numbers?

    Numbers beyond the bounds are set to them, then `compare_waves`. Bounds, the same in both waves:
    the smallest answers with a share of at least `tail`, and of at least 1 - `tail`, of the weight
    of all answers at or below them.
    Assumes what `compare_waves` assumes; the bounds are taken as known.
    Refuses (`NotEstimable`): fewer than two answers in a wave; what the variance refuses.
    Reference: Tukey (1962), Annals of Mathematical Statistics 33:1-67. Checked against: scipy
    `stats.mstats.winsorize` and properties.
    """
    rows = np.concatenate(answers.rows)
    if not len(rows):
        return compare_again(answers, answers.values)
    low, high = bounds(answers.values[rows], answers.design.weight[rows], tail)
    return compare_again(answers, np.clip(answers.values, low, high))


def bounds(values: FloatArray, weights: FloatArray, tail: float) -> tuple[float, float]:
    """The answers at which the weighted distribution passes `tail` and 1 - `tail`.

    >>> bounds(np.arange(1.0, 101), np.ones(100), 0.05)
    (5.0, 95.0)
    """
    order = np.argsort(values)
    passed = np.cumsum(weights[order])
    passed /= passed[-1]
    low, high = np.searchsorted(passed, (tail - _ROUNDING, 1 - tail - _ROUNDING))
    return float(values[order][low]), float(values[order][high])


_ROUNDING: Final = 1e-12


METHOD: Final = Method(
    name="winsorised",
    question=(
        "Did the average change if the one percent largest and smallest numbers are drawn in?"
    ),
    reference="Tukey (1962), Annals of Mathematical Statistics 33:1-67",
    beside=("numeric",),
    applies=always,
    compare=winsorised,
)
