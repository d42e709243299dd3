"""R's data files as waves with their design, for the parts of the engine below a report."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np

from analysis.codebook import Codebook
from analysis.dataset import DesignColumns, FloatArray, Wave, read_wave, rows_as_csv
from analysis.design import Design, label_waves
from tests.golden.cases import ORACLE
from tests.unit.analysis.books import book, number


def waves_of(
    file: str, outcomes: Sequence[str], columns: DesignColumns, split: str | None = None
) -> list[Wave]:
    """One wave for each value of the column `split`, in ascending order; one in all without it."""
    with (ORACLE / "data" / file).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = (*outcomes, *columns.named().values())
    parts = sorted({row[split] for row in rows}) if split else [None]
    return [
        read_wave(
            str(part),
            rows_as_csv(kept, [r for r in rows if split is None or r[split] == part]),
            _book(outcomes),
            columns,
        )
        for part in parts
    ]


def _book(outcomes: Sequence[str]) -> Codebook:
    return book(*(number(name) for name in outcomes))


def labelled(waves: Sequence[Wave], columns: DesignColumns) -> Design:
    return label_waves(waves, [f"wave {i}" for i in range(len(waves))], columns)


def column(waves: Sequence[Wave], name: str) -> FloatArray:
    return np.concatenate([wave.numeric[name].values for wave in waves])
