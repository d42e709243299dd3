"""An initiative's area beside a comparison area: clusters many, few and none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from analysis.comparisons.contrast import Change
from analysis.comparisons.difference import Domain
from analysis.comparisons.difference_in_differences import (
    AreaComparison,
    compare_areas,
)
from analysis.dataset import DesignColumns, read_wave
from analysis.design import label_design
from analysis.refusals import NotEstimable
from analysis.variance import VARIANCES
from tests.unit.analysis.books import book, number, table


def _compared(
    waves: Sequence[dict[str, Any]], columns: DesignColumns, variance: str = "taylor"
) -> AreaComparison | NotEstimable:
    before, after = (
        read_wave(name, table(wave), book(number("y")), columns)
        for name, wave in zip(("before", "after"), waves, strict=True)
    )
    design = label_design(before, after, columns)
    place = np.concatenate([before.labels["area"], after.labels["area"]])
    wave = np.repeat([0, 1], design.wave_sizes)
    areas = [
        Domain(
            np.flatnonzero((place == a) & (wave == 0)), np.flatnonzero((place == a) & (wave == 1))
        )
        for a in ("here", "there")
    ]
    y = np.concatenate([before.numeric["y"].values, after.numeric["y"].values])
    return compare_areas(y, areas[0], areas[1], design, VARIANCES[variance])


def _wave(seed: int, blocks: int, lift: float = 0.0, size: int = 160) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    area = np.where(np.arange(size) % 2, "here", "there")
    block = [f"{a}{i // 2 % blocks}" for i, a in enumerate(area)]
    y = rng.normal(size=size) + lift * (area == "here")
    return {"y": y.tolist(), "area": area.tolist(), "b": block}


CLUSTERS = DesignColumns(psu="b", stratum="area", area="area")
PEOPLE = DesignColumns(stratum="area", area="area")


def test_the_difference_is_what_one_area_changed_more_than_the_other() -> None:
    found = _compared([_wave(1, 10), _wave(2, 10, 0.5)], CLUSTERS)
    assert isinstance(found, AreaComparison)
    for part in (found.initiative, found.comparison, found.difference, found.few_clusters):
        assert isinstance(part, Change)
    assert isinstance(found.initiative, Change)
    assert isinstance(found.comparison, Change)
    assert isinstance(found.difference, Change)
    assert isinstance(found.few_clusters, Change)
    gap = found.initiative.estimate - found.comparison.estimate
    assert found.difference.estimate == pytest.approx(gap, rel=1e-12)
    assert found.few_clusters.estimate == pytest.approx(gap, rel=1e-9)
    assert found.difference.df == 20 - 2 - 3
    assert found.few_clusters.df < 20
    assert (found.basis, found.clusters, found.caveats) == (
        "clusters",
        (10, 10),
        ("parallel_trends",),
    )


def test_four_to_seven_clusters_are_shown_both_ways_and_said_to_be_unsettled() -> None:
    found = _compared([_wave(1, 5), _wave(2, 5)], CLUSTERS)
    assert isinstance(found, AreaComparison)
    assert (found.basis, found.caveats) == ("few_clusters", ("few_clusters", "parallel_trends"))
    assert isinstance(found.few_clusters, Change)
    assert isinstance(found.difference, Change)


@pytest.mark.parametrize("variance", VARIANCES)
def test_under_four_clusters_respondents_are_the_psus_and_the_words_say_so(variance: str) -> None:
    waves = [_wave(1, 3), _wave(2, 3)]
    found, alone = (
        _compared(waves, CLUSTERS, variance),
        _compared([{key: w[key] for key in ("y", "area")} for w in waves], PEOPLE, variance),
    )
    assert isinstance(found, AreaComparison)
    assert isinstance(alone, AreaComparison)
    assert found.difference == alone.difference
    assert (found.basis, found.caveats) == ("respondents", ("one_area", "parallel_trends"))
    assert isinstance(found.few_clusters, NotEstimable)
    assert isinstance(found.difference, Change)


def test_people_linked_over_both_waves_stay_linked() -> None:
    rng = np.random.default_rng(3)
    first, second = _wave(1, 3), _wave(2, 3)
    person = rng.normal(size=160)
    for wave in (first, second):
        wave["y"] = (np.array(wave["y"]) * 0.3 + person).tolist()
        wave["c"] = [f"p{i}" for i in range(160)]
        del wave["b"]
    columns = DesignColumns(stratum="area", area="area", person_code="c")
    linked, loose = (
        _compared([first, second], columns),
        _compared([{key: w[key] for key in ("y", "area")} for w in (first, second)], PEOPLE),
    )
    assert isinstance(linked, AreaComparison)
    assert isinstance(loose, AreaComparison)
    assert isinstance(linked.difference, Change)
    assert isinstance(loose.difference, Change)
    assert linked.difference.se < 0.5 * loose.difference.se


def test_a_cell_without_answers_is_named() -> None:
    before = _wave(1, 10)
    before["y"] = [
        None if area == "there" else y for y, area in zip(before["y"], before["area"], strict=True)
    ]
    found = _compared([before, _wave(2, 10)], CLUSTERS)
    assert found == NotEstimable("comparison area, before: no answer")


def test_answers_that_never_vary_have_no_test() -> None:
    waves = [_wave(1, 10), _wave(2, 10)]
    for wave in waves:
        wave["y"] = [0.1] * 160
    found = _compared(waves, CLUSTERS)
    assert isinstance(found, AreaComparison)
    assert isinstance(found.difference, NotEstimable)
    assert isinstance(found.few_clusters, NotEstimable)


def test_cr2_cannot_be_had_where_it_has_no_answer() -> None:
    """Both clusters of an area lie in one wave only: the count says none, whatever CR2 would."""
    first, second = _wave(1, 4), _wave(2, 4)
    second["b"] = [f"{b}x" for b in second["b"]]
    found = _compared([first, second], CLUSTERS)
    assert isinstance(found, AreaComparison)
    assert found.clusters == (4, 4)


def _blocks(seed: int, here: int, there: int) -> dict[str, Any]:
    wave = _wave(seed, 1)
    count = {"here": here, "there": there}
    wave["b"] = [f"{a}{i // 2 % count[a]}" for i, a in enumerate(wave["area"])]
    return wave


@pytest.mark.parametrize(
    ("before", "after", "clusters", "basis"),
    [
        ((8, 9), (8, 9), (8, 9), "clusters"),
        ((9, 12), (10, 8), (9, 8), "clusters"),
        ((8, 8), (7, 9), (7, 8), "few_clusters"),
        ((12, 4), (12, 5), (12, 4), "few_clusters"),
        ((3, 12), (4, 12), (3, 12), "respondents"),
        ((12, 4), (12, 3), (12, 3), "respondents"),
    ],
)
def test_the_area_and_wave_with_fewest_clusters_decide_what_is_shown(
    before: tuple[int, int], after: tuple[int, int], clusters: tuple[int, int], basis: str
) -> None:
    found = _compared([_blocks(1, *before), _blocks(2, *after)], CLUSTERS)
    assert isinstance(found, AreaComparison)
    assert (found.clusters, found.basis) == (clusters, basis)
    assert isinstance(found.few_clusters, Change) is (basis != "respondents")


def test_where_nobody_drew_clusters_respondents_are_the_psus() -> None:
    waves = [{key: _wave(i, 3)[key] for key in ("y", "area")} for i in (1, 2)]
    found = _compared(waves, PEOPLE)
    assert isinstance(found, AreaComparison)
    assert (found.basis, found.caveats) == ("respondents", ("one_area", "parallel_trends"))
    assert found.few_clusters == NotEstimable("too few clusters were drawn, or none")


def test_answers_alike_within_each_area_and_wave_have_no_test() -> None:
    waves = [_wave(1, 10), _wave(2, 10)]
    for wave, (here, there) in zip(waves, ((0.1, 0.7), (1.3, 1 / 3)), strict=True):
        wave["y"] = [here if area == "here" else there for area in wave["area"]]
    found = _compared(waves, CLUSTERS)
    assert isinstance(found, AreaComparison)
    assert isinstance(found.difference, NotEstimable)
    assert isinstance(found.few_clusters, NotEstimable)


def test_answers_in_a_tiny_unit_keep_their_test() -> None:
    waves = [_wave(1, 10), _wave(2, 10)]
    usual = _compared(waves, CLUSTERS)
    for wave in waves:
        wave["y"] = [1e-25 * y for y in wave["y"]]
    found = _compared(waves, CLUSTERS)
    assert isinstance(found, AreaComparison)
    assert isinstance(usual, AreaComparison)
    for tiny, one in (
        (found.difference, usual.difference),
        (found.few_clusters, usual.few_clusters),
    ):
        assert isinstance(tiny, Change)
        assert isinstance(one, Change)
        assert tiny.p == pytest.approx(one.p, rel=1e-9)
