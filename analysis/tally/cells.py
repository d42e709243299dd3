"""Where each respondent of a wave counts: stratum, groups and weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.tally.table import GroupKey

_MOST_WEIGHTS: Final = 256
_SAMPLE: Final = 2000

Numbers = NDArray[np.int32]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """Groups that share nobody: those of one variable, or everyone.

    first: position of their first among all groups. cell: (n,) stratum x groups + group, and one
    beyond the last for nowhere; None where all stand in the one cell there is.
    """

    first: int
    groups: int
    cell: Numbers | None


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
    weight: FloatArray,
    stratum: tuple[Sequence[str], Numbers],
    variables: Iterable[Sequence[tuple[GroupKey, Rows]]],
) -> Cells:
    """The cells of rows whose weights are not kept apart.

    stratum: names, and (n,) which of them each row lies in. variables: for each subgroup variable
    its groups and their rows; within a variable nobody stands in two. Everyone is a variable too.
    """
    names, number = stratum
    keys: list[GroupKey] = []
    places = []
    for groups in variables:
        place = np.full(len(weight), len(groups), dtype=np.int32)
        for j, (_, rows) in enumerate(groups):
            place[rows] = j
        nowhere = place == len(groups)
        cell = number.astype(np.int32) * len(groups) + place
        cell[nowhere] = len(names) * len(groups)
        places.append(Place(len(keys), len(groups), cell if cell.any() else None))
        keys.extend(key for key, _ in groups)
    return Cells(len(weight), tuple(names), tuple(keys), weight, tuple(places))


def has_few_weights(weight: FloatArray) -> bool:
    """Whether a table for each distinct weight is small."""
    if len(np.unique(weight[:_SAMPLE])) > _MOST_WEIGHTS:
        return False
    return is_constant(weight) or len(np.unique(weight)) <= _MOST_WEIGHTS


def is_constant(values: FloatArray) -> bool:
    return bool((values == values[0]).all())
