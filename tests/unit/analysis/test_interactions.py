"""Did groups change differently: one test for all of them, before anyone looks at each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.comparisons.contrast import Change, contrast
from analysis.comparisons.difference import Domain
from analysis.dataset import DesignColumns, read_wave
from analysis.design import Design, label_design
from analysis.estimates.estimate import CONSTANT
from analysis.influence import Influence, mean_influence
from analysis.interactions import DifferingChanges, differing_changes
from analysis.refusals import NotEstimable
from analysis.variance import variance_named
from tests.unit.analysis.books import book, number, table
from tests.unit.analysis.planned import both, compare, wave


def _design(n: int) -> Design:
    cells = table({"y": [1] * n})
    waves = [read_wave(name, cells, book(number("y"))) for name in ("before", "after")]
    return label_design(*waves, DesignColumns())


def _groups(n: int, k: int) -> list[Domain]:
    rows = np.arange(n)
    return [Domain(rows[rows % k == g], n + rows[rows % k == g]) for g in range(k)]


@pytest.mark.parametrize("variance", ["jackknife", "taylor"])
def test_two_groups_give_the_square_of_the_difference_in_differences(variance: str) -> None:
    n, method = 80, variance_named(variance)
    y = np.random.default_rng(4).normal(size=2 * n)
    design, groups = _design(n), _groups(n, 2)
    found = differing_changes(y, groups, design, method)
    cells = [mean_influence(y, rows, design) for g in groups for rows in (g.before, g.after)]
    parts = [cell for cell in cells if isinstance(cell, Influence)]
    change = contrast(parts, (1.0, -1.0, -1.0, 1.0), design, method)
    assert isinstance(found, DifferingChanges)
    assert isinstance(change, Change)
    assert found.statistic == pytest.approx(change.statistic**2)
    assert found.df_below == pytest.approx(change.df)
    assert found.p == pytest.approx(change.p)


def test_the_order_of_the_groups_changes_nothing() -> None:
    y = np.random.default_rng(5).normal(size=240)
    groups, method = _groups(120, 3), variance_named("jackknife")
    one, other = (
        differing_changes(y, order, _design(120), method) for order in (groups, groups[::-1])
    )
    assert isinstance(one, DifferingChanges)
    assert isinstance(other, DifferingChanges)
    assert one.statistic == pytest.approx(other.statistic)


def _refused(y: Any, groups: list[Domain], n: int) -> str:
    found = differing_changes(
        np.array(y, dtype=float), groups, _design(n), variance_named("taylor")
    )
    assert isinstance(found, NotEstimable)
    return found.reason


def test_what_cannot_be_tested_says_why() -> None:
    pair = [Domain(np.array([0, 1]), np.array([4, 5])), Domain(np.array([2, 3]), np.array([6, 7]))]
    assert "fewer than two groups" in _refused([1] * 8, pair[:1], 4)
    assert "a group has no answer in a wave" in _refused([np.nan] * 8, pair, 4)
    assert _refused([1] * 8, pair, 4) == CONSTANT.reason
    alone = Domain(np.array([2, 3]), np.array([6]))
    assert "one answer only" in _refused([1, 2] * 4, [pair[0], alone], 4)


def test_one_person_who_carries_a_group_leaves_no_test() -> None:
    cells = table({"y": [1] * 4, "w": [1, 1e15, 1, 1]})
    book_ = book(number("y"))
    columns = DesignColumns(weight="w")
    waves = [read_wave(name, cells, book_, columns) for name in ("before", "after")]
    design = label_design(*waves, columns)
    groups = [
        Domain(np.array([0, 1]), np.array([4, 5])),
        Domain(np.array([2, 3]), np.array([6, 7])),
    ]
    found = differing_changes(np.arange(8.0), groups, design, variance_named("jackknife"))
    assert found == NotEstimable("one PSU holds all the answers")


def test_too_few_blocks_leave_no_degree_of_freedom() -> None:
    book_, columns = book(number("y")), DesignColumns(psu="block")
    blocks = {"before": "aabbab", "after": "ddeede"}
    waves = [
        read_wave(name, table({"y": [1] * 6, "block": list(labels)}), book_, columns)
        for name, labels in blocks.items()
    ]
    design = label_design(*waves, columns)
    odd, even = np.array([0, 2, 4]), np.array([1, 3, 5])
    groups = [Domain(odd, 6 + odd), Domain(even, 6 + even)]
    y = np.random.default_rng(1).normal(size=12)
    found = differing_changes(y, groups, design, variance_named("taylor"))
    assert found == NotEstimable("too few PSUs for a test: no degree of freedom is left")


def test_a_plan_tests_its_groups_once_and_the_release_keeps_only_p() -> None:
    plan = {
        "primary": ["trust", "a"],
        "subgroups": ["age", "sex"],
        "confirmatory_subgroups": ["sex"],
    }
    computed, released = both(wave(1, 300), wave(2, 300, 0.3), **plan)
    found = {(i["outcome"], i["variable"]): i for i in computed["interactions"]}
    assert [i["family"] for i in found.values()] == ["exploratory", "confirmatory"] * 2
    sex = [found[outcome, "sex"]["test"] for outcome in ("trust", "a")]
    assert max(t["p_adjusted"] for t in sex) >= min(1.0, 2 * min(t["p"] for t in sex)) - 1e-12
    (told, *_) = released["interactions"]
    assert told["test"]["p"] == round(found["trust", "age"]["test"]["p"], 3)
    assert told["test"]["df_below"].keys() == {"suppressed"}


def test_groups_under_thirty_in_a_wave_are_not_compared() -> None:
    ages = [1] * 20 + [2] * 140 + [3] * 140
    computed, _ = both(wave(1, 300, age=ages), wave(2, 300), subgroups=["age"])
    assert [group["code"] for group in computed["interactions"][0]["groups"]] == [2, 3]
    small, released = both(wave(1, 40), wave(2, 40), subgroups=["age"])
    assert "fewer than two groups" in small["interactions"][0]["test"]["not_estimable"]
    assert released["interactions"][0]["test"].keys() == {"suppressed"}


def test_groups_that_change_differently_are_found() -> None:
    sexes = [1] * 200 + [2] * 200
    later = {i: [5] * 150 + [4] * 50 + [1] * 150 + [2] * 50 for i in "abcd"}
    document = compare(wave(1, 400, sex=sexes), wave(2, 400, sex=sexes, **later), subgroups=["sex"])
    assert document["interactions"][0]["test"]["p_adjusted"] < 0.001
