"""Files counted part by part say what their rows say, whatever the design and the method."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.compare
from analysis.compare import Compared, compare_outcomes
from analysis.comparisons.difference import Domain
from analysis.comparisons.ranks.midrank_test import midrank_test
from analysis.comparisons.ranks.odds_of_higher import odds_of_higher
from analysis.comparisons.shares.rao_scott import rao_scott
from analysis.dataset import FloatArray, Wave, read_wave
from analysis.design import Design, label_design
from analysis.outcomes import Outcome, outcome_values
from analysis.plain import plain
from analysis.plan import Plan, read_plan
from analysis.tally.roll_up import (
    WaveTally,
    compare_tallies,
    other_methods_of_tallies,
    tally_lines,
)
from analysis.variance import VARIANCES
from tests.property.waves import Cells, Waves, codebook, waves
from tests.unit.analysis.books import table

SOME = settings(max_examples=30, deadline=None)
WEIGHTS = ("many", "few", "whole numbers")
LEFT_TO_THE_ROWS = "only the rows can tell"
BOOK = codebook()
every_variance = pytest.mark.parametrize("variance", VARIANCES)


class Cut:
    """Two waves as files, as tallies of their parts, and the plan of both."""

    def __init__(self, drawn: Waves, weights: str, parts: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        kept = {key: value for key, value in drawn.plan.items() if key != "weighting"}
        self.plan: Plan = read_plan(kept, BOOK)
        self.texts = {
            name: table(_weighted(cells, weights, rng))
            for name, cells in (("before", drawn.before), ("after", drawn.after))
        }
        self.tallies = {name: self._tally(name, parts) for name in self.texts}

    def _tally(self, name: str, parts: int) -> WaveTally:
        lines = self.texts[name].splitlines(keepends=True)
        at_once = -(-(len(lines) - 1) // parts)
        tally = tally_lines(name, lines, BOOK, self.plan, rows_at_once=at_once)
        return WaveTally.from_dict(json.loads(json.dumps(tally.to_dict())))

    def rows(self) -> tuple[Wave, Wave, Design]:
        before, after = (read_wave(n, t, BOOK, self.plan.columns) for n, t in self.texts.items())
        return before, after, label_design(before, after, self.plan.columns)


def _weighted(cells: Cells, kind: str, rng: np.random.Generator) -> Cells:
    n = len(cells["a"])
    weights: dict[str, Callable[[], Any]] = {
        "few": lambda: rng.choice([0.4, 1.0, 2.5], n),
        "whole numbers": lambda: rng.integers(1, 5, n),
    }
    return cells | ({"w": weights[kind]().tolist()} if kind in weights and "w" in cells else {})


cuts = st.builds(
    Cut, waves(), st.sampled_from(WEIGHTS), st.integers(1, 7), st.integers(0, 2**32 - 1)
)


def _flat(document: Any, path: str = "") -> dict[str, Any]:
    if isinstance(document, np.ndarray):
        document = document.tolist()
    if isinstance(document, list):
        document = dict(enumerate(document))
    if not isinstance(document, dict):
        return {path: document}
    return {k: v for key, part in document.items() for k, v in _flat(part, f"{path}.{key}").items()}


def _assert_agree(counted: Any, summed: Any) -> None:
    """To 11 digits, or 12 decimals where small; what sums cannot tell is passed over."""
    ours, theirs = _flat(plain(counted)), _flat(plain(summed))
    if any(LEFT_TO_THE_ROWS in str(told) for told in ours.values()):
        return
    assert ours.keys() == theirs.keys()
    for path, told in theirs.items():
        if isinstance(told, float | int):
            assert ours[path] == pytest.approx(told, rel=1e-11, abs=1e-12), path
        else:
            assert ours[path] == told, path


@every_variance
@given(cuts)
@SOME
def test_means_and_shares_of_parts_are_those_of_the_rows(variance: str, cut: Cut) -> None:
    before, after, design = cut.rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.compare, "counted_waves", lambda *_: None)
        rows = compare_outcomes(before, after, BOOK, cut.plan, design, VARIANCES[variance])
    told = {_name(c): c for c in rows if c.outcome.id != "years"}
    found = compare_tallies(cut.tallies["before"], cut.tallies["after"], BOOK, cut.plan, variance)
    assert {_name(compared) for compared in found} == told.keys()
    for compared in found:
        _assert_agree(compared.comparison, told[_name(compared)].comparison)


def _name(compared: Compared) -> tuple[str, ...]:
    outcome = compared.outcome
    return outcome.id, outcome.measure, str(outcome.share_of), str(compared.group)


@every_variance
@given(cuts)
@SOME
def test_ranks_odds_and_spread_of_parts_are_those_of_the_rows(variance: str, cut: Cut) -> None:
    before, after, design = cut.rows()
    everyone = Domain(np.arange(before.n), before.n + np.arange(after.n))
    for name, methods in {
        "a": {"midrank_test", "odds_of_higher", "rao_scott"},
        "trust": {"midrank_test"},
        "who": {"rao_scott"},
    }.items():
        found = other_methods_of_tallies(
            name, cut.tallies["before"], cut.tallies["after"], BOOK, cut.plan, variance
        )
        assert found.keys() == methods
        values = outcome_values(Outcome(name, "mean", {}, None, None, None), before, after, BOOK)
        told = {
            "midrank_test": lambda y=values: midrank_test(y, everyone, design, VARIANCES[variance]),
            "odds_of_higher": lambda y=values: odds_of_higher(y, everyone, design),
            "rao_scott": lambda y=values: _spread(y, before.n, design),
        }
        for method, counted in found.items():
            _assert_agree(counted, told[method]())


def _spread(values: FloatArray, n_before: int, design: Design) -> Any:
    rows = np.flatnonzero(~np.isnan(values))
    category = np.unique(values[rows], return_inverse=True)[1]
    return rao_scott(category, (rows >= n_before).astype(np.int64), rows, design)
