"""Who answered, beside who lives there: before and after weighting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.dataset import FloatArray
from analysis.weighting.levels import Target


@dataclass(frozen=True, slots=True)
class CompositionRow:
    """One level of one variable in one wave; shares of all respondents, `target` as weighted to."""

    variable: str
    label: str
    n: int
    unweighted: float
    base_weighted: float
    target: float
    weighted: float


def composition(
    target: Target, base: FloatArray, weights: FloatArray
) -> tuple[CompositionRow, ...]:
    """How far was the sample from the population, and how far is it after weighting?

    Per level: respondents, their share, their base-weighted share, the target, the weighted share.
    base, weights: (n,). Refuses as `Target.check_rows`.

    >>> sex = Target("sex", ("F", "M"), np.array([0, 0, 0, 1]), np.array([0.5, 0.5]))
    >>> row = composition(sex, np.ones(4), np.array([2 / 3, 2 / 3, 2 / 3, 2]))[1]
    >>> row.n, row.unweighted, row.target, row.weighted
    (1, 0.25, 0.5, 0.5)
    """
    target.check_rows(base)
    target.check_rows(weights)
    n = np.bincount(target.levels, minlength=len(target.labels))
    columns = (
        n,
        n / len(base),
        target.shares_under(base),
        target.shares,
        target.shares_under(weights),
    )
    return tuple(
        CompositionRow(target.variable, label, int(people), *map(float, shares))
        for label, people, *shares in zip(target.labels, *columns, strict=True)
    )
