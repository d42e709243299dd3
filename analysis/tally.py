"""Count tables: answers, weight and squared weight by group and category, in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray, IndexArray


@dataclass(frozen=True, slots=True)
class Tally:
    """n, weight and weight_squared: (groups, categories). Tallies of chunks of rows add up."""

    n: NDArray[np.int64]
    weight: FloatArray
    weight_squared: FloatArray

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.n + other.n,
            self.weight + other.weight,
            self.weight_squared + other.weight_squared,
        )


def tally(
    category: IndexArray, group: NDArray[np.integer], weight: FloatArray, shape: tuple[int, int]
) -> Tally:
    """How many answers, and how much weight, fell into each category of each group?

    n_gc = number of rows in group g with category c; weight_gc = sum of w; weight_squared_gc = sum
    of w^2. category, group, weight: (rows,); shape: (groups, categories).
    Assumes positions in 0..shape. Refuses nothing. Exact for n; floating sums for the weights.

    >>> t = tally(np.array([0, 1, 1], dtype=np.int8), np.array([0, 0, 1]), np.ones(3), (2, 2))
    >>> t.n.tolist()
    [[1, 1], [0, 1]]
    """
    cell = group.astype(np.int64) * shape[1] + category
    size = shape[0] * shape[1]
    return Tally(
        n=np.bincount(cell, minlength=size).reshape(shape),
        weight=summed(cell, weight, size).reshape(shape),
        weight_squared=summed(cell, weight**2, size).reshape(shape),
    )


def summed(cell: NDArray[np.int64], values: FloatArray, size: int) -> FloatArray:
    """Sum of the values in each of `size` cells."""
    return np.bincount(cell, values, minlength=size).astype(np.float64, copy=False)


def dot(a: FloatArray, b: FloatArray) -> float:
    """Sum of products. Not `a @ b`: BLAS starts threads for it, which lose when cores are busy."""
    return float(np.einsum("i,i->", a, b))


def products(a: FloatArray, b: FloatArray) -> FloatArray:
    """Sums of products of the rows of `a` (i, n) with those of `b` (j, n), as (i, j); see `dot`."""
    summed_products: FloatArray = np.einsum("in,jn->ij", a, b)
    return summed_products
