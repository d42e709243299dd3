"""Two waves compared from their tallies, wherever that is exact."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.comparisons.contrast import Change, change_of
from analysis.comparisons.difference import Comparison, Effects, Part, comparison_of
from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.estimates import Estimator
from analysis.estimates.estimate import CONSTANT
from analysis.influence import Summary, is_rounding
from analysis.refusals import NotEstimable
from analysis.tally.counting import Leverage, LeverageScale
from analysis.tally.moments import Moments, moments_of
from analysis.tally.table import Tally
from analysis.tally.variances import CountedVariance, Spread, Strata


@dataclass(frozen=True, slots=True)
class Counted:
    """One wave's tally of one outcome. values: what each category counts as, NaN for missing."""

    tally: Tally
    values: FloatArray
    strata: Strata
    leverage: Callable[[LeverageScale], Leverage]


@dataclass(frozen=True, slots=True)
class CountedComparison:
    """One entry a group of the tallies; None where the rows must be summed.

    baseline: the answers of the first group (everyone) before.
    """

    groups: Sequence[Comparison | None]
    baseline: Summary | NotEstimable


@dataclass(frozen=True, slots=True)
class _Side:
    """One wave."""

    moments: Moments
    spread: Spread

    def part(self, group: int) -> _Part | NotEstimable | None:
        summary = self.moments.summary(group)
        if isinstance(summary, NotEstimable):
            return summary
        if not self.spread.is_exact[group]:
            return None
        return _Part(summary, self.spread.variance[group].item(), self.spread.df[group].item())


@dataclass(frozen=True, slots=True)
class _Part(Part):
    """Tallies always have a variance."""

    variance: float


def compare_counted(
    before: Counted,
    after: Counted,
    design: Design,
    variance: CountedVariance,
    method: tuple[Estimator, Effects],
) -> CountedComparison:
    """Did the population's mean (or share) change between the waves, for everyone and each group?

    `compare_waves` for respondents who are each their own PSU, from sums instead of rows: the same
    formulas, so the same numbers but for the last digits. design: its strata and rules are used,
    never its rows.
    Assumes what `compare_waves` assumes. Refuses (`NotEstimable`) what it refuses; says None where
    a sum would lose digits that the rows keep: then `compare_waves` has the answer.
    Reference: Binder (1983), International Statistical Review 51:279-292. Checked against:
    `compare_waves`, to 13 digits over random designs.
    """
    sides = []
    for wave in (before, after):
        moments = moments_of(wave.tally, wave.values)
        sides.append(_Side(moments, variance.spread(moments, wave.strata, wave.leverage)))
    df = variance.df_of_change(
        [side.moments for side in sides], [side.spread.variance for side in sides]
    )
    found = [
        _compared(sides[0].part(g), sides[1].part(g), df[g].item(), design, method)
        for g in range(len(before.tally.axes.groups))
    ]
    return CountedComparison(found, sides[0].moments.summary(0))


def _compared(
    before: _Part | NotEstimable | None,
    after: _Part | NotEstimable | None,
    df: float,
    design: Design,
    method: tuple[Estimator, Effects],
) -> Comparison | None:
    if before is None or after is None:
        return None
    change: Change | NotEstimable
    if isinstance(before, NotEstimable):
        change = NotEstimable(f"before: {before.reason}")
    elif isinstance(after, NotEstimable):
        change = NotEstimable(f"after: {after.reason}")
    else:
        change = _change(before, after, df)
    return comparison_of(before, after, change, design, method)


def _change(before: _Part, after: _Part, df: float) -> Change | NotEstimable:
    summaries = before.summary, after.summary
    variance = before.variance + after.variance
    if is_rounding(variance, *summaries):
        return CONSTANT
    return change_of(summaries[1].estimate - summaries[0].estimate, math.sqrt(variance), df)
