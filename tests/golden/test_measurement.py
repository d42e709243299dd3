from __future__ import annotations

import numpy as np

from analysis.measurement import ItemDifference, item_difference
from tests.golden.cases import load_case, numbers

ITEMS = ["q1", "q2", "q3", "q4", "q5", "q6"]


def test_o16b_each_item_on_the_rest_score() -> None:
    answers, wave = numbers("d1_indep.csv", *ITEMS), numbers("d1_indep.csv", "wave")
    complete = ~np.isnan(answers).any(axis=1)
    codes, group = answers[complete].astype(np.int64), wave[complete].astype(np.int64)
    found = []
    for item in codes.T:
        difference = item_difference(item, codes.sum(axis=1) - item, group)
        assert isinstance(difference, ItemDifference)
        found.append(difference)
    computed = {
        "item": ITEMS,
        "lr_uniform": [d.lr_uniform for d in found],
        "p_uniform": [d.p_uniform for d in found],
        "lr_nonuniform": [d.lr_nonuniform for d in found],
        "p_nonuniform": [d.p_nonuniform for d in found],
        "logor_uniform": [d.log_odds for d in found],
        "delta_r2_nagelkerke_total": [d.r2_change for d in found],
        "n": int(complete.sum()),
    }
    assert load_case("O16b").disagreements(computed) == []
