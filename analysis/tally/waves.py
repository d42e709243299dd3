"""The tallies of two waves, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.codebook import Codebook
from analysis.comparisons.difference import Domain, Effects
from analysis.dataset import Wave
from analysis.design import Design, IntArray
from analysis.estimates import Estimator
from analysis.groups import Group
from analysis.outcomes import Outcome
from analysis.tally.answers import CountableColumn, Source, countable, source_of, values_of
from analysis.tally.cells import Cells, cells_of, has_few_weights
from analysis.tally.counted import Counted, CountedComparison, compare_counted
from analysis.tally.counting import (
    Leverage,
    LeverageScale,
    leverage_of_rows,
    leverage_of_tally,
    tally_chunk,
)
from analysis.tally.table import EVERYONE, GroupKey, Tally
from analysis.tally.variances import COUNTED, Strata
from analysis.variance.protocol import Variance

_LARGEST_TABLE: Final = 1_000_000
_ROWS_A_CELL: Final = 8
_SMALL_TABLE: Final = 4096

Keyed = tuple[GroupKey, IntArray]
Groups = Sequence[Sequence[Keyed]]


class CountedWave:
    """One wave's answers, counted by stratum, group and, where they are few, weight.

    Everyone is counted apart from the groups, so that no digit depends on which groups there are.
    """

    def __init__(self, wave: Wave, first_row: int, groups: Groups, design: Design) -> None:
        """groups: of each subgroup variable, with their rows in the design."""
        rows = slice(first_row, first_row + wave.n)
        stratum = design.stratum_of_psu[design.psu[rows]]
        held = np.bincount(stratum, minlength=len(design.psus_in_stratum)) > 0
        local = (np.cumsum(held) - 1).astype(np.int32)[stratum]
        number = np.flatnonzero(held)
        names = [design.stratum_names[h] for h in number]
        weight = design.weight[rows]
        own = [[(key, rows_ - first_row) for key, rows_ in variable] for variable in groups]
        everyone = [[(EVERYONE, np.arange(wave.n))]]
        cells = [cells_of(weight, (names, local), part) for part in (everyone, own) if part]
        self._wave = wave
        self._mixed = cells
        self._kept = [c.keeping_weights() for c in cells] if has_few_weights(weight) else None
        self._strata = Strata(design, number)
        self._counted: dict[Source, list[_Counts] | None] = {}

    def of(self, outcome: Outcome, codebook: Codebook) -> list[Counted] | None:
        """Everyone, then all groups; None for what is not counted.

        That is numbers, and tables that would be larger than the rows.
        """
        source = source_of(outcome, codebook)
        if source not in self._counted:
            column = countable(self._wave, source, codebook)
            self._counted[source] = None if column is None else self._count(column)
        counted = self._counted[source]
        if counted is None:
            return None
        values = values_of(outcome, counted[0].tally.axes.categories, codebook)
        return [Counted(c.tally, values, self._strata, c.leverage) for c in counted]

    def _count(self, column: CountableColumn) -> list[_Counts] | None:
        size = len(column.categories) * len(self._strata.number)
        if size * max(len(cells.groups) for cells in self._mixed) > _LARGEST_TABLE:
            return None
        return [_counts(column, cells) for cells in self._cells(size)]

    def _cells(self, size: int) -> list[Cells]:
        """Weights are kept apart while that takes fewer cells than rows, whatever the groups."""
        if self._kept is None:
            return self._mixed
        most = max(_SMALL_TABLE, self._wave.n // _ROWS_A_CELL)
        return self._kept if len(self._kept[0].weights) * size <= most else self._mixed


@dataclass(frozen=True, slots=True)
class _Counts:
    tally: Tally
    leverage: Callable[[LeverageScale], Leverage]


def _counts(column: CountableColumn, cells: Cells) -> _Counts:
    """The scale of leverage rests on who answered: the same for all outcomes of one source."""
    tally = tally_chunk(column.categories, column.index, cells)
    found: list[Leverage] = []

    def leverage(scale: LeverageScale) -> Leverage:
        if not found:
            size = len(column.categories)
            found.append(
                leverage_of_tally(tally, scale)
                if cells.weights
                else leverage_of_rows(column.index, size, cells, scale)
            )
        return found[0]

    return _Counts(tally, leverage)


class CountedWaves:
    """Both waves of a design whose respondents are each their own PSU."""

    def __init__(
        self, waves: tuple[Wave, Wave], groups: tuple[Groups, Groups], design: Design
    ) -> None:
        before, after = waves
        self._design = design
        self._before = CountedWave(before, 0, groups[0], design)
        self._after = CountedWave(after, before.n, groups[1], design)

    def compare(
        self,
        outcome: Outcome,
        codebook: Codebook,
        variance: Variance,
        method: tuple[Estimator, Effects],
    ) -> CountedComparison | None:
        """`compare_counted`; None where this outcome or variance is not had from tallies."""
        counted_variance = COUNTED.get(type(variance))
        before, after = (w.of(outcome, codebook) for w in (self._before, self._after))
        if counted_variance is None or before is None or after is None:
            return None
        parts = [
            compare_counted(one, other, self._design, counted_variance, method)
            for one, other in zip(before, after, strict=True)
        ]
        groups = [comparison for part in parts for comparison in part.groups]
        return CountedComparison(groups, parts[0].baseline)


def counted_waves(
    waves: tuple[Wave, Wave],
    groups: Sequence[Group | None],
    domains: Sequence[Domain],
    design: Design,
) -> CountedWaves | None:
    """groups: None for everyone, then those of each variable. None where clusters need the rows."""
    if not design.respondent_is_psu or design.second_stage is not None:
        return None
    keyed: tuple[dict[str, list[Keyed]], ...] = {}, {}
    for group, domain in zip(groups, domains, strict=True):
        if group is not None:
            key = group.variable, group.code
            for own, rows in zip(keyed, (domain.before, domain.after), strict=True):
                own.setdefault(group.variable, []).append((key, rows))
    before, after = (list(own.values()) for own in keyed)
    return CountedWaves(waves, (before, after), design)
