"""R runs the script of a bundle; what it prints, beside what a document says."""

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
ANY_CHANGE: Final = {"statistic": "t", "df_below": "df", "p": "p", "p_adjusted": "p_adjusted"}
Row = Mapping[str, str]
Place = tuple[str, str, str, str, str]


def _has_survey() -> bool:
    if RSCRIPT is None:
        return False
    asked = [RSCRIPT, "--vanilla", "-e", "stopifnot(requireNamespace('survey'))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - R


R_PROOF = [
    pytest.mark.proof,
    pytest.mark.skipif(not _has_survey(), reason="R with its package survey is not installed here"),
]


def run(script: str, files: Mapping[str, str], folder: Path) -> list[Row]:
    for wave, text in files.items():
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


def told(part: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[tuple[str, float | None]]:
    """What the document says, by R's column; None where it refuses."""
    for key, column in keys.items():
        value = part.get(key)
        yield column, None if isinstance(value, dict) else value


def groups_and_gaps(document: dict[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """What was found of groups beside each other: by outcome, measure, what R calls it, groups."""
    for one in document["interactions"]:
        key = one["outcome"], one["measure"]
        if "not_estimable" not in one["test"]:
            yield (*key, "groups differ", one["variable"], ""), one["test"]
        for gap in one["gaps"] if isinstance(one["gaps"], list) else ():
            codes = f"{gap['first']['code']} | {gap['second']['code']}"
            for part in ("before", "after"):
                yield (*key, f"gap {part}", one["variable"], codes), gap[part]
            yield (*key, "change of the gap", one["variable"], codes), gap["change"]


def disagreements(comparison: dict[str, Any], row: Row) -> Iterator[str]:
    name = f"{comparison['outcome']} {comparison['measure']} {comparison['group']}"
    for part, keys, prefix in (
        ("before", WAVE, "before_"),
        ("after", WAVE, "after_"),
        ("change", CHANGE, ""),
    ):
        refused = "not_estimable" in comparison[part]
        for column, ours in told(comparison[part], keys):
            theirs = row[prefix + column]
            if refused and column in {"n", "n_eff", "estimate"}:
                continue  # R counts the answers of a wave that has too few
            if not agree(ours, theirs):
                yield f"{name} {part} {column}: {ours!r}, R says {theirs!r}"


def agree(ours: float | None, theirs: str) -> bool:
    if ours is None or not theirs:
        return ours is None and not theirs
    return math.isclose(ours, float(theirs), rel_tol=TOLERANCE, abs_tol=NOTHING)


def of_variance(rows: Sequence[Row], document: dict[str, Any]) -> list[Row]:
    return [row for row in rows if row["variance"] == document["variance"]]
