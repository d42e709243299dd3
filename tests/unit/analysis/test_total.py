"""Totals of a sample: by hand, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.dataset import DesignColumns, read_wave
from analysis.design import Design, label_waves
from analysis.estimates.estimate import Estimate
from analysis.estimates.total import estimate_total
from analysis.probability import t_quantile
from analysis.refusals import NotEstimable
from tests.unit.analysis.books import book, number, table

Y = np.array([2.0, 5, 7, np.nan, 1, 4])


def _design(**columns: list[object]) -> Design:
    named = {"weight": "w"} | {key: key for key in columns if key != "w"}
    cells = {"y": [None] * 6, "w": [10, 20, 30, 10, 20, 30], **columns}
    roles = DesignColumns(**named)
    return label_waves([read_wave("only", table(cells), book(number("y")), roles)], ["only"], roles)


def test_a_total_adds_up_what_each_answer_stands_for() -> None:
    told = estimate_total(Y, np.arange(6), _design())
    assert isinstance(told, Estimate)
    z = np.array([20.0, 100, 210, 0, 20, 120])
    se = math.sqrt(6 / 5 * ((z - z.mean()) ** 2).sum())
    half = t_quantile(0.975, 4) * se
    assert (told.estimate, told.n) == (470, 5)
    assert (told.se, told.ci_low) == (pytest.approx(se), pytest.approx(470 - half))
    assert told.n_eff == pytest.approx(110**2 / (100 + 400 + 900 + 400 + 900))


@pytest.mark.parametrize(
    ("outcome", "columns", "reason"),
    [
        (np.full(6, np.nan), {}, "no answer"),
        (np.full(6, 0.1), {"w": [3] * 6}, "nothing shows how much answers vary"),
        (np.zeros(6), {}, "nothing shows how much answers vary"),
        (np.full(6, 1e6 / 3), {"w": [0.7] * 6}, "nothing shows how much answers vary"),
        (1e-15 * Y, {}, None),
        (Y, {"psu": list("aabbbb"), "stratum": list("xxxxxx")}, None),
        (np.where(np.arange(6) < 2, Y, np.nan), {"psu": list("aabbbb")}, "too few PSUs"),
    ],
)
def test_what_has_no_total_says_why(
    outcome: np.ndarray, columns: dict[str, list[object]], reason: str | None
) -> None:
    told = estimate_total(outcome, np.arange(6), _design(**columns))
    if reason is None:
        assert isinstance(told, Estimate)
    else:
        assert isinstance(told, NotEstimable)
        assert reason in told.reason
