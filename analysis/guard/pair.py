"""Two waves as the checks look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import NOT_SHOWN, Codebook, Scale, Variable
from analysis.comparisons.difference import difference
from analysis.dataset import CodedColumn, FloatArray, Wave
from analysis.design import Design
from analysis.guard.finding import Part
from analysis.influence import mean_influence
from analysis.plan import Plan
from analysis.refusals import NotEstimable
from analysis.tally import dot
from analysis.variance.protocol import Variance

Mask = NDArray[np.bool_]
WAVES: Final = ("before", "after")
_NO_ANSWER: Final = np.iinfo(np.int32).min


@dataclass(frozen=True, slots=True)
class WavePair:
    """shared: columns that mean the same in both waves. own: each wave's whole codebook.

    distributions: of every shared column, as `distributions_of` tells them.
    """

    before: Wave
    after: Wave
    shared: Codebook
    own: tuple[Codebook, Codebook]
    plan: Plan
    design: Design
    variance: Variance
    distributions: Sequence[Mapping[str, Any]]
    initiative: Mapping[str, Any]

    @property
    def waves(self) -> tuple[Wave, Wave]:
        return self.before, self.after

    def weights(self) -> tuple[FloatArray, FloatArray]:
        n = self.design.n_before
        return self.design.weight[:n], self.design.weight[n:]

    def parts(self, chosen: Sequence[Mask], base: Sequence[Mask]) -> dict[str, Part] | None:
        """Before and after; None where nobody is in the base of a wave."""
        if not all(mask.any() for mask in base):
            return None
        columns = zip(WAVES, chosen, base, self.weights(), strict=True)
        return {wave: part_of(is_in, of, weight) for wave, is_in, of, weight in columns}

    def p_of_change(self, chosen: Sequence[Mask], base: Sequence[Mask]) -> float:
        """Two-sided p of a change in a share; 1 where it cannot be tested."""
        outcome = np.where(np.concatenate(base), np.concatenate(chosen), np.nan)
        rows = np.arange(self.before.n), self.before.n + np.arange(self.after.n)
        before, after = (mean_influence(outcome, part, self.design) for part in rows)
        if isinstance(before, NotEstimable) or isinstance(after, NotEstimable):
            return 1.0
        change = difference(before, after, self.design, self.variance)
        return 1.0 if isinstance(change, NotEstimable) else change.p

    def items(self) -> Iterator[Variable]:
        return (v for v in self.shared.variables if v.role == "item" and v.id in self.before.coded)


def part_of(chosen: Mask, base: Mask, weight: FloatArray) -> Part:
    carried = np.where(base, weight, 0.0)
    share = dot(carried, chosen.astype(np.float64)) / carried.sum()
    return Part(int((chosen & base).sum()), int(base.sum()), float(share))


def answered(column: CodedColumn) -> Mask:
    is_valid: Mask = column.index < column.n_valid
    return is_valid


def shown(column: CodedColumn) -> Mask:
    was_shown: Mask = column.index != column.codes.index(NOT_SHOWN)
    return was_shown


def gave(column: CodedColumn, code: int) -> Mask:
    given: Mask = column.index == column.codes.index(code)
    return given


def ends_of_answers(scale: Scale, wave: Wave) -> tuple[NDArray[np.int32], ...]:
    """Each person's lowest and highest code over the scale's items, and how many they answered."""
    low = np.full(wave.n, np.iinfo(np.int32).max, dtype=np.int32)
    high = np.full(wave.n, _NO_ANSWER, dtype=np.int32)
    count = np.zeros(wave.n, dtype=np.int32)
    for item in scale.items:
        column = wave.coded[item]
        codes = np.full(len(column.codes) + 1, _NO_ANSWER, dtype=np.int32)
        codes[: column.n_valid] = column.codes[: column.n_valid]
        code = codes[column.index]
        valid = answered(column)
        low = np.where(valid, np.minimum(low, code), low)
        high = np.maximum(high, code)
        count += valid
    return low, high, count
