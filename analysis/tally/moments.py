"""What the answers of each group come to, from a tally instead of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.influence import FEWEST_ANSWERS, Summary, too_few_answers
from analysis.refusals import NotEstimable
from analysis.tally.table import Tally


@dataclass(frozen=True, slots=True)
class CountedSummary:
    """A `Summary` of respondents who are each their own PSU."""

    estimate: float
    n: int
    n_eff: float
    sd: float
    n_nonzero: int

    def psus(self, design: Design) -> int:
        del design
        return self.n


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the answers y of each group; h strata, g groups, c categories with an answer.

    n, total (W), squared (sum of w^2), mean, spread (sum of w (y - m)^2), nonzero: (g,).
    valid: which of the tally's categories these are. deviation (y - m): (g, c). members, answered,
    weight: (h, g), people, answers and their weight. first (sum of w (y - m) / W) and second (sum
    of its squares): (h, g).
    """

    valid: NDArray[np.bool_]
    n: FloatArray
    nonzero: FloatArray
    total: FloatArray
    squared: FloatArray
    mean: FloatArray
    spread: FloatArray
    deviation: FloatArray
    members: FloatArray
    answered: FloatArray
    weight: FloatArray
    first: FloatArray
    second: FloatArray

    def summary(self, group: int) -> Summary | NotEstimable:
        n = int(self.n[group])
        if n < FEWEST_ANSWERS:
            return too_few_answers(n)
        total = float(self.total[group])
        return CountedSummary(
            estimate=float(self.mean[group]),
            n=n,
            n_eff=total**2 / float(self.squared[group]),
            sd=float(np.sqrt(n / (n - 1) * self.spread[group] / total)),
            n_nonzero=int(self.nonzero[group]),
        )


def moments_of(tally: Tally, values: FloatArray) -> Moments:
    """What do the answers of each group come to, as a mean?

    m = sum W_c y_c / W over the categories c with an answer; n_eff, sd and the sums that variances
    are made of, as in `mean_influence`. values: (categories,) y, NaN where it is missing.
    Refuses nothing: a group without answers has n = 0.
    """
    valid = ~np.isnan(values)
    y = values[valid]
    n = tally.n.sum(axis=2)
    answers = n[:, :, valid]
    weight, squared = (t.sum(axis=2)[:, :, valid] for t in (tally.weight, tally.weight_squared))
    by_category = weight.sum(axis=0)
    total = by_category.sum(axis=1)
    held = np.where(total > 0, total, 1.0)
    mean = (by_category * y).sum(axis=1) / held
    deviation = y - mean[:, None]
    return Moments(
        valid=valid,
        n=answers.sum(axis=(0, 2)),
        nonzero=answers[:, :, y != 0].sum(axis=(0, 2)),
        total=total,
        squared=squared.sum(axis=(0, 2)),
        mean=mean,
        spread=(by_category * deviation**2).sum(axis=1),
        deviation=deviation,
        members=n.sum(axis=2),
        answered=answers.sum(axis=2),
        weight=weight.sum(axis=2),
        first=(weight * deviation).sum(axis=2) / held,
        second=(squared * deviation**2).sum(axis=2) / held**2,
    )
