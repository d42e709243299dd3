"""Rank methods: against scipy on any answers, and what has no order to compare."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analysis.comparisons.method import MethodComparison
from analysis.comparisons.ranks import brunner_munzel as brunner
from analysis.comparisons.ranks import mann_whitney as mann
from analysis.comparisons.ranks import midrank_test, odds_of_higher
from analysis.comparisons.ranks.midranks import midranks, weighted_midranks
from analysis.refusals import NotEstimable
from tests.unit.analysis.comparisons.samples import answers_of, likert

CODES = st.lists(st.integers(1, 5).map(float), min_size=2, max_size=40)


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


@given(CODES)
def test_midranks_are_those_of_scipy(codes: list[float]) -> None:
    assert midranks(np.array(codes)) == pytest.approx(stats.rankdata(codes))


@given(CODES)
def test_weighted_midranks_with_equal_weights_are_midranks_drawn_between_0_and_1(
    codes: list[float],
) -> None:
    told = weighted_midranks(np.array(codes), np.full(len(codes), 2.5))
    assert told == pytest.approx((stats.rankdata(codes) - 0.5) / len(codes))


def test_weighted_midranks_count_people_who_stand_for_several() -> None:
    values, weights = np.array([1.0, 3, 3, 2]), np.array([2.0, 1, 3, 2])
    every = np.repeat(values, weights.astype(int))
    whole = weighted_midranks(every, np.ones(8))
    told = weighted_midranks(values, weights)
    assert told == pytest.approx([whole[every == value][0] for value in values])


@given(CODES, CODES)
def test_brunner_munzel_is_the_one_of_scipy(before: list[float], after: list[float]) -> None:
    found = brunner.brunner_munzel(np.array(before), np.array(after))
    assume(isinstance(found, MethodComparison))
    told = _found(found)
    with np.errstate(all="ignore"):
        theirs = stats.brunnermunzel(before, after)
    assert told.p == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-14)
    higher = np.sign(np.subtract.outer(after, before))
    assert told.estimate == pytest.approx((higher.mean() + 1) / 2)
    assert told.figures["cliff_delta"] == pytest.approx(higher.mean())


@given(CODES, CODES)
def test_the_interval_of_superiority_leaves_a_half_out_exactly_when_p_is_under_5_percent(
    before: list[float], after: list[float]
) -> None:
    found = brunner.brunner_munzel(np.array(before), np.array(after))
    assume(isinstance(found, MethodComparison))
    told = _found(found)
    assert told.ci95 is not None
    assert told.ci90 is not None
    assert told.p is not None
    assert 0 <= told.ci95[0] <= told.ci90[0] <= told.ci90[1] <= told.ci95[1] <= 1
    if abs(told.p - 0.05) > 1e-9:
        assert (told.p < 0.05) is not (told.ci95[0] <= 0.5 <= told.ci95[1])


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([1.0], [1.0, 2], "fewer than two answers"),
        ([1.0, 2], [], "fewer than two answers"),
        ([1.0, 2], [3.0, 4], "do not overlap"),
        ([2.0, 2], [2.0, 2], "do not overlap"),
    ],
)
def test_waves_whose_order_has_no_spread_are_refused(
    before: list[float], after: list[float], reason: str
) -> None:
    refused = brunner.brunner_munzel(np.array(before), np.array(after))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


@given(CODES, CODES)
def test_mann_whitney_is_the_one_of_scipy(before: list[float], after: list[float]) -> None:
    found = mann.mann_whitney(np.array(before), np.array(after))
    assume(isinstance(found, MethodComparison))
    told = _found(found)
    plain, corrected = (
        stats.mannwhitneyu(after, before, method="asymptotic", use_continuity=x)
        for x in (False, True)
    )
    assert told.counts["u"] == plain.statistic
    assert told.p == pytest.approx(plain.pvalue, rel=1e-9)
    assert told.figures["p_continuity"] == pytest.approx(corrected.pvalue, rel=1e-9)


def test_mann_whitney_refuses_an_empty_wave_and_equal_answers() -> None:
    one = np.array([1.0])
    assert mann.mann_whitney(one, np.empty(0)) == NotEstimable("a wave has no answer")
    assert mann.mann_whitney(one, one) == NotEstimable("every answer is the same")


def test_the_rank_test_of_plain_samples_is_welchs_test_of_the_ranks() -> None:
    before, after = likert(1), likert(2, 50, 0.5)
    found = _found(midrank_test.METHOD.compare(answers_of({"y": before}, {"y": after})))
    ranks = stats.rankdata([*before, *after]) / 110
    theirs = stats.ttest_ind(ranks[60:], ranks[:60], equal_var=False)
    assert (found.statistic, found.p) == (
        pytest.approx(theirs.statistic),
        pytest.approx(theirs.pvalue),
    )
    assert found.unit == "rank"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([None, None], [1.0, 2], "before: no answer"),
        ([1.0, 2], [1.0, None], "after: one answer only"),
        ([None, None], [None, None], "before: no answer"),
        ([2.0, 2], [2.0, 2], "nothing shows how much answers vary"),
    ],
)
def test_the_rank_test_refuses_what_has_no_variance(
    before: list[Any], after: list[Any], reason: str
) -> None:
    refused = midrank_test.METHOD.compare(answers_of({"y": before}, {"y": after}))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


def test_the_odds_of_a_yes_are_those_of_a_two_by_two_table() -> None:
    before, after = [0.0] * 30 + [1] * 10, [0.0] * 20 + [1] * 20
    found = _found(odds_of_higher.METHOD.compare(answers_of({"y": before}, {"y": after})))
    assert found.estimate == pytest.approx((20 / 20) / (10 / 30), rel=1e-9)
    se = math.sqrt(sum(40 / 39 / n for n in (30, 10, 20, 20)))
    assert found.figures["se_log_odds"] == pytest.approx(se, rel=1e-9)
    assert found.df == 80 - 2 - 1


def test_people_who_are_linked_have_odds_with_less_spread() -> None:
    rng = np.random.default_rng(4)
    person = rng.normal(size=200)
    waves = [
        {
            "y": np.clip(np.round(3 + person + 0.4 * rng.normal(size=200)), 1, 5).tolist(),
            "c": [f"p{i}" for i in range(200)],
        }
        for _ in range(2)
    ]
    linked = _found(odds_of_higher.METHOD.compare(answers_of(*waves)))
    loose = _found(odds_of_higher.METHOD.compare(answers_of(*({"y": w["y"]} for w in waves))))
    assert linked.estimate == pytest.approx(loose.estimate)
    assert linked.figures["se_log_odds"] < 0.7 * loose.figures["se_log_odds"]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"y": [3.0] * 5}, {"y": [3.0] * 5}, "all answers are the same"),
        ({"y": [1.0] * 5}, {"y": [3.0] * 5}, "separation"),
        (
            {"y": [1.0, 2, 1, 2], "b": list("xxyy")},
            {"y": [1.0, 1, 2, 2], "b": list("vvww")},
            None,
        ),
        (
            {"y": [1.0, 2, 1, 2], "b": list("xxyy")},
            {"y": [1.0, 2, 1, 2], "b": list("vvww")},
            "nothing shows how much answers vary",
        ),
        (
            {"y": [1.0, 2, 2, 2], "b": list("xxxy")},
            {"y": [1.0, 2, 2, 1], "b": list("xxyy")},
            "no degree of freedom",
        ),
    ],
)
def test_odds_that_cannot_be_had_say_why(
    before: dict[str, Any], after: dict[str, Any], reason: str | None
) -> None:
    told = odds_of_higher.METHOD.compare(answers_of(before, after))
    if reason is None:
        assert isinstance(told, MethodComparison)
    else:
        assert isinstance(told, NotEstimable)
        assert reason in told.reason


def test_an_answer_that_only_one_wave_gave_is_no_hindrance() -> None:
    found = odds_of_higher.METHOD.compare(answers_of({"y": [1.0, 2, 2, 3]}, {"y": [2.0, 3, 4, 1]}))
    assert isinstance(found, MethodComparison)
