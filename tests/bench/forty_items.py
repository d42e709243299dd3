"""The comparison itself: 40 items, 6 scales, everyone and 8 groups, weighted, answers in memory.

`python -m tests.bench.forty_items ROWS WEIGHTS VARIANCE REPEATS` prints what it took, as JSON: a
process of its own, so that its memory is known.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from analysis.codebook import Category, Codebook, Scale, Variable
from analysis.compare import Compared, compare_outcomes
from analysis.dataset import CodedColumn, DesignColumns, FloatArray, Wave
from analysis.design import label_design
from analysis.plan import Plan
from analysis.refusals import NotEstimable
from analysis.variance import variance_named

ITEMS: Final = tuple(f"q{i:02}" for i in range(1, 41))
SCALES: Final = {f"s{i}": ITEMS[first : first + 6] for i, first in enumerate(range(0, 36, 6), 1)}
SUBGROUPS: Final = {"age": 4, "sex": 2, "home": 2}
ANSWERS: Final = 5
SHARE_MISSING: Final = 0.05
SEED: Final = 20261121
WEIGHTS: Final = ("raked", "continuous")
_SPREAD: Final = 0.5


@dataclass(frozen=True)
class Took:
    """mebibytes: the most memory, answers included."""

    seconds: float
    comparisons: int
    mebibytes: float


def forty_items() -> Codebook:
    items = [_variable(name, ANSWERS, "item") for name in ITEMS]
    groups = [_variable(name, size, "background") for name, size in SUBGROUPS.items()]
    scales = [
        Scale(name, {"en": name}, items, 1.0, float(ANSWERS), {"en": ("low", "high")})
        for name, items in SCALES.items()
    ]
    return Codebook("forty", 1, "", {"en": "Forty"}, ("en",), (*items, *groups), tuple(scales))


def _variable(name: str, size: int, role: Any) -> Variable:
    codes = range(1, size + 1)
    categories = tuple(Category(code, {"en": f"{name} {code}"}) for code in codes)
    return Variable(name, name, "ordinal", role, {"en": name}, categories)


def plan_of(variance: str) -> Plan:
    return Plan(
        primary=(("s1", "mean"),),
        columns=DesignColumns(weight="weight"),
        variance=variance,
        subgroups=tuple(SUBGROUPS),
    )


def _wave_of(rows: int, lift: float, weights: str, seed: int) -> Wave:
    """People with an opinion each. Weights as raking leaves them, or each another one."""
    rng = np.random.default_rng(seed)
    opinion = rng.standard_normal(rows, dtype=np.float32) + np.float32(lift)
    coded = {}
    for name in ITEMS:
        noise = rng.standard_normal(rows, dtype=np.float32)
        index = np.clip(np.rint(opinion + noise + 2), 0, ANSWERS - 1).astype(np.int8)
        index[rng.random(rows, dtype=np.float32) < SHARE_MISSING] = ANSWERS
        coded[name] = CodedColumn(tuple(range(1, ANSWERS + 1)), ANSWERS, index)
    for name, size in SUBGROUPS.items():
        index = rng.integers(0, size, rows).astype(np.int8)
        coded[name] = CodedColumn(tuple(range(1, size + 1)), size, index)
    return Wave(rows, coded, {}, _weight(coded, rows, weights, rng), {}, None)


def _weight(
    coded: dict[str, CodedColumn], rows: int, weights: str, rng: np.random.Generator
) -> FloatArray:
    if weights == "continuous":
        return np.asarray(rng.lognormal(0, _SPREAD, rows))
    weight = np.ones(rows)
    for name, size in SUBGROUPS.items():
        weight *= rng.lognormal(0, _SPREAD, size)[coded[name].index]
    return np.asarray(weight * rng.lognormal(0, _SPREAD, 3)[rng.integers(0, 3, rows)])


def waves_of(rows: int, weights: str) -> tuple[Wave, Wave]:
    return _wave_of(rows, 0.0, weights, SEED), _wave_of(rows, 0.2, weights, SEED + 1)


def comparing(rows: int, weights: str, variance: str) -> Callable[[], list[Compared]]:
    """All comparisons, from columns in memory."""
    codebook, plan = forty_items(), plan_of(variance)
    before, after = waves_of(rows, weights)

    def compare() -> list[Compared]:
        design = label_design(before, after, plan.columns)
        return compare_outcomes(before, after, codebook, plan, design, variance_named(variance))

    return compare


def timed(action: Callable[[], object], repeats: int) -> float:
    """The middle of several runs, after one that is not counted."""
    action()
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def peak_mebibytes() -> float:
    """The most memory this process ever held."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert told, "Linux alone tells the peak of a process"
    return int(told[1]) / 1024


def main(rows: str, weights: str, variance: str, repeats: str) -> None:
    compare = comparing(int(rows), weights, variance)
    seconds = timed(compare, int(repeats))
    changes = [c.comparison.change for c in compare()]
    assert not any(isinstance(change, NotEstimable) for change in changes)
    took = Took(seconds, len(changes), peak_mebibytes())
    sys.stdout.write(json.dumps(asdict(took)))


if __name__ == "__main__":
    main(*sys.argv[1:])
