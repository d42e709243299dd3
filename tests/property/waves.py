"""Two waves of answers, drawn by Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

from analysis.codebook import Codebook
from analysis.report import compare_files
from tests.unit.analysis.books import book, number, question, scale, table

Cells = dict[str, list[Any]]
TO_A_POPULATION: Final = {"margins": {"age": {1: 60, 2: 40}, "who": {1: 30, 2: 30, 3: 40}}}


def codebook() -> Codebook:
    items = [question(name, missing=(-1,)) for name in ("a", "b", "c")]
    return book(
        *items,
        question("who", (1, 2, 3), level="nominal"),
        number("years"),
        question("age", (1, 2), role="background"),
        scales=[scale("trust", ["a", "b", "c"], reverse=("c",), is_primary=True)],
    )


@dataclass(frozen=True)
class Waves:
    before: Cells
    after: Cells
    plan: dict[str, Any]

    def compare(self, variance: str = "jackknife", **plan: Any) -> dict[str, Any]:
        files = table(self.before), table(self.after)
        return compare_files(codebook(), *files, plan=self.plan | plan, variance=variance)

    def swapped(self) -> Waves:
        return replace(self, before=self.after, after=self.before)


def _wave(rng: np.random.Generator, n: int, lift: float, missing: float) -> Cells:
    cells: Cells = {
        name: np.clip(np.round(3 + lift + rng.normal(size=n) * 1.2), 1, 5).astype(int).tolist()
        for name in ("a", "b", "c")
    }
    cells["who"] = rng.integers(1, 4, n).tolist()
    cells["years"] = rng.integers(0, 60, n).tolist()
    for name in ("a", "b", "c", "who", "years"):
        cells[name] = [None if rng.random() < missing else cell for cell in cells[name]]
    cells["age"] = rng.integers(1, 3, n).tolist()
    cells["w"] = rng.uniform(0.3, 3, n).round(3).tolist()
    cells["s"] = rng.choice(["N", "S"], n).tolist()
    for i, stratum in enumerate("NNSS"):
        cells["s"][i] = stratum
    return cells


@st.composite
def waves(draw: st.DrawFn, *, most: int = 120) -> Waves:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    sizes = [draw(st.integers(6, most)) for _ in range(2)]
    lift = draw(st.floats(-1, 1))
    missing = draw(st.sampled_from([0.0, 0.1, 0.5]))
    before, after = _wave(rng, sizes[0], 0, missing), _wave(rng, sizes[1], lift, missing)
    design = draw(st.sampled_from([{}, {"weight": "w"}, {"weight": "w", "stratum": "s"}]))
    plan = dict(design) | draw(st.sampled_from([{}, {"weighting": TO_A_POPULATION}]))
    for column in {"w", "s"} - set(design.values()):
        del before[column], after[column]
    return Waves(before, after, plan | {"subgroups": ["age"]})
