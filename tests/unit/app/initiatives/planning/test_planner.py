"""The light planner of the web process gives what the analysis gives."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.fieldwork import FieldworkPlan, PlannedWave, ScaleScore
from analysis.power import DetectableChange, answers_needed, smallest_detectable_change
from app.initiatives.planning.planner import (
    Answers,
    Assumptions,
    answers_for,
    curve,
    visible_change,
)

ANSWERS = st.integers(min_value=40, max_value=20_000)


def _of_analysis(places: list[Answers], assumed: Assumptions) -> float:
    waves = [(PlannedWave(place.before), PlannedWave(place.after)) for place in places]
    found = smallest_detectable_change(
        FieldworkPlan(
            ScaleScore(assumed.spread, assumed.spread),
            *waves[0],
            comparison=waves[1] if len(waves) > 1 else None,
            kish_deff=assumed.deff,
        )
    )
    assert isinstance(found, DetectableChange)
    return found.change


@given(ANSWERS, ANSWERS, st.sampled_from([1.0, 1.5, 2.5]), st.sampled_from([0.7, 1.0, 1.3]))
def test_one_place_shows_what_the_analysis_says(
    before: int, after: int, deff: float, spread: float
) -> None:
    places, assumed = [Answers(before, after)], Assumptions(spread, deff)
    seen = visible_change(places, assumed)
    assert seen == pytest.approx(_of_analysis(places, assumed), rel=0.01)


@given(ANSWERS, ANSWERS, ANSWERS, ANSWERS)
def test_a_comparison_area_shows_what_the_analysis_says(a: int, b: int, c: int, d: int) -> None:
    places = [Answers(a, b), Answers(c, d)]
    seen = visible_change(places, Assumptions())
    assert seen == pytest.approx(_of_analysis(places, Assumptions()), rel=0.01)


def test_large_waves_show_it_to_the_digit() -> None:
    places = [Answers(400, 400)]
    assert visible_change(places, Assumptions()) == pytest.approx(
        _of_analysis(places, Assumptions()), rel=1e-12
    )


@pytest.mark.parametrize("answers", [40, 90, 200, 1000])
def test_the_answers_needed_are_those_of_the_analysis(answers: int) -> None:
    plan = FieldworkPlan(ScaleScore(), PlannedWave(answers), PlannedWave(answers))
    needed = answers_needed(plan, 0.2)
    found = answers_for([Answers(answers, answers)], Assumptions(), 0.2)
    assert found == pytest.approx(getattr(needed, "waves", (math.nan,))[0], abs=2)


def test_too_few_answers_show_nothing() -> None:
    assert visible_change([Answers(2, 400)], Assumptions()) is None
    assert visible_change([], Assumptions()) is None
    assert answers_for([Answers(1, 1)], Assumptions(), 0.2) is None


@given(ANSWERS)
def test_more_answers_never_show_less(answers: int) -> None:
    changes = [change for _, change in curve([Answers(answers, answers)], Assumptions())]
    assert changes == sorted(changes, reverse=True)
