"""Two small waves as the checks look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.codebook import Category, Codebook, Variable, match_codebooks
from analysis.dataset import read_wave
from analysis.design import label_design
from analysis.distributions import distributions_of
from analysis.guard.pair import WavePair
from analysis.plan import read_plan
from analysis.variance import variance_named
from tests.unit.analysis.books import table

Columns = Mapping[str, Sequence[object]]


def pair_of(
    before: Columns,
    after: Columns,
    books: Codebook | tuple[Codebook, Codebook],
    *,
    plan: Mapping[str, Any] | None = None,
    initiative: Mapping[str, Any] | None = None,
) -> WavePair:
    own = books if isinstance(books, tuple) else (books, books)
    shared = match_codebooks(*own)
    checked = read_plan(plan, shared)
    every = {v.id for book in own for v in book.variables}
    waves = [
        read_wave(name, table(columns), book, checked.columns, ignored=every)
        for name, columns, book in zip(("before", "after"), (before, after), own, strict=True)
    ]
    design = label_design(waves[0], waves[1], checked.columns)
    return WavePair(
        before=waves[0],
        after=waves[1],
        shared=shared,
        own=own,
        plan=checked,
        design=design,
        variance=variance_named("jackknife"),
        distributions=distributions_of(waves[0], waves[1], shared, design),
        initiative=initiative or {},
    )


def paradata(name: str, *labels: str, key: str = "") -> Variable:
    """A column of what each sheet carries beside its answers; codes count from 0."""
    categories = tuple(Category(code, {"en": label}) for code, label in enumerate(labels))
    column = f"paradata.{name}"
    return Variable(column, column, "nominal", "paradata", {"en": name}, categories, (), key)
