"""The answers of three and more waves, as every part of a trend takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from analysis.codebook import Codebook, match_codebooks
from analysis.comparisons.trend import Trend, compare_trend
from analysis.dataset import Wave
from analysis.design import Design, IntArray, label_waves
from analysis.exclusions import read_eligible
from analysis.outcomes import Outcome, values_in
from analysis.plan import Plan, read_plan
from analysis.refusals import NotEstimable, Refusal
from analysis.variance import DEFAULT, variance_named
from analysis.variance.protocol import Variance
from analysis.weighted_waves import sample_of
from analysis.weighting.wave_weights import WaveWeights, weigh_samples


@dataclass(frozen=True, slots=True)
class FieldedWave:
    """One wave's answers as CSV text. time: such as the month of its middle, counted from any."""

    label: str
    time: float
    text: str
    codebook: Codebook


@dataclass(frozen=True, slots=True)
class ManyWaves:
    """Waves in the order of time, with the weights that every estimate uses.

    names: what the facts of the initiative call them. labels: what people call them. own: each
    wave's whole codebook; codebook: the columns that mean the same in all.
    """

    names: tuple[str, ...]
    labels: tuple[Any, ...]
    times: tuple[float, ...]
    waves: tuple[Wave, ...]
    own: tuple[Codebook, ...]
    codebook: Codebook
    plan: Plan
    design: Design
    variance: Variance
    initiative: Mapping[str, Any] = field(default_factory=dict)

    def rows(self) -> list[IntArray]:
        """Of each wave, in the columns of all waves one below the other."""
        ends = accumulate((wave.n for wave in self.waves), initial=0)
        return [np.arange(start, end) for start, end in pairwise(ends)]

    def trend_of(self, outcome: Outcome) -> Trend | NotEstimable:
        values = np.concatenate([values_in(wave, outcome, self.codebook) for wave in self.waves])
        contrasts = self.plan.contrasts
        return compare_trend(
            values, self.rows(), self.times, self.design, self.variance, named=contrasts
        )


def read_many(
    fielded: Sequence[FieldedWave], plan: Mapping[str, Any] | None, variance: str | None
) -> ManyWaves:
    """Read and brought to the plan's population; refuses what `compare_many` names."""
    if len(fielded) < 3:  # noqa: PLR2004 - two waves are a comparison
        raise Refusal(f"trend: {len(fielded)} waves; give three or more, or compare two")
    labels = tuple(one.label for one in fielded)
    if len(set(labels)) < len(labels):
        raise Refusal(f"trend: two waves have one name ({', '.join(labels)}); name each its own")
    shared = reduce(match_codebooks, (one.codebook for one in fielded))
    checked = read_plan(plan, shared)
    if checked.comparison_areas:
        raise Refusal("trend: comparison_areas are for two waves; leave them out of the plan")
    every = {v.id for one in fielded for v in one.codebook.variables}
    waves = [
        read_eligible(one.label, one.text, one.codebook, checked, ignored=every).wave
        for one in fielded
    ]
    weighed = _weighed(waves, labels, shared, checked)
    method = variance_named(variance or checked.variance or DEFAULT)
    return ManyWaves(
        names=labels,
        labels=labels,
        times=tuple(one.time for one in fielded),
        waves=tuple(weighed),
        own=tuple(one.codebook for one in fielded),
        codebook=shared,
        plan=checked,
        design=labelled(weighed, labels, checked, method),
        variance=method,
    )


def labelled(waves: Sequence[Wave], names: Sequence[str], plan: Plan, variance: Variance) -> Design:
    design = label_waves(waves, names, plan.columns, plan.lonely_psu)
    variance.check(design)
    return design


def _weighed(
    waves: list[Wave], labels: Sequence[str], codebook: Codebook, plan: Plan
) -> list[Wave]:
    if plan.weighting is None:
        return waves
    margins = plan.weighting.margins(codebook)
    names = [margin.variable for margin in margins]
    samples = {
        label: sample_of(wave, names, codebook) for label, wave in zip(labels, waves, strict=True)
    }
    found = weigh_samples(samples, margins, plan.weighting.rule(codebook))
    if isinstance(found, NotEstimable):
        raise Refusal(f"trend: the population margins cannot be met ({found.reason})")
    return with_weights(waves, labels, found.weighed)


def with_weights(
    waves: Sequence[Wave], names: Sequence[str], weighed: Sequence[WaveWeights]
) -> list[Wave]:
    """Refuses weights that are too unequal to compare by."""
    for name, weights in zip(names, weighed, strict=True):
        if weights.judgement.outcome == "blocks":
            raise Refusal(
                f"{name}: the weights are too unequal to compare by ({weights.judgement.limit}); "
                "leave weighting out of the plan, or join levels"
            )
    pairs = zip(waves, weighed, strict=True)
    return [replace(wave, weight=weights.weights) for wave, weights in pairs]
