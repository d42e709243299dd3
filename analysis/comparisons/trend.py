"""Three and more waves: means, slope, one test of any change, and planned contrasts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.comparisons.contrast import Change, change_of, contrast
from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.estimates.estimate import CONSTANT
from analysis.glm import fit_glm
from analysis.influence import Influence, design_df, is_rounding, mean_influence
from analysis.multiplicity import holm
from analysis.probability import f_above
from analysis.refusals import NotEstimable, Refusal
from analysis.variance.protocol import Variance
from analysis.variance.taylor import linearised_covariance


@dataclass(frozen=True, slots=True)
class Omnibus:
    """One test of any difference at all: F on (df, df_below)."""

    statistic: float
    df: int
    df_below: float
    p: float


@dataclass(frozen=True, slots=True)
class PlannedContrast:
    """Wave `later` minus wave `earlier` (positions), with its Holm-adjusted p."""

    earlier: int
    later: int
    change: Change
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Trend:
    """What three waves or more show.

    slope: change a month (or whatever `times` count). contrasts: each wave less the one before,
    then the last less the first; those without a test stand in `untested` with their reason.
    """

    waves: tuple[Influence, ...]
    slope: Change | NotEstimable
    omnibus: Omnibus | NotEstimable
    contrasts: tuple[PlannedContrast, ...]
    untested: tuple[tuple[int, int, NotEstimable], ...]


def compare_trend(
    outcome: FloatArray,
    waves: Sequence[IntArray],
    times: Sequence[float],
    design: Design,
    variance: Variance,
) -> Trend | NotEstimable:
    """Did the population's mean move over three or more waves, and how fast?

    Slope: weighted regression of the outcome on time, design-based (linearised; df = PSUs - strata
    - 1). Any change: Wald F = (L m)' (L V L')^-1 (L m) / (k - 1), L taking each mean less the
    first, on (k - 1, PSUs - strata + 1 - k). Contrasts: each wave less the one before, the last
    less the first, Holm over all of them.

    outcome: (N,) over all waves, NaN where missing. waves: rows of each (the domain), in order.
    times: one a wave, rising, such as months of the fieldwork's middle. Labels: `label_waves`.
    Assumes nothing about the shape; the slope is the best straight line. The contrasts are planned:
    no search for a turning point.
    Refuses (`Refusal`): fewer than three waves, times that do not rise. Refuses (`NotEstimable`): a
    wave with fewer than two answers; parts that have no variance or no df.
    Reference: Binder (1983); Korn & Graubard (1990), American Statistician 44:270-276, for Wald on
    design df; Holm (1979). Checked against: R `svyglm`, `regTermTest`, `svycontrast` (O12).
    """
    _check(waves, times)
    influences = []
    for number, rows in enumerate(waves, 1):
        influence = mean_influence(outcome, rows, design)
        if isinstance(influence, NotEstimable):
            return NotEstimable(f"wave {number}: {influence.reason}")
        influences.append(influence)
    contrasts, untested = _contrasts(influences, design, variance)
    return Trend(
        waves=tuple(influences),
        slope=_slope(outcome, influences, times, design),
        omnibus=_omnibus(influences, design, variance),
        contrasts=contrasts,
        untested=untested,
    )


def _check(waves: Sequence[IntArray], times: Sequence[float]) -> None:
    if len(waves) < 3 or len(waves) != len(times):  # noqa: PLR2004 - two waves are a difference
        raise Refusal(
            f"trend: {len(waves)} waves with {len(times)} times; give three waves or more, and a "
            "time for each"
        )
    if not all(a < b for a, b in itertools.pairwise(times)) or not all(map(math.isfinite, times)):
        raise Refusal(f"trend: the times {list(times)} must rise from wave to wave")


def _slope(
    outcome: FloatArray, waves: Sequence[Influence], times: Sequence[float], design: Design
) -> Change | NotEstimable:
    rows = np.concatenate([wave.rows for wave in waves])
    when = np.repeat(times, [wave.n for wave in waves])[:, None]
    weight = design.weight[rows]
    fit = fit_glm(outcome[rows], when, weight)
    if isinstance(fit, NotEstimable):
        return fit
    influence = np.zeros((len(design.weight), 1))
    influence[rows, 0] = fit.influence(outcome[rows], when, weight)[:, 1]
    v = float(linearised_covariance(influence, design)[0, 0])
    if is_rounding(v * float(np.var(when)), *waves):
        return CONSTANT
    return change_of(float(fit.coefficients[1]), math.sqrt(v), design_df([rows], design) - 1)


def _omnibus(
    waves: Sequence[Influence], design: Design, variance: Variance
) -> Omnibus | NotEstimable:
    covariance = variance.covariance(waves, design)
    if isinstance(covariance, NotEstimable):
        return covariance
    k = len(waves)
    less_first = np.column_stack([-np.ones(k - 1), np.eye(k - 1)])
    change = less_first @ np.array([wave.estimate for wave in waves])
    spread = less_first @ covariance @ less_first.T
    is_flat = np.linalg.matrix_rank(spread, hermitian=True) < k - 1
    if is_flat or is_rounding(float(spread.diagonal().min()), *waves):
        return CONSTANT
    df_below = design_df([wave.rows for wave in waves], design) + 1 - k
    if df_below < 1:
        return NotEstimable("too few PSUs for a test: no degree of freedom is left")
    statistic = float(change @ np.linalg.solve(spread, change)) / (k - 1)
    return Omnibus(statistic, k - 1, df_below, f_above(statistic, k - 1, df_below))


def _contrasts(
    waves: Sequence[Influence], design: Design, variance: Variance
) -> tuple[tuple[PlannedContrast, ...], tuple[tuple[int, int, NotEstimable], ...]]:
    last = len(waves) - 1
    pairs = [*((i, i + 1) for i in range(last)), (0, last)]
    tested, untested = [], []
    for earlier, later in pairs:
        change = contrast([waves[earlier], waves[later]], (-1.0, 1.0), design, variance)
        if isinstance(change, NotEstimable):
            untested.append((earlier, later, change))
        else:
            tested.append((earlier, later, change))
    adjusted = holm([change.p for _, _, change in tested])
    planned = (PlannedContrast(*parts, p) for parts, p in zip(tested, adjusted, strict=True))
    return tuple(planned), tuple(untested)
