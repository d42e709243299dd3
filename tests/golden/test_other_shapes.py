"""Designs that stand in no list, drawn at random and given to R as well."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from analysis.comparisons.difference import Domain
from analysis.comparisons.means.adjusted import adjusted
from analysis.comparisons.method import Answers, MethodComparison
from analysis.comparisons.ranks.midrank_test import midrank_test
from analysis.comparisons.shares.odds_ratio import odds_ratio
from analysis.comparisons.shares.rao_scott import RaoScott, rao_scott
from analysis.dataset import DesignColumns, FloatArray, Wave, read_wave, rows_as_csv
from analysis.design import Design, label_waves
from analysis.refusals import NotEstimable
from analysis.variance import VARIANCES
from tests.golden.samples import column
from tests.unit.analysis.books import book, number

RSCRIPT: Final = shutil.which("Rscript")
SCRIPT: Final = Path(__file__).with_name("other_shapes.R")
TOLERANCE: Final = 1e-9
COLUMNS: Final[Mapping[str, DesignColumns]] = {
    "alone": DesignColumns(weight="w", stratum="s"),
    "blocks": DesignColumns(weight="w", stratum="s", psu="b"),
    "shared": DesignColumns(weight="w", stratum="s", psu="b"),
    "two_stages": DesignColumns(
        weight="w", stratum="s", psu="b", fpc="blocks", ssu="h", ssu_fpc="homes"
    ),
}
ANSWERS: Final = ("y", "k", "top", "g")
Row = dict[str, Any]


def _has_survey() -> bool:
    if RSCRIPT is None:
        return False
    asked = [RSCRIPT, "--vanilla", "-e", "stopifnot(requireNamespace('survey'))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - R


pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not _has_survey(), reason="R with its package survey is not installed here"),
]


def _rows(shape: str, rng: np.random.Generator) -> Iterator[Row]:
    """Blocks of homes of one or two people; in the first wave nobody gives the fourth answer."""
    for wave in (0, 1):
        for stratum in "NS":
            for block in range(6 if shape == "shared" else int(rng.integers(4, 9))):
                homes, luck = int(rng.integers(3, 9)), 0.4 * rng.normal()
                name = f"{stratum}{block}" if shape == "shared" else f"{wave}{stratum}{block}"
                for home in range(homes):
                    for _ in range(int(rng.integers(1, 3))):
                        place = {"wave": wave, "s": stratum, "b": name, "h": f"h{home}"}
                        size = {"blocks": 40, "homes": homes + 2}
                        yield place | size | _answers(rng, luck + 0.3 * wave, 4 + (wave == 1))


def _answers(rng: np.random.Generator, mean: float, options: int) -> Row:
    y = round(10 + float(rng.normal()) + mean, 1)
    answers = {"y": y, "k": int(rng.integers(1, options)), "top": int(y > 10.3)}
    said = {name: "" if rng.random() < 0.1 else answer for name, answer in answers.items()}
    return {**said, "g": int(rng.integers(0, 3)), "w": round(float(rng.uniform(0.5, 3)), 4)}


def _by_r(rows: list[Row], shape: str, folder: Path) -> dict[str, list[float]]:
    file = folder / "answers.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    asked = [str(RSCRIPT), "--vanilla", str(SCRIPT), str(file), shape]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603 - R
    lines = (line.split() for line in done.stdout.splitlines())
    return {name: [float(number) for number in numbers] for name, *numbers in lines}


def _waves(rows: list[Row], shape: str) -> list[Wave]:
    kept = (*ANSWERS, *COLUMNS[shape].named().values())
    codebook = book(*(number(name) for name in ANSWERS))
    parts = [[row for row in rows if row["wave"] == wave] for wave in (0, 1)]
    return [read_wave("wave", rows_as_csv(kept, part), codebook, COLUMNS[shape]) for part in parts]


def _told(found: MethodComparison | NotEstimable) -> list[float]:
    """Estimate, standard error, t, p and df of the wave's coefficient."""
    assert isinstance(found, MethodComparison), found
    estimate = found.figures.get("log_odds", found.estimate)
    assert estimate is not None
    assert found.statistic is not None
    assert found.p is not None
    assert found.df is not None
    return [estimate, estimate / found.statistic, found.statistic, found.p, found.df]


def _ours(waves: list[Wave], design: Design) -> dict[str, list[float]]:
    taylor, values = VARIANCES["taylor"], {name: column(waves, name) for name in ANSWERS}
    domain = Domain(np.arange(waves[0].n), waves[0].n + np.arange(waves[1].n))
    plain = Answers(values["y"], domain, design, taylor)
    background = (values["g"].astype(np.int64),)
    wide = Answers(values["y"], domain, design, taylor, background=background)
    alone = Answers(values["y"], domain, design, taylor, background=(np.zeros_like(background[0]),))
    mean, _, t, p, df = _told(adjusted(alone))
    ranked, _, rank_t, rank_p, rank_df = _told(midrank_test(plain.values, domain, design, taylor))
    return {
        "mean": [mean, t, df, p],
        "rao_scott": _categories(values["k"], design),
        "odds_ratio": _told(odds_ratio(values["top"], domain, design)),
        "adjusted": _told(adjusted(wide)),
        "midrank_test": [ranked, rank_t, rank_df, rank_p],
    }


def _categories(answers: FloatArray, design: Design) -> list[float]:
    rows = np.flatnonzero(~np.isnan(answers))
    wave = np.repeat([0, 1], design.wave_sizes)
    found = rao_scott(answers[rows].astype(np.int64), wave[rows], rows, design)
    assert isinstance(found, RaoScott)
    return [found.statistic, found.df, found.df_below, found.p, found.p_first_order]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", COLUMNS)
def test_any_design_gives_the_figures_of_r(shape: str, seed: int, tmp_path: Path) -> None:
    rows = list(_rows(shape, np.random.default_rng(seed)))
    waves = _waves(rows, shape)
    ours = _ours(waves, label_waves(waves, ("before", "after"), COLUMNS[shape]))
    theirs = _by_r(rows, shape, tmp_path)
    assert ours.keys() == theirs.keys()
    for name, numbers in ours.items():
        assert numbers == pytest.approx(theirs[name], rel=TOLERANCE), name
