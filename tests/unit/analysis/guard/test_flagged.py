"""The headline is made again without doubted sheets, and says whether it stands."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any, Final

import numpy as np
import pytest

from analysis.compare import Compared, compare_outcomes
from analysis.comparisons.contrast import Change
from analysis.guard.flagged import doubted_sheets, findings_of, look_again
from analysis.guard.pair import WavePair
from analysis.reanalyses import Reanalysis
from analysis.refusals import NotEstimable
from tests.unit.analysis.books import book, question, scale
from tests.unit.analysis.guard.pairs import pair_of, paradata

BITS: Final = "paradata.quality"
FORM: Final = book(
    *map(question, "ab"),
    paradata("quality", "read", "too fast"),
    scales=[scale("trust", ["a", "b"], is_primary=True)],
)
Cells = dict[str, list[Any]]


def _wave(seed: int, n: int, fast: int = 0, answer: int = 5) -> Cells:
    rng = np.random.default_rng(seed)
    cells: Cells = {
        item: [*rng.integers(1, 6, n).tolist(), *[answer] * fast] for item in ("a", "b")
    }
    return cells | {BITS: [0] * n + [1] * fast}


def _compared(pair: WavePair) -> list[Compared]:
    return compare_outcomes(
        pair.before, pair.after, pair.shared, pair.plan, pair.design, pair.variance
    )


def _look(before: Cells, after: Cells) -> tuple[list[Reanalysis], str | None]:
    pair = pair_of(before, after, FORM)
    doubted = doubted_sheets(pair)
    again = look_again(pair, _compared(pair), doubted)
    return again, next((found.level for found in findings_of(again, doubted)), None)


def test_a_headline_made_by_doubted_sheets_does_not_stand() -> None:
    (again,), level = _look(_wave(1, 150), _wave(2, 150, fast=60))
    assert again.why == "without_doubted_sheets"
    assert again.n_left_out == (0, 60)
    assert again.agrees is False
    assert level == "flags"


def test_without_them_it_is_the_comparison_of_the_others() -> None:
    (again,), _ = _look(_wave(1, 150), _wave(2, 150, fast=60))
    alone = _compared(pair_of(_wave(1, 150), _wave(2, 150), FORM))[0]
    ours, theirs = again.compared.comparison.change, alone.comparison.change
    assert isinstance(ours, Change)
    assert isinstance(theirs, Change)
    assert astuple(ours) == pytest.approx(astuple(theirs), rel=1e-12)
    assert again.compared.verdict == alone.verdict


def test_a_headline_that_needs_no_doubted_sheet_stands() -> None:
    lifted = {item: [5] * 150 if item != BITS else [0] * 150 for item in ("a", BITS)}
    after = lifted | {"b": [4, 5] * 75}
    for column, value in (("a", 5), ("b", 5), (BITS, 1)):
        after[column] = [*after[column], *[value] * 12]
    (again,), level = _look(_wave(1, 150), after)
    assert again.agrees is True
    assert level == "passes"


def test_nothing_is_made_again_where_no_sheet_is_doubted() -> None:
    again, level = _look(_wave(1, 60), _wave(2, 60))
    assert again == []
    assert level == "passes"


def test_what_cannot_be_compared_without_them_agrees_with_nothing() -> None:
    (again,), level = _look(_wave(1, 60), _wave(2, 1, fast=40))
    assert isinstance(again.compared.verdict, NotEstimable)
    assert again.agrees is None
    assert level is None
