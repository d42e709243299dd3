"""The delete-one-PSU jackknife in closed form, with Kish-Satterthwaite degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.dataset import FloatArray
from analysis.design import Design, IntArray
from analysis.influence import Influence, PsuTotals, design_df, psu_totals
from analysis.refusals import NotEstimable, Refusal
from analysis.tally import summed


class Jackknife:
    """How far would the estimates vary over samples, judged by leaving out one PSU at a time?

    Leaving PSU c of stratum h out moves a mean by
      delta_c = (a_h (U_h - u_c) - U_h) / (1 + a_h (H_h - h_c) - H_h),   a_h = n_h / (n_h - 1),
    with u_c and h_c the PSU's influence and weight share, U_h and H_h their sums over the stratum;
    with one stratum a wave delta_c = -u_c / (1 - h_c).  V = sum_h (n_h - 1)/n_h sum_c delta_c^2.
    df = min(PSUs - strata, (sum_g v_g)^2 / sum_g v_g^2/(k_g - 1)): v_g the variance of wave g, k_g
    its Kish effective n, or its number of PSUs when clustered.

    n_h: where a wave is one stratum, the PSUs that hold an answer of the domain (given their
    number they are a simple random sample of it, so with equal weights V and df are exactly Welch's
    for every item and subgroup); with several strata all PSUs of the stratum (R's JKn).
    Assumes PSUs drawn independently within strata, without fpc.
    Refuses: fpc; waves that share PSUs; strata of one PSU other than as `certainty`; a domain that
    one PSU carries alone.
    Reference: Wolter (2007), Introduction to Variance Estimation, chapter 4; Satterthwaite (1946),
    Biometrics 2:110-114; Kish (1965), Survey Sampling.
    Checked against: R `as.svrepdesign(type="JKn", mse=TRUE)` in O10b; Welch in O01.
    """

    def check(self, design: Design) -> None:
        if design.has_fpc:
            raise Refusal(
                "the jackknife does not take a finite population correction; set variance to "
                "taylor, or leave the fpc column out of the plan"
            )
        if design.waves_share_psus:
            raise Refusal(
                "the same PSUs (or linked people) stand in both waves; the jackknife's degrees of "
                "freedom are not settled for that: set variance to taylor"
            )
        if (design.psus_in_stratum == 1).any() and design.lonely != "certainty":
            raise Refusal(
                f"lonely_psu {design.lonely!r} is defined for variance taylor only; set variance "
                "to taylor, or lonely_psu to certainty"
            )

    def covariance(
        self, influences: Sequence[Influence], design: Design
    ) -> FloatArray | NotEstimable:
        variances = []
        for influence in influences:
            v = _variance(influence, design)
            if isinstance(v, NotEstimable):
                return v
            variances.append(v)
        return np.diag(variances)

    def df_of_estimate(self, influence: Influence, members: IntArray, design: Design) -> float:
        del members
        return min(design_df([influence.rows], design), _carriers(influence, design) - 1)

    def df_of_contrast(
        self, influences: Sequence[Influence], variances: FloatArray, design: Design
    ) -> float:
        parts = zip(variances, influences, strict=True)
        spread = sum(v**2 / (_carriers(i, design) - 1) for v, i in parts)
        return min(
            design_df([i.rows for i in influences], design), float(variances.sum() ** 2 / spread)
        )


def _carriers(influence: Influence, design: Design) -> float:
    if design.respondent_is_psu:
        return influence.n_eff
    return len(psu_totals(influence, design).psu)


def _variance(influence: Influence, design: Design) -> float | NotEstimable:
    totals = psu_totals(influence, design)
    if len(totals.psu) == 1:
        return NotEstimable("one PSU holds all the answers")
    wave = 0 if influence.rows[0] < design.n_before else 1
    if design.strata_in_wave[wave] == 1:
        return _one_stratum(totals)
    return _strata(totals, design)


def _one_stratum(totals: PsuTotals) -> float:
    n = len(totals.psu)
    delta = totals.values / (1 - totals.shares)
    return float((n - 1) / n * (delta @ delta))


def _strata(totals: PsuTotals, design: Design) -> float | NotEstimable:
    stratum = design.stratum_of_psu[totals.psu]
    strata = len(design.psus_in_stratum)
    n = design.psus_in_stratum
    a = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    u = summed(stratum, totals.values, strata)
    h = summed(stratum, totals.shares, strata)
    below = 1 + a[stratum] * (h[stratum] - totals.shares) - h[stratum]
    if (below <= 0).any():
        return NotEstimable("one PSU holds all the answers")
    delta = (a[stratum] * (u[stratum] - totals.values) - u[stratum]) / below
    absent = n - np.bincount(stratum, minlength=strata)
    delta_of_absent = (a - 1) * u / (1 + (a - 1) * h)
    spread = summed(stratum, delta**2, strata) + absent * delta_of_absent**2
    return float(((n - 1) / n) @ spread)
