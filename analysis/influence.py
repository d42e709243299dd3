"""The engine: one influence value a respondent for every estimate, added up over PSUs in strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.refusals import NotEstimable
from analysis.tally import dot, summed

FEWEST_ANSWERS: Final = 2  # one answer says nothing about how answers vary
_ROUNDING: Final = 1e-13


class Summary(Protocol):
    """What one wave's answers come to, without the rows that carry it; see `Influence`."""

    @property
    def estimate(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def n_eff(self) -> float: ...
    @property
    def sd(self) -> float: ...
    @property
    def n_nonzero(self) -> int: ...

    def psus(self, design: Design) -> int:
        """How many PSUs hold an answer."""


@dataclass(frozen=True, slots=True)
class Influence:
    """An estimate with the rows that carry it. Rows outside have influence 0 and are not listed.

    rows: (m,) positions in the design. values: (m,) u_i, in units of the outcome. shares: (m,) h_i,
    row i's share of the estimate's weight. n_eff: Kish's effective n. sd: weighted standard
    deviation of the outcome. n_nonzero: rows whose outcome is not 0.
    """

    estimate: float
    rows: IntArray
    values: FloatArray
    shares: FloatArray
    n_eff: float
    sd: float
    n_nonzero: int

    @property
    def n(self) -> int:
        return len(self.rows)

    def psus(self, design: Design) -> int:
        return len(psu_totals(self, design).psu)


@dataclass(frozen=True, slots=True)
class PsuTotals:
    """Influence and weight share summed over each PSU that holds a row of the estimate."""

    psu: IntArray
    values: FloatArray
    shares: FloatArray


def mean_influence(outcome: FloatArray, rows: IntArray, design: Design) -> Influence | NotEstimable:
    """How much does each respondent move the weighted mean of an outcome?

    m = sum w_i y_i / W over the rows with an outcome,  u_i = w_i (y_i - m) / W,  h_i = w_i / W,
    n_eff = W^2 / sum w_i^2 (Kish 1965),  sd^2 = n/(n-1) sum w_i (y_i - m)^2 / W.

    outcome: (N,) over both waves, NaN where missing. rows: the domain (a wave, or a group in a
    wave); a row without an outcome leaves the estimate and not its stratum: nothing is filtered.
    Assumes weights that are fixed (not random). Refuses (`NotEstimable`): fewer than two answers.
    Reference: Binder (1983), International Statistical Review 51:279-292; Woodruff (1971), JASA
    66:411-414. Checked against: R `svymean`, `svyttest` in O01b, O08a, O08f.
    """
    values = outcome[rows]
    answered = ~np.isnan(values)
    rows, values = rows[answered], values[answered]
    n = len(rows)
    if n < FEWEST_ANSWERS:
        return too_few_answers(n)
    weight = design.weight[rows]
    total = weight.sum()
    shares = weight / total
    mean = float(dot(weight, values) / total)
    deviation = values - mean
    influence = shares * deviation
    return Influence(
        estimate=mean,
        rows=rows,
        values=influence,
        shares=shares,
        n_eff=1 / dot(shares, shares),
        sd=float(np.sqrt(n / (n - 1) * dot(influence, deviation))),
        n_nonzero=int(np.count_nonzero(values)),
    )


def too_few_answers(n: int) -> NotEstimable:
    return NotEstimable("no answer" if n == 0 else "one answer only")


def is_rounding(variance: float, *estimates: Summary) -> bool:
    """A variance that is nothing but the rounding of equal numbers: no spread was seen."""
    size = sum(abs(e.estimate) + e.sd for e in estimates)
    return variance <= (_ROUNDING * size) ** 2


def psu_totals(influence: Influence, design: Design) -> PsuTotals:
    """Influence summed over PSUs; a respondent who is a PSU needs no sum."""
    if design.respondent_is_psu:
        return PsuTotals(influence.rows, influence.values, influence.shares)
    psu = design.psu[influence.rows]
    size = len(design.stratum_of_psu)
    present = np.flatnonzero(np.bincount(psu, minlength=size))
    return PsuTotals(
        psu=present,
        values=summed(psu, influence.values, size)[present],
        shares=summed(psu, influence.shares, size)[present],
    )


def design_df(rows: Sequence[IntArray], design: Design) -> int:
    """PSUs minus strata among the PSUs that hold any of these rows."""
    is_plain = design.respondent_is_psu and design.is_one_stratum_a_wave
    if is_plain and design.lie_in_waves_of_their_own(rows):
        return sum(len(r) for r in rows) - len(rows)
    psus = held_psus([design.psu[r] for r in rows], design)
    strata = np.count_nonzero(np.bincount(design.stratum_of_psu[psus]))
    return int(len(psus) - strata)


def held_psus(psus: Sequence[IntArray], design: Design) -> IntArray:
    """The PSUs that occur, each once, in their order."""
    is_held = np.zeros(len(design.stratum_of_psu), dtype=np.bool_)
    for some in psus:
        is_held[some] = True
    return np.flatnonzero(is_held)
