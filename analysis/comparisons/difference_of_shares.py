"""Effect size of a change in shares: the difference itself, in proportion points."""

from __future__ import annotations

import math
from collections.abc import Mapping

from analysis.comparisons.contrast import Change
from analysis.comparisons.difference import Effect
from analysis.design import Design
from analysis.estimates.share import wilson_interval
from analysis.influence import Summary
from analysis.refusals import NotEstimable


def effects_of_shares(
    before: Summary, after: Summary, change: Change | NotEstimable, design: Design
) -> Mapping[str, Effect | NotEstimable]:
    """By how much did the share move?

    p_after - p_before; interval by Newcombe's hybrid score for two simple random samples, else the
    design-based t interval of the change. Units: proportion (0.05 = 5 percentage points).
    Refuses when neither interval can be had.
    Reference: Newcombe (1998), Statistics in Medicine 17:873-890, method 10.
    Checked against: R `prop.test` (Wilson) combined, case O03.
    """
    if design.is_simple_random:
        low, high = newcombe_interval((before.estimate, before.n), (after.estimate, after.n))
        estimate = after.estimate - before.estimate
        return {"risk_difference": Effect(estimate, low, high, "newcombe")}
    if isinstance(change, NotEstimable):
        return {"risk_difference": change}
    effect = Effect(change.estimate, change.ci_low, change.ci_high, "design_t")
    return {"risk_difference": effect}


def newcombe_interval(before: tuple[float, int], after: tuple[float, int]) -> tuple[float, float]:
    """95 % hybrid score interval of (share, n) after minus (share, n) before (Newcombe 1998).

    >>> low, high = newcombe_interval((0.25, 172), (64 / 161, 161))
    >>> round(low, 6), round(high, 6)
    (0.047051, 0.244489)
    """
    p1, p2 = before[0], after[0]
    low1, high1 = wilson_interval(*before)
    low2, high2 = wilson_interval(*after)
    return (
        p2 - p1 - math.hypot(p2 - low2, high1 - p1),
        p2 - p1 + math.hypot(high2 - p2, p1 - low1),
    )
