"""The comparison of two waves against R's numbers, through the same files and plan as a report."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from analysis.codebook import Category, Codebook, Scale, Variable
from analysis.dataset import rows_as_csv
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.report import compare_files
from tests.golden.cases import ORACLE, load_case

CLUSTERED: Final = {"weight": "w", "psu": "psu", "stratum": "district"}
GROUPS: Final = {"age": ("18-34", "35-54", "55+"), "sex": ("F", "M"), "grp": "abcdefgh"}


def _number(name: str) -> Variable:
    return Variable(name, name, "numeric", "item", {"en": name})


def _coded(name: str, labels: Sequence[str], level: Any, role: Any = "item") -> Variable:
    categories = tuple(Category(code, {"en": label}) for code, label in enumerate(labels))
    return Variable(name, name, level, role, {"en": name}, categories)


def _book(*variables: Variable, scales: tuple[Scale, ...] = ()) -> Codebook:
    return Codebook("oracle", 1, "", {"en": "Oracle"}, ("en",), variables, scales)


def _waves(file: str, columns: Sequence[str], answered: str | None = None) -> tuple[str, str]:
    """Both waves as CSV; only rows with this outcome where R's case dropped the others first."""
    with (ORACLE / "data" / file).open(encoding="utf-8", newline="") as stream:
        rows = [_with_group_codes(row) for row in csv.DictReader(stream)]
    rows = [row for row in rows if answered is None or row[answered]]
    before, after = ([r for r in rows if r["wave"] == wave] for wave in "01")
    return rows_as_csv(columns, before), rows_as_csv(columns, after)


def _with_group_codes(row: dict[str, str]) -> dict[str, object]:
    coded = {name: labels.index(row[name]) for name, labels in GROUPS.items() if name in row}
    return {**row, **coded}


def _only(document: Mapping[str, Any], **wanted: object) -> dict[str, Any]:
    found: list[dict[str, Any]] = [
        c for c in document["comparisons"] if all(c[key] == value for key, value in wanted.items())
    ]
    assert len(found) == 1
    return found[0]


def _as_svyttest(comparison: Mapping[str, Any]) -> dict[str, Any]:
    before, after, change = comparison["before"], comparison["after"], comparison["change"]
    return {
        "mean_by": [before["estimate"], after["estimate"]],
        "se_by": [before["se"], after["se"]],
        "diff": change["estimate"],
        "se": change["se"],
        "t": change["statistic"],
        "df": change["df"],
        "p": change["p"],
        "ci95": [change["ci_low"], change["ci_high"]],
    }


def _trust_scale() -> Codebook:
    items = [_coded(f"q{i}", ["", "1", "2", "3", "4", "5"], "ordinal") for i in range(1, 7)]
    scale = Scale(
        id="score",
        title={"en": "Score"},
        items=tuple(item.id for item in items),
        low=1.0,
        high=5.0,
        ends={},
        min_answered="2/3",
        is_primary=True,
    )
    return _book(*items, scales=(scale,))


def _d1(variance: str) -> dict[str, Any]:
    columns = [f"q{i}" for i in range(1, 7)]
    return compare_files(_trust_scale(), *_waves("d1_indep.csv", columns), variance=variance)


def test_the_default_is_welch_with_hedges_g_by_the_noncentral_t() -> None:
    case = load_case("O01")
    comparison = _only(_d1("jackknife"), outcome="score", measure="mean", group=None)
    before, after, change = comparison["before"], comparison["after"], comparison["change"]
    g = comparison["effects"]["hedges_g"]
    assert (
        case.disagreements(
            {
                "n_pre": before["n"],
                "n_post": after["n"],
                "mean_pre": before["estimate"],
                "mean_post": after["estimate"],
                "diff": change["estimate"],
                "se": change["se"],
                "t": change["statistic"],
                "df": change["df"],
                "p": change["p"],
                "ci95": [change["ci_low"], change["ci_high"]],
                "ci90": [change["ci90_low"], change["ci90_high"]],
                "hedges_g": g["estimate"],
                "hedges_g_ci95_nct": [g["ci_low"], g["ci_high"]],
            }
        )
        == []
    )


def test_taylor_with_equal_weights_has_the_se_of_welch_and_the_df_of_svyttest() -> None:
    comparison = _only(_d1("taylor"), outcome="score", measure="mean", group=None)
    assert load_case("O01b").disagreements(_as_svyttest(comparison)) == []


def test_shares_of_simple_random_samples_have_wilson_and_newcombe_intervals() -> None:
    book = _book(_coded("topbox_q1", ["no", "yes"], "binary"))
    document = compare_files(book, *_waves("d1_indep.csv", ["topbox_q1"]))
    comparison = _only(document, outcome="topbox_q1")
    before, after = comparison["before"], comparison["after"]
    difference = comparison["effects"]["risk_difference"]
    assert (
        load_case("O03").disagreements(
            {
                "p_pre": before["estimate"],
                "p_post": after["estimate"],
                "rd": comparison["change"]["estimate"],
                "wilson_pre": [before["ci_low"], before["ci_high"]],
                "wilson_post": [after["ci_low"], after["ci_high"]],
                "newcombe_ci": [difference["ci_low"], difference["ci_high"]],
            }
        )
        == []
    )


def test_people_linked_by_a_code_are_psus_and_the_covariance_enters() -> None:
    files = _waves("d2_panel.csv", ["score", "code"], answered="score")
    plan = {"person_code": "code"}
    document = compare_files(_book(_number("score")), *files, plan=plan, variance="taylor")
    change = _only(document, outcome="score")["change"]
    assert (
        load_case("O06").disagreements(
            {
                "design_diff": change["estimate"],
                "design_se": change["se"],
                "design_t": change["statistic"],
                "design_p": change["p"],
                "design_df": change["df"],
            }
        )
        == []
    )


@pytest.mark.parametrize(
    ("name", "plan"), [("nofpc", CLUSTERED), ("fpc", {**CLUSTERED, "fpc": "Npsu"})]
)
def test_strata_clusters_and_weights_without_and_with_fpc(name: str, plan: dict[str, str]) -> None:
    columns = ["score", *plan.values()]
    files = _waves("d3_cluster.csv", columns)
    document = compare_files(_book(_number("score")), *files, plan=plan, variance="taylor")
    computed = {name: _as_svyttest(_only(document, outcome="score"))}
    assert load_case("O08a").disagreements(computed) == []


def test_the_mean_of_one_wave_has_the_interval_of_confint() -> None:
    files = _waves("d3_cluster.csv", ["score", *CLUSTERED.values()])
    document = compare_files(_book(_number("score")), *files, plan=CLUSTERED, variance="taylor")
    comparison = _only(document, outcome="score")
    computed = {
        name: {
            "mean": estimate["estimate"],
            "se": estimate["se"],
            "ci95_t": [estimate["ci_low"], estimate["ci_high"]],
            "n_valid": estimate["n"],
        }
        for name, estimate in (("pre", comparison["before"]), ("post", comparison["after"]))
    }
    assert load_case("O08a").disagreements(computed) == []


def test_the_share_of_a_complex_sample_has_the_korn_graubard_interval() -> None:
    book = _book(_coded("top", ["no", "yes"], "binary"))
    files = _waves("d3_cluster.csv", ["top", *CLUSTERED.values()])
    document = compare_files(book, *files, plan=CLUSTERED, variance="taylor")
    comparison = _only(document, outcome="top")
    after = comparison["after"]
    computed = {"p": after["estimate"], "ci_beta": [after["ci_low"], after["ci_high"]]}
    assert load_case("O08e").disagreements(computed) == []
    assert load_case("O08g").disagreements({"rd": _as_svyttest(comparison)}) == []


def test_groups_are_domains_that_keep_their_strata() -> None:
    book = _book(
        _number("score"),
        _coded("age", GROUPS["age"], "ordinal", "background"),
        _coded("sex", GROUPS["sex"], "nominal", "background"),
    )
    files = _waves("d3_cluster.csv", ["score", "age", "sex", *CLUSTERED.values()])
    plan = {**CLUSTERED, "subgroups": ["age", "sex"]}
    document = compare_files(book, *files, plan=plan, variance="taylor")
    computed = {
        c["group"]["label"]["en"]: _as_svyttest(c)
        for c in document["comparisons"]
        if c["group"] is not None
    }
    assert set(computed) == {"18-34", "35-54", "55+", "F", "M"}
    assert load_case("O08f").disagreements(computed) == []


def test_the_jackknife_is_the_one_of_replicate_weights() -> None:
    files = _waves("d3_cluster.csv", ["score", *CLUSTERED.values()])
    document = compare_files(_book(_number("score")), *files, plan=CLUSTERED)
    comparison = _as_svyttest(_only(document, outcome="score"))
    computed = {key: comparison[key] for key in ("mean_by", "se_by", "diff")}
    assert load_case("O10b").disagreements(computed | {"se_diff": comparison["se"]}) == []


def test_thirty_items_and_eight_groups_with_holm_and_benjamini_hochberg() -> None:
    names = [f"q{i}" for i in range(1, 31)]
    items = [_coded(name, ["", "1", "2", "3", "4", "5"], "ordinal") for name in names]
    group = _coded("grp", "abcdefgh", "nominal", "background")
    first = tuple(names[:6])
    scale = Scale("scale1", {"en": "Scale"}, first, 1.0, 5.0, {}, min_answered="2/3")
    files = _waves("d8_likert5k.csv", [*names, "grp", "w", "stratum"])
    plan = {"weight": "w", "stratum": "stratum", "subgroups": ["grp"]}
    book = _book(*items, group, scales=(scale,))
    document = compare_files(book, *files, plan=plan, variance="taylor")
    means = [c for c in document["comparisons"] if c["measure"] == "mean"]
    everyone = {c["outcome"]: _as_svyttest(c) for c in means if c["group"] is None}
    groups = [_as_svyttest(c) for c in means if c["group"] and c["outcome"] == "scale1"]
    by_item = [everyone[name] for name in names]
    p = [item["p"] for item in by_item]
    case = load_case("O20")
    assert (
        case.disagreements({key: [item[key] for item in by_item] for key in ("diff", "se")}) == []
    )
    assert (
        case.disagreements({key: [item[key] for item in by_item] for key in ("t", "df", "p")}) == []
    )
    assert case.disagreements({"holm": holm(p), "bh": benjamini_hochberg(p)}) == []
    assert case.disagreements({"scale": everyone["scale1"]}) == []
    told = {f"grp_{key}": [group[key] for group in groups] for key in ("diff", "se", "df", "p")}
    assert case.disagreements(told) == []
