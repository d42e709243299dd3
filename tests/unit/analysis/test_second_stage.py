"""Units drawn inside PSUs: labels, the sum by hand, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from analysis.dataset import DesignColumns, Wave, read_wave
from analysis.design import Design, label_waves
from analysis.influence import Influence, mean_influence
from analysis.refusals import Refusal
from analysis.variance.taylor import Taylor
from tests.unit.analysis.books import book, number, table

COLUMNS = DesignColumns(psu="b", fpc="blocks", ssu="home", ssu_fpc="homes")
BLOCKS = ["a", "a", "a", "b", "b", "b"]
HOMES = ["1", "1", "2", "1", "2", "3"]


def _wave(name: str, columns: DesignColumns, **cells: Sequence[object]) -> Wave:
    filled = {"y": [1, 3, 4, 2, 6, 7], "b": BLOCKS, "blocks": [10] * 6, "home": HOMES}
    filled |= {"homes": [8, 8, 8, 5, 5, 5]} | cells
    kept = {key: filled[key] for key in ("y", *columns.named().values())}
    return read_wave(name, table(kept), book(number("y")), columns)


def _design(columns: DesignColumns = COLUMNS, **cells: Sequence[object]) -> Design:
    return label_waves([_wave("only", columns, **cells)], ["only"], columns)


def test_the_variance_adds_what_the_draw_inside_psus_adds() -> None:
    design, y = _design(), np.array([1.0, 3, 4, 2, 6, 7])
    mean = mean_influence(y, np.arange(6), design)
    assert isinstance(mean, Influence)
    u = (y - y.mean()) / 6
    blocks = np.array([u[:3].sum(), u[3:].sum()])
    between = 2 * (1 - 2 / 10) * ((blocks - blocks.mean()) ** 2).sum()
    homes = [np.array([u[0] + u[1], u[2]]), u[3:]]
    within = sum(
        len(h) / (len(h) - 1) * (1 - len(h) / total) * ((h - h.mean()) ** 2).sum()
        for h, total in zip(homes, (8, 5), strict=True)
    )
    expected = between + 2 / 10 * within
    assert Taylor().covariance([mean], design)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_homes_of_the_same_name_in_two_blocks_are_two_homes() -> None:
    stage = _design().second_stage
    assert stage is not None
    assert stage.units_in_psu.tolist() == [2, 3]
    assert stage.sampling_fraction.tolist() == [2 / 8, 3 / 5]


def test_a_block_whose_only_home_was_asked_adds_nothing() -> None:
    design = _design(home=["1", "1", "1", "1", "2", "3"], homes=[1, 1, 1, 5, 5, 5])
    stage = design.second_stage
    assert stage is not None
    assert (stage.spread_within(np.ones((6, 1)))[0] == 0).all()


@pytest.mark.parametrize(
    ("columns", "cells", "message"),
    [
        (DesignColumns(psu="b", fpc="blocks", ssu="home"), {}, "need all four columns"),
        (DesignColumns(psu="b", fpc="blocks", ssu_fpc="homes"), {}, "need all four columns"),
        (DesignColumns(psu="b", ssu="home", ssu_fpc="homes"), {}, "need all four columns"),
        (COLUMNS, {"homes": [8, 8, 9, 5, 5, 5]}, "PSU 'a': the ssu_fpc column holds different"),
        (COLUMNS, {"homes": [8, 8, 8, 2, 2, 2]}, "PSU 'b': 3 second-stage units were sampled"),
        (COLUMNS, {"home": ["1", "1", "1", "1", "2", "3"]}, "PSU 'a' has one second-stage unit"),
    ],
)
def test_what_makes_no_second_stage_is_refused(
    columns: DesignColumns, cells: dict[str, Sequence[object]], message: str
) -> None:
    with pytest.raises(Refusal, match=message):
        _design(columns, **cells)


def test_both_waves_of_a_two_stage_sample_are_compared_with_both_stages() -> None:
    waves = [_wave("before", COLUMNS), _wave("after", COLUMNS, b=[f"{b}2" for b in BLOCKS])]
    design = label_waves(waves, ["before", "after"], COLUMNS)
    y = np.tile([1.0, 3, 4, 2, 6, 7], 2)
    means = [mean_influence(y, rows, design) for rows in (np.arange(6), 6 + np.arange(6))]
    told = [mean for mean in means if isinstance(mean, Influence)]
    alone = _design()
    one = mean_influence(y[:6], np.arange(6), alone)
    assert isinstance(one, Influence)
    expected = Taylor().covariance([one], alone)[0, 0]
    covariance = Taylor().covariance(told, design)
    assert covariance == pytest.approx(np.diag([expected, expected]), rel=1e-12, abs=1e-15)
