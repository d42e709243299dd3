"""The comparisons of two waves: from memory, beside R, as a whole document, and from the shell."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from analysis.codebook import Codebook
from analysis.report import compare_files
from analysis.variance import VARIANCES
from app.instruments.codebook import build_codebook
from tests.bench import forty_items
from tests.bench.forty_items import WEIGHTS, Took, timed
from tests.bench.measure import Measure
from tests.bench.r_survey import MODELS, has_survey, time_in_r
from tests.bench.servers import RAPPORT
from tests.factories import SURVEYS, core_trust

ROWS: Final = 5000
QUICK_ROWS: Final = 100
SEED: Final = 20261120
SHARE_MISSING: Final = 0.05
REPEATS: Final = 3
MOST_SECONDS: Final = {ROWS: 0.3, 100_000: 1.0, 1_000_000: 5.0}
MOST_MEBIBYTES: Final = 1024
ROWS_IN_R: Final = 100_000
LEAST_TIMES_R: Final = 100
MOST_SECONDS_IN_THE_SHELL: Final = 1.5
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


def _run(*command: str | Path) -> bytes:
    ran = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own commands
    return ran.stdout


def measure_comparison(*, is_quick: bool) -> Iterator[Measure]:
    sizes: dict[int, float | None] = {QUICK_ROWS: None} if is_quick else {**MOST_SECONDS}
    weights = WEIGHTS[:1] if is_quick else WEIGHTS
    for rows, most_seconds in sizes.items():
        for kind, variance in product(weights, VARIANCES):
            yield from _in_memory(rows, kind, variance, most_seconds)
    if has_survey():
        for kind in weights:
            yield from _against_r(QUICK_ROWS if is_quick else ROWS_IN_R, kind)
    yield from _from_files(is_quick=is_quick)


def _in_memory(
    rows: int, weights: str, variance: str, most_seconds: float | None
) -> Iterator[Measure]:
    took = _took(rows, weights, variance)
    what = f"{took.comparisons} of 2 x {rows:,}, {weights}, {variance}"
    yield Measure(what, took.seconds, "s", at_most=most_seconds)
    if rows == max(MOST_SECONDS):
        yield Measure("  its most memory", took.mebibytes, "MiB", at_most=MOST_MEBIBYTES)


@cache
def _took(rows: int, weights: str, variance: str) -> Took:
    """In a process of its own: nothing else is in its memory."""
    repeats = REPEATS if rows > QUICK_ROWS else 1
    arguments = (str(rows), weights, variance, str(repeats))
    return Took(**json.loads(_run(sys.executable, "-m", forty_items.__name__, *arguments)))


def _against_r(rows: int, weights: str) -> Iterator[Measure]:
    """R is asked for 414 comparisons; ours make the share of each item's top boxes as well."""
    timed_in_r = time_in_r(rows, weights)
    for variance in VARIANCES:
        ours = _took(rows, weights, variance)
        yield Measure(
            f"R, {MODELS} `svyglm` of 2 x {rows:,} ({timed_in_r.models} timed)",
            timed_in_r.seconds,
            "s",
            f"our {ours.comparisons}, {weights}, {variance}",
            ours.seconds,
            at_least=LEAST_TIMES_R if rows == ROWS_IN_R else None,
            of_ratio=True,
        )


def _from_files(*, is_quick: bool) -> Iterator[Measure]:
    rows, repeats = (QUICK_ROWS, 1) if is_quick else (ROWS, REPEATS)
    codebook = build_codebook(core_trust(), "follow_up")
    before = simulated_answers(codebook, rows, 0.0, SEED)
    after = simulated_answers(codebook, rows, 0.2, SEED + 1)
    warm = timed(lambda: compare_files(codebook, before, after), repeats)
    yield Measure(
        f"whole document of 2 x {rows:,} from CSV, warm",
        warm,
        "s",
        at_most=MOST_SECONDS.get(rows),
    )
    bare = timed(lambda: _run(sys.executable, "-c", NOTHING_BUT_IMPORTS), repeats)
    for size in sorted({QUICK_ROWS, rows}):
        few = [simulated_answers(codebook, size, 0.2 * i, SEED + i) for i in range(2)]
        yield Measure(
            f"rapport compare, 2 x {size:,}, from the shell",
            _in_the_shell(few, repeats),
            "s",
            "python and its imports alone",
            bare,
            at_most=MOST_SECONDS_IN_THE_SHELL if size == QUICK_ROWS and not is_quick else None,
        )


def _in_the_shell(answers: Sequence[str], repeats: int) -> float:
    with TemporaryDirectory(prefix="rapport-bench-") as name:
        folder = Path(name)
        for wave, text in zip(("before", "after"), answers, strict=True):
            (folder / f"{wave}.csv").write_text(text, "utf-8")
        command = (
            *(RAPPORT, "compare", "--instrument", SURVEYS / "core_trust.yaml"),
            *("--before", folder / "before.csv", "--after", folder / "after.csv"),
            *("--json", folder / "out.json"),
        )
        return timed(lambda: _run(*command), repeats)
