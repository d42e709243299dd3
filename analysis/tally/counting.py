"""One pass over a column of small integers: what counts where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.tally.cells import Cells, Place
from analysis.tally.sums import summed
from analysis.tally.table import Axes, Tally

_STEP: Final = 1 << 16  # rows at once: few enough to stay in the processor's cache

_ENDLESS: Final = 1e300

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
        room = strata, place.width, weights, size
        by_cell = np.zeros((3, *room))
        for rows, key in _keys(index, size, place, cells):
            by_cell[0] += np.bincount(key, minlength=math.prod(room)).reshape(room)
            if not cells.weights:
                w = cells.weight[rows]
                by_cell[1] += _summed(room, key, w)
                by_cell[2] += _summed(room, key, w * w)
        held = np.concatenate(place.held).astype(np.float64)
        sums[:, :, place.groups] = np.einsum("gx,shxwc->shgwc", held, by_cell)
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
    strata = len(cells.strata)
    sums = np.zeros((3, strata, len(cells.groups), size))
    for place in mixed.places:
        scales = _by_cell(place, scale)
        room = strata, place.width, size
        by_cell = np.zeros((len(scales), 3, *room))
        for rows, key in _keys(index, size, place, mixed):
            cell = slice(0, 1) if place.cell is None else place.cell[rows]
            for v, own in enumerate(scales):
                for i, values in enumerate(_terms(cells.weight[rows], own, cell)):
                    by_cell[v, i] += _summed(room, key, values)
        g = place.first
        for held, part in zip(place.held, by_cell, strict=True):
            for own in held:
                sums[:, :, g] = part[:, :, own].sum(axis=2)
                g += 1
    return Leverage(*sums)


def leverage_of_tally(tally: Tally, scale: LeverageScale) -> Leverage:
    """`leverage_of_rows` from a tally that keeps weights apart."""
    w = np.array(tally.axes.weights)
    strata, groups, _, size = tally.axes.shape
    sums = np.zeros((3, strata, groups, size))
    by_group = LeverageScale(
        scale.total[:, :, None], scale.a[:, :, None], scale.b[:, :, None], scale.is_centred
    )
    for i, values in enumerate(_terms(w, by_group, slice(None))):
        sums[i] = (tally.n * values[..., None]).sum(axis=2)
    return Leverage(*sums)


def _terms(
    weight: FloatArray, scale: LeverageScale, cell: slice | NDArray[np.int32]
) -> tuple[FloatArray, ...]:
    """A group without answers, or carried by one row, comes out infinite: others look at it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale.is_centred:
            r = weight / (scale.total[cell] - weight)
            return (r * r,)
        total, a = scale.total[cell], scale.a[cell]
        below = 1 / (scale.b[cell] * total - a * weight)
        r, q = weight * below, total * below
        return r * r, q * r, q * q


def _by_cell(place: Place, scale: LeverageScale) -> list[LeverageScale]:
    """For each variable of a place the scale of every cell; who is in no group moves nothing."""
    found = []
    first = place.first
    for held in place.held:
        group, is_in = first + held.argmax(axis=0), held.any(axis=0)
        total, a, b = (
            np.where(is_in, table[:, group], nobody).ravel()
            for table, nobody in ((scale.total, _ENDLESS), (scale.a, 0.0), (scale.b, 1.0))
        )
        found.append(LeverageScale(total, a, b, scale.is_centred))
        first += len(held)
    return found


def _keys(
    index: Positions, size: int, place: Place, cells: Cells
) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """The cell of each row's answer, some rows at a time."""
    kept = max(len(cells.weights), 1)
    step = max(_STEP, size * len(cells.strata) * place.width * kept)
    for start in range(0, cells.n, step):
        rows = slice(start, start + step)
        key = index[rows].astype(np.int64)
        cell = None if place.cell is None else place.cell[rows].astype(np.int64)
        if cells.weight_number is not None:
            number = cells.weight_number[rows].astype(np.int64)
            cell = number if cell is None else cell * kept + number
        if cell is not None:
            cell *= size
            key += cell
        yield rows, key


def _summed(room: tuple[int, ...], key: NDArray[np.int64], values: FloatArray) -> FloatArray:
    return summed(key, values, math.prod(room)).reshape(room)
