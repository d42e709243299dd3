"""Designs beyond two independent waves: finite populations, two stages, four waves, four cells."""

from __future__ import annotations

import itertools
import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.cluster_robust import ClusterRobust, cluster_robust
from analysis.comparisons.contrast import Change, contrast
from analysis.comparisons.trend import Omnibus, Trend, compare_trend
from analysis.dataset import DesignColumns
from analysis.design import Design
from analysis.estimates.estimate import Estimate
from analysis.estimates.mean import estimate_mean
from analysis.estimates.total import estimate_total
from analysis.glm import Family, Glm, fit_glm
from analysis.influence import Influence, design_df, mean_influence
from analysis.probability import t_two_sided
from analysis.variance.taylor import Taylor, linearised_covariance
from tests.golden.cases import labels, load_case
from tests.golden.samples import column, labelled, waves_of

TAYLOR: Final = Taylor()
STRATIFIED: Final = DesignColumns(weight="pw", stratum="stype", fpc="fpc")
CLUSTERED: Final = DesignColumns(weight="pw", psu="dnum", fpc="fpc")
TWO_STAGES: Final = DesignColumns(weight="pw", psu="dnum", fpc="fpc1", ssu="snum", ssu_fpc="fpc2")
SCHOOLS: Final = ("api00", "api99", "enroll", "ell", "meals", "mobility")

FloatArray = NDArray[np.float64]


def _schools(file: str, columns: DesignColumns) -> tuple[Design, dict[str, FloatArray]]:
    waves = waves_of(file, SCHOOLS, columns)
    return labelled(waves, columns), {name: column(waves, name) for name in SCHOOLS}


def _mean(outcome: FloatArray, rows: NDArray[np.int64], design: Design) -> Influence:
    found = mean_influence(outcome, rows, design)
    assert isinstance(found, Influence)
    return found


def _as_svymean(outcome: FloatArray, design: Design) -> dict[str, Any]:
    rows = np.arange(len(outcome))
    influence = _mean(outcome, rows, design)
    variance = TAYLOR.covariance([influence], design)[0, 0]
    df = TAYLOR.df_of_estimate(influence, rows, design)
    estimate = estimate_mean(influence, variance, df, design)
    return {
        "mean": estimate.estimate,
        "se": estimate.se,
        "degf": df,
        "ci95_t": [estimate.ci_low, estimate.ci_high],
        "n_valid": estimate.n,
    }


def _as_svyttest(
    outcome: FloatArray, groups: list[NDArray[np.int64]], design: Design
) -> dict[str, Any]:
    """Two groups of one sample: domains that may share strata and PSUs."""
    means = [_mean(outcome, rows, design) for rows in groups]
    covariance = TAYLOR.covariance(means, design)
    change = contrast(means, (-1, 1), design, TAYLOR)
    assert isinstance(change, Change)
    return {
        "mean_by": [mean.estimate for mean in means],
        "se_by": np.sqrt(covariance.diagonal()),
        "cov_by": covariance[0, 1],
        "diff": change.estimate,
        "se": change.se,
        "t": change.statistic,
        "df": change.df,
        "p": change.p,
        "ci95": [change.ci_low, change.ci_high],
        "degf": design_df([mean.rows for mean in means], design),
    }


def _as_svyglm(
    y: FloatArray, x: FloatArray, design: Design, terms: str, family: Family = "gaussian"
) -> dict[str, Any]:
    used = np.flatnonzero(~np.isnan(y))
    fit = fit_glm(y[used], x[used], design.weight[used], family)
    assert isinstance(fit, Glm)
    influence = np.zeros((len(y), len(fit.coefficients)))
    influence[used] = fit.influence(y[used], x[used], design.weight[used])
    se = np.sqrt(linearised_covariance(influence, design).diagonal())
    df = design_df([used], design) + 1 - len(se)
    t = fit.coefficients / se
    return {
        "terms": ["(Intercept)", *terms.split()],
        "coef": fit.coefficients,
        "se": se,
        "t": t,
        "p": [t_two_sided(each, df) for each in t],
        "df_resid": df,
    }


def _in_programme(file: str) -> list[NDArray[np.int64]]:
    answers = labels(file, "comp.imp")
    return [np.flatnonzero(answers == answer) for answer in ("No", "Yes")]


def test_o07a_strata_of_a_finite_population() -> None:
    file = "apistrat.csv"
    design, schools = _schools(file, STRATIFIED)
    total = estimate_total(schools["enroll"], np.arange(len(schools["enroll"])), design)
    assert isinstance(total, Estimate)
    predictors = np.column_stack([schools[name] for name in ("ell", "meals", "mobility")])
    wide = (labels(file, "sch.wide") == "Yes").astype(float)
    computed = {
        "mean": _as_svymean(schools["api00"], design),
        "total": [total.estimate, total.se],
        "tt": _as_svyttest(schools["api00"], _in_programme(file), design),
        "glm": _as_svyglm(schools["api00"], predictors, design, "ell meals mobility"),
        "logit": _as_svyglm(wide, predictors[:, :2], design, "ell meals", "binomial"),
    }
    assert load_case("O07a").disagreements(computed) == []


def test_o07b_clusters_of_a_finite_population() -> None:
    file = "apiclus1.csv"
    design, schools = _schools(file, CLUSTERED)
    predictors = np.column_stack([schools[name] for name in ("ell", "meals", "mobility")])
    gain = _as_svymean(schools["api00"] - schools["api99"], design)
    t, df = gain["mean"] / gain["se"], gain["degf"] - 1
    computed = {
        "mean": _as_svymean(schools["api00"], design),
        "tt": _as_svyttest(schools["api00"], _in_programme(file), design),
        "glm": _as_svyglm(schools["api00"], predictors, design, "ell meals mobility"),
        "mean_one": [gain["mean"], t, df, t_two_sided(t, df)],
    }
    assert load_case("O07b").disagreements(computed) == []


def test_o07c_schools_drawn_inside_drawn_districts() -> None:
    file = "apiclus2.csv"
    design, schools = _schools(file, TWO_STAGES)
    computed = {
        "mean": _as_svymean(schools["api00"], design),
        "tt": _as_svyttest(schools["api00"], _in_programme(file), design),
    }
    assert load_case("O07c").disagreements(computed) == []


def test_o11_neighbourhoods_of_two_areas_in_both_waves() -> None:
    columns = DesignColumns(weight="w", psu="nbhd", stratum="area")
    waves = waves_of("d5_did.csv", ["score"], columns, split="wave")
    design, score = labelled(waves, columns), column(waves, "score")
    wave = np.repeat([0, 1], [w.n for w in waves])
    area = np.concatenate([w.labels["stratum"] for w in waves]) == "1"
    cells = [
        _mean(score, np.flatnonzero((wave == w) & (area == a)), design)
        for a in (0, 1)
        for w in (0, 1)
    ]
    terms = [(1, 0, 0, 0), (-1, 1, 0, 0), (-1, 0, 1, 0), (1, -1, -1, 1)]
    changes = [contrast(cells, term, design, TAYLOR) for term in terms]
    assert all(isinstance(change, Change) for change in changes)
    told = [change for change in changes if isinstance(change, Change)]
    computed = {
        "terms": ["(Intercept)", "wave", "area", "wave:area"],
        "coef": [change.estimate for change in told],
        "se": [change.se for change in told],
        "t": [change.statistic for change in told],
        "p": [change.p for change in told],
        "df_resid": told[0].df,
    }
    assert load_case("O11").disagreements({"svyglm": computed}) == []


def test_o08g_the_logistic_regression_of_a_share() -> None:
    columns = DesignColumns(weight="w", psu="psu", stratum="district")
    waves = waves_of("d3_cluster.csv", ["top"], columns, split="wave")
    after = np.repeat([0.0, 1.0], [w.n for w in waves])[:, None]
    told = _as_svyglm(column(waves, "top"), after, labelled(waves, columns), "wave", "binomial")
    assert load_case("O08g").disagreements({"logit": told}) == []


def test_o12_four_waves() -> None:
    columns = DesignColumns(weight="w")
    waves = waves_of("d6_trend.csv", ["score"], columns, split="wave")
    design, score = labelled(waves, columns), column(waves, "score")
    ends = np.cumsum([0, *design.wave_sizes])
    rows = [np.arange(a, b) for a, b in itertools.pairwise(ends)]
    trend = compare_trend(score, rows, range(4), design, TAYLOR)
    assert isinstance(trend, Trend)
    assert isinstance(trend.slope, Change)
    assert isinstance(trend.omnibus, Omnibus)
    covariance = TAYLOR.covariance(trend.waves, design)
    when = np.repeat(np.arange(4.0), design.wave_sizes)[:, None]
    planned = [planned.change for planned in trend.contrasts]
    computed = {
        "slope": _as_svyglm(score, when, design, "wave"),
        "degf": design_df(rows, design),
        "omnibus_F": trend.omnibus.statistic,
        "omnibus_df": trend.omnibus.df,
        "omnibus_ddf": trend.omnibus.df_below,
        "omnibus_p": trend.omnibus.p,
        "wave_means": [wave.estimate for wave in trend.waves],
        "wave_se": np.sqrt(covariance.diagonal()),
        "contrast": [change.estimate for change in planned],
        "contrast_se": [change.se for change in planned],
    }
    case = load_case("O12")
    assert case.disagreements(computed) == []
    slope = case.expected["slope"]
    ours = [trend.slope.estimate, trend.slope.se, trend.slope.df]
    theirs = [slope["coef"][1], slope["se"][1], slope["df_resid"]]
    assert all(math.isclose(a, b, rel_tol=1e-8) for a, b in zip(ours, theirs, strict=True))


def test_o11_few_clusters() -> None:
    columns = DesignColumns(psu="nbhd", stratum="area")
    waves = waves_of("d5_did.csv", ["score"], columns, split="wave")
    score = column(waves, "score")
    wave = np.repeat([0.0, 1.0], [w.n for w in waves])
    area = np.concatenate([w.labels["stratum"] for w in waves]) == "1"
    answered = ~np.isnan(score)
    predictors = np.column_stack([wave, area, wave * area])[answered]
    _, cluster = np.unique(labelled(waves, columns).psu[answered], return_inverse=True)
    found = cluster_robust(score[answered], predictors, cluster)
    assert isinstance(found, ClusterRobust)
    t = found.coefficients / found.se
    computed = {
        "lm_coef": found.coefficients,
        "cr2_se": found.se,
        "cr2_df": found.df,
        "cr2_p": [t_two_sided(a, b) for a, b in zip(t, found.df, strict=True)],
    }
    assert load_case("O11").disagreements(computed) == []
