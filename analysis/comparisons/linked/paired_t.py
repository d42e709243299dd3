"""The paired t test: did the people who answered twice change?"""

from __future__ import annotations

import math
from typing import Final

from analysis.comparisons.contrast import change_of
from analysis.comparisons.method import Answers, Method, MethodComparison, comparison_from, linked
from analysis.dataset import FloatArray
from analysis.probability import LEVEL, hedges_correction, noncentrality, t_interval
from analysis.refusals import NotEstimable

_ROUNDING: Final = 1e-13


def paired_t(before: FloatArray, after: FloatArray) -> MethodComparison | NotEstimable:
    """How much did the same people change, on average?

    dbar = mean of after - before, t = dbar / (sd / sqrt(n)) on n - 1 df. Sizes: dz = dbar / sd with
    interval from the noncentral t, gz = J dz (Hedges' J), d_av = dbar / mean of the two SDs, its
    interval that of dbar over the same, which treats the SDs as known.
    before, after: (n,) answers of the same people in one order, without NaN.
    Assumes people drawn alone and alike. It tells of those who answered twice, who may not be like
    the rest.
    Refuses (`NotEstimable`): fewer than two pairs; everyone moved by the same amount.
    Reference: Student (1908), Biometrika 6:1-25; Lakens (2013), Frontiers in Psychology 4:863.
    Checked against: R `t.test(paired = TRUE)`, `uniroot` on `pt` (O04, O04b), the Sao Paulo panel.
    """
    n = len(before)
    if n < 2:  # noqa: PLR2004 - one change does not vary
        return NotEstimable(f"{n} people answered twice; it takes two or more")
    moved = after - before
    sd, mean = float(moved.std(ddof=1)), float(moved.mean())
    sd1, sd2 = float(before.std(ddof=1)), float(after.std(ddof=1))
    if sd <= _ROUNDING * (abs(mean) + sd1 + sd2):
        return NotEstimable("everyone moved by the same amount")
    average_sd = (sd1 + sd2) / 2
    low, high = t_interval(mean, sd / math.sqrt(n), n - 1)
    figures = {
        "dz": mean / sd,
        "gz": hedges_correction(n - 1) * mean / sd if n > 2 else mean / sd,  # noqa: PLR2004
        "d_av": mean / average_sd,
        "d_av_low": low / average_sd,
        "d_av_high": high / average_sd,
        **_interval_of_dz(mean / sd * math.sqrt(n), n),
    }
    change = change_of(mean, sd / math.sqrt(n), n - 1)
    return change if isinstance(change, NotEstimable) else comparison_from(change, (n, n), figures)


def _interval_of_dz(t: float, n: int) -> dict[str, float]:
    low, high = (noncentrality(p, n - 1, t) for p in ((1 + LEVEL) / 2, (1 - LEVEL) / 2))
    if not (math.isfinite(low) and math.isfinite(high)):
        return {}
    return {"dz_low": low / math.sqrt(n), "dz_high": high / math.sqrt(n)}


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return paired_t(answers.pairs.before, answers.pairs.after)


METHOD: Final = Method(
    name="paired_t",
    question="How much did the people change who answered both times?",
    reference="Student (1908), Biometrika 6:1-25",
    beside=("scale", "ordinal", "numeric"),
    applies=linked,
    compare=_compare,
    needs_links=True,
)
