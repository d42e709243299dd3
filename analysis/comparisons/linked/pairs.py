"""Who answered in both waves: pairs of answers, and the answers of everyone else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray, LabelArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """before, after: (pairs,) answers of the same people. *_only: answers that have no partner."""

    before: FloatArray
    after: FloatArray
    before_only: FloatArray
    after_only: FloatArray


def pairs_of(values: FloatArray, person: LabelArray, before: IntArray, after: IntArray) -> Pairs:
    """Match answers by the person's code.

    values, person: (N,), NaN where missing, empty code for nobody. before, after: rows of the
    domain. A code that stands twice in a wave may be two people: it links nobody, like an answer
    whose partner is missing.

    >>> values, person = np.array([1.0, 2, 4, 5]), np.array(["a", "b", "b", "c"])
    >>> pairs_of(values, person, np.array([0, 1]), np.array([2, 3]))
    Pairs(before=array([2.]), after=array([4.]), before_only=array([1.]), after_only=array([5.]))
    """
    earlier, later = _answered(values, before), _answered(values, after)
    codes = np.intersect1d(_single(person, earlier, before), _single(person, later, after))
    first, first_alone = _split(values, person, earlier, codes)
    second, second_alone = _split(values, person, later, codes)
    return Pairs(first, second, first_alone, second_alone)


def _answered(values: FloatArray, rows: IntArray) -> IntArray:
    return rows[~np.isnan(values[rows])]


def _single(person: LabelArray, answered: IntArray, rows: IntArray) -> LabelArray:
    """Codes with an answer that stand once among all rows of the wave, answered or not."""
    codes, times = np.unique(person[rows], return_counts=True)
    return np.intersect1d(codes[(times == 1) & (codes != "")], person[answered])


def _split(
    values: FloatArray, person: LabelArray, rows: IntArray, codes: LabelArray
) -> tuple[FloatArray, FloatArray]:
    """Answers of the linked people in the order of their codes, then all others."""
    is_linked = np.isin(person[rows], codes)
    linked = rows[is_linked]
    return values[linked[np.argsort(person[linked])]], values[rows[~is_linked]]
