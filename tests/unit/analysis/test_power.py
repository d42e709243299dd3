from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.fieldwork import (
    FieldworkPlan,
    PlannedWave,
    ScaleScore,
    Share,
    design_effect,
    df_of_change,
    expected_answers,
    variance_of_change,
)
from analysis.power import (
    Adequacy,
    AnswersNeeded,
    DetectableChange,
    answers_needed,
    judge_plan,
    smallest_detectable_change,
    t_test_power,
)
from analysis.refusals import NotEstimable, Refusal


def planned(before: float = 300, after: float = 300) -> FieldworkPlan:
    return FieldworkPlan(ScaleScore(), PlannedWave(before), PlannedWave(after))


def detectable(plan: FieldworkPlan) -> float:
    found = smallest_detectable_change(plan)
    assert isinstance(found, DetectableChange)
    return found.change


def needed(plan: FieldworkPlan, change: float) -> AnswersNeeded:
    answers = answers_needed(plan, change)
    assert isinstance(answers, AnswersNeeded)
    return answers


def test_weights_and_blocks_multiply() -> None:
    assert design_effect(1.5, 11, 0.05) == pytest.approx(2.25)
    clustered = replace(planned(), cluster_size=11, icc=0.05)
    assert detectable(clustered) == pytest.approx(detectable(planned()) * math.sqrt(1.5))


def test_expected_answers_are_what_was_sent_times_the_response_rate() -> None:
    assert expected_answers(2000, 0.15) == pytest.approx(300)


def test_a_comparison_area_takes_four_times_the_answers_in_all() -> None:
    alone = replace(planned(), kish_deff=1)
    both = replace(alone, comparison=(PlannedWave(300), PlannedWave(300)))
    ratio = sum(needed(both, 0.1).exact) / sum(needed(alone, 0.1).exact)
    assert ratio == pytest.approx(4, rel=1e-9)
    assert needed(both, 0.1).total == sum(needed(both, 0.1).waves)
    assert len(needed(both, 0.1).waves) == 4


def test_a_comparison_area_also_counts_for_shares() -> None:
    share = replace(planned(), outcome=Share(0.5), comparison=(PlannedWave(1e9), PlannedWave(1e9)))
    alone = replace(share, comparison=None)
    assert detectable(share) == pytest.approx(detectable(alone), rel=1e-4)
    assert detectable(replace(share, comparison=(PlannedWave(300), PlannedWave(300)))) > 1.3 * (
        detectable(alone)
    )


def test_small_waves_need_more_than_the_normal_distribution_says() -> None:
    small = replace(planned(20, 20), kish_deff=1)
    found = smallest_detectable_change(small)
    assert isinstance(found, DetectableChange)
    assert found.df == pytest.approx(38)
    assert found.change > 1.02 * detectable(replace(small, t_below=0))
    power = t_test_power(found.change, math.sqrt(2 / 20), 38)
    assert power == pytest.approx(0.8, rel=1e-10)


def test_the_normal_distribution_serves_from_a_hundred_effective_answers() -> None:
    at, under = (smallest_detectable_change(planned(n, n)) for n in (150, 149.9))
    assert isinstance(at, DetectableChange)
    assert isinstance(under, DetectableChange)
    assert at.df is None
    assert under.df is not None


def test_power_found_by_simulation_is_the_power_planned_for() -> None:
    """Independent of every formula: how often Welch's t exceeds its critical value."""
    rng = np.random.default_rng(20)
    plan = replace(planned(40, 60), kish_deff=1, outcome=ScaleScore(0.8, 1.2))
    found = smallest_detectable_change(plan)
    assert isinstance(found, DetectableChange)
    runs = 20_000
    before = rng.normal(0, 0.8, (runs, 40))
    after = rng.normal(found.change, 1.2, (runs, 60))
    se = np.sqrt(before.var(axis=1, ddof=1) / 40 + after.var(axis=1, ddof=1) / 60)
    t = (after.mean(axis=1) - before.mean(axis=1)) / se
    assert (t > 1.984).mean() == pytest.approx(0.8, abs=0.012)  # 3 Monte Carlo errors and df


def test_links_make_a_plan_sharper_and_their_df_run_from_welch_to_pairs_minus_one() -> None:
    small = replace(planned(50, 40), kish_deff=1, correlation=0.6)
    spread = (1.0, 1.0)
    welch = (1 / 50 + 1 / 40) ** 2 / ((1 / 50) ** 2 / 49 + (1 / 40) ** 2 / 39)
    assert df_of_change(small, spread) == pytest.approx(welch)
    paired = replace(small, after=PlannedWave(50), link_rate=1)
    assert df_of_change(paired, spread) == pytest.approx(49)
    assert detectable(replace(small, link_rate=0.4)) < detectable(small)


def test_unequal_spreads_lower_the_degrees_of_freedom_as_welch_says() -> None:
    plan = replace(planned(50, 40), kish_deff=2)
    v1, v2 = 0.25 / 25, 4 / 20
    welch = (v1 + v2) ** 2 / (v1**2 / 24 + v2**2 / 19)
    assert df_of_change(plan, (0.5, 2.0)) == pytest.approx(welch)


def test_no_more_people_are_linked_than_answer_the_after_wave() -> None:
    plan = replace(planned(400, 100), link_rate=1.0)
    assert detectable(plan) == pytest.approx(detectable(replace(plan, link_rate=0.25)))


def test_a_fall_of_a_share_mirrors_the_rise_of_its_rest() -> None:
    rise = replace(planned(), outcome=Share(0.3, "rise"))
    fall = replace(planned(), outcome=Share(0.7, "fall"))
    assert detectable(rise) == pytest.approx(detectable(fall), rel=1e-9)


def test_a_rise_to_everyone_is_the_most_a_share_can_show() -> None:
    nearly_all = replace(planned(40, 40), outcome=Share(0.99))
    refused = smallest_detectable_change(nearly_all)
    assert isinstance(refused, NotEstimable)
    assert "no rise from 99 %" in refused.reason
    wide = replace(planned(2000, 2000), outcome=Share(0.99))
    assert 0 < detectable(wide) < 0.01
    at_the_edge = replace(planned(5e5, 5e5), outcome=Share(0.999999))
    assert isinstance(smallest_detectable_change(at_the_edge), NotEstimable)


def test_a_plan_is_judged_against_what_matters_with_the_reason() -> None:
    short = judge_plan(planned(300, 300), 0.2)
    assert short == Adequacy(
        is_adequate=False,
        reason="300 + 300 answers would show a change of 0.28 points or more with a chance of "
        "80 %; 0.20 points matters: not enough, it takes 589 + 589",
    )
    enough = judge_plan(replace(planned(3000, 3000), outcome=Share(0.55)), 0.05)
    assert isinstance(enough, Adequacy)
    assert enough.is_adequate
    assert "4.4 percentage points or more" in enough.reason
    assert "5.0 percentage points matters: enough" in enough.reason


def test_the_normal_case_needs_the_standard_library_only() -> None:
    code = (
        "import sys; from analysis.power import *; from analysis.fieldwork import *; "
        "wave = PlannedWave(400); plan = FieldworkPlan(ScaleScore(), wave, wave); "
        "smallest_detectable_change(plan); "
        "sys.exit(bool({'numpy', 'scipy'} & sys.modules.keys()))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - this interpreter


def test_a_town_too_small_for_the_change_is_told_so() -> None:
    town = PlannedWave(90, population=100)
    plan = FieldworkPlan(ScaleScore(), town, PlannedWave(90))
    judged = judge_plan(plan, 0.05)
    assert isinstance(judged, Adequacy)
    assert not judged.is_adequate
    assert "even all the people there are" in judged.reason
    hamlet = PlannedWave(2, population=4)
    tiny = FieldworkPlan(ScaleScore(), hamlet, hamlet)
    assert isinstance(answers_needed(tiny, 0.5), NotEstimable)


def test_a_population_known_in_full_needs_fewer_answers() -> None:
    known = FieldworkPlan(ScaleScore(), PlannedWave(300, 2000), PlannedWave(300, 2000))
    assert detectable(known) < detectable(planned())
    count = needed(known, 0.15).exact[0]
    assert 300 < count < 2000


def test_a_wave_that_asks_everyone_adds_no_error() -> None:
    everyone, some = PlannedWave(60, 60), PlannedWave(60)
    plan = FieldworkPlan(ScaleScore(), everyone, some, kish_deff=1)
    found = smallest_detectable_change(plan)
    assert isinstance(found, DetectableChange)
    assert found.df == pytest.approx(59)
    with_area = replace(plan, before=some, comparison=(everyone, everyone))
    assert detectable(with_area) == pytest.approx(detectable(replace(plan, before=some)))


answers = st.floats(10, 5000)
plans = st.builds(
    FieldworkPlan,
    outcome=st.one_of(
        st.builds(ScaleScore, st.floats(0.3, 2), st.floats(0.3, 2)),
        st.builds(Share, st.floats(0.2, 0.6)),
    ),
    before=st.builds(PlannedWave, answers),
    after=st.builds(PlannedWave, answers),
    comparison=st.none() | st.tuples(*[st.builds(PlannedWave, answers)] * 2),
    kish_deff=st.floats(1, 2.5),
    cluster_size=st.floats(1, 20),
    icc=st.floats(0, 0.1),
    link_rate=st.sampled_from([0.0, 0.3, 0.6, 1.0]),
    correlation=st.floats(0, 0.8),
)


def _or_infinite(plan: FieldworkPlan) -> float:
    found = smallest_detectable_change(plan)
    return found.change if isinstance(found, DetectableChange) else math.inf


@given(plans, st.floats(1.05, 5))
def test_more_answers_never_make_a_plan_blunter(plan: FieldworkPlan, factor: float) -> None:
    assert _or_infinite(plan.scaled(factor)) <= _or_infinite(plan) * (1 + 1e-9)


@given(plans)
def test_more_power_or_wilder_weights_ask_for_larger_changes(plan: FieldworkPlan) -> None:
    here = _or_infinite(plan)
    assert _or_infinite(replace(plan, power=0.9)) >= here
    assert _or_infinite(replace(plan, kish_deff=plan.kish_deff + 0.5)) >= here


@given(st.floats(0.01, 1), st.floats(0.05, 0.3), st.floats(3, 500))
def test_power_grows_with_the_change_and_starts_at_half_the_level(
    change: float, se: float, df: float
) -> None:
    assert t_test_power(0, se, df) == pytest.approx(0.025, rel=1e-6)
    assert t_test_power(0, se, df, both_tails=True) == pytest.approx(0.05, rel=1e-6)
    assert t_test_power(1.1 * change, se, df) >= t_test_power(change, se, df) - 1e-12
    assert t_test_power(-change, se, df) == t_test_power(change, se, df)


@given(st.floats(0.05, 0.5))
def test_the_answers_needed_show_just_the_change_wanted(change: float) -> None:
    plan = replace(planned(100, 50), kish_deff=1.2)
    exact = needed(plan, change).exact
    assert exact[0] == pytest.approx(2 * exact[1])
    again = replace(plan, before=PlannedWave(exact[0]), after=PlannedWave(exact[1]))
    assert detectable(again) <= change * (1 + 1e-9)
    fewer = again.scaled(0.999)
    assert _or_infinite(fewer) > change


def test_three_effective_answers_a_wave_may_be_enough_for_a_huge_change() -> None:
    assert needed(planned(), 100).exact == pytest.approx((4.5, 4.5))


def test_linked_people_of_a_finite_population_vary_as_the_formula_says() -> None:
    """Two draws without replacement from 400 people, 90 of the 150 of each the same."""
    rng = np.random.default_rng(5)
    people, n, linked, rho, runs = 400, 150, 90, 0.6, 20_000
    before = rng.normal(size=people)
    after = rho * before + math.sqrt(1 - rho**2) * rng.normal(size=people)
    order = np.argsort(rng.uniform(size=(runs, people)), axis=1)
    first, second = order[:, :n], order[:, n - linked : 2 * n - linked]
    changes = after[second].mean(axis=1) - before[first].mean(axis=1)
    spread = float(before.std(ddof=1)), float(after.std(ddof=1))
    plan = FieldworkPlan(
        ScaleScore(*spread),
        PlannedWave(n, people),
        PlannedWave(n, people),
        kish_deff=1,
        link_rate=linked / n,
        correlation=float(np.corrcoef(before, after)[0, 1]),
    )
    expected = variance_of_change(plan, spread, spread)
    assert changes.var() == pytest.approx(expected, rel=4 * math.sqrt(2 / runs))
    assert detectable(plan) < detectable(replace(plan, link_rate=0.0))


@pytest.mark.parametrize(
    ("plan", "reason"),
    [
        (planned(4, 300), "under 3 effective answers"),
        (
            replace(planned(), before=PlannedWave(300, 900), link_rate=0.4),
            "linked people need one population",
        ),
        (
            FieldworkPlan(ScaleScore(), PlannedWave(90, 90), PlannedWave(80, 80)),
            "everyone answers in every wave",
        ),
    ],
)
def test_a_plan_without_an_answer_says_why(plan: FieldworkPlan, reason: str) -> None:
    refused = smallest_detectable_change(plan)
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason
    judged = judge_plan(plan, 0.2)
    assert judged == refused


BAD: list[tuple[Callable[[], object], str]] = [
    (lambda: PlannedWave(0), "answers is 0; give a number above 0"),
    (lambda: PlannedWave(math.nan), "answers is nan"),
    (lambda: PlannedWave(math.inf), "answers is inf"),
    (lambda: PlannedWave(10, 0), "population is 0"),
    (lambda: PlannedWave(10, 9), "10 answers from 9 people"),
    (lambda: ScaleScore(0, 1), "sd_before is 0"),
    (lambda: ScaleScore(1, -1), "sd_after is -1"),
    (lambda: Share(0), "share before is 0; give a number above 0 and below 1"),
    (lambda: Share(1), "share before is 1"),
    (lambda: replace(planned(), kish_deff=0.9), "kish_deff is 0.9; give a number at least 1"),
    (lambda: replace(planned(), cluster_size=0), "cluster_size is 0"),
    (lambda: replace(planned(), icc=1), "icc is 1"),
    (lambda: replace(planned(), link_rate=1.1), "link_rate is 1.1"),
    (lambda: replace(planned(), correlation=1), "correlation is 1"),
    (lambda: replace(planned(), power=0.4), "power is 0.4"),
    (lambda: replace(planned(), t_below=math.nan), "t_below is nan"),
    (lambda: expected_answers(0, 0.2), "sent is 0"),
    (lambda: expected_answers(10, 1.2), "response_rate is 1.2"),
    (lambda: t_test_power(math.nan, 1, 5), "change is nan; give a number"),
    (lambda: t_test_power(1, 0, 5), "se is 0"),
    (lambda: t_test_power(1, 1, -5), "df is -5"),
    (lambda: answers_needed(planned(), 0), "change is 0"),
    (lambda: answers_needed(replace(planned(), outcome=Share(0.9)), 0.2), "90 % cannot rise by 20"),
    (
        lambda: answers_needed(replace(planned(), outcome=Share(0.1, "fall")), 0.2),
        "10 % cannot fall by 20",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD)
def test_impossible_planning_values_are_named(make: Callable[[], object], message: str) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        make()
