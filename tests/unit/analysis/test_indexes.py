"""What every measure and every variance must do, whatever is added to the indexes."""

from __future__ import annotations

import inspect
from typing import Any, get_args

import pytest

from analysis.comparisons import METHODS
from analysis.estimates import ESTIMATES
from analysis.outcomes import Measure
from analysis.report import compare_files
from analysis.variance import DEFAULT, VARIANCES
from tests.unit.analysis.books import book, question, table

WAVES = [{"q": [1 + (i * i + lift) % 5 for i in range(60)]} for lift in (0, 1)]


def _first(measure: str, variance: str, before: int, after: int) -> dict[str, Any]:
    files = (table(WAVES[before]), table(WAVES[after]))
    document = compare_files(book(question("q")), *files, variance=variance)
    return next(c for c in document["comparisons"] if c["measure"] == measure)


def test_every_measure_has_an_estimator_and_effects() -> None:
    assert set(ESTIMATES) == set(METHODS) == set(get_args(Measure))
    assert DEFAULT in VARIANCES


@pytest.mark.parametrize("measure", sorted(METHODS))
@pytest.mark.parametrize("variance", sorted(VARIANCES))
def test_every_measure_compares_under_every_variance(measure: str, variance: str) -> None:
    there, back = _first(measure, variance, 0, 1), _first(measure, variance, 1, 0)
    for comparison in (there, back):
        change = comparison["change"]
        assert change["ci_low"] < change["ci90_low"] < change["estimate"]
        assert change["estimate"] < change["ci90_high"] < change["ci_high"]
        assert comparison["effects"]
        assert all("method" in effect for effect in comparison["effects"].values())
    assert there["change"]["estimate"] == -back["change"]["estimate"]


@pytest.mark.parametrize("variance", VARIANCES.values(), ids=list(VARIANCES))
def test_every_variance_is_documented(variance: object) -> None:
    docstring = inspect.getdoc(type(variance)) or ""
    assert "?" in docstring.partition("\n\n")[0]
    for part in ("Assumes", "Reference", "Checked against"):
        assert part in docstring
