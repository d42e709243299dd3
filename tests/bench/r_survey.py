"""The same comparisons in R: one `svyglm` each, a few of them timed."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from analysis.compare import Compared, compare_outcomes
from analysis.dataset import FloatArray, Wave
from analysis.design import label_design
from analysis.outcomes import outcome_values, outcomes_of
from analysis.refusals import NotEstimable
from analysis.variance import variance_named
from tests.bench.forty_items import SUBGROUPS, forty_items, plan_of, waves_of

RSCRIPT: Final = shutil.which("Rscript")
MODELS: Final = 414  # 40 items and 6 scales, everyone and 8 groups
TIMED: Final = ("s1", "q01", "q02")
AGREEMENT: Final = 1e-9
SCRIPT: Final = """
suppressMessages(library(survey))
a <- commandArgs(TRUE)
rows <- as.integer(a[2]); columns <- strsplit(a[3], ",")[[1]]
d <- as.data.frame(matrix(readBin(a[1], "double", rows * length(columns)), rows))
names(d) <- columns
outcomes <- strsplit(a[4], ",")[[1]]; groups <- strsplit(a[5], ",")[[1]]
began <- proc.time()[["elapsed"]]
whole <- svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = d)
found <- c()
designs <- list(whole)
for (g in groups) for (code in sort(unique(d[[g]])))
  designs[[length(designs) + 1]] <- whole[d[[g]] == code, ]
designed <- proc.time()[["elapsed"]] - began
began <- proc.time()[["elapsed"]]
for (y in outcomes) for (part in designs) {
  model <- svyglm(reformulate("wave", y), part)
  change <- coef(model)[["wave"]]; se <- sqrt(vcov(model)["wave", "wave"]); df <- model$df.residual
  half <- se * qt(.975, df)
  p <- 2 * pt(-abs(change / se), df)
  found <- c(found, change, se, p, change - half, change + half)
}
looped <- proc.time()[["elapsed"]] - began
cat(designed, looped, sprintf("%.15g", found))
"""


@dataclass(frozen=True)
class Timed:
    """seconds: of all models, as the timed ones foretell. models: how many were timed."""

    seconds: float
    models: int


def has_survey() -> bool:
    if RSCRIPT is None:
        return False
    asked = [RSCRIPT, "--vanilla", "-e", "stopifnot(requireNamespace('survey'))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - R


def time_in_r(rows: int, weights: str) -> Timed:
    """What R takes, and that its numbers are ours: nobody is compared by other work."""
    waves = waves_of(rows, weights)
    table, columns = _table(waves)
    with TemporaryDirectory(prefix="rapport-bench-") as name:
        held, script = Path(name) / "rows", Path(name) / "models.R"
        table.astype(np.float64).tofile(held)
        script.write_text(SCRIPT, "ascii")
        lists = (",".join(names) for names in (columns, TIMED, SUBGROUPS))
        columns_, outcomes, groups = lists
        command = [str(RSCRIPT), "--vanilla", script, held, str(2 * rows)]
        ran = subprocess.run(  # noqa: S603 - R, and a script of our own
            [*command, columns_, outcomes, groups], capture_output=True, text=True, check=True
        )
    designed, looped, *found = map(float, ran.stdout.split())
    models = len(found) // 5
    _assert_ours(waves, np.array(found).reshape(models, 5))
    return Timed(designed + looped * MODELS / models, models)


def _table(waves: tuple[Wave, Wave]) -> tuple[FloatArray, list[str]]:
    """(columns, rows): what R reads as columns."""
    codebook = forty_items()
    by_id = {o.id: o for o in outcomes_of(codebook) if o.measure == "mean"}
    columns = {name: outcome_values(by_id[name], *waves, codebook) for name in TIMED}
    for name in SUBGROUPS:
        columns[name] = np.concatenate([wave.coded[name].scores() for wave in waves])
    columns["weight"] = np.concatenate([wave.weight for wave in waves if wave.weight is not None])
    columns["wave"] = np.repeat([0.0, 1.0], [wave.n for wave in waves])
    return np.array(list(columns.values())), list(columns)


def _assert_ours(waves: tuple[Wave, Wave], theirs: FloatArray) -> None:
    ours = np.array(list(_ours(waves)))
    assert ours.shape == theirs.shape
    # A p-value far out is known to fewer digits.
    digits = [0, 1, 3, 4]
    np.testing.assert_allclose(ours[:, digits], theirs[:, digits], rtol=AGREEMENT)
    np.testing.assert_allclose(ours[:, 2], theirs[:, 2], rtol=1e-6, atol=1e-12)


def _ours(waves: tuple[Wave, Wave]) -> Iterator[tuple[float, ...]]:
    plan, codebook = plan_of("taylor"), forty_items()
    design = label_design(*waves, plan.columns)
    compared = compare_outcomes(*waves, codebook, plan, design, variance_named("taylor"))
    for name in TIMED:
        yield from (
            _row(c) for c in compared if c.outcome.id == name and c.outcome.measure == "mean"
        )


def _row(compared: Compared) -> tuple[float, ...]:
    change = compared.comparison.change
    assert not isinstance(change, NotEstimable)
    assert math.isfinite(change.se)
    return change.estimate, change.se, change.p, change.ci_low, change.ci_high
