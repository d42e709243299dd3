"""What a plan adds to a comparison, from its files to the document: R's rake, R's regTermTest."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any, Final

from analysis.codebook import Category, Codebook, Variable
from analysis.dataset import rows_as_csv
from analysis.report import compare_files
from tests.golden.cases import ORACLE, load_case

LEVELS: Final = {"age": ("18-34", "35-54", "55+"), "sex": ("F", "M"), "race": ("A", "B", "C", "D")}


def _book(*margins: str) -> Codebook:
    score = Variable("score", "score", "numeric", "item", {"en": "score"})
    yes_no = tuple(Category(code, {"en": str(code)}) for code in (0, 1))
    top = Variable("top", "top", "binary", "item", {"en": "top"}, yes_no)
    return Codebook("oracle", 1, "", {"en": "R"}, ("en",), (score, top, *map(_margin, margins)))


def _margin(name: str) -> Variable:
    options = tuple(Category(code, {"en": label}) for code, label in enumerate(LEVELS[name]))
    return Variable(name, name, "nominal", "background", {"en": name}, options)


def _compare(file: str, margins: Sequence[str], plan: dict[str, Any]) -> dict[str, Any]:
    """Under taylor, R's variance."""
    columns = (
        "score",
        "top",
        *margins,
        *(plan[k] for k in ("weight", "psu", "stratum") if k in plan),
    )
    with (ORACLE / "data" / file).open(encoding="utf-8", newline="") as stream:
        rows = [{"top": "0", **row} for row in csv.DictReader(stream)]
    for row in rows:
        row.update({name: str(LEVELS[name].index(row[name])) for name in margins})
    waves = [rows_as_csv(columns, (r for r in rows if r["wave"] == wave)) for wave in "01"]
    return compare_files(_book(*margins), *waves, plan=plan | {"variance": "taylor"})


def _population() -> dict[str, dict[str, float]]:
    population: dict[str, dict[str, float]] = {}
    with (ORACLE / "data" / "d4_margins.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            population.setdefault(row["var"], {})[row["level"]] = float(row["share"])
    return population


def test_a_plans_margins_give_the_comparison_that_rake_gives() -> None:
    weighting = {"unit": "share", "margins": _population(), "trim": None}
    plan = {"weight": "basew", "primary": "score", "weighting": weighting}
    document = _compare("d4_rake.csv", ("age", "sex", "race"), plan)
    case = load_case("O09a")
    change = document["comparisons"][0]["change"]
    told = {"diff": change["estimate"], "se": change["se"], "t": change["statistic"]}
    told |= {"df": change["df"], "p": change["p"], "ci95": [change["ci_low"], change["ci_high"]]}
    wave = document["weighting"]["waves"]["after"]
    kish = {"n": wave["n"], "deff_kish": wave["deff"], "n_eff": wave["n_eff"]}
    assert case.disagreements({"fixed_tt": told, "kish_post": kish}) == []


def test_interactions_are_those_of_reg_term_test() -> None:
    design = {"weight": "w", "psu": "psu", "stratum": "district"}
    plan = {**design, "primary": ["score", "top"], "subgroups": ["age"]}
    clustered = _compare("d3_cluster.csv", ("age",), plan)["interactions"]
    more = {"weight": "basew", "primary": "score", "subgroups": ["age"]}
    (plain,) = _compare("d4_rake.csv", ("age",), more)["interactions"]
    told = {
        "clustered_score": clustered[0]["test"],
        "clustered_top": clustered[1]["test"],
        "plain_score": plain["test"],
    }
    for test in told.values():
        test.pop("p_adjusted")
    assert load_case("O21").disagreements(told) == []


def _told(gap: dict[str, Any]) -> dict[str, Any]:
    """The figures of each part of a gap, by R's names."""
    names = {"estimate": "diff", "se": "se", "statistic": "t", "df": "df", "p": "p"}
    return {
        part: {theirs: gap[part][ours] for ours, theirs in names.items()}
        | {"ci95": [gap[part]["ci_low"], gap[part]["ci_high"]]}
        for part in ("before", "after", "change")
    }


def test_gaps_are_those_of_svyglm() -> None:
    design = {"weight": "w", "psu": "psu", "stratum": "district"}
    plan = {**design, "primary": ["score", "top"], "subgroups": ["age"]}
    clustered = _compare("d3_cluster.csv", ("age",), plan)["interactions"]
    more = {"weight": "basew", "primary": "score", "subgroups": ["age"]}
    (plain,) = _compare("d4_rake.csv", ("age",), more)["interactions"]
    told = {
        "clustered_score": _told(clustered[0]["gaps"][0]),
        "clustered_top": _told(clustered[1]["gaps"][2]),
        "plain_score": _told(plain["gaps"][1]),
    }
    assert load_case("O22").disagreements(told) == []
