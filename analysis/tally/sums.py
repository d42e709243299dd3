"""Sums of numbers by cell, and of products."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


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
