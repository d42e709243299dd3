"""Count tables: what they hold, and that cutting the rows into chunks changes no sum."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.refusals import Refusal
from analysis.tally import EVERYONE, Axes, Tally
from analysis.tally.cells import Cells, cells_of
from analysis.tally.counting import LeverageScale, leverage_of_rows, leverage_of_tally, tally_chunk

ROWS = 5000
CATEGORIES = (1, 2, 3, 4, -3, None)


def _rows() -> dict[str, np.ndarray]:
    """Two strata, two groups by age, three by place; some people in no group; three weights."""
    rng = np.random.default_rng(7)
    columns = {name: rng.integers(0, 3, ROWS) for name in ("age", "place", "weight")}
    return columns | {"stratum": rng.integers(0, 2, ROWS).astype(np.int32)}


def _cells(rows: np.ndarray, *, kept: bool) -> Cells:
    columns = {name: column[rows] for name, column in _rows().items()}
    variables = [[(EVERYONE, np.arange(len(rows)))]]
    variables += [
        [((name, j), np.flatnonzero(columns[name] == j)) for j in range(size)]
        for name, size in (("age", 2), ("place", 3))
    ]
    weight = np.array([0.5, 1.1, 2.3])[columns["weight"]]
    cells = cells_of(weight, (("N", "S"), columns["stratum"]), variables)
    return cells.keeping_weights() if kept else cells


def _answers() -> np.ndarray:
    return np.random.default_rng(8).integers(0, 6, ROWS).astype(np.int8)


EVERY_ROW = np.arange(ROWS)


def _tally(rows: np.ndarray = EVERY_ROW, *, kept: bool = False) -> Tally:
    return tally_chunk(CATEGORIES, _answers()[rows], _cells(rows, kept=kept))


def _same(one: Tally, other: Tally) -> None:
    assert one.axes == other.axes
    np.testing.assert_array_equal(one.n, other.n)
    np.testing.assert_allclose(one.sums, other.sums, rtol=1e-13)


@pytest.mark.parametrize("kept", [True, False])
def test_tallies_of_seven_chunks_add_up_to_the_tally_of_all(*, kept: bool) -> None:
    first, *others = (_tally(rows, kept=kept) for rows in np.array_split(EVERY_ROW, 7))
    _same(sum(others, first), _tally(kept=kept))


@pytest.mark.parametrize("kept", [True, False])
def test_each_cell_holds_its_people_their_weight_and_its_squares(*, kept: bool) -> None:
    tally, cells = _tally(kept=kept), _cells(EVERY_ROW, kept=False)
    place = tally.axes.groups.index(("place", 2))
    rows = _rows()
    there = (rows["stratum"] == 1) & (rows["place"] == 2) & (_answers() == 3)
    sums = tally.sums[:, 1, place, :, 3].sum(axis=1)
    w = cells.weight[there]
    assert sums == pytest.approx([there.sum(), w.sum(), (w * w).sum()], rel=1e-13)
    assert tally.n[:, 0].sum() == ROWS
    assert tally.n[:, 1:3].sum() < ROWS
    assert tally.axes.groups[:2] == (EVERYONE, ("age", 0))


def test_keeping_weights_apart_changes_no_sum() -> None:
    kept, mixed = _tally(kept=True), _tally()
    assert kept.axes.weights == (0.5, 1.1, 2.3)
    np.testing.assert_allclose(kept.sums.sum(axis=3), mixed.sums.sum(axis=3), rtol=1e-13)


@pytest.mark.parametrize("kept", [True, False])
def test_variables_are_counted_alike_side_by_side_and_apart(
    monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    together = _tally(kept=kept)
    assert len(_cells(EVERY_ROW, kept=kept).places) == 1
    monkeypatch.setattr("analysis.tally.cells._MOST_COMBINATIONS", 10)
    assert len(_cells(EVERY_ROW, kept=kept).places) == 3
    _same(_tally(kept=kept), together)


def test_more_rows_than_one_step_are_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _tally()
    monkeypatch.setattr("analysis.tally.counting._STEP", 100)
    _same(_tally(), whole)


def test_leverage_is_the_same_from_rows_and_from_weights_kept_apart() -> None:
    cells, kept = _cells(EVERY_ROW, kept=False), _tally(kept=True)
    total = kept.weight.sum(axis=(0, 2, 3)) * np.ones((2, 1))
    for is_centred in (True, False):
        scale = LeverageScale(total, total / total * 1.25, total / total * 0.9, is_centred)
        one = leverage_of_rows(_answers(), len(CATEGORIES), cells, scale)
        other = leverage_of_tally(kept, scale)
        for name in ("r_r", "q_r", "q_q"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)
        assert is_centred is not one.q_q.any()


def test_people_that_only_one_tally_knows_count_nowhere_else() -> None:
    north = Tally(Axes(("N",), (EVERYONE,), (1.0,), (1, 2)), np.ones((3, 1, 1, 1, 2)))
    south = Tally(Axes(("S",), (EVERYONE, ("age", 1)), (2.0,), (2, 3)), np.ones((3, 1, 2, 1, 2)))
    both = north + south
    assert both.axes == Axes(("N", "S"), (EVERYONE, ("age", 1)), (1.0, 2.0), (1, 2, 3))
    assert both.n.sum() == 6
    assert both.n[0, 0, 0].tolist() == [1, 1, 0]
    assert both.n[1, 1, 1].tolist() == [0, 1, 1]
    assert (south + north).n.sum() == 6


@pytest.mark.parametrize("kept", [True, False])
def test_a_tally_survives_json(*, kept: bool) -> None:
    tally = _tally(kept=kept)
    _same(Tally.from_dict(json.loads(json.dumps(tally.to_dict()))), tally)


def test_a_tally_that_was_cut_is_refused() -> None:
    document = _tally().to_dict()
    document["weight"] = document["weight"][:1]
    with pytest.raises(Refusal, match=r"tally: weight has the shape \(1, 6, 1, 6\)"):
        Tally.from_dict(document)


def test_a_tally_with_weights_apart_is_not_added_to_one_without() -> None:
    with pytest.raises(Refusal, match="keeps each weight apart and the other does not"):
        _ = _tally(kept=True) + _tally(kept=False)
