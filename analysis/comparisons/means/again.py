"""The main analysis once more, on outcomes that were altered or left out."""

from __future__ import annotations

from analysis.comparisons.difference import difference
from analysis.comparisons.method import Answers, MethodComparison, comparison_from
from analysis.dataset import FloatArray
from analysis.influence import mean_influence
from analysis.refusals import NotEstimable


def compare_again(answers: Answers, values: FloatArray) -> MethodComparison | NotEstimable:
    """The difference of weighted means of `values` (N,), NaN where left out, as planned."""
    before = mean_influence(values, answers.domain.before, answers.design)
    after = mean_influence(values, answers.domain.after, answers.design)
    if isinstance(before, NotEstimable):
        return NotEstimable(f"before: {before.reason}")
    if isinstance(after, NotEstimable):
        return NotEstimable(f"after: {after.reason}")
    change = difference(before, after, answers.design, answers.variance)
    n = before.n, after.n
    return change if isinstance(change, NotEstimable) else comparison_from(change, n)
