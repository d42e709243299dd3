"""A real resident panel on police, compared through the files that ship with it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

import pytest

from analysis.codebook import Codebook
from analysis.report import compare_files
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument_file
from tests.golden.sao_paulo import make_cases

HERE: Final = Path(__file__).parent / "sao_paulo"
CASES: Final = [case["id"] for case in make_cases.cases()]
TOLERANCE: Final = 1e-9


def _codebook(case: str) -> Codebook:
    return build_codebook(load_instrument_file(HERE / case / "instrument.yaml"), "baseline")


def _compare(case: str, smallest_change: float | None = None, **more: Any) -> dict[str, Any]:
    item = case.split("_", maxsplit=1)[0]
    plan = {"smallest_change": {item: smallest_change}} if smallest_change else None
    files = ((HERE / case / f"{wave}.csv").read_text("utf-8") for wave in ("before", "after"))
    document = compare_files(_codebook(case), *files, plan=plan, **more)
    comparison: dict[str, Any] = document["comparisons"][0]
    assert (comparison["outcome"], comparison["measure"]) == (item, "mean")
    return comparison


def _expected(case: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((HERE / case / "expected.json").read_text("utf-8"))
    return document


@pytest.mark.parametrize("case", CASES)
def test_the_default_variance_gives_welch(case: str) -> None:
    comparison, expected = _compare(case), _expected(case)
    before, after, change = comparison["before"], comparison["after"], comparison["change"]
    assert [before["n"], after["n"]] == expected["n"]
    welch = expected["welch"]
    pairs = [
        *zip([before["estimate"], after["estimate"]], expected["mean"], strict=True),
        (change["statistic"], welch["t"]),
        (change["df"], welch["df"]),
        (change["p"], welch["p"]),
        *zip([change["ci_low"], change["ci_high"]], welch["ci"], strict=True),
    ]
    assert all(math.isclose(ours, theirs, rel_tol=TOLERANCE) for ours, theirs in pairs), pairs


@pytest.mark.parametrize("case", CASES)
def test_taylor_gives_the_same_t_with_the_df_of_svyttest(case: str) -> None:
    taylor, default = _compare(case, variance="taylor"), _compare(case)
    assert math.isclose(taylor["change"]["se"], default["change"]["se"], rel_tol=TOLERANCE)
    assert math.isclose(
        taylor["change"]["statistic"], default["change"]["statistic"], rel_tol=TOLERANCE
    )
    assert taylor["change"]["df"] == _expected(case)["taylor_df"]


def test_fear_of_the_police_fell_and_that_is_good_news() -> None:
    fear = _compare("fearpolgen_1_2")
    assert fear["verdict"] == "fell_by_what_matters"
    assert fear["higher_is_favourable"] is False
    assert "fell" in fear["sentence"]


def test_the_verdict_on_fair_decisions_hangs_on_the_change_that_matters() -> None:
    assert _compare("pj2_1_2", 0.15)["verdict"] == "about_the_same"
    assert _compare("pj2_1_2", 0.05)["verdict"] == "cannot_tell"


@pytest.mark.parametrize("case", make_cases.cases(), ids=CASES)
def test_the_files_are_what_the_generator_writes(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_cases, "HERE", tmp_path)
    make_cases.write_case(case)
    for written in (tmp_path / case["id"]).iterdir():
        assert written.read_bytes() == (HERE / case["id"] / written.name).read_bytes()
