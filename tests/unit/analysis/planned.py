"""Simulated waves with demographics for tests of what a plan asks for."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from analysis.codebook import Category, Codebook, Variable
from analysis.disclosure import release
from analysis.report import compare_files
from tests.unit.analysis.books import book, question, scale, table

Cells = dict[str, list[Any]]
ITEMS: Final = ("a", "b", "c", "d")
BACKGROUND: Final = {"role": "background"}


def codebook() -> Codebook:
    ticks = (_tick("group_1", "Blue"), _tick("group_2", "Green"))
    ways = (
        question("paradata.language", (1, 2), level="nominal", role="paradata"),
        question("paradata.mode", (1, 2), level="nominal", role="paradata"),
    )
    return book(
        *(question(item, missing=(-1,)) for item in ITEMS),
        question("age", (1, 2, 3), missing=(-2,), **BACKGROUND),
        question("sex", (1, 2), level="nominal", **BACKGROUND),
        question("lives", (1, 2), level="binary", **BACKGROUND),
        *ticks,
        *ways,
        scales=[scale("trust", ITEMS, is_primary=True)],
    )


def _tick(column: str, label: str) -> Variable:
    options = (Category(0, {"en": "No"}), Category(1, {"en": label}))
    return Variable(column, "group", "binary", "background", {"en": "Group?"}, options)


def wave(seed: int, n: int, lift: float = 0.0, **changed: list[Any]) -> Cells:
    """Trust of `n` people of three ages; `changed` columns stand in the place of drawn ones."""
    rng = np.random.default_rng(seed)
    trust = rng.normal(size=n) + lift
    cells: Cells = {
        item: np.clip(np.round(3 + trust + rng.normal(size=n) * 0.8), 1, 5).astype(int).tolist()
        for item in ITEMS
    }
    cells["age"] = rng.choice([1, 2, 3], n, p=[0.2, 0.35, 0.45]).tolist()
    cells["sex"] = rng.integers(1, 3, n).tolist()
    return cells | changed


def compare(before: Cells, after: Cells, **plan: Any) -> dict[str, Any]:
    return compare_files(codebook(), table(before), table(after), plan=plan)


def both(before: Cells, after: Cells, **plan: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The computed and the released document."""
    computed = compare(before, after, **plan)
    return computed, release(computed)


def by_age(young: float, middle: float, old: float, **more: Any) -> dict[str, Any]:
    """Weighting to these percentages."""
    return {"weighting": {"margins": {"age": {1: young, 2: middle, 3: old}}, **more}}
