"""`rapport compare` on two files of 5,000 answers: from the shell, and within one process."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from analysis.codebook import Codebook
from analysis.report import compare_files
from app.instruments.codebook import build_codebook
from tests.bench import peers
from tests.bench.measure import Measure
from tests.bench.servers import RAPPORT
from tests.factories import SURVEYS, core_trust

ROWS: Final = 5000
QUICK_ROWS: Final = 100
SEED: Final = 20261120
SHARE_MISSING: Final = 0.05
REPEATS: Final = 5
MOST_WARM_SECONDS: Final = 0.3
NOTHING_BUT_IMPORTS: Final = "import numpy, scipy.special"


def simulated_answers(codebook: Codebook, rows: int, shift: float, seed: int) -> str:
    """CSV of people with an opinion each: higher codes by `shift`, some answers missing."""
    rng = np.random.default_rng(seed)
    opinion = rng.normal(shift, 1, rows)
    columns = {}
    for variable in codebook.variables:
        codes = np.array(variable.valid_codes or (0,))
        place = np.clip(np.round(opinion + rng.normal((len(codes) - 1) / 2, 1, rows)), 0, None)
        chosen = codes[np.minimum(place.astype(int), len(codes) - 1)].astype(str)
        chosen[rng.random(rows) < SHARE_MISSING] = ""
        columns[variable.id] = chosen
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def _timed(action: Callable[[], object], repeats: int) -> float:
    """The middle of several runs, after one that is not counted."""
    action()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own commands


def measure_comparison(*, is_quick: bool) -> Iterator[Measure]:
    rows, repeats = (QUICK_ROWS, 1) if is_quick else (ROWS, REPEATS)
    codebook = build_codebook(core_trust(), "follow_up")
    before = simulated_answers(codebook, rows, 0.0, SEED)
    after = simulated_answers(codebook, rows, 0.2, SEED + 1)
    document: dict[str, Any] = {}

    def compare_here() -> None:
        document.update(compare_files(codebook, before, after))

    warm = _timed(compare_here, repeats)
    with TemporaryDirectory(prefix="rapport-bench-") as name:
        folder = Path(name)
        for wave, answers in (("before", before), ("after", after)):
            (folder / f"{wave}.csv").write_text(answers, "utf-8")
        command = (
            *(RAPPORT, "compare", "--instrument", SURVEYS / "core_trust.yaml"),
            *("--before", folder / "before.csv", "--after", folder / "after.csv"),
            *("--json", folder / "out.json"),
        )
        cold = _timed(lambda: _run(*command), repeats)
        bare = _timed(lambda: _run(sys.executable, "-c", NOTHING_BUT_IMPORTS), repeats)
        told = json.loads((folder / "out.json").read_text("utf-8"))
    yield from _measures(rows, cold, bare, warm, len(told["comparisons"]))


def _measures(
    rows: int, cold: float, bare: float, warm: float, comparisons: int
) -> Iterator[Measure]:
    yield Measure(
        f"compare 2 x {rows:,}, from the shell", cold, "s", "python and its imports alone", bare
    )
    yield Measure(
        f"compare 2 x {rows:,}, warm",
        warm,
        "s",
        at_most=MOST_WARM_SECONDS if rows == ROWS else None,
    )
    yield Measure(
        f"a comparison in R `survey`, of 2 x {ROWS:,}",
        1000 * peers.R_SURVEY_SECONDS_2_TIMES_5000 / peers.R_SURVEY_COMPARISONS,
        "ms",
        f"ours, warm, one of {comparisons}",
        1000 * warm / comparisons,
    )
