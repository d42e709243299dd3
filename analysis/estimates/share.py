"""The weighted share of one wave."""

from __future__ import annotations

import math

from analysis.design import Design
from analysis.estimates.estimate import CONSTANT, Estimate
from analysis.influence import Summary
from analysis.probability import LEVEL, beta_quantile, normal_quantile, t_quantile
from analysis.refusals import NotEstimable


def estimate_share(summary: Summary, variance: float, df: float, design: Design) -> Estimate:
    """What share of a wave chose these answers, and how sure is it?

    The interval is Wilson's for two simple random samples, else Korn and Graubard's with the
    variance and df of the influence engine. Shares lie in 0..1.
    Refuses an se when everyone chose alike (the interval stays), an interval when df < 1.
    Reference: Wilson (1927), JASA 22:209-212; Korn & Graubard (1998), Survey Methodology
    24:193-201. Checked against: R `prop.test` in O03, `svyciprop(method = "beta")` in O08e.
    """
    low: float | NotEstimable
    high: float | NotEstimable
    p = min(max(summary.estimate, 0.0), 1.0)
    unanimous = summary.n_nonzero in {0, summary.n}
    if design.is_simple_random:
        low, high = wilson_interval(p, summary.n)
    elif df < 1:
        low = high = NotEstimable("too few PSUs for an interval")
    elif unanimous:
        low, high = clopper_pearson_interval(round(p), _carriers(summary, design))
    elif variance == 0:
        low = high = CONSTANT
    else:
        low, high = korn_graubard_interval(p, variance, summary.n, df)
    se = CONSTANT if variance == 0 else math.sqrt(variance)
    return Estimate(p, se, low, high, summary.n, summary.n_eff, summary.n_nonzero)


def wilson_interval(p: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a share p of n answers (Wilson 1927).

    >>> low, high = wilson_interval(0.25, 172)
    >>> round(low, 6), round(high, 6)
    (0.191228, 0.319695)
    """
    z = normal_quantile((1 + level) / 2)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def korn_graubard_interval(
    p: float, variance: float, n: int, df: float, level: float = LEVEL
) -> tuple[float, float]:
    """Clopper-Pearson on the effective n that variance and df imply (Korn & Graubard 1998).

    n* = p (1 - p) / V x (t(n - 1) / t(df))^2, both t quantiles at (1 + level) / 2.
    """
    upper = (1 + level) / 2
    ratio = t_quantile(upper, n - 1) / t_quantile(upper, df)
    return clopper_pearson_interval(p, p * (1 - p) / variance * ratio**2, level)


def logit_interval(
    p: float, variance: float, df: float, level: float = LEVEL
) -> tuple[float, float]:
    """The t interval of log(p/(1 - p)), taken back to shares; 0 < p < 1 (R `svyciprop`, O08e)."""
    half = t_quantile((1 + level) / 2, df) * math.sqrt(variance) / (p * (1 - p))
    middle = math.log(p / (1 - p))
    low, high = (1 / (1 + math.exp(-x)) for x in (middle - half, middle + half))
    return low, high


def clopper_pearson_interval(p: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Exact interval for a share p of n answers; n need not be whole (Clopper & Pearson 1934)."""
    tail = (1 - level) / 2
    x = p * n
    low = 0.0 if x <= 0 else beta_quantile(tail, x, n - x + 1)
    high = 1.0 if x >= n else beta_quantile(1 - tail, x + 1, n - x)
    return low, high


def _carriers(summary: Summary, design: Design) -> float:
    """Where everyone answered alike no variance tells the effective n: count PSUs, or Kish's n."""
    return min(summary.n_eff, summary.psus(design))
