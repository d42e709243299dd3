"""One pass over a column of small integers: what counts where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.tally.cells import Cells, Place
from analysis.tally.sums import summed
from analysis.tally.table import Axes, Tally

_STEP: Final = 1 << 16  # rows at once: few enough to stay in the processor's cache

Positions = NDArray[np.integer]


def tally_chunk(categories: tuple[float | None, ...], index: Positions, cells: Cells) -> Tally:
    """How many answers, and how much weight, fell into each category of each group?

    n = number of rows, weight = sum of w, weight_squared = sum of w^2, in each cell of stratum x
    group x weight x category. index: (n,) position of each row's answer in `categories`.
    Refuses nothing. Exact for n; floating sums for the weights, in steps of the same size whatever
    else is counted. Reference: own rule. Checked against: the rows themselves.
    """
    axes = Axes(cells.strata, cells.groups, cells.weights, categories)
    sums = np.zeros((3, *axes.shape))
    strata, _, weights, size = axes.shape
    for place in cells.places:
        part = slice(place.first, place.first + place.groups)
        room = strata, place.groups, weights, size
        for rows, key in _keys(index, size, place, cells):
            sums[0, :, part] += _within(room, np.bincount(key, minlength=math.prod(room)))
            if not cells.weights:
                w = cells.weight[rows]
                sums[1, :, part] += _summed(room, key, w)
                sums[2, :, part] += _summed(room, key, w * w)
    if cells.weights:
        w = np.array(cells.weights)[:, None]
        sums[1:] = sums[0] * w, sums[0] * (w * w)
    return Tally(axes, sums)


@dataclass(frozen=True, slots=True)
class LeverageScale:
    """What leverage is measured by: (strata, groups) each. is_centred: nothing but `r_r` counts."""

    total: FloatArray
    a: FloatArray
    b: FloatArray
    is_centred: bool


@dataclass(frozen=True, slots=True)
class Leverage:
    """Sums of r^2, q r and q^2, each (strata, groups, categories); see `leverage_of_rows`."""

    r_r: FloatArray
    q_r: FloatArray
    q_q: FloatArray


def leverage_of_rows(index: Positions, size: int, cells: Cells, scale: LeverageScale) -> Leverage:
    """How much can leaving out each row move its group's mean, summed over each category?

    With W the weight of all answers in the row's group, D = b W - a w, r = w / D and q = W / D:
    what the jackknife's delta is made of. index: (n,) positions of answers; size: how many
    categories. Sums over chunks add up.
    """
    mixed = cells.mixing_weights()
    sums = np.zeros((3, len(cells.strata), len(cells.groups), size))
    for place in mixed.places:
        part = slice(place.first, place.first + place.groups)
        room = len(cells.strata), place.groups, size
        by_cell = [_by_cell(t[:, part]) for t in (scale.total, scale.a, scale.b * scale.total)]
        for rows, key in _keys(index, size, place, mixed):
            total, a, whole = (_at(table, place, rows) for table in by_cell)
            terms = _terms(cells.weight[rows], (total, whole, a), only_r=scale.is_centred)
            for i, values in enumerate(terms):
                sums[i, :, part] += _summed(room, key, values)
    return Leverage(*sums)


def leverage_of_tally(tally: Tally, scale: LeverageScale) -> Leverage:
    """`leverage_of_rows` from a tally that keeps weights apart."""
    w = np.array(tally.axes.weights)
    total, a, whole = (t[:, :, None] for t in (scale.total, scale.a, scale.b * scale.total))
    strata, groups, _, size = tally.axes.shape
    sums = np.zeros((3, strata, groups, size))
    terms = _terms(w, (total, whole, a), only_r=scale.is_centred)
    for i, values in enumerate(terms):
        sums[i] = (tally.n * values[..., None]).sum(axis=2)
    return Leverage(*sums)


def _terms(
    weight: FloatArray, scale: tuple[FloatArray, FloatArray, FloatArray], *, only_r: bool
) -> tuple[FloatArray, ...]:
    """A group without answers, or carried by one row, comes out infinite: others look at it."""
    total, whole, a = scale
    with np.errstate(divide="ignore", invalid="ignore"):
        below = 1 / (whole - a * weight)
        r = weight * below
        if only_r:
            return (r * r,)
        q = total * below
        return r * r, q * r, q * q


def _keys(
    index: Positions, size: int, place: Place, cells: Cells
) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """The cell of each row, some rows at a time; beyond the last: nowhere."""
    step = max(_STEP, size * len(cells.strata) * place.groups * max(len(cells.weights), 1))
    for start in range(0, cells.n, step):
        rows = slice(start, start + step)
        key = index[rows].astype(np.int64)
        cell = None if place.cell is None else place.cell[rows].astype(np.int64)
        if cells.weight_number is not None:
            kept = len(cells.weights)
            number = cells.weight_number[rows]
            cell = number.astype(np.int64) if cell is None else cell * kept + number
        if cell is not None:
            key += cell * size
        yield rows, key


def _within(room: tuple[int, ...], by_key: NDArray[Any]) -> NDArray[Any]:
    return by_key[: math.prod(room)].reshape(room)


def _summed(room: tuple[int, ...], key: NDArray[np.int64], values: FloatArray) -> FloatArray:
    return _within(room, summed(key, values, math.prod(room)))


def _by_cell(table: FloatArray) -> FloatArray:
    """One entry a cell, and an infinite one for nowhere."""
    return np.append(table.ravel(), np.inf)


def _at(table: FloatArray, place: Place, rows: slice) -> FloatArray:
    return table[:1] if place.cell is None else table[place.cell[rows]]
