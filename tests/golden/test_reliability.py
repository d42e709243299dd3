from __future__ import annotations

import numpy as np
import pytest

from analysis.reliability import Omega, Reliability, reliability
from tests.golden.cases import load_case, numbers

ITEMS = ["q1", "q2", "q3", "q4", "q5", "q6"]


def test_o15_alpha_omega_and_what_each_item_adds() -> None:
    answers = numbers("d1_indep.csv", *ITEMS)
    found = reliability(answers, ITEMS, np.random.default_rng(15))
    assert isinstance(found, Reliability)
    assert isinstance(found.omega, Omega)
    computed = {
        "n": found.n,
        "k": len(found.items),
        "alpha_raw": found.cronbach,
        "alpha_std": found.standardised,
        "avg_r": found.average_correlation,
        "alpha_feldt_ci95": found.interval,
        "alpha_drop": [item.cronbach_if_dropped for item in found.items],
        "r_drop": [item.rest_correlation for item in found.items],
        "item_mean": [item.mean for item in found.items],
        "omega_total_ml": found.omega.omega,
        "loadings": found.omega.loadings,
        "resid_var": found.omega.residuals,
    }
    assert load_case("O15").disagreements(computed) == []


@pytest.mark.parametrize("part", ["alpha_raw", "alpha_feldt_ci95", "alpha_drop", "r_drop"])
def test_o15_closed_forms_agree_to_twelve_digits(part: str) -> None:
    """The case's tolerance is lavaan's stopping rule; alpha iterates nothing."""
    found = reliability(numbers("d1_indep.csv", *ITEMS), ITEMS, np.random.default_rng(15), draws=2)
    assert isinstance(found, Reliability)
    ours = {
        "alpha_raw": found.cronbach,
        "alpha_feldt_ci95": found.interval,
        "alpha_drop": [item.cronbach_if_dropped for item in found.items],
        "r_drop": [item.rest_correlation for item in found.items],
    }
    assert ours[part] == pytest.approx(load_case("O15").expected[part], rel=1e-12)
