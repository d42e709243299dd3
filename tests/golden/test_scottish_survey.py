"""Official tables with significance flags: Scottish Crime and Justice Survey 2019/20, table A1.22.

Shares agreeing in whole percent and numbers of respondents; items named by topic. The survey is
weighted and clustered and its flags are design-corrected tests at 95 %. A design factor between
1.25 and 1.5 stands in for the design that the table does not tell.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any, Final, Literal

import pytest

from analysis.report import compare_files
from tests.golden.shares import wave_of_share
from tests.unit.analysis.books import book, question

Flag = Literal["rose", "fell", "no change"]
RESPONDENTS: Final = (3890, 5410, 5450)
ROUNDING: Final = 0.5


@dataclass(frozen=True)
class Row:
    """Shares of 2009/10, 2018/19 and 2019/20; flags since 2009/10 and since 2018/19."""

    topic: str
    shares: tuple[float, float, float]
    flags: tuple[Flag, Flag]


ROWS: Final = (
    Row("there_when_needed", (58, 63, 65), ("rose", "no change")),
    Row("listens_to_concerns", (48, 50, 50), ("no change", "no change")),
    Row("poor_relations", (28, 24, 23), ("fell", "no change")),
    Row("neglects_what_matters", (31, 22, 22), ("fell", "no change")),
    Row("respectful", (83, 87, 89), ("rose", "rose")),
    Row("fair_to_everyone", (58, 62, 63), ("rose", "no change")),
)


@functools.cache
def _comparison(row: Row, since: int, deft: float, shift: tuple[float, float] = (0, 0)) -> Any:
    """The topic's change since the first or second year, the true shares off by `shift`."""
    waves = (
        wave_of_share((row.shares[year] + off) / 100, RESPONDENTS[year], deft)
        for year, off in zip((since, 2), shift, strict=True)
    )
    codebook = book(question("y", (0, 1), level="binary"))
    return compare_files(codebook, *waves, plan={"weight": "w"})["comparisons"][0]


def _row(topic: str) -> Row:
    return next(row for row in ROWS if row.topic == topic)


def _flag(comparison: dict[str, Any]) -> Flag:
    """What the table flags: a difference at 95 %, whatever the smallest change that matters."""
    change = comparison["change"]
    if change["ci_low"] <= 0 <= change["ci_high"]:
        return "no change"
    return "rose" if change["estimate"] > 0 else "fell"


@pytest.mark.parametrize("deft", [1.25, 1.5])
@pytest.mark.parametrize("since", [0, 1])
def test_every_flag_comes_out_with_a_design_factor(since: int, deft: float) -> None:
    found = {row.topic: _flag(_comparison(row, since, deft)) for row in ROWS}
    assert found == {row.topic: row.flags[since] for row in ROWS}


@pytest.mark.parametrize("since", [0, 1])
def test_every_flag_lies_in_what_rounding_leaves_open(since: int) -> None:
    """65 may be anything from 64.5 to 65.5: the flag must be what some such shares give."""
    for row in ROWS:
        possible = {
            _flag(_comparison(row, since, deft, shift))
            for deft in (1.25, 1.5)
            for shift in itertools.product((-ROUNDING, ROUNDING), repeat=2)
        }
        assert row.flags[since] in possible


def test_without_the_design_one_flag_is_a_false_alarm() -> None:
    wrong = [
        (row.topic, since)
        for since in (0, 1)
        for row in ROWS
        if _flag(_comparison(row, since, 1.0)) != row.flags[since]
    ]
    assert wrong == [("there_when_needed", 1)]


@pytest.mark.parametrize(
    ("topic", "since", "deft", "p"),
    [
        ("there_when_needed", 1, 1.0, 0.030),
        ("there_when_needed", 1, 1.25, 0.082),
        ("there_when_needed", 1, 1.5, 0.148),
        ("respectful", 1, 1.0, 0.0013),
        ("respectful", 1, 1.25, 0.010),
        ("respectful", 1, 1.5, 0.033),
        ("listens_to_concerns", 0, 1.0, 0.057),
        ("listens_to_concerns", 0, 1.25, 0.127),
        ("listens_to_concerns", 0, 1.5, 0.204),
        ("fair_to_everyone", 0, 1.5, 0.0012),
    ],
)
def test_the_p_values_are_those_of_two_shares_with_the_design_factor(
    topic: str, since: int, deft: float, p: float
) -> None:
    digits = 4 if p < 0.002 else 3
    assert round(_comparison(_row(topic), since, deft)["change"]["p"], digits) == p


def test_rounded_shares_and_a_rounded_difference_need_not_agree() -> None:
    """58 to 65 is printed as up by 8: 57.5 to 65.4 is, and the change is told unrounded."""
    comparison = _comparison(_row("there_when_needed"), 0, 1.25, (-0.4, 0.4))
    assert round(100 * comparison["change"]["estimate"]) == 8


@pytest.mark.parametrize(("topic", "verdict"), [("poor_relations", "fell"), ("respectful", "rose")])
def test_a_verdict_says_what_a_flag_says(topic: str, verdict: str) -> None:
    assert _comparison(_row(topic), 0, 1.5)["verdict"].startswith(verdict)
