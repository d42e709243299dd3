"""Two waves under a plan, compared, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.codebook import Codebook
from analysis.compare import Compared, compare_outcomes
from analysis.dataset import read_wave
from analysis.design import label_design
from analysis.plan import read_plan
from analysis.sensitivity import Fieldwork
from analysis.variance import VARIANCES
from tests.unit.analysis.books import table

Columns = Mapping[str, Sequence[object]]


def fieldwork_of(
    codebook: Codebook,
    before: Columns,
    after: Columns,
    plan: Mapping[str, Any] | None = None,
    variance: str = "jackknife",
) -> Fieldwork:
    checked = read_plan(plan, codebook)
    waves = [
        read_wave(name, table(columns), codebook, checked.columns)
        for name, columns in (("before", before), ("after", after))
    ]
    design = label_design(waves[0], waves[1], checked.columns, checked.lonely_psu)
    return Fieldwork(waves[0], waves[1], codebook, checked, design, VARIANCES[variance])


def compared_of(fieldwork: Fieldwork) -> list[Compared]:
    return compare_outcomes(
        fieldwork.before,
        fieldwork.after,
        fieldwork.codebook,
        fieldwork.plan,
        fieldwork.design,
        fieldwork.variance,
    )


def primary_of(fieldwork: Fieldwork) -> Compared:
    return next(c for c in compared_of(fieldwork) if c.family == "primary")
