"""Count tables: answers, weight and squared weight by stratum, group, weight and category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import Refusal

GroupKey = tuple[str, int | str]
EVERYONE: Final[GroupKey] = ("", "")
_SUMS: Final = ("n", "weight", "weight_squared")
_Label = TypeVar("_Label")


class Axes(NamedTuple):
    """What the places of a tally stand for.

    groups: (variable, code), `EVERYONE` first; one person stands in several. weights: the distinct
    weights, each with a table of its own; empty where they are not kept apart: then one place for
    all together. categories: answers, missing ones (None: empty or no score) included.
    """

    strata: tuple[str, ...]
    groups: tuple[GroupKey, ...]
    weights: tuple[float, ...]
    categories: tuple[float | None, ...]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        strata, groups, weights, categories = map(len, self)
        return strata, groups, max(weights, 1), categories


@dataclass(frozen=True, slots=True)
class Tally:
    """One wave's answers to one question (or scores on one scale), counted up.

    sums: (3, *axes.shape): how many answers, the sum of their weights, the sum of the squares of
    these. Tallies of separate people add up: chunks of a file, databases, agencies. Strata, weights
    and categories that one of them lacks count nobody there. Exact for n; floating sums elsewhere.

    >>> yes = Tally(Axes(("all",), (EVERYONE,), (), (1,)), np.ones((3, 1, 1, 1, 1)))
    >>> no = Tally(Axes(("all",), (EVERYONE,), (), (2,)), np.ones((3, 1, 1, 1, 1)))
    >>> (yes + no + no).axes.categories, (yes + no + no).n.ravel().tolist()
    ((1, 2), [1.0, 2.0])
    """

    axes: Axes
    sums: FloatArray

    @property
    def n(self) -> FloatArray:
        """How many answers, in each cell of strata x groups x weights x categories."""
        return np.asarray(self.sums[0])

    @property
    def weight(self) -> FloatArray:
        """Sum of the weights."""
        return np.asarray(self.sums[1])

    @property
    def weight_squared(self) -> FloatArray:
        """Sum of the squared weights."""
        return np.asarray(self.sums[2])

    def __add__(self, other: Tally) -> Tally:
        if bool(self.axes.weights) != bool(other.axes.weights):
            raise Refusal(
                "one tally keeps each weight apart and the other does not; count both in one way"
            )
        axes = Axes(
            _union(self.axes.strata, other.axes.strata),
            _union(self.axes.groups, other.axes.groups),
            _union(self.axes.weights, other.axes.weights),
            _union(self.axes.categories, other.axes.categories),
        )
        return Tally(axes, self.with_room(axes).sums + other.with_room(axes).sums)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        axes = {name: list(labels) for name, labels in self.axes._asdict().items()}
        sums = dict(zip(_SUMS, self.sums.tolist(), strict=True))
        return axes | {"groups": [list(key) for key in self.axes.groups]} | sums

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> Tally:
        """Refuses (`Refusal`) tables whose shape is not that of their labels."""
        axes = Axes(
            strata=tuple(document["strata"]),
            groups=tuple((variable, code) for variable, code in document["groups"]),
            weights=tuple(document["weights"]),
            categories=tuple(document["categories"]),
        )
        tables = [np.array(document[name], dtype=np.float64) for name in _SUMS]
        for name, table in zip(_SUMS, tables, strict=True):
            if table.shape != axes.shape:
                raise Refusal(
                    f"tally: {name} has the shape {table.shape} where its labels ask for "
                    f"{axes.shape}; the file was cut or changed: make it again"
                )
        return Tally(axes, np.stack(tables))

    def with_room(self, axes: Axes) -> Tally:
        """The same people, with places for labels that nobody of them has."""
        if axes == self.axes:
            return self
        places = (_places(own, wide) for own, wide in zip(self.axes, axes, strict=True))
        room = np.zeros((3, *axes.shape))
        room[np.ix_(range(3), *places)] = self.sums
        return Tally(axes, room)


def _union(one: tuple[_Label, ...], other: tuple[_Label, ...]) -> tuple[_Label, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _places(own: tuple[Any, ...], wide: tuple[Any, ...]) -> list[int]:
    place = {label: number for number, label in enumerate(wide)}
    return [place[label] for label in own] or [0]
