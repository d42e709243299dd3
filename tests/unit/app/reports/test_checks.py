"""The sections on weights and scales: what they say, and what they may not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.reports.page import render_document
from app.reports.reading.checks.scale_checks import scale_checks_of
from app.reports.reading.checks.weights import Checks, weighting_of
from app.reports.reading.wording import read_wording
from tests.unit.analysis.planned import both, by_age, wave

ENGLISH = read_wording("en")
AGES = [1] * 70 + [2] * 105 + [3] * 125


def _weighted(document: dict[str, Any]) -> Checks:
    checks = weighting_of(document, ENGLISH)
    assert checks is not None
    return checks


def test_without_weights_there_is_no_section() -> None:
    _, released = both(wave(1, 100), wave(2, 100))
    assert weighting_of(released, ENGLISH) is None
    assert "How the answers were weighted" not in render_document(released)


def test_population_and_both_waves_stand_side_by_side() -> None:
    cells = [wave(seed, 300, age=AGES) for seed in (1, 2)]
    _, released = both(*cells, **by_age(30, 30, 40))
    checks = _weighted(released)
    ((heading, table),) = checks.tables
    assert heading == "age?"
    assert table.heading[1:4] == ("Population", "Before, as answered", "Before, weighted")
    assert [cell.strip("\u2066\u2069") for cell in table.rows[0][1:4]] == ["30%", "23%", "30%"]
    assert "the same population for both waves" in checks.notes[0]
    assert "every answer counted alike" in " ".join(checks.notes)
    assert "not shown: fewer than 10 answers" in checks.notes[-1]
    page = render_document(released)
    assert 'id="weighting"' in page
    assert 'id="weighting-1"' in page


def test_weights_that_the_program_made_are_said_to_be_taken_as_fixed() -> None:
    _, made = both(wave(1, 300, age=AGES), wave(2, 300, age=AGES), **by_age(30, 35, 35))
    assert "are treated as fixed" in render_document(made)
    _, none = both(wave(1, 300), wave(2, 300))
    assert "are treated as fixed" not in render_document(none)


def test_weights_too_wild_a_margin_left_out_and_a_margin_not_met_are_said() -> None:
    few = [1] * 30 + [2] * 300 + [3] * 270
    _, wild = both(wave(1, 600, age=few), wave(2, 600, age=few), **by_age(70, 15, 15, trim=None))
    assert "no verdict rests on these weights, because" in " ".join(_weighted(wild).notes)
    _, cut = both(wave(1, 600, age=few), wave(2, 600, age=few), **by_age(60, 20, 20))
    assert "some shares below stay off the population" in " ".join(_weighted(cut).notes)
    silent = {"age": [*AGES[:200], *[-2] * 100]}
    margins = {"age": {1: 30, 2: 30, 3: 40}, "sex": {1: 50, 2: 50}}
    _, out = both(wave(1, 300, **silent), wave(2, 300, **silent), weighting={"margins": margins})
    assert "“age?” was left out: too many did not give it" in " ".join(_weighted(out).notes)
    _, unmet = both(wave(1, 300, **silent), wave(2, 300, **silent), **by_age(30, 30, 40))
    assert _weighted(unmet).notes[0].startswith("not shown: the population margins")
    assert _weighted(unmet).tables == ()


def test_a_wave_too_small_hides_its_weights_and_its_make_up() -> None:
    _, released = both(wave(1, 20, w=[0.5, 1.5] * 10), wave(2, 200, w=[0.5, 1.5] * 100), weight="w")
    assert "Before: not shown: about 10-30 answers" in " ".join(_weighted(released).notes)
    ticks = {"group_1": [1, 0, 1] * 100, "group_2": [0, 1, 1] * 100}
    margins = {"group": {1: 40, 2: 40, "two or more": 20}}
    _, hidden = both(wave(1, 300, **ticks), wave(2, 300, **ticks), weighting={"margins": margins})
    ((_, table),) = _weighted(hidden).tables
    assert "a small group" in table.rows[0][2]


def test_another_verdict_on_other_weights_is_said() -> None:
    rng = np.random.default_rng(3)
    drifted = []
    for counts in ((150, 100, 50), (50, 100, 150)):
        ages = [age for age, count in enumerate(counts, 1) for _ in range(count)]
        level = np.array(ages) + 0.7 * rng.normal(size=300)
        items = {i: np.clip(np.round(level), 1, 5).astype(int).tolist() for i in "abcd"}
        drifted.append(wave(1, 300, age=ages, **items))
    _, released = both(*drifted, **by_age(30, 40, 30))
    assert "The verdict would be another one." in " ".join(_weighted(released).notes)


def test_a_sound_scale_and_a_flagged_one_are_told_in_words() -> None:
    _, sound = both(wave(1, 300), wave(2, 300))
    checks = scale_checks_of(sound, ENGLISH)
    assert checks is not None
    assert "no sign that a question means something else" in " ".join(checks.notes)
    (_, table), (score, items) = checks.tables
    assert table.rows[0][0] == "Trust: Before"
    assert "0." in table.rows[0][1]
    assert score == "Trust"
    assert items.heading[1:] == (
        "With the others: Before",
        "With the others: After",
        "Alpha without it: Before",
        "Alpha without it: After",
    )
    quality = sound["scale_quality"][0]["waves"]["after"]["items"]
    assert [row[0] for row in items.rows] == [f"{i['item']}?" for i in quality]
    assert [row[2] for row in items.rows] == [f"{i['rest_correlation']:.2f}" for i in quality]
    assert [row[4] for row in items.rows] == [f"{i['cronbach_if_dropped']:.2f}" for i in quality]
    moved = wave(2, 400)
    moved["a"] = np.minimum(np.array(moved["a"]) + 1, 5).tolist()
    _, flagged = both(wave(1, 400), moved)
    told = scale_checks_of(flagged, ENGLISH)
    assert told is not None
    assert "answer its other questions alike answer “a?” higher in after than in before." in (
        " ".join(told.notes)
    )
    assert "without the questions that do not mean the same" in told.notes[-1]
    assert 'id="scale-checks"' in render_document(flagged)


def test_too_few_answers_are_said_and_not_counted() -> None:
    _, released = both(wave(1, 25), wave(2, 300))
    checks = scale_checks_of(released, ENGLISH)
    assert checks is not None
    assert "was not checked: not enough answers to check" in " ".join(checks.notes)
    assert checks.tables[0][1].rows[0][1].startswith("not shown: ")
    assert scale_checks_of(released | {"scale_quality": []}, ENGLISH) is None


def test_a_question_that_runs_against_the_others_is_told_once() -> None:
    turned = [wave(seed, 300) for seed in (1, 2)]
    for cells in turned:
        cells["a"] = [6 - answer for answer in cells["a"]]
    _, released = both(*turned)
    checks = scale_checks_of(released, ENGLISH)
    assert checks is not None
    assert any("“a?” runs against the other items" in note for note in checks.notes)


def test_a_scale_told_in_one_wave_only_shows_that_wave() -> None:
    _, released = both(wave(1, 300), wave(2, 300))
    (quality,) = released["scale_quality"]
    quality["waves"]["after"] = {"suppressed": "fewer than 10 answers"}
    quality["waves"]["before"]["items"][0]["cronbach_if_dropped"] = {"not_estimable": "no answer"}
    checks = scale_checks_of(released, ENGLISH)
    assert checks is not None
    rows = checks.tables[1][1].rows
    assert len(rows[0]) == 3
    assert rows[0][2] == "not shown: no answer"
    quality["waves"]["before"] = {"suppressed": "fewer than 10 answers"}
    checks = scale_checks_of(released, ENGLISH)
    assert checks is not None
    assert len(checks.tables) == 1


@pytest.mark.parametrize(
    ("by", "groups", "words"),
    [
        ("language", ["en", "es"], "lower in Spanish than in English."),
        ("language", ["en", "so"], "lower in so than in English."),
        ("mode", ["phone or computer, web page", "entered by staff"], "lower in entered by staff"),
    ],
)
def test_a_question_that_means_otherwise_in_another_language_is_told(
    by: str, groups: list[str], words: str
) -> None:
    _, released = both(wave(1, 300), wave(2, 300))
    comparison = released["scale_quality"][0]["comparability"][0]
    comparison.update(by=by, wave="after", groups=groups)
    comparison["check"]["items"][0].update(is_flagged=True, log_odds=-1.2)
    checks = scale_checks_of(released, ENGLISH)
    assert checks is not None
    assert any(words in note for note in checks.notes)
    spanish = scale_checks_of(released, read_wording("es"))
    assert spanish is not None
    assert any("responden más bajo" in note for note in spanish.notes)


def test_a_figure_that_cannot_be_had_says_why() -> None:
    _, released = both(wave(1, 300), wave(2, 300))
    (quality,) = released["scale_quality"]
    quality["waves"]["after"]["omega"] = {"not_estimable": "one factor needs 3 items"}
    checks = scale_checks_of(released, ENGLISH)
    assert checks is not None
    assert checks.tables[0][1].rows[1][2] == "not shown: one factor needs 3 items"
