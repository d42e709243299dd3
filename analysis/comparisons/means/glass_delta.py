"""Glass's delta: the change measured by how far people differed before."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analysis.comparisons.difference import difference
from analysis.comparisons.method import Answers, Method, MethodComparison, always, comparison_from
from analysis.influence import mean_influence
from analysis.refusals import NotEstimable


def glass_delta(answers: Answers) -> MethodComparison | NotEstimable:
    """How many standard deviations of the before wave did the mean move?

    (m2 - m1) / s1 with s1 the weighted SD of the before wave; the interval is that of the
    difference over s1, which treats s1 as known. Test as in `compare_waves`.
    Assumes what `compare_waves` assumes.
    Refuses (`NotEstimable`): fewer than two answers in a wave; no spread before; what the variance
    refuses.
    Reference: Glass (1976), Educational Researcher 5(10):3-8. Checked against: R (O01).
    """
    before = mean_influence(answers.values, answers.domain.before, answers.design)
    after = mean_influence(answers.values, answers.domain.after, answers.design)
    if isinstance(before, NotEstimable):
        return NotEstimable(f"before: {before.reason}")
    if isinstance(after, NotEstimable):
        return NotEstimable(f"after: {after.reason}")
    change = difference(before, after, answers.design, answers.variance)
    if isinstance(change, NotEstimable):
        return change
    sd = before.sd
    if sd <= _ROUNDING * abs(before.estimate) or sd == 0:
        return NotEstimable("before: every answer is the same")
    return replace(
        comparison_from(change, (before.n, after.n)),
        unit="sd",
        estimate=change.estimate / sd,
        ci95=(change.ci_low / sd, change.ci_high / sd),
        ci90=(change.ci90_low / sd, change.ci90_high / sd),
    )


_ROUNDING: Final = 1e-13


METHOD: Final = Method(
    name="glass_delta",
    question="How large is the change, measured by how far people differed before?",
    reference="Glass (1976), Educational Researcher 5(10):3-8",
    beside=("scale", "numeric"),
    applies=always,
    compare=glass_delta,
)
