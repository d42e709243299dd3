"""The account of what was compared with R is a true one."""

from __future__ import annotations

import numpy as np
import pytest

from tests.golden.cases import JOURNAL, Case, Compared, case_ids
from tests.golden.oracle import left_out
from tests.golden.oracle.__main__ import problems_of

CASE = Case("X1", "a case", 1e-8, {"mean": 2.0, "ci": [1.0, 3.0], "t": {"p": 0.04}})


def _compared(computed: dict[str, object]) -> list[Compared]:
    """What a comparison writes down, taken out of the journal again."""
    before = len(JOURNAL)
    CASE.disagreements(computed)
    entries = JOURNAL[before:]
    del JOURNAL[before:]
    return entries


WHOLE = {"mean": 2.0, "ci": np.array([1.0, 3.0]), "t": {"p": 0.04}}


def test_a_case_whose_every_number_agrees_passes() -> None:
    entries = _compared(WHOLE)
    assert [entry.name for entry in entries] == CASE.names() == ["mean", "ci[0]", "ci[1]", "t p"]
    assert {entry.digits for entry in entries} == {16.0}
    assert list(problems_of(CASE, entries, {})) == []


@pytest.mark.parametrize(
    ("computed", "reasons", "problem"),
    [
        ({**WHOLE, "mean": 2.001}, {}, "mean differs"),
        ({**WHOLE, "mean": "two"}, {}, "mean differs"),
        ({**WHOLE, "ci": [1.0]}, {}, "ci[0] differs"),
        ({"mean": 2.0, "ci": [1.0, 3.0]}, {}, "t p was not compared"),
        (WHOLE, {"t": "no need"}, "t p is named as left out and was compared"),
        (WHOLE, {"median": "no need"}, "median is named as left out, and R gives no such number"),
    ],
)
def test_a_planted_gap_is_told(
    computed: dict[str, object], reasons: dict[str, str], problem: str
) -> None:
    assert problem in list(problems_of(CASE, _compared(computed), reasons))


def test_a_reason_covers_all_that_begins_with_its_name() -> None:
    entries = _compared({"mean": 2.0})
    assert list(problems_of(CASE, entries, {"ci": "why", "t": "why"})) == []


@pytest.mark.parametrize(("ours", "digits"), [(2.0, 16.0), (2.0002, 4.0), (200.0, 0.0)])
def test_digits_count_where_a_number_begins_to_differ(ours: float, digits: float) -> None:
    assert _compared({"mean": ours})[0].digits == pytest.approx(digits, abs=1e-6)


def test_reasons_are_given_for_cases_that_are_kept() -> None:
    assert left_out.NUMBERS.keys() <= set(case_ids())
    assert not left_out.CASES.keys() & set(case_ids())
