"""Two groups beside each other: how far apart they stood, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import numpy as np

from analysis.comparisons.contrast import Change, contrast_given
from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.groups import Group
from analysis.influence import Influence
from analysis.multiplicity import holm
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance

MOST_GROUPS: Final = 6
"""Fifteen pairs: more are no longer read, and leave no pair a fair chance after Holm."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The second group less the first. change: of the gap, which is the difference of changes."""

    first: Group
    second: Group
    before: Change | NotEstimable
    after: Change | NotEstimable
    change: Change | NotEstimable
    p_adjusted: float | None


@dataclass(frozen=True, slots=True)
class Cells:
    """Means of group by wave, and how they vary together.

    means: (2G,) before and after of each group. covariance: (2G, 2G).
    """

    means: Sequence[Influence]
    covariance: FloatArray
    design: Design
    variance: Variance

    def contrast(
        self, places: Sequence[int], coefficients: Sequence[float]
    ) -> Change | NotEstimable:
        own = [self.means[place] for place in places]
        covariance = self.covariance[np.ix_(places, places)]
        return contrast_given(own, coefficients, covariance, self.design, self.variance)


def gaps_between(groups: Sequence[Group], cells: Cells) -> tuple[Gap, ...] | NotEstimable:
    """Did the gap between two groups close?

    For each pair g < h in the codebook's order:  gap_w = m_h,w - m_g,w  before and after, and
    change = gap_after - gap_before = (m_h,1 - m_h,0) - (m_g,1 - m_g,0), each with the t test and
    intervals of `contrast`, from the covariance of all cells. p_adjusted: Holm over the pairs. All
    pairs, because one that is picked for its wide gap closes by chance alone (regression to the
    mean).

    groups: (G,) 2 to 6 of one background question. cells: theirs, in the units of the outcome.
    Assumes estimates that are about normal over samples; one person stands in one group.
    Refuses (`NotEstimable`): more than six groups; a contrast without variance, or df < 1.
    Reference: Gelman & Stern (2006), American Statistician 60:328-331, for the difference itself in
    the place of two p-values; Barnett, van der Pols & Dobson (2005), International Journal of
    Epidemiology 34:215-220, for regression to the mean. Checked against: R `svyglm` of two groups
    (O22); `svycontrast` over all cells, and the jackknife in base R, by the R script.
    """
    if len(groups) > MOST_GROUPS:
        return NotEstimable("more than six groups: too many pairs to set beside each other")
    pairs = combinations(range(len(groups)), 2)
    return tuple(_adjusted([_gap(groups, cells, g, h) for g, h in pairs]))


def _gap(groups: Sequence[Group], cells: Cells, g: int, h: int) -> Gap:
    g_before, g_after, h_before, h_after = 2 * g, 2 * g + 1, 2 * h, 2 * h + 1
    return Gap(
        first=groups[g],
        second=groups[h],
        before=cells.contrast((g_before, h_before), (-1.0, 1.0)),
        after=cells.contrast((g_after, h_after), (-1.0, 1.0)),
        change=cells.contrast((g_before, g_after, h_before, h_after), (1.0, -1.0, -1.0, 1.0)),
        p_adjusted=None,
    )


def held_to(gaps: tuple[Gap, ...] | NotEstimable, p: float) -> tuple[Gap, ...] | NotEstimable:
    """No pair is surer than the one test of all groups, which is read first; p: its adjusted p."""
    if isinstance(gaps, NotEstimable):
        return gaps
    return tuple(
        gap if gap.p_adjusted is None else replace(gap, p_adjusted=max(gap.p_adjusted, p))
        for gap in gaps
    )


def _adjusted(gaps: Sequence[Gap]) -> Iterator[Gap]:
    tested = [gap.change.p for gap in gaps if isinstance(gap.change, Change)]
    adjusted = iter(holm(tested))
    for gap in gaps:
        is_tested = isinstance(gap.change, Change)
        yield replace(gap, p_adjusted=next(adjusted)) if is_tested else gap
