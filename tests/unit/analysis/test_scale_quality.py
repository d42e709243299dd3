"""Scales in the document: do their items hang together, and mean the same to everyone?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.refusals import NotEstimable
from analysis.report import compare_files
from analysis.scale_quality import _with_interval
from tests.unit.analysis.books import book, question, scale, table
from tests.unit.analysis.planned import ITEMS, Cells, both, compare, wave


def _quality(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["scale_quality"][0]
    return found


def _with_moved_item(seed: int, n: int, rows: slice) -> Cells:
    """In these rows people who agree on the rest answer item a a point higher."""
    cells = wave(seed, n)
    answers = np.array(cells["a"])
    answers[rows] = np.minimum(answers[rows] + 1, 5)
    return cells | {"a": answers.tolist()}


def test_a_sound_scale_is_told_by_wave_and_pooled() -> None:
    computed, released = both(wave(1, 400), wave(2, 400, 0.3))
    quality = _quality(computed)
    assert quality["scale"] == "trust"
    for told in (*quality["waves"].values(), quality["pooled"]):
        alpha, omega = told["cronbach"], told["omega"]
        assert 0.7 < alpha["ci_low"] < alpha["estimate"] < alpha["ci_high"] < 0.95
        assert omega["ci_low"] < omega["estimate"] < omega["ci_high"]
        assert [item["item"] for item in told["items"]] == list(ITEMS)
        assert told["flags"] == []
    assert quality["pooled"]["n"] == 800
    (between,) = quality["comparability"]
    assert (between["by"], between["groups"]) == ("wave", ["before", "after"])
    assert (quality["flagged"], computed["reanalyses"]) == ([], [])
    told = _quality(released)["waves"]["before"]
    assert told["n"] == 400
    assert told["cronbach"]["estimate"] == round(
        quality["waves"]["before"]["cronbach"]["estimate"], 2
    )


def test_the_same_answers_give_the_same_document() -> None:
    assert compare(wave(1, 250), wave(2, 250)) == compare(wave(1, 250), wave(2, 250))


def test_an_item_that_moved_by_itself_is_flagged_and_left_out_of_a_second_look() -> None:
    moved = _with_moved_item(2, 400, slice(0, 400))
    computed, released = both(wave(1, 400), moved, primary=["trust", "a"])
    quality = _quality(computed)
    assert quality["flagged"] == ["a"]
    (words,) = quality["comparability"][0]["check"]["words"]
    assert words.startswith("'a' is answered higher in 'after' than in 'before'")
    (again,) = computed["reanalyses"]
    assert (again["why"], again["comparison"]["outcome"]) == ("without_flagged_items", "trust")
    lead = computed["comparisons"][0]["change"]["estimate"]
    assert abs(again["comparison"]["change"]["estimate"]) < abs(lead) - 0.1
    assert again["agrees"] is False
    assert _quality(released)["flagged"] == ["a"]
    assert released["reanalyses"][0]["agrees"] is False


def test_a_scale_that_flags_leave_without_items_has_no_second_look() -> None:
    after = wave(2, 600)
    for item, shift in zip(ITEMS, (2, -2, 2, -2), strict=True):
        after[item] = np.clip(np.array(after[item]) + shift, 1, 5).tolist()
    document = compare(wave(1, 600), after)
    assert _quality(document)["flagged"] == list(ITEMS)
    (again,) = document["reanalyses"]
    assert "the scale has 0 items" in again["comparison"]["verdict"]["not_estimable"]


def test_languages_and_ways_in_are_compared_inside_a_wave() -> None:
    language = {"paradata.language": [1] * 300 + [2] * 250 + [""] * 50}
    mode = {"paradata.mode": [1] * 590 + [2] * 10}
    moved = _with_moved_item(1, 600, slice(300, 550))
    computed, released = both(moved | language | mode, wave(2, 600) | {"paradata.mode": [1] * 600})
    found = {(c["by"], c["wave"]): c for c in _quality(computed)["comparability"]}
    assert found.keys() == {("wave", None), ("language", "before"), ("mode", "before")}
    assert found["language", "before"]["groups"] == ["paradata.language 1", "paradata.language 2"]
    assert found["language", "before"]["check"]["n"] == {"first": 300, "second": 250}
    assert _quality(computed)["flagged"] == ["a"]
    assert "10 in 'paradata.mode 2'" in found["mode", "before"]["check"]["not_estimable"]
    told = [(c["by"], c["wave"]) for c in _quality(released)["comparability"]]
    assert told == [("wave", None), ("language", "before")]


def test_too_few_answers_are_not_estimable_and_hidden_without_a_number() -> None:
    computed, released = both(wave(1, 25), wave(2, 300))
    assert "25 complete answers" in _quality(computed)["waves"]["before"]["not_estimable"]
    told = _quality(released)
    assert told["waves"]["before"].keys() == {"suppressed"}
    assert told["pooled"] == told["waves"]["before"]
    assert told["waves"]["after"]["n"] == 300
    assert told["comparability"][0]["check"] == {"not_estimable": "not enough answers to check"}


def test_a_wave_told_as_too_few_hides_its_scale_and_the_sum_of_both() -> None:
    _, released = both(wave(1, 30), wave(2, 300), suppress_below=35)
    assert _quality(released)["pooled"] == {"suppressed": "fewer than 35 answers"}


def test_an_item_that_cannot_be_compared_is_named_without_its_reason_in_public() -> None:
    alike = {"a": [3] * 300}
    computed, released = both(wave(1, 300, **alike), wave(2, 300, **alike))
    check = _quality(computed)["comparability"][0]["check"]
    assert check["unchecked"][0]["item"] == "a"
    told = _quality(released)["comparability"][0]["check"]
    assert told["unchecked"][0].keys() == {"item", "suppressed"}


def test_an_interval_that_cannot_be_had_says_so() -> None:
    why = {"not_estimable": "too few"}
    told = _with_interval(0.8, NotEstimable("too few"))
    assert told == {"estimate": 0.8, "ci_low": why, "ci_high": why}


def test_two_items_have_alpha_and_no_omega() -> None:
    pair = book(question("a"), question("b"), scales=[scale("two", ["a", "b"])])
    cells = {name: wave(1, 100)[name] for name in ("a", "b")}
    told = compare_files(pair, table(cells), table(cells))["scale_quality"][0]["pooled"]
    assert told["omega"].keys() == {"not_estimable"}
    assert told["items"][0]["cronbach_if_dropped"].keys() == {"not_estimable"}
    assert told["cronbach"]["estimate"] == pytest.approx(0.75, abs=0.1)
