"""Ranks, odds and the spread over categories, from the first group of both waves' tallies."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.comparisons.difference_of_means import effects_of_means
from analysis.comparisons.method import MethodComparison, comparison_from
from analysis.comparisons.ranks.odds_of_higher import odds_of
from analysis.comparisons.shares.rao_scott import RaoScott, rao_scott_of
from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.estimates.mean import estimate_mean
from analysis.proportional_odds import fit_proportional_odds
from analysis.refusals import NotEstimable
from analysis.tally.counted import Counted, compare_counted
from analysis.tally.variances import LEAST_KEPT, CountedVariance, less_strata
from analysis.variance.taylor import averaging, centred_on_zero, stratum_factor

_CANCELS: Final = NotEstimable("the sums cancel to nothing but rounding; only the rows can tell")


def counted_midrank_test(
    before: Counted, after: Counted, design: Design, variance: CountedVariance
) -> MethodComparison | NotEstimable:
    """Do the answers after stand higher among all answers than those before? From tallies.

    A category's rank is the share of the weight (of both waves) below it and half its own; then the
    difference of the mean ranks by `compare_counted`, as `midrank_test` does with the rows.
    Assumes what `midrank_test` assumes. Refuses (`NotEstimable`) what it refuses, and sums that
    cancel. Reference: Lumley & Scott (2013), Biometrika 100:831-842. Checked against:
    `midrank_test`.
    """
    levels = _levels(before, after)
    both = levels.weight.sum(axis=0)
    rank = (np.cumsum(both) - both / 2) / (both.sum() or 1.0)
    ranked = [
        replace(wave, values=_by_category(wave, levels.values, rank)) for wave in (before, after)
    ]
    method = estimate_mean, effects_of_means
    found = compare_counted(ranked[0], ranked[1], design, variance, method).groups[0]
    change = _CANCELS if found is None else found.change
    if isinstance(change, NotEstimable):
        return change
    return replace(comparison_from(change, levels.n), unit="rank")


def counted_odds_of_higher(
    before: Counted, after: Counted, design: Design
) -> MethodComparison | NotEstimable:
    """By how much did the odds of a higher answer change? From tallies.

    `odds_of_higher`: the fit rests on the weight of each category in each wave, and each answer's
    influence on its category and weight alone.
    Assumes what `odds_of_higher` assumes. Refuses (`NotEstimable`) what it refuses, and sums that
    cancel. Reference: McCullagh (1980), JRSS B 42:109-142. Checked against: `odds_of_higher`.
    """
    levels = _levels(before, after)
    held = levels.weight.ravel()
    wave = np.repeat([0.0, 1.0], len(levels.values))[:, None]
    fit = fit_proportional_odds(np.tile(levels.values, 2), wave, held)
    if isinstance(fit, NotEstimable):
        return fit
    influence = fit.influence()[:, 0]
    each = np.divide(influence, held, out=np.zeros(len(held)), where=held > 0)
    covariance = _covariance((before, after), levels, each.reshape(1, 2, -1), design)
    if isinstance(covariance, NotEstimable):
        return covariance
    variance = float(covariance[0, 0])
    return odds_of(float(fit.coefficients[0]), variance, levels.df - 1, levels.n)


def counted_rao_scott(before: Counted, after: Counted, design: Design) -> RaoScott | NotEstimable:
    """Did the way answers spread over categories change? From tallies.

    `rao_scott` of category x wave: an answer's influence on each share rests on its cell and weight
    alone. Assumes what `rao_scott` assumes. Refuses (`NotEstimable`) what it refuses, and sums that
    cancel. Reference: Rao & Scott (1984), Annals of Statistics 12:46-60. Checked against:
    `rao_scott`.
    """
    levels = _levels(before, after)
    r = len(levels.values)
    if r < 2 or not levels.weight.sum(axis=1).all():  # noqa: PLR2004 - one category does not vary
        return NotEstimable("it takes two categories and two groups with answers")
    whole = levels.weight.sum()
    shares = levels.weight.T / whole
    each = (np.eye(2 * r).reshape(2 * r, r, 2) - shares.ravel()[:, None, None]) / whole
    covariance = _covariance((before, after), levels, each.transpose(0, 2, 1), design)
    if isinstance(covariance, NotEstimable):
        return covariance
    return rao_scott_of(shares, covariance, sum(levels.n), levels.df)


@dataclass(frozen=True, slots=True)
class _Levels:
    """values: (L,) ascending, those with an answer. weight: (waves, L). df: PSUs - strata."""

    values: FloatArray
    weight: FloatArray
    n: tuple[int, int]
    df: float


def _levels(before: Counted, after: Counted) -> _Levels:
    waves = before, after
    values = np.unique(np.concatenate([wave.values[_answered(wave)] for wave in waves]))
    weight = np.array([_summed_up(wave, values, wave.tally.weight).sum(axis=0) for wave in waves])
    people = [_summed_up(wave, values, wave.tally.n).sum(axis=1)[:, None] for wave in waves]
    n = int(people[0].sum()), int(people[1].sum())
    return _Levels(values, weight, n, float(sum(less_strata(part)[0] for part in people)))


def _answered(wave: Counted) -> NDArray[np.bool_]:
    people = wave.tally.n[:, 0].sum(axis=(0, 1))
    return np.asarray(~np.isnan(wave.values) & (people > 0))


def _summed_up(wave: Counted, values: FloatArray, table: FloatArray) -> FloatArray:
    """(strata, L): the tally's categories that count as each value."""
    alike = (wave.values[:, None] == values).astype(np.float64)
    return np.asarray(np.einsum("hwc,cl->hl", table[:, 0], alike))


def _by_category(wave: Counted, values: FloatArray, told: FloatArray) -> FloatArray:
    """What is told of each value, for the categories that count as it; NaN for the others."""
    place = dict(zip(values.tolist(), told.tolist(), strict=True))
    return np.array([place.get(value, np.nan) for value in wave.values.tolist()])


def _covariance(
    waves: tuple[Counted, Counted], levels: _Levels, each: FloatArray, design: Design
) -> FloatArray | NotEstimable:
    """`linearised_covariance` of k estimates. each: (k, waves, L) influence a unit of weight."""
    k = len(each)
    covariance, whole = np.zeros((k, k)), np.zeros(k)
    for wave, z in zip(waves, each.transpose(1, 0, 2), strict=True):
        number = wave.strata.number
        first = _summed_up(wave, levels.values, wave.tally.weight) @ z.T
        squares = np.einsum(
            "hl,il,jl->hij", _summed_up(wave, levels.values, wave.tally.weight_squared), z, z
        )
        crossed = np.einsum("hi,hj->hij", first, first) / wave.strata.sizes[:, :, None]
        crossed[centred_on_zero(design)[number]] = 0.0
        factor = stratum_factor(design)[number]
        covariance += np.einsum("h,hij->ij", factor, squares - crossed)
        whole += np.einsum("h,hii->i", factor, squares)
    if (covariance.diagonal() < LEAST_KEPT * whole).any():
        return _CANCELS
    return np.asarray(covariance * averaging(design))
