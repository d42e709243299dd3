"""The answers of both waves, parted into the initiative's areas and the comparison areas."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook
from analysis.dataset import Wave, read_wave
from analysis.eligibility import ComparisonAreas
from analysis.exclusions import EligibleWave, without_rows
from analysis.plan import Plan
from analysis.refusals import NotEstimable, Refusal

Mask = NDArray[np.bool_]
_NAMES = ("before", "after")


@dataclass(frozen=True, slots=True)
class SplitWaves:
    """before and after of each part. n_untold: people who did not say where they live.

    comparison: a reason where a wave has nobody there.
    """

    initiative: tuple[Wave, Wave]
    comparison: tuple[Wave, Wave] | NotEstimable
    n_untold: tuple[int, int]


def split_waves(
    waves: Sequence[EligibleWave],
    codebooks: Sequence[Codebook],
    plan: Plan,
    areas: ComparisonAreas,
    *,
    ignored: Collection[str] = (),
) -> SplitWaves:
    """Who lives where the initiative is, and who where it is not?

    waves, codebooks: before, then after. Who lives in no area that is known belongs to neither
    part. Refuses (`Refusal`): an area that stands in neither wave; a wave with nobody where the
    initiative is.
    """
    _refuse_unknown(waves, areas)
    here, there, untold = [], [], []
    for name, eligible, codebook in zip(_NAMES, waves, codebooks, strict=True):
        elsewhere, nowhere = _places(eligible.wave, areas)
        read = _Reading(name, eligible.text, codebook, plan, ignored)
        here.append(read.here(elsewhere | nowhere, areas))
        if elsewhere.any():
            there.append(read.only(elsewhere))
        untold.append(int(nowhere.sum()))
    comparison = (
        (there[0], there[1])
        if len(there) == len(_NAMES)
        else NotEstimable("nobody answered in the comparison areas in one of the waves")
    )
    return SplitWaves((here[0], here[1]), comparison, (untold[0], untold[1]))


def initiative_part(
    name: str,
    eligible: EligibleWave,
    codebook: Codebook,
    plan: Plan,
    areas: ComparisonAreas,
    *,
    ignored: Collection[str] = (),
) -> Wave:
    """Who of one wave lives where the initiative is; refuses (`Refusal`) where nobody does."""
    elsewhere, nowhere = _places(eligible.wave, areas)
    read = _Reading(name, eligible.text, codebook, plan, ignored)
    return read.here(elsewhere | nowhere, areas)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One wave's text, to be read in part."""

    name: str
    text: str
    codebook: Codebook
    plan: Plan
    ignored: Collection[str]

    def here(self, outside: Mask, areas: ComparisonAreas) -> Wave:
        if outside.all():
            raise Refusal(
                f"{self.name}: column {areas.column!r} has nobody in the initiative's areas; "
                "correct comparison_areas in the plan, or leave it out"
            )
        return self.only(~outside)

    def only(self, kept: Mask) -> Wave:
        text = without_rows(self.text, ~kept)
        return read_wave(self.name, text, self.codebook, self.plan.columns, ignored=self.ignored)


def _places(wave: Wave, areas: ComparisonAreas) -> tuple[Mask, Mask]:
    """In a comparison area; in no area that is known."""
    if areas.column not in wave.coded:
        there = np.isin(wave.labels["area"], areas.levels)
        return there, np.zeros(wave.n, dtype=np.bool_)
    chosen = wave.coded[areas.column].indicator(map(int, areas.levels))
    return chosen == 1, np.isnan(chosen)


def _refuse_unknown(waves: Sequence[EligibleWave], areas: ComparisonAreas) -> None:
    if areas.column in waves[0].wave.coded:
        return
    held = sorted({str(x) for eligible in waves for x in eligible.wave.labels["area"]})
    for level in areas.levels:
        if level not in held:
            raise Refusal(
                f"plan: comparison_areas names {level!r}, which stands in neither wave's column "
                f"{areas.column!r}; it has {', '.join(held[:20])}"
            )
