from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.codebook import Scale
from analysis.measurement import (
    ItemDifference,
    MeasurementCheck,
    _judged,
    check_measurement,
    item_difference,
    scale_without,
)
from analysis.refusals import NotEstimable, Refusal

Floats = NDArray[np.float64]
NAMES = ["q1", "q2", "q3", "q4"]
WAVES = ("before", "after")


def answered(seed: int, n: int = 600, shift: float = 0.0, steeper: float = 1.0) -> Floats:
    """Four items on five points in two halves; in the second half q2 is moved or steeper."""
    rng = np.random.default_rng(seed)
    trust = rng.normal(size=n)
    signal = np.repeat(trust[:, None], 4, axis=1)
    after = np.arange(n) >= n // 2
    signal[after, 1] = steeper * trust[after] + shift
    return np.digitize(signal + rng.logistic(scale=0.5, size=(n, 4)), [-1.5, -0.5, 0.5, 1.5]) + 1.0


def halves(n: int = 600) -> NDArray[np.str_]:
    return np.repeat(np.array(WAVES), n // 2)


def checked(answers: Floats, labels: NDArray[np.str_] | None = None) -> MeasurementCheck:
    labels = halves(len(answers)) if labels is None else labels
    found = check_measurement(answers, labels, WAVES, NAMES)
    assert isinstance(found, MeasurementCheck)
    return found


def difference(answers: Floats, group: NDArray[np.int64], j: int = 1) -> ItemDifference:
    codes = answers.astype(np.int64)
    found = item_difference(codes[:, j], codes.sum(axis=1) - codes[:, j], group)
    assert isinstance(found, ItemDifference)
    return found


def test_items_that_mean_the_same_are_not_flagged_although_trust_itself_has_moved() -> None:
    answers = answered(1)
    kept = np.ones(len(answers), dtype=bool)
    kept[300:] = answers[300:, 0] + answers[300:, 2] > 4  # the after wave trusts more
    kept[:40] = False
    found = check_measurement(answers[kept], halves()[kept], WAVES, NAMES, fewest=150)
    assert isinstance(found, MeasurementCheck)
    assert found.flagged == ()
    assert found.words == ()


def test_an_item_that_moved_by_itself_is_flagged_with_its_direction() -> None:
    up, down = checked(answered(2, shift=1.2)), checked(answered(2, shift=-1.2))
    assert up.flagged == down.flagged == ("q2",)
    assert up.words[0] == (
        "'q2' is answered higher in 'after' than in 'before' by people who agree on the other items"
    )
    assert "answered lower in 'after'" in down.words[0]
    assert up.n == (300, 300)
    q2 = up.items[1]
    assert q2.holm_uniform >= q2.difference.p_uniform
    assert q2.difference.r2_change >= 0.035


def test_an_item_that_grew_steeper_shows_as_nonuniform() -> None:
    found = difference(answered(3, n=4000, steeper=3.0), (np.arange(4000) >= 2000).astype(np.int64))
    assert found.p_nonuniform < 1e-6


def test_a_sure_and_small_difference_is_not_flagged() -> None:
    found = checked(answered(4, n=20_000, shift=0.12))
    assert found.items[1].holm_uniform < 0.001
    assert found.flagged == ()


@pytest.mark.parametrize(
    ("p", "r2_change", "is_flagged"),
    [
        ((0.01, 0.9), 0.036, True),
        ((0.9, 0.01), 0.036, True),
        ((0.01, 0.01), 0.034, False),
        ((0.03, 0.03), 0.5, False),  # Holm over two items: twice .03 is not under .05
    ],
)
def test_an_item_is_flagged_when_it_is_both_sure_and_large_enough(
    p: tuple[float, float], r2_change: float, *, is_flagged: bool
) -> None:
    uniform, nonuniform = p
    plain = ItemDifference(0.0, 0.99, 0.0, 0.99, 0.0, 0.5)
    found = ItemDifference(9.0, uniform, 9.0, nonuniform, -0.4, r2_change)
    judged = _judged([("q1", plain), ("q2", found)])
    assert [item.is_flagged for item in judged] == [False, is_flagged]
    assert judged[1].holm_uniform == min(1.0, 2 * uniform)


def test_a_slight_rise_is_told_as_higher() -> None:
    slight = ItemDifference(9.0, 0.01, 9.0, 0.01, 0.3, 0.04)
    check = MeasurementCheck(WAVES, (300, 300), _judged([("q1", slight)]), ())
    assert "answered higher in 'after'" in check.words[0]


def test_false_alarms_are_as_rare_as_the_level_says() -> None:
    """100 scales of 4 items without any difference: each test on its own at 5 %."""
    p = []
    for seed in range(100):
        answers = answered(1000 + seed, n=400)
        group = (np.arange(400) >= 200).astype(np.int64)
        p += [difference(answers, group, j).p_uniform for j in range(4)]
    share = np.mean(np.array(p) < 0.05)
    assert share == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 400))


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_row_order_swapped_groups_and_other_codes_change_nothing_but_the_sign(
    seed: int, random: object
) -> None:
    answers, group = answered(seed, n=200, shift=0.3), (np.arange(200) >= 100).astype(np.int64)
    order = np.arange(200)
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    here = difference(answers, group)
    moved = difference(10 * answers[order], 1 - group[order])
    assert moved.lr_uniform == pytest.approx(here.lr_uniform, rel=1e-6, abs=1e-8)
    assert moved.lr_nonuniform == pytest.approx(here.lr_nonuniform, rel=1e-6, abs=1e-8)
    assert moved.r2_change == pytest.approx(here.r2_change, rel=1e-6, abs=1e-9)
    assert moved.log_odds == pytest.approx(-here.log_odds, rel=1e-6, abs=1e-8)


def test_rows_of_other_groups_and_rows_with_gaps_are_left_out() -> None:
    answers, labels = answered(5), halves()
    more = np.vstack([answers, answers[:50], np.full((2, 4), np.nan)])
    with_more = np.concatenate([labels, np.full(50, "paper"), ["before", "after"]])
    assert checked(more, with_more) == checked(answers)


def test_an_item_that_cannot_be_fitted_is_named_and_the_others_are_checked() -> None:
    answers = answered(6)
    answers[:, 3] = 2.0
    found = checked(answers)
    assert [name for name, _ in found.unchecked] == ["q4"]
    assert found.unchecked[0][1].reason == "all answers are the same"
    assert [item.item for item in found.items] == ["q1", "q2", "q3"]


def test_languages_and_modes_are_compared_in_the_same_way() -> None:
    found = check_measurement(
        answered(7, shift=1.2), np.repeat(["es", "en"], 300), ("en", "es"), NAMES
    )
    assert isinstance(found, MeasurementCheck)
    assert found.flagged == ("q2",)
    assert "lower in 'es' than in 'en'" in found.words[0]


@pytest.mark.parametrize(
    ("n", "labels", "reason"),
    [
        (398, halves(398), "not enough answers to check: 199 complete in 'before' and 199"),
        (600, np.full(600, "before"), "600 complete in 'before' and 0 in 'after'"),
        (0, halves(0), "0 complete in 'before' and 0 in 'after'; it takes 200 in each"),
    ],
)
def test_under_two_hundred_complete_answers_there_is_nothing_to_check(
    n: int, labels: NDArray[np.str_], reason: str
) -> None:
    refused = check_measurement(answered(8, n=n), labels, WAVES, NAMES)
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


def test_all_missing_answers_and_two_items_are_refused() -> None:
    nothing = check_measurement(np.full((600, 4), np.nan), halves(), WAVES, NAMES)
    assert isinstance(nothing, NotEstimable)
    two = check_measurement(answered(9)[:, :2], halves(), WAVES, NAMES[:2])
    assert two == NotEstimable("2 items; comparing how they measure needs 3")


@pytest.mark.parametrize(
    ("answers", "labels", "message"),
    [
        (np.ones(4), halves(4), "answers of shape (4,) for 4 labels and 4 items"),
        (np.ones((4, 3)), halves(4), "answers of shape (4, 3)"),
        (np.ones((5, 4)), halves(4), "answers of shape (5, 4) for 4 labels"),
        (
            np.where(np.eye(4) == 1, -np.inf, 2.0),
            halves(4),
            "'q1', row 0: the answer is -inf; give",
        ),
        (
            np.where(np.eye(4) == 1, 2.5, 2.0),
            halves(4),
            "item 'q1', row 0: the answer is 2.5; give",
        ),
    ],
)
def test_bad_input_is_refused_by_name(
    answers: Floats, labels: NDArray[np.str_], message: str
) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        check_measurement(answers, labels, WAVES, NAMES)


def test_the_scale_without_flagged_items_keeps_its_rule() -> None:
    scale = Scale("trust", {}, ("a", "b", "c"), 1, 5, {}, reverse=("a", "c"), is_primary=True)
    shorter = scale_without(scale, {"c"})
    assert isinstance(shorter, Scale)
    assert shorter.items == ("a", "b")
    assert shorter.reverse == ("a",)
    assert shorter.is_primary
    assert scale_without(scale, ("c", "b")) == NotEstimable("without b, c the scale has 1 items")
