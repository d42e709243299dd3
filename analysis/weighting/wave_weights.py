"""Both waves brought to one population: all steps, with everything there is to own up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.collapse import Collapse, collapse_margin
from analysis.weighting.composition import CompositionRow, composition
from analysis.weighting.effective_size import (
    EffectiveSize,
    WeightJudgement,
    check_weights,
    effective_size,
    judge_weights,
)
from analysis.weighting.levels import (
    MOST_NOT_GIVEN,
    NOT_GIVEN,
    LevelArray,
    Target,
    share_not_given,
    target_of_wave,
)
from analysis.weighting.margins import Margin
from analysis.weighting.trimming import HIGHEST, LOWEST, UnmetMargin, rake_within_bounds

_TOO_SILENT: Final = (
    f"too many did not give it; above {100 * MOST_NOT_GIVEN:.0f} % it cannot be weighted by"
)
_ONE_LEVEL: Final = "too few people in all levels but one"


@dataclass(frozen=True, slots=True)
class WaveSample:
    """One wave before weighting: base weights (n,) and, per variable, levels (n,)."""

    base: FloatArray
    levels: Mapping[str, LevelArray]

    def gave_all(self, variables: Sequence[str]) -> NDArray[np.bool_]:
        """Who gave every one of these demographics: the rows of the sensitivity analysis."""
        given = np.ones(len(self.base), dtype=np.bool_)
        for variable in variables:
            given &= self.levels[variable] != NOT_GIVEN
        return given

    def only(self, rows: NDArray[np.bool_]) -> WaveSample:
        kept = {variable: levels[rows] for variable, levels in self.levels.items()}
        return WaveSample(self.base[rows], kept)


@dataclass(frozen=True, slots=True)
class WeightingRule:
    """What the plan says: bounds in means of the weights, neighbours to join first, by variable."""

    low: float = LOWEST
    high: float = HIGHEST
    neighbours: Mapping[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaveWeights:
    """Weights (n,) that average 1, what they were brought to, what they cost, what they missed."""

    weights: FloatArray
    targets: tuple[Target, ...]
    size: EffectiveSize
    judgement: WeightJudgement
    composition: tuple[CompositionRow, ...]
    trimmed_rounds: int
    unmet: tuple[UnmetMargin, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A margin that could not be used, and why."""

    variable: str
    reason: str

    @property
    def words(self) -> str:
        return f"{self.variable!r} was left out: {self.reason}"


@dataclass(frozen=True, slots=True)
class Weighting:
    """`used`: the margins weighted to, with the levels that were joined; `left_out`: the others."""

    before: WaveWeights
    after: WaveWeights
    used: tuple[Collapse, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """Every margin left out and every level joined, in words."""
        joined = (f"{c.margin.variable!r}: joined {label}" for c in self.used for label in c.joined)
        return (*(margin.words for margin in self.left_out), *joined)


def weigh_waves(
    before: WaveSample,
    after: WaveSample,
    margins: Sequence[Margin],
    rule: WeightingRule | None = None,
) -> Weighting | NotEstimable:
    """Which weights make both waves look like the same population?

    The same population shares serve both waves, else a drift in who answers looks like change.
    Margins that over 20 % did not give in some wave are left out; small levels are joined, the same
    in both waves (`collapse_margin`); "not given" is a level with its own share (`target_of_wave`);
    then raking within bounds (`rake_within_bounds`) in each wave.

    Assumes that, within the margins' levels, those who answer are like those who do not.
    Refuses (`Refusal`): no margin, a margin whose variable a wave does not have, base weights that
    are not finite and above zero. Refuses (`NotEstimable`): no margin left; margins that contradict
    each other in a wave. Weights that are too wild are returned with a judgement that blocks.
    Reference: Deming & Stephan (1940), Annals of Mathematical Statistics 11:427-444; own rules for
    what was not given. Checked against: R `rake` (O09a), and properties.

    >>> sex = Margin("sex", ("F", "M"), np.array([0.5, 0.5]))
    >>> levels = {"sex": np.repeat([0, 1], [60, 40])}
    >>> sample = WaveSample(np.ones(100), levels)
    >>> both = weigh_waves(sample, sample, [sex])
    >>> round(both.after.size.n_eff, 6)
    96.0
    """
    found = weigh_samples({"before": before, "after": after}, margins, rule)
    if isinstance(found, NotEstimable):
        return found
    first, second = found.weighed
    return Weighting(first, second, found.used, found.left_out)


@dataclass(frozen=True, slots=True)
class WeightedSamples:
    """`weighed`: one a sample, in their order; `used` and `left_out` as in `Weighting`."""

    weighed: tuple[WaveWeights, ...]
    used: tuple[Collapse, ...]
    left_out: tuple[LeftOut, ...]


def weigh_samples(
    samples: Mapping[str, WaveSample],
    margins: Sequence[Margin],
    rule: WeightingRule | None = None,
) -> WeightedSamples | NotEstimable:
    """Which weights make all these samples look like one population? See `weigh_waves`."""
    rule = rule or WeightingRule()
    if not margins:
        raise Refusal("weighting: there is no margin; give at least one")
    _check(samples, margins)
    _check_neighbours(rule, margins)
    found = [(margin, _usable(margin, tuple(samples.values()), rule)) for margin in margins]
    used = tuple(usable for _, usable in found if isinstance(usable, Collapse))
    left_out = tuple(reason for _, reason in found if isinstance(reason, LeftOut))
    if not used:
        words = "; ".join(margin.words for margin in left_out)
        return NotEstimable(f"no margin is left to weight by: {words}")
    weighed = _weigh_each(samples, used, rule)
    if isinstance(weighed, NotEstimable):
        return weighed
    return WeightedSamples(weighed, used, left_out)


def weigh_like(
    samples: Mapping[str, WaveSample], used: Sequence[Collapse], rule: WeightingRule
) -> tuple[WaveWeights, ...] | NotEstimable:
    """Which weights bring further samples to a population whose levels are settled already?

    used: of the samples weighed before, see `WeightedSamples`. Refuses (`NotEstimable`): a margin
    that over 20 % did not give; margins that contradict each other in a sample.
    """
    for name, sample in samples.items():
        check_weights(sample.base)
        for variable in (collapse.margin.variable for collapse in used):
            if share_not_given(sample.levels[variable], sample.base) > MOST_NOT_GIVEN:
                return NotEstimable(f"{name}: {LeftOut(variable, _TOO_SILENT).words}")
    return _weigh_each(samples, used, rule)


def _weigh_each(
    samples: Mapping[str, WaveSample], used: Sequence[Collapse], rule: WeightingRule
) -> tuple[WaveWeights, ...] | NotEstimable:
    weighed = []
    for name, sample in samples.items():
        weights = _weigh(sample, used, rule)
        if isinstance(weights, NotEstimable):
            return NotEstimable(f"{name}: {weights.reason}")
        weighed.append(weights)
    return tuple(weighed)


def _check(samples: Mapping[str, WaveSample], margins: Sequence[Margin]) -> None:
    for name, sample in samples.items():
        check_weights(sample.base)
        for margin in margins:
            if margin.variable not in sample.levels:
                raise Refusal(
                    f"weighting: the wave {name!r} has no {margin.variable!r}; leave the margin "
                    "out, or ask the question in both waves"
                )
            levels, k = sample.levels[margin.variable], len(margin.labels)
            wrong = np.flatnonzero((levels < NOT_GIVEN) | (levels >= k))
            if wrong.size:
                raise Refusal(
                    f"weighting: {name}, {margin.variable!r}, row {wrong[0]}: the level "
                    f"{levels[wrong[0]]} is none of the margin's {k}; give 0 to {k - 1}, or "
                    f"{NOT_GIVEN} for not given"
                )


def _check_neighbours(rule: WeightingRule, margins: Sequence[Margin]) -> None:
    unknown = rule.neighbours.keys() - {margin.variable for margin in margins}
    if unknown:
        raise Refusal(
            f"weighting: the plan names neighbours for {min(unknown)!r}, which has no margin; "
            "correct the plan"
        )


def _usable(
    margin: Margin, samples: Sequence[WaveSample], rule: WeightingRule
) -> Collapse | LeftOut:
    """The margin with its levels joined, the same in each wave."""
    columns = [sample.levels[margin.variable] for sample in samples]
    silent = max(
        share_not_given(levels, sample.base)
        for levels, sample in zip(columns, samples, strict=True)
    )
    if silent > MOST_NOT_GIVEN:
        return LeftOut(margin.variable, _TOO_SILENT)
    counts = [
        np.bincount(levels[levels != NOT_GIVEN], minlength=len(margin.labels)) for levels in columns
    ]
    collapse = collapse_margin(margin, counts, rule.neighbours.get(margin.variable, ()))
    if len(collapse.groups) == 1:
        return LeftOut(margin.variable, _ONE_LEVEL)
    return collapse


def _weigh(
    sample: WaveSample, used: Sequence[Collapse], rule: WeightingRule
) -> WaveWeights | NotEstimable:
    base = sample.base
    targets = tuple(
        target_of_wave(
            c.margin.variable,
            c.margin.labels,
            c.levels(sample.levels[c.margin.variable]),
            c.margin.shares,
            base,
        )
        for c in used
    )
    bounded = rake_within_bounds(base, targets, rule.low, rule.high)
    if isinstance(bounded, NotEstimable):
        return bounded
    size = effective_size(bounded.weights)
    return WaveWeights(
        weights=bounded.weights,
        targets=targets,
        size=size,
        judgement=judge_weights(size),
        composition=tuple(
            row for target in targets for row in composition(target, base, bounded.weights)
        ),
        trimmed_rounds=bounded.trimmed_rounds,
        unmet=bounded.unmet,
    )
