"""Where each respondent of a wave counts: stratum, groups and weight."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.tally.table import GroupKey

_MOST_WEIGHTS: Final = 256
_MOST_COMBINATIONS: Final = 256
_SAMPLE: Final = 2000

Numbers = NDArray[np.int32]
Rows = NDArray[np.int64]
Variable = Sequence[tuple[GroupKey, Rows]]


@dataclass(frozen=True, slots=True)
class Place:
    """Subgroup variables that are counted in one pass, every combination of their groups a cell.

    first: position of their first group among all groups. cell: (n,) stratum x width + combination;
    None where all rows stand in the first. held: for each variable (groups, width), True where a
    combination is part of a group.
    """

    first: int
    width: int
    cell: Numbers | None
    held: tuple[NDArray[np.bool_], ...]

    @property
    def groups(self) -> slice:
        return slice(self.first, self.first + sum(map(len, self.held)))


@dataclass(frozen=True, slots=True)
class Cells:
    """The axes of a wave's tallies, and where on them each of its n rows stands.

    weights: the distinct weights, empty where they are not kept apart; weight_number: (n,) which of
    them each row has, None where there is one (or none kept).
    """

    n: int
    strata: tuple[str, ...]
    groups: tuple[GroupKey, ...]
    weight: FloatArray
    places: tuple[Place, ...]
    weights: tuple[float, ...] = ()
    weight_number: Numbers | None = None

    def keeping_weights(self) -> Cells:
        """With each distinct weight apart, however many there are."""
        if is_constant(self.weight):
            return replace(self, weights=(float(self.weight[0]),))
        distinct = np.unique(self.weight)
        number = np.searchsorted(distinct, self.weight).astype(np.int32)
        return replace(self, weights=tuple(distinct.tolist()), weight_number=number)

    def mixing_weights(self) -> Cells:
        return replace(self, weights=(), weight_number=None)


def cells_of(
    weight: FloatArray, stratum: tuple[Sequence[str], Numbers], variables: Sequence[Variable]
) -> Cells:
    """The cells of rows whose weights are not kept apart.

    stratum: names, and (n,) which of them each row lies in. variables: for each subgroup variable
    its groups and their rows; within a variable nobody stands in two. Everyone is a variable too.
    """
    names, number = stratum
    places = []
    first = 0
    for part in _counted_together(variables, len(names)):
        places.append(_place(part, first, number.astype(np.int32)))
        first = places[-1].groups.stop
    keys = tuple(key for groups in variables for key, _ in groups)
    return Cells(len(weight), tuple(names), keys, weight, tuple(places))


def _counted_together(variables: Sequence[Variable], strata: int) -> Iterable[list[Variable]]:
    """Variables side by side while their combinations are few."""
    part: list[Variable] = []
    width = strata
    for variable in variables:
        if part and width * (len(variable) + 1) > _MOST_COMBINATIONS:
            yield part
            part, width = [], strata
        part.append(variable)
        width *= len(variable) + 1
    yield part


def _place(variables: Sequence[Variable], first: int, stratum: Numbers) -> Place:
    """In each variable, those in none of its groups come last."""
    cell = np.zeros(len(stratum), dtype=np.int32)
    for groups in variables:
        group = np.full(len(stratum), len(groups), dtype=np.int32)
        for j, (_, rows) in enumerate(groups):
            group[rows] = j
        cell *= len(groups) + 1
        cell += group
    sizes = [len(groups) + 1 for groups in variables]
    width = math.prod(sizes)
    of_cell = np.unravel_index(np.arange(width), sizes)
    held = [of_cell[v] == np.arange(size - 1)[:, None] for v, size in enumerate(sizes)]
    cell += stratum * width
    return Place(first, width, cell if cell.any() else None, tuple(held))


def has_few_weights(weight: FloatArray) -> bool:
    """Whether a table for each distinct weight is small."""
    if len(np.unique(weight[:_SAMPLE])) > _MOST_WEIGHTS:
        return False
    return is_constant(weight) or len(np.unique(weight)) <= _MOST_WEIGHTS


def is_constant(values: FloatArray) -> bool:
    return bool((values == values[0]).all())
