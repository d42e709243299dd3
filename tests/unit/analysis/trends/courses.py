"""A report of two waves with others before and between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.bundle import Bundle, EarlierWave
from analysis.codebook import Codebook
from analysis.report import compare_bundle
from tests.unit.analysis.books import table
from tests.unit.analysis.planned import Cells, codebook, wave

MONTHS: Final = {"earlier_1": "2026-01-15", "before": "2026-03-15", "after": "2026-09-15"}
SMALLEST: Final[Mapping[str, Any]] = {"smallest_change": {"trust": 0.2}}


def initiative(**facts: Any) -> dict[str, Any]:
    dates = {name: {"first": day, "last": day} for name, day in MONTHS.items()}
    return {"dates": dates, **facts}


def three(n: int = 150) -> list[Cells]:
    """Earlier, before, after: each a little higher than the one before."""
    return [wave(i, n + 10 * i, lift=0.3 * i) for i in range(3)]


def report(
    cells: Sequence[Cells],
    *,
    plan: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    books: Sequence[Codebook] | None = None,
    variance: str | None = None,
) -> dict[str, Any]:
    """cells, books: the earlier waves, then before and after."""
    *others, before, after = (table(columns) for columns in cells)
    *earlier, first, second = books or [codebook()] * len(cells)
    bundle = Bundle(
        first,
        second,
        before,
        after,
        plan=plan,
        initiative=initiative() if facts is None else facts,
        earlier=tuple(map(EarlierWave, earlier, others)),
    )
    return compare_bundle(bundle, variance=variance)
