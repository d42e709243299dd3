"""Three waves and more: each part by hand, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.comparisons.contrast import Change
from analysis.comparisons.trend import Omnibus, Trend, compare_trend
from analysis.dataset import DesignColumns, read_wave
from analysis.design import Design, label_waves
from analysis.multiplicity import holm
from analysis.refusals import NotEstimable, Refusal
from analysis.variance import VARIANCES
from tests.unit.analysis.books import book, number, table

Cells = dict[str, Sequence[object]]


def _labelled(
    waves: Sequence[Cells], columns: DesignColumns
) -> tuple[NDArray[np.float64], list[NDArray[np.int64]], Design]:
    read = [
        read_wave(f"wave {i}", table(wave), book(number("y")), columns)
        for i, wave in enumerate(waves)
    ]
    design = label_waves(read, [f"wave {i}" for i in range(len(read))], columns)
    ends = np.cumsum([0, *design.wave_sizes]).tolist()
    rows = [np.arange(a, b) for a, b in pairwise(ends)]
    return np.concatenate([w.numeric["y"].values for w in read]), rows, design


def _trend(
    waves: Sequence[Cells], variance: str = "taylor", **columns: str
) -> Trend | NotEstimable:
    y, rows, design = _labelled(waves, DesignColumns(**columns))
    return compare_trend(y, rows, range(len(waves)), design, VARIANCES[variance])


def _normal(seed: int, n: int = 30, lift: float = 0.0) -> Cells:
    return {"y": (np.random.default_rng(seed).normal(size=n) + lift).tolist()}


def test_the_omnibus_of_equal_independent_waves_is_the_wald_test_of_their_means() -> None:
    waves = [_normal(seed, lift=seed / 3) for seed in range(4)]
    trend = _trend(waves)
    assert isinstance(trend, Trend)
    assert isinstance(trend.omnibus, Omnibus)
    answers = [np.array(w["y"], dtype=float) for w in waves]
    means = np.array([y.mean() for y in answers])
    v = np.array([y.var(ddof=1) / 30 for y in answers])
    middle = (means / v).sum() / (1 / v).sum()
    assert trend.omnibus.statistic == pytest.approx(((means - middle) ** 2 / v).sum() / 3)
    assert (trend.omnibus.df, trend.omnibus.df_below) == (3, 4 * 29 + 1 - 4)


def test_contrasts_are_each_wave_with_the_one_before_and_the_last_with_the_first() -> None:
    trend = _trend([_normal(seed, lift=seed) for seed in range(3)])
    assert isinstance(trend, Trend)
    assert [(c.earlier, c.later) for c in trend.contrasts] == [(0, 1), (1, 2), (0, 2)]
    assert [c.p_adjusted for c in trend.contrasts] == holm([c.change.p for c in trend.contrasts])
    means = [wave.estimate for wave in trend.waves]
    for c in trend.contrasts:
        assert c.change.estimate == pytest.approx(means[c.later] - means[c.earlier])


def test_people_linked_over_three_waves_share_their_luck() -> None:
    rng = np.random.default_rng(5)
    person = rng.normal(size=40)
    waves: list[Cells] = [
        {
            "y": (person + 0.3 * wave + 0.3 * rng.normal(size=40)).tolist(),
            "c": [f"p{i}" for i in range(40)],
        }
        for wave in range(3)
    ]
    loose = _trend([{"y": wave["y"]} for wave in waves])
    for variance in VARIANCES:
        linked = _trend(waves, variance, person_code="c")
        assert isinstance(linked, Trend)
        assert isinstance(loose, Trend)
        assert isinstance(linked.slope, Change)
        assert isinstance(loose.slope, Change)
        assert linked.slope.estimate == pytest.approx(loose.slope.estimate)
        assert linked.slope.se < loose.slope.se
        assert linked.contrasts[2].change.se < loose.contrasts[2].change.se


def test_waves_without_spread_have_no_test() -> None:
    same: Cells = {"y": [3.0] * 5}
    trend = _trend([same, same, {"y": [3.0] * 6}])
    assert isinstance(trend, Trend)
    assert isinstance(trend.slope, NotEstimable)
    assert isinstance(trend.omnibus, NotEstimable)
    assert trend.contrasts == ()
    assert [(a, b) for a, b, _ in trend.untested] == [(0, 1), (1, 2), (0, 2)]


def test_few_blocks_leave_no_degree_of_freedom_for_one_test_of_all() -> None:
    blocks = [f"b{i % 3}" for i in range(20)]
    waves: list[Cells] = [
        {**_normal(seed, 20), "b": [f"{seed}{b}" for b in blocks]} for seed in range(3)
    ]
    trend = _trend([{**w, "b": blocks} for w in waves], psu="b")
    assert isinstance(trend, Trend)
    assert isinstance(trend.omnibus, NotEstimable)
    assert "no degree of freedom" in trend.omnibus.reason
    separate = _trend(waves, psu="b")
    assert isinstance(separate, Trend)
    assert isinstance(separate.omnibus, Omnibus)
    assert separate.omnibus.df_below == 6 + 1 - 3


def test_one_block_that_holds_a_wave_has_no_jackknife() -> None:
    waves: list[Cells] = [
        {"y": [1.0, 2, 3, None], "b": ["x", "x", "x", f"y{seed}"]} for seed in range(3)
    ]
    waves = [{**w, "b": [f"{seed}{b}" for b in w["b"]]} for seed, w in enumerate(waves)]
    trend = _trend(waves, "jackknife", psu="b")
    assert isinstance(trend, Trend)
    assert trend.omnibus == NotEstimable("one PSU holds all the answers")


def test_times_that_lie_too_far_from_zero_to_be_told_apart_have_no_slope() -> None:
    y, rows, design = _labelled([_normal(i) for i in range(3)], DesignColumns())
    times = [1e12, 1e12 + 1, 1e12 + 2]
    trend = compare_trend(y, rows, times, design, VARIANCES["taylor"])
    assert isinstance(trend, Trend)
    assert isinstance(trend.slope, NotEstimable)


def test_a_wave_without_answers_is_named() -> None:
    trend = _trend([_normal(1), {"y": [None, None, None]}, _normal(2)])
    assert trend == NotEstimable("wave 2: no answer")


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.0, 1.0], "3 waves with 2 times"),
        ([0.0, 2.0, 1.0], "must rise"),
        ([0.0, 1.0, float("inf")], "must rise"),
    ],
)
def test_times_that_make_no_sense_are_refused(times: list[float], message: str) -> None:
    y, rows, design = _labelled([_normal(i) for i in range(3)], DesignColumns())
    with pytest.raises(Refusal, match=re.escape(message)):
        compare_trend(y, rows, times, design, VARIANCES["taylor"])


def test_two_waves_are_no_trend() -> None:
    y, rows, design = _labelled([_normal(i) for i in range(2)], DesignColumns())
    with pytest.raises(Refusal, match="2 waves with 2 times"):
        compare_trend(y, rows, [0, 1], design, VARIANCES["taylor"])
