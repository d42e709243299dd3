"""Distribution functions from `scipy.special`, imported when first needed.

`scipy.stats` has them all and costs 1.3 s to import; a comparison of two files must not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Final

LEVEL: Final = 0.95
EQUIVALENCE_LEVEL: Final = 0.90
_ROOT_TOLERANCE: Final = 1e-13


def t_two_sided(statistic: float, df: float) -> float:
    """How likely is a Student t at least this far from zero, on either side?"""
    from scipy.special import stdtr  # noqa: PLC0415 - lazy on purpose, see the module's docstring

    return float(2 * stdtr(df, -abs(statistic)))


def t_quantile(probability: float, df: float) -> float:
    """The Student t below which this share of the distribution lies."""
    from scipy.special import stdtrit  # noqa: PLC0415 - lazy on purpose

    return float(stdtrit(df, probability))


def normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def normal_two_sided(statistic: float) -> float:
    """How likely is a standard normal at least this far from zero, on either side?"""
    return math.erfc(abs(statistic) / math.sqrt(2))


def t_above(statistic: float, df: float) -> float:
    """How likely is a Student t above this?"""
    from scipy.special import stdtr  # noqa: PLC0415 - lazy on purpose

    return float(stdtr(df, -statistic))


def chi_square_above(statistic: float, df: float) -> float:
    """How likely is a chi-square above this?"""
    from scipy.special import chdtrc  # noqa: PLC0415 - lazy on purpose

    return float(chdtrc(df, statistic))


def f_above(statistic: float, df: float, df_below: float) -> float:
    """How likely is an F above this? df_below: of the denominator."""
    from scipy.special import fdtrc  # noqa: PLC0415 - lazy on purpose

    return float(fdtrc(df, df_below, statistic))


def fair_coin_two_sided(heads: int, tosses: int) -> float:
    """How likely is a fair coin to fall at least this unevenly? The exact sign test."""
    from scipy.special import bdtr  # noqa: PLC0415 - lazy on purpose

    return min(1.0, 2 * float(bdtr(min(heads, tosses - heads), tosses, 0.5)))


def binomial_at_least(successes: int, tries: int, chance: float) -> float:
    """How likely are at least so many successes?

    >>> round(binomial_at_least(2, 3, 0.5), 12)
    0.5
    """
    from scipy.special import bdtrc  # noqa: PLC0415 - lazy on purpose

    return float(bdtrc(successes - 1, tries, chance)) if successes > 0 else 1.0


def beta_quantile(probability: float, a: float, b: float) -> float:
    from scipy.special import betaincinv  # noqa: PLC0415 - lazy on purpose

    return float(betaincinv(a, b, probability))


def noncentrality(probability: float, df: float, statistic: float) -> float:
    """Under which noncentrality does a noncentral t fall below `statistic` with this probability?

    The distribution falls as the noncentrality grows. The bracket grows from `statistic` outwards
    (far away the distribution function is not reliable), then the Illinois form of regula falsi.
    `scipy.special.nctdtrinc` stops seven digits in; this agrees with R's `pt` to ten. NaN where the
    distribution function gives out (checked: not before |statistic| = 5000).
    """
    from scipy.special import nctdtr  # noqa: PLC0415 - lazy on purpose

    def excess(nc: float) -> float:
        return float(nctdtr(df, nc, statistic)) - probability

    step = 1.0
    low, high = statistic - step, statistic + step
    while excess(low) < 0:
        step *= 2
        low -= step
    while excess(high) > 0:
        step *= 2
        high += step
    return _falling_root(excess, low, high)


def _falling_root(function: Callable[[float], float], low: float, high: float) -> float:
    at_low, at_high = function(low), function(high)
    side = 0
    while high - low > _ROOT_TOLERANCE * max(1.0, abs(low)) and at_low != at_high:
        middle = (at_low * high - at_high * low) / (at_low - at_high)
        at_middle = function(middle)
        if at_middle == 0:
            return middle
        if at_middle > 0:
            low, at_low = middle, at_middle
            at_high, side = (at_high / 2, 1) if side == 1 else (at_high, 1)
        else:
            high, at_high = middle, at_middle
            at_low, side = (at_low / 2, -1) if side == -1 else (at_low, -1)
    return (low + high) / 2


def hedges_correction(df: float) -> float:
    """Hedges' exact small-sample factor J (Hedges 1981), gamma ratio taken in logs."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def t_interval(estimate: float, se: float, df: float, level: float = LEVEL) -> tuple[float, float]:
    half = t_quantile((1 + level) / 2, df) * se
    return estimate - half, estimate + half
