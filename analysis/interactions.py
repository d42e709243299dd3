"""Did groups change differently? Asked once for all groups, before anyone looks at each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from analysis.codebook import Codebook
from analysis.comparisons.difference import Domain
from analysis.dataset import FloatArray, Wave
from analysis.design import Design
from analysis.estimates.estimate import CONSTANT
from analysis.gaps.between import Cells, Gap, gaps_between, held_to
from analysis.groups import Group, domains_of
from analysis.influence import Influence, is_rounding, mean_influence
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.outcomes import outcome_values, outcomes_of
from analysis.plan import Plan
from analysis.probability import f_above
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance

InteractionFamily = Literal["confirmatory", "exploratory"]
FEWEST_IN_GROUP: Final = 30


@dataclass(frozen=True, slots=True)
class DifferingChanges:
    """F on (df, df_below); p_adjusted over the tests of its family."""

    statistic: float
    df: int
    df_below: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Interaction:
    """Wave x subgroup for one outcome. `groups`: those with 30 answers or more in each wave.

    gaps: each pair of them; see `gaps_between`.
    """

    outcome: str
    measure: str
    variable: str
    groups: tuple[Group, ...]
    family: InteractionFamily
    test: DifferingChanges | NotEstimable
    gaps: tuple[Gap, ...] | NotEstimable


def interactions_of(
    before: Wave, after: Wave, codebook: Codebook, plan: Plan, design: Design, variance: Variance
) -> list[Interaction]:
    """For each primary outcome and subgroup variable: did the groups change differently?

    `differing_changes` over the groups with at least 30 answers in each wave, and `gaps_between`
    each two of them. Planned (`confirmatory_subgroups`): Holm; the others: Benjamini-Hochberg. No
    gap has a smaller p than the test of all groups.
    """
    known = {(o.id, o.measure): o for o in outcomes_of(codebook)}
    domains: dict[str, list[tuple[Group, Domain]]] = {name: [] for name in plan.subgroups}
    for group, domain in domains_of(before, after, codebook, plan):
        if group is not None:
            domains[group.variable].append((group, domain))
    found = []
    for key in plan.primary:
        values = outcome_values(known[key], before, after, codebook)
        for variable, groups in domains.items():
            large = [(g, d) for g, d in groups if _fewest(values, d) >= FEWEST_IN_GROUP]
            test, gaps = _compared(values, large, design, variance)
            found.append(
                Interaction(
                    *key,
                    variable=variable,
                    groups=tuple(group for group, _ in large),
                    family="confirmatory"
                    if variable in plan.confirmatory_subgroups
                    else "exploratory",
                    test=test,
                    gaps=gaps,
                )
            )
    return adjust_interactions(found)


def _compared(
    values: FloatArray, groups: Sequence[tuple[Group, Domain]], design: Design, variance: Variance
) -> tuple[DifferingChanges | NotEstimable, tuple[Gap, ...] | NotEstimable]:
    """Without the one test of all groups nothing is said of any two."""
    cells = _cells_of(values, [domain for _, domain in groups], design, variance)
    if isinstance(cells, NotEstimable):
        return cells, cells
    test = _omnibus(cells)
    if isinstance(test, NotEstimable):
        return test, test
    return test, gaps_between([group for group, _ in groups], cells)


def _fewest(outcome: FloatArray, domain: Domain) -> int:
    return min(int((~np.isnan(outcome[rows])).sum()) for rows in (domain.before, domain.after))


def differing_changes(
    outcome: FloatArray, groups: Sequence[Domain], design: Design, variance: Variance
) -> DifferingChanges | NotEstimable:
    """Did the population's mean change differently in some group than in another?

    d_g = m_after,g - m_before,g;  W = (L d)' (L V L')^-1 (L d),  L taking each group less the
    first, V the covariance of the d_g from the influence of every cell;  F = W / (G - 1) on (G - 1,
    the variance's df for a contrast of all 2G cells; under taylor PSUs - strata + 1 - 2G). Clusters
    that hold several groups keep their covariance.

    outcome: (N,) over both waves, NaN where missing. groups: G >= 2 domains without shared rows.
    Assumes changes that are about normal over samples.
    Refuses (`NotEstimable`): under two groups; a group with fewer than two answers in a wave; a
    change without variance; no df left.
    Reference: Korn & Graubard (1990), American Statistician 44:270-276; Gelman & Stern (2006),
    American Statistician 60:328-331, for why not from separate p-values. Checked against: R
    `regTermTest` on `svyglm(y ~ wave * group)`, by algebra: the cells' means span the same model;
    and the t test of a difference in differences (F = t^2 for two groups).
    """
    cells = _cells_of(outcome, groups, design, variance)
    return cells if isinstance(cells, NotEstimable) else _omnibus(cells)


def _cells_of(
    outcome: FloatArray, groups: Sequence[Domain], design: Design, variance: Variance
) -> Cells | NotEstimable:
    if len(groups) < 2:  # noqa: PLR2004 - one group differs from nobody
        return NotEstimable("fewer than two groups to compare")
    means: list[Influence] = []
    for domain in groups:
        for rows in (domain.before, domain.after):
            cell = mean_influence(outcome, rows, design)
            if isinstance(cell, NotEstimable):
                return NotEstimable(f"a group has {cell.reason} in a wave")
            means.append(cell)
    covariance = variance.covariance(means, design)
    if isinstance(covariance, NotEstimable):
        return covariance
    return Cells(means, covariance, design, variance)


def _omnibus(cells: Cells) -> DifferingChanges | NotEstimable:
    means, covariance = cells.means, cells.covariance
    k = len(means) // 2
    change = np.kron(np.eye(k), [[-1.0, 1.0]])
    less_first = np.column_stack([-np.ones(k - 1), np.eye(k - 1)]) @ change
    differences = less_first @ np.array([mean.estimate for mean in means])
    spread = less_first @ covariance @ less_first.T
    is_flat = np.linalg.matrix_rank(spread, hermitian=True) < k - 1
    if is_flat or is_rounding(float(spread.diagonal().min()), *means):
        return CONSTANT
    df_below = cells.variance.df_of_contrast(means, covariance.diagonal(), cells.design)
    if df_below < 1:
        return NotEstimable("too few PSUs for a test: no degree of freedom is left")
    statistic = float(differences @ np.linalg.solve(spread, differences)) / (k - 1)
    p = f_above(statistic, k - 1, df_below)
    return DifferingChanges(statistic, k - 1, df_below, p, p)


def adjust_interactions(found: Iterable[Interaction]) -> list[Interaction]:
    """Holm over the planned tests, Benjamini-Hochberg over the others; gaps are held to them."""
    interactions = list(found)
    for family, method in (("confirmatory", holm), ("exploratory", benjamini_hochberg)):
        tested = {
            i: interaction.test
            for i, interaction in enumerate(interactions)
            if interaction.family == family and isinstance(interaction.test, DifferingChanges)
        }
        for (i, test), p in zip(
            tested.items(), method([t.p for t in tested.values()]), strict=True
        ):
            interactions[i] = replace(
                interactions[i],
                test=replace(test, p_adjusted=p),
                gaps=held_to(interactions[i].gaps, p),
            )
    return interactions
