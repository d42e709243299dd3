"""From a posted form to a stored sheet, and from there to columns."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import NOT_SHOWN, SKIPPED
from app.instruments.codebook import build_codebook
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.sheet import area_code, check_sheet, codebook_row, decode_sheet
from app.questions.contract import AnswerProblem, AreaChoice
from tests.processor_time import least_seconds
from tests.surveys.read import names, read

AREAS = (AreaChoice(1, {"en": "North"}), AreaChoice(2, {"en": "South"}))
CORE = next(i for i in shipped_instruments() if i.id == "core_trust")
PLACED = read("areas_and_tokens")


def full_form(instrument: Instrument, wave_kind: Any) -> dict[str, list[str]]:
    page = instrument.page_context("en", AREAS, {})
    choices = {q.id: list(q.choices(page, {})) for q in instrument.asking(wave_kind)}
    return {name: [offered[0].value] for name, offered in choices.items()}


def test_an_empty_form_skips_every_question_that_is_shown() -> None:
    sheet = decode_sheet(CORE, {}, "baseline", AREAS)
    assert sheet.problems == {}
    hidden = {"k2", "k3", "k4"}
    assert {name for name, answer in sheet.answers.items() if answer == NOT_SHOWN} == hidden
    assert set(sheet.answers.values()) == {SKIPPED, NOT_SHOWN}


def test_a_full_form_is_stored_as_codes_and_survives_json() -> None:
    sheet = decode_sheet(CORE, full_form(CORE, "follow_up"), "follow_up", AREAS)
    assert sheet.problems == {}
    assert sheet.answers["t1"] == 1
    assert sheet.answers["race"] == [1]
    assert sheet.answers["x1"] == 1
    stored = json.loads(json.dumps(sheet.answers))
    assert check_sheet(CORE, stored, "follow_up", AREAS) == {}


def test_a_question_of_the_other_wave_is_unknown() -> None:
    assert decode_sheet(PLACED, {"heard": ["1"]}, "follow_up", AREAS).problems == {}
    problems = decode_sheet(PLACED, {"heard": ["1"]}, "baseline", AREAS).problems
    assert problems == {"heard": AnswerProblem("unknown_question")}


@pytest.mark.parametrize("name", ["t99", "", "here", "race_1", "x" * 10_000, "\x00"])
def test_a_field_that_no_question_has_is_a_problem(name: str) -> None:
    problems = decode_sheet(CORE, {name: ["1"]}, "baseline", AREAS).problems
    assert list(problems.values()) == [AnswerProblem("unknown_question")]
    assert all(len(told) <= 40 for told in problems)


def test_one_bad_answer_leaves_the_others_standing() -> None:
    sheet = decode_sheet(CORE, {"t1": ["6"], "t2": ["4"]}, "baseline", AREAS)
    assert sheet.problems == {"t1": AnswerProblem("not_an_option")}
    assert sheet.answers["t2"] == 4
    assert "t1" not in sheet.answers


def test_the_row_has_the_columns_of_the_codebook_in_both_waves() -> None:
    for wave_kind in ("baseline", "follow_up"):
        for form in ({}, full_form(CORE, wave_kind)):
            sheet = decode_sheet(CORE, form, wave_kind, AREAS)
            columns = [v.id for v in build_codebook(CORE, wave_kind, AREAS).variables]
            assert list(codebook_row(CORE, sheet.answers)) == columns


def test_several_answers_become_one_column_each() -> None:
    sheet = decode_sheet(CORE, {"race": ["4", "2"]}, "baseline", AREAS)
    row = codebook_row(CORE, sheet.answers)
    assert [row[f"race_{code}"] for code in range(1, 8)] == [0, 1, 0, 1, 0, 0, 0]


def test_the_area_is_found_without_knowing_the_question() -> None:
    for posted, expected in (("2", 2), ("0", None), ("-2", None), ("", None)):
        sheet = decode_sheet(PLACED, {"area": [posted]}, "baseline", AREAS)
        assert area_code(PLACED, sheet.answers) == expected
    assert area_code(read("pick_all"), {}) is None


BASE = decode_sheet(PLACED, {"area": ["1"]}, "follow_up", AREAS).answers


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"area": 3}, "not_an_option"),
        ({"area": "1"}, "not_an_option"),
        ({"area": True}, "not_an_option"),
        ({"area": NOT_SHOWN}, "not_an_option"),
        ({"area": None}, "not_an_option"),
        ({"heard": [1]}, "not_an_option"),
        ({"stranger": 1}, "unknown_question"),
        ({"about": 1}, "unknown_question"),
    ],
)
def test_a_stored_sheet_that_the_page_could_not_make_is_found(
    changes: dict[str, object], problem: str
) -> None:
    assert check_sheet(PLACED, BASE, "follow_up", AREAS) == {}
    problems = check_sheet(PLACED, {**BASE, **changes}, "follow_up", AREAS)
    assert {name: wrong.key for name, wrong in problems.items()} == {next(iter(changes)): problem}


def test_a_stored_sheet_that_lacks_a_question_is_found() -> None:
    stored = {name: answer for name, answer in BASE.items() if name != "heard"}
    assert check_sheet(PLACED, stored, "follow_up", AREAS).keys() == {"heard"}


def test_an_answer_stored_under_a_hidden_question_is_found() -> None:
    instrument = read("branching")
    stored = decode_sheet(instrument, {"met": ["2"]}, "baseline").answers
    assert check_sheet(instrument, {**stored, "both": 1}, "baseline").keys() == {"both"}


@pytest.mark.parametrize("name", names())
@given(form=st.data())
def test_no_form_breaks_the_reading_of_an_instrument(name: str, form: st.DataObject) -> None:
    instrument = read_once(name)
    fields = sorted(instrument.form_fields("follow_up"))
    posted = form.draw(
        st.dictionaries(
            st.sampled_from(fields) | st.text(max_size=5),
            st.lists(st.integers(-5, 9).map(str) | st.text(max_size=3), max_size=4),
            max_size=8,
        )
    )
    sheet = decode_sheet(instrument, posted, "follow_up", AREAS)
    if not sheet.problems:
        assert check_sheet(instrument, sheet.answers, "follow_up", AREAS) == {}
        columns = {v.id for v in build_codebook(instrument, "follow_up", AREAS).variables}
        assert codebook_row(instrument, sheet.answers).keys() == columns


INSTRUMENTS = {name: read(name) for name in names()}


def read_once(name: str) -> Instrument:
    return INSTRUMENTS[name]


def test_reading_a_full_sheet_costs_far_less_than_a_web_request() -> None:
    form = full_form(CORE, "follow_up")
    decode_sheet(CORE, form, "follow_up", AREAS)
    assert least_seconds(lambda: decode_sheet(CORE, form, "follow_up", AREAS), 200) < 0.001
