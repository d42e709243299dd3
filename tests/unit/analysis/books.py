"""Codebooks and files for tests, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.codebook import Category, Codebook, Scale, Variable
from analysis.dataset import rows_as_csv


def question(name: str, codes: Sequence[int] = (1, 2, 3, 4, 5), **more: Any) -> Variable:
    """An ordinal item whose options are labelled "name 1", "name 2" and so on."""
    missing = tuple(more.pop("missing", ()))
    options = tuple(
        Category(code, {"en": f"{name} {code}"}, is_missing=code in missing)
        for code in (*codes, *missing)
    )
    fields = {"level": "ordinal", "role": "item", "comparability_key": f"{name}/1"} | more
    return Variable(id=name, question=name, text={"en": f"{name}?"}, categories=options, **fields)


def number(name: str, **more: Any) -> Variable:
    return question(name, (), level="numeric", **more)


def scale(name: str, items: Sequence[str], **more: Any) -> Scale:
    fields: dict[str, Any] = {"low": 1.0, "high": 5.0, "ends": {"en": ("least", "most")}} | more
    return Scale(id=name, title={"en": name.title()}, items=tuple(items), **fields)


def book(*variables: Variable, scales: Sequence[Scale] = (), version: int = 1) -> Codebook:
    return Codebook("demo", version, "", {"en": "Demo"}, ("en",), variables, tuple(scales))


def table(columns: Mapping[str, Sequence[object]]) -> str:
    """CSV text from columns; None is an empty cell."""
    rows = zip(*columns.values(), strict=True)
    return rows_as_csv(tuple(columns), (dict(zip(columns, row, strict=True)) for row in rows))
