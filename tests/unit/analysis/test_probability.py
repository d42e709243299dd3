"""Distribution functions against scipy.stats, and the roots that they need."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from analysis.probability import (
    beta_quantile,
    hedges_correction,
    noncentrality,
    t_quantile,
    t_two_sided,
)
from analysis.report import compare_files
from tests.unit.analysis.books import book, number, table


@pytest.mark.parametrize("df", [1, 2.5, 30, 1773.967, 1e6])
@pytest.mark.parametrize("statistic", [0.0, 0.3, -2.1, 8.4, 40.0])
def test_t_is_scipys(df: float, statistic: float) -> None:
    expected = 2 * stats.t.sf(abs(statistic), df)
    assert t_two_sided(statistic, df) == pytest.approx(expected, rel=1e-12)
    assert t_quantile(0.975, df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-12)


def test_beta_is_scipys() -> None:
    assert beta_quantile(0.025, 12.5, 30) == pytest.approx(stats.beta.ppf(0.025, 12.5, 30))


@pytest.mark.parametrize(("df", "statistic"), [(10, 0.1), (343, 3.4), (2000, -8.6), (3, -3)])
@pytest.mark.parametrize("probability", [0.025, 0.975])
def test_the_noncentrality_puts_t_where_it_should_lie(
    df: float, statistic: float, probability: float
) -> None:
    nc = noncentrality(probability, df, statistic)
    assert stats.nct.cdf(statistic, df, nc) == pytest.approx(probability, rel=1e-9)


def test_hedges_correction_is_the_gamma_ratio() -> None:
    expected = math.gamma(5) / (math.sqrt(5) * math.gamma(4.5))
    assert hedges_correction(10) == pytest.approx(expected, rel=1e-12)


def test_waves_worlds_apart_have_no_interval_for_their_effect() -> None:
    waves = [table({"y": [lift, lift + 1e-9]}) for lift in (0, 1)]
    effect = compare_files(book(number("y")), *waves)["comparisons"][0]["effects"]["hedges_g"]
    assert effect == {"not_estimable": "the waves lie too many standard deviations apart"}
