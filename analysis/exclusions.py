"""People outside the population, left out before anything is counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analysis.codebook import Codebook
from analysis.dataset import Wave, read_wave
from analysis.plan import Plan
from analysis.refusals import Refusal


@dataclass(frozen=True, slots=True)
class EligibleWave:
    """A wave without those whom the plan leaves out, and how many these were."""

    wave: Wave
    n_excluded: int


def read_eligible(
    name: str, text: str, codebook: Codebook, plan: Plan, *, ignored: Collection[str] = ()
) -> EligibleWave:
    """What did the respondents of one wave answer who belong to the population?

    `read_wave`, then without every row that gave a code which the plan excludes. Who did not answer
    that question stays. Whole rows go, so that they carry no weight either; plans with strata or
    PSUs may not exclude (`read_plan`).
    Refuses (`Refusal`): what `read_wave` refuses; a wave of which nobody is left.
    """
    wave = read_wave(name, text, codebook, plan.columns, ignored=ignored)
    if not plan.exclusions:
        return EligibleWave(wave, 0)
    out = np.zeros(wave.n, dtype=np.bool_)
    for column, codes in plan.exclusions.items():
        out |= wave.coded[column].indicator(codes) == 1
    if out.all():
        columns = ", ".join(map(repr, plan.exclusions))
        raise Refusal(f"{name}: nobody is left after the plan's exclusions by {columns}")
    kept = _without(text, out.tolist())
    eligible = read_wave(name, kept, codebook, plan.columns, ignored=ignored)
    return EligibleWave(eligible, int(out.sum()))


def _without(text: str, out: list[bool]) -> str:
    heading, *rows = (row for row in csv.reader(io.StringIO(text, newline="")) if row)
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(row for row, leaves in zip(rows, out, strict=True) if not leaves)
    return kept.getvalue()
