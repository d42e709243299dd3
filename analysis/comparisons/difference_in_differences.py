"""A comparison area: did the initiative's area change more than the other one?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analysis.cluster_robust import cluster_robust
from analysis.comparisons.contrast import Change, change_of, contrast
from analysis.comparisons.difference import Domain
from analysis.dataset import FloatArray
from analysis.design import Design, IntArray, with_respondents_as_psus
from analysis.estimates.estimate import CONSTANT
from analysis.influence import Influence, is_rounding, mean_influence
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance

ENOUGH_CLUSTERS: Final = 8
FEWEST_CLUSTERS: Final = 4
Basis = Literal["clusters", "few_clusters", "respondents"]

Caveat = Literal["parallel_trends", "one_area", "few_clusters"]


@dataclass(frozen=True, slots=True)
class AreaComparison:
    """Changes of both areas and their difference.

    basis: what the interval of `difference` allows for. few_clusters: the same difference by CR2,
    unweighted, where clusters were drawn. clusters: PSUs of the initiative and comparison area.
    caveats: what must be said beside the numbers.
    """

    initiative: Change | NotEstimable
    comparison: Change | NotEstimable
    difference: Change | NotEstimable
    few_clusters: Change | NotEstimable
    basis: Basis
    clusters: tuple[int, int]
    caveats: tuple[Caveat, ...]


def compare_areas(
    outcome: FloatArray, initiative: Domain, comparison: Domain, design: Design, variance: Variance
) -> AreaComparison | NotEstimable:
    """Did the area with the initiative change more than the comparison area?

    (B1 - B0) - (A1 - A0) of four weighted means, B the initiative's area, t on the variance's df
    (taylor: PSUs - strata - 3, which is R's svyglm with the interaction wave x area). From 8
    clusters an area the cluster is the PSU, with CR2 (`cluster_robust`, unweighted) beside it; with
    4 to 7 both are shown and neither is settled; under 4 the clusters say nothing and respondents
    are the PSUs, said so.

    outcome: (N,) over both waves, NaN where missing. initiative, comparison: rows of each area. The
    area should be in the design's strata: see `label_waves`.
    Assumes that both areas would have moved alike without the initiative (parallel trends).
    Refuses (`NotEstimable`): a cell of area and wave with fewer than two answers; parts that have
    no variance or no df.
    Reference: Donald & Lang (2007), Review of Economics and Statistics 89:221-233; Bertrand, Duflo
    & Mullainathan (2004), Quarterly Journal of Economics 119:249-275; Pustejovsky & Tipton (2018).
    Checked against: R `svyglm(score ~ wave * area)`, `clubSandwich` (O11).
    """
    cells = _cells(outcome, initiative, comparison, design)
    if isinstance(cells, NotEstimable):
        return cells
    clusters = _clusters(cells[:2], design), _clusters(cells[2:], design)
    basis = _basis(clusters, design)
    drops_clusters = basis == "respondents" and not design.person_is_psu
    used = with_respondents_as_psus(design) if drops_clusters else design
    return AreaComparison(
        initiative=contrast(cells[:2], (-1.0, 1.0), used, variance),
        comparison=contrast(cells[2:], (-1.0, 1.0), used, variance),
        difference=contrast(cells, (-1.0, 1.0, 1.0, -1.0), used, variance),
        few_clusters=_few_clusters(outcome, cells, design, basis),
        basis=basis,
        clusters=clusters,
        caveats=_caveats(basis),
    )


def _cells(
    outcome: FloatArray, initiative: Domain, comparison: Domain, design: Design
) -> tuple[Influence, ...] | NotEstimable:
    domains = {
        "initiative area, before": initiative.before,
        "initiative area, after": initiative.after,
        "comparison area, before": comparison.before,
        "comparison area, after": comparison.after,
    }
    cells = []
    for name, rows in domains.items():
        cell = mean_influence(outcome, rows, design)
        if isinstance(cell, NotEstimable):
            return NotEstimable(f"{name}: {cell.reason}")
        cells.append(cell)
    return tuple(cells)


def _clusters(cells: tuple[Influence, ...], design: Design) -> int:
    """In the wave that has fewer: clusters in one wave only show no change."""
    return min(len(np.unique(design.psu[cell.rows])) for cell in cells)


def _basis(clusters: tuple[int, int], design: Design) -> Basis:
    if design.person_is_psu or min(clusters) < FEWEST_CLUSTERS:
        return "respondents"
    return "clusters" if min(clusters) >= ENOUGH_CLUSTERS else "few_clusters"


def _few_clusters(
    outcome: FloatArray, cells: tuple[Influence, ...], design: Design, basis: Basis
) -> Change | NotEstimable:
    if basis == "respondents":
        return NotEstimable("too few clusters were drawn, or none")
    rows: IntArray = np.concatenate([cell.rows for cell in cells])
    sizes = [cell.n for cell in cells]
    after = np.repeat([0.0, 1.0, 0.0, 1.0], sizes)
    area = np.repeat([1.0, 1.0, 0.0, 0.0], sizes)
    _, cluster = np.unique(design.psu[rows], return_inverse=True)
    found = cluster_robust(outcome[rows], np.column_stack([after, area, after * area]), cluster)
    if isinstance(found, NotEstimable) or is_rounding(found.se[3] ** 2, *cells):
        return CONSTANT
    return change_of(float(found.coefficients[3]), float(found.se[3]), float(found.df[3]))


def _caveats(basis: Basis) -> tuple[Caveat, ...]:
    """That both areas would have moved alike is always assumed."""
    told: Mapping[Basis, tuple[Caveat, ...]] = {
        "clusters": (),
        "few_clusters": ("few_clusters",),
        "respondents": ("one_area",),
    }
    return (*told[basis], "parallel_trends")
