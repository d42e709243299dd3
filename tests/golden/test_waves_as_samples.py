"""Two waves below the document: covariances, df and everything else of R's svyttest."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.codebook import answers_needed
from analysis.comparisons.contrast import Change, contrast
from analysis.dataset import DesignColumns
from analysis.design import Design
from analysis.influence import Influence, design_df, mean_influence
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.scales import score_scale
from analysis.variance import VARIANCES
from analysis.weighting.effective_size import effective_size
from tests.golden.cases import labels, load_case, numbers
from tests.golden.samples import column, labelled, waves_of

FloatArray = NDArray[np.float64]
BLOCKS: Final = {"weight": "w", "psu": "psu", "stratum": "district"}
D8: Final = DesignColumns(weight="w", stratum="stratum")


def _as_svyttest(
    outcome: FloatArray, design: Design, members: NDArray[np.bool_] | None = None
) -> dict[str, Any]:
    inside = np.ones(len(outcome), dtype=np.bool_) if members is None else members
    ends = np.cumsum([0, *design.wave_sizes])
    rows = [a + np.flatnonzero(inside[a:b]) for a, b in pairwise(ends)]
    taylor, found = VARIANCES["taylor"], [mean_influence(outcome, part, design) for part in rows]
    means = [mean for mean in found if isinstance(mean, Influence)]
    covariance, change = taylor.covariance(means, design), contrast(means, (-1, 1), design, taylor)
    assert isinstance(covariance, np.ndarray)
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
        "degf": design_df(rows, design),
    }


def _two_waves(file: str, outcome: str, columns: DesignColumns) -> tuple[FloatArray, Design]:
    waves = waves_of(file, [outcome], columns, split="wave")
    return column(waves, outcome), labelled(waves, columns)


def _score(needed: int = 4) -> FloatArray:
    items = numbers("d1_indep.csv", *(f"q{i}" for i in range(1, 7)))
    return score_scale(items, needed, [None] * 6)


def test_o01b_equal_weights() -> None:
    _, design = _two_waves("d1_indep.csv", "q1", DesignColumns())
    assert load_case("O01b").disagreements(_as_svyttest(_score(), design)) == []


def test_o03b_how_many_items_a_score_needs() -> None:
    wave = numbers("d1_indep.csv", "wave")
    items = numbers("d1_indep.csv", *(f"q{i}" for i in range(1, 7)))
    scores = [_score(answers_needed(6, rule)) for rule in ("1/2", "2/3", "4/5", "1")]
    computed: dict[str, Any] = {"frac": [0.5, 2 / 3, 0.8, 1.0]}
    for code, name in enumerate(("pre", "post")):
        scored = [score[(wave == code) & ~np.isnan(score)] for score in scores]
        computed[f"n_{name}"] = [len(part) for part in scored]
        computed[f"mean_{name}"] = [part.mean() for part in scored]
        computed[f"item_nonresponse_{name}"] = np.isnan(items[wave == code]).mean(axis=0)
    assert load_case("O03b").disagreements(computed) == []


@pytest.mark.parametrize(("name", "fpc"), [("nofpc", None), ("fpc", "Npsu")])
def test_o08a_blocks_without_and_with_a_finite_population(name: str, fpc: str | None) -> None:
    told = _as_svyttest(*_two_waves("d3_cluster.csv", "score", DesignColumns(**BLOCKS, fpc=fpc)))
    assert load_case("O08a").disagreements({name: told}) == []


def test_o08a_one_wave_and_the_size_that_weights_leave() -> None:
    _, design = _two_waves("d3_cluster.csv", "score", DesignColumns(**BLOCKS))
    size = effective_size(design.weight)
    first = design.wave_sizes[0]
    rows = {"pre": np.arange(first), "post": first + np.arange(design.wave_sizes[1])}
    told: dict[str, Any] = {name: {"degf": design_df([r], design)} for name, r in rows.items()}
    told["kish"] = {
        "n": size.n,
        "sum_w": size.total,
        "deff_kish": size.deff,
        "n_eff": size.n_eff,
        "cv_w": size.cv,
        "max_over_median": size.max_over_median,
    }
    assert load_case("O08a").disagreements(told) == []


def test_o08f_groups_that_keep_their_strata() -> None:
    outcome, design = _two_waves("d3_cluster.csv", "score", DesignColumns(**BLOCKS))
    groups = {
        group: labels("d3_cluster.csv", name) == group
        for name, group in (
            *(("age", a) for a in ("18-34", "35-54", "55+")),
            ("sex", "F"),
            ("sex", "M"),
        )
    }
    told = {group: _as_svyttest(outcome, design, inside) for group, inside in groups.items()}
    assert load_case("O08f").disagreements(told) == []


def test_o08g_a_share() -> None:
    told = _as_svyttest(*_two_waves("d3_cluster.csv", "top", DesignColumns(**BLOCKS)))
    assert load_case("O08g").disagreements({"rd": told}) == []


def test_o10b_the_jackknife_of_waves_that_share_nothing() -> None:
    outcome, design = _two_waves("d3_cluster.csv", "score", DesignColumns(**BLOCKS))
    first = design.wave_sizes[0]
    rows = np.arange(first), first + np.arange(design.wave_sizes[1])
    means = [mean_influence(outcome, part, design) for part in rows]
    told = [mean for mean in means if isinstance(mean, Influence)]
    covariance = VARIANCES["jackknife"].covariance(told, design)
    assert isinstance(covariance, np.ndarray)
    assert load_case("O10b").disagreements({"cov_by": covariance[0, 1]}) == []


def test_o14_each_option_that_people_ticked() -> None:
    options = [f"ms_{letter}" for letter in "abcde"]
    told = {
        option: _as_svyttest(*_two_waves("d7_nominal_multi.csv", option, DesignColumns(weight="w")))
        for option in options
    }
    p = [told[option]["p"] for option in options]
    computed = {"options": told, "p": p, "holm": holm(p), "bh": benjamini_hochberg(p)}
    assert load_case("O14").disagreements(computed) == []


def test_o20_thirty_items_and_a_scale() -> None:
    names = [f"q{i}" for i in range(1, 31)]
    waves = waves_of("d8_likert5k.csv", names, D8, split="wave")
    design = labelled(waves, D8)
    items = [_as_svyttest(column(waves, name), design) for name in names]
    score = score_scale(np.column_stack([column(waves, n) for n in names[:6]]), 4, [None] * 6)
    computed = {
        "mean_pre": [item["mean_by"][0] for item in items],
        "mean_post": [item["mean_by"][1] for item in items],
        "scale": _as_svyttest(score, design),
    }
    assert load_case("O20").disagreements(computed) == []
