"""After minus before: the contrast that every comparison of two waves rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.comparisons.contrast import Change, contrast
from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.estimates import Estimator
from analysis.estimates.estimate import Estimate
from analysis.influence import Influence, Summary, is_rounding, mean_influence
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance


@dataclass(frozen=True, slots=True)
class Effect:
    """A change in other units; `method` says where its interval comes from."""

    estimate: float
    ci_low: float
    ci_high: float
    method: str


Effects = Callable[
    [Summary, Summary, Change | NotEstimable, Design], Mapping[str, Effect | NotEstimable]
]


@dataclass(frozen=True, slots=True)
class Part:
    """One wave's share in a comparison: what its answers come to, their variance and its df."""

    summary: Summary
    variance: float | NotEstimable
    df: float


@dataclass(frozen=True, slots=True)
class Comparison:
    before: Estimate | NotEstimable
    after: Estimate | NotEstimable
    change: Change | NotEstimable
    effects: Mapping[str, Effect | NotEstimable]


@dataclass(frozen=True, slots=True)
class Domain:
    """The rows of one group (or of everyone) in each wave, answered or not."""

    before: IntArray
    after: IntArray


def compare_waves(
    outcome: FloatArray,
    domain: Domain,
    design: Design,
    variance: Variance,
    method: tuple[Estimator, Effects],
) -> Comparison:
    """Did the population's mean (or share) change between the waves?

    diff = m_after - m_before,  V(diff) = v_before + v_after - 2 cov,  t = diff / sqrt(V) on the
    variance's df, two-sided; 95 % and 90 % t intervals. The covariance is 0 unless PSUs are shared.

    outcome: (N,) over both waves, NaN where missing (0/1 for a share). domain: rows of the group.
    method: the measure's estimator and effect sizes, from `ESTIMATES` and `METHODS`.
    Assumes independent PSUs within strata, and a difference that is about normal over samples; the
    estimand is the change of the population's mean, never "the same people improved".
    Refuses (`NotEstimable`): fewer than two answers in a wave, no variance in either, df < 1.
    Reference: Lohr (2022), Sampling: Design and Analysis, chapter 11; Welch (1947), Biometrika 34.
    Checked against: R `svyttest` O01b, O08a, O08f, `t.test` O01, JKn O10b, the Sao Paulo panel.
    """
    before = mean_influence(outcome, domain.before, design)
    after = mean_influence(outcome, domain.after, design)
    parts = (
        _part(before, domain.before, design, variance),
        _part(after, domain.after, design, variance),
    )
    change: Change | NotEstimable
    if isinstance(before, NotEstimable):
        change = NotEstimable(f"before: {before.reason}")
    elif isinstance(after, NotEstimable):
        change = NotEstimable(f"after: {after.reason}")
    else:
        change = difference(before, after, design, variance)
    return comparison_of(*parts, change, design, method)


def difference(
    before: Influence, after: Influence, design: Design, variance: Variance
) -> Change | NotEstimable:
    """After minus before with its t test; see `compare_waves`."""
    return contrast([before, after], (-1.0, 1.0), design, variance)


def comparison_of(
    before: Part | NotEstimable,
    after: Part | NotEstimable,
    change: Change | NotEstimable,
    design: Design,
    method: tuple[Estimator, Effects],
) -> Comparison:
    """What a comparison says, once each wave and the change between them are known."""
    estimator, effects = method
    estimates = _estimate(before, design, estimator), _estimate(after, design, estimator)
    if isinstance(before, NotEstimable) or isinstance(after, NotEstimable):
        return Comparison(*estimates, change, {})
    found = effects(before.summary, after.summary, change, design)
    return Comparison(*estimates, change, found)


def _estimate(
    part: Part | NotEstimable, design: Design, estimator: Estimator
) -> Estimate | NotEstimable:
    if isinstance(part, NotEstimable):
        return part
    v = part.variance
    if isinstance(v, NotEstimable):
        return v
    return estimator(part.summary, 0.0 if is_rounding(v, part.summary) else v, part.df, design)


def _part(
    influence: Influence | NotEstimable, members: IntArray, design: Design, variance: Variance
) -> Part | NotEstimable:
    if isinstance(influence, NotEstimable):
        return influence
    covariance = variance.covariance([influence], design)
    if isinstance(covariance, NotEstimable):
        return Part(influence, covariance, 0)
    df = variance.df_of_estimate(influence, members, design)
    return Part(influence, float(covariance[0, 0]), df)
