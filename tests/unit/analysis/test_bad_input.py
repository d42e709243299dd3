"""Bad input, item by item: refused with column and row (or level) named, or told as not estimable.

Through the files and the plan, as a stranger brings them; never a wrong number, never a NaN.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.disclosure import release
from analysis.refusals import Refusal
from analysis.report import compare_files
from tests.unit.analysis.books import book, number, question, scale, table
from tests.unit.analysis.planned import Cells

BOOK = book(
    question("a", missing=(-1,)),
    question("b"),
    number("years"),
    question("sex", (1, 2), level="nominal", role="background"),
    scales=[scale("trust", ["a", "b"], is_primary=True)],
)
WEIGHTED = {"weight": "w"}
BLOCKS = {"psu": "block", "stratum": "place"}


def _cells(n: int = 60, **changed: list[Any]) -> Cells:
    cells: Cells = {
        "a": [1 + i % 5 for i in range(n)],
        "b": [1 + i % 4 for i in range(n)],
        "years": [i % 40 for i in range(n)],
        "sex": [1 + i % 2 for i in range(n)],
    }
    return cells | changed


def _spoilt(column: str, value: object, n: int = 60) -> Cells:
    """The value stands in the third answer, which is row 4 of the file."""
    cells = _cells(n)
    cells.setdefault(column, [1] * n)
    cells[column] = [*cells[column][:2], value, *cells[column][3:]]
    return cells


def _compare(before: Cells, after: Cells, plan: dict[str, Any] | None = None) -> dict[str, Any]:
    return compare_files(BOOK, table(before), table(after), plan=plan)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("years", "nan", "column 'years', row 4: 'nan' is not a finite number"),
        ("years", "inf", "column 'years', row 4: 'inf' is not a finite number"),
        ("years", "-Infinity", "column 'years', row 4: '-Infinity' is not a finite number"),
        ("years", "many", "column 'years', row 4: 'many' is not a number"),
        ("a", "nan", "column 'a', row 4: 'nan' is not a code of this question"),
        ("a", "inf", "column 'a', row 4: 'inf' is not a code of this question"),
        ("a", 6, "column 'a', row 4: '6' is not a code of this question; it has 1, 2, 3, 4, 5, -1"),
        ("a", 2.5, "column 'a', row 4: '2.5' is not a code"),
        ("sex", 3, "column 'sex', row 4: '3' is not a code"),
        ("w", -1, "column 'w', row 4: '-1' is not above zero"),
        ("w", 0, "column 'w', row 4: '0' is not above zero"),
        ("w", "nan", "column 'w', row 4: 'nan' is not a finite number"),
        ("w", "inf", "column 'w', row 4: 'inf' is not a finite number"),
        ("w", None, "column 'w', row 4 is empty; every row needs a weight"),
    ],
)
@pytest.mark.parametrize("wave", ["before", "after"])
def test_a_cell_that_is_wrong_is_named_by_column_and_row(
    column: str, value: object, words: str, wave: str
) -> None:
    weight = {"w": [1] * 60}
    plan = WEIGHTED if column == "w" else None
    fine = _cells() | (weight if column == "w" else {})
    files = (_spoilt(column, value), fine)
    with pytest.raises(Refusal) as refused:
        _compare(*(files if wave == "before" else files[::-1]), plan)
    assert str(refused.value).startswith(f"{wave}: {words}")


@pytest.mark.parametrize(
    ("before", "plan", "words"),
    [
        (_cells(0), None, "before: the wave is empty"),
        (_cells(1), None, "before: the wave has one respondent"),
        (
            _cells(block=["x", *"ab" * 29, "x"], place=[*"N" * 30, *"S" * 30]),
            BLOCKS,
            "lies in two strata",
        ),
        (_cells(block=[*"ab" * 29, "", "a"], place=["N"] * 60), BLOCKS, "column 'block', row 60"),
        (_cells(), {"primary": ["trsut"]}, "unknown outcome 'trsut' under primary"),
        (_cells(), {"smallest_change": {"c": 1}}, "unknown outcome 'c' in smallest_change"),
        (_cells(), {"subgroups": ["gender"]}, "unknown subgroup 'gender'"),
        (_cells(), WEIGHTED, "the plan names the column 'w' as weight"),
        (
            _cells(),
            {"weighting": {"margins": {"sex": {1: 49, 2: 41}}}},
            "the percents of 'sex' add up to 90",
        ),
        (
            _cells(),
            {"weighting": {"margins": {"sex": {1: 49, 2: 50, 3: 1}}}},
            "margin 'sex', level 3: 'sex' has no level '3'; it has sex 1, sex 2",
        ),
        (_cells(), {"weighting": {"margins": {"age": {1: 100}}}}, "no question 'age'"),
    ],
)
def test_a_file_or_plan_that_is_wrong_is_refused_by_name(
    before: Cells, plan: dict[str, Any] | None, words: str
) -> None:
    after = _cells() | {name: before[name][:60] for name in before.keys() - _cells().keys()}
    with pytest.raises(Refusal) as refused:
        _compare(before, after, plan)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "before",
    [
        _cells(a=[None] * 60, b=[None] * 60),
        _cells(a=[-1] * 60),
        _cells(years=[None] * 60),
        _cells(a=[3] * 60, b=[3] * 60, years=[7] * 60),
        _cells(sex=[None] * 60),
        _cells(sex=[1] * 60),
        _cells(2),
    ],
    ids=["no answer", "all say don't know", "no number", "all alike", "no sex", "one sex", "two"],
)
@pytest.mark.parametrize("variance", ["jackknife", "taylor"])
def test_answers_that_tell_nothing_leave_a_reason_and_no_number_that_is_none(
    before: Cells, variance: str
) -> None:
    plan = {
        "subgroups": ["sex"],
        "variance": variance,
        "weighting": {"margins": {"sex": {1: 49, 2: 51}}},
    }
    computed = _compare(before, _cells(), plan)
    for document in (computed, release(computed)):
        json.dumps(document, allow_nan=False)  # refuses NaN and infinities
    told = computed["comparisons"][0]
    assert isinstance(told["verdict"], str) or told["verdict"]["not_estimable"]


def test_two_waves_of_constant_answers_have_no_test_and_say_so() -> None:
    alike = _cells(a=[3] * 60, b=[3] * 60)
    told = _compare(alike, alike)["comparisons"][0]
    assert "not_estimable" in told["change"]
    assert "not_estimable" in told["verdict"]
    assert "cannot be compared" in told["sentence"]


def test_an_item_that_nobody_answered_says_in_which_wave() -> None:
    comparisons = _compare(_cells(a=[None] * 60), _cells())["comparisons"]
    told = next(c for c in comparisons if c["outcome"] == "a")
    assert told["change"]["not_estimable"] == "before: no answer"


@pytest.mark.parametrize("column", ["a", "years", "w"])
def test_a_wrong_cell_that_is_a_whole_page_is_quoted_in_part(column: str) -> None:
    page = "-1." + "word " * 5000
    with pytest.raises(Refusal) as refused:
        _compare(_spoilt(column, page), _cells(w=[1] * 60), WEIGHTED if column == "w" else None)
    assert f"column {column!r}, row 4: '-1.word word " in str(refused.value)
    assert len(str(refused.value)) < 200


def test_a_heading_that_is_a_whole_page_is_quoted_in_part() -> None:
    page = "word " * 5000
    for cells in (_cells() | {page: [1] * 60}, {page: [1] * 60, f"{page} ": [1] * 60}):
        with pytest.raises(Refusal) as refused:
            _compare(cells, _cells())
        assert len(str(refused.value)) < 250
