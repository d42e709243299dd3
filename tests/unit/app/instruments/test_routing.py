"""What is shown, in Python. The CSS is held against the same cases in tests/browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from analysis.codebook import NOT_SHOWN, PREFER_NOT_TO_SAY, SKIPPED
from app.instruments.routing import hiding_css
from app.instruments.sheet import check_sheet, decode_sheet
from app.questions.conditions import Condition
from tests.surveys.branching_cases import CASES
from tests.surveys.read import read

BRANCHING = read("branching")
CONDITIONAL = [q.id for q in BRANCHING.questions if q.show_if is not None]


def shown(form: dict[str, list[str]]) -> set[str]:
    answers = decode_sheet(BRANCHING, form, "baseline").answers
    return {name for name in CONDITIONAL if answers[name] != NOT_SHOWN}


@pytest.mark.parametrize(("form", "expected"), CASES.values(), ids=CASES)
def test_a_question_is_shown_when_its_condition_holds(
    form: dict[str, list[str]], expected: set[str]
) -> None:
    assert shown(form) == expected


def test_an_answer_under_a_hidden_question_is_thrown_away() -> None:
    sheet = decode_sheet(BRANCHING, {"met": ["2"], "both": ["1"]}, "baseline")
    assert sheet.problems == {}
    assert sheet.answers["both"] == NOT_SHOWN


def test_even_a_forged_answer_under_a_hidden_question_is_thrown_away() -> None:
    sheet = decode_sheet(BRANCHING, {"met": ["2"], "both": ["99"]}, "baseline")
    assert sheet.problems == {}


def test_a_shown_question_left_empty_is_skipped_and_not_hidden() -> None:
    answers = decode_sheet(BRANCHING, {"met": ["-2"]}, "baseline").answers
    assert answers["met"] == PREFER_NOT_TO_SAY
    assert answers["unsaid"] == SKIPPED


def test_an_instrument_without_conditions_needs_no_css() -> None:
    assert hiding_css(read("pick_all"), "baseline") == ""


def test_there_is_one_rule_for_each_condition() -> None:
    css = hiding_css(BRANCHING, "baseline")
    assert css.count("{display:none}") == len(CONDITIONAL)
    assert "<" not in css


@given(
    st.fixed_dictionaries(
        {},
        optional={
            question.id: st.lists(st.sampled_from(["1", "2", "3", "-2", "9"]), max_size=2)
            for question in BRANCHING.questions
        },
    )
)
def test_every_sheet_that_is_accepted_passes_the_check_at_the_count(
    form: dict[str, list[str]],
) -> None:
    sheet = decode_sheet(BRANCHING, form, "baseline")
    assert sheet.answers.keys() | sheet.problems.keys() == {q.id for q in BRANCHING.questions}
    if not sheet.problems:
        assert check_sheet(BRANCHING, sheet.answers, "baseline") == {}


@pytest.mark.parametrize("name", ["branching", "area_branching"])
def test_conditions_are_written_down_as_they_were_read(name: str) -> None:
    for question in read(name).questions:
        if question.show_if is not None:
            written = question.show_if.model_dump(mode="json", by_alias=True)
            assert TypeAdapter(Condition).validate_python(written) == question.show_if
