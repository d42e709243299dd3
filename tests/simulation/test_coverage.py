"""The 95 % intervals hold, and no word claims a change that is not there: on simulated people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from tests.simulation.cells import CELLS, JUST_MATTERS, Cell
from tests.simulation.coverage_page import read_page, row_of
from tests.simulation.runs import NIGHTLY, Tally, monte_carlo_error, run_cell, run_cells

QUICK: Final = 800
QUICK_CELLS: Final = (
    "scale, 30 and 30 people",
    "weights tied to the outcome, 120 and 120 people",
    "the same 20 blocks twice",
    "120 of 300 and 250 people answer twice",
    "comparison area, weights tied to the outcome",
    "120 of 200 people each time, known population",
    "three waves, 60 people each time",
)
LEAST, MOST = 0.94, 0.96
WRONG_WAY: Final = 0.025
SAME_PLATFORM: Final = 0.11  # percent: another numpy may round a draw the other way
BY_NAME: Final = {cell.name: cell for cell in CELLS}
REPORTED: Final = [cell for cell in CELLS if cell.standing == "reported"]


def _named(cells: list[Cell]) -> list[str]:
    return [cell.name for cell in cells]


def _holds(count: int, tally: Tally) -> bool:
    """Between 94 and 96 %, give or take three Monte Carlo errors."""
    slack = 3 * monte_carlo_error(0.95, tally.runs)
    return LEAST - slack <= count / tally.runs <= MOST + slack


def _is_rare(count: int, tally: Tally, limit: float = WRONG_WAY) -> bool:
    return count / tally.runs <= limit + 3 * monte_carlo_error(limit, tally.runs)


@pytest.mark.parametrize("name", QUICK_CELLS)
def test_intervals_and_words_hold_in_a_quick_run(name: str) -> None:
    tally = run_cell(BY_NAME[name], QUICK)
    assert tally.refused == 0
    assert _holds(tally.change, tally)
    assert _holds(tally.after, tally)
    if BY_NAME[name].is_null:
        assert _is_rare(tally.rose, tally)
        assert _is_rare(tally.fell, tally)


def test_the_page_tells_every_cell() -> None:
    assert read_page().keys() == BY_NAME.keys()


def test_a_planted_interval_that_is_too_short_is_caught() -> None:
    tally = Tally(runs=NIGHTLY, change=round(0.93 * NIGHTLY), rose=round(0.03 * NIGHTLY))
    assert not _holds(tally.change, tally)
    assert not _is_rare(tally.rose, tally)


@pytest.fixture(scope="module")
def tallies() -> Mapping[str, Tally]:
    return run_cells(CELLS, NIGHTLY)


@pytest.mark.proof
@pytest.mark.parametrize("name", _named(REPORTED))
def test_the_interval_of_a_change_holds_wherever_a_report_tells_it(
    name: str, tallies: Mapping[str, Tally]
) -> None:
    tally = tallies[name]
    assert tally.refused == 0
    assert _holds(tally.change, tally)


@pytest.mark.proof
@pytest.mark.parametrize(
    "name", _named([c for c in REPORTED if c.fielding.answer != "skewed item"])
)
def test_the_interval_of_one_wave_holds_but_for_skewed_items(
    name: str, tallies: Mapping[str, Tally]
) -> None:
    assert _holds(tallies[name].after, tallies[name])


@pytest.mark.proof
@pytest.mark.parametrize(
    "name",
    _named([c for c in REPORTED if c.fielding.has_newcombe]),
)
def test_newcombes_interval_holds(name: str, tallies: Mapping[str, Tally]) -> None:
    assert _holds(tallies[name].newcombe, tallies[name])


@pytest.mark.proof
@pytest.mark.parametrize("name", _named([c for c in REPORTED if c.is_null]))
def test_without_a_change_neither_a_rise_nor_a_fall_is_claimed_too_often(
    name: str, tallies: Mapping[str, Tally]
) -> None:
    tally = tallies[name]
    assert _is_rare(tally.rose, tally)
    assert _is_rare(tally.fell, tally)
    if BY_NAME[name].fielding.outcomes == 1:
        assert _is_rare(tally.significant, tally, 2 * WRONG_WAY + 0.01)


@pytest.mark.proof
@pytest.mark.parametrize("name", _named([c for c in CELLS if c.standing == "cautious"]))
def test_raked_weights_err_on_the_safe_side(name: str, tallies: Mapping[str, Tally]) -> None:
    tally = tallies[name]
    slack = 3 * monte_carlo_error(0.95, tally.runs)
    assert tally.refused == 0
    assert min(tally.change, tally.after) / tally.runs >= LEAST - slack
    if BY_NAME[name].is_null:
        assert _is_rare(tally.rose, tally)
        assert _is_rare(tally.fell, tally)


@pytest.mark.proof
def test_a_change_as_large_as_what_matters_is_seldom_called_about_the_same(
    tallies: Mapping[str, Tally],
) -> None:
    tally = tallies[JUST_MATTERS.name]
    assert _is_rare(tally.same, tally, 0.05)


@pytest.mark.proof
@pytest.mark.parametrize("name", _named([c for c in CELLS if c.standing == "labelled"]))
def test_what_does_not_hold_is_labelled(name: str, tallies: Mapping[str, Tally]) -> None:
    assert tallies[name].labelled >= 0.7 * tallies[name].runs


@pytest.mark.proof
def test_the_page_tells_what_the_simulation_gives(tallies: Mapping[str, Tally]) -> None:
    page = read_page()
    for cell in CELLS:
        ours, theirs = row_of(cell, tallies[cell.name]), page[cell.name]
        assert len(ours) == len(theirs)
        for one, other in zip(ours[1:-1], theirs[1:-1], strict=True):
            assert one == other or abs(float(one) - float(other)) <= SAME_PLATFORM, cell.name
