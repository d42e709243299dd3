"""What must hold for any two waves."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.disclosure import release
from tests.property.waves import Cells, Waves, waves
from tests.unit.analysis.comparison_schema import SCHEMA

FEWER: Final = settings(max_examples=25, deadline=None)
VARIANCES: Final = ("jackknife", "taylor")


def _numbers(part: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _numbers(value, f"{path}.{key}")
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from _numbers(value, f"{path}[{i}]")
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield path, part


def _agree(one: Any, other: Any, tolerance: float = 1e-9) -> bool:
    ours, theirs = dict(_numbers(one)), dict(_numbers(other))
    return ours.keys() == theirs.keys() and all(
        math.isclose(ours[path], theirs[path], rel_tol=tolerance, abs_tol=1e-9) for path in ours
    )


def _changes(document: dict[str, Any]) -> list[Any]:
    return [
        {key: c[key] for key in ("before", "after", "change", "effects")}
        for c in document["comparisons"]
    ]


def _reordered(cells: Cells, seed: int) -> Cells:
    n = len(next(iter(cells.values())))
    order = np.random.default_rng(seed).permutation(n)
    return {name: [column[i] for i in order] for name, column in cells.items()}


def _with(cells: Cells, name: str, column: list[Any]) -> Cells:
    return cells | {name: column}


@pytest.mark.parametrize("variance", VARIANCES)
@given(waves(), st.integers(0, 99))
@FEWER
def test_row_order_changes_nothing(variance: str, drawn: Waves, seed: int) -> None:
    moved = Waves(_reordered(drawn.before, seed), _reordered(drawn.after, seed + 1), drawn.plan)
    assert _agree(_changes(drawn.compare(variance)), _changes(moved.compare(variance)))


@pytest.mark.parametrize("variance", VARIANCES)
@given(waves(), st.floats(1e-3, 1e3))
@FEWER
def test_scaling_all_weights_changes_nothing(variance: str, drawn: Waves, factor: float) -> None:
    if "weight" not in drawn.plan:
        return
    scaled = [_with(w, "w", [x * factor for x in w["w"]]) for w in (drawn.before, drawn.after)]
    one, other = drawn.compare(variance), Waves(*scaled, drawn.plan).compare(variance)
    assert _agree(_changes(one), _changes(other))


@pytest.mark.parametrize("variance", VARIANCES)
@given(waves())
@FEWER
def test_swapping_the_waves_flips_the_sign(variance: str, drawn: Waves) -> None:
    pairs = zip(
        drawn.compare(variance)["comparisons"],
        drawn.swapped().compare(variance)["comparisons"],
        strict=True,
    )
    for one, other in pairs:
        assert one["before"] == other["after"]
        change, mirrored = one["change"], other["change"]
        if "not_estimable" in change:
            assert "not_estimable" in mirrored
            continue
        assert change["estimate"] == -mirrored["estimate"]
        assert change["ci_low"] == pytest.approx(-mirrored["ci_high"], rel=1e-12)
        assert change["p"] == pytest.approx(mirrored["p"], rel=1e-9)


@given(waves())
@FEWER
def test_equal_weights_give_welch_for_every_item_and_group(drawn: Waves) -> None:
    equal = Waves(
        _with(drawn.before, "w", [2.5] * len(drawn.before["a"])),
        _with(drawn.after, "w", [2.5] * len(drawn.after["a"])),
        {"weight": "w", "subgroups": ["age"]},
    )
    for cells in (equal.before, equal.after):
        cells.pop("s", None)
    for comparison in equal.compare()["comparisons"]:
        if comparison["measure"] != "mean" or comparison["outcome"] == "trust":
            continue
        change = comparison["change"]
        samples = [_answers(w, comparison) for w in (equal.before, equal.after)]
        if "not_estimable" in change:
            assert min(map(len, samples)) < 2 or all(len(set(s)) == 1 for s in samples)
            continue
        told = [change[key] for key in ("statistic", "df", "p", "ci_low", "ci_high")]
        assert told == pytest.approx(_welch(*samples), rel=1e-9, abs=1e-12)


def _welch(before: list[float], after: list[float]) -> list[float]:
    """t, df, p and 95 % interval from the textbook; scipy's own warns of groups without spread."""
    v = [np.var(wave, ddof=1) / len(wave) for wave in (before, after)]
    df = sum(v) ** 2 / sum(x**2 / (len(w) - 1) for x, w in zip(v, (before, after), strict=True))
    difference, se = np.mean(after) - np.mean(before), math.sqrt(sum(v))
    half = stats.t.ppf(0.975, df) * se
    p = 2 * stats.t.sf(abs(difference / se), df)
    return [difference / se, df, p, difference - half, difference + half]


def _answers(cells: Cells, comparison: dict[str, Any]) -> list[float]:
    group = comparison["group"]
    return [
        float(cell)
        for cell, age in zip(cells[comparison["outcome"]], cells["age"], strict=True)
        if cell is not None and (group is None or age == group["code"])
    ]


@pytest.mark.parametrize("variance", VARIANCES)
@given(waves())
@FEWER
def test_a_group_that_nobody_asked_for_changes_nothing(variance: str, drawn: Waves) -> None:
    """But for the analysis that allows for it, and may say that the verdict depends on it."""
    everyone = [c for c in drawn.compare(variance)["comparisons"] if c["group"] is None]
    alone = drawn.compare(variance, subgroups=[])["comparisons"]
    may_differ = {"depends_on_method", "sentence", "sentences"}
    kept = everyone[0].keys() - may_differ
    assert [{k: c[k] for k in kept} for c in everyone] == [{k: c[k] for k in kept} for c in alone]


@pytest.mark.parametrize("variance", VARIANCES)
@given(waves())
@FEWER
def test_p_is_below_5_percent_exactly_when_the_interval_leaves_0_out(
    variance: str, drawn: Waves
) -> None:
    for comparison in drawn.compare(variance)["comparisons"]:
        change = comparison["change"]
        if "not_estimable" not in change and abs(change["p"] - 0.05) > 1e-9:
            assert (change["p"] < 0.05) is not (change["ci_low"] <= 0 <= change["ci_high"])


@given(waves())
@FEWER
def test_equal_waves_are_never_told_as_changed(drawn: Waves) -> None:
    same = Waves(drawn.before, drawn.before, drawn.plan)
    for comparison in same.compare()["comparisons"]:
        if isinstance(comparison["verdict"], str):
            assert comparison["change"]["estimate"] == 0
            assert comparison["verdict"] in {"about_the_same", "cannot_tell"}


@given(waves())
@FEWER
def test_every_document_keeps_to_the_schema(drawn: Waves) -> None:
    computed = drawn.compare()
    for document in (computed, release(computed)):
        plain = json.loads(json.dumps(document, allow_nan=False))
        SCHEMA.validate(plain)
