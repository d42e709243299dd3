"""Three and more waves: means, slope, one test of any change, and planned contrasts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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

_ADDS_UP: Final = 1e-9


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
class NamedContrast:
    """A sum of the waves' means with coefficients that the plan names; p_adjusted as the others."""

    name: str
    coefficients: tuple[float, ...]
    change: Change | NotEstimable
    p_adjusted: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """What three waves or more show.

    slope: change a month (or whatever `times` count). contrasts: each wave less the one before,
    then the last less the first; those without a test stand in `untested` with their reason. named:
    the plan's own.
    """

    waves: tuple[Influence, ...]
    slope: Change | NotEstimable
    omnibus: Omnibus | NotEstimable
    contrasts: tuple[PlannedContrast, ...]
    untested: tuple[tuple[int, int, NotEstimable], ...]
    named: tuple[NamedContrast, ...] = ()


def compare_trend(
    outcome: FloatArray,
    waves: Sequence[IntArray],
    times: Sequence[float],
    design: Design,
    variance: Variance,
    *,
    named: Mapping[str, Sequence[float]] | None = None,
) -> Trend | NotEstimable:
    """Did the population's mean move over three or more waves, and how fast?

    Slope: weighted regression of the outcome on time, design-based (linearised; df = PSUs - strata
    - 1). Any change: Wald F = (L m)' (L V L')^-1 (L m) / (k - 1), L taking each mean less the
    first, on (k - 1, PSUs - strata + 1 - k). Contrasts: each wave less the one before, the last
    less the first, and those of the plan (c'm, V = c' cov c), Holm over all of them.

    outcome: (N,) over all waves, NaN where missing. waves: rows of each (the domain), in order.
    times: one a wave, rising, such as months of the fieldwork's middle. Labels: `label_waves`.
    named: of each contrast of the plan, one coefficient a wave; they add up to 0.
    Assumes nothing about the shape; the slope is the best straight line. The contrasts are planned:
    no search for a turning point.
    Refuses (`Refusal`): fewer than three waves, times that do not rise, coefficients that are too
    many or too few, or do not add up to 0. Refuses (`NotEstimable`): a
    wave with fewer than two answers; parts that have no variance or no df.
    Reference: Binder (1983); Korn & Graubard (1990), American Statistician 44:270-276, for Wald on
    design df; Holm (1979). Checked against: R `svyglm`, `regTermTest`, `svycontrast` (O12).
    """
    _check(waves, times)
    _check_named(named or {}, len(waves))
    influences = []
    for number, rows in enumerate(waves, 1):
        influence = mean_influence(outcome, rows, design)
        if isinstance(influence, NotEstimable):
            return NotEstimable(f"wave {number}: {influence.reason}")
        influences.append(influence)
    contrasts, untested, own = _contrasts(influences, design, variance, named or {})
    return Trend(
        waves=tuple(influences),
        slope=_slope(outcome, influences, times, design),
        omnibus=_omnibus(influences, design, variance),
        contrasts=contrasts,
        untested=untested,
        named=own,
    )


def _check_named(named: Mapping[str, Sequence[float]], k: int) -> None:
    for name, coefficients in named.items():
        if len(coefficients) != k:
            raise Refusal(
                f"trend: the contrast {name!r} has {len(coefficients)} coefficients for {k} waves; "
                "give one a wave, 0 for a wave that it leaves out"
            )
        if abs(sum(coefficients)) > _ADDS_UP or not any(coefficients):
            raise Refusal(
                f"trend: the coefficients of the contrast {name!r} add up to "
                f"{sum(coefficients):g}; some must be above and some below 0, and their sum 0"
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
    waves: Sequence[Influence],
    design: Design,
    variance: Variance,
    named: Mapping[str, Sequence[float]],
) -> tuple[
    tuple[PlannedContrast, ...],
    tuple[tuple[int, int, NotEstimable], ...],
    tuple[NamedContrast, ...],
]:
    last = len(waves) - 1
    pairs = [*((i, i + 1) for i in range(last)), (0, last)]
    changes = [contrast([waves[i], waves[j]], (-1.0, 1.0), design, variance) for i, j in pairs]
    own = [contrast(waves, coefficients, design, variance) for coefficients in named.values()]
    tested = [c for c in (*changes, *own) if isinstance(c, Change)]
    adjusted = iter(holm([change.p for change in tested]))
    planned, untested = [], []
    for (i, j), change in zip(pairs, changes, strict=True):
        if isinstance(change, NotEstimable):
            untested.append((i, j, change))
        else:
            planned.append(PlannedContrast(i, j, change, next(adjusted)))
    told = tuple(
        NamedContrast(
            name,
            tuple(coefficients),
            change,
            next(adjusted) if isinstance(change, Change) else None,
        )
        for (name, coefficients), change in zip(named.items(), own, strict=True)
    )
    return tuple(planned), tuple(untested), told
