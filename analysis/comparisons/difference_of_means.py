"""Effect size of a change in means: how large against how much people differ?"""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.comparisons.contrast import Change
from analysis.comparisons.difference import Effect
from analysis.design import Design
from analysis.influence import Summary
from analysis.probability import LEVEL, hedges_correction, noncentrality
from analysis.refusals import NotEstimable


def effects_of_means(
    before: Summary, after: Summary, change: Change | NotEstimable, design: Design
) -> Mapping[str, Effect | NotEstimable]:
    """How many standard deviations did the mean move?

    Simple random samples: Hedges' g = J d, d = diff / s_pooled, J the exact gamma ratio on
    n1 + n2 - 2; interval by inverting the noncentral t. Otherwise: weighted difference over the
    root of the pooled weighted variance, its interval = (interval of the difference) / SD, which
    treats the SD as known. Units: standard deviations. Assumes a spread that is alike in the waves.
    Refuses when every answer is the same.
    Reference: Hedges (1981), Journal of Educational Statistics 6:107-128; Steiger & Fouladi (1997).
    Checked against: R uniroot on `pt` in O01.
    """
    df = before.n + after.n - 2
    pooled = ((before.n - 1) * before.sd**2 + (after.n - 1) * after.sd**2) / df
    if isinstance(change, NotEstimable) or pooled <= 0:
        return {"hedges_g": NotEstimable("the change has no test, or answers do not vary")}
    sd = math.sqrt(pooled)
    if not design.is_simple_random:
        g = Effect(change.estimate / sd, change.ci_low / sd, change.ci_high / sd, "sd_as_known")
        return {"hedges_g": g}
    scale = math.sqrt(1 / before.n + 1 / after.n)
    unit = hedges_correction(df) * scale
    t = change.estimate / sd / scale
    low = noncentrality((1 + LEVEL) / 2, df, t)
    high = noncentrality((1 - LEVEL) / 2, df, t)
    if not math.isfinite(low) or not math.isfinite(high):
        return {"hedges_g": NotEstimable("the waves lie too many standard deviations apart")}
    return {"hedges_g": Effect(unit * t, unit * low, unit * high, "noncentral_t")}
