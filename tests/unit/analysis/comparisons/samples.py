"""Answers of two waves, as a method takes them, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.comparisons.difference import Domain
from analysis.comparisons.method import Answers
from analysis.dataset import DesignColumns, Wave, read_wave, stacked
from analysis.design import LonelyPsu, label_design
from analysis.variance import VARIANCES
from tests.unit.analysis.books import book, number, table

Cells = Mapping[str, Sequence[Any]]


def answers_of(
    before: Cells,
    after: Cells,
    variance: str = "jackknife",
    lonely: LonelyPsu = "refuse",
    **more: Any,
) -> Answers:
    """`y` holds the answers; w, s, b, c and n the weight, stratum, PSU, person and fpc columns.

    `background` columns may be named by `g`.
    """
    roles = {"w": "weight", "s": "stratum", "b": "psu", "c": "person_code", "n": "fpc"}
    columns = DesignColumns(**{roles[name]: name for name in before if name in roles})
    waves = [_wave(name, w, columns) for name, w in (("before", before), ("after", after))]
    domain = Domain(np.arange(waves[0].n), waves[0].n + np.arange(waves[1].n))
    return Answers(
        values=np.concatenate([wave.numeric["y"].values for wave in waves]),
        domain=domain,
        design=label_design(*waves, columns, lonely),
        variance=VARIANCES[variance],
        person=stacked(waves, "person_code") if "c" in before else None,
        stratum=stacked(waves, "stratum") if "s" in before else None,
        background=(np.array([*before["g"], *after["g"]]),) if "g" in before else (),
        **more,
    )


def _wave(name: str, cells: Cells, columns: DesignColumns) -> Wave:
    kept = {key: cells[key] for key in ("y", *columns.named().values())}
    return read_wave(name, table(kept), book(number("y")), columns)


def normal(seed: int, n: int = 40, lift: float = 0.0) -> list[float]:
    return (np.random.default_rng(seed).normal(size=n) + lift).tolist()


def likert(seed: int, n: int = 60, lift: float = 0.0) -> list[float]:
    draws = 3 + lift + 1.1 * np.random.default_rng(seed).normal(size=n)
    return np.clip(np.round(draws), 1, 5).tolist()


def people(n: int, first: int = 0) -> list[str]:
    return [f"p{i}" for i in range(first, first + n)]
