"""Weights from the plan to the document: what they cost, and when no verdict rests on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.disclosure.weighting import release_weighting
from analysis.refusals import Refusal
from tests.unit.analysis.planned import both, by_age, compare, wave

CROSSES = {"suppressed": "beside the published answers it would tell of a small group"}
FEW = {"suppressed": "fewer than 10 answers"}


def _ages(*counts: int, silent: int = 0) -> list[Any]:
    ages = [age for age, count in enumerate(counts, 1) for _ in range(count)]
    return [*ages, *[-2] * silent]


def test_without_weights_the_section_is_empty() -> None:
    for document in both(wave(1, 80), wave(2, 80)):
        assert document["weighting"] is None
        assert document["reanalyses"] == []


def test_base_weights_are_told_with_what_they_cost() -> None:
    weights = np.tile([0.5, 1.5], 100).tolist()
    computed, released = both(wave(1, 200, w=weights), wave(2, 200, w=weights), weight="w")
    told = computed["weighting"]
    assert (told["method"], told["targets"], told["bounds"]) == ("base_weights", [], None)
    assert told["waves"]["before"]["deff"] == pytest.approx(1.25)
    assert told["waves"]["before"]["n_eff"] == pytest.approx(160)
    assert released["weighting"]["waves"]["before"]["n_eff"] == 160


def test_both_waves_are_brought_to_one_population() -> None:
    """Ages drift from wave to wave and trust goes with age: only the weights keep it apart."""
    rng = np.random.default_rng(3)
    drifted = []
    for counts in ((150, 100, 50), (50, 100, 150)):
        ages = _ages(*counts)
        level = np.array(ages) + 0.7 * rng.normal(size=300)
        items = {i: np.clip(np.round(level), 1, 5).astype(int).tolist() for i in "abcd"}
        drifted.append(wave(1, 300, age=ages, **items))
    computed, released = both(*drifted, **by_age(30, 40, 30))
    weighted, unweighted = computed["comparisons"][0], computed["reanalyses"][0]
    assert abs(weighted["change"]["estimate"]) < 0.15
    assert unweighted["why"] == "unweighted"
    assert unweighted["comparison"]["change"]["estimate"] > 0.5
    assert unweighted["agrees"] is False
    assert unweighted["comparison"]["smallest_change"] == weighted["smallest_change"]
    for name in ("before", "after"):
        (margin,) = computed["weighting"]["waves"][name]["composition"]
        assert [level["weighted"] for level in margin["levels"]] == pytest.approx([0.3, 0.4, 0.3])
        (told,) = released["weighting"]["waves"][name]["composition"]
        assert [level["target"] for level in told["levels"]] == [0.3, 0.4, 0.3]
        assert told["not_given"] == FEW
    assert computed["weighting"]["method"] == "poststratification"
    assert computed["design"]["equal_weights"] is False
    again = released["reanalyses"][0]
    assert (again["agrees"], again["n_left_out"]) == (False, {"before": 0, "after": 0})


def test_several_margins_are_raked_and_the_pick_all_question_is_one_of_them() -> None:
    ticks = {"group_1": [1, 0, 1] * 100, "group_2": [0, 1, 1] * 100}
    margins = {"sex": {1: 50, 2: 50}, "group": {1: 40, 2: 40, "two or more": 20}}
    computed, released = both(
        wave(1, 300, **ticks), wave(2, 300, **ticks), weighting={"margins": margins}
    )
    told = computed["weighting"]
    assert told["method"] == "raking"
    assert [level["label"]["en"] for level in told["targets"][1]["levels"]] == [
        "Blue",
        "Green",
        "two or more",
    ]
    sex, group = released["weighting"]["waves"]["after"]["composition"]
    assert isinstance(sex["levels"], list)
    assert (group["levels"], group["not_given"]) == (CROSSES, CROSSES)


def test_those_who_did_not_say_are_tried_without_and_hidden_where_few() -> None:
    some, few = _ages(100, 100, 100, silent=20), _ages(100, 100, 115, silent=5)
    plan = by_age(30, 40, 30)
    computed, released = both(wave(1, 320, age=some), wave(2, 320, age=some), **plan)
    without, told = computed["reanalyses"][1], released["reanalyses"][1]
    assert without["why"] == "without_not_given"
    assert without["n_left_out"] == {"before": 20, "after": 20}
    assert told["comparison"]["before"]["n"] == 300
    assert isinstance(told["agrees"], bool)
    silent = released["weighting"]["waves"]["before"]["composition"][0]["not_given"]
    assert (silent["n"], silent["weighted"]) == (20, 0.06)
    computed, released = both(wave(1, 320, age=some), wave(2, 320, age=few), **plan)
    assert isinstance(computed["reanalyses"][1]["comparison"]["verdict"], str)
    told = released["reanalyses"][1]
    assert (told["comparison"]["before"], told["comparison"]["verdict"]) == (FEW, FEW)
    assert isinstance(told["agrees"], bool)
    assert told["n_left_out"]["after"] == FEW


def test_a_margin_left_out_and_levels_joined_are_named() -> None:
    silent = _ages(60, 60, 60, silent=120)
    margins = {"age": {1: 30, 2: 40, 3: 30}, "sex": {1: 50, 2: 50}}
    computed, released = both(
        wave(1, 300, age=silent), wave(2, 300, age=silent), weighting={"margins": margins}
    )
    (left_out,) = released["weighting"]["left_out"]
    assert left_out["variable"] == "age"
    assert "above 20 % it cannot be weighted by" in left_out["reason"]
    few = _ages(15, 135, 150)
    computed, _ = both(wave(1, 300, age=few), wave(2, 300), **by_age(30, 40, 30))
    levels = computed["weighting"]["targets"][0]["levels"]
    assert [level["codes"] for level in levels] == [[1, 2], [3]]
    assert levels[0]["label"] == {"en": "age 1 / age 2"}


def test_published_options_and_composition_never_differ_by_a_small_group() -> None:
    """The few of 35-54 are joined with those beside them; so are the published options."""
    few = _ages(60, 8, 232)
    computed, released = both(wave(1, 300, age=few), wave(2, 300, age=few), **by_age(40, 10, 50))
    for name, told in released["weighting"]["waves"].items():
        levels = [set(level["codes"]) for level in computed["weighting"]["targets"][0]["levels"]]
        ages = next(d for d in released["distributions"] if d["variable"] == "age")
        options = [set(option["codes"]) for option in ages["waves"][name]["categories"]]
        assert isinstance(told["composition"][0]["levels"], list)
        assert all(any(option <= level for level in levels) for option in options)


def test_composition_that_crosses_published_options_is_hidden() -> None:
    """Sex has no order: its few are merged with the smallest other, whatever the margin joins."""
    computed, released = both(wave(1, 300), wave(2, 300), **by_age(30, 40, 30))
    crossed = [dict(d) for d in released["distributions"]]
    for d in crossed:
        if d["variable"] == "age":
            option = {"codes": [1, 2], "n": 150}
            d["waves"] = {n: {"categories": [option, {"codes": [3]}]} for n in ("before", "after")}
    told = release_weighting(computed["weighting"], crossed, 10)
    assert told is not None
    assert told["waves"]["before"]["composition"][0]["levels"] == CROSSES
    assert told["waves"]["before"]["unmet"] == []


def test_margins_that_trimming_cannot_meet_are_told() -> None:
    lopsided = _ages(30, 135, 135, silent=10)
    computed, released = both(
        wave(1, 310, age=lopsided), wave(2, 310, age=lopsided), **by_age(60, 20, 20)
    )
    for document, wanted in ((computed, 0.6 * 300 / 310), (released, 0.6)):
        unmet = document["weighting"]["waves"]["before"]["unmet"]
        assert unmet[0]["codes"] == [1]
        assert unmet[0]["wanted"] == pytest.approx(wanted)
        assert unmet[0]["reached"] < unmet[0]["wanted"]


def test_weights_too_wild_carry_no_verdict_and_both_figures_are_shown() -> None:
    lopsided = _ages(30, 300, 270)
    plan = by_age(70, 15, 15, trim=None)
    computed, released = both(wave(1, 600, age=lopsided), wave(2, 600, age=lopsided), **plan)
    assert computed["weighting"]["waves"]["before"]["judgement"] == "blocks"
    lead = released["comparisons"][0]
    assert "a design effect above 3" in lead["verdict"]["not_estimable"]
    assert "a design effect above 3" in lead["sentence"]
    assert "estimate" in computed["comparisons"][0]["change"]
    unweighted, without = computed["reanalyses"]
    assert isinstance(unweighted["comparison"]["verdict"], str)
    assert unweighted["agrees"] is None
    assert without["comparison"]["verdict"] == lead["verdict"]


def test_a_weighted_wave_worth_under_sixty_answers_carries_no_verdict() -> None:
    weights = [*[0.5] * 35, *[1.5] * 35]
    document = compare(wave(1, 70, w=weights), wave(2, 300, w=[1.0] * 300), weight="w")
    assert "before: fewer than 60" in document["comparisons"][0]["verdict"]["not_estimable"]


def test_margins_that_cannot_be_met_leave_no_weighted_headline() -> None:
    silent = _ages(60, 60, 60, silent=120)
    computed, released = both(
        wave(1, 300, age=silent), wave(2, 300, age=silent), **by_age(30, 40, 30)
    )
    assert "no margin is left" in computed["weighting"]["not_estimable"]
    words = "the population margins could not be met in these samples"
    assert released["weighting"] == {"not_estimable": words}
    assert released["comparisons"][0]["verdict"] == {"not_estimable": words}
    assert [again["why"] for again in computed["reanalyses"]] == ["unweighted"]


def test_without_those_who_did_not_say_there_may_be_too_few_to_weight() -> None:
    """Either margin holds 35 of its rarer level; of those who gave both there are 20."""
    cells = {
        "sex": [2] * 35 + [1] * 250 + [None] * 15,
        "lives": [None] * 15 + [1] * 250 + [2] * 35,
    }
    margins = {"sex": {1: 88, 2: 12}, "lives": {1: 88, 2: 12}}
    computed, released = both(
        wave(1, 300, **cells), wave(2, 300, **cells), weighting={"margins": margins}
    )
    (without,) = (a for a in computed["reanalyses"] if a["why"] == "without_not_given")
    assert "no margin is left" in without["comparison"]["verdict"]["not_estimable"]
    assert released["reanalyses"][1]["comparison"]["before"] == FEW


def test_a_wave_too_small_to_report_hides_its_weights() -> None:
    _, released = both(wave(1, 20, w=[0.5, 1.5] * 10), wave(2, 200, w=[0.5, 1.5] * 100), weight="w")
    waves = released["weighting"]["waves"]
    assert waves["before"] == {"suppressed": "about 10-30 answers, too few to report"}
    assert waves["after"]["n"] == 200


def test_weighting_by_a_question_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refusal, match="no question 'gender'"):
        compare(wave(1, 50), wave(2, 50), weighting={"margins": {"gender": {1: 100}}})
