"""What a variance must be able to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.influence import Influence
from analysis.refusals import NotEstimable


class Variance(Protocol):
    def check(self, design: Design) -> None:
        """Refuse a design that this variance does not cover."""

    def covariance(
        self, influences: Sequence[Influence], design: Design
    ) -> FloatArray | NotEstimable:
        """(k, k) covariance of k estimates."""

    def df_of_estimate(self, influence: Influence, members: IntArray, design: Design) -> float:
        """Degrees of freedom for one estimate; `members` are its domain's rows, answered or not."""

    def df_of_contrast(
        self, influences: Sequence[Influence], variances: FloatArray, design: Design
    ) -> float:
        """Degrees of freedom for a contrast whose k parts have these (k,) variances."""
