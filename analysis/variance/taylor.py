"""Taylor linearisation: R's `survey`, digit for digit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.influence import Influence, PsuTotals, design_df, psu_totals
from analysis.tally import dot, products, summed


class Taylor:
    """How far would the estimates vary over samples, to first order in the influence of each PSU?

    V = sum_h n_h/(n_h - 1) (1 - f_h) sum_c (z_hc - zbar_h)(z_hc - zbar_h)',  z_hc = sum of u_i over
    PSU c of stratum h, f_h = n_h/N_h (0 without fpc). A PSU without a row of the domain counts with
    z = 0. Units drawn inside PSUs add what `SecondStage` says, times f_h. df of a mean: PSUs -
    strata; of a contrast of k means k - 1 less (R's `svyttest`, `svyglm`).

    A stratum with one PSU has no n_h/(n_h - 1); where the plan allows it: `certainty` adds nothing,
    `adjust` adds z^2 (centred on the population's mean influence, 0), `average` adds the mean
    contribution of the other strata.
    Assumes PSUs drawn independently within strata (with fpc: without replacement).
    Reference: Binder (1983), International Statistical Review 51:279-292.
    Checked against: R survey 4.1.1, cases O01b, O06, O07a-c (fpc, two stages), O08a, O08f, O11.
    """

    def check(self, design: Design) -> None:
        """Every labelled design is covered."""

    def covariance(self, influences: Sequence[Influence], design: Design) -> FloatArray:
        independent = design.lie_in_waves_of_their_own([i.rows for i in influences])
        if independent and not design.waves_share_psus and design.second_stage is None:
            return np.diag([_alone(psu_totals(i, design), design) for i in influences])
        return linearised_covariance(_by_row(influences, len(design.weight)), design)

    def df_of_estimate(self, influence: Influence, members: IntArray, design: Design) -> float:
        del influence
        return design_df([members], design)

    def df_of_contrast(
        self, influences: Sequence[Influence], variances: FloatArray, design: Design
    ) -> float:
        del variances
        return design_df([i.rows for i in influences], design) + 1 - len(influences)


def _alone(totals: PsuTotals, design: Design) -> float:
    """One variance from the PSUs present; the absent ones of a stratum lie at zero.

    The influences on a mean add up to 0: in a stratum that holds them all they are centred already.
    """
    if design.is_one_stratum_a_wave:
        h = design.stratum_of_psu[totals.psu[0]]
        return float(stratum_factor(design)[h] * dot(totals.values, totals.values))
    strata = len(design.psus_in_stratum)
    stratum = design.stratum_of_psu[totals.psu]
    n = design.psus_in_stratum
    centre = summed(stratum, totals.values, strata) / n
    centre[centred_on_zero(design)] = 0.0
    present = np.bincount(stratum, minlength=strata)
    spread = summed(stratum, (totals.values - centre[stratum]) ** 2, strata)
    spread += (n - present) * centre**2
    return float(stratum_factor(design) @ spread) * averaging(design)


def linearised_covariance(influence: FloatArray, design: Design) -> FloatArray:
    """How do k estimates vary together, given the influence of every row on each?

    influence: (rows of the design, k), 0 outside the domain. Returns (k, k); formula, assumptions
    and lonely PSUs as `Taylor`. Refuses nothing: `label_waves` has refused what cannot be had.
    Reference: Binder (1983), International Statistical Review 51:279-292. Checked against: R
    `svyglm`, `svychisq` and `svyolr` in O07a-c, O08b, O08d, O08g, O11, O12.
    """
    stratum = design.stratum_of_psu
    strata = len(design.psus_in_stratum)
    centred = np.empty((influence.shape[1], len(stratum)))
    for j in range(influence.shape[1]):
        total = _psu_sums(influence[:, j], design)
        centre = summed(stratum, total, strata) / design.psus_in_stratum
        centre[centred_on_zero(design)] = 0.0
        centred[j] = total - centre[stratum]
    covariance = products(centred * stratum_factor(design)[stratum], centred) * averaging(design)
    if design.second_stage is None:
        return covariance
    within = design.second_stage.spread_within(influence)
    return np.asarray(
        covariance + np.einsum("c,cij->ij", design.sampling_fraction[stratum], within)
    )


def _psu_sums(influence: FloatArray, design: Design) -> FloatArray:
    if design.respondent_is_psu:
        return influence
    return summed(design.psu, influence, len(design.stratum_of_psu))


def _by_row(influences: Sequence[Influence], rows: int) -> FloatArray:
    table = np.zeros((rows, len(influences)))
    for j, influence in enumerate(influences):
        table[influence.rows, j] = influence.values
    return table


def stratum_factor(design: Design) -> FloatArray:
    """n_h/(n_h - 1) (1 - f_h), one a stratum; 1 in the place of 1/0."""
    n = design.psus_in_stratum
    return np.asarray(n / np.maximum(n - 1, 1) * (1 - design.sampling_fraction))


def centred_on_zero(design: Design) -> NDArray[np.bool_]:
    """Strata of one PSU that `adjust` centres on zero; the others are centred on themselves."""
    alone: NDArray[np.bool_] = design.psus_in_stratum == 1
    return alone & (design.lonely == "adjust")


def averaging(design: Design) -> float:
    """What the mean contribution of the other strata comes to, where the plan asks for it."""
    if design.lonely != "average":
        return 1.0
    strata = len(design.psus_in_stratum)
    return strata / np.count_nonzero(design.psus_in_stratum > 1)
