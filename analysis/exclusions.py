"""People outside the population, left out before anything is counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook
from analysis.dataset import Wave, read_wave
from analysis.plan import Plan
from analysis.refusals import Refusal


@dataclass(frozen=True, slots=True)
class EligibleWave:
    """A wave without those whom the plan leaves out, its CSV text, and how many these were."""

    wave: Wave
    text: str
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
        return EligibleWave(wave, text, 0)
    out = left_out(wave, plan)
    if out.all():
        columns = ", ".join(map(repr, plan.exclusions))
        raise Refusal(f"{name}: nobody is left after the plan's exclusions by {columns}")
    kept = without_rows(text, out)
    eligible = read_wave(name, kept, codebook, plan.columns, ignored=ignored)
    return EligibleWave(eligible, kept, int(out.sum()))


def left_out(wave: Wave, plan: Plan) -> NDArray[np.bool_]:
    """Which of the respondents gave a code that the plan excludes; refuses nothing."""
    out = np.zeros(wave.n, dtype=np.bool_)
    for column, codes in plan.exclusions.items():
        out |= wave.coded[column].indicator(codes) == 1
    return out


def without_rows(text: str, out: NDArray[np.bool_]) -> str:
    """The CSV text of a wave less some of its rows, blank lines not counted."""
    heading, *rows = (row for row in csv.reader(io.StringIO(text, newline="")) if row)
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(row for row, leaves in zip(rows, out.tolist(), strict=True) if not leaves)
    return kept.getvalue()
