"""Fisher's exact test of two shares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.comparisons.method import Answers, Method, MethodComparison, independent
from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable

_TIE: Final = 1 + 1e-7


@dataclass(frozen=True, slots=True)
class TwoShares:
    """How many of how many said yes, before and after."""

    yes_before: int
    n_before: int
    yes_after: int
    n_after: int

    @property
    def n(self) -> tuple[int, int]:
        return self.n_before, self.n_after


def fisher(table: TwoShares) -> MethodComparison | NotEstimable:
    """How often would chance alone deal the yeses out at least this unevenly?

    With the number of yeses and the sizes of both waves held, the yeses after are hypergeometric;
    p is the sum of all chances that are not above the one seen (within 1e-7, as in R). `estimate`
    is the sample's odds ratio, where it is finite and above 0.
    Assumes two independent simple random samples. Errs on the safe side when samples are small.
    Refuses (`NotEstimable`): an empty wave; everyone alike.
    Reference: Fisher (1935), JRSS 98:39-82. Checked against: R `fisher.test` (O03), scipy on the
    Sao Paulo panel.

    >>> round(fisher(TwoShares(2, 10, 8, 10)).p, 4)
    0.023
    """
    yes, n = table.yes_before + table.yes_after, sum(table.n)
    if min(table.n) < 1:
        return NotEstimable("a wave has no answer")
    if yes in {0, n}:
        return NotEstimable("every answer is the same")
    least, most = max(0, yes - table.n_before), min(yes, table.n_after)
    dealt = np.arange(least, most + 1)
    chance = _chances(dealt, yes, table)
    seen = chance[table.yes_after - least]
    ratio = sample_odds_ratio(table)
    return MethodComparison(
        n=table.n,
        p=min(1.0, float(chance[chance <= seen * _TIE].sum())),
        unit=None if ratio is None else "odds",
        estimate=ratio,
    )


def sample_odds_ratio(table: TwoShares) -> float | None:
    """Odds of yes after over those before; None where an odds is 0 or has no end."""
    cells = (
        table.yes_after * (table.n_before - table.yes_before),
        table.yes_before * (table.n_after - table.yes_after),
    )
    return None if 0 in cells else cells[0] / cells[1]


def two_shares(answers: Answers) -> TwoShares:
    before, after = answers.waves
    return TwoShares(int(before.sum()), len(before), int(after.sum()), len(after))


def _chances(dealt: NDArray[np.integer], yes: int, table: TwoShares) -> FloatArray:
    """Hypergeometric, in logarithms; they add up to 1."""
    logs = (
        _log_choose(table.n_after, dealt)
        + _log_choose(table.n_before, yes - dealt)
        - _log_choose(sum(table.n), np.array([yes]))
    )
    return np.asarray(np.exp(logs))


def _log_choose(n: int, k: NDArray[np.integer]) -> FloatArray:
    return np.array([math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) for i in k])


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return fisher(two_shares(answers))


METHOD: Final = Method(
    name="fisher",
    question="How often would chance alone give shares at least this far apart?",
    reference="Fisher (1935), Journal of the Royal Statistical Society 98:39-82",
    beside=("share",),
    applies=independent,
    compare=_compare,
)
