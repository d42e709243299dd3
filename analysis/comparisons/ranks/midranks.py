"""Ranks with the mean of the tied places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.tally import summed


def midranks(values: FloatArray) -> FloatArray:
    """The place of each value from 1 to n, equal values sharing the mean of theirs.

    >>> midranks(np.array([3.0, 1, 3]))
    array([2.5, 1. , 2.5])
    """
    _, place, times = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(times) - (times - 1) / 2)[place])


def ties(values: FloatArray) -> NDArray[np.int64]:
    """How often each value occurs."""
    return np.unique(values, return_counts=True)[1]


def weighted_midranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Where each value stands, from 0 to 1: the share of the weight below it and half of its own.

    >>> weighted_midranks(np.array([1.0, 2, 2]), np.array([2.0, 1, 1]))
    array([0.25, 0.75, 0.75])
    """
    levels, place = np.unique(values, return_inverse=True)
    held = summed(place.astype(np.int64), weights, len(levels))
    return np.asarray(((np.cumsum(held) - held / 2) / held.sum())[place])
