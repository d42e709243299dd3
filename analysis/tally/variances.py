"""The variances of `analysis.variance` from tallies: the same formulas, summed over categories."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.tally.counting import Leverage, LeverageScale
from analysis.tally.moments import Moments
from analysis.variance.jackknife import Jackknife
from analysis.variance.taylor import Taylor, averaging, centred_on_zero, stratum_factor

# A sum of squares less the square of a sum keeps all but two of its digits while it stays above
# this part of the former; below, the rows are summed instead.
LEAST_KEPT: Final = 0.01
_FEWEST_CARRIERS: Final = 4


@dataclass(frozen=True, slots=True)
class Strata:
    """One wave's strata. number: their positions in the design."""

    design: Design
    number: NDArray[np.int64]

    @property
    def sizes(self) -> FloatArray:
        """Respondents of each stratum, (h, 1)."""
        return self.design.psus_in_stratum[self.number].astype(np.float64)[:, None]


@dataclass(frozen=True, slots=True)
class Spread:
    """Variance and its df, one a group; is_exact: as many digits as from the rows."""

    variance: FloatArray
    df: FloatArray
    is_exact: NDArray[np.bool_]


class CountedVariance(Protocol):
    def spread(
        self, moments: Moments, strata: Strata, leverage: Callable[[LeverageScale], Leverage]
    ) -> Spread:
        """Of each group's mean in one wave."""

    def df_of_change(self, waves: Sequence[Moments], variances: Sequence[FloatArray]) -> FloatArray:
        """Degrees of freedom for after minus before, one a group."""


class CountedTaylor:
    """How far would the means vary over samples, to first order? `Taylor` for respondents as PSUs.

    sum over PSUs of (z - zbar)^2 = sum z^2 - n_h zbar^2, both from the tally's sums of w and w^2.
    """

    def spread(
        self, moments: Moments, strata: Strata, leverage: Callable[[LeverageScale], Leverage]
    ) -> Spread:
        del leverage
        factor = stratum_factor(strata.design)[strata.number][:, None]
        on_zero = centred_on_zero(strata.design)[strata.number][:, None]
        centre = np.where(on_zero, 0.0, moments.first**2 / strata.sizes)
        whole = (factor * moments.second).sum(axis=0)
        variance = (factor * (moments.second - centre)).sum(axis=0)
        return Spread(
            variance=variance * averaging(strata.design),
            df=less_strata(moments.members),
            is_exact=variance >= LEAST_KEPT * whole,
        )

    def df_of_change(self, waves: Sequence[Moments], variances: Sequence[FloatArray]) -> FloatArray:
        del variances
        return np.asarray(np.sum([less_strata(wave.answered) for wave in waves], axis=0) - 1)


class CountedJackknife:
    """How far would the means vary, judged by leaving out each person? `Jackknife` on tallies.

    delta = (A - a d w / W) / (B - a w / W) with d = y - m, A = (a - 1) U, B = 1 + (a - 1) H, so
    sum of delta^2 = A^2 sum q^2 - 2 A a d sum q r + a^2 d^2 sum r^2 over each category.
    """

    def spread(
        self, moments: Moments, strata: Strata, leverage: Callable[[LeverageScale], Leverage]
    ) -> Spread:
        n_eff = np.divide(
            moments.total**2, moments.squared, out=np.zeros_like(moments.total), where=moments.n > 0
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            variance, whole = _jackknifed(moments, strata, leverage)
        return Spread(
            variance=variance,
            df=np.minimum(less_strata(moments.answered), n_eff - 1),
            is_exact=(variance >= LEAST_KEPT * whole) & (n_eff >= _FEWEST_CARRIERS),
        )

    def df_of_change(self, waves: Sequence[Moments], variances: Sequence[FloatArray]) -> FloatArray:
        most = np.sum([less_strata(wave.answered) for wave in waves], axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = [
                v**2 / (wave.total**2 / wave.squared - 1)
                for v, wave in zip(variances, waves, strict=True)
            ]
            kish = np.sum(variances, axis=0) ** 2 / np.sum(parts, axis=0)
        return np.asarray(np.fmin(most, kish))


COUNTED: Final[Mapping[type, CountedVariance]] = {
    Taylor: CountedTaylor(),
    Jackknife: CountedJackknife(),
}


def less_strata(people: FloatArray) -> FloatArray:
    """PSUs minus strata, among those that hold any of these people (h, g); one a group."""
    return np.asarray(people.sum(axis=0) - (people > 0).sum(axis=0))


def _jackknifed(
    moments: Moments, strata: Strata, leverage: Callable[[LeverageScale], Leverage]
) -> tuple[FloatArray, FloatArray]:
    """Variances, and what they would be if nothing in their sums cancelled."""
    d, valid = moments.deviation, moments.valid
    if len(strata.number) == 1:
        ones = np.ones_like(moments.weight)
        r_r = leverage(LeverageScale(moments.total[None], ones, ones, is_centred=True)).r_r[0]
        variance = (moments.n - 1) / moments.n * (d**2 * r_r[:, valid]).sum(axis=1)
        return variance, variance
    n_h = strata.sizes
    a = np.where(n_h > 1, n_h / np.maximum(n_h - 1, 1), 1.0) * np.ones_like(moments.weight)
    b = 1 + (a - 1) * moments.weight / moments.total
    centre = (a - 1) * moments.first
    sums = leverage(LeverageScale(moments.total * np.ones_like(a), a, b, is_centred=False))
    squares = centre**2 * sums.q_q[:, :, valid].sum(axis=2)
    squares += a**2 * (d**2 * sums.r_r[:, :, valid]).sum(axis=2)
    squares += (n_h - moments.answered) * (centre / b) ** 2
    crossed = 2 * a * centre * (d * sums.q_r[:, :, valid]).sum(axis=2)
    crossed_at_most = 2 * a * abs(centre) * (abs(d) * sums.q_r[:, :, valid]).sum(axis=2)
    factor = (n_h - 1) / n_h
    variance = (factor * (squares - crossed)).sum(axis=0)
    return variance, (factor * (squares + crossed_at_most)).sum(axis=0)
