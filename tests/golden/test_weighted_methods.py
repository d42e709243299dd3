"""Rank, category and odds methods on weighted, clustered and finite samples, against R."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.comparisons.difference import Domain
from analysis.comparisons.method import MethodComparison
from analysis.comparisons.ranks.midrank_test import midrank_test
from analysis.comparisons.ranks.odds_of_higher import odds_of_higher
from analysis.comparisons.shares.odds_ratio import odds_ratio
from analysis.comparisons.shares.rao_scott import RaoScott, rao_scott
from analysis.dataset import DesignColumns, Wave
from analysis.design import Design
from analysis.estimates.share import logit_interval
from analysis.influence import Influence, mean_influence
from analysis.probability import t_interval
from analysis.refusals import NotEstimable
from analysis.variance.taylor import Taylor
from tests.golden.cases import labels, load_case, numbers
from tests.golden.samples import column, labelled, waves_of

BLOCKS: Final = DesignColumns(weight="w", psu="psu", stratum="district")


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


def _two_waves(
    file: str, outcome: str, columns: DesignColumns
) -> tuple[NDArray[np.float64], Domain, Design]:
    waves = waves_of(file, [outcome], columns, split="wave")
    return column(waves, outcome), _everyone(waves), labelled(waves, columns)


def _everyone(waves: list[Wave]) -> Domain:
    before, after = waves
    return Domain(np.arange(before.n), before.n + np.arange(after.n))


def _as_svychisq(
    answer: NDArray[np.str_], group: NDArray[np.str_], design: Design
) -> dict[str, Any]:
    rows = np.flatnonzero(answer != "")
    category = np.unique(answer[rows], return_inverse=True)[1]
    wave = np.unique(group[rows], return_inverse=True)[1]
    found = rao_scott(category, wave, rows, design)
    assert isinstance(found, RaoScott)
    return {
        "F": found.statistic,
        "ndf": found.df,
        "ddf": found.df_below,
        "p": found.p,
        "X2_pearson": found.pearson,
        "p_firstorder": found.p_first_order,
        "prop": found.shares.T.ravel(),
    }


def _schools(file: str, columns: DesignColumns) -> dict[str, Any]:
    design = labelled(waves_of(file, ["api00"], columns), columns)
    return _as_svychisq(labels(file, "stype"), labels(file, "awards"), design)


def test_o07_categories_of_finite_samples() -> None:
    stratified = DesignColumns(weight="pw", stratum="stype", fpc="fpc")
    clustered = DesignColumns(weight="pw", psu="dnum", fpc="fpc")
    for case_id, file, columns in (
        ("O07a", "apistrat.csv", stratified),
        ("O07b", "apiclus1.csv", clustered),
    ):
        assert load_case(case_id).disagreements({"chi": _schools(file, columns)}) == []


def test_o08b_categories_of_blocks() -> None:
    _, _, design = _two_waves("d3_cluster.csv", "score", BLOCKS)
    file = "d3_cluster.csv"
    told = _as_svychisq(labels(file, "concern"), labels(file, "wave"), design)
    assert load_case("O08b").disagreements(told) == []


def test_o08c_weighted_midranks() -> None:
    found = _found(midrank_test(*_two_waves("d3_cluster.csv", "q2", BLOCKS), Taylor()))
    assert load_case("O08c").disagreements(_as_svyrank(found)) == []


def test_o08h_ranks_of_equal_weights() -> None:
    columns = DesignColumns(weight="pw", psu="dnum", fpc="fpc")
    waves = waves_of("apiclus1.csv", ["api00"], columns)
    group = labels("apiclus1.csv", "comp.imp")
    domain = Domain(*(np.flatnonzero(group == name) for name in ("No", "Yes")))
    found = _found(midrank_test(column(waves, "api00"), domain, labelled(waves, columns), Taylor()))
    told = _as_svyrank(found)
    told |= {"kw_stat": told["wilcoxon_t"], "kw_p": told["wilcoxon_p"]}
    assert load_case("O08h").disagreements(told) == []


def _as_svyrank(found: MethodComparison) -> dict[str, Any]:
    return {
        "delta_mean_rank": found.estimate,
        "wilcoxon_t": found.statistic,
        "wilcoxon_df": found.df,
        "wilcoxon_p": found.p,
    }


def test_o08d_the_odds_of_a_higher_answer() -> None:
    found = _found(odds_of_higher(*_two_waves("d3_cluster.csv", "q2", BLOCKS)))
    told = {"logodds": found.figures["log_odds"], "se": found.figures["se_log_odds"]}
    assert load_case("O08d").disagreements(told) == []


def test_o08e_the_logit_interval_of_a_share() -> None:
    outcome, domain, design = _two_waves("d3_cluster.csv", "top", BLOCKS)
    after = mean_influence(outcome, domain.after, design)
    assert isinstance(after, Influence)
    variance = Taylor().covariance([after], design)[0, 0]
    df = Taylor().df_of_estimate(after, after.rows, design)
    told = {
        "ci_logit": logit_interval(after.estimate, variance, df),
        "ci_mean": t_interval(after.estimate, variance**0.5, df),
    }
    assert load_case("O08e").disagreements(told) == []


def test_o08g_the_odds_ratio_of_a_share() -> None:
    found = _found(odds_ratio(*_two_waves("d3_cluster.csv", "top", BLOCKS)))
    theirs = load_case("O08g").expected["logit"]
    ours = [
        found.figures["log_odds"],
        found.figures["se_log_odds"],
        found.statistic,
        found.p,
        found.df,
    ]
    expected = [theirs[key][1] for key in ("coef", "se", "t", "p")] + [theirs["df_resid"]]
    assert np.allclose(np.array(ours, dtype=float), expected, rtol=1e-7, atol=0)


def test_o13_weighted_categories() -> None:
    file = "d7_nominal_multi.csv"
    _, _, design = _two_waves(file, "ms_a", DesignColumns(weight="w"))
    told = _as_svychisq(labels(file, "channel"), labels(file, "wave"), design)
    assert load_case("O13").disagreements({"weighted": told}) == []


def test_o20_answers_of_one_item_in_two_waves() -> None:
    file = "d8_likert5k.csv"
    _, _, design = _two_waves(file, "q1", DesignColumns(weight="w", stratum="stratum"))
    told = _as_svychisq(labels(file, "q1"), labels(file, "wave"), design)
    assert load_case("O20").disagreements({"chisq_q1": told}) == []


def test_the_rows_of_a_file_stand_by_wave() -> None:
    """The labels above are read from the whole file, the designs from its waves in order."""
    for file in ("d3_cluster.csv", "d7_nominal_multi.csv", "d8_likert5k.csv"):
        assert (np.diff(numbers(file, "wave")) >= 0).all()
