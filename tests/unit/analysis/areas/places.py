"""Two places in two waves, simulated: with the initiative and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from analysis.codebook import Codebook
from analysis.report import compare_files
from tests.unit.analysis.books import book, question, scale, table
from tests.unit.analysis.planned import Cells

PLAN: Final[Mapping[str, Any]] = {
    "comparison_areas": {"place": [2]},
    "smallest_change": {"trust": 0.2},
}


def codebook() -> Codebook:
    return book(
        question("a", missing=(-1,)),
        question("b", missing=(-1,)),
        question("place", (1, 2), level="nominal", role="background"),
        question("sex", (1, 2), level="nominal", role="background"),
        scales=[scale("trust", ["a", "b"], is_primary=True)],
    )


def wave(seed: int, n: int = 200, here: float = 0.0, there: float = 0.0, blocks: int = 0) -> Cells:
    """Every other person lives where the initiative is; lifted by `here` and `there`."""
    rng = np.random.default_rng(seed)
    place = np.arange(n) % 2 + 1
    lift = np.where(place == 1, here, there)
    trust = rng.normal(size=n) + lift
    cells: Cells = {
        item: np.clip(np.round(3 + trust + 0.6 * rng.normal(size=n)), 1, 5).astype(int).tolist()
        for item in ("a", "b")
    }
    cells |= {"place": place.tolist(), "sex": rng.integers(1, 3, n).tolist()}
    if blocks:
        cells["block"] = [f"{place[i]}-{i // 2 % blocks}" for i in range(n)]
    return cells


def compare(before: Cells, after: Cells, **plan: Any) -> dict[str, Any]:
    return compare_files(codebook(), table(before), table(after), plan={**PLAN, **plan})


def only(cells: Cells, place: int) -> Cells:
    kept = [i for i, code in enumerate(cells["place"]) if code == place]
    return {name: [column[i] for i in kept] for name, column in cells.items()}
