"""Weights so unequal that a few people speak for all."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.guard.finding import Finding, Level
from analysis.guard.pair import WAVES, WavePair
from analysis.weighting.effective_size import EffectiveSize, effective_size, judge_weights


def check_weights(pair: WavePair) -> Iterator[Finding]:
    """May a headline stand on these weights?

    The worse wave by `judge_weights`: blocks above a design effect of 3 or under an effective n of
    60, flags above 1.5. Nothing is told of equal weights.
    """
    if pair.design.equal_weights:
        return
    sizes = [effective_size(weight) for weight in pair.weights()]
    levels = [judge_weights(size).outcome for size in sizes]
    worst: Level = next(level for level in ("blocks", "flags", "passes") if level in levels)
    numbers = {wave: _told(size) for wave, size in zip(WAVES, sizes, strict=True)}
    yield Finding("weights", worst, numbers=numbers)


def _told(size: EffectiveSize) -> dict[str, float]:
    return {"n": size.n, "n_eff": size.n_eff, "deff": size.deff}
