"""The R script, run with R and its package survey, gives every figure of the document again."""

from __future__ import annotations

import csv
import io
import math
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from analysis.r_script import r_script
from tests.golden.r_cases import Case, cases

TOLERANCE: Final = 1e-8
NOTHING: Final = 1e-13  # a change of equal waves is 0 here, and some rounding in R
RSCRIPT: Final = shutil.which("Rscript")
WAVE: Final = {
    "n": "n",
    "n_eff": "n_eff",
    "estimate": "estimate",
    "se": "se",
    "ci_low": "low",
    "ci_high": "high",
}
CHANGE: Final = {
    "estimate": "change",
    "se": "se",
    "df": "df",
    "statistic": "t",
    "p": "p",
    "p_adjusted": "p_adjusted",
    "ci_low": "low",
    "ci_high": "high",
    "ci90_low": "low90",
    "ci90_high": "high90",
}
Row = Mapping[str, str]


def _has_survey() -> bool:
    if RSCRIPT is None:
        return False
    asked = [RSCRIPT, "--vanilla", "-e", "stopifnot(requireNamespace('survey'))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - R


pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not _has_survey(), reason="R with its package survey is not installed here"),
]


def _run(script: str, files: tuple[str, str], folder: Path) -> list[Row]:
    for wave, text in zip(("before", "after"), files, strict=True):
        (folder / f"responses_{wave}.csv").write_text(text, encoding="utf-8")
    (folder / "compare.R").write_text(script, encoding="ascii")
    ran = subprocess.run(  # noqa: S603 - R, and a script of our own
        [str(RSCRIPT), "--vanilla", str(folder / "compare.R")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return list(csv.DictReader(io.StringIO(ran.stdout)))


def _told(part: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[tuple[str, float | None]]:
    """What the document says, by R's column; None where it refuses."""
    for key, column in keys.items():
        value = part.get(key)
        yield column, None if isinstance(value, dict) else value


def _disagreements(comparison: dict[str, Any], row: Row) -> Iterator[str]:
    name = f"{comparison['outcome']} {comparison['measure']} {comparison['group']}"
    for part, keys, prefix in (
        ("before", WAVE, "before_"),
        ("after", WAVE, "after_"),
        ("change", CHANGE, ""),
    ):
        refused = "not_estimable" in comparison[part]
        for column, ours in _told(comparison[part], keys):
            theirs = row[prefix + column]
            if refused and column in {"n", "n_eff", "estimate"}:
                continue  # R counts the answers of a wave that has too few
            if not _agree(ours, theirs):
                yield f"{name} {part} {column}: {ours!r}, R says {theirs!r}"


def _agree(ours: float | None, theirs: str) -> bool:
    if ours is None or not theirs:
        return ours is None and not theirs
    return math.isclose(ours, float(theirs), rel_tol=TOLERANCE, abs_tol=NOTHING)


def _rows_of(rows: Sequence[Row], document: dict[str, Any]) -> list[Row]:
    mine = [row for row in rows if row["variance"] == document["variance"]]
    asked = [(c["outcome"], c["measure"]) for c in document["comparisons"]]
    assert [(row["outcome"], row["measure"]) for row in mine] == asked
    return mine


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_r_gives_every_figure_of_the_document(case: Case, tmp_path: Path) -> None:
    documents = [case.compare(variance) for variance in case.variances]
    rows = _run(r_script(documents[0]), case.files, tmp_path)
    for document in documents:
        pairs = zip(document["comparisons"], _rows_of(rows, document), strict=True)
        assert [line for c, row in pairs for line in _disagreements(c, row)] == []
    assert {row["variance"] for row in rows} == set(case.variances)


def test_a_planted_wrong_figure_is_caught(tmp_path: Path) -> None:
    case = cases()[0]
    document = case.compare("jackknife")
    rows = _rows_of(_run(r_script(document), case.files, tmp_path), document)
    comparison = document["comparisons"][0]
    assert list(_disagreements(comparison, rows[0])) == []
    comparison["change"]["se"] *= 1 + 1e-7
    assert list(_disagreements(comparison, rows[0]))
