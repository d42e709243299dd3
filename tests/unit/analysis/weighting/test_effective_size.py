from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.refusals import Refusal
from analysis.weighting.effective_size import EffectiveSize, effective_size, judge_weights

weights = st.lists(st.floats(0.01, 50), min_size=1, max_size=60).map(np.array)


def test_equal_weights_are_worth_their_number_and_always_pass() -> None:
    size = effective_size(np.full(12, 3.5))
    assert size == EffectiveSize(12, 42.0, 1.0, 12.0, 0.0, 1.0)
    assert judge_weights(size).outcome == "passes"


@given(weights, st.floats(1e-6, 1e6))
def test_the_unit_of_the_weights_changes_nothing(w: np.ndarray, factor: float) -> None:
    here, there = effective_size(w), effective_size(w * factor)
    assert there.n_eff == pytest.approx(here.n_eff, rel=1e-9)
    assert there.max_over_median == pytest.approx(here.max_over_median, rel=1e-9)
    assert 1 - 1e-12 <= here.n_eff <= here.n + 1e-9
    assert here.cv == pytest.approx(np.sqrt(max(here.deff - 1, 0)), abs=1e-6)


@pytest.mark.parametrize(
    ("n", "deff", "outcome", "words"),
    [
        (1000, 1.5, "passes", "1000 weighted answers are worth 667"),
        (1000, 1.51, "flags", "bent far"),
        (1000, 3.0, "flags", "bent far"),
        (1000, 3.01, "blocks", "above 3 lets a few people speak for all"),
        (72, 1.2, "passes", "worth 60"),
        (72, 1.21, "blocks", "fewer than 60"),
        (40, 1.0, "passes", "all weights are equal"),
    ],
)
def test_wild_weights_are_warned_of_and_wilder_ones_refused(
    n: int, deff: float, outcome: str, words: str
) -> None:
    judged = judge_weights(EffectiveSize(n, n, deff, n / deff, 0, 1))
    assert judged.outcome == outcome
    assert words in judged.reason


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.array([]), "there is no row"),
        (np.ones((2, 2)), "there is no row"),
        (np.array([1.0, np.nan]), "row 1 has the weight nan"),
        (np.array([np.inf, 1.0]), "row 0 has the weight inf"),
        (np.array([1.0, 1.0, 0.0]), "row 2 has the weight 0.0"),
        (np.array([-2.0]), "row 0 has the weight -2.0"),
    ],
)
def test_what_is_no_weight_is_refused_by_row(bad: np.ndarray, message: str) -> None:
    with pytest.raises(Refusal, match=message):
        effective_size(bad)
