"""Other ways to compare means: against scipy, by hand, and what each refuses."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.comparisons.contrast import Change, change_of
from analysis.comparisons.difference import difference
from analysis.comparisons.means import (
    adjusted,
    answered_enough,
    glass_delta,
    welch,
    winsorised,
)
from analysis.comparisons.means.equivalence import Equivalence, equivalence
from analysis.comparisons.means.welch import Sample, sample_of, student
from analysis.comparisons.method import Answers, MethodComparison
from analysis.influence import Influence, mean_influence
from analysis.refusals import NotEstimable, Refusal
from tests.unit.analysis.comparisons.samples import answers_of, likert, normal

CONSTANT = "nothing shows how much answers vary"


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


def _main(answers: Answers) -> Change:
    parts = [
        mean_influence(answers.values, rows, answers.design)
        for rows in (answers.domain.before, answers.domain.after)
    ]
    told = [part for part in parts if isinstance(part, Influence)]
    change = difference(told[0], told[1], answers.design, answers.variance)
    assert isinstance(change, Change)
    return change


@given(st.integers(0, 2**32), st.integers(2, 30), st.integers(2, 30))
@settings(max_examples=40)
def test_welch_and_student_are_those_of_scipy(seed: int, n1: int, n2: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.normal(size=n1), rng.normal(size=n2) * 2
    samples = [sample_of(wave) for wave in (before, after)]
    told = [sample for sample in samples if isinstance(sample, Sample)]
    for method, equal in ((welch.welch, False), (student, True)):
        found = _found(method(*told))
        theirs = stats.ttest_ind(after, before, equal_var=equal)
        interval = theirs.confidence_interval()
        assert found.statistic == pytest.approx(theirs.statistic)
        assert found.df == pytest.approx(theirs.df)
        assert found.p == pytest.approx(theirs.pvalue)
        assert found.ci95 == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_waves_that_lie_too_far_apart_have_a_size_without_interval() -> None:
    found = _found(student(Sample(200, 0.0, 1e-5), Sample(200, 1.0, 1e-5)))
    assert found.figures["cohen_d"] == pytest.approx(1e5)
    assert "cohen_d_low" not in found.figures


def test_plain_means_without_answers_or_spread_are_refused() -> None:
    flat = Sample(5, 3.0, 0.0)
    for method in (welch.welch, student):
        assert method(flat, flat) == NotEstimable("every answer is the same")
    assert welch.welch(Sample(5, 0.0, 0.0), Sample(4, 0.0, 0.0)) == NotEstimable(
        "every answer is the same"
    )
    for before, after, reason in (
        ([None, None], [1.0, 2], "before: no answer"),
        ([1.0, 2], [1.0, None], "after: one answer only"),
    ):
        refused = welch.METHOD.compare(answers_of({"y": before}, {"y": after}))
        assert refused == NotEstimable(reason)


def test_welch_takes_every_answer_alike_whatever_the_design() -> None:
    cells: dict[str, Any] = {"w": [1.0, 3] * 20, "b": [f"b{i % 8}" for i in range(40)]}
    answers = answers_of(
        {"y": normal(1), **cells}, {"y": normal(2), **cells, "b": [f"c{i % 8}" for i in range(40)]}
    )
    found = _found(welch.METHOD.compare(answers))
    assert found.p == pytest.approx(stats.ttest_ind(normal(2), normal(1), equal_var=False).pvalue)


def test_two_answers_with_equal_variance_have_one_degree_of_freedom_or_more() -> None:
    assert isinstance(change_of(1.0, 1.0, 0.5), NotEstimable)


def test_those_who_answered_enough_are_compared_as_planned() -> None:
    y, share = likert(1), [1.0, 0.8, 0.6, 1.0, 0.75, 0.8] * 10
    waves = {"y": y, "w": [1.0, 2, 3] * 20}, {"y": likert(2), "w": [2.0, 1, 1] * 20}
    whole = answers_of(*waves)
    answers = answers_of(*waves, answered=np.array(share * 2))
    for method, least in (
        (answered_enough.COMPLETE, 1.0),
        (answered_enough.NEARLY_COMPLETE, 0.8),
    ):
        assert method.applies(answers) == "yes"
        assert isinstance(method.applies(whole), NotEstimable)
        assert isinstance(method.compare(whole), NotEstimable)
        found = _found(method.compare(answers))
        kept = [np.array(share) >= least - 1e-9] * 2
        assert found.n == tuple(int(k.sum()) for k in kept)
        means = [
            np.average(np.array(w["y"])[k], weights=np.array(w["w"])[k])
            for w, k in zip(waves, kept, strict=True)
        ]
        assert found.estimate == pytest.approx(means[1] - means[0])


def test_nobody_who_answered_enough_is_told_by_wave() -> None:
    share = np.array([1.0] * 60 + [0.5] * 60)
    answers = answers_of({"y": likert(1)}, {"y": likert(2)}, answered=share)
    assert answered_enough.COMPLETE.compare(answers) == NotEstimable("after: no answer")
    answers = answers_of({"y": likert(1)}, {"y": likert(2)}, answered=share[::-1])
    assert answered_enough.COMPLETE.compare(answers) == NotEstimable("before: no answer")


def test_the_bounds_are_those_of_the_weighted_distribution() -> None:
    rng = np.random.default_rng(2)
    values, times = rng.normal(size=300), rng.integers(1, 5, 300)
    every = np.repeat(values, times)
    told = winsorised.bounds(values, times.astype(float), 0.01)
    expected = np.quantile(every, [0.01, 0.99], method="inverted_cdf")
    assert told == (pytest.approx(expected[0]), pytest.approx(expected[1]))


def test_extreme_numbers_are_drawn_in_to_the_same_bounds_in_both_waves() -> None:
    before, after = normal(1, 200), [*normal(2, 199), 900.0]
    found = _found(winsorised.METHOD.compare(answers_of({"y": before}, {"y": after})))
    drawn = stats.mstats.winsorize(np.array([*before, *after]), (0.01, 0.01)).data
    expected = stats.ttest_ind(drawn[200:], drawn[:200], equal_var=False)
    assert found.estimate == pytest.approx(drawn[200:].mean() - drawn[:200].mean(), abs=0.02)
    assert found.p == pytest.approx(expected.pvalue, rel=0.2)
    assert abs(found.estimate or 9) < 1


def test_no_answers_have_no_bounds() -> None:
    refused = winsorised.METHOD.compare(answers_of({"y": [None, None]}, {"y": [None, None]}))
    assert refused == NotEstimable("before: no answer")


def _by_least_squares(answers: Answers, x: np.ndarray[Any, Any]) -> float:
    root = np.sqrt(answers.design.weight)
    fit = np.linalg.lstsq(x * root[:, None], answers.values * root)[0]
    return float(fit[1])


def test_the_adjusted_change_is_the_coefficient_of_the_wave() -> None:
    rng = np.random.default_rng(3)
    group = rng.integers(0, 3, 80)
    y = group + rng.normal(size=80)
    weights = rng.uniform(0.5, 2, 80)
    waves = [
        {"y": y[part].tolist(), "w": weights[part].tolist(), "g": group[part].tolist()}
        for part in (slice(40), slice(40, 80))
    ]
    answers = answers_of(*waves)
    found = _found(adjusted.METHOD.compare(answers))
    after = np.repeat([0.0, 1.0], 40)
    x = np.column_stack([np.ones(80), after, group == 1, group == 2])
    assert found.estimate == pytest.approx(_by_least_squares(answers, x), rel=1e-9)
    assert found.df == 80 - 2 + 1 - 4
    plain = _main(answers)
    assert (found.ci95 or (0, 0))[1] - (found.ci95 or (0, 0))[0] < plain.ci_high - plain.ci_low


def test_without_a_difference_in_make_up_the_adjusted_change_is_the_plain_one() -> None:
    group = [0, 1] * 20
    answers = answers_of({"y": normal(1), "g": group}, {"y": normal(2), "g": group})
    found = _found(adjusted.METHOD.compare(answers))
    assert found.estimate == pytest.approx(np.mean(normal(2)) - np.mean(normal(1)), rel=1e-9)


def test_levels_that_follow_from_others_are_left_out() -> None:
    answers = answers_of({"y": normal(1), "g": [0, 1] * 20}, {"y": normal(2), "g": [1, 1] * 20})
    twice = Answers(
        values=answers.values,
        domain=answers.domain,
        design=answers.design,
        variance=answers.variance,
        background=answers.background * 2,
    )
    once, again = _found(adjusted.METHOD.compare(answers)), _found(adjusted.METHOD.compare(twice))
    assert once.estimate == pytest.approx(again.estimate)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"y": [1.0, None], "g": [0, 1]}, {"y": [1.0, 2], "g": [0, 1]}, "fewer than two answers"),
        ({"y": [2.0, 2], "g": [0, 1]}, {"y": [2.0, 2], "g": [0, 1]}, CONSTANT),
        ({"y": [1.0, 2], "g": [0, 1]}, {"y": [2.0, 5], "g": [2, 0]}, CONSTANT),
        (
            {"y": [1.0, 2, 4], "g": [0, 0, 0], "w": [1, 1, 1]},
            {"y": [2.0, 5, 3], "g": [1, 1, 0], "w": [1, 1, 1e-12]},
            "constant or follows",
        ),
    ],
)
def test_what_cannot_be_adjusted_says_why(
    before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    refused = adjusted.METHOD.compare(answers_of(before, after))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


def test_without_background_questions_there_is_nothing_to_adjust_for() -> None:
    assert isinstance(
        adjusted.METHOD.applies(answers_of({"y": [1, 2]}, {"y": [1, 2]})), NotEstimable
    )
    told = adjusted.METHOD.applies(
        answers_of({"y": [1.0, 2], "g": [0, 1]}, {"y": [1.0, 2], "g": [0, 1]})
    )
    assert told == "yes"


def test_waves_that_share_no_background_cannot_be_told_apart_from_it() -> None:
    """The dummy of the background is the wave itself: it is left out, the wave stays."""
    answers = answers_of({"y": normal(1), "g": [0] * 40}, {"y": normal(2), "g": [1] * 40})
    found = _found(adjusted.METHOD.compare(answers))
    assert found.estimate == pytest.approx(_main(answers).estimate)


def test_glass_delta_is_the_change_in_units_of_the_spread_before() -> None:
    answers = answers_of({"y": normal(1)}, {"y": normal(2, lift=0.7)})
    found, change = _found(glass_delta.METHOD.compare(answers)), _main(answers)
    sd = np.std(normal(1), ddof=1)
    assert found.estimate == pytest.approx(change.estimate / sd)
    assert found.ci95 == (pytest.approx(change.ci_low / sd), pytest.approx(change.ci_high / sd))
    assert found.p == change.p


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([None, None], [1.0, 2], "before: no answer"),
        ([1.0, 2], [None, None], "after: no answer"),
        ([1.0, 1], [2.0, 2], CONSTANT),
        ([3.0, 3], [1.0, 2], "before: every answer is the same"),
        ([0.0, 0], [1.0, 2], "before: every answer is the same"),
    ],
)
def test_glass_delta_refuses_a_wave_without_spread(
    before: list[Any], after: list[Any], reason: str
) -> None:
    refused = glass_delta.METHOD.compare(answers_of({"y": before}, {"y": after}))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


@given(st.floats(-2, 2), st.floats(0.05, 1), st.floats(0.01, 2))
def test_two_one_sided_tests_agree_with_the_90_percent_interval(
    estimate: float, se: float, margin: float
) -> None:
    change = change_of(estimate, se, 40)
    assert isinstance(change, Change)
    told = equivalence(change, margin)
    assert isinstance(told, Equivalence)
    if abs(told.p_equivalence - 0.05) > 1e-9:
        inside = -margin < change.ci90_low and change.ci90_high < margin
        assert (told.p_equivalence < 0.05) is inside
    assert told.p_equivalence == max(told.p_lower, told.p_upper)
    assert told.p_rise == pytest.approx(stats.t.sf((estimate - margin) / se, 40))
    assert math.isclose(told.p_rise + told.p_upper, 1, rel_tol=1e-9)


def test_equivalence_needs_a_margin_and_a_test() -> None:
    refused = NotEstimable("no")
    assert equivalence(refused, 0.2) == refused
    with pytest.raises(Refusal, match="must be above zero"):
        equivalence(refused, 0.0)
