"""A small wave against a large one: chance calls more falls than rises, or the other way."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import Final

import numpy as np

from analysis.design import Design
from analysis.guard.finding import About, Finding
from analysis.guard.pair import WavePair
from analysis.influence import Influence, mean_influence, psu_totals
from analysis.outcomes import Outcome, outcome_values, outcomes_of
from analysis.probability import LEVEL, normal_quantile
from analysis.refusals import NotEstimable

HIGHEST_RATE: Final = 0.03


def check_uneven_waves(pair: WavePair) -> Iterator[Finding]:
    """Without any change, would a false "rose" or a false "fell" come up too often?

    For each main outcome `false_rates`. Flags where the higher one exceeds 3 % (2.5 % is meant).
    It takes answers that lean to one end and waves of very different size, or such weights.
    """
    main = [o for o in outcomes_of(pair.shared) if (o.id, o.measure) in pair.plan.primary]
    found = [finding for outcome in main if (finding := _finding(pair, outcome))]
    yield from found
    if main and not found:
        yield Finding("uneven_waves", "passes", numbers={"items": len(main)})


def false_rates(before: Influence, after: Influence, design: Design) -> tuple[float, float]:
    """How often would chance alone be called a rise, and how often a fall?

    The t statistic of a skewed mean leans the other way, and only equal waves cancel it. With g the
    skewness of the PSUs' influence, pooled over both waves (each times its number of PSUs k),
    G = g (1/k_after^2 - 1/k_before^2) / (1/k_before + 1/k_after)^1.5 and z = 1.96:
      P(rose) = .025 - (2 z^2 + 1)/6 G phi(z),   P(fell) = .025 + the same,
    the first term of the Edgeworth expansion of Student's t. Pooling steadies g and takes both
    waves to lean alike, as they do when nothing changed.
    Assumes PSUs drawn independently. Refuses nothing; rates stay within 0 and .5, and are .025
    where nothing varies.
    Reference: Hall (1992), The Bootstrap and Edgeworth Expansion, section 2.6.
    Checked against: simulation, see docs/coverage.md.
    """
    totals = [psu_totals(influence, design).values for influence in (before, after)]
    k_before, k_after = (len(part) for part in totals)
    pooled = np.concatenate([part * len(part) for part in totals])
    spread = float(np.square(pooled).mean())
    skewness = float(np.power(pooled, 3).mean()) / spread**1.5 if spread else 0.0
    leaning = skewness * (1 / k_after**2 - 1 / k_before**2) / (1 / k_before + 1 / k_after) ** 1.5
    z = normal_quantile((1 + LEVEL) / 2)
    tilt = (2 * z**2 + 1) / 6 * leaning * NormalDist().pdf(z)
    rates = (1 - LEVEL) / 2 - tilt, (1 - LEVEL) / 2 + tilt
    return min(max(rates[0], 0.0), 0.5), min(max(rates[1], 0.0), 0.5)


def _finding(pair: WavePair, outcome: Outcome) -> Finding | None:
    values = outcome_values(outcome, pair.before, pair.after, pair.shared)
    rows = np.arange(pair.before.n), pair.before.n + np.arange(pair.after.n)
    before, after = (mean_influence(values, part, pair.design) for part in rows)
    if isinstance(before, NotEstimable) or isinstance(after, NotEstimable):
        return None
    rose, fell = false_rates(before, after, pair.design)
    if max(rose, fell) <= HIGHEST_RATE:
        return None
    numbers = {"rate_rose": rose, "rate_fell": fell}
    return Finding("uneven_waves", "flags", About(outcome.id, outcome.title), numbers)
