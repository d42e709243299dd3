"""The groups that a plan asks to see by themselves, and their people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, Text
from analysis.comparisons.difference import Domain
from analysis.dataset import LabelArray, Wave
from analysis.plan import Plan


@dataclass(frozen=True, slots=True)
class Group:
    """The people who gave one answer to a background question (or live in one area)."""

    variable: str
    code: int | str
    label: Text


def domains_of(
    before: Wave, after: Wave, codebook: Codebook, plan: Plan
) -> Iterable[tuple[Group | None, Domain]]:
    """Everyone first, then each group of each subgroup variable, in the plan's order."""
    yield None, Domain(np.arange(before.n), before.n + np.arange(after.n))
    for variable in plan.subgroups:
        if variable in before.coded and variable in after.coded:
            yield from _categories(variable, before, after, codebook)
        else:
            yield from _areas(variable, before.labels["area"], after.labels["area"])


def people_by_area(before: Wave, after: Wave, plan: Plan) -> dict[str, Any] | None:
    """How many answered in each area? None where areas are a question, or no breakdown.

    Returns the plan's column and, by wave, people by name of area.
    """
    column = plan.columns.area
    if column not in plan.subgroups or "area" not in before.labels or column in before.coded:
        return None
    labels = {"before": before.labels["area"], "after": after.labels["area"]}
    names = sorted({*map(str, labels["before"]), *map(str, labels["after"])})
    return {
        "variable": column,
        "waves": {
            wave: {name: int((found == name).sum()) for name in names}
            for wave, found in labels.items()
        },
    }


def _categories(
    variable: str, before: Wave, after: Wave, codebook: Codebook
) -> Iterable[tuple[Group, Domain]]:
    columns = before.coded[variable], after.coded[variable]
    for category in codebook.variable(variable).categories:
        if not category.is_missing:
            held = [column.index == column.codes.index(category.code) for column in columns]
            yield Group(variable, category.code, category.label), _domain(*held)


def _areas(column: str, before: LabelArray, after: LabelArray) -> Iterable[tuple[Group, Domain]]:
    for name in map(str, np.unique(np.concatenate([before, after]))):
        yield Group(column, name, {"en": name}), _domain(before == name, after == name)


def _domain(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Domain:
    return Domain(np.flatnonzero(before), len(before) + np.flatnonzero(after))
