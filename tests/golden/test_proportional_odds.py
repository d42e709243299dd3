from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.proportional_odds import ProportionalOdds, fit_proportional_odds
from tests.golden.cases import labels, load_case, numbers


def _variance_over_psus(
    influence: NDArray[np.float64], psu: NDArray[np.str_], stratum: NDArray[np.str_]
) -> float:
    """Binder's formula, written out here so that the fit is tested without the engine."""
    total = 0.0
    for h in np.unique(stratum):
        inside = stratum == h
        z = np.array([influence[inside & (psu == c)].sum() for c in np.unique(psu[inside])])
        total += len(z) / (len(z) - 1) * float(((z - z.mean()) ** 2).sum())
    return total


def test_o02_one_item_in_two_independent_waves() -> None:
    y, wave = numbers("d1_indep.csv", "q2"), numbers("d1_indep.csv", "wave")
    fit = fit_proportional_odds(y, wave[:, None])
    null = fit_proportional_odds(y, np.empty((len(y), 0)))
    assert isinstance(fit, ProportionalOdds)
    assert isinstance(null, ProportionalOdds)
    se = float(np.sqrt(fit.covariance()[0, 0]))
    computed = {
        "po_logodds": fit.coefficients[0],
        "po_se": se,
        "po_z": fit.coefficients[0] / se,
        "po_lr_chisq": 2 * (fit.log_likelihood - null.log_likelihood),
        "po_thresholds": fit.thresholds,
    }
    assert load_case("O02").disagreements(computed) == []


def test_o08d_weighted_and_clustered() -> None:
    file = "d3_cluster.csv"
    wave = numbers(file, "wave")
    fit = fit_proportional_odds(numbers(file, "q2"), wave[:, None], numbers(file, "w"))
    assert isinstance(fit, ProportionalOdds)
    stratum = np.char.add(wave.astype(np.str_), labels(file, "district"))
    variance = _variance_over_psus(fit.influence()[:, 0], labels(file, "psu"), stratum)
    computed = {
        "logodds": fit.coefficients[0],
        "se": variance**0.5,
        "thresholds": fit.thresholds,
    }
    assert load_case("O08d").disagreements(computed) == []
